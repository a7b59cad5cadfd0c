/* run_list.h - the runs of one call: each URL, protocol or name with each size of a batch. */
#ifndef CLI_LOAD_RUN_LIST_H
#define CLI_LOAD_RUN_LIST_H

#include "../common/options.h"
#include "load_run.h"

struct run_list_options {
	const struct text_list *operands;
	const struct text_list *protocols, *names; /* none, one, or one for each run */
	const char *batches;                       /* "1,128"; NULL: 1 */
	bool may_be_empty;                         /* there need not be a URL */
};

struct run_list {
	struct load_run *runs; /* release with free() */
	size_t n;
	size_t largest_batch;
	const char *dataset_path; /* NULL: none */
};

/* Prints an error and returns false if the options make no runs. */
bool run_list_make(struct run_list *list, const struct run_list_options *options);

#endif
