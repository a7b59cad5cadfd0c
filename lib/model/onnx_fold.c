/*
 * onnx_fold.c - a chain of operators becomes a chain of fully connected layers.
 *
 * What scales and shifts each value on its own (batch normalisation, arithmetic with constants)
 * is collected, in double precision, as one pair of vectors: value -> scale * value + shift. Where
 * it follows a fully connected layer whose activation is yet to come it goes into that layer's rows
 * and bias:
 *
 *	s (W x + b) + t  =  (diag(s) W) x + (s b + t)
 *
 * Elsewhere - on the input, or after an activation - it waits for the next layer, whose columns and
 * bias take it:
 *
 *	W (s x + t) + b  =  (W diag(s)) x + (W t + b)
 *
 * Reshapes need no more than to be seen: they keep the order of values, and as every layer's width
 * must be that of the values before it, rows stay rows.
 */
#include "onnx_fold.h"
#include "../base/memory.h"

/* ----------------------------------------------------------- scale and shift */

static void forget_affine(struct fold *fold)
{
	free(fold->scale);
	free(fold->shift);
	fold->scale = NULL;
	fold->shift = NULL;
}

enum emnist_status fold_begin_affine(struct fold *fold, const Onnx__NodeProto *node)
{
	if (fold->scale)
		return EMNIST_OK;
	fold->scale = alloc_array(fold->width, sizeof(*fold->scale));
	fold->shift = alloc_array(fold->width, sizeof(*fold->shift));
	if (!fold->scale || !fold->shift) {
		forget_affine(fold);
		return error_memory(fold->error);
	}
	for (size_t i = 0; i < fold->width; i++) {
		fold->scale[i] = 1;
		fold->shift[i] = 0;
	}
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
	for (size_t i = 0; i < layer->n_outputs; i++) {
		float *row = layer->weights + i * layer->n_inputs;

		for (size_t j = 0; j < layer->n_inputs; j++)
			row[j] = (float)(fold->scale[i] * (double)row[j]);
		layer->bias[i] = (float)(fold->scale[i] * (double)layer->bias[i] + fold->shift[i]);
	}
	forget_affine(fold);
	return EMNIST_OK;
}

void fold_end_layer(struct fold *fold, struct layer *layer)
{
	fold->is_open = true;
	if (!fold->scale)
		return;
	for (size_t i = 0; i < layer->n_outputs; i++) {
		float *row = layer->weights + i * layer->n_inputs;
		double sum = (double)layer->bias[i];

		for (size_t j = 0; j < layer->n_inputs; j++) {
			sum += (double)row[j] * fold->shift[j];
			row[j] = (float)((double)row[j] * fold->scale[j]);
		}
		layer->bias[i] = (float)sum;
	}
	forget_affine(fold);
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

/* -------------------------------------------------------------------- layers */

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
	if (n_inputs != fold->width)
		return onnx_refuse(node, fold->error, "it takes %zu values, but is given %zu",
				   n_inputs, fold->width);
	if (n_outputs > MODEL_MAX_WIDTH)
		return error_set(fold->error, EMNIST_ERR_LIMIT,
				 "a layer of %zu outputs, more than %d are not read", n_outputs,
				 MODEL_MAX_WIDTH);
	if (weights.n > fold->floats_left)
		return error_set(fold->error, EMNIST_ERR_LIMIT,
				 "layers share weights, and have more than the file holds");
	fold->floats_left -= weights.n;
	fold->n_layers++;
	if (!layer_init(layer, (uint32_t)n_inputs, (uint32_t)n_outputs) ||
	    !onnx_constant_matrix(&weights, !transposed, layer->weights))
		return error_memory(fold->error);
	fold->width = n_outputs;
	*layer_ret = layer;
	return EMNIST_OK;
}

/* ----------------------------------------------------------------- the chain */

