/*
 * normalize_light.c - fits a smooth surface to brightness.
 *
 * The sums for least squares are moments of x and y. Each appears at several places of the matrix,
 * so each sample is multiplied out once.
 */
#include "normalize_light.h"
#include "../base/simd.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define N_TERMS LIGHT_N_TERMS

void light_sample(const float *values, size_t width, size_t height, struct light_samples *samples)
{
	const size_t nx = width < LIGHT_SAMPLE_SIDE ? width : LIGHT_SAMPLE_SIDE;
	const size_t ny = height < LIGHT_SAMPLE_SIDE ? height : LIGHT_SAMPLE_SIDE;

	samples->n = 0;
	for (size_t j = 0; j < ny; j++)
		for (size_t i = 0; i < nx; i++) {
			/* The outermost samples are on the border, where paper is most likely. */
			const size_t x = nx > 1 ? i * (width - 1) / (nx - 1) : 0;
			const size_t y = ny > 1 ? j * (height - 1) / (ny - 1) : 0;

			light_add_sample(samples, values, width, height, x, y);
		}
}

struct light light_even(float value)
{
	return (struct light){.c = {value}, .least = value, .most = value};
}

static inline float held(const struct light *light, float value)
{
	value = value > light->least ? value : light->least;
	return value < light->most ? value : light->most;
}

static inline float light_at(const struct light *light, float x, float y)
{
	const float *c = light->c;

	return held(light, c[0] + c[2] * y + c[5] * y * y + (c[1] + c[4] * y + c[3] * x) * x);
}

SIMD_CLONES
static void fill_row(const struct light *light, float y, float *row, size_t n)
{
	const float *c = light->c;
	const float constant = c[0] + c[2] * y + c[5] * y * y, linear = c[1] + c[4] * y;
	const float step = n > 1 ? 2 / (float)(n - 1) : 0, first = n > 1 ? -1 : 0;

	for (size_t i = 0; i < n; i++) {
		const float x = first + step * (float)(int)i;

		row[i] = held(light, constant + (linear + c[3] * x) * x);
	}
}

void light_on_row(const struct light *light, float y, float *row, size_t n)
{
	fill_row(light, y, row, n);
}

SIMD_CLONES
static void fill_samples(const struct light *light, const struct light_samples *samples,
			 float *restrict values)
{
	const struct light copy = *light;

	for (size_t i = 0; i < samples->n; i++)
		values[i] = light_at(&copy, samples->x[i], samples->y[i]);
}

void light_at_samples(const struct light *light, const struct light_samples *samples, float *values)
{
	fill_samples(light, samples, values);
}

void light_residuals(const struct light *light, const struct light_samples *samples,
		     float *restrict residuals)
{
	light_at_samples(light, samples, residuals);
	for (size_t i = 0; i < samples->n; i++)
		residuals[i] = fabsf(samples->value[i] - residuals[i]);
}

/* Solves the symmetric a c = b by Cholesky decomposition; false if a is not positive definite. */
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

/* The sums of weight x^p y^q, p + q <= 4, and of these times the value, p + q <= 2. */
struct moments {
	double of_place[5][5];
	double of_value[3][3];
};

typedef float lanes __attribute__((vector_size(4 * LIGHT_LANES), may_alias, aligned(4)));

static double sum_lanes(const lanes *sums)
{
	double sum = 0;

	for (int k = 0; k < LIGHT_LANES; k++)
		sum += (double)(*sums)[k];
	return sum;
}

SIMD_CLONES
static void sum_moments(const struct light_samples *samples, struct moments *moments)
{
	lanes of_place[5][5] = {{{0}}}, of_value[3][3] = {{{0}}};

	for (size_t i = 0; i < samples->n; i += LIGHT_LANES) {
		const lanes x = *(const lanes *)(samples->x + i);
		const lanes y = *(const lanes *)(samples->y + i);
		const lanes value = *(const lanes *)(samples->value + i);
		lanes along = *(const lanes *)(samples->weight + i);

#pragma GCC unroll 5
		for (int p = 0; p < 5; p++, along *= x) {
			lanes product = along;

#pragma GCC unroll 5
			for (int q = 0; p + q < 5; q++, product *= y) {
				of_place[p][q] += product;
				if (p + q < 3)
					of_value[p][q] += product * value;
			}
		}
	}
	for (int p = 0; p < 5; p++)
		for (int q = 0; p + q < 5; q++) {
			moments->of_place[p][q] = sum_lanes(&of_place[p][q]);
			if (p + q < 3)
				moments->of_value[p][q] = sum_lanes(&of_value[p][q]);
		}
}

