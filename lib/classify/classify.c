/*
 * classify.c - from images to probabilities, a batch in a call.
 *
 * Batches of any size pass through in blocks, whose vectors stay in a second-level cache on their
 * way from the reader to the network.
 */
#include <string.h>

#include "../base/error.h"
#include "../base/memory.h"
#include "../emnist_classify.h"

#define BLOCK_ROWS 128

struct emnist_classifier {
	struct emnist_reader *reader;
	struct emnist_session *session;
	struct emnist_view *view; /* NULL: all classes of the model */
	const struct emnist_labels *labels;
	size_t n_classes;
	float *vectors;       /* (BLOCK_ROWS, EMNIST_VECTOR_LENGTH) */
	float *probabilities; /* (BLOCK_ROWS, classes of the model) */
};

static enum emnist_status create_parts(struct emnist_classifier *classifier,
				       const struct emnist_model *model,
				       const struct emnist_classifier_options *options,
				       struct emnist_error *error)
{
	const struct emnist_reader_options of_model = {.model = model};
	enum emnist_status status = emnist_reader_create(
		options->reader ? options->reader : &of_model, &classifier->reader, error);

	if (!status)
		status = emnist_session_create_with(model, BLOCK_ROWS, &options->session,
						    &classifier->session, error);
	classifier->labels = emnist_model_labels(model);
	if (!status && (options->view.set || options->view.merge_case)) {
		status = emnist_view_create(classifier->labels, &options->view, &classifier->view,
					    error);
		if (!status)
			classifier->labels = emnist_view_labels(classifier->view);
	}
	if (status)
		return status;
	classifier->n_classes = emnist_labels_count(classifier->labels);
	classifier->vectors = alloc_room(BLOCK_ROWS, EMNIST_VECTOR_LENGTH);
	classifier->probabilities = alloc_room(BLOCK_ROWS, emnist_model_n_outputs(model));
	return classifier->vectors && classifier->probabilities ? EMNIST_OK : error_memory(error);
}

enum emnist_status emnist_classifier_create(const struct emnist_model *model,
					    const struct emnist_classifier_options *options,
					    struct emnist_classifier **classifier_ret,
					    struct emnist_error *error)
{
	const struct emnist_classifier_options defaults = {0};
	const size_t n_inputs = emnist_model_n_inputs(model);
	struct emnist_classifier *classifier;
	enum emnist_status status;

	*classifier_ret = NULL;
	if (n_inputs != EMNIST_VECTOR_LENGTH)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "model takes vectors of %zu values instead of %d", n_inputs,
				 EMNIST_VECTOR_LENGTH);
	classifier = alloc_zeroed(1, sizeof(*classifier));
	if (!classifier)
		return error_memory(error);
	status = create_parts(classifier, model, options ? options : &defaults, error);
	if (status)
		emnist_classifier_free(classifier);
	else
		*classifier_ret = classifier;
	return status;
}

void emnist_classifier_free(struct emnist_classifier *classifier)
{
	if (!classifier)
		return;
	emnist_reader_free(classifier->reader);
	emnist_session_free(classifier->session);
	emnist_view_free(classifier->view);
	free(classifier->vectors);
	free(classifier->probabilities);
	free(classifier);
}

const struct emnist_labels *emnist_classifier_labels(const struct emnist_classifier *classifier)
{
	return classifier->labels;
}

static void read_input(struct emnist_reader *reader, const struct emnist_input *input,
		       float *vector, struct emnist_record *record)
{
	enum emnist_status status;

	if (input->path)
		status = emnist_read_file(reader, input->path, vector, &record->error);
	else if (input->pixels)
		status = emnist_read_pixels(reader, input->pixels, vector, &record->error);
	else
		status = emnist_read_bytes(reader, input->bytes, input->nbytes, vector,
					   &record->error);
	record->error.code = status; /* the rest is written only if it is set */
	if (status)
		memset(vector, 0, EMNIST_VECTOR_LENGTH * sizeof(*vector));
	record->is_blank = !status && emnist_vector_is_blank(vector);
	record->n_characters = status ? 0 : emnist_reader_n_characters(reader);
	record->warning = status ? NULL : emnist_reader_warning(reader);
}

/* Of at most BLOCK_ROWS images. */
static enum emnist_status run_block(struct emnist_classifier *classifier,
				    const struct emnist_input *inputs, size_t n,
				    struct emnist_record *records, float *probabilities,
				    struct emnist_error *error)
{
	const size_t row_nbytes = classifier->n_classes * sizeof(*probabilities);
	enum emnist_status status;

	for (size_t i = 0; i < n; i++)
		read_input(classifier->reader, &inputs[i],
			   classifier->vectors + i * EMNIST_VECTOR_LENGTH, &records[i]);
	status = emnist_session_run(classifier->session, classifier->vectors, n,
				    classifier->probabilities, error);
	if (status)
		return status;
	if (classifier->view)
		emnist_view_apply(classifier->view, classifier->probabilities, n);
	memcpy(probabilities, classifier->probabilities, n * row_nbytes);
	for (size_t i = 0; i < n; i++, probabilities += classifier->n_classes) {
		if (records[i].error.code)
			memset(probabilities, 0, row_nbytes);
		emnist_top_k(probabilities, classifier->n_classes, 1, &records[i].best);
		records[i].probability = probabilities[records[i].best];
	}
	return EMNIST_OK;
}

enum emnist_status emnist_classify(struct emnist_classifier *classifier,
				   const struct emnist_input *inputs, size_t n,
				   struct emnist_record *records, float *probabilities,
				   struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	for (size_t i = 0; i < n && !status; i += BLOCK_ROWS)
		status = run_block(classifier, inputs + i, n - i < BLOCK_ROWS ? n - i : BLOCK_ROWS,
				   records + i, probabilities + i * classifier->n_classes, error);
	return status;
}

void emnist_top_k_rows(const float *values, size_t n_rows, size_t n, size_t k,
		       uint32_t *positions_ret)
{
	for (size_t row = 0; row < n_rows; row++)
		emnist_top_k(values + row * n, n, k, positions_ret + row * k);
}
