/*
 * classifier.c - turns the items of a batch into records.
 *
 * An image's scores depend on that image alone, not on how the input is cut into batches. So inputs
 * that arrive slowly are answered at once, with the same output as fast ones, for any number of
 * threads.
 */
#include "classifier.h"
#include "../../lib/base/error.h"
#include "../common/endings.h"
#include "member_path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct classifier {
	const struct pipeline_options *options;
	struct emnist_reader *reader;
	struct emnist_session *session;
	float *vectors;       /* (n_rows, EMNIST_VECTOR_LENGTH) */
	float *probabilities; /* (n_rows, n_classes) of the model, then of the view */
	uint32_t *top;        /* (n_top) */
};

void classifier_free(struct classifier *classifier)
{
	emnist_reader_free(classifier->reader);
	emnist_session_free(classifier->session);
	free(classifier->vectors);
	free(classifier->probabilities);
	free(classifier->top);
	free(classifier);
}

struct classifier *classifier_new(const struct pipeline_options *options,
				  struct emnist_error *error)
{
	const size_t n_outputs = emnist_model_n_outputs(options->model);
	struct classifier *classifier = calloc(1, sizeof(*classifier));

	if (!classifier)
		return NULL;
	classifier->options = options;
	classifier->vectors = calloc(options->n_rows, EMNIST_VECTOR_LENGTH * sizeof(float));
	classifier->probabilities = calloc(options->n_rows, n_outputs * sizeof(float));
	classifier->top = calloc(options->schema.n_top, sizeof(*classifier->top));
	if (classifier->vectors && classifier->probabilities && classifier->top &&
	    !emnist_reader_create(&options->reader, &classifier->reader, error) &&
	    !emnist_session_create_with(options->model, options->n_rows, &options->session,
					&classifier->session, error))
		return classifier;
	classifier_free(classifier);
	return NULL;
}

/* The item turned out to be an archive, which is opened in its turn. If it can only be read once,
 * like a pipe, it includes the bytes read already. */
static void found_archive(struct classifier *classifier, struct batch *batch, struct item *item,
			  const struct emnist_error *error)
{
	const void *bytes;

	item->is_archive = item->kind == INPUT_FILE || item->kind == INPUT_STDIN ||
			   (item->kind == INPUT_FOUND && error->code == EMNIST_ERR_PAGES);
	item->passed_over = item->unopened = !item->is_archive;
	item->fd = item->kind == INPUT_STDIN ? STDIN_FILENO
					     : emnist_reader_take_fd(classifier->reader);
	if (item->fd < 0)
		return;
	bytes = emnist_reader_bytes(classifier->reader, &item->head_nbytes);
	item->head = malloc(item->head_nbytes);
	if (item->head)
		memcpy(item->head, bytes, item->head_nbytes);
	else
		error_memory(&batch->fatal);
}

/* Skips an item found among images that is none, such as a list of labels in their folder. Returns
 * whether it did. */
static bool pass_over(const struct batch *batch, struct item *item,
		      const struct emnist_error *error)
{
	const enum ending_kind kind = ending_kind_of(batch_path(batch, item));

	if ((item->kind != INPUT_FOUND && item->kind != INPUT_MEMBER) ||
	    error->code != EMNIST_ERR_FORMAT || kind == ENDING_IMAGE)
		return false;
	item->passed_over = true;
	item->unopened = kind == ENDING_ARCHIVE;
	return true;
}

static void read_image(struct classifier *classifier, const struct batch *batch,
		       const struct item *item, float *vector, struct emnist_error *error)
{
	switch (item->kind) {
	case INPUT_FILE:
	case INPUT_FOUND:
		emnist_read_file(classifier->reader, batch_path(batch, item), vector, error);
		break;
	case INPUT_STDIN:
		emnist_read_fd(classifier->reader, STDIN_FILENO, vector, error);
		break;
	case INPUT_MEMBER:
		emnist_read_bytes(classifier->reader, batch->bytes.bytes + item->bytes,
				  item->nbytes, vector, error);
		break;
	case INPUT_FAILED:
		break;
	}
}

