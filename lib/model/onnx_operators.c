/*
 * onnx_operators.c - what each operator that is read does to the layers: a table, and a function
 * for each of its rows.
 */
#include <math.h>
#include <string.h>

#include "../base/memory.h"
#include "onnx_operators.h"
#include "trace.h"

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
	status = fold_take_vector(fold, node, 2, layer->n_outputs, &bias);
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
	status = fold_take_vector(fold, step->node, other, fold->width, &operand);
	if (status)
		return status;
	status = fold_begin_affine(fold, step->node);
	if (!status)
		compose(fold, (enum arithmetic)operation, other == 0, operand);
	free(operand);
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

/* Softmax and LogSoftmax. Rows have one dimension when they come here, so that axis 1 is the last;
 * it was also the default of opsets before 13, as -1 is of those since. */
static enum emnist_status fold_softmax(struct fold *fold, const struct onnx_step *step, int unused)
{
	const int64_t axis = onnx_node_int(step->node, "axis", -1);

	(void)unused;
	if (axis != -1 && axis != 1)
		return onnx_refuse(step->node, fold->error, "its axis is %lld", (long long)axis);
	if (fold->n_layers == 0)
		return onnx_refuse(step->node, fold->error, "no fully connected layer precedes it");
	fold->is_normalised = true;
	return fold_close_layer(fold);
}

/* -------------------------------------------------------------------- no-ops */

static enum emnist_status fold_identity(struct fold *fold, const struct onnx_step *step, int unused)
{
	(void)unused;
	(void)fold;
	(void)step;
	return EMNIST_OK;
}

/* What makes a row of all values of an image. */
static enum emnist_status fold_flatten(struct fold *fold, const struct onnx_step *step, int unused)
{
	(void)unused;
	(void)step;
	fold->rank = 1;
	fold->dims[0] = fold->width;
	return EMNIST_OK;
}

/* What takes away or adds dimensions of 1: which, does not matter but to a Transpose. */
static enum emnist_status fold_other_rank(struct fold *fold, const struct onnx_step *step,
					  int unused)
{
	(void)unused;
	(void)step;
	fold->rank = 0;
	return EMNIST_OK;
}

/* Which position a Transpose takes each value of a row from; false where it is none of rows. */
static bool read_transpose(const struct fold *fold, const Onnx__AttributeProto *perm, size_t *dims,
			   size_t *positions)
{
	size_t within[ONNX_MAX_RANK];
	unsigned seen = 0;

	if (!perm || perm->n_ints != fold->rank + 1 || perm->ints[0] != 0 || fold->rank == 0)
		return false;
	for (size_t i = 0; i < fold->rank; i++) {
		if (perm->ints[i + 1] < 1 || perm->ints[i + 1] > (int64_t)fold->rank)
			return false;
		within[i] = (size_t)perm->ints[i + 1] - 1;
		seen |= 1u << within[i];
	}
	if (seen != (1u << fold->rank) - 1)
		return false;
	tensor_transpose(fold->rank, fold->dims, within, dims, positions);
	return true;
}

static enum emnist_status fold_transpose(struct fold *fold, const struct onnx_step *step,
					 int unused)
{
	const Onnx__AttributeProto *perm = onnx_node_attribute(step->node, "perm");
	size_t *positions = alloc_array(fold->width, sizeof(*positions));
	size_t dims[ONNX_MAX_RANK];
	enum emnist_status status;

	(void)unused;
	if (!positions)
		return error_memory(fold->error);
	if (fold->n_layers > 0 || !read_transpose(fold, perm, dims, positions)) {
		status = onnx_refuse(step->node, fold->error,
				     "its permutation is not of an image's dimensions");
	} else {
		memcpy(fold->dims, dims, fold->rank * sizeof(*dims));
		status = fold_reorder(fold, positions);
		fold->waiting = fold->waiting ? fold->waiting : step->node;
	}
	free(positions);
	return status;
}

static enum emnist_status fold_cast(struct fold *fold, const struct onnx_step *step, int unused)
{
	const int64_t to = onnx_node_int(step->node, "to", 0);

	(void)unused;
	if (!onnx_type_is_float(to))
		return onnx_refuse(step->node, fold->error, "it casts to type %lld", (long long)to);
	return EMNIST_OK;
}

/* A Reshape to a known shape must keep rows of the same width; where its shape is computed, or is
 * left to be inferred, what follows tells. */
static enum emnist_status fold_reshape(struct fold *fold, const struct onnx_step *step, int unused)
{
	const char *name = onnx_node_input(step->node, 1);
	struct onnx_constant shape;
	float dims[ONNX_MAX_RANK];
	double width = 1;
	enum onnx_found found = ONNX_COMPUTED;

	(void)unused;
	fold->rank = 0;
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
	fold->rank = shape.n > 1 ? shape.n - 1 : 0;
	for (size_t i = 0; i < fold->rank; i++)
		fold->dims[i] = (size_t)dims[i + 1];
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
	{.name = "Flatten", .fold = fold_flatten, .keeps_values = true},
	{.name = "Squeeze", .fold = fold_other_rank, .keeps_values = true},
	{.name = "Unsqueeze", .fold = fold_other_rank, .keeps_values = true},
	{.name = "Transpose", .fold = fold_transpose},
	{.name = "Identity", .fold = fold_identity, .keeps_values = true},
	{.name = "Reshape", .fold = fold_reshape, .keeps_values = true},
	{.name = "Dropout", .fold = fold_dropout, .keeps_values = true},
	{.name = "Cast", .fold = fold_cast, .keeps_values = true},
	{.name = "Scaler", .domain = "ai.onnx.ml", .fold = fold_scaler},
	{.name = "ZipMap", .domain = "ai.onnx.ml", .fold = fold_identity, .keeps_values = true},
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
