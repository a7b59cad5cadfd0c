/*
 * mlp.c - running a network: sessions, the forward pass, and the most probable classes.
 *
 * Rows go through the network in blocks that keep all activations in a core's cache. A layer's bias
 * is laid out as the rows that the matrix product is then added to, so that its sums start from the
 * bias and only the activation is left to apply.
 */
#include <math.h>
#include <string.h>

#include "../base/memory.h"
#include "blas.h"
#include "model.h"

/* Rows of a block: from here on matrix products gain nothing from more, and two layers of 512 are
 * 1 MiB, which a second-level cache holds. */
#define BLOCK_ROWS    256

#define MAX_ROWS      65536

#define TEXT_OF(x)    #x
#define TEXT_VALUE(x) TEXT_OF(x)

struct emnist_session {
	const struct emnist_model *model;
	size_t max_rows;
	float *hidden[2]; /* (min(max_rows, BLOCK_ROWS), widest hidden layer), used in turn */
};

static size_t widest_hidden(const struct emnist_model *model)
{
	size_t widest = 0;

	for (size_t l = 0; l + 1 < model->n_layers; l++)
		if (model->layers[l].n_outputs > widest)
			widest = model->layers[l].n_outputs;
	return widest;
}

enum emnist_status emnist_session_create(const struct emnist_model *model, size_t max_rows,
					 struct emnist_session **session_ret,
					 struct emnist_error *error)
{
	const size_t n_rows = max_rows < BLOCK_ROWS ? max_rows : BLOCK_ROWS;
	struct emnist_session *session;

	*session_ret = NULL;
	if (max_rows < 1 || max_rows > MAX_ROWS)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "max_rows is %zu, not 1 to " TEXT_VALUE(MAX_ROWS), max_rows);
	session = alloc_zeroed(1, sizeof(*session));
	if (!session)
		return error_memory(error);
	session->model = model;
	session->max_rows = max_rows;
	for (size_t i = 0; i < 2; i++) {
		session->hidden[i] = alloc_floats(n_rows, widest_hidden(model));
		if (!session->hidden[i]) {
			emnist_session_free(session);
			return error_memory(error);
		}
	}
	*session_ret = session;
	return EMNIST_OK;
}

/* inputs: (n_rows, n_inputs); outputs: (n_rows, n_outputs). */
static void run_layer(const struct layer *layer, const float *inputs, size_t n_rows, float *outputs)
{
	const size_t n_inputs = layer->n_inputs;
	const size_t n_outputs = layer->n_outputs;

	for (size_t row = 0; row < n_rows; row++)
		memcpy(outputs + row * n_outputs, layer->bias, n_outputs * sizeof(*outputs));
	blas_gemm(false, true, n_rows, n_outputs, n_inputs, 1, inputs, n_inputs, layer->weights,
		  n_inputs, 1, outputs, n_outputs);
	activation_apply(layer->activation, layer->alpha, layer->gamma, outputs,
			 n_rows * n_outputs);
}

static void run_block(struct emnist_session *session, const float *vectors, size_t n_rows,
		      float *probabilities)
{
	const struct emnist_model *model = session->model;
	const size_t n_layers = model->n_layers;
	const size_t n_outputs = model->layers[n_layers - 1].n_outputs;
	const float *inputs = vectors;

	for (size_t l = 0; l < n_layers; l++) {
		float *outputs = l + 1 < n_layers ? session->hidden[l % 2] : probabilities;

		run_layer(&model->layers[l], inputs, n_rows, outputs);
		inputs = outputs;
	}
	if (model->softmax) {
		softmax_rows(probabilities, n_rows, n_outputs);
		return;
	}
	for (size_t i = 0; i < n_rows * n_outputs; i++)
		probabilities[i] = isnan(probabilities[i]) ? 0 : probabilities[i];
}

enum emnist_status emnist_session_run(struct emnist_session *session, const float *vectors,
				      size_t n_rows, float *probabilities,
				      struct emnist_error *error)
{
	const size_t n_inputs = emnist_model_n_inputs(session->model);
	const size_t n_outputs = emnist_model_n_outputs(session->model);

	if (n_rows > session->max_rows)
		return error_set(error, EMNIST_ERR_ARGUMENT, "%zu rows in a session of at most %zu",
				 n_rows, session->max_rows);
	if (!blas_enter())
		return error_set(error, EMNIST_ERR_MEMORY, BLAS_NO_ROOM);
	for (size_t row = 0; row < n_rows; row += BLOCK_ROWS) {
		const size_t n = n_rows - row < BLOCK_ROWS ? n_rows - row : BLOCK_ROWS;

		run_block(session, vectors + row * n_inputs, n, probabilities + row * n_outputs);
	}
	blas_leave();
	return EMNIST_OK;
}

void emnist_session_free(struct emnist_session *session)
{
	if (!session)
		return;
	free(session->hidden[0]);
	free(session->hidden[1]);
	free(session);
}

/* Whether a comes before b in order of falling value; NaN comes last. */
static bool is_larger(float a, float b)
{
	return a > b || (isnan(b) && !isnan(a));
}

/* Insertion into a list of k: for the few that are asked for this beats any heap. */
void emnist_top_k(const float *values, size_t n, size_t k, uint32_t *positions_ret)
{
	size_t n_kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t place = n_kept < k ? n_kept++ : k;

		while (place > 0 && is_larger(values[i], values[positions_ret[place - 1]])) {
			if (place < k)
				positions_ret[place] = positions_ret[place - 1];
			place--;
		}
		if (place < k)
			positions_ret[place] = (uint32_t)i;
	}
}
