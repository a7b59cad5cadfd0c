/*
 * trace_tensor.c - tensors with known numbers.
 *
 * They are either small (shapes, permutations, parameters), or weights, which are moved more often
 * than computed with. All operators work with a list of positions: the source element of each place
 * in the result.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../base/memory.h"
#include "trace.h"

/* Memory for tensors, per byte of the file: weights as doubles, transposed and scaled, and the rest
 * of a small network. */
#define ARENA_NBYTES_PER_BYTE 16
#define ARENA_NBYTES_AT_LEAST ((size_t)64 << 20)

/* Few networks have more layers. */
#define ROOM_AT_FIRST 4

static size_t add_saturating(size_t a, size_t b)
{
	return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

void trace_allow(struct trace *trace, size_t nbytes)
{
	size_t arena_nbytes;

	if (size_mul_overflows(nbytes, ARENA_NBYTES_PER_BYTE, &arena_nbytes))
		arena_nbytes = SIZE_MAX;
	trace->arena.nbytes_left = add_saturating(trace->arena.nbytes_left, arena_nbytes);
	/* Each byte of a file is at most one weight. */
	trace->floats_left = add_saturating(trace->floats_left, nbytes);
}

enum emnist_status trace_init(struct trace *trace, size_t nbytes, struct emnist_error *error)
{
	*trace = (struct trace){.error = error, .op = "", .node = ""};
	trace->arena.nbytes_left = ARENA_NBYTES_AT_LEAST;
	trace_allow(trace, nbytes);
	trace->model = model_new(ROOM_AT_FIRST);
	return trace->model ? EMNIST_OK : error_memory(error);
}

void trace_clear(struct trace *trace)
{
	emnist_model_free(trace->model);
	trace->model = NULL;
	arena_clear(&trace->arena);
}

enum emnist_status trace_memory(const struct trace *trace)
{
	return arena_error(&trace->arena, trace->error);
}

bool trace_spend(struct trace *trace, size_t n)
{
	if (n > trace->arena.nbytes_left) {
		trace->arena.is_spent = true;
		return false;
	}
	trace->arena.nbytes_left -= n;
	return true;
}

enum emnist_status trace_lacks(const struct trace *trace, size_t i)
{
	return error_set(trace->error, EMNIST_ERR_CORRUPT,
			 "operator %.40s (node '%.64s') lacks its input %zu", trace->op,
			 trace->node, i + 1);
}

enum emnist_status trace_refuse_computed(const struct trace *trace)
{
	return trace_refuse(trace, "an operand that should be a constant is computed");
}

enum emnist_status trace_refuse(const struct trace *trace, const char *format, ...)
{
	char why[128];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
			 "operator %.40s (node '%.64s') is not supported: %s", trace->op,
			 trace->node, why);
}

/* ------------------------------------------------------------------- making */

enum emnist_status tensor_make(struct trace *trace, enum tensor_type type, size_t rank,
			       const size_t *dims, struct value *value_ret, double **values_ret)
{
	struct tensor *tensor = &value_ret->tensor;

	*value_ret = (struct value){.kind = VALUE_TENSOR,
				    .tensor = {.type = type, .rank = rank, .n = 1}};
	if (rank > TRACE_MAX_RANK)
		return error_set(trace->error, EMNIST_ERR_LIMIT,
				 "a tensor has %zu dimensions: the limit is %d", rank,
				 TRACE_MAX_RANK);
	for (size_t i = 0; i < rank; i++) {
		tensor->dims[i] = dims[i];
		if (size_mul_overflows(tensor->n, dims[i], &tensor->n))
			return error_set(trace->error, EMNIST_ERR_LIMIT,
					 "a tensor has dimensions that do not fit in memory");
	}
	*values_ret = arena_alloc(&trace->arena, tensor->n, sizeof(**values_ret));
	tensor->values = *values_ret;
	return *values_ret ? EMNIST_OK : trace_memory(trace);
}

enum emnist_status tensor_scalar(struct trace *trace, enum tensor_type type, double number,
				 struct value *value_ret)
{
	double *values;
	const enum emnist_status status = tensor_make(trace, type, 0, NULL, value_ret, &values);

	if (!status)
		values[0] = number;
	return status;
}

enum emnist_status tensor_decode(struct trace *trace, struct tensor *tensor)
{
	double *values;