bool light_fit(struct light *light, struct light_samples *samples)
{
	struct moments moments;
	double a[N_TERMS][N_TERMS], b[N_TERMS], c[N_TERMS];

	for (size_t i = samples->n; i % LIGHT_LANES; i++)
		samples->x[i] = samples->y[i] = samples->value[i] = samples->weight[i] = 0;
	sum_moments(samples, &moments);
	for (int i = 0; i < N_TERMS; i++) {
		for (int j = 0; j <= i; j++)
			a[i][j] = moments.of_place[powers[i][0] + powers[j][0]]
						  [powers[i][1] + powers[j][1]];
		/* A page that is one pixel wide has no x. */
		a[i][i] += 1e-6 * moments.of_place[0][0];
		b[i] = moments.of_value[powers[i][0]][powers[i][1]];
	}
	if (!solve(a, b, c))
		return false;
	for (int i = 0; i < N_TERMS; i++)
		light->c[i] = (float)c[i];
	return true;
}

/* Up to this many values, each is tried until one has the wanted number below it. For more, the
 * range is halved first as long as that drops values. So no branch depends on a single value. */
#define FEW_VALUES  48
#define MAX_HALVING 16

SIMD_CLONES
static float select_few(const float *values, size_t n, size_t k)
{
	const size_t n_padded = (n + LIGHT_LANES - 1) / LIGHT_LANES * LIGHT_LANES;
	float padded[FEW_VALUES];

	memcpy(padded, values, n * sizeof(*values));
	for (size_t i = n; i < n_padded; i++)
		padded[i] = INFINITY;
	for (size_t i = 0; i < n; i++) {
		const float value = padded[i];
		int32_t below[LIGHT_LANES] = {0}, not_above[LIGHT_LANES] = {0};
		size_t n_below = 0, n_not_above = 0;

		for (size_t j = 0; j < n_padded; j += LIGHT_LANES)
			for (size_t lane = 0; lane < LIGHT_LANES; lane++) {
				below[lane] += padded[j + lane] < value;
				not_above[lane] += padded[j + lane] <= value;
			}
		for (size_t lane = 0; lane < LIGHT_LANES; lane++) {
			n_below += (size_t)below[lane];
			n_not_above += (size_t)not_above[lane];
		}
		if (n_below <= k && k < n_not_above)
			return value;
	}
	return 0;
}

SIMD_CLONES
static void find_range(const float *values, size_t n, float *least_ret, float *most_ret)
{
	float least[LIGHT_LANES], most[LIGHT_LANES];
	size_t i = 0;

	for (size_t k = 0; k < LIGHT_LANES; k++)
		least[k] = most[k] = values[n - 1];
	for (; i + LIGHT_LANES <= n; i += LIGHT_LANES)
		for (size_t k = 0; k < LIGHT_LANES; k++) {
			const float value = values[i + k];

			least[k] = value < least[k] ? value : least[k];
			most[k] = value > most[k] ? value : most[k];
		}
	for (size_t k = 0; i + k < n; k++) {
		const float value = values[i + k];

		least[k] = value < least[k] ? value : least[k];
		most[k] = value > most[k] ? value : most[k];
	}
	*least_ret = least[0];
	*most_ret = most[0];
	for (size_t k = 1; k < LIGHT_LANES; k++) {
		*least_ret = least[k] < *least_ret ? least[k] : *least_ret;
		*most_ret = most[k] > *most_ret ? most[k] : *most_ret;
	}
}

SIMD_CLONES
static uint32_t count_below(const float *values, size_t n, float limit)
{
	uint32_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += (uint32_t)(values[i] < limit);
	return count;
}

size_t light_count_below(const float *values, size_t n, float limit)
{
	return count_below(values, n, limit);
}

/* Hoare's selection, for many values that halving does not separate: smaller values go left, larger
 * ones right. */
static float select_by_parts(float *values, size_t n, size_t k_)
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

float light_select(float *values, size_t n, size_t k)
{
	float least, most;
	size_t n_below = 0, n_left = n;

	if (n <= FEW_VALUES)
		return select_few(values, n, k);
	find_range(values, n, &least, &most);
	/* The result is between `least` and `most`. */
	for (int i = 0; i < MAX_HALVING && n_left > FEW_VALUES / 2 && least < most; i++) {
		const float middle = least + (most - least) / 2;
		const size_t n_below_middle = count_below(values, n, middle);

		if (n_below_middle > k) {
			most = middle;
			n_left = n_below_middle - n_below;
		} else {
			least = middle;
			n_left -= n_below_middle - n_below;
			n_below = n_below_middle;
		}
	}
	if (least == most)
		return least;
	n_left = 0;
	for (size_t i = 0; i < n; i++) {
		const float value = values[i];

		values[i] = values[n_left];
		values[n_left] = value;
		n_left += (size_t)((value >= least) & (value <= most));
	}
	return n_left <= FEW_VALUES ? select_few(values, n_left, k - n_below)
				    : select_by_parts(values, n_left, k - n_below);
}
