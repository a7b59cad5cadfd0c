/*
 * activation.c - activation functions and softmax.
 *
 * Each loop runs over a block of fixed length, which compilers vectorize even at low optimization
 * levels. The remaining values are copied into a block of their own. So a value's result does not
 * depend on its position in the array.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "../base/simd.h"
#include "model.h"
#include "vexp.h"

#define BLOCK 32

/* Rows summed at a time. */
#define GROUP 4

/* From Klambauer et al., "Self-Normalizing Neural Networks", 2017, as in ONNX and PyTorch. */
#define SELU_ALPHA 1.67326319217681884765625f
#define SELU_GAMMA 1.05070102214813232421875f

/* PyTorch's and ONNX's default. */
#define LEAKY_RELU_SLOPE 0.01f

struct parameters {
	float alpha;
	float gamma;
};

static inline float relu(float x, struct parameters p)
{
	(void)p;
	return vexp_select(x > 0, x, 0);
}

static inline float elu(float x, struct parameters p)
{
	const float negative = p.alpha * (fast_expf(x) - 1);

	return vexp_select(x > 0, x, negative);
}

static inline float leaky_relu(float x, struct parameters p)
{
	const float negative = p.alpha * x;

	return vexp_select(x > 0, x, negative);
}

static inline float selu(float x, struct parameters p)
{
	const float negative = p.alpha * (fast_expf(x) - 1);

	return p.gamma * vexp_select(x > 0, x, negative);
}

static inline float sigmoid(float x, struct parameters p)
{
	(void)p;
	return 1 / (1 + fast_expf(-x));
}

/* Near 0, where 1 - 2 / (exp(2x) + 1) loses digits, the polynomial of Cephes' tanhf (Moshier). */
static inline float hyperbolic_tangent(float x, struct parameters p)
{
	const float magnitude = fabsf(x);
	const float square = x * x;
	const float far = copysignf(1 - 2 / (fast_expf(2 * magnitude) + 1), x);
	float near = -5.70498872745e-3f;

	(void)p;
	near = near * square + 2.06390887954e-2f;
	near = near * square + -5.37397155531e-2f;
	near = near * square + 1.33314422036e-1f;
	near = near * square + -3.33332819422e-1f;
	near = near * square * x + x;
	return vexp_select(magnitude < 0.625f, near, far);
}

#define DEFINE_BLOCKS(function)                                                                    \
	SIMD_CLONES static void function##_blocks(float *values, size_t n_blocks,                  \
						  struct parameters p)                             \
	{                                                                                          \
		for (; n_blocks; n_blocks--, values += BLOCK)                                      \
			for (size_t i = 0; i < BLOCK; i++)                                         \
				values[i] = function(values[i], p);                                \
	}

DEFINE_BLOCKS(relu)
DEFINE_BLOCKS(elu)
DEFINE_BLOCKS(leaky_relu)
DEFINE_BLOCKS(selu)
DEFINE_BLOCKS(sigmoid)
DEFINE_BLOCKS(hyperbolic_tangent)

static const struct {
	void (*blocks)(float *values, size_t n_blocks, struct parameters p);
	struct parameters defaults;
} activations[] = {
	[EMNIST_IDENTITY] = {NULL, {0, 0}},
	[EMNIST_RELU] = {relu_blocks, {0, 0}},
	[EMNIST_ELU] = {elu_blocks, {1, 0}},
	[EMNIST_LEAKY_RELU] = {leaky_relu_blocks, {LEAKY_RELU_SLOPE, 0}},
	[EMNIST_SELU] = {selu_blocks, {SELU_ALPHA, SELU_GAMMA}},
	[EMNIST_SIGMOID] = {sigmoid_blocks, {0, 0}},
	[EMNIST_TANH] = {hyperbolic_tangent_blocks, {0, 0}},
};

void activation_set(struct layer *layer, enum emnist_activation activation)
{
	layer->activation = activation;
	layer->alpha = activations[activation].defaults.alpha;
	layer->gamma = activations[activation].defaults.gamma;
}

