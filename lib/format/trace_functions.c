/*
 * trace_functions.c - functions of single numbers.
 */
#include "trace_functions.h"

#include <math.h>

double trace_add(double a, double b)
{
	return a + b;
}

double trace_subtract(double a, double b)
{
	return a - b;
}

double trace_multiply(double a, double b)
{
	return a * b;
}

double trace_divide(double a, double b)
{
	return a / b;
}

#define UNARY(name, expression)                                                                    \
	double function_##name(double a, double unused)                                            \
	{                                                                                          \
		(void)unused;                                                                      \
		return expression;                                                                 \
	}

#define BINARY(name, expression)                                                                   \
	double function_##name(double a, double b)                                                 \
	{                                                                                          \
		return expression;                                                                 \
	}

/* From Klambauer et al., "Self-Normalizing Neural Networks", 2017, as floats. */
#define SELU_ALPHA ((double)1.67326319217681884765625f)
#define SELU_GAMMA ((double)1.05070102214813232421875f)

UNARY(exponential, exp(a))
UNARY(exponential_less_one, expm1(a))
UNARY(logarithm, log(a))
UNARY(logarithm_of_one_more, log1p(a))
UNARY(square_root, sqrt(a))
UNARY(reciprocal_root, 1 / sqrt(a))
UNARY(square, a *a)
UNARY(reciprocal, 1 / a)
UNARY(absolute, fabs(a))
UNARY(sign_of, a > 0 ? 1 : a < 0 ? -1 : a)
UNARY(negation, a == 0)
UNARY(relu, a > 0 ? a : 0)
UNARY(elu, a > 0 ? a : expm1(a))
UNARY(selu, SELU_GAMMA *(a > 0 ? a : SELU_ALPHA * expm1(a)))
UNARY(sigmoid, 1 / (1 + exp(-a)))
UNARY(hyperbolic_tangent, tanh(a))

BINARY(leaky, a > 0 ? a : b * a)
BINARY(elu_of, a > 0 ? a : b * expm1(a))
BINARY(scaled, a *b)
BINARY(larger, a > b ? a : b)
BINARY(smaller, a < b ? a : b)
BINARY(is_less, a < b)
BINARY(is_less_or_equal, a <= b)
BINARY(is_greater, a > b)
BINARY(is_greater_or_equal, a >= b)
BINARY(is_equal, a == b)
BINARY(is_not_equal, a != b)
BINARY(both, a != 0 && b != 0)
BINARY(either, a != 0 || b != 0)
BINARY(power, pow(a, b))
BINARY(floor_quotient, floor(a / b))
BINARY(floor_remainder, a - b * floor(a / b))
BINARY(squared_difference, (a - b) * (a - b))
