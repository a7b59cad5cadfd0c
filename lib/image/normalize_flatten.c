/*
 * normalize_flatten.c - subtracting the paper, also where light falls unevenly.
 */
#include "normalize.h"

#include <math.h>

/* Paper is sampled at no more than this many points a side. */
#define SAMPLE_SIDE 24
#define MAX_SAMPLES (SAMPLE_SIDE * SAMPLE_SIDE)

/* Light that varies over the page by less, of 255, is even. */
#define MIN_LIGHT_RANGE 8.0f

/* Brightness over the page as a polynomial: c0 + c1 x + c2 y + c3 x^2 + c4 x y + c5 y^2 with x and
 * y in [-1,1]; held within the range of what it was fitted to. */
#define N_TERMS 6
struct light {
	double c[N_TERMS];
	float least;
	float most;
};

struct sample {
	float x, y, value;
	float weight;
};

static void light_terms(double x, double y, double terms[N_TERMS])
{
	terms[0] = 1;
	terms[1] = x;
	terms[2] = y;
	terms[3] = x * x;
	terms[4] = x * y;
	terms[5] = y * y;
}

static float light_at(const struct light *light, double x, double y)
{
	double terms[N_TERMS], value = 0;

	light_terms(x, y, terms);
	for (int i = 0; i < N_TERMS; i++)
		value += light->c[i] * terms[i];
	if (value < light->least)
		return light->least;
	return value > light->most ? light->most : (float)value;
}

/* Solves the symmetric a c = b by Cholesky's factors; false where a has no definite ones. */
static bool solve(double a[N_TERMS][N_TERMS], const double b[N_TERMS], double c[N_TERMS])
{
	for (int i = 0; i < N_TERMS; i++)
		for (int j = 0; j <= i; j++) {
			double sum = a[i][j];

			for (int k = 0; k < j; k++)
				sum -= a[i][k] * a[j][k];
			if (i == j && !(sum > 1e-9))
				return false;
			a[i][j] = i == j ? sqrt(sum) : sum / a[j][j];
		}
	for (int i = 0; i < N_TERMS; i++) {
		c[i] = b[i];
		for (int k = 0; k < i; k++)
			c[i] -= a[i][k] * c[k];
		c[i] /= a[i][i];
	}
	for (int i = N_TERMS - 1; i >= 0; i--) {
		for (int k = i + 1; k < N_TERMS; k++)
			c[i] -= a[k][i] * c[k];
		c[i] /= a[i][i];
	}
	return true;
}

/* Fits light to the weighted samples; false where they do not determine it. */
static bool fit_light(const struct sample *samples, size_t n, struct light *light)
{
	double a[N_TERMS][N_TERMS] = {{0}}, b[N_TERMS] = {0}, total = 0;

	for (size_t s = 0; s < n; s++) {
		double terms[N_TERMS];

		light_terms(samples[s].x, samples[s].y, terms);
		for (int i = 0; i < N_TERMS; i++) {
			const double weighted = samples[s].weight * terms[i];

			b[i] += weighted * samples[s].value;
			for (int j = 0; j <= i; j++)
				a[i][j] += weighted * terms[j];
		}
		total += samples[s].weight;
	}
	for (int i = 0; i < N_TERMS; i++)
		a[i][i] += 1e-6 * total; /* a page that is one pixel wide has no x */
	return solve(a, b, light->c);
}

static size_t take_samples(const float *values, size_t width, size_t height,
			   struct sample samples[MAX_SAMPLES])
{
	const size_t nx = width < SAMPLE_SIDE ? width : SAMPLE_SIDE;
	const size_t ny = height < SAMPLE_SIDE ? height : SAMPLE_SIDE;
	size_t n = 0;

	for (size_t j = 0; j < ny; j++)
		for (size_t i = 0; i < nx; i++) {
			/* The outermost samples lie on the border, where paper is likeliest. */
			const size_t x = nx > 1 ? i * (width - 1) / (nx - 1) : 0;
			const size_t y = ny > 1 ? j * (height - 1) / (ny - 1) : 0;

			samples[n++] = (struct sample){
				.x = width > 1 ? 2 * (float)x / (float)(width - 1) - 1 : 0,
				.y = height > 1 ? 2 * (float)y / (float)(height - 1) - 1 : 0,
				.value = values[y * width + x],
				.weight = 1,
			};
		}
	return n;
}

