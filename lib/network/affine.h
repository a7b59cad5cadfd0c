/*
 * affine.h - scaling and shifting of single values, taken into the layers before or after.
 *
 * What scales and shifts each value on its own (batch normalization, arithmetic with constants)
 * goes into the rows and the bias of a fully connected layer before it whose activation is yet
 * to come:
 *
 *	s (W x + b) + t  =  (diag(s) W) x + (s b + t)
 *
 * Elsewhere - on the input, or after an activation - it goes into the columns and the bias of the
 * next:
 *
 *	W (s x + t) + b  =  (W diag(s)) x + (W t + b)
 *
 * scale and shift are in double precision, so that however many of them are composed, the weights
 * are rounded once.
 */
#ifndef NETWORK_AFFINE_H
#define NETWORK_AFFINE_H

#include "model.h"

/* scale, shift: (n_outputs). */
void affine_into_rows(struct layer *layer, const double *scale, const double *shift);

/* scale, shift: (n_inputs). */
void affine_into_columns(struct layer *layer, const double *scale, const double *shift);

/*
 * Whether what comes first scales the n values of the input as only makes sense where they are
 * 0..255: Keras' Rescaling(1/255), or scikit-learn's StandardScaler of such pixels. Values in [0,1]
 * have no standard deviation above 1/2, nor a range above 1, so that scaling them to a deviation or
 * a range of 1 multiplies by 1 at the least.
 */
bool affine_takes_bytes(const double *scale, size_t n);

/* What a vector's value of 1 is where the input is 0..255. */
#define AFFINE_BYTE_MAX 255.0

#endif
