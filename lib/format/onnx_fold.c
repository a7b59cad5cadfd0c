/*
 * onnx_fold.c - the layers that come of a chain of operators, while they are made.
 *
 * What scales and shifts each value on its own is collected, in double precision, as one pair of
 * vectors: value -> scale * value + shift. Where it follows a fully connected layer whose
 * activation is yet to come it goes into that layer; elsewhere - on the input, or after an
 * activation - it waits for the next layer (affine.h).
 */
#include "onnx_fold.h"

#include <string.h>

#include "../base/memory.h"
#include "../network/affine.h"

/* ----------------------------------------------------------- scale and shift */

void fold_forget_affine(struct fold *fold)
{
	free(fold->scale);
	free(fold->shift);
	fold->scale = NULL;
	fold->shift = NULL;
}

/* Makes scale and shift for n values where there are none; false when memory is short. */
static bool fold_has_affine(struct fold *fold, size_t n)
{
	if (fold->scale)
		return true;
	fold->scale = alloc_array(n, sizeof(*fold->scale));
	fold->shift = alloc_array(n, sizeof(*fold->shift));
	if (!fold->scale || !fold->shift) {
		fold_forget_affine(fold);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		fold->scale[i] = 1;
		fold->shift[i] = 0;
	}
	return true;
}

enum emnist_status fold_begin_affine(struct fold *fold, const Onnx__NodeProto *node)
{
	if (fold->scale)
		return EMNIST_OK;
	if (!fold_has_affine(fold, fold->width))
		return error_memory(fold->error);
	fold->waiting = node;
	return EMNIST_OK;
}

enum emnist_status fold_close_layer(struct fold *fold)
{
	struct layer *layer = &fold->model->layers[fold->n_layers - 1];

	if (fold->scale && !fold->is_open)
		return onnx_refuse(fold->waiting, fold->error,
				   "no fully connected layer can take it in");
	fold->is_open = false;
	if (!fold->scale)
		return EMNIST_OK;
	if (!layer_own_weights(layer))
		return error_memory(fold->error);
	affine_into_rows(layer, fold->scale, fold->shift);
	fold_forget_affine(fold);
	return EMNIST_OK;
}

/* The input's scale, for vectors in [0,1] where it is 0..255. */
static void scale_bytes(double *scale, size_t n)
{
	for (size_t i = 0; i < n; i++)
		scale[i] *= AFFINE_BYTE_MAX;
}

/* The columns of the first layer go to where the input has the values that they are of. */
static enum emnist_status restore_order(struct fold *fold, struct layer *layer)
{
	float *row = alloc_array(layer->n_inputs, sizeof(*row));

	if (!row || !layer_own_weights(layer)) {
		free(row);
		return error_memory(fold->error);
	}
	for (size_t i = 0; i < layer->n_outputs; i++) {
		float *weights = layer_weights(layer) + i * layer->n_inputs;

		memcpy(row, weights, layer->n_inputs * sizeof(*row));
		for (size_t j = 0; j < layer->n_inputs; j++)
			weights[fold->order[j]] = row[j];
	}
	free(row);
	fold_forget_order(fold);
	return EMNIST_OK;
}

enum emnist_status fold_end_layer(struct fold *fold, struct layer *layer)
{
	const bool is_first = fold->n_layers == 1;

	fold->is_open = true;
	if (is_first && fold->takes_bytes && !fold_has_affine(fold, layer->n_inputs))
		return error_memory(fold->error);
	if (fold->scale) {
		if (!layer_own_weights(layer))
			return error_memory(fold->error);
		fold->takes_bytes |= is_first && affine_takes_bytes(fold->scale, layer->n_inputs);
		if (is_first && fold->takes_bytes)
			scale_bytes(fold->scale, layer->n_inputs);
		affine_into_columns(layer, fold->scale, fold->shift);
	}
	fold_forget_affine(fold);
	return fold->order ? restore_order(fold, layer) : EMNIST_OK;
}

/* --------------------------------------------------------------------- order */

void fold_forget_order(struct fold *fold)
{
	free(fold->order);
	fold->order = NULL;
}

enum emnist_status fold_reorder(struct fold *fold, const size_t *positions)
{
	uint32_t *order = alloc_array(fold->width, sizeof(*order));
	double *scale = alloc_array(fold->width, sizeof(*scale));
	double *shift = alloc_array(fold->width, sizeof(*shift));

	if (!order || !scale || !shift) {
		free(order);
		free(scale);
		free(shift);
		return error_memory(fold->error);
	}
	for (size_t i = 0; i < fold->width; i++) {
		order[i] = fold->order ? fold->order[positions[i]] : (uint32_t)positions[i];
		scale[i] = fold->scale ? fold->scale[positions[i]] : 1;
		shift[i] = fold->scale ? fold->shift[positions[i]] : 0;
	}
	fold_forget_order(fold);
	fold_forget_affine(fold);
	fold->order = order;
	fold->scale = scale;
	fold->shift = shift;
	return EMNIST_OK;
}

/* ----------------------------------------------------------------- constants */

enum emnist_status fold_refuse_computed(struct fold *fold, const Onnx__NodeProto *node)
{
	return onnx_refuse(node, fold->error, "an operand that should be a constant is computed");
}

enum emnist_status fold_take_constant(struct fold *fold, const Onnx__NodeProto *node, size_t i,
				      struct onnx_constant *constant_ret)
{
	const char *name = onnx_node_input(node, i);

	if (!name)
		return error_set(fold->error, EMNIST_ERR_CORRUPT,
				 "operator %.40s lacks its input %zu", node->op_type, i + 1);
	switch (onnx_graph_constant(fold->graph, name, constant_ret, fold->error)) {
	case ONNX_CONSTANT:
		return EMNIST_OK;
	case ONNX_BAD:
		return fold->error->code;
	case ONNX_COMPUTED:
		break;
	}
	return fold_refuse_computed(fold, node);
}

