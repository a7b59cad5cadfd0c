/* optimizer.h - AdamW with weight averaging, and the learning rate schedule. */
#ifndef TRAIN_OPTIMIZER_H
#define TRAIN_OPTIMIZER_H

#include "train_batch.h"

/* What one step needs to know. */
struct optimizer {
	float learning_rate;
	float weight_decay;
	float average_decay;   /* 0: the average is the weights themselves */
	float stats_decay;     /* of batch normalization's running statistics */
	float correct_mean;    /* 1 / (1 - beta1^step) */
	float correct_squares; /* 1 / sqrt(1 - beta2^step) */
};

struct schedule {
	uint64_t n_steps;
	uint64_t n_warmup;
	uint64_t n_frozen;   /* last steps, in which running statistics are frozen */
	double peak;         /* learning rate */
	double weight_decay; /* a step subtracts learning_rate * weight_decay of each weight */
	double ema_decay;    /* 0: no averaging */
};

/* Step 0..n_steps-1: linear warm-up, then half a cosine down to zero (Loshchilov, Hutter 2017). */
struct optimizer schedule_at(const struct schedule *schedule, uint64_t step);

/*
 * Whether batch normalization normalizes by its running statistics in a step, without updating
 * them.
 */
bool schedule_freezes(const struct schedule *schedule, uint64_t step);

/* Updates all parameters of columns [begin, end) of a layer, whole panels, from the batch's deltas;
 * and their running statistics. scratch: (end - begin) x (n_inputs + n_rows of the batch) floats,
 * aligned to 64 bytes. */
void optimizer_update(const struct optimizer *optimizer, const struct batch *batch, struct net *net,
		      size_t layer, size_t begin, size_t end, float *scratch);

#endif
