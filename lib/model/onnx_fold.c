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
#include <math.h>
#include <string.h>

#include "../base/memory.h"
#include "onnx.h"

struct fold {
	const struct onnx_graph *graph;
	struct emnist_model *model;
	size_t n_layers;    /* so far */
	size_t floats_left; /* that the layers to come may hold */
	size_t width;       /* of the values that the chain has come to */
	bool is_open;       /* the last layer's activation is yet to come */
	bool is_normalised; /* softmax has come */
	/* Where both are not NULL they wait to be folded. (width) */
	double *scale;
	double *shift;
	const Onnx__NodeProto *waiting; /* the node that they are from */
	struct emnist_error *error;
};

static const char operand_is_computed[] = "an operand that should be a constant is computed";

/* ----------------------------------------------------------- scale and shift */

static void forget_affine(struct fold *fold)
{
	free(fold->scale);
	free(fold->shift);
	fold->scale = NULL;
	fold->shift = NULL;
}

/* Makes room for scale and shift, at first of no effect. */
static enum emnist_status begin_affine(struct fold *fold, const Onnx__NodeProto *node)
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

/* The last layer takes what has been collected since it; there must be one that still can. */
static enum emnist_status close_layer(struct fold *fold)
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

/* The new layer takes what has been collected before it. */
static void fold_into_columns(struct fold *fold, struct layer *layer)
{
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

/* The constant that is input i of node. */
static enum emnist_status take_constant(struct fold *fold, const Onnx__NodeProto *node, size_t i,
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
	return onnx_refuse(node, fold->error, operand_is_computed);
}

/* Input i of node as one number for each of n values: a scalar goes for all, a vector or what has n
 * elements in a block at its end goes one by one. *values_ret is freed with free(). */
static enum emnist_status take_vector(struct fold *fold, const Onnx__NodeProto *node, size_t i,
				      size_t n, float **values_ret)
{
	struct onnx_constant constant;
	enum emnist_status status = take_constant(fold, node, i, &constant);
	float *values;

	if (status)
		return status;
	if (constant.n != 1 &&
	    (constant.n != n || constant.dims[constant.rank - 1] == 1 || constant.transposed))
		return onnx_refuse(node, fold->error, "a constant of %zu values goes with %zu",
				   constant.n, n);
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

/* Makes the next layer, of weights (n_inputs, n_outputs) or, with transposed, the other way
 * round; its bias is zero. */
static enum emnist_status add_layer(struct fold *fold, const Onnx__NodeProto *node, bool transposed,
				    struct layer **layer_ret)
{
	struct layer *layer = &fold->model->layers[fold->n_layers];
	struct onnx_constant weights;
	enum emnist_status status = take_constant(fold, node, 1, &weights);
	size_t n_inputs, n_outputs;

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

/* Before a layer: the one before it, where nothing but a product has come of it, is closed. */
static enum emnist_status begin_layer(struct fold *fold)
{
	return fold->is_open ? close_layer(fold) : EMNIST_OK;
}

static enum emnist_status fold_matmul(struct fold *fold, const struct onnx_step *step)
{
	enum emnist_status status;
	struct layer *layer;

	if (step->data_input != 0)
		return onnx_refuse(step->node, fold->error, operand_is_computed);
	status = begin_layer(fold);
	if (!status)
		status = add_layer(fold, step->node, false, &layer);
	if (status)
		return status;
	fold_into_columns(fold, layer);
	fold->is_open = true;
	return EMNIST_OK;
}

/* alpha A B + beta C */
static enum emnist_status scale_gemm(struct fold *fold, const Onnx__NodeProto *node,
				     struct layer *layer)
{
	const double alpha = (double)onnx_node_float(node, "alpha", 1);
	const double beta = (double)onnx_node_float(node, "beta", 1);
	const size_t n_weights = (size_t)layer->n_inputs * layer->n_outputs;
	enum emnist_status status;
	float *bias;

	for (size_t i = 0; alpha != 1 && i < n_weights; i++)
		layer->weights[i] = (float)(alpha * (double)layer->weights[i]);
	if (!onnx_node_input(node, 2))
		return EMNIST_OK;
	status = take_vector(fold, node, 2, layer->n_outputs, &bias);
	if (status)
		return status;
	for (size_t i = 0; i < layer->n_outputs; i++)
		layer->bias[i] = (float)(beta * (double)bias[i]);
	free(bias);
	return EMNIST_OK;
}

static enum emnist_status fold_gemm(struct fold *fold, const struct onnx_step *step)
{
	const bool transposed = onnx_node_int(step->node, "transB", 0) != 0;
	enum emnist_status status;
	struct layer *layer;

	if (onnx_node_int(step->node, "transA", 0) != 0)
		return onnx_refuse(step->node, fold->error, "its attribute transA is set");
	if (step->data_input != 0)
		return onnx_refuse(step->node, fold->error, operand_is_computed);
	status = begin_layer(fold);
	if (!status)
		status = add_layer(fold, step->node, transposed, &layer);
	if (!status)
		status = scale_gemm(fold, step->node, layer);
	if (status)
		return status;
	fold_into_columns(fold, layer);
	fold->is_open = true;
	return EMNIST_OK;
}

/* ---------------------------------------------------------------- arithmetic */

enum arithmetic {
	ADD,
	SUB,
	MUL,
	DIV,
};

/* Composes x -> x + c, x - c, c - x, x * c or x / c with what has been collected. */
static void compose(struct fold *fold, enum arithmetic operation, bool is_reversed,
		    const float *operand)
{
	for (size_t i = 0; i < fold->width; i++) {
		const double c = (double)operand[i];
		double *scale = &fold->scale[i];
		double *shift = &fold->shift[i];

		switch (operation) {
		case ADD:
			*shift += c;
			break;
		case SUB:
			*scale = is_reversed ? -*scale : *scale;
			*shift = is_reversed ? c - *shift : *shift - c;
			break;
		case MUL:
			*scale *= c;
			*shift *= c;
			break;
		case DIV:
			*scale /= c;
			*shift /= c;
			break;
		}
	}
}

static enum emnist_status fold_arithmetic(struct fold *fold, const struct onnx_step *step,
					  enum arithmetic operation)
{
	const size_t other = step->data_input == 0 ? 1 : 0;
	enum emnist_status status;
	float *operand;

	if (operation == DIV && other == 0)
		return onnx_refuse(step->node, fold->error, "it divides by computed values");
	status = take_vector(fold, step->node, other, fold->width, &operand);
	if (status)
		return status;
	status = begin_affine(fold, step->node);
	if (!status)
		compose(fold, operation, other == 0, operand);
	free(operand);
	return status;
}

static enum emnist_status fold_add(struct fold *fold, const struct onnx_step *step)
{
	return fold_arithmetic(fold, step, ADD);
}

static enum emnist_status fold_sub(struct fold *fold, const struct onnx_step *step)
{
	return fold_arithmetic(fold, step, SUB);
}

static enum emnist_status fold_mul(struct fold *fold, const struct onnx_step *step)
{
	return fold_arithmetic(fold, step, MUL);
}

static enum emnist_status fold_div(struct fold *fold, const struct onnx_step *step)
{
	return fold_arithmetic(fold, step, DIV);
}

/* (x - mean) / sqrt(variance + epsilon) * gain + offset; inputs x, gain, offset, mean, variance. */
static enum emnist_status fold_batch_normalization(struct fold *fold, const struct onnx_step *step)
{
	const double epsilon = (double)onnx_node_float(step->node, "epsilon", 1e-5f);
	enum emnist_status status = EMNIST_OK;
	float *parameters[4] = {NULL};

	if (onnx_node_int(step->node, "training_mode", 0) != 0)
		return onnx_refuse(step->node, fold->error, "it is in training mode");
	for (size_t i = 0; !status && i < 4; i++)
		status = take_vector(fold, step->node, i + 1, fold->width, &parameters[i]);
	if (!status)
		status = begin_affine(fold, step->node);
	for (size_t i = 0; !status && i < fold->width; i++) {
		const double gain =
			(double)parameters[0][i] / sqrt((double)parameters[3][i] + epsilon);
		const double offset = (double)parameters[1][i] - gain * (double)parameters[2][i];

		fold->scale[i] *= gain;
		fold->shift[i] = fold->shift[i] * gain + offset;
	}
	for (size_t i = 0; i < 4; i++)
		free(parameters[i]);
	return status;
}

/* --------------------------------------------------------------- activations */

static enum emnist_status fold_activation(struct fold *fold, const struct onnx_step *step,
					  enum emnist_activation activation)
{
	enum emnist_status status;
	struct layer *layer;

	if (!fold->is_open)
		return onnx_refuse(step->node, fold->error,
				   "it does not follow a fully connected layer");
	status = close_layer(fold);
	if (status)
		return status;
	layer = &fold->model->layers[fold->n_layers - 1];
	activation_set(layer, activation);
	layer->alpha = onnx_node_float(step->node, "alpha", layer->alpha);
	layer->gamma = onnx_node_float(step->node, "gamma", layer->gamma);
	return EMNIST_OK;
}

static enum emnist_status fold_relu(struct fold *fold, const struct onnx_step *step)
{
	return fold_activation(fold, step, EMNIST_RELU);
}

static enum emnist_status fold_elu(struct fold *fold, const struct onnx_step *step)
{
	return fold_activation(fold, step, EMNIST_ELU);
}

static enum emnist_status fold_leaky_relu(struct fold *fold, const struct onnx_step *step)
{
	return fold_activation(fold, step, EMNIST_LEAKY_RELU);
}

static enum emnist_status fold_selu(struct fold *fold, const struct onnx_step *step)
{
	return fold_activation(fold, step, EMNIST_SELU);
}

static enum emnist_status fold_sigmoid(struct fold *fold, const struct onnx_step *step)
{
	return fold_activation(fold, step, EMNIST_SIGMOID);
}

static enum emnist_status fold_tanh(struct fold *fold, const struct onnx_step *step)
{
	return fold_activation(fold, step, EMNIST_TANH);
}

/* Softmax and LogSoftmax. Rows have one dimension when they come here, so that axis 1 is the last;
 * it was also the default of opsets before 13, as -1 is of those since. */
static enum emnist_status fold_softmax(struct fold *fold, const struct onnx_step *step)
{
	const int64_t axis = onnx_node_int(step->node, "axis", -1);

	if (axis != -1 && axis != 1)
		return onnx_refuse(step->node, fold->error, "its axis is %lld", (long long)axis);
	if (fold->n_layers == 0)
		return onnx_refuse(step->node, fold->error, "no fully connected layer precedes it");
	fold->is_normalised = true;
	return close_layer(fold);
}

/* -------------------------------------------------------------------- no-ops */

static enum emnist_status fold_identity(struct fold *fold, const struct onnx_step *step)
{
	(void)fold;
	(void)step;
	return EMNIST_OK;
}

static enum emnist_status fold_cast(struct fold *fold, const struct onnx_step *step)
{
	const int64_t to = onnx_node_int(step->node, "to", 0);

	if (!onnx_type_is_float(to))
		return onnx_refuse(step->node, fold->error, "it casts to type %lld", (long long)to);
	return EMNIST_OK;
}

/* A Reshape to a known shape must keep rows of the same width; where its shape is computed, or is
 * left to be inferred, what follows tells. */
static enum emnist_status fold_reshape(struct fold *fold, const struct onnx_step *step)
{
	const char *name = onnx_node_input(step->node, 1);
	struct onnx_constant shape;
	float dims[ONNX_MAX_RANK];
	double width = 1;
	enum onnx_found found = ONNX_COMPUTED;

	if (name)
		found = onnx_graph_constant(fold->graph, name, &shape, fold->error);
	if (found == ONNX_BAD)
		return fold->error->code;
	if (found == ONNX_COMPUTED)
		return EMNIST_OK;
	if (shape.n > ONNX_MAX_RANK)
		return onnx_refuse(step->node, fold->error, "its shape has %zu dimensions",
				   shape.n);
	onnx_constant_values(&shape, dims);
	for (size_t i = shape.n > 1 ? 1 : 0; i < shape.n; i++) {
		if (dims[i] <= 0)
			return EMNIST_OK;
		width *= (double)dims[i];
	}
	if (width != (double)fold->width)
		return onnx_refuse(step->node, fold->error,
				   "it makes rows of %.0f values from rows of %zu", width,
				   fold->width);
	return EMNIST_OK;
}

/* In training, Dropout is something else. */
static enum emnist_status fold_dropout(struct fold *fold, const struct onnx_step *step)
{
	enum emnist_status status;
	float *training;

	if (!onnx_node_input(step->node, 2))
		return EMNIST_OK;
	status = take_vector(fold, step->node, 2, 1, &training);
	if (status)
		return status;
	if (training[0] != 0)
		status = onnx_refuse(step->node, fold->error, "it is in training mode");
	free(training);
	return status;
}

/* ------------------------------------------------------------------ the chain */

static const struct rule {
	const char *name;
	enum emnist_status (*fold)(struct fold *fold, const struct onnx_step *step);
	bool is_layer;
	bool keeps_values; /* and so may follow the softmax */
} rules[] = {
	{"Gemm", fold_gemm, true, false},
	{"MatMul", fold_matmul, true, false},
	{"Add", fold_add, false, false},
	{"Sub", fold_sub, false, false},
	{"Mul", fold_mul, false, false},
	{"Div", fold_div, false, false},
	{"BatchNormalization", fold_batch_normalization, false, false},
	{"Relu", fold_relu, false, false},
	{"Elu", fold_elu, false, false},
	{"LeakyRelu", fold_leaky_relu, false, false},
	{"Selu", fold_selu, false, false},
	{"Sigmoid", fold_sigmoid, false, false},
	{"Tanh", fold_tanh, false, false},
	{"Softmax", fold_softmax, false, false},
	{"LogSoftmax", fold_softmax, false, false},
	{"Flatten", fold_identity, false, true},
	{"Squeeze", fold_identity, false, true},
	{"Unsqueeze", fold_identity, false, true},
	{"Identity", fold_identity, false, true},
	{"Reshape", fold_reshape, false, true},
	{"Dropout", fold_dropout, false, true},
	{"Cast", fold_cast, false, true},
};

static const struct rule *find_rule(const Onnx__NodeProto *node)
{
	if (!node->op_type || !onnx_node_is_standard(node))
		return NULL;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (strcmp(rules[i].name, node->op_type) == 0)
			return &rules[i];
	return NULL;
}

/* Checks that every operator is one that is read, and counts the layers. */
static enum emnist_status count_layers(const struct onnx_step *steps, size_t n_steps,
				       size_t *n_layers_ret, struct emnist_error *error)
{
	size_t n_layers = 0;

	for (size_t i = 0; i < n_steps; i++) {
		const struct rule *rule = find_rule(steps[i].node);

		if (!rule)
			return onnx_refuse(steps[i].node, error,
					   "only multilayer perceptrons are read");
		n_layers += rule->is_layer;
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
		const struct rule *rule = find_rule(steps[i].node);
		enum emnist_status status;

		if (fold->is_normalised && !rule->keeps_values)
			return onnx_refuse(steps[i].node, fold->error, "it follows the softmax");
		if (steps[i].data_input != 0 && rule->keeps_values)
			return onnx_refuse(steps[i].node, fold->error, operand_is_computed);
		status = rule->fold(fold, &steps[i]);
		if (status)
			return status;
	}
	return close_layer(fold);
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
