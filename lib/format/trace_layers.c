/*
 * trace_layers.c - makes layers of rows.
 *
 * When a matrix multiplies rows, the layer before is complete: its activation is determined, and
 * the scaling and shifting of its values goes into it or into the new layer (affine.h).
 */
#include <string.h>

#include "../base/memory.h"
#include "../network/affine.h"
#include "trace_rows.h"

/* scale, shift: (n_outputs) */
static enum emnist_status fold_into_rows(struct trace *trace, struct layer *layer,
					 const double *scale, const double *shift)
{
	if (!layer_own_weights(layer))
		return error_memory(trace->error);
	affine_into_rows(layer, scale, shift);
	return EMNIST_OK;
}

/* scale, shift: of rows; NULL if they have no effect. */
static enum emnist_status fold_rows(struct trace *trace, struct layer *layer,
				    const struct rows *rows)
{
	double *scale, *shift;

	if (!rows->scale && !rows->shift)
		return EMNIST_OK;
	scale = rows_copy_or_fill(trace, NULL, 1, layer->n_outputs);
	shift = rows_copy_or_fill(trace, NULL, 0, layer->n_outputs);
	if (!scale || !shift)
		return trace_memory(trace);
	for (size_t i = 0; i < layer->n_outputs; i++) {
		scale[rows_lane(rows, i)] = rows->scale ? rows->scale[i] : 1;
		shift[rows_lane(rows, i)] = rows->shift ? rows->shift[i] : 0;
	}
	return fold_into_rows(trace, layer, scale, shift);
}

/* Moves the activation from rows to the layer; rows keep what follows it. */
static enum emnist_status fold_activation(struct trace *trace, struct layer *layer,
					  struct rows *rows)
{
	const struct stage *stage = rows->stage;
	const char *const op = trace->op, *const node = trace->node;
	enum emnist_status status;
	struct recognized found;
	double *scale, *shift;

	trace->op = rows->op;
	trace->node = rows->node;
	status = expression_recognize(trace, rows->expression, &found);
	trace->op = op;
	trace->node = node;
	if (status)
		return status;
	if (stage->scale)
		status = fold_into_rows(trace, layer, stage->scale, stage->shift);
	if (status)
		return status;
	activation_set(layer, found.activation);
	if (found.activation == EMNIST_LEAKY_RELU || found.activation == EMNIST_ELU ||
	    found.activation == EMNIST_SELU)
		layer->alpha = found.alpha;
	if (found.activation == EMNIST_SELU)
		layer->gamma = found.gamma;
	if (found.scale == 1 && found.shift == 0)
		return EMNIST_OK;
	scale = rows_copy_or_fill(trace, rows->scale, 1, stage->width);
	shift = rows_copy_or_fill(trace, rows->shift, 0, stage->width);
	if (!scale || !shift)
		return trace_memory(trace);
	for (size_t i = 0; i < stage->width; i++) {
		shift[i] += scale[i] * found.shift;
		scale[i] *= found.scale;
	}
	rows->scale = scale;
	rows->shift = shift;
	return EMNIST_OK;
}

/* The input's scale and shift, for vectors in [0,1]. */
static enum emnist_status scale_input(struct trace *trace, struct rows *rows)
{
	const size_t width = rows->stage->width;
	double *scale;

	trace->takes_bytes |= rows->scale && affine_takes_bytes(rows->scale, width);
	if (!trace->takes_bytes)
		return EMNIST_OK;
	scale = rows_copy_or_fill(trace, rows->scale, 1, width);
	if (!scale)
		return trace_memory(trace);
	for (size_t i = 0; i < width; i++)
		scale[i] *= AFFINE_BYTE_MAX;
	rows->scale = scale;
	return EMNIST_OK;
}

enum emnist_status rows_take(struct trace *trace, struct rows *rows)
{
	struct stage *stage = rows->stage;
	struct layer *layer;
	enum emnist_status status;

	if (rows->is_softmax)
		return trace_refuse(trace, "it follows the softmax");
	if (stage->is_taken)
		return trace_refuse(trace, "its input also goes into another layer");
	stage->is_taken = true;
	if (stage->layer == SIZE_MAX)
		return scale_input(trace, rows);
	layer = &trace->model->layers[stage->layer];
	if (rows->expression)
		return fold_activation(trace, layer, rows);
	status = fold_rows(trace, layer, rows);
	rows->scale = rows->shift = NULL;
	return status;
}

/* ------------------------------------------------------------------ products */

