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

/* layer: as in struct stage. */
enum emnist_status rows_new_stage(struct trace *trace, size_t width, size_t layer,
				  struct stage **stage_ret);

#endif
