/*
 * backprop.c - forward and backward passes over a shard of a batch.
 */
#include "backprop.h"

#include "../base/simd.h"
#include "products.h"

#include <math.h>
#include <string.h>

/* The least probability that a loss is taken of, so that it stays finite. */
#define LEAST_PROBABILITY 1e-30F

/* ---------------------------------------------------------------- forward */

/* Means and biased variances of the columns of z. */
SIMD_CLONES
static void column_statistics(const float *restrict z, size_t n_rows, size_t n,
			      float *restrict mean, float *restrict variance)
{
	const float share = 1.0F / (float)n_rows;

	memset(mean, 0, n * sizeof(float));
	memset(variance, 0, n * sizeof(float));
	for (size_t r = 0; r < n_rows; r++)
		for (size_t i = 0; i < n; i++)
			mean[i] += z[r * n + i];
	for (size_t i = 0; i < n; i++)
		mean[i] *= share;
	for (size_t r = 0; r < n_rows; r++)
		for (size_t i = 0; i < n; i++) {
			const float d = z[r * n + i] - mean[i];

			variance[i] += d * d;
		}
	for (size_t i = 0; i < n; i++)
		variance[i] *= share;
}

/* normal = (z - mean) / sqrt(variance + epsilon);  z = scale * normal + bias. */
SIMD_CLONES
static void normalize(float *restrict z, float *restrict normal, size_t n_rows, size_t n,
		      const float *restrict mean, const float *restrict variance,
		      const float *restrict scale, const float *restrict bias)
{
	for (size_t r = 0; r < n_rows; r++)
		for (size_t i = 0; i < n; i++) {
			const float x = (z[r * n + i] - mean[i]) / sqrtf(variance[i] + NET_EPSILON);

			normal[r * n + i] = x;
			z[r * n + i] = scale[i] * x + bias[i];
		}
}

/* Multiplies each value by 0 with the probability of dropout, else by 1 / (1 - dropout). The same
 * key gives the same choice, so the backward pass needs no mask. */
SIMD_CLONES
static void drop(const float *from, float *to, size_t n, uint32_t key, double dropout)
{
	const uint32_t least = (uint32_t)(dropout * 0x1p32);
	const float factor = (float)(1 / (1 - dropout));

	for (size_t i = 0; i < n; i++)
		to[i] = random_hash32((uint32_t)i + key) < least ? 0.0F : from[i] * factor;
}

static uint32_t drop_key(const struct batch *batch, size_t layer, size_t shard)
{
	struct random random = random_stream(batch->seed, RANDOM_DROPOUT, batch->step,
					     layer * batch->n_shards + shard);

	return (uint32_t)random_next(&random);
}

static void forward_hidden(struct batch *batch, const struct net *net, size_t l, size_t shard)
{
	const struct net_layer *layer = &net->layers[l];
	struct batch_layer *values = &batch->layers[l];
	const size_t n = layer->width, rows = batch->shard_rows;
	const size_t at = shard * rows * n;
	float *z = values->output + at;

	if (layer->batch_norm) {
		float *mean = values->mean + shard * n;
		float *variance = values->variance + shard * n;

		if (batch->keeps_statistics) {
			memcpy(mean, net->stats + layer->stats, n * sizeof(*mean));
			memcpy(variance, net->stats + layer->stats + n, n * sizeof(*variance));
		} else {
			column_statistics(z, rows, n, mean, variance);
		}
		normalize(z, values->normal + at, rows, n, mean, variance,
			  net->parameters + layer->scale, net->parameters + layer->bias);
	}
	activation_apply(layer->activation, layer->alpha, layer->gamma, z, rows * n);
	if (values->dropped != values->output)
		drop(z, values->dropped + at, rows * n, drop_key(batch, l, shard), batch->dropout);
}

void batch_forward(struct batch *batch, const struct net *net, size_t shard)
{
	for (size_t l = 0; l < net->n_layers; l++) {
		product_forward(batch, net, l, shard);
		if (l + 1 < net->n_layers)
			forward_hidden(batch, net, l, shard);
	}
}

