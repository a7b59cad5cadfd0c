/*
 * forward.c - a model's forward pass by BLAS products.
 *
 * A layer's bias is laid out as the rows that the product is then added to, so that its sums start
 * from the bias and only the activation is left to apply.
 */
#include "forward.h"

#include "../base/float_mode.h"
#include "../base/memory.h"
#include "../network/blas.h"
#include "../network/model.h"

#include <string.h>

/* Rows of a block: from here on matrix products gain nothing from more, and two layers of 512 are
 * 1 MiB, which a second-level cache holds. */
#define BLOCK_ROWS 256

struct forward {
	const struct emnist_model *model;
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

enum emnist_status forward_create(const struct emnist_model *model, size_t max_rows,
				  struct forward **forward_ret, struct emnist_error *error)
{
	const size_t n_rows = max_rows < BLOCK_ROWS ? max_rows : BLOCK_ROWS;
	struct forward *forward = alloc_zeroed(1, sizeof(*forward));

	*forward_ret = NULL;
	if (!forward)
		return error_memory(error);
	forward->model = model;
	for (size_t i = 0; i < 2; i++) {
		forward->hidden[i] = alloc_floats(n_rows, widest_hidden(model));
		if (!forward->hidden[i]) {
			forward_free(forward);
			return error_memory(error);
		}
	}
	*forward_ret = forward;
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

static void run_block(const struct forward *forward, const float *vectors, size_t n_rows,
		      float *probabilities)
{
	const struct emnist_model *model = forward->model;
	const float *inputs = vectors;

	for (size_t l = 0; l < model->n_layers; l++) {
		float *outputs = l + 1 < model->n_layers ? forward->hidden[l % 2] : probabilities;

		run_layer(&model->layers[l], inputs, n_rows, outputs);
		inputs = outputs;
	}
	probabilities_settle(model, probabilities, n_rows);
}

enum emnist_status forward_run(struct forward *forward, const float *vectors, size_t n_rows,
			       float *probabilities, struct emnist_error *error)
{
	const size_t n_inputs = emnist_model_n_inputs(forward->model);
	const size_t n_outputs = emnist_model_n_outputs(forward->model);
	struct float_mode mode;

	if (!blas_enter())
		return error_set(error, EMNIST_ERR_MEMORY, BLAS_NO_ROOM);
	mode = float_mode_enter();
	for (size_t row = 0; row < n_rows; row += BLOCK_ROWS) {
		const size_t n = n_rows - row < BLOCK_ROWS ? n_rows - row : BLOCK_ROWS;

		run_block(forward, vectors + row * n_inputs, n, probabilities + row * n_outputs);
	}
	float_mode_leave(mode);
	blas_leave();
	return EMNIST_OK;
}

void forward_free(struct forward *forward)
{
	if (!forward)
		return;
	free(forward->hidden[0]);
	free(forward->hidden[1]);
	free(forward);
}
