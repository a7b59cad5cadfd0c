/*
 * vexp.h - exp of a float without branch or call, so that compilers vectorize loops of it. The
 * error is within 1 unit in the last place, tested over all floats.
 *
 * exp(x) = 2^n exp(r) with n = round(x / ln 2) and |r| <= ln 2 / 2. ln 2 is split into a part with
 * few bits, whose product with n is exact, and the rest (Cody and Waite). The polynomial is from
 * Cephes' expf (Moshier). 2^n is applied as two factors, since n runs from -150 to 128, beyond a
 * float's exponents: results below FLT_MIN are rounded only once.
 */
#ifndef NETWORK_VEXP_H
#define NETWORK_VEXP_H

#include <stdint.h>
#include <string.h>

/* Adding it to a float of magnitude below 2^22 rounds that to an integer, in its lowest bits. */
#define VEXP_ROUNDER 12582912.0f /* 1.5 x 2^23 */

/* Beyond these bounds the result is 0 or infinity. */
#define VEXP_LOWEST  -104.0f
#define VEXP_HIGHEST 89.0f

static inline uint32_t vexp_bits(float x)
{
	uint32_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static inline float vexp_float(uint32_t bits)
{
	float x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* 2^n for -126 <= n <= 127. */
static inline float vexp_power(int32_t n)
{
	return vexp_float((uint32_t)(n + 127) << 23);
}

/* condition ? a : b on bits, so that compilers see no branch to split. */
static inline float vexp_select(int condition, float a, float b)
{
	const uint32_t mask = 0 - (uint32_t)condition;

	return vexp_float((vexp_bits(a) & mask) | (vexp_bits(b) & ~mask));
}

/* exp(x); infinity above 88.7228, 0 below -103.972, NaN for NaN. */
static inline float fast_expf(float x)
{
	float rounded, n, r, p;
	int32_t exponent, half;

	/*
	 * Comparisons with NaN are false and leave it unchanged; its exponent is then one of those
	 * below.
	 */
	x = vexp_select(x > VEXP_HIGHEST, VEXP_HIGHEST, x);
	x = vexp_select(x < VEXP_LOWEST, VEXP_LOWEST, x);
	rounded = x * 1.44269504f + VEXP_ROUNDER;
	n = rounded - VEXP_ROUNDER;
	r = x - n * 0.693359375f;
	r = r - n * -2.12194440e-4f;
	p = 1.9875691500e-4f;
	p = p * r + 1.3981999507e-3f;
	p = p * r + 8.3334519073e-3f;
	p = p * r + 4.1665795894e-2f;
	p = p * r + 1.6666665459e-1f;
	p = p * r + 5.0000001201e-1f;
	p = p * (r * r) + r + 1.0f;
	exponent = (int32_t)(vexp_bits(rounded) - vexp_bits(VEXP_ROUNDER));
	half = exponent >> 1;
	return p * vexp_power(half) * vexp_power(exponent - half);
}

#endif