/* --------------------------------------------------------------- backward */

/*
 * Loss -log(sum of p over the target's classes), p = softmax(logits). Its gradient by the logits is
 * p - q, where q distributes the target's probability in proportion to p. Label smoothing mixes q
 * with the uniform distribution.
 */
static double loss_row(const struct target *target, const float *logits, float *delta, size_t n,
		       double smoothing, float row_share)
{
	const float factor = target->weight * row_share;
	float sum = 0;

	memcpy(delta, logits, n * sizeof(float));
	softmax_rows(delta, 1, n);
	for (uint32_t i = 0; i < target->n; i++)
		sum += delta[target->classes[i]];
	if (sum < LEAST_PROBABILITY)
		sum = LEAST_PROBABILITY;
	for (uint32_t i = 0; i < target->n; i++) {
		float *p = &delta[target->classes[i]];

		*p -= (float)(1 - smoothing) * *p / sum;
	}
	for (size_t i = 0; i < n; i++)
		delta[i] = (delta[i] - (float)(smoothing / (double)n)) * factor;
	return -log((double)sum) * (double)target->weight;
}

/* Raises each row of n probabilities to the power of 1 / temperature, normalized to sum 1: the
 * softmax of the logits divided by the temperature. */
static void temper(float *values, size_t n_rows, size_t n, double temperature)
{
	const float power = (float)(1 / temperature);

	for (size_t i = 0; i < n_rows * n; i++)
		values[i] =
			logf(values[i] > LEAST_PROBABILITY ? values[i] : LEAST_PROBABILITY) * power;
	softmax_rows(values, n_rows, n);
}

void batch_add_answers(const struct batch *batch, float *answers, float share, float *soft)
{
	const size_t n = batch->shard_rows * batch->n_outputs;

	temper(answers, batch->shard_rows, batch->n_outputs, batch->temperature);
	for (size_t i = 0; i < n; i++)
		soft[i] += share * answers[i];
}

/*
 * Mixes the teachers' output into delta, the gradient by the target (Hinton et al. 2015). The
 * teachers' loss is T^2 times the cross entropy of both at temperature T, its gradient T
 * (softmax(logits / T) - soft). scratch: (n).
 */
static void distil_row(const struct batch *batch, const struct target *target, const float *logits,
		       const float *soft, float *delta, float *scratch)
{
	const size_t n = batch->n_outputs;
	const float temperature = (float)batch->temperature;
	const float keep = (float)(1 - batch->teacher_share);
	const float factor =
		(float)batch->teacher_share * temperature * target->weight / (float)batch->n_rows;

	for (size_t i = 0; i < n; i++)
		scratch[i] = logits[i] / temperature;
	softmax_rows(scratch, 1, n);
	for (size_t i = 0; i < n; i++)
		delta[i] = keep * delta[i] + factor * (scratch[i] - soft[i]);
}

/* delta *= f'(z), computed from f(z) in output, for each activation f. */
SIMD_CLONES
static void activation_backward(const struct net_layer *layer, const float *restrict output,
				float *restrict delta, size_t n)
{
	const float alpha = layer->alpha, gamma = layer->gamma;

	switch (layer->activation) {
	case EMNIST_IDENTITY:
		break;
	case EMNIST_RELU:
		for (size_t i = 0; i < n; i++)
			delta[i] = output[i] > 0 ? delta[i] : 0;
		break;
	case EMNIST_ELU:
		for (size_t i = 0; i < n; i++)
			delta[i] *= output[i] > 0 ? 1 : output[i] + alpha;
		break;
	case EMNIST_LEAKY_RELU:
		for (size_t i = 0; i < n; i++)
			delta[i] *= output[i] > 0 ? 1 : alpha;
		break;
	case EMNIST_SELU:
		for (size_t i = 0; i < n; i++)
			delta[i] *= output[i] > 0 ? gamma : output[i] + gamma * alpha;
		break;
	case EMNIST_SIGMOID:
		for (size_t i = 0; i < n; i++)
			delta[i] *= output[i] * (1 - output[i]);
		break;
	case EMNIST_TANH:
		for (size_t i = 0; i < n; i++)
			delta[i] *= 1 - output[i] * output[i];
		break;
	}
}

