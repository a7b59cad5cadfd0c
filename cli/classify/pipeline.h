/* pipeline.h - from names to records: reads, classifies and prints all inputs of a run. */
#ifndef CLI_CLASSIFY_PIPELINE_H
#define CLI_CLASSIFY_PIPELINE_H

#include "../common/outputs.h"
#include "../common/progress.h"
#include "../output/records.h"
#include "inputs.h"

#include <emnist_dataset.h>

struct pipeline_options {
	const struct emnist_model *model; /* of EMNIST_VECTOR_LENGTH inputs */
	const struct emnist_view *view;   /* of the model's classes; NULL: all as they are */
	struct emnist_reader_options reader;
	struct emnist_archive_options archive;
	const struct output_format *format;
	struct output_schema schema; /* of the view's classes if there is one */
	size_t n_rows;               /* images a batch */
	unsigned n_threads;          /* 0: one a processor */
	struct emnist_session_options session;
	bool fail_fast;        /* stop after the first input that fails */
	bool quiet;            /* no message on stderr for a failed input */
	bool answers_blank;    /* images without ink are answered like others */
	bool warns;            /* warn on stderr about doubtful images */
	const char *dump_path; /* existing directory for --dump-preprocessed, or NULL */
	struct progress *progress;
};

struct pipeline_totals {
	uint64_t n_inputs; /* printed, with those that failed */
	uint64_t n_failed;
	uint64_t n_rejected;
	uint64_t n_blank;
	uint64_t n_passed_over;      /* other files next to the images; not in n_inputs */
	uint64_t n_unopened;         /* of these, archives; */
	char *unopened;              /* and the first one's path, to be freed; or NULL */
	uint64_t n_archives;         /* that were opened */
	struct inputs_walked walked; /* to be released */
};

/* Returns STATUS_OK, STATUS_INPUT if inputs failed, or STATUS_FATAL after printing an error.
 * sink_close() reports a failure of the sink. */
enum exit_status pipeline_run(const struct pipeline_options *options, struct inputs *inputs,
			      struct sink *sink, struct pipeline_totals *totals_ret);

#endif
