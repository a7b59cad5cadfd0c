/* affine.c - folds scaling and shifting of single values into layers. */
#include "affine.h"

#include <math.h>

void affine_into_rows(struct layer *layer, const double *scale, const double *shift)
{
	for (size_t i = 0; i < layer->n_outputs; i++) {
		float *row = layer_weights(layer) + i * layer->n_inputs;

		for (size_t j = 0; j < layer->n_inputs; j++)
			row[j] = (float)(scale[i] * (double)row[j]);
		layer->bias[i] = (float)(scale[i] * (double)layer->bias[i] + shift[i]);
	}
}

void affine_into_columns(struct layer *layer, const double *scale, const double *shift)
{
	for (size_t i = 0; i < layer->n_outputs; i++) {
		float *row = layer_weights(layer) + i * layer->n_inputs;
		double sum = (double)layer->bias[i];

		for (size_t j = 0; j < layer->n_inputs; j++) {
			sum += (double)row[j] * shift[j];
			row[j] = (float)((double)row[j] * scale[j]);
		}
		layer->bias[i] = (float)sum;
	}
}

/* Far from both 1/50, for a standard deviation of 50 levels, and 1. */
#define BYTES_SCALE (1.0 / 16)

bool affine_takes_bytes(const double *scale, size_t n)
{
	size_t n_small = 0, n_told = 0;

	/* A constant pixel carries no information: scalers leave it as it is. */
	for (size_t i = 0; i < n; i++) {
		const double magnitude = fabs(scale[i]);

		if (magnitude == 0 || magnitude == 1)
			continue;
		n_told++;
		n_small += magnitude < BYTES_SCALE;
	}
	return n_small > n_told / 2;
}
