/*
 * trace_activation.c - recognizes which activation an expression is.
 *
 * An expression of one variable is represented by its values at a fixed set of points; each
 * operator computes new ones. It is recognized by comparing these with the values of known
 * functions, however it is written. So ELU written as Less, Cast, Mul, Exp, Sub, GreaterEqual and
 * Add is ELU, like any other spelling.
 *
 * The points are 0, plus and minus powers of two in quarter steps, and some beyond. Two functions
 * that agree on all of them differ in nothing that a network is likely to meet.
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

/* Beyond it exp() of a float overflows; multiplied by 0 that is NaN, which is no fault of an
 * expression. */
#define OVERFLOW_POINT 80

/* Of a value, or of the expression's scale: above the rounding of constants to floats, below any
 * difference that matters. */
#define TOLERANCE 1e-6

struct expression {
	double values[N_POINTS];
};

/* The least of them, and 2 to the power of 0, 1/4, 1/2 and 3/4. */
#define LEAST (1.0 / (1 << -LEAST_EXPONENT))
static const double steps[STEPS_PER_DOUBLING] = {1, 1.189207115002721, 1.4142135623730951,
						 1.681792830507429};

/* Points 0..N_MAGNITUDES-1 rise from the least positive one; then the same with a minus; then 0. */
static void make_points(double *points)
{
	for (size_t i = 0; i < N_MAGNITUDES; i++) {
		if (i < STEPS_PER_DOUBLING)
			points[i] = LEAST * steps[i];
		else if (i < N_STEPS)
			points[i] = 2 * points[i - STEPS_PER_DOUBLING];
		else
			points[i] = points[i - 1] / LEAST;
		points[N_MAGNITUDES + i] = -points[i];
	}
	points[N_POINTS - 1] = 0;
}

#define AT_ZERO (N_POINTS - 1)
/* 2^exponent, a whole one, and minus that. */
#define AT_PLUS(exponent)  ((size_t)((exponent)-LEAST_EXPONENT) * STEPS_PER_DOUBLING)
#define AT_MINUS(exponent) (N_MAGNITUDES + AT_PLUS(exponent))

const struct expression *expression_variable(struct trace *trace)
{
	struct expression *made;

	if (trace->variable)
		return trace->variable;
	made = arena_alloc(&trace->arena, 1, sizeof(*made));
	if (made)
		make_points(made->values);
	trace->variable = made;
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
static void fit_rising(const double *values, struct recognized *fit)
{
	fit->shift = values[AT_ZERO];
	fit->scale = values[AT_PLUS(0)] - fit->shift;
}

static void fit_leaky_relu(const double *values, struct recognized *fit)
{
	fit_rising(values, fit);
	fit->alpha = (float)((fit->shift - values[AT_MINUS(0)]) / fit->scale);
}

static void fit_elu(const double *values, struct recognized *fit)
{
	fit_rising(values, fit);
	fit->alpha = (float)((fit->shift - values[AT_MINUS(6)]) / fit->scale);
}

static void fit_sigmoid(const double *values, struct recognized *fit)
{
	fit->shift = values[AT_MINUS(6)];
	fit->scale = values[AT_PLUS(6)] - fit->shift;
}

static void fit_tanh(const double *values, struct recognized *fit)
{
	fit->shift = (values[AT_PLUS(6)] + values[AT_MINUS(6)]) / 2;
	fit->scale = (values[AT_PLUS(6)] - values[AT_MINUS(6)]) / 2;
}

/* The simpler ones first: a leaky ReLU can be a ReLU. */
static const struct {
	enum emnist_activation activation;
	double (*function)(double x, double alpha);
	void (*fit)(const double *values, struct recognized *fit);
} activations[] = {
	{EMNIST_IDENTITY, identity, fit_rising},
	{EMNIST_RELU, relu, fit_rising},
	{EMNIST_LEAKY_RELU, leaky_relu, fit_leaky_relu},
	{EMNIST_ELU, elu, fit_elu},
	{EMNIST_SIGMOID, sigmoid, fit_sigmoid},
	{EMNIST_TANH, hyperbolic_tangent, fit_tanh},
};

/* points: of the variable. */
static bool agrees(const double *values, const double *points,
		   double (*function)(double x, double alpha), const struct recognized *fit)
{
	if (!isfinite(fit->scale) || fit->scale == 0 || !isfinite(fit->shift) ||
	    !isfinite(fit->alpha))
		return false;
	/* Most functions differ most for negative x. */
	for (size_t i = N_POINTS; i-- > 0;) {
		const double x = points[i];
		const double expected = fit->scale * function(x, (double)fit->alpha) + fit->shift;
		const double difference = fabs(values[i] - expected);

		if (fabs(x) > OVERFLOW_POINT && !isfinite(values[i]))
			continue;
		if (!(difference <= TOLERANCE * fabs(expected) ||
		      difference <= TOLERANCE * fabs(fit->scale)))
			return false;
	}
	return true;
}

static void prefer_plain(const double *values, const double *points,
			 double (*function)(double x, double alpha), struct recognized *fit)
{
	struct recognized plain = *fit;

	plain.scale = 1;
	plain.shift = 0;
	if ((fit->scale != 1 || fit->shift != 0) && agrees(values, points, function, &plain))
		*fit = plain;
}

enum emnist_status expression_recognize(struct trace *trace, const struct expression *expression,
					struct recognized *recognized_ret)
{
	const struct expression *variable = expression_variable(trace);
	const double *values = expression->values;

	if (!variable)
		return trace_memory(trace);
	for (size_t i = 0; i < sizeof(activations) / sizeof(*activations); i++) {
		struct recognized fit = {.activation = activations[i].activation};

		activations[i].fit(values, &fit);
		if (!agrees(values, variable->values, activations[i].function, &fit))
			continue;
		/* A sigmoid taken for 0 is not quite 0. */
		prefer_plain(values, variable->values, activations[i].function, &fit);
		/* SELU is an ELU of another scale. */
		if (fit.activation == EMNIST_ELU && fit.scale != 1) {
			fit.activation = EMNIST_SELU;
			fit.gamma = (float)fit.scale;
			fit.scale = 1;
		}
		*recognized_ret = fit;
		return EMNIST_OK;
	}
	return trace_refuse(trace, "it is not a supported activation");
}