/* d_bias = column sums of delta; d_scale = column sums of delta * normal. */
SIMD_CLONES
static void column_gradients(const float *restrict delta, const float *restrict normal,
			     size_t n_rows, size_t n, float *restrict d_scale,
			     float *restrict d_bias)
{
	memset(d_bias, 0, n * sizeof(float));
	for (size_t r = 0; r < n_rows; r++)
		for (size_t i = 0; i < n; i++)
			d_bias[i] += delta[r * n + i];
	if (!normal)
		return;
	memset(d_scale, 0, n * sizeof(float));
	for (size_t r = 0; r < n_rows; r++)
		for (size_t i = 0; i < n; i++)
			d_scale[i] += delta[r * n + i] * normal[r * n + i];
}

/* Converts the gradient by normalized and scaled values to that by z (Ioffe, Szegedy 2015). share:
 * a row's share in the statistics; 0 if they are constants. */
SIMD_CLONES
static void normalize_backward(float *restrict delta, const float *restrict normal, size_t n_rows,
			       size_t n, float share, const float *restrict scale,
			       const float *restrict variance, const float *restrict d_scale,
			       const float *restrict d_bias)
{
	for (size_t r = 0; r < n_rows; r++)
		for (size_t i = 0; i < n; i++) {
			const float centered = delta[r * n + i] - d_bias[i] * share -
					       normal[r * n + i] * d_scale[i] * share;

			delta[r * n + i] = scale[i] * centered / sqrtf(variance[i] + NET_EPSILON);
		}
}

static void backward_hidden(struct batch *batch, const struct net *net, size_t l, size_t shard)
{
	const struct net_layer *layer = &net->layers[l];
	struct batch_layer *values = &batch->layers[l];
	const size_t n = layer->width, rows = batch->shard_rows;
	const size_t at = shard * rows * n;
	float *delta = values->delta + at;
	float *d_bias = values->d_bias + shard * n;

	if (values->dropped != values->output)
		drop(delta, delta, rows * n, drop_key(batch, l, shard), batch->dropout);
	activation_backward(layer, values->output + at, delta, rows * n);
	if (!layer->batch_norm) {
		column_gradients(delta, NULL, rows, n, NULL, d_bias);
		return;
	}
	column_gradients(delta, values->normal + at, rows, n, values->d_scale + shard * n, d_bias);
	normalize_backward(delta, values->normal + at, rows, n,
			   batch->keeps_statistics ? 0 : 1.0F / (float)rows,
			   net->parameters + layer->scale, values->variance + shard * n,
			   values->d_scale + shard * n, d_bias);
}

static void backward_last(struct batch *batch, const struct net *net, size_t shard)
{
	const size_t last = net->n_layers - 1;
	const size_t n = net->layers[last].n_outputs, width = net->layers[last].width;
	const size_t rows = batch->shard_rows;
	struct batch_layer *values = &batch->layers[last];
	const float row_share = 1.0F / (float)batch->n_rows;

	batch->losses[shard] = 0;
	for (size_t r = shard * rows; r < (shard + 1) * rows; r++) {
		const float *logits = values->output + r * width;
		float *delta = values->delta + r * width;

		batch->losses[shard] += loss_row(batch->targets[r], logits, delta, n,
						 batch->label_smoothing, row_share);
		if (batch->soft)
			distil_row(batch, batch->targets[r], logits, batch->soft + r * n, delta,
				   batch->scratch + shard * n);
	}
	column_gradients(values->delta + shard * rows * width, NULL, rows, width, NULL,
			 values->d_bias + shard * width);
}

void batch_backward(struct batch *batch, const struct net *net, size_t shard)
{
	backward_last(batch, net, shard);
	for (size_t l = net->n_layers - 1; l > 0; l--) {
		product_backward(batch, net, l, shard);
		backward_hidden(batch, net, l - 1, shard);
	}
}
