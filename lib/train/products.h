/* products.h - the three matrix products of a layer in training, on the batch's engines. */
#ifndef TRAIN_PRODUCTS_H
#define TRAIN_PRODUCTS_H

#include "train_batch.h"

/* Multiplies layer l's inputs by its weights, for the rows of a shard, and builds its nonzero
 * masks. With batch normalization the bias is left to that. */
void product_forward(struct batch *batch, const struct net *net, size_t l, size_t shard);

/* Multiplies layer l's deltas by its weights, for the rows of a shard: the gradient with respect to
 * its inputs, stored as the deltas of the layer before. */
void product_backward(struct batch *batch, const struct net *net, size_t l, size_t shard);

/* The gradient of the batch's mean loss with respect to the weights of columns [begin, end) of
 * layer l, whole panels, once all shards have gone backward. gradient_ret: (n_inputs, end - begin);
 * scratch: (n_rows, end
 * - begin). Both aligned to 64 bytes. */
void product_gradient(const struct batch *batch, const struct net *net, size_t l, size_t begin,
		      size_t end, float *gradient_ret, float *scratch);

#endif
