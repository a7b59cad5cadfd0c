/*
 * trace_layers.c - the layers that come of rows.
 *
 * When a matrix is to multiply rows, all is known of the layer before: its activation is settled,
 * and what scales and shifts its values goes into it or into the new one (affine.h).
 */
#include "../network/affine.h"
#include "trace_rows.h"

/* scale, shift: of rows; NULL where they are of no effect. */
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
	affine_into_rows(layer, scale, shift);
	return EMNIST_OK;
}

/* The layer gets the activation that rows have, and rows keep what comes after it. */
static enum emnist_status fold_activation(struct trace *trace, struct layer *layer,
					  struct rows *rows)
{
	const struct stage *stage = rows->stage;
	struct recognised found;
	double *scale, *shift;

	if (!expression_recognise(rows->expression, &found)) {
		trace->op = rows->op;
		trace->node = rows->node;
		return trace_refuse(trace, "it is none of the activations that are read");
	}
	if (stage->scale)
		affine_into_rows(layer, stage->scale, stage->shift);
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

/* Settles all that the stage of rows can take; scale and shift are left with what is for the next
 * layer to take. */
static enum emnist_status take(struct trace *trace, struct rows *rows)
{
	struct stage *stage = rows->stage;
	struct layer *layer;
	enum emnist_status status;

	if (rows->is_softmax)
		return trace_refuse(trace, "it follows the softmax");
	if (stage->is_taken)
		return trace_refuse(trace, "what it takes goes into another layer, too");
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

/* Makes the layer that multiplies rows by weights, (n_inputs, n_outputs) or the other way round. */
static enum emnist_status add_layer(struct trace *trace, const struct rows *rows,
				    const struct tensor *weights, bool transposed,
				    struct layer **layer_ret)
{
	const size_t n_inputs = weights->dims[transposed ? 1 : 0];
	const size_t n_outputs = weights->dims[transposed ? 0 : 1];
	struct layer *layer = &trace->model->layers[trace->n_layers];

	if (n_outputs == 0 || n_outputs > MODEL_MAX_WIDTH)
		return error_set(trace->error, EMNIST_ERR_LIMIT,
				 "a layer of %zu outputs, 1 to %d are read", n_outputs,
				 MODEL_MAX_WIDTH);
	if (trace->n_layers == MODEL_MAX_LAYERS)
		return error_set(trace->error, EMNIST_ERR_LIMIT,
				 "more than %d layers, which are not read", MODEL_MAX_LAYERS);
	if (weights->n > trace->floats_left)
		return error_set(trace->error, EMNIST_ERR_LIMIT,
				 "layers share weights, and have more than the file holds");
	trace->floats_left -= weights->n;
	trace->n_layers++;
	if (!layer_init(layer, (uint32_t)n_inputs, (uint32_t)n_outputs))
		return error_memory(trace->error);
	for (size_t o = 0; o < n_outputs; o++)
		for (size_t i = 0; i < n_inputs; i++)
			layer->weights[o * n_inputs + rows_lane(rows, i)] =
				(float)weights
					->values[transposed ? o * n_inputs + i : i * n_outputs + o];
	*layer_ret = layer;
	return EMNIST_OK;
}

/* What is left of rows' scale and shift goes into the columns of the layer that takes them. */
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
	affine_into_columns(layer, scale, shift);
	return EMNIST_OK;
}

static enum emnist_status multiply_rows(struct trace *trace, struct rows *rows,
					const struct tensor *weights, bool transposed,
					struct value *value_ret)
{
	struct rows made = {.type = TENSOR_FLOAT, .rank = 2, .dims = {rows->dims[0]}};
	struct layer *layer = NULL;
	enum emnist_status status;
	size_t n_inputs;

	if (weights->rank != 2)
		return trace_refuse(trace, "its weights are of %zu dimensions", weights->rank);
	n_inputs = weights->dims[transposed ? 1 : 0];
	if (rows->rank == 0 && n_inputs <= MODEL_MAX_WIDTH)
		rows->stage->width = n_inputs;
	if (rows->rank > 2 || n_inputs != rows->stage->width || n_inputs == 0)
		return trace_refuse(trace, "it takes %zu values, but is given %zu", n_inputs,
				    rows->rank > 0 ? rows->dims[rows->rank - 1]
						   : rows->stage->width);
	status = take(trace, rows);
	if (!status)
		status = add_layer(trace, rows, weights, transposed, &layer);
	if (!status)
		status = fold_columns(trace, layer, rows);
	if (!status)
		status = rows_new_stage(trace, layer->n_outputs, trace->n_layers - 1, &made.stage);
	if (status)
		return status;
	made.dims[1] = layer->n_outputs;
	*value_ret = (struct value){.kind = VALUE_ROWS, .rows = made};
	return EMNIST_OK;
}

enum emnist_status trace_matmul(struct trace *trace, const struct value *a, const struct value *b,
				bool transposed, struct value *value_ret)
{
	struct rows rows = a->rows;

	if (a->kind != VALUE_ROWS)
		return trace_refuse(trace, "it multiplies constants");
	if (b->kind != VALUE_TENSOR)
		return trace_refuse(trace, "an operand that should be a constant is computed");
	return multiply_rows(trace, &rows, &b->tensor, transposed, value_ret);
}

enum emnist_status trace_softmax(struct trace *trace, const struct value *a,
				 struct value *value_ret)
{
	enum emnist_status status;

	if (a->kind != VALUE_ROWS)
		return trace_refuse(trace, "it is of constants");
	*value_ret = *a;
	if (a->rows.stage->layer == SIZE_MAX)
		return trace_refuse(trace, "no fully connected layer precedes it");
	if (a->rows.rank != 2)
		return trace_refuse(trace, "it is of rows of %zu dimensions", a->rows.rank - 1);
	status = take(trace, &value_ret->rows);
	if (status)
		return status;
	if (value_ret->rows.scale || value_ret->rows.shift || value_ret->rows.order)
		return trace_refuse(trace, "no fully connected layer can take in what comes "
					   "before it");
	value_ret->rows.is_softmax = true;
	return EMNIST_OK;
}

/* --------------------------------------------------------------------- end */

enum emnist_status trace_finish(struct trace *trace, const struct rows *rows,
				struct emnist_model **model_ret)
{
	struct rows last = *rows;
	enum emnist_status status = EMNIST_OK;

	if (trace->n_layers == 0)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				 "the model has no fully connected layer");
	if (!last.is_softmax)
		status = take(trace, &last);
	if (status)
		return status;
	if (last.scale || last.shift || last.order || last.stage->layer != trace->n_layers - 1)
		return trace_refuse(trace, "no fully connected layer can take in what comes after "
					   "the last activation");
	/* A last layer of sigmoids gives probabilities as it is; anything else gets a softmax. */
	trace->model->softmax =
		last.is_softmax ||
		trace->model->layers[trace->n_layers - 1].activation != EMNIST_SIGMOID;
	trace->model->takes_bytes = trace->takes_bytes;
	trace->model->n_layers = trace->n_layers;
	*model_ret = trace->model;
	trace->model = NULL;
	return EMNIST_OK;
}