static int compare_floats(const void *a, const void *b)
{
	const float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* n > 0; reorders the values. */
static float median(float *values, size_t n)
{
	qsort(values, n, sizeof(*values), compare_floats);
	return values[n / 2];
}

/* An even light of the given brightness. */
static struct light even_light(float value)
{
	return (struct light){.c = {value}, .least = value, .most = value};
}

/* The standard deviation of a normal distribution, of the median of its absolute values. */
#define SIGMA_OF_MEDIAN 1.4826f

/* How far below the light a sample is, or above. */
static void measure_residuals(const struct sample *samples, size_t n, const struct light *light,
			      float *residuals)
{
	for (size_t i = 0; i < n; i++)
		residuals[i] =
			fabsf(samples[i].value - light_at(light, samples[i].x, samples[i].y));
}

/* Fits a surface that lies on top of most samples: what is above it weighs twenty times what is
 * below, which is ink as often as paper. */
static struct light fit_upper(struct sample *samples, size_t n)
{
	static const float below_weight = 0.05f;
	struct light light = even_light(255);

	for (int pass = 0; pass < 8; pass++) {
		light.least = 0;
		light.most = 255;
		if (!fit_light(samples, n, &light))
			return even_light(255);
		for (size_t i = 0; i < n; i++) {
			const float top = light_at(&light, samples[i].x, samples[i].y);

			samples[i].weight = samples[i].value > top ? 1 : below_weight;
		}
	}
	return light;
}

/* Moves the samples that are near the light to the front. Half of all or more are paper, so the
 * median distance tells what near is. */
static size_t select_paper(struct sample *samples, size_t n, const struct light *light)
{
	float residuals[MAX_SAMPLES], sorted[MAX_SAMPLES], reach;
	size_t n_paper = 0;

	measure_residuals(samples, n, light, residuals);
	memcpy(sorted, residuals, n * sizeof(*residuals));
	reach = 3 * SIGMA_OF_MEDIAN * median(sorted, n);
	reach = fmaxf(NORMALIZE_MIN_CONTRAST / 2, fminf(reach, 2 * NORMALIZE_MIN_CONTRAST));
	for (size_t i = 0; i < n; i++)
		if (residuals[i] <= reach) {
			samples[n_paper] = samples[i];
			samples[n_paper++].weight = 1;
		}
	return n_paper;
}

/* The light on the paper, robust against the ink, and the noise of the paper as a standard
 * deviation. */
static struct light estimate_light(const float *paper, size_t width, size_t height,
				   float *noise_ret)
{
	struct sample samples[MAX_SAMPLES];
	float values[MAX_SAMPLES], middle;
	size_t n = take_samples(paper, width, height, samples);
	struct light light = fit_upper(samples, n);

	*noise_ret = 0;
	n = select_paper(samples, n, &light);
	if (n == 0)
		return even_light(255);
	for (size_t i = 0; i < n; i++)
		values[i] = samples[i].value;
	middle = median(values, n);
	light.least = values[0];
	light.most = values[n - 1];
	if (values[n * 95 / 100] - values[n * 5 / 100] < MIN_LIGHT_RANGE ||
	    !fit_light(samples, n, &light))
		light = even_light(middle);
	measure_residuals(samples, n, &light, values);
	*noise_ret = SIGMA_OF_MEDIAN * median(values, n);
	return light;
}

/* ink = how much darker than the light each pixel is; negative where it is brighter. */
static void subtract_paper(const struct light *light, const float *paper, float *ink, size_t width,
			   size_t height)
{
	const bool even = light->least == light->most;

	for (size_t y = 0; y < height; y++) {
		const double v = height > 1 ? 2 * (double)y / (double)(height - 1) - 1 : 0;

		for (size_t x = 0; x < width; x++) {
			const double u = width > 1 ? 2 * (double)x / (double)(width - 1) - 1 : 0;
			const float bright = even ? light->least : light_at(light, u, v);

			ink[y * width + x] = bright - paper[y * width + x];
		}
	}
}

/* The noise of the paper where shadows were subtracted: of what is brighter than expected, which no
 * ink is. */
static float measure_noise(const float *ink, size_t width, size_t height)
{
	struct sample samples[MAX_SAMPLES];
	float brighter[MAX_SAMPLES];
	const size_t n = take_samples(ink, width, height, samples);
	size_t n_brighter = 0;

	for (size_t i = 0; i < n; i++)
		if (samples[i].value < 0)
			brighter[n_brighter++] = -samples[i].value;
	return n_brighter ? SIGMA_OF_MEDIAN * median(brighter, n_brighter) : 0;
}

float normalize_flatten(const float *paper, float *ink, size_t width, size_t height)
{
	float noise;
	const struct light light = estimate_light(paper, width, height, &noise);

	subtract_paper(&light, paper, ink, width, height);
	if (normalize_subtract_shade(ink, width, height))
		noise = measure_noise(ink, width, height);
	/* Shade is negative where the paper is brighter than the light, so ink may exceed black. */
	for (size_t i = 0; i < width * height; i++)
		ink[i] = fminf(fmaxf(ink[i], 0), 255);
	return noise;
}
