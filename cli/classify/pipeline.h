/*
 * pipeline.h - from names to records: reads, classifies and prints all inputs of a run.
 */
#ifndef CLI_CLASSIFY_PIPELINE_H
#define CLI_CLASSIFY_PIPELINE_H

#include "../common/outputs.h"
#include "../common/progress.h"
#include "../output/records.h"
#include "inputs.h"

#include <emnist_dataset.h>

struct pipeline_options {
	const struct emnist_model *model; /* of EMNIST_VECTOR_LENGTH inputs */
	const struct emnist_view *view;   /* of the model's classes, or NULL: as they are */
	struct emnist_reader_options reader;
	struct emnist_archive_options archive;
	const struct output_format *format;
	struct output_schema schema; /* of the view's classes where there is one */
	size_t n_rows;               /* images a batch */
	unsigned n_threads;          /* 0: one a processor */
	struct emnist_session_options session;
	bool fail_fast;        /* stop after the first input that fails */
	bool quiet;            /* no line on stderr for an input that fails */
	bool answers_blank;    /* an image without ink is answered like any other */
	bool warns;            /* a line on stderr for what is doubtful about an image */
	const char *dump_path; /* directory for what the network saw, which is there; or NULL */
	struct progress *progress;
};

struct pipeline_totals {
	uint64_t n_inputs; /* printed, with those that failed */
	uint64_t n_failed;
	uint64_t n_rejected;
	uint64_t n_blank;
	uint64_t n_passed_over;      /* files beside the images that are none; not among n_inputs */
	uint64_t n_unopened;         /* of these, archives; */
	char *unopened;              /* and the path of the first, to be freed; or NULL */
	uint64_t n_archives;         /* that were opened */
	struct inputs_walked walked; /* to be released */
};

/* Returns STATUS_OK, STATUS_INPUT where inputs failed, or STATUS_FATAL after a complaint. A failure
 * of the sink is left to sink_close(). */
enum exit_status pipeline_run(const struct pipeline_options *options, struct inputs *inputs,
			      struct sink *sink, struct pipeline_totals *totals_ret);

#endif
