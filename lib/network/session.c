/*
 * session.c - runs a network: sessions, the forward pass, and the most probable classes.
 *
 * Rows pass through the network in blocks whose values fit a second-level cache, layer by layer, on
 * the session's engine.
 */
#include <math.h>
#include <string.h>

#include "../base/float_mode.h"
#include "../base/memory.h"
#include "engine.h"
#include "model.h"

#define MAX_ROWS      65536

#define TEXT_OF(x)    #x
#define TEXT_VALUE(x) TEXT_OF(x)

struct emnist_session {
	const struct emnist_model *model;
	const struct engine *engine;
	size_t max_rows;
	/* Of layers in turn. */
	uint64_t *nonzero[2]; /* (words of the widest input, rows of a block): input mask */
	float *sums[2];       /* (rows of a block, widest layer's columns): outputs */
};

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Allocates n words in cache lines of their own. Otherwise sessions of several threads, created in
 * a row, would share lines and wait for each other's writes. */
static uint64_t *alloc_lines(size_t n)
{
	enum { WORDS_OF_LINE = 8, FLOATS_OF_LINE = 16 };

	return (void *)alloc_room(n / WORDS_OF_LINE + 1, FLOATS_OF_LINE);
}

static bool allocate(struct emnist_session *session)
{
	const struct emnist_model *model = session->model;
	const size_t n_rows = smaller(session->max_rows, session->engine->block_rows);
	size_t widths[2] = {0, 0}, n_words[2] = {0, 0};

	for (size_t l = 0; l < model->n_layers; l++) {
		const struct layer *layer = &model->layers[l];

		widths[l % 2] =
			larger(widths[l % 2], kernel_width(model->kernel, layer->n_outputs));
		if (session->engine->uses_nonzero)
			n_words[l % 2] = larger(n_words[l % 2], kernel_words(layer->n_inputs));
	}
	for (size_t i = 0; i < 2; i++) {
		session->nonzero[i] = alloc_lines(n_rows * n_words[i]);
		session->sums[i] = alloc_room(n_rows, widths[i]);
		if (!session->nonzero[i] || !session->sums[i])
			return false;
	}
	return true;
}

enum emnist_status emnist_session_create(const struct emnist_model *model, size_t max_rows,
					 struct emnist_session **session_ret,
					 struct emnist_error *error)
{
	return emnist_session_create_with(model, max_rows, NULL, session_ret, error);
}

enum emnist_status emnist_session_create_with(const struct emnist_model *model, size_t max_rows,
					      const struct emnist_session_options *options,
					      struct emnist_session **session_ret,
					      struct emnist_error *error)
{
	const enum emnist_engine wanted = options ? options->engine : EMNIST_ENGINE_AUTO;
	const struct engine *engine;
	struct emnist_session *session;
	enum emnist_status status;

	*session_ret = NULL;
	if (max_rows < 1 || max_rows > MAX_ROWS)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "max_rows is %zu instead of 1 to " TEXT_VALUE(MAX_ROWS), max_rows);
	status = engine_find(wanted, model->kernel, &engine, error);
	if (status)
		return status;
	session = alloc_zeroed(1, sizeof(*session));
	if (!session)
		return error_memory(error);
	session->model = model;
	session->engine = engine;
	session->max_rows = max_rows;
	if (!allocate(session)) {
		emnist_session_free(session);
		return error_memory(error);
	}
	*session_ret = session;
	return EMNIST_OK;
}

/* Runs a block through layer l and returns its outputs, with rows kernel_width() apart. */
static float *run_layer(const struct emnist_session *session, size_t l, const float *inputs,
			size_t input_stride, size_t n_rows)
{
	const struct emnist_model *model = session->model;
	const struct layer *layer = &model->layers[l];
	const struct layer_forward pass = {
		.n_inputs = layer->n_inputs,
		.n_outputs = layer->n_outputs,
		.width = kernel_width(model->kernel, layer->n_outputs),
		.weights = layer->panels + panels_width(layer->n_outputs),
		.rows = layer->weights,
		.bias = layer->panels,
		.activation = layer->activation,
		.alpha = layer->alpha,
		.gamma = layer->gamma,
		.n_rows = n_rows,
		.inputs = inputs,
		.input_stride = input_stride,
		.outputs = session->sums[l % 2],
		.kernel = model->kernel,
		.nonzero = session->nonzero[l % 2],
		.nonzero_next = l + 1 < model->n_layers ? session->nonzero[(l + 1) % 2] : NULL,
	};

	session->engine->forward(&pass);
	return pass.outputs;
}

