/*
 * onnx_operators.c - what each operator that is read does to the layers: a table, and a function
 * for each of its rows.
 */
#include <math.h>
#include <string.h>

#include "../base/memory.h"
#include "onnx_operators.h"

/* ------------------------------------------------------------------ products */

static enum emnist_status fold_matmul(struct fold *fold, const struct onnx_step *step, int unused)
{
	enum emnist_status status;
	struct layer *layer;

	(void)unused;
	status = fold_begin_layer(fold, step->node, false, &layer);
	if (status)
		return status;
	return fold_end_layer(fold, layer);
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

	if (alpha != 1 && !layer_own_weights(layer))
		return error_memory(fold->error);
	for (size_t i = 0; alpha != 1 && i < n_weights; i++)
		layer->weights[i] = (float)(alpha * (double)layer->weights[i]);
	if (!onnx_node_input(node, 2))
		return EMNIST_OK;
	status = fold_take_operand(fold, node, 2, &bias);
	if (status)
		return status;
	for (size_t i = 0; i < layer->n_outputs; i++)
		layer->bias[i] = (float)(beta * (double)bias[i]);
	free(bias);
	return EMNIST_OK;
}

static enum emnist_status fold_gemm(struct fold *fold, const struct onnx_step *step, int unused)
{
	const bool transposed = onnx_node_int(step->node, "transB", 0) != 0;
	enum emnist_status status;
	struct layer *layer;

	(void)unused;
	if (onnx_node_int(step->node, "transA", 0) != 0)
		return onnx_refuse(step->node, fold->error, "its attribute transA is set");
	status = fold_begin_layer(fold, step->node, transposed, &layer);
	if (!status)
		status = scale_gemm(fold, step->node, layer);
	if (status)
		return status;
	return fold_end_layer(fold, layer);
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
					  int operation)
{
	const size_t other = step->data_input == 0 ? 1 : 0;
	enum emnist_status status;
	float *operand;

	if (operation == DIV && other == 0)
		return onnx_refuse(step->node, fold->error, "it divides by computed values");
	status = fold_take_operand(fold, step->node, other, &operand);
	if (status)
		return status;
	status = fold_begin_affine(fold, step->node);
	if (!status)
		compose(fold, (enum arithmetic)operation, other == 0, operand);
	free(operand);
	return status;
}

/* The second dimension is that of the channels, each of which has parameters of its own. */
static enum emnist_status check_channels(struct fold *fold, const Onnx__NodeProto *node)
{
	struct onnx_constant gain;
	const enum emnist_status status = fold_take_constant(fold, node, 1, &gain);

	if (!status && fold->rank > 0 && gain.n != fold->dims[1])
		return onnx_refuse(node, fold->error, "it has %zu parameters for %zu channels",
				   gain.n, fold->dims[1]);
	return status;
}

