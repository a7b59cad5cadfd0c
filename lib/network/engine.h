/*
 * engine.h - the products of a network's layers: rows × weights + bias → sums.
 *
 * One interface, two engines. The kernels (engine_kernels.c) skip zero inputs; BLAS (engine_blas.c)
 * multiplies all of them. Sessions need the forward pass only, training all three products. Both
 * engines take weights packed in panels (panels.h).
 */
#ifndef NETWORK_ENGINE_H
#define NETWORK_ENGINE_H

#include "../base/error.h"
#include "kernel.h"

/* A layer's forward pass: outputs = activation(inputs × weights + bias). */
struct layer_forward {
	size_t n_inputs, n_outputs;
	size_t width;         /* columns of outputs, all of them written: n_outputs or more */
	const float *weights; /* packed */
	/* The same weights as (n_outputs, n_inputs), row-major: lets BLAS multiply all columns at
	 * once. Or NULL. */
	const unaligned_float *rows;
	const float *bias; /* (width); NULL: none */
	enum emnist_activation activation;
	float alpha, gamma; /* as in struct layer */

	size_t n_rows;
	const float *inputs; /* (n_rows, n_inputs), rows input_stride apart */
	size_t input_stride;
	float *outputs; /* (n_rows, width), aligned to 64 bytes */

	/* Of the kernels alone. */
	const struct kernel *kernel;
	const uint64_t *nonzero; /* mask of inputs: (words, n_rows) */
	uint64_t *nonzero_next;  /* nonzero mask of outputs, written; or NULL */
};

/* Gradient with respect to a layer's inputs: before = deltas × transposed weights. */
struct layer_backward {
	size_t n_inputs;
	size_t width;         /* columns of deltas, whole panels */
	const float *weights; /* packed */
	size_t n_rows;
	const float *deltas; /* (n_rows, width) */
	float *before;       /* (n_rows, n_inputs), rows before_stride apart */
	size_t before_stride;
	const struct kernel *kernel;
	float *scratch; /* engine_scratch(n_inputs, width) floats, aligned to 64 bytes */
};

/* Gradient with respect to a layer's weights: gradient = transposed inputs × deltas. */
struct layer_gradient {
	size_t n_inputs;
	size_t width; /* columns of deltas and gradient, whole panels */
	size_t n_rows;
	const float *inputs; /* (n_rows, n_inputs), rows input_stride apart */
	size_t input_stride;
	const float *deltas; /* (n_rows, width), rows delta_stride apart */
	size_t delta_stride;
	float *gradient; /* (n_inputs, width), aligned to 64 bytes */
	const struct kernel *kernel;
	/* Column mask of the inputs, cut into parts of part_rows (up to KERNEL_WORD) rows: bit r of
	 * (parts, n_inputs) is set if row r of the part is nonzero. */
	const uint64_t *nonzero_columns;
	size_t part_rows;
	float *scratch; /* (n_rows, width), aligned to 64 bytes */
};

struct engine {
	enum emnist_engine id;
	size_t block_rows; /* that go through a network at once */
	bool uses_nonzero; /* the masks */
	void (*forward)(const struct layer_forward *pass);
	void (*backward)(const struct layer_backward *pass);
	void (*gradient)(const struct layer_gradient *pass);
};

extern const struct engine engine_kernels;
extern const struct engine engine_blas;

/* Floats of scratch memory for the gradient with respect to a layer's inputs. */
size_t engine_scratch(size_t n_inputs, size_t width);

/* The engine for `wanted`, ready to use. Auto: the kernels if `kernel`, the best for this
 * processor, is wide, else what engine_find_dense() gives. EMNIST_ERR_UNSUPPORTED if BLAS is wanted
 * and missing. */
enum emnist_status engine_find(enum emnist_engine wanted, const struct kernel *kernel,
			       const struct engine **engine_ret, struct emnist_error *error);

/* The same for rows with few zeros, where the kernels have no advantage. Auto: BLAS, or the kernels
 * if there is none. */
enum emnist_status engine_find_dense(enum emnist_engine wanted, const struct engine **engine_ret,
				     struct emnist_error *error);

#endif