static void find_nonzero(const struct emnist_session *session, const float *vectors, size_t n_rows)
{
	const size_t n = emnist_model_n_inputs(session->model);
	uint64_t *nonzero = session->nonzero[0];

	memset(nonzero, 0, kernel_words(n) * n_rows * sizeof(*nonzero));
	session->model->kernel->find_nonzero(vectors, n, n_rows, 0, n, nonzero, n_rows);
}

static void run_block(const struct emnist_session *session, const float *vectors, size_t n_rows,
		      float *probabilities)
{
	const struct emnist_model *model = session->model;
	const size_t n_outputs = emnist_model_n_outputs(model);
	const float *values = vectors;
	size_t stride = emnist_model_n_inputs(model);

	if (session->engine->uses_nonzero)
		find_nonzero(session, vectors, n_rows);
	for (size_t l = 0; l < model->n_layers; l++) {
		values = run_layer(session, l, values, stride, n_rows);
		stride = kernel_width(model->kernel, model->layers[l].n_outputs);
	}
	for (size_t row = 0; row < n_rows; row++)
		memcpy(probabilities + row * n_outputs, values + row * stride,
		       n_outputs * sizeof(*probabilities));
	probabilities_settle(model, probabilities, n_rows);
}

enum emnist_status emnist_session_run(struct emnist_session *session, const float *vectors,
				      size_t n_rows, float *probabilities,
				      struct emnist_error *error)
{
	const size_t n_inputs = emnist_model_n_inputs(session->model);
	const size_t n_outputs = emnist_model_n_outputs(session->model);
	const size_t block_rows = session->engine->block_rows;
	const size_t n_blocks = (n_rows + block_rows - 1) / block_rows;
	struct float_mode mode;
	size_t row = 0;

	if (n_rows > session->max_rows)
		return error_set(error, EMNIST_ERR_ARGUMENT, "%zu rows in a session of at most %zu",
				 n_rows, session->max_rows);
	mode = float_mode_enter();
	/* Block sizes differ by at most one row, so none is small. */
	for (size_t block = 0; block < n_blocks; block++) {
		const size_t n = (n_rows - row) / (n_blocks - block);

		run_block(session, vectors + row * n_inputs, n, probabilities + row * n_outputs);
		row += n;
	}
	float_mode_leave(mode);
	return EMNIST_OK;
}

void emnist_session_free(struct emnist_session *session)
{
	if (!session)
		return;
	for (size_t i = 0; i < 2; i++) {
		free(session->nonzero[i]);
		free(session->sums[i]);
	}
	free(session);
}

/* Whether a comes before b in descending order; NaN comes last. */
static bool is_larger(float a, float b)
{
	return a > b || (isnan(b) && !isnan(a));
}

/* Insertion into a list of k: for small k this is faster than a heap. Most values fall below the
 * last of the list and cost one comparison. */
void emnist_top_k(const float *values, size_t n, size_t k, uint32_t *positions_ret)
{
	float last = NAN;
	size_t n_kept = 0;

	for (size_t i = 0; i < n && k > 0; i++) {
		size_t place = n_kept < k ? n_kept : k - 1;

		if (n_kept == k && (values[i] <= last || !is_larger(values[i], last)))
			continue;
		for (; place > 0 && is_larger(values[i], values[positions_ret[place - 1]]); place--)
			positions_ret[place] = positions_ret[place - 1];
		positions_ret[place] = (uint32_t)i;
		n_kept += n_kept < k;
		last = values[positions_ret[n_kept - 1]];
	}
}