void activation_apply(enum emnist_activation activation, float alpha, float gamma, float *values,
		      size_t n)
{
	const struct parameters p = {alpha, gamma};
	const size_t whole = n - n % BLOCK;

	if (!activations[activation].blocks)
		return;
	activations[activation].blocks(values, n / BLOCK, p);
	if (whole < n) {
		float rest[BLOCK] = {0};

		memcpy(rest, values + whole, (n - whole) * sizeof(*values));
		activations[activation].blocks(rest, 1, p);
		memcpy(values + whole, rest, (n - whole) * sizeof(*values));
	}
}

/* Overflow inside a network leaves infinities and NaN, but the output must still be probabilities.
 * Infinities become the largest floats, NaN the lowest. */
static inline float make_finite(float x)
{
	const float above = x > -FLT_MAX ? x : -FLT_MAX;

	return above < FLT_MAX ? above : FLT_MAX;
}

/* The largest of n values, made finite, with one running maximum per vector lane. */
SIMD_CLONES static float largest_of(const float *values, size_t n)
{
	enum { LANES = 16 };
	float lanes[LANES], largest = -FLT_MAX;
	size_t i;

	for (size_t lane = 0; lane < LANES; lane++)
		lanes[lane] = -FLT_MAX;
	for (i = 0; i + LANES <= n; i += LANES)
		for (size_t lane = 0; lane < LANES; lane++)
			lanes[lane] = vexp_select(values[i + lane] > lanes[lane], values[i + lane],
						  lanes[lane]);
	for (; i < n; i++)
		largest = values[i] > largest ? values[i] : largest;
	for (size_t lane = 0; lane < LANES; lane++)
		largest = lanes[lane] > largest ? lanes[lane] : largest;
	return make_finite(largest);
}

/* Replaces each value by exp(value - largest). */
SIMD_CLONES static void exp_blocks(float *values, size_t n_blocks, float largest)
{
	for (; n_blocks; n_blocks--, values += BLOCK)
		for (size_t i = 0; i < BLOCK; i++)
			values[i] = fast_expf(make_finite(values[i]) - largest);
}

static void exp_row(float *values, size_t n)
{
	const float largest = largest_of(values, n);
	const size_t whole = n - n % BLOCK;

	exp_blocks(values, n / BLOCK, largest);
	if (whole < n) {
		float rest[BLOCK] = {0};

		memcpy(rest, values + whole, (n - whole) * sizeof(*values));
		exp_blocks(rest, 1, largest);
		memcpy(values + whole, rest, (n - whole) * sizeof(*values));
	}
}

/* Divides each of n_rows rows by its sum. Several sums run side by side, since each has to wait for
 * its last addition. */
static inline void divide_rows(float *values, const size_t n_rows, size_t n)
{
	double sums[GROUP] = {0};

	for (size_t i = 0; i < n; i++)
		for (size_t row = 0; row < n_rows; row++)
			sums[row] += (double)values[row * n + i];
	for (size_t row = 0; row < n_rows; row++) {
		const float share = (float)(1 / sums[row]);

		for (size_t i = 0; i < n; i++)
			values[row * n + i] *= share;
	}
}

void softmax_rows(float *values, size_t n_rows, size_t n_columns)
{
	size_t row;

	for (row = 0; row < n_rows; row++)
		exp_row(values + row * n_columns, n_columns);
	for (row = 0; row + GROUP <= n_rows; row += GROUP)
		divide_rows(values + row * n_columns, GROUP, n_columns);
	for (; row < n_rows; row++)
		divide_rows(values + row * n_columns, 1, n_columns);
}

void probabilities_settle(const struct emnist_model *model, float *values, size_t n_rows)
{
	const size_t n_columns = emnist_model_n_outputs(model);

	if (model->softmax) {
		softmax_rows(values, n_rows, n_columns);
		return;
	}
	for (size_t i = 0; i < n_rows * n_columns; i++)
		values[i] = isnan(values[i]) ? 0 : values[i];
}
