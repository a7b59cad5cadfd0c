/*
 * backprop.h - forward and backward passes over a batch, and the gradients they leave.
 *
 * A batch is cut into shards of rows. A shard passes forward and backward by itself, with batch
 * statistics of its own ("ghost batch normalisation", Hoffer et al. 2017), so that threads meet
 * only where the gradients of the weights are needed. What a shard computes depends on its rows
 * alone: results do not depend on the number of threads.
 */
#ifndef TRAIN_BACKPROP_H
#define TRAIN_BACKPROP_H

#include "net.h"

/* What an image should be recognised as: any of n classes of the model. */
struct target {
	uint32_t n;
	uint16_t *classes;     /* (n) rising */
	float weight;          /* of the image's loss; 1 on average over the training images */
	float held_out_weight; /* where it is held out; 1 on average over the images held out */
};

/* One layer's values for all rows of a batch. */
struct batch_layer {
	float *normal;   /* (n_rows, n_outputs) normalised z; only with batch normalisation */
	float *output;   /* (n_rows, n_outputs) after the activation; logits in the last layer */
	float *dropped;  /* (n_rows, n_outputs) after dropout; without dropout the same as output */
	float *delta;    /* (n_rows, n_outputs) gradient of the loss by z */
	float *mean;     /* (n_shards, n_outputs) of z; only with batch normalisation */
	float *variance; /* (n_shards, n_outputs) of z, biased; likewise */
	float *d_scale;  /* (n_shards, n_outputs) gradient by scale; likewise */
	float *d_bias;   /* (n_shards, n_outputs) gradient by bias */
};

struct batch {
	size_t n_rows;
	size_t shard_rows;
	size_t n_shards;
	float *inputs;                 /* (n_rows, n_inputs) */
	const struct target **targets; /* (n_rows) */
	struct batch_layer *layers;    /* (n_layers) */
	double *losses;                /* (n_shards) sums of the weighted losses by the targets */
	size_t n_outputs;              /* of the last layer */
	float *soft;    /* (n_rows, n_outputs) what teachers say at the temperature, or NULL */
	float *scratch; /* (n_shards, n_outputs) */
	double teacher_share;  /* of the loss, [0,1]; the targets have the rest */
	double temperature;    /* that teachers and network are compared at */
	bool keeps_statistics; /* normalises by the network's running statistics, not by the shard's
				*/
	double dropout;
	double label_smoothing;
	uint64_t seed;
	uint64_t step; /* gives dropout its stream */
};

/* Allocates the batch for a network, with room for what teachers say where taught. n_rows must be a
 * multiple of shard_rows. Release with batch_clear(), also after a failure. */
enum emnist_status batch_init(struct batch *batch, const struct net *net, size_t n_rows,
			      size_t shard_rows, double dropout, bool taught,
			      struct emnist_error *error);

/* Adds share times one teacher's probabilities, answers (shard_rows, n_outputs), raised to the
 * batch's temperature, to soft (shard_rows, n_outputs). answers is overwritten. */
void batch_add_answers(const struct batch *batch, float *answers, float share, float *soft);

void batch_clear(struct batch *batch, const struct net *net);

/* From inputs and targets to outputs, losses and deltas, for the rows of one shard. */
void batch_forward(struct batch *batch, const struct net *net, size_t shard);
void batch_backward(struct batch *batch, const struct net *net, size_t shard);

/* The gradient of the mean loss of the batch by the weights of outputs [begin, end) of a layer,
 * after all shards went backward. gradient_ret: (end - begin, n_inputs). */
void batch_gradient(const struct batch *batch, const struct net *net, size_t layer, size_t begin,
		    size_t end, float *gradient_ret);

/* Sums rows of a (n_shards, n_outputs) array over the shards, for outputs [begin, end), times
 * factor. sum_ret: (end - begin). */
void batch_sum_shards(const struct batch *batch, const float *values, size_t n_outputs,
		      size_t begin, size_t end, float factor, float *sum_ret);

#endif
