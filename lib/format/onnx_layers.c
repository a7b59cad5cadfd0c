/*
 * onnx_layers.c - a chain of operators becomes a chain of fully connected layers.
 *
 * The operators are gone through in order, and each does to the layers what onnx_operators.c says.
 * Reshapes need no more than to be seen: they keep the order of values, and as every layer's width
 * must be that of the values before it, rows stay rows.
 */
#include "onnx_operators.h"

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

/* The shape of the graph's input. The first dimension is the batch, where there is more than one.
 */
static enum emnist_status input_shape(const Onnx__ValueInfoProto *input, struct fold *fold,
				      struct emnist_error *error)
{
	const Onnx__TypeProto__Tensor *type = input->type ? input->type->tensor_type : NULL;
	const Onnx__TensorShapeProto *shape = type ? type->shape : NULL;
	size_t width = 1;

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
		if (i < ONNX_MAX_RANK)
			fold->dims[i] = (size_t)dim;
	}
	fold->width = width;
	if (shape->n_dim > 1 && shape->n_dim <= ONNX_MAX_RANK) {
		fold->rank = shape->n_dim;
		fold->dims[0] = shape->dim[0]->dim_value > 0 ? (size_t)shape->dim[0]->dim_value : 0;
	}
	return EMNIST_OK;
}

/* Whole numbers are pixels of 0 to 255. */
static enum emnist_status input_type(const Onnx__ValueInfoProto *input, struct fold *fold,
				     struct emnist_error *error)
{
	const Onnx__TypeProto__Tensor *type = input->type ? input->type->tensor_type : NULL;
	char shown[ONNX_TYPE_NBYTES];

	if (!type || onnx_type_is_float(type->elem_type))
		return EMNIST_OK;
	fold->is_integer = fold->takes_bytes = onnx_type_holds_bytes(type->elem_type);
	return fold->is_integer ? EMNIST_OK
				: error_set(error, EMNIST_ERR_UNSUPPORTED,
					    "input '%.80s' is of type %s, which is not read",
					    input->name, onnx_type_shown(type->elem_type, shown));
}

static enum emnist_status fold_steps(struct fold *fold, const struct onnx_step *steps,
				     size_t n_steps)
{
	for (size_t i = 0; i < n_steps; i++) {
		const struct onnx_operator *known = onnx_operator_of(steps[i].node);
		enum emnist_status status;

		if (fold->is_normalised && !known->keeps_values)
			return onnx_refuse(steps[i].node, fold->error, "it follows the softmax");
		if (fold->is_integer && !known->takes_integers)
			return onnx_refuse(steps[i].node, fold->error,
					   "it computes with whole numbers: a Cast to floats must "
					   "come first");
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

enum emnist_status onnx_layers(const struct onnx_graph *graph, const struct onnx_step *steps,
			       size_t n_steps, size_t max_floats, struct emnist_model **model_ret,
			       struct emnist_error *error)
{
	struct fold fold = {
		.graph = graph, .opset = graph->opset, .floats_left = max_floats, .error = error};
	enum emnist_status status;
	size_t n_layers = 0;

	status = count_layers(steps, n_steps, &n_layers, error);
	if (!status)
		status = input_type(graph->input, &fold, error);
	if (!status)
		status = input_shape(graph->input, &fold, error);
	if (status)
		return status;
	fold.model = model_new(n_layers);
	if (!fold.model)
		return error_memory(error);
	status = fold_steps(&fold, steps, n_steps);
	fold_forget_affine(&fold);
	fold_forget_order(&fold);
	if (status) {
		emnist_model_free(fold.model);
		return status;
	}
	fold.model->takes_bytes = fold.takes_bytes;
	fold.model->softmax = fold.is_normalised || ends_in_softmax(fold.model);
	*model_ret = fold.model;
	return EMNIST_OK;
}
