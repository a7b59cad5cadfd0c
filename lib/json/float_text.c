/*
 * float_text.c - writes floats as TensorFlow Serving does: with 6 digits if they read back as the
 * same float, else with 9.
 *
 * A float is an integer of 24 bits times a power of two. Times 10^k, so that 10 or 11 digits stand
 * before the point, it is that integer times a unit, computed with 128 bits behind the point. For
 * k >= 0 that is exact, since 5^54 has 126 bits. Else it is wrong by at most 2^-92, and what has to
 * be told apart differs by more than 2^-72, a multiple of 5^-30.
 */
#include "../base/digits.h"
#include "../base/exact.h"
#include "../emnist_serve.h"

/* Digits that %g has, those of the second try, and the factor between them. */
#define FEW_DIGITS  6
#define MANY_DIGITS 9
#define FACTOR      1000

#define POWER_9     UINT64_C(1000000000)
#define POWER_10    UINT64_C(10000000000)

/* Points from which %g writes no exponent. */
#define LEAST_POINT (-3)

/* The bits of an infinite float; beyond are those that are none. */
#define INFINITE 0x7f800000u

/* A number with 128 bits behind the point. */
struct fixed {
	uint64_t integer;
	struct wide fraction;
};

/* A float times 10^k. */
struct scaled {
	struct fixed value, unit; /* value is a multiple of unit */
	int k;
	bool is_odd;          /* the multiple */
	bool is_power_of_two; /* the float below is only half a unit away */
};

/* bits: those of a float above 0. */
static struct scaled scale(uint32_t bits)
{
	const uint32_t biased = bits >> 23, fraction = bits & 0x7fffff;
	const uint32_t mantissa = biased ? fraction | 0x800000 : fraction;
	const int exponent = (biased ? (int)biased : 1) - 150;
	const int log2 = exponent + 31 - __builtin_clz(mantissa);
	/* The logarithms of 2 to base 10, times 2^18, and of 10 to base 2, times 2^16. */
	const int k = MANY_DIGITS - (log2 * 78913 >> 18);
	const unsigned shift = (unsigned)(1 + exponent + (k * 217706 >> 16));
	const uint64_t *power = powers_of_five[k - LEAST_POWER_OF_FIVE];
	const struct wide unit = {power[0], power[1]};
	const uint64_t factor = (uint64_t)mantissa << shift;
	const struct wide low = wide_multiply(factor, power[1]);
	const struct wide high =
		wide_add(wide_multiply(factor, power[0]), (struct wide){0, low.high});

	return (struct scaled){
		.value = {high.high, {high.low, low.low}},
		.unit = {unit.high >> (64 - shift), wide_shift_left(unit, shift)},
		.k = k,
		.is_odd = mantissa & 1,
		.is_power_of_two = biased > 1 && fraction == 0,
	};
}

/* What counts as equal. */
static struct wide tolerance_of(const struct scaled *scaled)
{
	return (struct wide){0, scaled->k < 0 ? UINT64_C(1) << 40 : 0};
}

/* The value divided by an even number, to the nearest integer, ties to even. */
static uint64_t divide(const struct scaled *scaled, uint64_t divisor)
{
	const uint64_t quotient = scaled->value.integer / divisor;
	const uint64_t rest = scaled->value.integer - quotient * divisor;
	const bool is_more = wide_is_less(tolerance_of(scaled), scaled->value.fraction);

	return quotient +
	       (rest > divisor / 2 || (rest == divisor / 2 && (is_more || (quotient & 1))));
}

/* Whether an integer near the value reads back as that: it is less than half a unit away, or just
 * that, and the float is even. */
static bool reads_back(const struct scaled *scaled, uint64_t integer)
{
	const struct fixed *value = &scaled->value, *unit = &scaled->unit;
	const bool is_above = integer > value->integer;
	const unsigned shift = !is_above && scaled->is_power_of_two ? 2 : 1;
	const struct wide none = {0};
	const uint64_t whole =
		is_above ? integer - value->integer - wide_is_less(none, value->fraction)
			 : value->integer - integer;
	const struct wide part = is_above ? wide_subtract(none, value->fraction) : value->fraction;
	const uint64_t distance = whole << shift | part.high >> (64 - shift);
	const struct wide rest = wide_shift_left(part, shift);
	const bool is_more = wide_is_less(unit->fraction, rest);
	const struct wide difference =
		is_more ? wide_subtract(rest, unit->fraction) : wide_subtract(unit->fraction, rest);

	if (distance != unit->integer)
		return distance < unit->integer;
	if (!wide_is_less(tolerance_of(scaled), difference))
		return !scaled->is_odd;
	return !is_more;
}