/* (x - mean) / sqrt(variance + epsilon) * gain + offset; inputs x, gain, offset, mean, variance. */
static enum emnist_status fold_batch_normalization(struct fold *fold, const struct onnx_step *step,
						   int unused)
{
	const double epsilon = (double)onnx_node_float(step->node, "epsilon", 1e-5f);
	enum emnist_status status = EMNIST_OK;
	float *parameters[4] = {NULL};

	(void)unused;
	if (onnx_node_int(step->node, "training_mode", 0) != 0)
		return onnx_refuse(step->node, fold->error, "it is in training mode");
	status = check_channels(fold, step->node);
	for (size_t i = 0; !status && i < 4; i++)
		status = fold_take_vector(fold, step->node, i + 1, fold->width, &parameters[i]);
	if (!status)
		status = fold_begin_affine(fold, step->node);
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

/* The numbers of an attribute, one for each value or one for all. */
static bool is_for_values(const struct fold *fold, const Onnx__AttributeProto *attribute)
{
	return attribute && (attribute->n_floats == fold->width || attribute->n_floats == 1);
}

/* scikit-learn's scalers: (x - offset) * scale. */
static enum emnist_status fold_scaler(struct fold *fold, const struct onnx_step *step, int unused)
{
	const Onnx__AttributeProto *offset = onnx_node_attribute(step->node, "offset");
	const Onnx__AttributeProto *scale = onnx_node_attribute(step->node, "scale");
	enum emnist_status status;

	(void)unused;
	if (!is_for_values(fold, offset) || !is_for_values(fold, scale))
		return onnx_refuse(step->node, fold->error,
				   "its offset or scale is not for %zu values", fold->width);
	status = fold_begin_affine(fold, step->node);
	for (size_t i = 0; !status && i < fold->width; i++) {
		const double by = (double)scale->floats[scale->n_floats == 1 ? 0 : i];
		const double from = (double)offset->floats[offset->n_floats == 1 ? 0 : i];

		fold->scale[i] *= by;
		fold->shift[i] = (fold->shift[i] - from) * by;
	}
	fold->is_integer = false;
	return status;
}

/* --------------------------------------------------------------- activations */

static enum emnist_status fold_activation(struct fold *fold, const struct onnx_step *step,
					  int activation)
{
	enum emnist_status status;
	struct layer *layer;

	if (!fold->is_open)
		return onnx_refuse(step->node, fold->error,
				   "it does not follow a fully connected layer");
	status = fold_close_layer(fold);
	if (status)
		return status;
	layer = &fold->model->layers[fold->n_layers - 1];
	activation_set(layer, (enum emnist_activation)activation);
	layer->alpha = onnx_node_float(step->node, "alpha", layer->alpha);
	layer->gamma = onnx_node_float(step->node, "gamma", layer->gamma);
	return EMNIST_OK;
}

/* The number of dimensions that the graph says its output has, where node makes it; 0: it does not.
 */
static size_t rank_of_output(const struct fold *fold, const Onnx__NodeProto *node)
{
	const Onnx__GraphProto *proto = fold->graph->proto;

	for (size_t i = 0; i < proto->n_output; i++) {
		const Onnx__TypeProto *type = proto->output[i]->type;

		if (type && type->tensor_type && type->tensor_type->shape &&
		    strcmp(proto->output[i]->name, node->output[0]) == 0)
			return type->tensor_type->shape->n_dim;
	}
	return 0;
}

/* Whether a softmax over this axis is over all classes of a row, and these alone. Before opset 13
 * it is over that axis and all behind it. */
static bool is_over_classes(const struct fold *fold, const Onnx__NodeProto *node, int64_t axis)
{
	const bool flattens = fold->opset < 13;
	const size_t rank = fold->rank ? fold->rank : rank_of_output(fold, node);
	const int64_t at = axis < 0 ? axis + (int64_t)rank : axis;
	size_t n = 1;

	/* The last axis is that of the classes, whatever the rank is; so is, from the second on,
	 * all that is flattened. */
	if (fold->rank == 0)
		return axis == -1 || (rank > 0 && at == (int64_t)rank - 1) ||
		       (flattens && axis == 1);
	if (at < 1 || at >= (int64_t)rank)
		return false;
	for (size_t i = (size_t)at; i < (flattens ? rank : (size_t)at + 1); i++)
		n *= fold->dims[i];
	return n == fold->width;
}

/* Softmax and LogSoftmax. */
static enum emnist_status fold_softmax(struct fold *fold, const struct onnx_step *step, int unused)
{
	const int64_t axis = onnx_node_int(step->node, "axis", fold->opset < 13 ? 1 : -1);

	(void)unused;
	if (fold->n_layers == 0)
		return onnx_refuse(step->node, fold->error, "no fully connected layer precedes it");
	if (!is_over_classes(fold, step->node, axis)) {
		if (fold->rank == 0)
			return onnx_refuse(step->node, fold->error,
					   "its axis is %lld, of an unknown number of dimensions",
					   (long long)axis);
		return onnx_refuse(step->node, fold->error,
				   "its axis is %lld of %zu dimensions, not that of the classes",
				   (long long)axis, fold->rank);
	}
	fold->is_normalised = true;
	return fold_close_layer(fold);
}

/* What scikit-learn's classifiers of two classes end in: the probability p of the second comes of a
 * sigmoid, and 1 - p and p are put together. This is the softmax of 0 and what the sigmoid is of.
 */
static enum emnist_status fold_concat(struct fold *fold, const struct onnx_step *step, int unused)
{
	struct layer *layer = fold->n_layers ? &fold->model->layers[fold->n_layers - 1] : NULL;
	const Onnx__NodeProto *difference = fold->scale ? fold->waiting : NULL;
	const int64_t axis = onnx_node_int(step->node, "axis", 1);
	struct layer two = {0};

	(void)unused;
	if (!layer || fold->is_open || layer->n_outputs != 1 ||
	    layer->activation != EMNIST_SIGMOID || !difference || fold->scale[0] != -1 ||
	    fold->shift[0] != 1 || step->node->n_input != 2 || difference->n_input != 2 ||
	    strcmp(step->node->input[0], difference->output[0]) != 0 ||
	    strcmp(step->node->input[1], difference->input[1]) != 0 ||
	    !is_over_classes(fold, step->node, axis))
		return onnx_refuse(step->node, fold->error,
				   "it does not put the probabilities of two classes together");
	if (!layer_init(&two, layer->n_inputs, 2)) {
		layer_clear(&two);
		return error_memory(fold->error);
	}
	memcpy(two.weights + two.n_inputs, layer->weights, two.n_inputs * sizeof(*two.weights));
	two.bias[1] = layer->bias[0];
	activation_set(&two, EMNIST_IDENTITY);
	layer_clear(layer);
	*layer = two;
	fold_forget_affine(fold);
	fold->width = 2;
	if (fold->rank > 0)
		fold->dims[fold->rank - 1] = 2;
	fold->is_normalised = true;
	return EMNIST_OK;
}

/* -------------------------------------------------------------------- no-ops */

static enum emnist_status fold_identity(struct fold *fold, const struct onnx_step *step, int unused)
{
	(void)unused;
	(void)fold;
	(void)step;
	return EMNIST_OK;
}

static enum emnist_status fold_cast(struct fold *fold, const struct onnx_step *step, int unused)
{
	const int64_t to = onnx_node_int(step->node, "to", 0);
	char shown[ONNX_TYPE_NBYTES];

	(void)unused;
	if (onnx_type_is_float(to))
		fold->is_integer = false;
	else if (!fold->is_integer || !onnx_type_holds_bytes(to))
		return onnx_refuse(step->node, fold->error, "it casts to %s",
				   onnx_type_shown(to, shown));
	return EMNIST_OK;
}

/* In training, Dropout is something else. */
static enum emnist_status fold_dropout(struct fold *fold, const struct onnx_step *step, int unused)
{
	enum emnist_status status;
	float *training;

	(void)unused;
	if (!onnx_node_input(step->node, 2))
		return EMNIST_OK;
	status = fold_take_vector(fold, step->node, 2, 1, &training);
	if (status)
		return status;
	if (training[0] != 0)
		status = onnx_refuse(step->node, fold->error, "it is in training mode");
	free(training);
	return status;
}

/* ----------------------------------------------------------------- the table */

static const struct onnx_operator operators[] = {
	{.name = "Gemm", .fold = fold_gemm, .is_layer = true},
	{.name = "MatMul", .fold = fold_matmul, .is_layer = true},
	{.name = "Add", .fold = fold_arithmetic, .which = ADD, .has_two_operands = true},
	{.name = "Sub", .fold = fold_arithmetic, .which = SUB, .has_two_operands = true},
	{.name = "Mul", .fold = fold_arithmetic, .which = MUL, .has_two_operands = true},
	{.name = "Div", .fold = fold_arithmetic, .which = DIV, .has_two_operands = true},
	{.name = "BatchNormalization", .fold = fold_batch_normalization},
	{.name = "Relu", .fold = fold_activation, .which = EMNIST_RELU},
	{.name = "Elu", .fold = fold_activation, .which = EMNIST_ELU},
	{.name = "LeakyRelu", .fold = fold_activation, .which = EMNIST_LEAKY_RELU},
	{.name = "Selu", .fold = fold_activation, .which = EMNIST_SELU},
	{.name = "Sigmoid", .fold = fold_activation, .which = EMNIST_SIGMOID},
	{.name = "Tanh", .fold = fold_activation, .which = EMNIST_TANH},
	{.name = "Softmax", .fold = fold_softmax},
	{.name = "LogSoftmax", .fold = fold_softmax},
	{.name = "Concat", .fold = fold_concat},
	{.name = "Flatten", .fold = fold_flatten, .keeps_values = true, .takes_integers = true},
	{.name = "Squeeze", .fold = fold_squeeze, .keeps_values = true, .takes_integers = true},
	{.name = "Unsqueeze", .fold = fold_unsqueeze, .keeps_values = true, .takes_integers = true},
	{.name = "Transpose", .fold = fold_transpose, .takes_integers = true},
	{.name = "Identity", .fold = fold_identity, .keeps_values = true, .takes_integers = true},
	{.name = "Reshape", .fold = fold_reshape, .keeps_values = true, .takes_integers = true},
	{.name = "Dropout", .fold = fold_dropout, .keeps_values = true},
	{.name = "Cast", .fold = fold_cast, .keeps_values = true, .takes_integers = true},
	{.name = "Scaler", .domain = ONNX_ML, .fold = fold_scaler, .takes_integers = true},
	{.name = "ZipMap", .domain = ONNX_ML, .fold = fold_identity, .keeps_values = true},
};

const struct onnx_operator *onnx_operator_of(const Onnx__NodeProto *node)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
		const struct onnx_operator *known = &operators[i];
		const bool is_there =
			known->domain ? node->domain && strcmp(known->domain, node->domain) == 0
				      : onnx_node_is_standard(node);

		if (is_there && node->op_type && strcmp(known->name, node->op_type) == 0)
			return known;
	}
	return NULL;
}
