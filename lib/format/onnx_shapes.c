/*
 * onnx_shapes.c - operators that change the shape or the order of the values alone.
 *
 * Values keep their order in all but Transpose, so that rows stay rows as long as each has as many
 * values as before. What shape they have matters to a Transpose, to a softmax, and to whether the
 * graph is one that another program would run. Where a shape is computed it is not known here, and
 * what follows tells.
 */
#include <string.h>

#include "../base/memory.h"
#include "onnx_operators.h"
#include "trace.h"

/* ------------------------------------------------------------------ attributes */

/* Whole numbers, as doubles: from a file they may be any. */
struct numbers {
	double values[ONNX_MAX_RANK];
	size_t n;
	bool are_known; /* they are neither left out nor computed */
};

/* The numbers of a constant, input i of node. */
static enum emnist_status numbers_of_input(struct fold *fold, const Onnx__NodeProto *node, size_t i,
					   const char *what, struct numbers *numbers)
{
	const char *name = onnx_node_input(node, i);
	float values[ONNX_MAX_RANK];
	struct onnx_constant constant;
	enum onnx_found found;

	*numbers = (struct numbers){0};
	if (!name)
		return EMNIST_OK;
	found = onnx_graph_constant(fold->graph, name, &constant, fold->error);
	if (found == ONNX_BAD)
		return fold->error->code;
	if (found == ONNX_COMPUTED)
		return EMNIST_OK;
	if (constant.n > ONNX_MAX_RANK)
		return onnx_refuse(node, fold->error, "it has %s of %zu numbers, more than %d",
				   what, constant.n, ONNX_MAX_RANK);
	onnx_constant_values(&constant, values);
	numbers->n = constant.n;
	numbers->are_known = true;
	for (size_t j = 0; j < constant.n; j++)
		numbers->values[j] = (double)values[j];
	return EMNIST_OK;
}

/* Axes are an attribute before opset 13, and an input since. */
static enum emnist_status read_axes(struct fold *fold, const Onnx__NodeProto *node,
				    struct numbers *axes)
{
	const Onnx__AttributeProto *attribute = onnx_node_attribute(node, "axes");

	if (!attribute)
		return numbers_of_input(fold, node, 1, "axes", axes);
	if (attribute->n_ints > ONNX_MAX_RANK)
		return onnx_refuse(node, fold->error, "it has axes of %zu numbers, more than %d",
				   attribute->n_ints, ONNX_MAX_RANK);
	*axes = (struct numbers){.n = attribute->n_ints, .are_known = true};
	for (size_t i = 0; i < axes->n; i++)
		axes->values[i] = (double)attribute->ints[i];
	return EMNIST_OK;
}

/* Marks the dimensions, of rank, that the axes are. */
static enum emnist_status mark_axes(struct fold *fold, const Onnx__NodeProto *node,
				    const struct numbers *axes, size_t rank,
				    bool marked[static ONNX_MAX_RANK])
{
	memset(marked, 0, ONNX_MAX_RANK * sizeof(*marked));
	for (size_t i = 0; i < axes->n; i++) {
		const double axis = axes->values[i];
		size_t at;

		if (!(axis >= -(double)rank && axis < (double)rank))
			return onnx_refuse(node, fold->error, "its axis is %.0f of %zu dimensions",
					   axis, rank);
		at = (size_t)(axis < 0 ? axis + (double)rank : axis);
		if (marked[at])
			return onnx_refuse(node, fold->error, "its axis %zu is there twice", at);
		marked[at] = true;
	}
	return EMNIST_OK;
}

/* ---------------------------------------------------------------------- shapes */

static void set_row(struct fold *fold)
{
	const size_t dims[] = {0, fold->width};

	fold_set_dims(fold, 2, dims);
}

/* Two dimensions come of all: those before the axis, and those from it on. */
enum emnist_status fold_flatten(struct fold *fold, const struct onnx_step *step, int unused)
{
	const int64_t axis = onnx_node_int(step->node, "axis", 1), rank = (int64_t)fold->rank;
	size_t n_before = 1;