/* Checks that every operator is one that is read, and counts the layers. */
static enum emnist_status count_layers(const struct onnx_step *steps, size_t n_steps,
				       size_t *n_layers_ret, struct emnist_error *error)
{
	size_t n_layers = 0;

	for (size_t i = 0; i < n_steps; i++) {
		const struct onnx_operator *known = onnx_operator_of(steps[i].node);

		if (!known)
			return onnx_refuse(steps[i].node, error,
					   "only multilayer perceptrons are read");
		n_layers += known->is_layer;
	}
	if (n_layers == 0)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "the model has no fully connected layer");
	if (n_layers > MODEL_MAX_LAYERS)
		return error_set(error, EMNIST_ERR_LIMIT, "%zu layers, more than %d are not read",
				 n_layers, MODEL_MAX_LAYERS);
	*n_layers_ret = n_layers;
	return EMNIST_OK;
}

/* The number of values of a row of the graph's input: all dimensions but the first, which is the
 * batch, where there is more than one. */
static enum emnist_status input_width(const Onnx__ValueInfoProto *input, size_t *width_ret,
				      struct emnist_error *error)
{
	const Onnx__TypeProto__Tensor *type = input->type ? input->type->tensor_type : NULL;
	const Onnx__TensorShapeProto *shape = type ? type->shape : NULL;
	size_t width = 1;

	if (type && !onnx_type_is_float(type->elem_type))
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "input '%.80s' is of type %d, not of floating point", input->name,
				 type->elem_type);
	if (!shape || shape->n_dim == 0)
		return error_set(error, EMNIST_ERR_UNSUPPORTED, "input '%.80s' has no shape",
				 input->name);
	for (size_t i = shape->n_dim > 1 ? 1 : 0; i < shape->n_dim; i++) {
		const int64_t dim = shape->dim[i]->dim_value;

		if (dim <= 0)
			return error_set(error, EMNIST_ERR_UNSUPPORTED,
					 "input '%.80s' has no fixed size in dimension %zu",
					 input->name, i + 1);
		if (dim > MODEL_MAX_WIDTH || width * (size_t)dim > MODEL_MAX_WIDTH)
			return error_set(error, EMNIST_ERR_LIMIT,
					 "input '%.80s' has more than %d values", input->name,
					 MODEL_MAX_WIDTH);
		width *= (size_t)dim;
	}
	*width_ret = width;
	return EMNIST_OK;
}

static enum emnist_status fold_steps(struct fold *fold, const struct onnx_step *steps,
				     size_t n_steps)
{
	for (size_t i = 0; i < n_steps; i++) {
		const struct onnx_operator *known = onnx_operator_of(steps[i].node);
		enum emnist_status status;

		if (fold->is_normalised && !known->keeps_values)
			return onnx_refuse(steps[i].node, fold->error, "it follows the softmax");
		if (steps[i].data_input != 0 && !known->has_two_operands)
			return fold_refuse_computed(fold, steps[i].node);
		status = known->fold(fold, &steps[i], known->which);
		if (status)
			return status;
	}
	return fold_close_layer(fold);
}

/* A last layer of sigmoids gives probabilities as it is; anything else gets a softmax. */
static bool ends_in_softmax(const struct emnist_model *model)
{
	return model->layers[model->n_layers - 1].activation != EMNIST_SIGMOID;
}

enum emnist_status onnx_fold(const struct onnx_graph *graph, const struct onnx_step *steps,
			     size_t n_steps, size_t max_floats, struct emnist_model **model_ret,
			     struct emnist_error *error)
{
	struct fold fold = {.graph = graph, .floats_left = max_floats, .error = error};
	enum emnist_status status;
	size_t n_layers = 0;

	status = count_layers(steps, n_steps, &n_layers, error);
	if (!status)
		status = input_width(graph->input, &fold.width, error);
	if (status)
		return status;
	fold.model = model_new(n_layers);
	if (!fold.model)
		return error_memory(error);
	status = fold_steps(&fold, steps, n_steps);
	forget_affine(&fold);
	if (status) {
		emnist_model_free(fold.model);
		return status;
	}
	fold.model->softmax = fold.is_normalised || ends_in_softmax(fold.model);
	*model_ret = fold.model;
	return EMNIST_OK;
}