/* Whether weights are floats in a layer's layout. */
static bool lie_as_layer(const struct rows *rows, const struct tensor *weights, bool transposed)
{
	return weights->floats && transposed != weights->is_transposed && !rows->order;
}

static float weight_at(const struct tensor *weights, size_t i)
{
	return weights->values ? (float)weights->values[i] : weights->floats[i];
}

/* Brings weights, of any order, to that of a layer; they are read in their own. */
static void copy_weights(const struct rows *rows, const struct tensor *weights, bool transposed,
			 struct layer *layer)
{
	const bool by_output = weights->values ? transposed : transposed != weights->is_transposed;
	const size_t n_inputs = layer->n_inputs, n_outputs = layer->n_outputs;
	float *to = layer_weights(layer);
	size_t from = 0;

	for (size_t o = 0; by_output && o < n_outputs; o++)
		for (size_t i = 0; i < n_inputs; i++)
			to[o * n_inputs + rows_lane(rows, i)] = weight_at(weights, from++);
	for (size_t i = 0; !by_output && i < n_inputs; i++) {
		const size_t lane = rows_lane(rows, i);

		for (size_t o = 0; o < n_outputs; o++)
			to[o * n_inputs + lane] = weight_at(weights, from++);
	}
}

/* Sets layer's shape and weights, borrowed if possible; false when memory is short. */
static bool take_weights(const struct rows *rows, const struct tensor *weights, bool transposed,
			 struct layer *layer)
{
	const uint32_t n_inputs = (uint32_t)weights->dims[transposed ? 1 : 0];
	const uint32_t n_outputs = (uint32_t)weights->dims[transposed ? 0 : 1];
	const bool lies = lie_as_layer(rows, weights, transposed);

	if (lies && weights->is_lasting)
		return layer_borrow(layer, n_inputs, n_outputs, weights->floats);
	if (!layer_init(layer, n_inputs, n_outputs))
		return false;
	if (lies)
		memcpy(layer->weights, weights->floats, weights->n * sizeof(*layer->weights));
	else
		copy_weights(rows, weights, transposed, layer);
	return true;
}

/* Room for one more layer; false when memory is short. */
static bool has_room(struct trace *trace)
{
	struct emnist_model *model = trace->model;
	struct layer *grown;

	if (trace->n_layers < model->n_layers)
		return true;
	grown = alloc_zeroed(2 * model->n_layers, sizeof(*grown));
	if (!grown)
		return false;
	memcpy(grown, model->layers, model->n_layers * sizeof(*grown));
	free(model->layers);
	model->layers = grown;
	model->n_layers *= 2;
	return true;
}

/* Makes the layer that multiplies rows by weights, (n_inputs, n_outputs) or the other way round. */
static enum emnist_status add_layer(struct trace *trace, const struct rows *rows,
				    const struct tensor *weights, bool transposed,
				    struct layer **layer_ret)
{
	const size_t n_outputs = weights->dims[transposed ? 0 : 1];
	struct layer *layer;

	if (n_outputs == 0 || n_outputs > MODEL_MAX_WIDTH)
		return error_set(trace->error, EMNIST_ERR_LIMIT,
				 "a layer has %zu outputs: 1 to %d are supported", n_outputs,
				 MODEL_MAX_WIDTH);
	if (trace->n_layers == MODEL_MAX_LAYERS)
		return error_set(trace->error, EMNIST_ERR_LIMIT,
				 "more than %d layers are not supported", MODEL_MAX_LAYERS);
	if (weights->n > trace->floats_left)
		return error_set(trace->error, EMNIST_ERR_LIMIT,
				 "layers share weights, and have more than the file holds");
	trace->floats_left -= weights->n;
	if (!has_room(trace))
		return error_memory(trace->error);
	layer = &trace->model->layers[trace->n_layers++];
	if (!take_weights(rows, weights, transposed, layer))
		return error_memory(trace->error);
	*layer_ret = layer;
	return EMNIST_OK;
}

static enum emnist_status set_bias(struct trace *trace, const struct tensor *c, double beta,
				   const struct rows *made, struct layer *layer)
{
	enum emnist_status status;
	double *bias = NULL;

	if (beta == 1 && c->floats && rows_match_row(made, c)) {
		memcpy(layer->bias, c->floats, layer->n_outputs * sizeof(*layer->bias));
		return EMNIST_OK;
	}
	status = rows_expand(trace, made, c, &bias);
	for (size_t i = 0; !status && i < layer->n_outputs; i++)
		layer->bias[i] = (float)(beta * bias[i]);
	return status;
}