	(void)unused;
	if (rank == 0 && axis != 1)
		return onnx_refuse(step->node, fold->error,
				   "its axis is %lld, of an unknown number of dimensions",
				   (long long)axis);
	if (rank > 0 && (axis < -rank || axis > rank))
		return onnx_refuse(step->node, fold->error, "its axis is %lld of %zu dimensions",
				   (long long)axis, fold->rank);
	if (rank > 0 && (axis == 0 || axis == -rank))
		n_before = fold->dims[0];
	for (int64_t i = 1; i < (axis < 0 ? axis + rank : axis); i++)
		n_before *= fold->dims[i];
	if (n_before != 1)
		return onnx_refuse(step->node, fold->error,
				   "its axis is %lld, which does not keep rows of %zu",
				   (long long)axis, fold->width);
	set_row(fold);
	return EMNIST_OK;
}

/* The batch may be left out only where it is one image. */
static enum emnist_status check_batch(struct fold *fold, const Onnx__NodeProto *node, bool changes)
{
	return changes && fold->dims[0] != 1
		       ? onnx_refuse(node, fold->error, "its axis is that of the batch")
		       : EMNIST_OK;
}

enum emnist_status fold_squeeze(struct fold *fold, const struct onnx_step *step, int unused)
{
	bool is_dropped[ONNX_MAX_RANK];
	size_t dims[ONNX_MAX_RANK] = {0}, rank = 0;
	struct numbers axes;
	enum emnist_status status = read_axes(fold, step->node, &axes);

	(void)unused;
	if (status || fold->rank == 0)
		return status;
	status = mark_axes(fold, step->node, &axes, fold->rank, is_dropped);
	if (!status)
		status = check_batch(fold, step->node, is_dropped[0]);
	for (size_t i = 0; !status && i < fold->rank; i++) {
		if (!axes.are_known)
			is_dropped[i] = fold->dims[i] == 1;
		if (is_dropped[i] && fold->dims[i] != 1)
			return onnx_refuse(step->node, fold->error,
					   "it drops dimension %zu, which has %zu values", i + 1,
					   fold->dims[i]);
		if (!is_dropped[i])
			dims[rank++] = fold->dims[i];
	}
	if (status)
		return status;
	if (is_dropped[0] || rank < 2)
		fold->rank = 0;
	else
		fold_set_dims(fold, rank, dims);
	return EMNIST_OK;
}

enum emnist_status fold_unsqueeze(struct fold *fold, const struct onnx_step *step, int unused)
{
	bool is_new[ONNX_MAX_RANK];
	size_t dims[ONNX_MAX_RANK], rank, from = 0;
	struct numbers axes;
	enum emnist_status status = read_axes(fold, step->node, &axes);

	(void)unused;
	rank = fold->rank + axes.n;
	if (status)
		return status;
	if (!axes.are_known || fold->rank == 0) {
		fold->rank = 0;
		return EMNIST_OK;
	}
	if (rank > ONNX_MAX_RANK)
		return onnx_refuse(step->node, fold->error, "it makes %zu dimensions, more than %d",
				   rank, ONNX_MAX_RANK);
	status = mark_axes(fold, step->node, &axes, rank, is_new);
	if (!status)
		status = check_batch(fold, step->node, is_new[0]);
	if (status)
		return status;
	for (size_t i = 0; i < rank; i++)
		dims[i] = is_new[i] ? 1 : fold->dims[from++];
	fold_set_dims(fold, rank, dims);
	return EMNIST_OK;
}

/* Dimensions of rows from a Reshape's shape, in which 0 stands for what is there, and -1, once, for
 * what is left over. */
