/* trace_rows.h - what the files about rows share. */
#ifndef FORMAT_TRACE_ROWS_H
#define FORMAT_TRACE_ROWS_H

#include "trace.h"

/* Position i of rows in its stage. */
static inline size_t rows_lane(const struct rows *rows, size_t i)
{
	return rows->order ? rows->order[i] : i;
}

/* (n) copies of number, or a copy of values; NULL when the arena is exhausted. */
double *rows_copy_or_fill(struct trace *trace, const double *values, double number, size_t n);

/* Whether tensor has one value for each of a row, in the same order. */
bool rows_match_row(const struct rows *rows, const struct tensor *tensor);

/* The values of a tensor that is combined with rows, one for each of a row. */
enum emnist_status rows_expand(struct trace *trace, const struct rows *rows,
			       const struct tensor *tensor, double **values_ret);

/* Completes the stage of rows as far as possible; leaves in scale and shift what the next layer has
 * to take. */
enum emnist_status rows_take(struct trace *trace, struct rows *rows);

/* Whether all n values are equal, to *number_ret; values NULL: `otherwise`. */
bool rows_uniform(const double *values, double otherwise, size_t n, double *number_ret);

/* rows as an expression of its stage's unit; fixes the unit if it has none yet. */
enum emnist_status rows_as_expression(struct trace *trace, const struct rows *rows,
				      const struct expression **expression_ret);

/* layer: as in struct stage. */
enum emnist_status rows_new_stage(struct trace *trace, size_t width, size_t layer,
				  struct stage **stage_ret);

#endif
