/*
 * normalize_light.c - fitting a smooth surface to brightness.
 *
 * The sums that least squares asks for are moments of x and y, each of which stands in several
 * places of the matrix: a sample is multiplied out once.
 */
#include "normalize_light.h"

#include <math.h>

#define N_TERMS LIGHT_N_TERMS

size_t light_sample(const float *values, size_t width, size_t height,
		    struct light_sample samples[LIGHT_MAX_SAMPLES])
{
	const size_t nx = width < LIGHT_SAMPLE_SIDE ? width : LIGHT_SAMPLE_SIDE;
	const size_t ny = height < LIGHT_SAMPLE_SIDE ? height : LIGHT_SAMPLE_SIDE;
	size_t n = 0;

	for (size_t j = 0; j < ny; j++)
		for (size_t i = 0; i < nx; i++) {
			/* The outermost samples lie on the border, where paper is likeliest. */
			const size_t x = nx > 1 ? i * (width - 1) / (nx - 1) : 0;
			const size_t y = ny > 1 ? j * (height - 1) / (ny - 1) : 0;

			samples[n++] = light_sample_at(values, width, height, x, y);
		}
	return n;
}

struct light light_even(float value)
{
	return (struct light){.c = {value}, .least = value, .most = value};
}

static float held(const struct light *light, float value)
{
	value = value > light->least ? value : light->least;
	return value < light->most ? value : light->most;
}

float light_at(const struct light *light, float x, float y)
{
	const float *c = light->c;

	return held(light, c[0] + c[2] * y + c[5] * y * y + (c[1] + c[4] * y + c[3] * x) * x);
}

void light_on_row(const struct light *light, float y, float *row, size_t n)
{
	const float *c = light->c;
	const float constant = c[0] + c[2] * y + c[5] * y * y, linear = c[1] + c[4] * y;
	const float step = n > 1 ? 2 / (float)(n - 1) : 0, first = n > 1 ? -1 : 0;

	for (size_t i = 0; i < n; i++) {
		const float x = first + step * (float)(int)i;

		row[i] = held(light, constant + (linear + c[3] * x) * x);
	}
}

void light_residuals(const struct light *light, const struct light_sample *samples, size_t n,
		     float *residuals)
{
	for (size_t i = 0; i < n; i++)
		residuals[i] =
			fabsf(samples[i].value - light_at(light, samples[i].x, samples[i].y));
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

/* The powers of x and y in the terms. */
static const unsigned char powers[N_TERMS][2] = {{0, 0}, {1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}};

bool light_fit(struct light *light, const struct light_sample *samples, size_t n)
{
	double moments[5][5] = {{0}}; /* of x^p y^q, p + q <= 4 */
	double values[3][3] = {{0}};  /* times the value, p + q <= 2 */
	double a[N_TERMS][N_TERMS], b[N_TERMS], c[N_TERMS];

	for (size_t s = 0; s < n; s++) {
		const double x = samples[s].x, y = samples[s].y;
		double along = samples[s].weight;

		for (int p = 0; p < 5; p++, along *= x) {
			double product = along;

			for (int q = 0; p + q < 5; q++, product *= y) {
				moments[p][q] += product;
				if (p + q < 3)
					values[p][q] += product * samples[s].value;
			}
		}
	}
	for (int i = 0; i < N_TERMS; i++) {
		for (int j = 0; j <= i; j++)
			a[i][j] = moments[powers[i][0] + powers[j][0]][powers[i][1] + powers[j][1]];
		a[i][i] += 1e-6 * moments[0][0]; /* a page that is one pixel wide has no x */
		b[i] = values[powers[i][0]][powers[i][1]];
	}
	if (!solve(a, b, c))
		return false;
	for (int i = 0; i < N_TERMS; i++)
		light->c[i] = (float)c[i];
	return true;
}

/* Hoare's selection: what is smaller than the value at k goes to the left, what is larger to the
 * right, until nothing is on the wrong side of k. */
float light_select(float *values, size_t n, size_t k_)
{
	const ptrdiff_t k = (ptrdiff_t)k_;
	ptrdiff_t first = 0, last = (ptrdiff_t)n - 1;

	while (first < last) {
		const float pivot = values[k];
		ptrdiff_t i = first, j = last;

		do {
			while (values[i] < pivot)
				i++;
			while (pivot < values[j])
				j--;
			if (i <= j) {
				const float value = values[i];

				values[i++] = values[j];
				values[j--] = value;
			}
		} while (i <= j);
		if (j < k)
			first = i;
		if (k < i)
			last = j;
	}
	return values[k];
}
