/* trace_ends.c - the end of a network: a softmax, the probabilities of two classes, or neither. */
#include <string.h>

#include "trace_rows.h"

enum emnist_status trace_softmax(struct trace *trace, const struct value *a,
				 struct value *value_ret)
{
	enum emnist_status status;

	if (a->kind != VALUE_ROWS)
		return trace_refuse(trace, "all of its inputs are constants");
	*value_ret = *a;
	if (a->rows.stage->layer == SIZE_MAX)
		return trace_refuse(trace, "no fully connected layer precedes it");
	status = rows_take(trace, &value_ret->rows);
	if (status)
		return status;
	if (value_ret->rows.scale || value_ret->rows.shift || value_ret->rows.order)
		return trace_refuse(trace, "no fully connected layer can take in what comes "
					   "before it");
	value_ret->rows.is_softmax = true;
	return EMNIST_OK;
}

/* -------------------------------------------------------------- two classes */

/* Whether a and b are 1 - b and the sigmoid of one value of a layer. */
static bool are_pair(struct trace *trace, const struct rows *a, const struct rows *b)
{
	struct recognized found;

	return a->stage == b->stage && b->stage->layer != SIZE_MAX && b->stage->width == 1 &&
	       b->expression && a->expression == b->expression && !b->scale && !b->shift &&
	       a->scale && a->shift && a->scale[0] == -1 && a->shift[0] == 1 &&
	       expression_recognize(trace, b->expression, &found) == EMNIST_OK &&
	       found.activation == EMNIST_SIGMOID && found.scale == 1 && found.shift == 0;
}

/* The layer of one output gets one of 0 before it. */
static enum emnist_status double_layer(struct trace *trace, struct layer *layer)
{
	struct layer two = {0};

	if (!layer_init(&two, layer->n_inputs, 2)) {
		layer_clear(&two);
		return error_memory(trace->error);
	}
	memcpy(two.weights + two.n_inputs, layer->weights, two.n_inputs * sizeof(*two.weights));
	two.bias[1] = layer->bias[0];
	activation_set(&two, EMNIST_IDENTITY);
	layer_clear(layer);
	*layer = two;
	return EMNIST_OK;
}

enum emnist_status trace_pair(struct trace *trace, const struct value *a, const struct value *b,
			      struct value *value_ret)
{
	struct rows rows = b->rows;
	enum emnist_status status;

	if (a->kind != VALUE_ROWS || b->kind != VALUE_ROWS || !are_pair(trace, &a->rows, &b->rows))
		return trace_refuse(trace, "it does not join the probabilities of two classes");
	status = rows_take(trace, &rows);
	if (!status)
		status = double_layer(trace, &trace->model->layers[rows.stage->layer]);
	if (!status)
		status = rows_new_stage(trace, 2, rows.stage->layer, &rows.stage);
	if (status)
		return status;
	rows.stage->is_taken = true;
	rows.expression = NULL;
	rows.is_softmax = true;
	if (rows.rank > 0)
		rows.dims[rows.rank - 1] = 2;
	*value_ret = (struct value){.kind = VALUE_ROWS, .rows = rows};
	return EMNIST_OK;
}

/* ---------------------------------------------------------------------- end */

enum emnist_status trace_finish(struct trace *trace, const struct rows *rows,
				struct emnist_model **model_ret)
{
	struct rows last = *rows;
	enum emnist_status status = EMNIST_OK;

	if (trace->n_layers == 0)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				 "the model has no fully connected layer");
	if (!last.is_softmax)
		status = rows_take(trace, &last);
	if (status)
		return status;
	if (last.scale || last.shift || last.order || last.stage->layer != trace->n_layers - 1) {
		trace->op = last.op ? last.op : trace->op;
		trace->node = last.op ? last.node : trace->node;
		return trace_refuse(trace, "no fully connected layer can take in what comes after "
					   "the last activation");
	}
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