/* made: the output rows of layer. */
static enum emnist_status scale_layer(struct trace *trace, const struct trace_gemm *gemm,
				      const struct rows *made, struct layer *layer)
{
	const size_t n_weights = (size_t)layer->n_inputs * layer->n_outputs;

	if (gemm->alpha != 1 && !layer_own_weights(layer))
		return error_memory(trace->error);
	for (size_t i = 0; gemm->alpha != 1 && i < n_weights; i++)
		layer->weights[i] = (float)(gemm->alpha * (double)layer->weights[i]);
	if (!gemm->c)
		return EMNIST_OK;
	return gemm->c->kind == VALUE_TENSOR
		       ? set_bias(trace, &gemm->c->tensor, gemm->beta, made, layer)
		       : trace_refuse_computed(trace);
}

/* Folds the rest of rows' scale and shift into the columns of the next layer. */
static enum emnist_status fold_columns(struct trace *trace, struct layer *layer,
				       const struct rows *rows)
{
	double *scale, *shift;

	if (!rows->scale && !rows->shift)
		return EMNIST_OK;
	scale = rows_copy_or_fill(trace, NULL, 1, layer->n_inputs);
	shift = rows_copy_or_fill(trace, NULL, 0, layer->n_inputs);
	if (!scale || !shift)
		return trace_memory(trace);
	for (size_t i = 0; i < layer->n_inputs; i++) {
		scale[rows_lane(rows, i)] = rows->scale ? rows->scale[i] : 1;
		shift[rows_lane(rows, i)] = rows->shift ? rows->shift[i] : 0;
	}
	if (!layer_own_weights(layer))
		return error_memory(trace->error);
	affine_into_columns(layer, scale, shift);
	return EMNIST_OK;
}

/* Whether rows have a single dimension besides the batch, as long as weights require. */
static enum emnist_status check_factors(struct trace *trace, const struct rows *rows,
					const struct tensor *weights, bool transposed)
{
	const size_t n = rows->rank > 0 ? rows->dims[rows->rank - 1] : rows->stage->width;
	size_t n_inputs;

	if (weights->rank != 2)
		return trace_refuse(trace, "its weights have %zu dimensions", weights->rank);
	n_inputs = weights->dims[transposed ? 1 : 0];
	if (rows->stage->width == 0 && n_inputs <= MODEL_MAX_WIDTH)
		rows->stage->width = n_inputs;
	if (n_inputs != rows->stage->width || n_inputs == 0 || (rows->rank > 0 && n != n_inputs))
		return trace_refuse(trace, "it takes %zu values, but gets %zu", n_inputs, n);
	return EMNIST_OK;
}

static enum emnist_status multiply_rows(struct trace *trace, struct rows *rows,
					const struct tensor *weights, const struct trace_gemm *gemm,
					struct value *value_ret)
{
	struct rows made = {.type = TENSOR_FLOAT, .rank = 2};
	struct layer *layer = NULL;
	enum emnist_status status = check_factors(trace, rows, weights, gemm->transposes_b);

	if (!status)
		status = rows_take(trace, rows);
	if (!status)
		status = add_layer(trace, rows, weights, gemm->transposes_b, &layer);
	if (!status)
		status = rows_new_stage(trace, layer->n_outputs, trace->n_layers - 1, &made.stage);
	if (status)
		return status;
	if (rows->rank > 0) {
		made.rank = rows->rank;
		memcpy(made.dims, rows->dims, sizeof(made.dims));
	}
	made.dims[made.rank - 1] = layer->n_outputs;
	*value_ret = (struct value){.kind = VALUE_ROWS, .rows = made};
	status = scale_layer(trace, gemm, &made, layer);
	return status ? status : fold_columns(trace, layer, rows);
}

enum emnist_status trace_gemm(struct trace *trace, const struct value *a, const struct value *b,
			      const struct trace_gemm *gemm, struct value *value_ret)
{
	struct rows rows = a->rows;

	if (b->kind != VALUE_TENSOR)
		return trace_refuse_computed(trace);
	if (a->kind != VALUE_ROWS)
		return trace_refuse(trace, "it multiplies constants");
	return multiply_rows(trace, &rows, &b->tensor, gemm, value_ret);
}

enum emnist_status trace_matmul(struct trace *trace, const struct value *a, const struct value *b,
				bool transposed, struct value *value_ret)
{
	const struct trace_gemm gemm = {.transposes_b = transposed, .alpha = 1};

	return trace_gemm(trace, a, b, &gemm, value_ret);
}
