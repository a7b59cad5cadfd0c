/*
 * test_exact.c - numbers of JSON are rounded as strtod() rounds them.
 *
 *	test_exact [N]
 *
 * N numbers of each class, of which 20,000 take less than a second. Each stands in a long array,
 * and is read as a float, by the way for many numbers at once, and as a double, by the general way.
 */
#include "../emnist_serve.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PER_DOCUMENT 64
#define NUMBER_ROOM  1400

/* Writes a number of the class, without a sign. */
struct class
{
	void (*write)(char *text);
};

static size_t n_numbers = 20000;
static uint64_t random_state = 88172645463325252;

/* Marsaglia's xorshift. */
static uint64_t draw(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	return random_state ^= random_state << 17;
}

static double double_of(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return isfinite(value) ? fabs(value) : 1;
}

/* -------------------------------------------------------------------- classes */

static void random_bits(char *text)
{
	sprintf(text, "%.*g", (int)(1 + draw() % 20), double_of(draw()));
}

static void random_float(char *text)
{
	const uint32_t bits = (uint32_t)draw() & 0x7fffffff;
	float value;

	memcpy(&value, &bits, sizeof(value));
	sprintf(text, "%.9g", isfinite(value) ? (double)value : 1.0);
}

/* What Python writes of pixels, and what people round them to. */
static void pixel(char *text)
{
	const uint64_t value = draw() % 256;

	switch (draw() % 4) {
	case 0:
		sprintf(text, "%.17g", (double)value / 255);
		break;
	case 1:
		sprintf(text, "%.16g", (double)value / 255);
		break;
	case 2:
		sprintf(text, "%.8f", (double)value / 255);
		break;
	default:
		sprintf(text, "%d", (int)value);
	}
}

static void subnormal(char *text)
{
	sprintf(text, "%.*g", (int)(1 + draw() % 25), double_of(draw() >> (12 + draw() % 52)));
}

/* A number from 10^17 to 10^19 or less, times any power of ten. */
static void decimal(char *text)
{
	sprintf(text, "%llue%d", (unsigned long long)(draw() >> draw() % 64),
		(int)(draw() % 680) - 345);
}

/* Near the greatest, where less may be infinite. */
static void great(char *text)
{
	sprintf(text, "1.797693134862%06llue308", (unsigned long long)(draw() % 315709));
}

static void long_digits(char *text)
{
	const size_t n = 1 + (size_t)(draw() % 1000), point = (size_t)(draw() % (n + 1));
	char *to = text;

	if (point == 0)
		*to++ = '0';
	else
		*to++ = (char)('1' + draw() % 9);
	for (size_t i = 1; i < point; i++)
		*to++ = (char)('0' + draw() % 10);
	if (point < n)
		*to++ = '.';
	for (size_t i = point; i < n; i++)
		*to++ = draw() % 4 ? (char)('0' + draw() % 10) : '0';
	sprintf(to, "e%d", (int)(draw() % 600) - 300 - (int)point);
}

/* Half way between two doubles, and the least above or below that can be told with more digits. */
static void tie(char *text)
{
	double low = double_of(draw() % 3 ? draw() : UINT64_C(0x3fe0000000000000) + draw() % 65536);
	char *end, *digit;

	if (low > DBL_MAX / 4)
		low = 0.5;
	sprintf(text, "%.*Le", 800, ((long double)low + (long double)nextafter(low, INFINITY)) / 2);
	end = strchr(text, 'e');
	digit = end - 1;
	while (*digit == '0')
		digit--;
	switch (draw() % 3) {
	case 0:
		end[-1] = '1';
		break;
	case 1:
		--*digit;
		memset(digit + 1, '9', (size_t)(end - digit - 1));
		break;
	default:
		memmove(digit + 1, end, strlen(end) + 1);
	}
}

/* -------------------------------------------------------------------- reading */

struct numbers {
	char texts[PER_DOCUMENT][NUMBER_ROOM];
	char document[PER_DOCUMENT * NUMBER_ROOM];
};

static void check_document(struct emnist_json *json, const struct numbers *numbers, size_t nbytes)
{
	struct emnist_json_value value;
	struct emnist_json_tensor tensor;
	struct emnist_error error;

	if (emnist_json_parse(json, numbers->document, nbytes, NULL, &error))
		fail_msg("%s", error.message);
	assert_true(emnist_json_tensor(json, emnist_json_root(json), &tensor));
	value = emnist_json_first(json, emnist_json_root(json));
	for (size_t i = 0; i < PER_DOCUMENT; i++) {
		const double expected = strtod(numbers->texts[i], NULL);
		const double number = emnist_json_number(json, value);
		const float rounded = (float)expected;

		if (memcmp(&number, &expected, sizeof(number)) != 0)
			fail_msg("%s: %a is not %a", numbers->texts[i], number, expected);
		if (memcmp(&tensor.values[i], &rounded, sizeof(rounded)) != 0)
			fail_msg("%s: %a is not %a", numbers->texts[i], (double)tensor.values[i],
				 (double)rounded);
		value = emnist_json_next(json, value);
	}
}

/* state: the class's function. */
static void test_class(void **state)
{
	struct numbers *numbers = malloc(sizeof(*numbers));
	struct emnist_json *json;

	assert_non_null(numbers);
	assert_int_equal(emnist_json_create(&json, NULL), EMNIST_OK);
	for (size_t done = 0; done < n_numbers; done += PER_DOCUMENT) {
		size_t nbytes = 1;

		numbers->document[0] = '[';
		for (size_t i = 0; i < PER_DOCUMENT; i++) {
			char *text = numbers->texts[i];

			do {
				text[0] = '-';
				((const struct class *)*state)->write(text + draw() % 2);
			} while (!isfinite(strtod(text, NULL)));
			nbytes += (size_t)sprintf(numbers->document + nbytes, "%s%s", text,
						  i + 1 < PER_DOCUMENT ? ", " : "]");
		}
		check_document(json, numbers, nbytes);
	}
	emnist_json_free(json);
	free(numbers);
}

#define CLASS(function)                                                                            \
	{                                                                                          \
#function, test_class, NULL, NULL, &(struct class)                                 \
		{                                                                                  \
			function                                                                   \
		}                                                                                  \
	}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CLASS(random_bits), CLASS(random_float), CLASS(pixel),       CLASS(subnormal),
		CLASS(decimal),     CLASS(great),        CLASS(long_digits), CLASS(tie),
	};

	if (argc > 1)
		n_numbers = strtoul(argv[1], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