/* 8 digits, the first in the lowest byte, by dividing into fours, pairs and ones. */
static uint64_t digits_of(uint32_t number)
{
	const uint64_t fours = number / 10000 | (uint64_t)(number % 10000) << 32;
	const uint64_t hundreds = (fours * 10486 >> 20) & UINT64_C(0x0000007f0000007f);
	const uint64_t pairs = hundreds | (fours - 100 * hundreds) << 16;
	const uint64_t tens = (pairs * 103 >> 10) & UINT64_C(0x000f000f000f000f);

	return tens | (pairs - 10 * tens) << 8;
}

/* number: 9 digits, the first not 0. */
static void set_digits(struct digits *digits, uint32_t number)
{
	const uint64_t rest = digits_of(number % 100000000);
	const uint64_t text = rest | UINT64_C(0x3030303030303030);

	digits->text[0] = (char)('0' + number / 100000000);
	for (unsigned i = 0; i < 8; i++)
		digits->text[1 + i] = (char)(text >> 8 * i);
	digits->n = rest ? MANY_DIGITS - __builtin_clzll(rest) / 8 : 1;
}

/* Returns how many digits are the most before the point. */
static int find_digits(uint32_t bits, struct digits *digits)
{
	const struct scaled scaled = scale(bits);
	const bool is_long = scaled.value.integer >= POWER_10;
	const uint64_t divisor = is_long ? 100 : 10;
	uint64_t number = divide(&scaled, divisor * FACTOR) * FACTOR;
	int most = FEW_DIGITS;

	if (!reads_back(&scaled, number * divisor)) {
		number = divide(&scaled, divisor);
		most = MANY_DIGITS;
	}
	digits->point = MANY_DIGITS + 1 + is_long - scaled.k;
	if (number == POWER_9) {
		number /= 10;
		digits->point++;
	}
	set_digits(digits, (uint32_t)number);
	return most;
}

static size_t put_exponent(char *text, int exponent)
{
	const unsigned magnitude = (unsigned)(exponent < 0 ? -exponent : exponent);

	text[0] = 'e';
	text[1] = exponent < 0 ? '-' : '+';
	text[2] = (char)('0' + magnitude / 10);
	text[3] = (char)('0' + magnitude % 10);
	return 4;
}

/* bits: those of a float that is not negative. */
static size_t put_magnitude(char *text, uint32_t bits)
{
	struct digits digits;
	size_t n;
	int most;

	if (bits >= INFINITE) {
		memcpy(text, "Infinity", 8);
		return 8;
	}
	if (bits == 0) {
		memcpy(text, "0.0", 3);
		return 3;
	}
	most = find_digits(bits, &digits);
	if (digits.point >= LEAST_POINT && digits.point <= most)
		return digits_put_plain(&digits, text);
	n = digits_put_mantissa(&digits, text);
	return n + put_exponent(text + n, digits.point - 1);
}

size_t emnist_json_put_float(char *text, float value)
{
	uint32_t bits, is_negative;

	memcpy(&bits, &value, sizeof(bits));
	is_negative = bits >> 31;
	bits &= 0x7fffffff;
	if (bits > INFINITE) {
		memcpy(text, "NaN", 3);
		return 3;
	}
	text[0] = '-';
	return is_negative + put_magnitude(text + is_negative, bits);
}

size_t emnist_json_put_floats(char *text, const float *values, size_t n)
{
	char *to = text;

	for (size_t i = 0; i < n; i++) {
		memcpy(to, ", ", 2);
		to += i > 0 ? 2 : 0;
		to += emnist_json_put_float(to, values[i]);
	}
	return (size_t)(to - text);
}