	if (tensor->values)
		return EMNIST_OK;
	values = arena_alloc(&trace->arena, tensor->n, sizeof(*values));
	if (!values)
		return trace_memory(trace);
	for (size_t i = 0; i < tensor->n; i++)
		values[i] = tensor_at(tensor, i);
	tensor->values = values;
	return EMNIST_OK;
}

/* ------------------------------------------------------------------- shapes */

enum emnist_status tensor_shape_of(struct trace *trace, const struct tensor *shape, size_t n,
				   size_t *rank_ret, size_t *dims_ret)
{
	size_t left_over = SIZE_MAX, product = 1;

	if (shape->rank > 1 || shape->n > TRACE_MAX_RANK)
		return trace_refuse(trace, "its shape has %zu dimensions", shape->n);
	for (size_t i = 0; i < shape->n; i++) {
		const double dim = shape->values[i];

		if (dim == -1 && left_over == SIZE_MAX) {
			left_over = i;
			continue;
		}
		if (!(dim >= 0 && dim <= (double)n) ||
		    size_mul_overflows(product, (size_t)dim, &product))
			return trace_refuse(trace, "dimension %zu of its shape is %.0f", i + 1,
					    dim);
		dims_ret[i] = (size_t)dim;
	}
	if (left_over != SIZE_MAX) {
		dims_ret[left_over] = product > 0 ? n / product : 0;
		product *= dims_ret[left_over];
	}
	if (product != n)
		return trace_refuse(trace, "its shape does not match %zu values", n);
	*rank_ret = shape->n;
	return EMNIST_OK;
}

bool tensor_broadcast(size_t rank, const size_t *dims, size_t rank_from, const size_t *from,
		      size_t *positions)
{
	size_t strides[TRACE_MAX_RANK] = {0}, index[TRACE_MAX_RANK] = {0};
	size_t stride = 1, n = 1, position = 0;

	if (rank_from > rank)
		return false;
	for (size_t i = rank_from; i-- > 0;) {
		const size_t to = i + rank - rank_from;

		if (from[i] != dims[to] && from[i] != 1)
			return false;
		strides[to] = from[i] == 1 ? 0 : stride;
		stride *= from[i];
	}
	for (size_t i = 0; i < rank; i++)
		n *= dims[i];
	for (size_t k = 0; k < n; k++) {
		positions[k] = position;
		for (size_t i = rank; i-- > 0;) {
			position += strides[i];
			if (++index[i] < dims[i])
				break;
			position -= strides[i] * dims[i];
			index[i] = 0;
		}
	}
	return true;
}

void tensor_transpose(size_t rank, const size_t *dims, const size_t *permutation, size_t *dims_ret,
		      size_t *positions)
{
	size_t strides[TRACE_MAX_RANK], own[TRACE_MAX_RANK], index[TRACE_MAX_RANK] = {0};
	size_t n = 1, position = 0;

	for (size_t i = rank; i-- > 0;) {
		own[i] = n;
		n *= dims[i];
	}
	for (size_t i = 0; i < rank; i++) {
		strides[i] = own[permutation[i]];
		dims_ret[i] = dims[permutation[i]];
	}
	for (size_t k = 0; k < n; k++) {
		positions[k] = position;
		for (size_t i = rank; i-- > 0;) {
			position += strides[i];
			if (++index[i] < dims_ret[i])
				break;
			position -= strides[i] * dims_ret[i];
			index[i] = 0;
		}
	}
}

/* -------------------------------------------------------------- arithmetic */

/* The shape that two come to when their dimensions of 1 go with any. */
static bool common_shape(const struct tensor *a, const struct tensor *b, size_t *rank_ret,
			 size_t *dims_ret)
{
	const struct tensor *longer = a->rank >= b->rank ? a : b;
	const struct tensor *shorter = a->rank >= b->rank ? b : a;
	const size_t offset = longer->rank - shorter->rank;

	*rank_ret = longer->rank;
	for (size_t i = 0; i < longer->rank; i++) {
		const size_t other = i < offset ? 1 : shorter->dims[i - offset];

		if (longer->dims[i] != other && longer->dims[i] != 1 && other != 1)
			return false;
		dims_ret[i] = longer->dims[i] == 1 ? other : longer->dims[i];
	}
	return true;
}

/* An unknown integer stays unknown, whatever is computed from it. */
static double apply(trace_function *function, double a, double b, bool keeps_unknown)
{
	return keeps_unknown && (isnan(a) || isnan(b)) ? (double)NAN : function(a, b);
}

