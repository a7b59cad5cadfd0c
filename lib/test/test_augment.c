/*
 * test_augment.c - that images are distorted as far as they should be, and no further.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../train/augment.h"
#include "../train/settings.h"

static void no_distortion_changes_nothing(void **state)
{
	const struct distortion none = {0};
	struct random random = random_stream(1, RANDOM_AUGMENT, 0, 0);
	float plain[EMNIST_VECTOR_LENGTH], distorted[EMNIST_VECTOR_LENGTH];
	uint8_t pixels[EMNIST_VECTOR_LENGTH];

	(void)state;
	for (int i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		pixels[i] = (uint8_t)random_below(&random, 256);
	pixels_to_vector(pixels, plain);
	augment(&none, &random, pixels, distorted);
	for (int i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		assert_true(fabsf(plain[i] - distorted[i]) < 1e-6F);
}

/* The last half of eight variants fades, in equal steps, to none. */
static void distortions_fade_in_equal_steps(void **state)
{
	static const double wanted[] = {1, 1, 1, 1, 0.75, 0.5, 0.25, 0};
	const struct emnist_train_options options = {
		.n_variants = 8, .anneal = 0.5, .rotate = 20, .elastic = 2};
	struct settings settings;

	(void)state;
	assert_int_equal(settings_resolve(&settings, &options, NULL), EMNIST_OK);
	for (uint64_t v = 0; v < 8; v++) {
		const struct distortion distortion = settings_distortion(&settings, v);

		assert_true(fabs(distortion.rotate - 20 * wanted[v]) < 1e-12);
		assert_true(fabs(distortion.scale - 0.12 * wanted[v]) < 1e-12);
		assert_true(fabs(distortion.elastic - 2 * wanted[v]) < 1e-12);
	}
}

struct moments {
	double mass, x, y;
	double width, height; /* standard deviations */
};

static struct moments moments_of(const float *vector)
{
	struct moments m = {0};

	for (int i = 0; i < EMNIST_VECTOR_LENGTH; i++) {
		m.mass += (double)vector[i];
		m.x += (double)vector[i] * (i % EMNIST_SIDE);
		m.y += (double)vector[i] * (i / EMNIST_SIDE);
	}
	m.x /= m.mass;
	m.y /= m.mass;
	for (int i = 0; i < EMNIST_VECTOR_LENGTH; i++) {
		m.width += (double)vector[i] * pow(i % EMNIST_SIDE - m.x, 2);
		m.height += (double)vector[i] * pow(i / EMNIST_SIDE - m.y, 2);
	}
	m.width = sqrt(m.width / m.mass);
	m.height = sqrt(m.height / m.mass);
	return m;
}

/* A block in the middle stays whole, moves as far as it may and no further, and grows and shrinks
 * as far as it may. */
static void distortions_stay_within_their_limits(void **state)
{
	const struct distortion shift = {.shift = 0.1}, scale = {.scale = 0.2};
	struct random random = random_stream(1, RANDOM_AUGMENT, 0, 0);
	double furthest_x = 0, furthest_y = 0, least = 1e9, most = 0, longest = 0;
	uint8_t pixels[EMNIST_VECTOR_LENGTH] = {0};
	float vector[EMNIST_VECTOR_LENGTH];

	(void)state;
	for (int y = 10; y < 18; y++)
		memset(pixels + y * EMNIST_SIDE + 10, 255, 8);
	for (int i = 0; i < 1000; i++) {
		struct moments m;

		augment(&shift, &random, pixels, vector);
		m = moments_of(vector);
		assert_true(fabs(m.mass - 64) < 1e-3);
		furthest_x = fmax(furthest_x, fabs(m.x - 13.5));
		furthest_y = fmax(furthest_y, fabs(m.y - 13.5));
		augment(&scale, &random, pixels, vector);
		m = moments_of(vector);
		assert_true(fabs(m.x - 13.5) < 0.05 && fabs(m.y - 13.5) < 0.05);
		least = fmin(least, m.mass);
		most = fmax(most, m.mass);
		longest = fmax(longest, m.width / m.height);
	}
	assert_true(furthest_x <= 2.8 + 1e-3 && furthest_x > 2.7);
	assert_true(furthest_y <= 2.8 + 1e-3 && furthest_y > 2.7);
	/* Each axis by itself. */
	assert_true(longest > 1.3 && longest < 1.2 / 0.8 + 0.05);
	/* Bilinear sampling of a block is off by a little. */
	assert_true(least > 64 * 0.8 * 0.8 - 3 && least < 64 * 0.85 * 0.85 + 3);
	assert_true(most < 64 * 1.2 * 1.2 + 3 && most > 64 * 1.15 * 1.15 - 3);
}