enum emnist_status fold_take_vector(struct fold *fold, const Onnx__NodeProto *node, size_t i,
				    size_t n, float **values_ret)
{
	struct onnx_constant constant;
	enum emnist_status status = fold_take_constant(fold, node, i, &constant);
	float *values;

	if (status)
		return status;
	if (constant.n != 1 && constant.n != n)
		return onnx_refuse(node, fold->error, "a constant of %zu values goes with %zu",
				   constant.n, n);
	if (constant.n != 1 && (constant.dims[constant.rank - 1] == 1 || constant.transposed))
		return onnx_refuse(node, fold->error,
				   "its constant is of a shape that goes with no rows of %zu", n);
	values = alloc_array(n, sizeof(*values));
	if (!values)
		return error_memory(fold->error);
	onnx_constant_values(&constant, values);
	for (size_t j = 1; constant.n == 1 && j < n; j++)
		values[j] = values[0];
	*values_ret = values;
	return EMNIST_OK;
}

/* --------------------------------------------------------------------- shapes */

void fold_set_dims(struct fold *fold, size_t rank, const size_t *dims)
{
	fold->rank = rank;
	memcpy(fold->dims + 1, dims + 1, (rank - 1) * sizeof(*dims));
}

/* Sizes go together from the last on, as NumPy's do; here the values' may not change. */
static bool keeps_shape(const struct fold *fold, const struct onnx_constant *constant)
{
	bool keeps = fold->rank == 0 || constant->rank <= fold->rank;

	for (size_t i = 1; keeps && fold->rank > 0 && i <= constant->rank; i++) {
		const size_t dim = constant->dims[constant->rank - i];

		keeps = dim == 1 || (i < fold->rank && dim == fold->dims[fold->rank - i]);
	}
	return keeps;
}

enum emnist_status fold_take_operand(struct fold *fold, const Onnx__NodeProto *node, size_t i,
				     float **values_ret)
{
	struct onnx_constant constant;
	enum emnist_status status = fold_take_vector(fold, node, i, fold->width, values_ret);

	if (!status)
		status = fold_take_constant(fold, node, i, &constant);
	if (status || keeps_shape(fold, &constant))
		return status;
	free(*values_ret);
	return onnx_refuse(node, fold->error,
			   "its constant is of a shape that goes with no rows of %zu", fold->width);
}

/* Whether the values that come are of a shape that a product with n_inputs of them takes. */
static enum emnist_status check_factor(struct fold *fold, const Onnx__NodeProto *node,
				       size_t n_inputs)
{
	const bool takes_rows = !onnx_node_is(node, NULL, "MatMul");
	const size_t n = fold->rank > 0 ? fold->dims[fold->rank - 1] : fold->width;

	if (takes_rows && fold->rank > 2)
		return onnx_refuse(node, fold->error, "it takes 2 dimensions, but is given %zu",
				   fold->rank);
	if (n_inputs != fold->width || n_inputs != n)
		return onnx_refuse(node, fold->error, "it takes %zu values, but is given %zu",
				   n_inputs, n);
	return EMNIST_OK;
}

/* -------------------------------------------------------------------- layers */

/* Gives layer the weights, of their place or as its own; false when memory is short. */
static bool take_weights(const struct fold *fold, const struct onnx_constant *weights,
			 bool transpose, uint32_t n_inputs, uint32_t n_outputs, struct layer *layer)
{
	const void *place = onnx_constant_in_place(weights, transpose, fold->graph->lasting,
						   fold->graph->lasting_nbytes);

	if (place)
		return layer_borrow(layer, n_inputs, n_outputs, place);
	return layer_init(layer, n_inputs, n_outputs) &&
	       onnx_constant_matrix(weights, transpose, layer_weights(layer));
}

enum emnist_status fold_begin_layer(struct fold *fold, const Onnx__NodeProto *node, bool transposed,
				    struct layer **layer_ret)
{
	struct layer *layer = &fold->model->layers[fold->n_layers];
	struct onnx_constant weights;
	enum emnist_status status = EMNIST_OK;
	size_t n_inputs, n_outputs;

	if (fold->is_open)
		status = fold_close_layer(fold);
	if (!status)
		status = fold_take_constant(fold, node, 1, &weights);
	if (status)
		return status;
	if (weights.rank != 2)
		return onnx_refuse(node, fold->error, "its weights are of %zu dimensions",
				   weights.rank);
	n_inputs = weights.dims[transposed ? 1 : 0];
	n_outputs = weights.dims[transposed ? 0 : 1];
	status = check_factor(fold, node, n_inputs);
	if (status)
		return status;
	if (n_outputs > MODEL_MAX_WIDTH)
		return error_set(fold->error, EMNIST_ERR_LIMIT,
				 "a layer of %zu outputs, more than %d are not read", n_outputs,
				 MODEL_MAX_WIDTH);
	if (weights.n > fold->floats_left)
		return error_set(fold->error, EMNIST_ERR_LIMIT,
				 "layers share weights, and have more than the file holds");
	fold->floats_left -= weights.n;
	fold->n_layers++;
	if (!take_weights(fold, &weights, !transposed, (uint32_t)n_inputs, (uint32_t)n_outputs,
			  layer))
		return error_memory(fold->error);
	fold->width = n_outputs;
	if (!onnx_node_is(node, NULL, "MatMul"))
		fold->rank = 2;
	if (fold->rank > 0)
		fold->dims[fold->rank - 1] = n_outputs;
	*layer_ret = layer;
	return EMNIST_OK;
}
