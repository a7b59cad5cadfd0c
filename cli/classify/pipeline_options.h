/*
 * pipeline_options.h - how the inputs of a run are read, classified and printed.
 */
#ifndef CLI_CLASSIFY_PIPELINE_OPTIONS_H
#define CLI_CLASSIFY_PIPELINE_OPTIONS_H

#include "../common/progress.h"
#include "../output/records.h"

#include <emnist_dataset.h>

struct resume;

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
	struct resume *resume; /* records what is done; NULL: nothing is recorded */
};

#endif
