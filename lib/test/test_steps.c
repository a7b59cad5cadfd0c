/*
 * test_steps.c - steps of the normalizer whose loops are not as plain as what they compute, beside
 * plain ones: selection, components, and reducing by averages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../preprocess/normalize.h"
#include "../preprocess/normalize_light.h"

#include <math.h>

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static int compare(const void *a, const void *b)
{
	const float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Of any number of values, many of which are the same, or all; some negative. */
static void selected_as_sorted(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		const size_t n = 1 + next_random(&random) % LIGHT_MAX_SAMPLES;
		const uint32_t n_levels = 1 + next_random(&random) % (round % 3 ? 300 : 4);
		const float step = round % 2 ? 1 : 0.013f;
		float values[LIGHT_MAX_SAMPLES], sorted[LIGHT_MAX_SAMPLES], limit;
		const size_t k = next_random(&random) % n;
		size_t n_below = 0;

		for (size_t i = 0; i < n; i++)
			values[i] = sorted[i] =
				step * ((float)(next_random(&random) % n_levels) - 20);
		qsort(sorted, n, sizeof(*sorted), compare);
		limit = sorted[k];
		while (n_below < n && sorted[n_below] < limit)
			n_below++;
		assert_int_equal(light_count_below(values, n, limit), n_below);
		assert_true(light_select(values, n, k) == sorted[k]);
		qsort(values, n, sizeof(*values), compare);
		assert_memory_equal(values, sorted, n * sizeof(*values));
	}
}

/* labels[i] = the first pixel of the component, by what neighbors have, until nothing changes. */
static void label_plainly(const uint8_t *mask, size_t width, size_t height, uint32_t *labels)
{
	bool changed = true;

	for (size_t i = 0; i < width * height; i++)
		labels[i] = (uint32_t)i;
	while (changed) {
		changed = false;
		for (size_t i = 0; i < width * height; i++) {
			const size_t x = i % width, y = i / width;

			for (size_t v = y - (y > 0); mask[i] && v <= y + 1 && v < height; v++)
				for (size_t u = x - (x > 0); u <= x + 1 && u < width; u++)
					if (mask[v * width + u] &&
					    labels[v * width + u] < labels[i]) {
						labels[i] = labels[v * width + u];
						changed = true;
					}
		}
	}
}

/* Runs are in their order, cover what is set, and are as long as they can be. */
static void assert_runs(const struct normalizer *normalizer, const uint8_t *mask, size_t width,
			size_t height)
{
	static uint8_t covered[WORK_AREA];

	memset(covered, 0, sizeof(covered));
	for (size_t k = 0; k < normalizer->n_runs; k++) {
		const struct run *run = &normalizer->runs[k];

		assert_true(run->first < run->end);
		assert_int_equal(run->first / width, (run->end - 1) / width);
		if (k > 0)
			assert_true(run->first > run[-1].end ||
				    (run->first == run[-1].end && run->first % width == 0));
		memset(covered + run->first, 1, (size_t)(run->end - run->first));
	}
	assert_memory_equal(covered, mask, width * height);
}

static void components_are_what_touches(void **state)
{
	static struct normalizer normalizer;
	static uint8_t mask[WORK_AREA];
	static uint32_t labels[WORK_AREA];
	uint32_t random = 2;

	(void)state;
	for (int round = 0; round < 300; round++) {
		const size_t width = round < 8 ? WORK_SIDE : 1 + next_random(&random) % WORK_SIDE;
		const size_t height = round < 8 ? WORK_SIDE : 1 + next_random(&random) % 40;
		const uint32_t share = (uint32_t)round % 9;

		for (size_t i = 0; i < width * height; i++)
			mask[i] = next_random(&random) % 8 < share;
		normalize_label_components(&normalizer, mask, width, height);
		assert_runs(&normalizer, mask, width, height);
		label_plainly(mask, width, height, labels);
		for (size_t i = 0; i < width * height; i++)
			if (mask[i])
				assert_int_equal(
					normalize_component(normalizer.parents, (uint32_t)i),
					labels[i]);
	}
}

/* The share of [i, i + 1) that lies in part j of n equal ones of `length`. */
static double share_of(size_t i, size_t j, size_t n, size_t length)
{
	const double step = (double)length / (double)n;
	const double from = fmax((double)i, (double)j * step);
	const double to = fmin((double)(i + 1), (double)(j + 1) * step);

	return to > from ? (to - from) / step : 0;
}

static double average(const struct plane *plane, size_t x, size_t y, size_t width, size_t height)
{
	double sum = 0;

	for (size_t v = 0; v < plane->height; v++) {
		const double share = share_of(v, y, height, plane->height);

		for (size_t u = 0; share > 0 && u < plane->width; u++)
			sum += share * share_of(u, x, width, plane->width) *
			       plane->values[v * plane->width + u];
	}
	return sum;
}

static void reduced_to_averages(void **state)
{
	static uint8_t values[1500 * 300];
	static float to[WORK_AREA], sums[1500 + RESAMPLE_LANES];
	static const struct {
		size_t width, height, to_width, to_height;
	} cases[] = {{216, 234, 118, 128}, {129, 40, 128, 40}, {500, 300, 128, 77},
		     {767, 90, 128, 15},   {769, 90, 128, 15}, {1500, 300, 128, 26},
		     {1499, 1, 128, 1},    {3, 200, 2, 128}};
	uint32_t random = 3;

	(void)state;
	for (size_t i = 0; i < sizeof(values); i++)
		values[i] = (uint8_t)next_random(&random);
	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		const size_t width = cases[k].to_width, height = cases[k].to_height;
		const struct plane plane = {values, cases[k].width, cases[k].height, 1, 0};
		const struct region whole = {0, 0, plane.width, plane.height};

		/* What is behind the sums does not count, but may not be NaN either. */
		memset(sums, 0xff, sizeof(sums));
		resample_average(&plane, &whole, to, width, height, sums);
		for (size_t i = 0; i < width * height; i += 7)
			assert_true(fabs((double)to[i] - average(&plane, i % width, i / width,
								 width, height)) < 1e-3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selected_as_sorted),
		cmocka_unit_test(components_are_what_touches),
		cmocka_unit_test(reduced_to_averages),
	};

	return cmocka_run_group_tests_name("steps", tests, NULL, NULL);
}
