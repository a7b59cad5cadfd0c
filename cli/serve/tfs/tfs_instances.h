/* tfs_instances.h - the rows of `predict`: "instances" (row format) or "inputs" (column format). */
#ifndef CLI_SERVE_TFS_INSTANCES_H
#define CLI_SERVE_TFS_INSTANCES_H

#include "tfs_rows.h"

/* The model's input in a signature. */
struct tfs_input {
	const char *name;
	const char *type; /* of its numbers, for messages: "float" */
};

/* Sets *rows, and whether the answer is to be in column format. max_rows: what is beyond is not
 * read, and rows->n says how many there are. */
bool tfs_instances_read(struct tfs_rows *rows, struct emnist_json *json,
			struct emnist_json_value document, const struct tfs_input *input,
			uint64_t max_rows, bool *is_column_ret);

#endif
