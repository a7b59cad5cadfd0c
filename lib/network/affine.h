/*
 * affine.h - folds scaling and shifting of single values into the layer before or after.
 *
 * Batch normalization and arithmetic with constants scale and shift each value on its own. After a
 * fully connected layer, and before its activation, they go into the layer's rows and bias:
 *
 *	s (W x + b) + t  =  (diag(s) W) x + (s b + t)
 *
 * Elsewhere - on the input, or after an activation - they go into the columns and the bias of the
 * next layer:
 *
 *	W (s x + t) + b  =  (W diag(s)) x + (W t + b)
 *
 * scale and shift are doubles: weights are rounded once, however many scalings are composed.
 */
#ifndef NETWORK_AFFINE_H
#define NETWORK_AFFINE_H

#include "model.h"

/* scale, shift: (n_outputs). */
void affine_into_rows(struct layer *layer, const double *scale, const double *shift);

/* scale, shift: (n_inputs). */
void affine_into_columns(struct layer *layer, const double *scale, const double *shift);

/*
 * Whether this scaling of the n input values only makes sense for inputs of 0..255: Keras'
 * Rescaling(1/255), or scikit-learn's StandardScaler of such pixels. Values in [0,1] have a
 * standard deviation of at most 1/2 and a range of at most 1, so a scaler multiplies them by at
 * least 1.
 */
bool affine_takes_bytes(const double *scale, size_t n);

/* What 1 stands for in a model that takes 0..255. */
#define AFFINE_BYTE_MAX 255.0

#endif
