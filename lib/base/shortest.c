/* shortest.c - the shortest text that reads back as the same double. */
#include "shortest.h"

#include "exact.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DIGITS 17

/* Exponents from which numbers are written with one. */
#define LEAST_PLAIN (-6)
#define MOST_PLAIN  21

struct digits {
	char text[MAX_DIGITS];
	int n;
	int point; /* the number is 0.DIGITS times 10 to this */
};

/* Rounds to n digits. The C library's decimal point depends on the locale, and is passed over. */
static struct digits round_to(double number, int n)
{
	struct digits digits = {.n = 0};
	char text[2 * SHORTEST_ROOM];
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
	struct exact_decimal decimal = {
		.exponent = digits->point - digits->n,
		.digits = (const uint8_t *)digits->text,
		.digits_end = (const uint8_t *)digits->text + digits->n,
	};

	for (int i = 0; i < digits->n; i++)
		exact_add_digit(&decimal, (unsigned)(digits->text[i] - '0'), false);
	return exact_double(&decimal);
}

static size_t lay_out(const struct digits *digits, char *text)
{
	const int n = digits->n, point = digits->point;
	char *to = text;

	if (point > LEAST_PLAIN && point <= MOST_PLAIN) {
		if (point <= 0)
			*to++ = '0';
		for (int i = 0; i < point; i++)
			*to++ = i < n ? digits->text[i] : '0';
		*to++ = '.';
		for (int i = point; i < 0; i++)
			*to++ = '0';
		for (int i = point > 0 ? point : 0; i < n; i++)
			*to++ = digits->text[i];
		if (point >= n)
			*to++ = '0';
		return (size_t)(to - text);
	}
	*to++ = digits->text[0];
	if (n > 1)
		*to++ = '.';
	memcpy(to, digits->text + 1, (size_t)n - 1);
	to += n - 1;
	return (size_t)(to - text) + (size_t)sprintf(to, "e%d", point - 1);
}

size_t shortest_text(double number, char text[SHORTEST_ROOM])
{
	const double magnitude = fabs(number);
	const size_t is_negative = signbit(number) != 0;
	struct digits digits = {.text = "0", .n = 1, .point = 1};

	text[0] = '-';
	for (int n = 1; n <= MAX_DIGITS && magnitude > 0; n++) {
		digits = round_to(magnitude, n);
		if (value_of(&digits) == magnitude)
			break;
	}
	return is_negative + lay_out(&digits, text + is_negative);
}
