/* backprop.h - forward and backward passes over a shard of a batch, and the resulting gradients. */
#ifndef TRAIN_BACKPROP_H
#define TRAIN_BACKPROP_H

#include "train_batch.h"

/* Adds share times one teacher's probabilities, raised to the batch's temperature, to soft,
 * (shard_rows, n_outputs). answers: the probabilities, of the same shape, overwritten. */
void batch_add_answers(const struct batch *batch, float *answers, float share, float *soft);

/* Computes outputs, losses and deltas from inputs and targets, for the rows of one shard. */
void batch_forward(struct batch *batch, const struct net *net, size_t shard);
void batch_backward(struct batch *batch, const struct net *net, size_t shard);

#endif
