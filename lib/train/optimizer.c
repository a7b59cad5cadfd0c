/* optimizer.c - AdamW (Loshchilov, Hutter 2019) in PyTorch's form, with weight averaging. */
#include "optimizer.h"

#include "../base/simd.h"
#include "products.h"

#include <math.h>

/* Adam's own constants (Kingma, Ba 2015). */
#define BETA1   0.9F
#define BETA2   0.999F
#define EPSILON 1e-8F

/* PyTorch's default momentum of batch normalization is 0.1: for runs that average no weights. */
#define STATS_DECAY 0.9

bool schedule_freezes(const struct schedule *schedule, uint64_t step)
{
	return step >= schedule->n_steps - schedule->n_frozen;
}

struct optimizer schedule_at(const struct schedule *schedule, uint64_t step)
{
	const double n = (double)step + 1;
	/* The average forgets the start quickly: TensorFlow's ExponentialMovingAverage. */
	const double decay = fmin(schedule->ema_decay, n / (n + 9));
	struct optimizer optimizer = {
		.weight_decay = (float)schedule->weight_decay,
		.average_decay = (float)decay,
		.stats_decay = (float)(schedule->ema_decay > 0 ? decay : STATS_DECAY),
		.correct_mean = (float)(1 / (1 - pow((double)BETA1, n))),
		.correct_squares = (float)(1 / sqrt(1 - pow((double)BETA2, n))),
	};

	if (step < schedule->n_warmup) {
		optimizer.learning_rate = (float)(schedule->peak * n / (double)schedule->n_warmup);
	} else {
		const double t = (double)(step - schedule->n_warmup) /
				 (double)(schedule->n_steps - schedule->n_warmup);

		optimizer.learning_rate = (float)(schedule->peak * (1 + cos(M_PI * t)) / 2);
	}
	if (schedule_freezes(schedule, step))
		optimizer.stats_decay = 1;
	return optimizer;
}

/* Updates n_lines lines of PANEL_COLUMNS parameters from offset on, with gradients in lines stride
 * apart; decay: for weights, not for biases and scales. */
SIMD_CLONES
static void adamw(const struct optimizer *optimizer, struct net *net, size_t offset,
		  const float *restrict gradients, size_t stride, size_t n_lines, bool decay)
{
	const float rate = optimizer->learning_rate;
	const float keep = decay ? 1 - rate * optimizer->weight_decay : 1;
	const float step = rate * optimizer->correct_mean;
	const float correct = optimizer->correct_squares;
	const float old = optimizer->average_decay;

	for (size_t line = 0; line < n_lines; line++) {
		const float *restrict gradient = gradients + line * stride;
		float *restrict parameters = net->parameters + offset + line * PANEL_COLUMNS;
		float *restrict momentum = net->momentum + offset + line * PANEL_COLUMNS;
		float *restrict velocity = net->velocity + offset + line * PANEL_COLUMNS;
		float *restrict average = net->average + offset + line * PANEL_COLUMNS;

		for (size_t i = 0; i < PANEL_COLUMNS; i++) {
			const float g = gradient[i];
			const float m = BETA1 * momentum[i] + (1 - BETA1) * g;
			const float v = BETA2 * velocity[i] + (1 - BETA2) * g * g;
			const float p =
				parameters[i] * keep - step * m / (sqrtf(v) * correct + EPSILON);

			momentum[i] = m;
			velocity[i] = v;
			parameters[i] = p;
			average[i] = old * average[i] + (1 - old) * p;
		}
	}
}

/* Running means, and variances as estimated for all images (hence rows / (rows - 1)). */
static void update_stats(const struct optimizer *optimizer, const struct batch *batch,
			 struct net *net, size_t l, size_t begin, size_t end, float *scratch)
{
	const struct net_layer *layer = &net->layers[l];
	const struct batch_layer *values = &batch->layers[l];
	const float share = 1.0F / (float)batch->n_shards;
	const float rows = (float)batch->shard_rows;
	const float old = optimizer->stats_decay;
	float *mean = net->stats + layer->stats;
	float *variance = mean + layer->width;

	batch_sum_shards(batch, values->mean, layer->width, begin, end, share, scratch);
	for (size_t i = begin; i < end; i++)
		mean[i] = old * mean[i] + (1 - old) * scratch[i - begin];
	batch_sum_shards(batch, values->variance, layer->width, begin, end,
			 share * rows / (rows - 1), scratch);
	for (size_t i = begin; i < end; i++)
		variance[i] = old * variance[i] + (1 - old) * scratch[i - begin];
}

void optimizer_update(const struct optimizer *optimizer, const struct batch *batch, struct net *net,
		      size_t l, size_t begin, size_t end, float *scratch)
{
	const struct net_layer *layer = &net->layers[l];
	const struct batch_layer *values = &batch->layers[l];
	const size_t n = end - begin, n_lines = n / PANEL_COLUMNS;

	product_gradient(batch, net, l, begin, end, scratch, scratch + n * layer->n_inputs);
	for (size_t i = 0; i < n; i += PANEL_COLUMNS)
		adamw(optimizer, net, net_weight(layer, begin + i, 0), scratch + i, n,
		      layer->n_inputs, true);
	batch_sum_shards(batch, values->d_bias, layer->width, begin, end, 1, scratch);
	adamw(optimizer, net, layer->bias + begin, scratch, PANEL_COLUMNS, n_lines, false);
	if (!layer->batch_norm)
		return;
	batch_sum_shards(batch, values->d_scale, layer->width, begin, end, 1, scratch);
	adamw(optimizer, net, layer->scale + begin, scratch, PANEL_COLUMNS, n_lines, false);
	update_stats(optimizer, batch, net, l, begin, end, scratch);
}
