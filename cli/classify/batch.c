/* batch.c - inputs that are read, classified and printed together. */
#include "batch.h"
#include "../../lib/base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The room of a large file is given back. */
#define KEEP_NBYTES ((size_t)4 << 20)

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
		if (batch->items[i].fd > STDIN_FILENO)
			close(batch->items[i].fd);
	}
	batch->n = 0;
	batch->cut = false;
	batch->fatal.code = EMNIST_OK;
	text_reset(&batch->paths);
	text_reset(&batch->errors);
	text_reset(&batch->bytes);
	text_reset(&batch->records);
}

void batch_free(struct batch *batch)
{
	batch_empty(batch);
	text_release(&batch->paths);
	text_release(&batch->errors);
	text_release(&batch->bytes);
	text_release(&batch->records);
	free(batch->items);
	free(batch);
}

void batch_add(struct batch *batch, const struct input *input)
{
	struct item *item = &batch->items[batch->n];

	*item = (struct item){.fd = -1,
			      .kind = input->kind,
			      .place = input->place,
			      .path = batch->paths.nbytes,
			      .bytes = batch->bytes.nbytes};
	if (input->kind == INPUT_FAILED && !input->is_shortage)
		batch_fail(batch, item, input->error, input->limit);
	if (input->kind == INPUT_MEMBER) {
		item->nbytes = input->nbytes;
		text_add(&batch->bytes, input->bytes, input->nbytes);
	}
	text_add(&batch->paths, input->path, strlen(input->path) + 1);
	if (batch->paths.failed || batch->bytes.failed)
		error_memory(&batch->fatal);
	else if (input->is_shortage)
		batch_fail_short(batch, item, input->error);
	else
		batch->n++;
}

void batch_drop_bytes(struct batch *batch, struct inputs *inputs)
{
	const size_t nbytes = batch->bytes.nbytes;

	if (batch->bytes.capacity > KEEP_NBYTES)
		text_release(&batch->bytes);
	inputs_done(inputs, nbytes);
}

const char *batch_path(const struct batch *batch, const struct item *item)
{
	return batch->paths.bytes + item->path;
}

void batch_fail(struct batch *batch, struct item *item, const char *error, enum emnist_limit limit)
{
	static const char *const options[] = {
		[EMNIST_LIMIT_OTHER] = "",
		[EMNIST_LIMIT_FILE_NBYTES] = " (--max-file-size)",
		[EMNIST_LIMIT_WIDTH] = " (--max-width)",
		[EMNIST_LIMIT_HEIGHT] = " (--max-height)",
		[EMNIST_LIMIT_PIXELS] = " (--max-pixels)",
	};

	item->failed = true;
	item->error = batch->errors.nbytes;
	text_puts(&batch->errors, error);
	text_puts(&batch->errors, options[limit]);
	text_putc(&batch->errors, '\0');
	if (batch->errors.failed)
		error_memory(&batch->fatal);
}

void batch_fail_short(struct batch *batch, const struct item *item, const char *error)
{
	const size_t room = sizeof(batch->fatal.message) - sizeof("'': "), n = strlen(error);

	/* The end of a long path is cut, not the reason. */
	error_set(&batch->fatal, EMNIST_ERR_MEMORY, "'%.*s': %s", n < room ? (int)(room - n) : 0,
		  batch_path(batch, item), error);
}

const char *batch_error(const struct batch *batch, const struct item *item)
{
	return item->failed ? batch->errors.bytes + item->error : NULL;
}