enum emnist_status tensor_elementwise(struct trace *trace, trace_function *function,
				      enum tensor_type type, const struct tensor *a,
				      const struct tensor *b, struct value *value_ret)
{
	const bool keeps_unknown = a->type == TENSOR_INT || (b && b->type == TENSOR_INT);
	size_t dims[TRACE_MAX_RANK], rank = a->rank;
	size_t *from_a, *from_b;
	enum emnist_status status;
	double *values;

	memcpy(dims, a->dims, sizeof(dims));
	if (b && !common_shape(a, b, &rank, dims))
		return trace_refuse(trace, "the sizes of its operands do not match");
	status = tensor_make(trace, type, rank, dims, value_ret, &values);
	if (status)
		return status;
	if (!b) {
		for (size_t i = 0; i < a->n; i++)
			values[i] = apply(function, a->values[i], 0, keeps_unknown);
		return EMNIST_OK;
	}
	from_a = arena_alloc(&trace->arena, value_ret->tensor.n, sizeof(*from_a));
	from_b = arena_alloc(&trace->arena, value_ret->tensor.n, sizeof(*from_b));
	if (!from_a || !from_b)
		return trace_memory(trace);
	tensor_broadcast(rank, dims, a->rank, a->dims, from_a);
	tensor_broadcast(rank, dims, b->rank, b->dims, from_b);
	for (size_t i = 0; i < value_ret->tensor.n; i++)
		values[i] =
			apply(function, a->values[from_a[i]], b->values[from_b[i]], keeps_unknown);
	return EMNIST_OK;
}

/* ----------------------------------------------------------------- assembly */

enum emnist_status tensor_strided(struct trace *trace, const struct tensor *a,
				  const struct tensor_slice *slices, struct value *value_ret)
{
	size_t dims[TRACE_MAX_RANK], kept[TRACE_MAX_RANK], index[TRACE_MAX_RANK] = {0};
	double strides[TRACE_MAX_RANK], position = 0, stride = 1;
	size_t n_kept = 0;
	enum emnist_status status;
	double *values;

	for (size_t i = a->rank; i-- > 0;) {
		dims[i] = slices[i].n;
		strides[i] = stride * slices[i].step;
		position += stride * slices[i].begin;
		stride *= (double)a->dims[i];
	}
	for (size_t i = 0; i < a->rank; i++)
		if (!slices[i].is_dropped)
			kept[n_kept++] = dims[i];
	status = tensor_make(trace, a->type, n_kept, kept, value_ret, &values);
	for (size_t k = 0; !status && k < value_ret->tensor.n; k++) {
		values[k] = a->values[(size_t)position];
		for (size_t i = a->rank; i-- > 0;) {
			position += strides[i];
			if (++index[i] < dims[i])
				break;
			position -= strides[i] * (double)dims[i];
			index[i] = 0;
		}
	}
	return status;
}

enum emnist_status tensor_concatenate(struct trace *trace, const struct tensor *const *parts,
				      size_t n_parts, size_t axis, struct value *value_ret)
{
	size_t dims[TRACE_MAX_RANK], outer = 1, inner = 1, offset = 0;
	enum emnist_status status;
	double *values;

	memcpy(dims, parts[0]->dims, sizeof(dims));
	dims[axis] = 0;
	for (size_t p = 0; p < n_parts; p++) {
		if (parts[p]->rank != parts[0]->rank)
			return trace_refuse(trace, "its parts differ in their dimensions");
		for (size_t i = 0; i < parts[0]->rank; i++)
			if (i != axis && parts[p]->dims[i] != dims[i])
				return trace_refuse(trace, "its parts differ in their dimensions");
		if (__builtin_add_overflow(dims[axis], parts[p]->dims[axis], &dims[axis]))
			return trace_refuse(trace, "it has too many parts");
	}
	status = tensor_make(trace, parts[0]->type, parts[0]->rank, dims, value_ret, &values);
	if (status)
		return status;
	for (size_t i = 0; i < parts[0]->rank; i++) {
		outer *= i < axis ? dims[i] : 1;
		inner *= i > axis ? dims[i] : 1;
	}
	for (size_t p = 0; p < n_parts; p++) {
		const size_t n = parts[p]->dims[axis] * inner;

		for (size_t o = 0; o < outer; o++)
			memcpy(values + o * dims[axis] * inner + offset, parts[p]->values + o * n,
			       n * sizeof(*values));
		offset += n;
	}
	return EMNIST_OK;
}
