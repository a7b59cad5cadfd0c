/*
 * kernel.h - matrix products that skip zeros, one version for each kind of processor.
 *
 * Two thirds of an image's pixels are zero, and so are most values behind a ReLU: a product takes
 * only what is not. Weights are packed in panels of columns (panels.h). A kernel takes as many
 * columns at a time as fill the registers with sums, few enough that the weights of KERNEL_WORD
 * inputs stay in the first-level cache while row after row of inputs is multiplied by them.
 *
 * Each sum is formed in the order of the inputs, whatever the shape of the panel or the number of
 * rows, and leaving out a zero changes no bit of it: so a row's result depends on that row alone.
 */
#ifndef NETWORK_KERNEL_H
#define NETWORK_KERNEL_H

#include "panels.h"

#include <stdint.h>

/* Inputs of one word of a nonzero mask: bit i is set where input i is not zero. */
#define KERNEL_WORD 64

/* Rows of inputs, and the sums of a few columns of weights that they add to. */
struct kernel_task {
	/* (KERNEL_WORD * n_words or what is left, columns), rows PANEL_COLUMNS apart; columns
	 * beyond a panel lie panel_stride behind those of the panel. */
	const float *weights;
	size_t panel_stride;
	/* (n_rows, the same), rows input_stride apart; for the transposed products, its transpose.
	 */
	const float *inputs;
	size_t input_stride;
	const uint64_t *nonzero; /* (n_words, n_rows), words nonzero_stride apart */
	size_t nonzero_stride;
	size_t n_words;
	const float *bias; /* (columns): what the sums start from; NULL: themselves */
	float *sums;       /* (n_rows, columns), rows sum_stride apart */
	size_t sum_stride;
	size_t n_rows;
	bool relu; /* what of the sums is not above zero then becomes zero, NaN too */
};

struct kernel {
	const char *name;
	bool is_wide; /* its vectors hold eight floats or more: AVX2 or better */
	/* Columns at a time; the rest of a layer is done by half as many. */
	size_t n_columns;
	/* Words at a time whose weights fit the first cache. */
	size_t n_words;
	/* sums += inputs x weights, for n_columns and for half of them. weights and sums lie at
	 * multiples of 64 bytes. */
	void (*multiply)(const struct kernel_task *task);
	void (*multiply_narrow)(const struct kernel_task *task);
	/* The same with transposed inputs. */
	void (*multiply_transposed)(const struct kernel_task *task);
	void (*multiply_transposed_narrow)(const struct kernel_task *task);
	/* Sets the bits of columns first to first + n, which must be clear, in the nonzero mask of
	 * whole rows, (words, n_rows). values: (n_rows, n) of these columns. */
	void (*find_nonzero)(const float *values, size_t stride, size_t n_rows, size_t first,
			     size_t n, uint64_t *nonzero, size_t nonzero_stride);
};

/* The words of a nonzero mask of n inputs. */
static inline size_t kernel_words(size_t n)
{
	return (n + KERNEL_WORD - 1) / KERNEL_WORD;
}

/* The columns that kernel goes over for n_outputs outputs. */
static inline size_t kernel_width(const struct kernel *kernel, size_t n_outputs)
{
	const size_t half = kernel->n_columns / 2;

	return (n_outputs + half - 1) / half * half;
}

/* How many of them at once, from column `first` of width on: n_columns, or half as many. */
static inline size_t kernel_columns(const struct kernel *kernel, size_t width, size_t first)
{
	const size_t left = width - first;

	return left < kernel->n_columns ? left : kernel->n_columns;
}

/* The kernels that this processor can run, best first: NULL beyond the last. Which they are depends
 * on the processor alone. */
const struct kernel *kernel_at(size_t i);

#endif