static enum emnist_status read_shape(struct fold *fold, const Onnx__NodeProto *node,
				     const struct numbers *shape, size_t *dims)
{
	const bool copies = onnx_node_int(node, "allowzero", 0) == 0;
	size_t width = 1, left_over = 0;
	bool is_batch_left_over = shape->values[0] == -1;

	for (size_t i = 1; i < shape->n; i++) {
		const double dim = shape->values[i];
		const bool is_copy = dim == 0 && copies && i < fold->rank;

		dims[i] = is_copy ? fold->dims[i] : 1;
		if (dim == -1 && (left_over || is_batch_left_over))
			return onnx_refuse(node, fold->error,
					   "two dimensions of its shape are not known");
		if (dim == -1)
			left_over = i;
		else if (dim >= 1 && dim <= MODEL_MAX_WIDTH)
			dims[i] = (size_t)dim;
		else if (!is_copy)
			return onnx_refuse(node, fold->error, "dimension %zu of its shape is %.0f",
					   i + 1, dim);
		width *= dims[i];
		if (width > MODEL_MAX_WIDTH)
			return onnx_refuse(node, fold->error,
					   "it makes rows of more than %d values", MODEL_MAX_WIDTH);
	}
	if (left_over) {
		dims[left_over] = fold->width / width;
		width *= dims[left_over];
	}
	if (width != fold->width)
		return onnx_refuse(node, fold->error,
				   "it makes rows of %zu values from rows of %zu", width,
				   fold->width);
	return EMNIST_OK;
}

/* Whether a shape copies dimensions that are not known. */
static bool copies_unknown(const struct fold *fold, const struct numbers *shape)
{
	bool copies = false;

	for (size_t i = 1; i < shape->n; i++)
		copies |= shape->values[i] == 0;
	return copies && fold->rank == 0;
}

/* A single row of all values, as is right for a batch of one image, which then is no batch. */
static enum emnist_status reshape_to_vector(struct fold *fold, const Onnx__NodeProto *node,
					    double n)
{
	fold->rank = 0;
	return n == -1 || n == (double)fold->width
		       ? EMNIST_OK
		       : onnx_refuse(node, fold->error,
				     "it makes rows of %.0f values from rows of %zu", n,
				     fold->width);
}

enum emnist_status fold_reshape(struct fold *fold, const struct onnx_step *step, int unused)
{
	size_t dims[ONNX_MAX_RANK];
	struct numbers shape;
	enum emnist_status status = numbers_of_input(fold, step->node, 1, "a shape", &shape);
	double batch;

	(void)unused;
	if (status)
		return status;
	if (!shape.are_known || copies_unknown(fold, &shape)) {
		fold->rank = 0;
		return EMNIST_OK;
	}
	if (shape.n < 2)
		return reshape_to_vector(fold, step->node, shape.values[0]);
	batch = shape.values[0];
	if (!(batch >= -1))
		return onnx_refuse(step->node, fold->error, "dimension 1 of its shape is %.0f",
				   batch);
	status = read_shape(fold, step->node, &shape, dims);
	if (status)
		return status;
	if (batch > 0 && fold->rank > 0 && fold->dims[0] > 0 && batch != (double)fold->dims[0])
		return onnx_refuse(step->node, fold->error, "it makes %.0f rows from %zu", batch,
				   fold->dims[0]);
	fold_set_dims(fold, shape.n, dims);
	return EMNIST_OK;
}

/* ----------------------------------------------------------------------- order */

/* Which position a Transpose takes each value of a row from; false where it is none of rows. */
static bool read_transpose(const struct fold *fold, const Onnx__AttributeProto *perm, size_t *dims,
			   size_t *positions)
{
	const size_t rank = fold->rank - 1; /* of a row */
	size_t within[ONNX_MAX_RANK];
	unsigned seen = 0;

	if (fold->rank == 0 || !perm || perm->n_ints != fold->rank || perm->ints[0] != 0)
		return false;
	for (size_t i = 0; i < rank; i++) {
		if (perm->ints[i + 1] < 1 || perm->ints[i + 1] > (int64_t)rank)
			return false;
		within[i] = (size_t)perm->ints[i + 1] - 1;
		seen |= 1u << within[i];
	}
	if (seen != (1u << rank) - 1)
		return false;
	tensor_transpose(rank, fold->dims + 1, within, dims + 1, positions);
	return true;
}

enum emnist_status fold_transpose(struct fold *fold, const struct onnx_step *step, int unused)
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
		fold_set_dims(fold, fold->rank, dims);
		status = fold_reorder(fold, positions);
		fold->waiting = fold->waiting ? fold->waiting : step->node;
	}
	free(positions);
	return status;
}
