/*
 * batch.c - inputs that are read, classified and printed together.
 */
#include "batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct batch *batch_new(size_t n_rows)
{
	struct batch *batch = calloc(1, sizeof(*batch));

	if (!batch)
		return NULL;
	batch->items = calloc(n_rows, sizeof(*batch->items));
	if (!batch->items) {
		free(batch);
		return NULL;
	}
	return batch;
}

void batch_empty(struct batch *batch)
{
	for (size_t i = 0; i < batch->n; i++) {
		free(batch->items[i].png);
		free(batch->items[i].head);
	}
	batch->n = 0;
	batch->cut = false;
	batch->fatal.code = EMNIST_OK;
	text_reset(&batch->paths);
	text_reset(&batch->bytes);
	text_reset(&batch->records);
}

void batch_free(struct batch *batch)
{
	batch_empty(batch);
	text_release(&batch->paths);
	text_release(&batch->bytes);
	text_release(&batch->records);
	free(batch->items);
	free(batch);
}

void batch_add(struct batch *batch, const struct input *input)
{
	struct item *item = &batch->items[batch->n];

	/* Without the room for an error, which is most of an item. */
	memset(item, 0, offsetof(struct item, error));
	item->kind = input->kind;
	item->path = batch->paths.nbytes;
	item->bytes = batch->bytes.nbytes;
	if (input->kind == INPUT_FAILED) {
		item->failed = true;
		snprintf(item->error, sizeof(item->error), "%s", input->error);
	}
	if (input->kind == INPUT_MEMBER) {
		item->nbytes = input->nbytes;
		text_add(&batch->bytes, input->bytes, input->nbytes);
	}
	text_add(&batch->paths, input->path, strlen(input->path) + 1);
	if (batch->paths.failed || batch->bytes.failed)
		batch_set_no_memory(&batch->fatal);
	else
		batch->n++;
}

const char *batch_path(const struct batch *batch, const struct item *item)
{
	return batch->paths.bytes + item->path;
}

void batch_set_no_memory(struct emnist_error *error)
{
	*error = (struct emnist_error){EMNIST_ERR_MEMORY, 0, EMNIST_NO_OFFSET, "out of memory"};
}
