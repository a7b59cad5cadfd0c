/* normalize_flatten.c - subtracts the paper, even in uneven light. */
#include "../base/simd.h"
#include "normalize.h"
#include "normalize_light.h"

#include <math.h>

/* Light that varies over the page by less, of 255, is even. */
#define MIN_LIGHT_RANGE 8.0f

/* Nearer to the light than the first is paper; farther than the second is not. */
#define MIN_REACH 10.0f
#define MAX_REACH 40.0f

/* The most noise per difference of neighbors, which JPEG and lenses make similar. */
#define ROUGHNESS_SIGMAS 2.0f

/* Of the difference of two values to either. */
#define ROOT_HALF 0.70710678f

/* Fits of a surface on top of the samples; four or five are usual until it rests. */
#define MAX_PASSES 8

/* Samples above the light weigh 1, those below it `below`. Returns how many weights that changes.
 */
SIMD_CLONES
static size_t weigh(struct light_samples *samples, const struct light *light, float below)
{
	float tops[LIGHT_MAX_SAMPLES];
	uint32_t n_changed = 0;

	light_at_samples(light, samples, tops);
	for (size_t i = 0; i < samples->n; i++) {
		const float weight = samples->value[i] > tops[i] ? 1 : below;

		n_changed += weight != samples->weight[i];
		samples->weight[i] = weight;
	}
	return n_changed;
}

/* Fits a surface to the top of most samples: those above weigh twenty times those below, which may
 * be ink. */
static struct light fit_upper(struct light_samples *samples)
{
	struct light light = light_even(255);
	size_t n_changed = samples->n;

	for (int pass = 0; pass < MAX_PASSES && n_changed > 0; pass++) {
		light.least = 0;
		light.most = 255;
		if (!light_fit(&light, samples))
			return light_even(255);
		n_changed = weigh(samples, &light, 0.05f);
	}
	return light;
}

/* Moves the samples near the light to the front, and drops the others. At least half of all are
 * paper, so the median distance defines "near". */
static void select_paper(struct light_samples *samples, const struct light *light)
{
	float residuals[LIGHT_MAX_SAMPLES], sorted[LIGHT_MAX_SAMPLES], reach;
	size_t n = 0;

	light_residuals(light, samples, residuals);
	memcpy(sorted, residuals, samples->n * sizeof(*residuals));
	reach = 3 * LIGHT_SIGMA_OF_MEDIAN * light_select(sorted, samples->n, samples->n / 2);
	reach = fmaxf(MIN_REACH, fminf(reach, MAX_REACH));
	for (size_t i = 0; i < samples->n; i++) {
		samples->x[n] = samples->x[i];
		samples->y[n] = samples->y[i];
		samples->value[n] = samples->value[i];
		samples->weight[n] = 1;
		n += residuals[i] <= reach;
	}
	samples->n = n;
}

/* Limits the light to the range of the values it was fitted to. */
static void set_range(struct light *light, const float *values, size_t n)
{
	light->least = light->most = values[0];
	for (size_t i = 1; i < n; i++) {
		light->least = values[i] < light->least ? values[i] : light->least;
		light->most = values[i] > light->most ? values[i] : light->most;
	}
}

/* The light on the paper, robust against the ink, and the noise of the paper as a standard
 * deviation. */
static struct light estimate_light(const float *paper, size_t width, size_t height,
				   float *noise_ret)
{
	struct light_samples samples;
	float values[LIGHT_MAX_SAMPLES], middle, low, high;
	struct light light;
	size_t n;

	*noise_ret = 0;
	light_sample(paper, width, height, &samples);
	light = fit_upper(&samples);
	select_paper(&samples, &light);
	n = samples.n;
	if (n == 0)
		return light_even(255);
	memcpy(values, samples.value, n * sizeof(*values));
	middle = light_select(values, n, n / 2);
	low = light_select(values, n, n * 5 / 100);
	high = light_select(values, n, n * 95 / 100);
	set_range(&light, values, n);
	if (high - low < MIN_LIGHT_RANGE || !light_fit(&light, &samples))
		light = light_even(middle);
	light_residuals(&light, &samples, values);
	*noise_ret = LIGHT_SIGMA_OF_MEDIAN * light_select(values, n, n / 2);
	return light;
}

/* ink = how much darker each pixel is than the light; negative if brighter. */
SIMD_CLONES
static void subtract_paper(const struct light *light, const float *paper, float *ink, size_t width,
			   size_t height)
{
	float row[WORK_SIDE];

	for (size_t y = 0; y < height; y++) {
		light_on_row(light, light_place(y, height), row, width);
		for (size_t x = 0; x < width; x++)
			ink[y * width + x] = row[x] - paper[y * width + x];
	}
}

/* The paper's noise after shadows are subtracted: from pixels not darker than expected, since these
 * are not ink. */
static float measure_noise(const float *ink, size_t width, size_t height)
{
	struct light_samples samples;
	float brighter[LIGHT_MAX_SAMPLES];
	size_t n_brighter = 0;

	light_sample(ink, width, height, &samples);
	for (size_t i = 0; i < samples.n; i++)
		if (samples.value[i] <= 0)
			brighter[n_brighter++] = -samples.value[i];
	return n_brighter
		       ? LIGHT_SIGMA_OF_MEDIAN * light_select(brighter, n_brighter, n_brighter / 2)
		       : 0;
}

/* The standard deviation of noise from differences of neighbors. In a tight crop, where much of the
 * ink is taken for paper of another brightness, only this distinguishes noise from ink. */
static float measure_roughness(const float *ink, size_t width, size_t height)
{
	float differences[LIGHT_MAX_SAMPLES];
	const size_t step = 1 + width * height / LIGHT_MAX_SAMPLES;
	size_t n = 0;

	for (size_t i = 0; i + 1 < width * height && n < LIGHT_MAX_SAMPLES; i += step)
		differences[n++] = fabsf(ink[i + 1] - ink[i]);
	return n ? LIGHT_SIGMA_OF_MEDIAN * ROOT_HALF * light_select(differences, n, n / 2) : 0;
}

/* Shade is negative where the paper is brighter than the light, so ink may exceed black. */
SIMD_CLONES
static void hold(float *ink, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const float value = ink[i] > 0 ? ink[i] : 0;

		ink[i] = value < 255 ? value : 255;
	}
}

float normalize_flatten(const float *paper, float *ink, size_t width, size_t height)
{
	float noise;
	const struct light light = estimate_light(paper, width, height, &noise);

	subtract_paper(&light, paper, ink, width, height);
	if (normalize_subtract_shade(ink, width, height))
		noise = measure_noise(ink, width, height);
	else
		noise = fminf(noise, ROUGHNESS_SIGMAS * measure_roughness(ink, width, height));
	hold(ink, width * height);
	return noise;
}