/* Whether the item that does not exist is the name of a file in an archive. */
static bool is_in_archive(const struct batch *batch, struct item *item,
			  const struct emnist_error *error)
{
	if (item->kind != INPUT_FILE || error->code != EMNIST_ERR_IO ||
	    (error->sys_errno != ENOENT && error->sys_errno != ENAMETOOLONG))
		return false;
	item->archive = member_path_archive(batch_path(batch, item));
	item->is_archive = item->archive > 0;
	return item->is_archive;
}

/* Reads the item's image into vector, which stays blank on failure. */
static void read_item(struct classifier *classifier, struct batch *batch, struct item *item,
		      float *vector)
{
	struct emnist_error error;

	error.code = EMNIST_OK; /* the other fields are read only if it is set */
	read_image(classifier, batch, item, vector, &error);
	if (error.code == EMNIST_ERR_ARCHIVE || error.code == EMNIST_ERR_PAGES) {
		found_archive(classifier, batch, item, &error);
	} else if (error.code == EMNIST_ERR_IO && error.sys_errno == EISDIR &&
		   item->kind == INPUT_FILE) {
		item->is_directory = true;
	} else if (error.code && is_in_archive(batch, item, &error)) {
		memset(vector, 0, EMNIST_VECTOR_LENGTH * sizeof(*vector));
	} else if (error.code && emnist_error_is_shortage(&error)) {
		batch_fail_short(batch, item, error.message);
	} else if (error.code && !pass_over(batch, item, &error)) {
		batch_fail(batch, item, error.message,
			   error.code == EMNIST_ERR_LIMIT ? error.limit : EMNIST_LIMIT_OTHER);
	} else if (!item->failed && !item->passed_over) {
		item->warning = emnist_reader_warning(classifier->reader);
		item->n_characters = emnist_reader_n_characters(classifier->reader);
		item->blank = !classifier->options->answers_blank && emnist_vector_is_blank(vector);
	}
	if (item->failed || item->passed_over || item_is_many(item))
		memset(vector, 0, EMNIST_VECTOR_LENGTH * sizeof(*vector));
	else if (classifier->options->dump_path)
		emnist_vector_to_png(vector, &item->png, &item->png_nbytes, &batch->fatal);
}

static void read_batch(struct classifier *classifier, struct batch *batch)
{
	float *vector = classifier->vectors;

	for (size_t i = 0; i < batch->n && !batch->fatal.code;
	     i++, vector += EMNIST_VECTOR_LENGTH) {
		read_item(classifier, batch, &batch->items[i], vector);
		if (batch->items[i].failed && classifier->options->fail_fast) {
			batch->cut = true;
			batch->n = i + 1;
		}
	}
}

static void format_batch(struct classifier *classifier, struct batch *batch)
{
	const struct output_schema *schema = &classifier->options->schema;
	const float *row = classifier->probabilities;

	for (size_t i = 0; i < batch->n; i++, row += schema->n_classes) {
		struct item *item = &batch->items[i];
		struct record record = {
			.path = batch_path(batch, item),
			.n_characters = item->n_characters,
			.warning = item->warning,
			.error = batch_error(batch, item),
		};

		item->records = batch->records.nbytes;
		if (item_is_many(item) || item->passed_over)
			continue;
		if (item->blank) {
			record.blank = true;
			record.error = OUTPUT_BLANK;
		} else if (!item->failed) {
			record_answer(&record, schema, row, classifier->top);
			item->rejected = record.rejected;
		}
		classifier->options->format->record(&batch->records, schema, &record);
	}
	if (batch->records.failed)
		error_memory(&batch->fatal);
}

void classifier_run(struct classifier *classifier, struct inputs *inputs, struct batch *batch)
{
	const struct emnist_view *view = classifier->options->view;

	if (!batch->fatal.code) {
		read_batch(classifier, batch);
		batch_drop_bytes(batch, inputs);
	}
	if (!batch->fatal.code)
		emnist_session_run(classifier->session, classifier->vectors, batch->n,
				   classifier->probabilities, &batch->fatal);
	if (!batch->fatal.code && view)
		emnist_view_apply(view, classifier->probabilities, batch->n);
	if (!batch->fatal.code)
		format_batch(classifier, batch);
}
