/*
 * products.h - the three matrix products of a layer that learns, on the batch's engines.
 */
#ifndef TRAIN_PRODUCTS_H
#define TRAIN_PRODUCTS_H

#include "train_batch.h"

/* Multiplies what goes into layer l by its weights, for the rows of a shard, and takes its nonzero
 * masks. With batch normalization the bias is left to that. */
void product_forward(struct batch *batch, const struct net *net, size_t l, size_t shard);

/* Multiplies the deltas of layer l by its weights, for the rows of a shard: the gradient by what
 * went into it, left as the deltas of the layer before. */
void product_backward(struct batch *batch, const struct net *net, size_t l, size_t shard);

/* The gradient of the mean loss of the batch by the weights of columns [begin, end) of layer l, in
 * whole panels, after all shards went backward. gradient_ret: (n_inputs, end - begin); scratch:
 * (n_rows, end - begin). Both aligned to 64 bytes. */
void product_gradient(const struct batch *batch, const struct net *net, size_t l, size_t begin,
		      size_t end, float *gradient_ret, float *scratch);

#endif