/* A vertical bar leans by its share of the height, to either side, and stays as high as it is. */
static void shear_is_a_share_of_the_height(void **state)
{
	const struct distortion shear = {.shear = 0.4};
	struct random random = random_stream(6, RANDOM_AUGMENT, 0, 0);
	uint8_t pixels[EMNIST_VECTOR_LENGTH] = {0};
	float vector[EMNIST_VECTOR_LENGTH];
	double most = 0, least = 0;

	(void)state;
	for (int y = 6; y < 22; y++)
		pixels[y * EMNIST_SIDE + 13] = pixels[y * EMNIST_SIDE + 14] = 255;
	for (int i = 0; i < 500; i++) {
		double xy = 0, yy = 0;

		augment(&shear, &random, pixels, vector);
		for (int k = 0; k < EMNIST_VECTOR_LENGTH; k++) {
			const double x = k % EMNIST_SIDE - 13.5, y = k / EMNIST_SIDE - 13.5;

			xy += (double)vector[k] * x * y;
			yy += (double)vector[k] * y * y;
		}
		assert_true(fabs(yy / moments_of(vector).mass - 255 / 12.0) < 0.01);
		most = fmax(most, xy / yy);
		least = fmin(least, xy / yy);
	}
	assert_true(most > 0.38 && most < 0.401);
	assert_true(least < -0.38 && least > -0.401);
}

/* A dot is carried along by the field, each way as far as it should be on average. */
static void elastic_displacements_have_their_deviation(void **state)
{
	const struct distortion elastic = {.elastic = 1.5};
	struct random random = random_stream(4, RANDOM_AUGMENT, 0, 0);
	uint8_t pixels[EMNIST_VECTOR_LENGTH] = {0};
	float vector[EMNIST_VECTOR_LENGTH];
	double squares_x = 0, squares_y = 0;

	(void)state;
	pixels[13 * EMNIST_SIDE + 13] = pixels[13 * EMNIST_SIDE + 14] = 255;
	pixels[14 * EMNIST_SIDE + 13] = pixels[14 * EMNIST_SIDE + 14] = 255;
	for (int i = 0; i < 4000; i++) {
		struct moments m;

		augment(&elastic, &random, pixels, vector);
		m = moments_of(vector);
		squares_x += (m.x - 13.5) * (m.x - 13.5);
		squares_y += (m.y - 13.5) * (m.y - 13.5);
	}
	assert_true(fabs(sqrt(squares_x / 4000) - 1.5) < 0.12);
	assert_true(fabs(sqrt(squares_y / 4000) - 1.5) < 0.12);
}

/* A horizontal bar turned by a known angle has the slope of its tangent. */
static void rotation_is_in_degrees(void **state)
{
	const struct distortion rotation = {.rotate = 20};
	struct random random = random_stream(9, RANDOM_AUGMENT, 0, 0);
	uint8_t pixels[EMNIST_VECTOR_LENGTH] = {0};
	float vector[EMNIST_VECTOR_LENGTH];
	double steepest = 0, flattest = 0;

	(void)state;
	memset(pixels + 13 * EMNIST_SIDE + 5, 255, 18);
	memset(pixels + 14 * EMNIST_SIDE + 5, 255, 18);
	for (int i = 0; i < 500; i++) {
		double xy = 0, xx = 0, slope;

		augment(&rotation, &random, pixels, vector);
		for (int k = 0; k < EMNIST_VECTOR_LENGTH; k++) {
			const double x = k % EMNIST_SIDE - 13.5, y = k / EMNIST_SIDE - 13.5;

			xy += (double)vector[k] * x * y;
			xx += (double)vector[k] * x * x;
		}
		slope = atan(xy / xx) * 180 / 3.14159265358979;
		steepest = fmax(steepest, slope);
		flattest = fmin(flattest, slope);
	}
	assert_true(steepest > 19 && steepest < 20.5);
	assert_true(flattest < -19 && flattest > -20.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_distortion_changes_nothing),
		cmocka_unit_test(distortions_fade_in_equal_steps),
		cmocka_unit_test(distortions_stay_within_their_limits),
		cmocka_unit_test(rotation_is_in_degrees),
		cmocka_unit_test(shear_is_a_share_of_the_height),
		cmocka_unit_test(elastic_displacements_have_their_deviation),
	};

	return cmocka_run_group_tests_name("augment", tests, NULL, NULL);
}
