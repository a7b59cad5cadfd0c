/*
 * optimizer.h - AdamW with an average of the weights, and the schedule of its learning rate.
 */
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
	uint64_t n_frozen;   /* steps, at the end, in which running statistics stay as they are */
	double peak;         /* learning rate */
	double weight_decay; /* a step takes learning_rate * weight_decay of each weight */
	double ema_decay;    /* 0: no averaging */
};

/* Step 0..n_steps-1: linear warm-up, then half a cosine down to zero (Loshchilov, Hutter 2017). */
struct optimizer schedule_at(const struct schedule *schedule, uint64_t step);

/* Whether batch normalization keeps its running statistics in a step, and normalizes by them. */
bool schedule_freezes(const struct schedule *schedule, uint64_t step);

/* Updates all parameters of columns [begin, end) of a layer, in whole panels, from the deltas that
 * the batch left, and their running statistics. scratch: (end - begin) x (n_inputs + n_rows of the
 * batch) floats, aligned to 64 bytes. */
void optimizer_update(const struct optimizer *optimizer, const struct batch *batch, struct net *net,
		      size_t layer, size_t begin, size_t end, float *scratch);

#endif
