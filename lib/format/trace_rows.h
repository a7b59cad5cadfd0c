/*
 * trace_rows.h - what the files about rows share.
 */
#ifndef FORMAT_TRACE_ROWS_H
#define FORMAT_TRACE_ROWS_H

#include "trace.h"

/* Position i of rows in its stage. */
static inline size_t rows_lane(const struct rows *rows, size_t i)
{
	return rows->order ? rows->order[i] : i;
}

/* (n) copies of number, or of what values has; NULL where the arena is spent. */
double *rows_copy_or_fill(struct trace *trace, const double *values, double number, size_t n);

/* Whether tensor has one value for each of a row, in their order. */
bool rows_match_row(const struct rows *rows, const struct tensor *tensor);

/* The values of a tensor that goes with rows, one for each of a row. */
enum emnist_status rows_expand(struct trace *trace, const struct rows *rows,
			       const struct tensor *tensor, double **values_ret);

/* Settles all that the stage of rows can take; scale and shift are left with what is for the next
 * layer to take. */
enum emnist_status rows_take(struct trace *trace, struct rows *rows);

/* Whether all n values are one, which *number_ret is then; NULL: `otherwise`. */
bool rows_uniform(const double *values, double otherwise, size_t n, double *number_ret);

/* rows as an expression of its stage's unit, which this settles where it was not. */
enum emnist_status rows_as_expression(struct trace *trace, const struct rows *rows,
				      const struct expression **expression_ret);

/* layer: as in struct stage. */
enum emnist_status rows_new_stage(struct trace *trace, size_t width, size_t layer,
				  struct stage **stage_ret);

#endif
