/*
 * trace_activation.c - which activation an expression is.
 *
 * An expression of one variable is held as nothing but its values at a fixed set of points, which
 * each operator computes anew; what is asked of it then is not how it is spelt, but whether these
 * are the values of a known function. ELU written as Less, Cast, Mul, Exp, Sub, GreaterEqual and
 * Add is ELU, and so is any other way to write it. The points are 0 and plus and minus powers of
 * two in quarter steps, and some beyond, so that two functions that agree on them all differ in
 * nothing that a network is likely to meet.
 */
#include <math.h>

#include "trace.h"

/* From 2^-10 to 2^10, four a doubling; beyond, powers of 2^10 up to 2^40. */
#define STEPS_PER_DOUBLING 4
#define LEAST_EXPONENT     (-10)
#define N_STEPS            81
#define N_FAR              3
#define N_MAGNITUDES       (N_STEPS + N_FAR)
#define N_POINTS           (2 * N_MAGNITUDES + 1)

/* Where exp() of a float overflows, what is multiplied by 0 then is no number, and is nothing that
 * an expression can be blamed for. */
#define OVERFLOW_POINT 80

/* Of a value, or of the expression's scale: above the rounding of constants to floats, below any
 * difference that matters. */
#define TOLERANCE 1e-6

struct expression {
	double values[N_POINTS];
};

/* Points 0..N_MAGNITUDES-1 rise from the least positive one; then the same with a minus; then 0. */
static double point(size_t i)
{
	const size_t m = i % N_MAGNITUDES;
	const double exponent = m < N_STEPS ? LEAST_EXPONENT + (double)m / STEPS_PER_DOUBLING
					    : (double)(m - N_STEPS + 2) * -LEAST_EXPONENT;

	if (i == N_POINTS - 1)
		return 0;
	return i < N_MAGNITUDES ? exp2(exponent) : -exp2(exponent);
}

#define AT_ZERO (N_POINTS - 1)
/* 2^exponent, a whole one, and minus that. */
#define AT_PLUS(exponent)  ((size_t)((exponent)-LEAST_EXPONENT) * STEPS_PER_DOUBLING)
#define AT_MINUS(exponent) (N_MAGNITUDES + AT_PLUS(exponent))

const struct expression *expression_variable(struct trace *trace)
{
	struct expression *made = arena_alloc(&trace->arena, 1, sizeof(*made));

	for (size_t i = 0; made && i < N_POINTS; i++)
		made->values[i] = point(i);
	return made;
}

const struct expression *expression_number(struct trace *trace, double number)
{
	struct expression *made = arena_alloc(&trace->arena, 1, sizeof(*made));

	for (size_t i = 0; made && i < N_POINTS; i++)
		made->values[i] = number;
	return made;
}

const struct expression *expression_of(struct trace *trace, trace_function *function,
				       const struct expression *a, const struct expression *b)
{
	struct expression *made = arena_alloc(&trace->arena, 1, sizeof(*made));

	for (size_t i = 0; made && i < N_POINTS; i++)
		made->values[i] = function(a->values[i], b ? b->values[i] : 0);
	return made;
}

/* -------------------------------------------------------------- the functions */

static double identity(double x, double alpha)
{
	(void)alpha;
	return x;
}

static double relu(double x, double alpha)
{
	(void)alpha;
	return x > 0 ? x : 0;
}

static double leaky_relu(double x, double alpha)
{
	return x > 0 ? x : alpha * x;
}

static double elu(double x, double alpha)
{
	return x > 0 ? x : alpha * expm1(x);
}

static double sigmoid(double x, double alpha)
{
	(void)alpha;
	return 1 / (1 + exp(-x));
}

static double hyperbolic_tangent(double x, double alpha)
{
	(void)alpha;
	return tanh(x);
}

/* How scale, shift and alpha show at points where the function is 0, 1 or -alpha. */
static void fit_rising(const double *values, struct recognised *fit)
{
	fit->shift = values[AT_ZERO];
	fit->scale = values[AT_PLUS(0)] - fit->shift;
}

static void fit_leaky_relu(const double *values, struct recognised *fit)
{
	fit_rising(values, fit);
	fit->alpha = (float)((fit->shift - values[AT_MINUS(0)]) / fit->scale);
}

static void fit_elu(const double *values, struct recognised *fit)
{
	fit_rising(values, fit);
	fit->alpha = (float)((fit->shift - values[AT_MINUS(6)]) / fit->scale);
}

static void fit_sigmoid(const double *values, struct recognised *fit)
{
	fit->shift = values[AT_MINUS(6)];
	fit->scale = values[AT_PLUS(6)] - fit->shift;
}

static void fit_tanh(const double *values, struct recognised *fit)
{
	fit->shift = (values[AT_PLUS(6)] + values[AT_MINUS(6)]) / 2;
	fit->scale = (values[AT_PLUS(6)] - values[AT_MINUS(6)]) / 2;
}

/* The simpler ones first: a leaky ReLU can be a ReLU. */
static const struct {
	enum emnist_activation activation;
	double (*function)(double x, double alpha);
	void (*fit)(const double *values, struct recognised *fit);
} activations[] = {
	{EMNIST_IDENTITY, identity, fit_rising},
	{EMNIST_RELU, relu, fit_rising},
	{EMNIST_LEAKY_RELU, leaky_relu, fit_leaky_relu},
	{EMNIST_ELU, elu, fit_elu},
	{EMNIST_SIGMOID, sigmoid, fit_sigmoid},
	{EMNIST_TANH, hyperbolic_tangent, fit_tanh},
};

static bool agrees(const double *values, double (*function)(double x, double alpha),
		   const struct recognised *fit)
{
	if (!isfinite(fit->scale) || fit->scale == 0 || !isfinite(fit->shift) ||
	    !isfinite(fit->alpha))
		return false;
	for (size_t i = 0; i < N_POINTS; i++) {
		const double x = point(i);
		const double expected = fit->scale * function(x, (double)fit->alpha) + fit->shift;
		const double difference = fabs(values[i] - expected);

		if (fabs(x) > OVERFLOW_POINT && !isfinite(values[i]))
			continue;
		if (!(difference <= TOLERANCE * fmax(fabs(expected), fabs(fit->scale))))
			return false;
	}
	return true;
}

static void prefer_plain(const double *values, double (*function)(double x, double alpha),
			 struct recognised *fit)
{
	struct recognised plain = *fit;

	plain.scale = 1;
	plain.shift = 0;
	if (agrees(values, function, &plain))
		*fit = plain;
}

bool expression_recognise(const struct expression *expression, struct recognised *recognised_ret)
{
	for (size_t i = 0; i < sizeof(activations) / sizeof(*activations); i++) {
		struct recognised fit = {.activation = activations[i].activation};

		activations[i].fit(expression->values, &fit);
		if (!agrees(expression->values, activations[i].function, &fit))
			continue;
		/* A sigmoid is not quite 0 where it was taken for 0. */
		prefer_plain(expression->values, activations[i].function, &fit);
		/* SELU is an ELU of another scale. */
		if (fit.activation == EMNIST_ELU && fit.scale != 1) {
			fit.activation = EMNIST_SELU;
			fit.gamma = (float)fit.scale;
			fit.scale = 1;
		}
		*recognised_ret = fit;
		return true;
	}
	return false;
}
