/*
 * negligible.c - zeroes weights that cannot matter.
 *
 * Weight decay drives unused weights toward zero, finally below the smallest normal float. Some
 * processors, Intel's among them, take a hundred times longer for products with such subnormal
 * numbers: one dead unit out of 512 can take most of a network's time.
 *
 * Interval arithmetic bounds what a weight can change. Going forward, the reach of a value is its
 * largest magnitude for inputs in [0,1]. Going backward, the gain of a sum is how far an output
 * moves at most per unit that the sum moves. A weight moves no output by more than its magnitude
 * times the reach of its input times the gain of its sum. A unit without effect on the output has a
 * gain near zero. So its bias is zeroed along with its weights, and it is skipped like any other
 * zero.
 */
#include "model.h"

#include "../base/memory.h"
#include "../base/simd.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* A weight that moves every output by less is zeroed. Even 2^24 such weights move no output by more
 * than 2^-40; the last bit of 1 is 2^-23. In an ordinary network the weights kept are far above the
 * smallest normal float, 2^-126. So are their products with pixels, which are 0 or at least
 * 1/255. */
#define NEGLIGIBLE 0x1p-64

struct bounds {
	double *reach; /* of the model's inputs, then of each layer's outputs */
	double *gain;  /* of each layer's sums, at the same index as the reach of its outputs */
};

/* The steepest slope of an activation. */
static double steepness(const struct layer *layer)
{
	const double alpha = fmax(1, fabs((double)layer->alpha));

	switch (layer->activation) {
	case EMNIST_ELU:
	case EMNIST_LEAKY_RELU:
		return alpha;
	case EMNIST_SELU:
		return alpha * fabs((double)layer->gamma);
	case EMNIST_SIGMOID:
		return 0.25;
	case EMNIST_IDENTITY:
	case EMNIST_RELU:
	case EMNIST_TANH:
		break;
	}
	return 1;
}

static void find_reach(const struct layer *layer, const double *inputs, double *outputs_ret)
{
	const double at_zero = layer->activation == EMNIST_SIGMOID ? 0.5 : 0;

	for (size_t o = 0; o < layer->n_outputs; o++) {
		const unaligned_float *weights = layer->weights + o * layer->n_inputs;
		double sum = fabs((double)layer->bias[o]);

		for (size_t i = 0; i < layer->n_inputs; i++)
			sum += fabs((double)weights[i]) * inputs[i];
		outputs_ret[o] = at_zero + steepness(layer) * sum;
	}
}

/* From the gain of a layer's sums to that of its inputs, times `factor`. */
static void find_gain(const struct layer *layer, const double *sums, double factor,
		      double *inputs_ret)
{
	memset(inputs_ret, 0, layer->n_inputs * sizeof(*inputs_ret));
	for (size_t o = 0; o < layer->n_outputs; o++)
		for (size_t i = 0; i < layer->n_inputs; i++)
			inputs_ret[i] += factor * sums[o] *
					 fabs((double)layer->weights[o * layer->n_inputs + i]);
}

static void find_bounds(const struct emnist_model *model, struct bounds bounds)
{
	const struct layer *layer = model->layers;
	const struct layer *last = layer + model->n_layers - 1;
	double *reach = bounds.reach, *gain = bounds.gain;

	for (size_t i = 0; i < layer->n_inputs; i++)
		reach[i] = 1;
	for (; layer <= last; layer++) {
		find_reach(layer, reach, reach + layer->n_inputs);
		reach += layer->n_inputs;
		gain += layer->n_inputs;
	}
	/* For logits absolute differences matter, for other outputs relative ones. */
	for (size_t o = 0; o < last->n_outputs; o++)
		gain[o] = steepness(last) / (model->softmax ? 1 : reach[o]);
	for (layer = last; layer > model->layers; layer--) {
		find_gain(layer, gain, steepness(layer - 1), gain - layer->n_inputs);
		gain -= layer->n_inputs;
	}
}

/* Bounds that overflow are infinite or NaN. Then only subnormal weights are negligible, which count
 * as zero wherever the network runs (base/float_mode.h). */
static bool is_negligible(float value, double reach, double gain)
{
	const double magnitude = fabs((double)value);

	return magnitude > 0 &&
	       (magnitude < (double)FLT_MIN || magnitude * reach * gain < NEGLIGIBLE);
}

static bool zero_layer(struct layer *layer, const double *reach, const double *gain)
{
	for (size_t o = 0; o < layer->n_outputs; o++) {
		if (is_negligible(layer->bias[o], 1, gain[o]))
			layer->bias[o] = 0;
		for (size_t i = 0; i < layer->n_inputs; i++) {
			const size_t at = o * layer->n_inputs + i;

			if (!is_negligible(layer->weights[at], reach[i], gain[o]))
				continue;
			if (!layer_own_weights(layer))
				return false;
			layer->weights[at] = 0;
		}
	}
	return true;
}

/* Looks at all bits without leaving the loop early, so that it vectorizes. */
SIMD_CLONES
static bool any_tiny(const unaligned_float *values, size_t n)
{
	uint32_t any = 0;

	for (size_t i = 0; i < n; i++) {
		const float magnitude = fabsf(values[i]);

		any |= (magnitude > 0) & (magnitude < (float)NEGLIGIBLE);
	}
	return any;
}

static bool has_tiny(const struct emnist_model *model)
{
	for (size_t l = 0; l < model->n_layers; l++) {
		const struct layer *layer = &model->layers[l];

		if (any_tiny(layer->weights, (size_t)layer->n_inputs * layer->n_outputs) ||
		    any_tiny(layer->bias, layer->n_outputs))
			return true;
	}
	return false;
}

bool model_zero_negligible(struct emnist_model *model)
{
	size_t n = model->layers[0].n_inputs;
	struct bounds bounds;
	double *reach, *gain;
	bool done = true;

	if (!has_tiny(model))
		return true;
	for (size_t l = 0; l < model->n_layers; l++)
		n += model->layers[l].n_outputs;
	bounds.reach = reach = alloc_array(n, sizeof(*reach));
	/* Inputs have no gain; one layout serves both arrays. */
	bounds.gain = gain = alloc_array(n, sizeof(*gain));
	done = reach && gain;
	if (done)
		find_bounds(model, bounds);
	for (size_t l = 0; done && l < model->n_layers; l++) {
		gain += model->layers[l].n_inputs;
		done = zero_layer(&model->layers[l], reach, gain);
		reach += model->layers[l].n_inputs;
	}
	free(bounds.reach);
	free(bounds.gain);
	return done;
}
