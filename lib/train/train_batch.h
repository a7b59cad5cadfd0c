/*
 * train_batch.h - the images of a training step, and all values of their passes through the
 * network.
 *
 * A batch is cut into shards of rows. A shard goes forward and backward by itself, with its own
 * batch statistics ("ghost batch normalization", Hoffer et al. 2017). So threads wait for each
 * other only for the gradients of the weights. A shard's result depends on its rows alone, and not
 * on the number of threads.
 */
#ifndef TRAIN_TRAIN_BATCH_H
#define TRAIN_TRAIN_BATCH_H

#include "../emnist_dataset.h"
#include "../network/engine.h"
#include "net.h"

/* The ground truth of an image: any of n classes of the model. */
struct target {
	uint32_t n;
	uint16_t *classes;     /* (n) rising */
	float weight;          /* of the image's loss; 1 on average over the training images */
	float held_out_weight; /* if held out; 1 on average over the images held out */
	/* NULL, or the dataset that draws its images anew. */
	const struct emnist_dataset *drawn;
};

/* One layer's values for all rows of a batch. */
struct batch_layer {
	float *normal;   /* (n_rows, width) normalized z; only with batch normalization */
	float *output;   /* (n_rows, width) after the activation; logits in the last layer */
	float *dropped;  /* (n_rows, width) after dropout; without dropout the same as output */
	float *delta;    /* (n_rows, width) gradient of the loss with respect to z */
	float *mean;     /* (n_shards, width) of z; only with batch normalization */
	float *variance; /* (n_shards, width) of z, biased; likewise */
	float *d_scale;  /* (n_shards, width) gradient with respect to scale; likewise */
	float *d_bias;   /* (n_shards, width) gradient by bias */
	/* Nonzero masks of the layer's inputs: words along rows, (n_shards, words of n_inputs,
	 * shard_rows), and along columns in n_rows / part_rows parts, (parts, n_inputs). */
	uint64_t *nonzero;
	uint64_t *nonzero_columns;
};

struct batch {
	size_t n_rows;
	size_t shard_rows;
	size_t n_shards;
	size_t part_rows; /* rows of a shard per mask word: KERNEL_WORD, or all */
	const struct kernel *kernel;
	const struct engine *engine;   /* for the forward product and the gradient by weights */
	const struct engine *dense;    /* for the backward product, which has no zeros to skip */
	float *inputs;                 /* (n_rows, n_inputs) */
	const struct target **targets; /* (n_rows) */
	struct batch_layer *layers;    /* (n_layers) */
	double *losses;                /* (n_shards) sums of weighted losses against the targets */
	size_t n_outputs;              /* of the last layer */
	float *soft;    /* (n_rows, n_outputs) teachers' output at the temperature, or NULL */
	float *scratch; /* (n_shards, n_outputs) */
	float *backward_scratch;   /* (n_shards, n_backward_scratch) */
	size_t n_backward_scratch; /* floats of a shard, whole cache lines */
	double teacher_share;      /* of the loss, [0,1]; the rest is the targets' */
	double temperature;        /* at which teachers and network are compared */
	bool keeps_statistics;     /* normalizes by running statistics, not by the shard's */
	double dropout;
	double label_smoothing;
	uint64_t seed;
	uint64_t step; /* gives dropout its stream */
};

/* Allocates the batch for a network, with room for teachers' output if taught. n_rows must be a
 * multiple of shard_rows; shard_rows a multiple of KERNEL_WORD, or at most that. Release with
 * batch_clear(), even after a failure. */
enum emnist_status batch_init(struct batch *batch, const struct net *net, size_t n_rows,
			      size_t shard_rows, double dropout, bool taught,
			      struct emnist_error *error);

/* Sums rows of a (n_shards, width) array over the shards, for columns [begin, end), times factor.
 * sum_ret: (end - begin). */
void batch_sum_shards(const struct batch *batch, const float *values, size_t width, size_t begin,
		      size_t end, float factor, float *sum_ret);

void batch_clear(struct batch *batch, const struct net *net);

#endif
