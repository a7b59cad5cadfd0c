/*
 * test_float_text.c - floats are written as printf() writes them, by the rule of TensorFlow
 *Serving: %g; if that does not read back as the same float, %.9g; ".0" where there is neither '.'
 * nor 'e'.
 *
 *	test_float_text [STEP]
 *
 * Every STEPth float of all is tried, and others besides; default 30,011.
 */
#include "../emnist_serve.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_NBYTES 15

static uint32_t step = 30011;

static float float_of(uint32_t bits)
{
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static size_t write_expected(char *text, float value)
{
	int n;

	if (isnan(value))
		return (size_t)sprintf(text, "NaN");
	if (isinf(value))
		return (size_t)sprintf(text, value < 0 ? "-Infinity" : "Infinity");
	n = sprintf(text, "%g", (double)value);
	if (strtof(text, NULL) != value)
		n = sprintf(text, "%.9g", (double)value);
	if (!strpbrk(text, ".e"))
		n += sprintf(text + n, ".0");
	return (size_t)n;
}

static void check_float(float value)
{
	char text[EMNIST_JSON_FLOAT_ROOM + 1], expected[64];
	size_t n;

	text[EMNIST_JSON_FLOAT_ROOM] = '#';
	n = emnist_json_put_float(text, value);
	assert_int_equal(text[EMNIST_JSON_FLOAT_ROOM], '#');
	text[n] = '\0';
	if (n > MAX_NBYTES || n != write_expected(expected, value) || strcmp(text, expected) != 0)
		fail_msg("%a: %s is not %s", (double)value, text, expected);
}

static void test_steps(void **state)
{
	(void)state;
	for (uint64_t bits = 0; bits <= UINT32_MAX; bits += step)
		check_float(float_of((uint32_t)bits));
}

/* The ends and the middle of each power of two. */
static void test_powers_of_two(void **state)
{
	(void)state;
	for (uint32_t power = 0; power < 256; power++)
		for (uint32_t i = 0; i < 64; i++) {
			check_float(float_of(power << 23 | i));
			check_float(float_of(power << 23 | (0x7fffff - i)));
			check_float(float_of(power << 23 | (0x400000 + i)));
		}
}

/* The floats nearest to short decimals, and their neighbors: what has few digits, and almost. */
static void test_decimals(void **state)
{
	static const int numbers[] = {1,   2,   3,    5,     7,      9,      15,    25,     99,
				      125, 255, 1000, 12345, 123456, 999999, 99999, 500000, 999995};

	(void)state;
	for (int exponent = -50; exponent < 39; exponent++)
		for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
			const float value = (float)(numbers[i] * pow(10, exponent));

			check_float(value);
			check_float(nextafterf(value, 0));
			check_float(nextafterf(value, INFINITY));
		}
}

/* 99999900 is half way between two floats, of which only the even one reads back. */
static void test_half_way(void **state)
{
	char text[EMNIST_JSON_FLOAT_ROOM];

	(void)state;
	assert_int_equal(emnist_json_put_float(text, 99999904.0f), 11);
	assert_memory_equal(text, "9.99999e+07", 11);
	assert_int_equal(emnist_json_put_float(text, 99999896.0f), 10);
	assert_memory_equal(text, "99999896.0", 10);
}

static void test_softmax(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 50000; i++)
		check_float(expf(-(float)i / 500));
}

static void test_rows(void **state)
{
	static const float values[] = {0, -0.0f, 1, 0.5f, 2e-7f, -1e30f, 1 / 3.0f, 9000000, 3e-5f};
	static const char expected[] =
		"0.0, -0.0, 1.0, 0.5, 2e-07, -1e+30, 0.333333343, 9e+06, 3e-05";
	char text[9 * EMNIST_JSON_FLOAT_ROOM];

	(void)state;
	assert_int_equal(emnist_json_put_floats(text, values, 9), sizeof(expected) - 1);
	assert_memory_equal(text, expected, sizeof(expected) - 1);
	assert_int_equal(emnist_json_put_floats(text, values, 0), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),    cmocka_unit_test(test_powers_of_two),
		cmocka_unit_test(test_decimals), cmocka_unit_test(test_half_way),
		cmocka_unit_test(test_softmax),  cmocka_unit_test(test_rows),
	};

	if (argc > 1)
		step = (uint32_t)strtoul(argv[1], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
