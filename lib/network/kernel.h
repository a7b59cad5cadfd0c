/*
 * kernel.h - matrix products that skip zeros, one version for each kind of processor.
 *
 * Two thirds of an image's pixels are zero, as are most values after a ReLU: products use only the
 * nonzero ones. Weights are packed in panels of columns (panels.h). A kernel takes as many columns
 * as fill the registers with sums. That is few enough for the weights of KERNEL_WORD inputs to stay
 * in the first-level cache while all rows are multiplied by them.
 *
 * Each sum is formed in the order of the inputs, whatever the panel's shape or the number of rows,
 * and skipping a zero changes no bit of it. So a row's result depends on that row alone.
 */
#ifndef NETWORK_KERNEL_H
#define NETWORK_KERNEL_H

#include "panels.h"

#include <stdint.h>

/* Inputs per word of a nonzero mask: bit i is set if input i is nonzero. */
#define KERNEL_WORD 64

/* Rows of inputs, and the sums for a few columns of weights. */
struct kernel_task {
	/* (up to KERNEL_WORD * n_words, columns), rows PANEL_COLUMNS apart; columns beyond a panel
	 * are panel_stride further on. */
	const float *weights;
	size_t panel_stride;
	/* (n_rows, same length), rows input_stride apart; transposed for the transposed
	 * products. */
	const float *inputs;
	size_t input_stride;
	const uint64_t *nonzero; /* (n_words, n_rows), words nonzero_stride apart */
	size_t nonzero_stride;
	size_t n_words;
	const float *bias; /* (columns): initial sums; NULL: sums as they are */
	float *sums;       /* (n_rows, columns), rows sum_stride apart */
	size_t sum_stride;
	size_t n_rows;
	bool relu; /* then sets sums that are not above zero, and NaN, to zero */
};

struct kernel {
	const char *name;
	bool is_wide; /* vectors of eight floats or more: AVX2 or better */
	/* Columns at a time; the last of a layer go half as many at a time. */
	size_t n_columns;
	/* Words at a time whose weights fit the first-level cache. */
	size_t n_words;
	/* sums += inputs x weights, for n_columns columns and for half as many. weights and sums
	 * are aligned to 64 bytes. */
	void (*multiply)(const struct kernel_task *task);
	void (*multiply_narrow)(const struct kernel_task *task);
	/* The same with transposed inputs. */
	void (*multiply_transposed)(const struct kernel_task *task);
	void (*multiply_transposed_narrow)(const struct kernel_task *task);
	/* Sets the bits of columns first to first + n in the nonzero mask of whole rows, (words,
	 * n_rows). They must be clear before. values: (n_rows, n), these columns. */
	void (*find_nonzero)(const float *values, size_t stride, size_t n_rows, size_t first,
			     size_t n, uint64_t *nonzero, size_t nonzero_stride);
};

/* Words of a nonzero mask of n inputs. */
static inline size_t kernel_words(size_t n)
{
	return (n + KERNEL_WORD - 1) / KERNEL_WORD;
}

/* Columns that the kernel computes for n_outputs outputs. */
static inline size_t kernel_width(const struct kernel *kernel, size_t n_outputs)
{
	const size_t half = kernel->n_columns / 2;

	return (n_outputs + half - 1) / half * half;
}

/* Columns of the next pass, from column `first` of `width` on: n_columns, or half as many. */
static inline size_t kernel_columns(const struct kernel *kernel, size_t width, size_t first)
{
	const size_t left = width - first;

	return left < kernel->n_columns ? left : kernel->n_columns;
}

/* The kernels that this processor can run, best first; NULL beyond the last. They depend on the
 * processor alone. */
const struct kernel *kernel_at(size_t i);

#endif
