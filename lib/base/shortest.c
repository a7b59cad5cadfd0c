/* shortest.c - the shortest text that reads back as the same double. */
#include "shortest.h"

#include "exact.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Points between which numbers are written without exponent. */
#define LEAST_POINT (-5)
#define MOST_POINT  21

/* Rounds to n digits. The C library's decimal point depends on the locale, and is passed over. */
static struct digits round_to(double number, int n)
{
	struct digits digits = {.n = 0};
	char text[2 * DIGITS_ROOM];
	const char *at = text;

	snprintf(text, sizeof(text), "%.*e", n - 1, number);
	for (; *at != 'e'; at++)
		if (*at >= '0' && *at <= '9')
			digits.text[digits.n++] = *at;
	digits.point = atoi(at + 1) + 1;
	return digits;
}

static double value_of(const struct digits *digits)
{
	const uint8_t *text = (const uint8_t *)digits->text;
	struct exact_decimal decimal = {.exponent = digits->point - digits->n};

	exact_read_digits(text, text + digits->n, false, &decimal);
	return exact_double(&decimal);
}

size_t shortest_text(double number, char text[DIGITS_ROOM])
{
	const double magnitude = fabs(number);
	const size_t is_negative = signbit(number) != 0;
	struct digits digits = {.text = "0", .n = 1, .point = 1};
	char *to = text + is_negative;

	text[0] = '-';
	for (int n = 1; n <= DIGITS_MAX && magnitude > 0; n++) {
		digits = round_to(magnitude, n);
		if (value_of(&digits) == magnitude)
			break;
	}
	if (digits.point >= LEAST_POINT && digits.point <= MOST_POINT)
		return is_negative + digits_put_plain(&digits, to);
	to += digits_put_mantissa(&digits, to);
	return (size_t)(to - text) + (size_t)sprintf(to, "e%d", digits.point - 1);
}
