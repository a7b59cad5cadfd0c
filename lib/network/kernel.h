/*
 * kernel.h - the matrix products of a network that runs, and two of the three of one that learns
 * (lib/train/products.c), one version for each kind of processor.
 *
 * Two thirds of an image's pixels are zero, and so are most values behind a ReLU: a product takes
 * only what is not. Weights lie in panels of columns (panels.h), of which a kernel takes at a time
 * what fills the registers with sums, and is narrow enough that the weights of KERNEL_WORD inputs
 * stay in a core's first cache while one row of inputs after the other passes over them.
 *
 * Each sum is formed in the order of the inputs, whatever the shape of the panel or the number of
 * rows, and leaving out a zero changes no bit of it: so a row's result depends on that row alone.
 */
#ifndef NETWORK_KERNEL_H
#define NETWORK_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inputs whose being alive, that is not zero, is told by one word: bit i is about input i. */
#define KERNEL_WORD 64

/* Columns whose weights of one input lie together. */
#define PANEL_COLUMNS 64

/* Rows of inputs, and the sums of a few columns of weights that they add to. */
struct kernel_task {
	/* (KERNEL_WORD * n_words or what is left, columns), rows PANEL_COLUMNS apart; columns
	 * beyond a panel lie panel_stride behind those of the panel. */
	const float *weights;
	size_t panel_stride;
	/* (n_rows, the same), rows input_stride apart; where they are turned, their transpose. */
	const float *inputs;
	size_t input_stride;
	const uint64_t *alive; /* (n_words, n_rows), words alive_stride apart */
	size_t alive_stride;
	size_t n_words;
	const float *bias; /* (columns): what the sums start from; NULL: themselves */
	float *sums;       /* (n_rows, columns), rows sum_stride apart */
	size_t sum_stride;
	size_t n_rows;
	bool relu; /* what of the sums is not above zero then becomes zero, NaN too */
};

struct kernel {
	const char *name;
	/* Columns at a time; for what is left of a layer, half as many are. */
	size_t n_columns;
	/* Words at a time whose weights fit the first cache. */
	size_t n_words;
	/* sums += inputs x weights, for n_columns and for half of them. weights and sums lie at
	 * multiples of 64 bytes. */
	void (*multiply)(const struct kernel_task *task);
	void (*multiply_narrow)(const struct kernel_task *task);
	/* The same with inputs that are turned. */
	void (*multiply_turned)(const struct kernel_task *task);
	void (*multiply_turned_narrow)(const struct kernel_task *task);
	/* Notes in alive, (words, n_rows) of a whole row, which of its columns first to first + n
	 * are not zero: their bits must be clear. values: (n_rows, n). */
	void (*find_alive)(const float *values, size_t stride, size_t n_rows, size_t first,
			   size_t n, uint64_t *alive, size_t alive_stride);
};

/* The kernels that this processor can run, best first: NULL beyond the last. Which they are depends
 * on the processor alone. */
const struct kernel *kernel_at(size_t i);

#endif
