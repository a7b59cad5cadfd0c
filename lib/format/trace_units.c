/*
 * trace_units.c - rows as expressions.
 *
 * The hard part: a graph may use one value in several places. ELU's x is compared, multiplied, and
 * passed to exp(); only the combined result can be recognized. So scale and shift are collected as
 * vectors until the first other function. That function fixes the unit: what this stage's
 * expressions are functions of. Everything later must have the same unit.
 */
#include <math.h>

#include "trace_rows.h"

/* The tolerance for equal numbers computed in different orders. */
#define ROUNDING 1e-9

bool rows_uniform(const double *values, double otherwise, size_t n, double *number_ret)
{
	*number_ret = values ? values[0] : otherwise;
	for (size_t i = 1; values && i < n; i++)
		if (!(fabs(values[i] - values[0]) <= ROUNDING * fabs(values[0])))
			return false;
	return true;
}

/* -------------------------------------------------------------- expressions */

/* Makes rows' scale and shift the unit of the stage's expressions. */
static enum emnist_status set_unit(struct trace *trace, const struct rows *rows)
{
	struct stage *stage = rows->stage;
	double *scale, *shift;

	stage->has_unit = true;
	if (!rows->scale && !rows->shift)
		return EMNIST_OK;
	scale = arena_alloc(&trace->arena, stage->width, sizeof(*scale));
	shift = arena_alloc(&trace->arena, stage->width, sizeof(*shift));
	if (!scale || !shift)
		return trace_memory(trace);
	for (size_t i = 0; i < stage->width; i++) {
		scale[rows_lane(rows, i)] = rows->scale ? rows->scale[i] : 1;
		shift[rows_lane(rows, i)] = rows->shift ? rows->shift[i] : 0;
	}
	stage->scale = scale;
	stage->shift = shift;
	return EMNIST_OK;
}

/* The position in rows of a value of the unit that varies; 0: none. */
static size_t find_reference(const struct rows *rows)
{
	const struct stage *stage = rows->stage;
	size_t i = 0;

	while (i < stage->width && stage->scale && stage->scale[rows_lane(rows, i)] == 0)
		i++;
	return i < stage->width ? i : 0;
}

/* rows = scale * unit + shift, with one number for all. */
static bool in_units(const struct rows *rows, double *scale_ret, double *shift_ret)
{
	const struct stage *stage = rows->stage;
	const size_t reference = find_reference(rows);

	*scale_ret = 1;
	*shift_ret = 0;
	for (size_t k = 0; k < stage->width; k++) {
		/* The reference comes first: the others are held against it. */
		const size_t i = k == 0 ? reference : k - (k <= reference);
		const size_t j = rows_lane(rows, i);
		const double unit_scale = stage->scale ? stage->scale[j] : 1;
		const double unit_shift = stage->shift ? stage->shift[j] : 0;
		const double scale = rows->scale ? rows->scale[i] : 1;
		const double shift = rows->shift ? rows->shift[i] : 0;
		double moved;

		if (k == 0 && unit_scale != 0)
			*scale_ret = scale / unit_scale;
		moved = *scale_ret * unit_shift;
		if (k == 0)
			*shift_ret = shift - moved;
		if (!(fabs(scale - *scale_ret * unit_scale) <= ROUNDING * fabs(scale)) ||
		    !(fabs(shift - moved - *shift_ret) <= ROUNDING * (1 + fabs(moved))))
			return false;
	}
	return true;
}

/* scale * expression + shift. */
static enum emnist_status affine_expression(struct trace *trace, double scale, double shift,
					    const struct expression **expression)
{
	trace_function *const functions[] = {trace_multiply, trace_add};
	const double numbers[] = {scale, shift};

	for (size_t i = 0; *expression && i < 2; i++) {
		const struct expression *number;

		if (numbers[i] == (i == 0 ? 1 : 0))
			continue;
		number = expression_number(trace, numbers[i]);
		*expression =
			number ? expression_of(trace, functions[i], *expression, number) : NULL;
	}
	return *expression ? EMNIST_OK : trace_memory(trace);
}

enum emnist_status rows_as_expression(struct trace *trace, const struct rows *rows,
				      const struct expression **expression_ret)
{
	const size_t width = rows->stage->width;
	enum emnist_status status = EMNIST_OK;
	double scale = 1, shift = 0;

	if (!trace_spend(trace, width))
		return trace_memory(trace);
	if (rows->stage->layer == SIZE_MAX)
		return trace_refuse(trace, "no fully connected layer precedes it");
	if (rows->expression) {
		*expression_ret = rows->expression;
		if (!rows_uniform(rows->scale, 1, width, &scale) ||
		    !rows_uniform(rows->shift, 0, width, &shift))
			return trace_refuse(trace, "values are scaled within an activation");
		return affine_expression(trace, scale, shift, expression_ret);
	}
	if (!rows->stage->has_unit)
		status = set_unit(trace, rows);
	if (status)
		return status;
	if ((rows->scale || rows->shift || rows->stage->scale) && !in_units(rows, &scale, &shift))
		return trace_refuse(trace, "values are scaled within an activation");
	*expression_ret = expression_variable(trace);
	return affine_expression(trace, scale, shift, expression_ret);
}
