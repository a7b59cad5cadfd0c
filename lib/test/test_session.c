/*
 * test_session.c - running networks: exp and the activations against the C library in double
 * precision, the forward pass against one written out, with every kernel that this processor has,
 * softmax at the edges, sessions in several threads, the order of the most probable classes.
 */
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../model/blas.h"
#include "../model/vexp.h"
#include "models.h"

/* ----------------------------------------------------------------------- exp */

/* The distance of a from the true value, in units of the last place of a float of that size. */
static double distance_ulp(float a, double truth)
{
	const double unit = truth < (double)FLT_MIN ? 0x1p-149 : ldexp(1, ilogb(truth) - 23);

	return fabs((double)a - truth) / unit;
}

/* Every 509th of all floats; a run over every one of them finds the same worst, 0.991. */
static void test_exp_is_within_one_unit(void **state)
{
	double worst = 0;

	(void)state;
	for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 509) {
		const float x = vexp_float((uint32_t)bits);
		const double truth = exp((double)x);
		const float nearest = (float)truth;

		if (isnan(x))
			assert_true(isnan(fast_expf(x)));
		else if (isinf(nearest) || nearest == 0)
			assert_true(fast_expf(x) == nearest);
		else
			worst = fmax(worst, distance_ulp(fast_expf(x), truth));
	}
	assert_true(worst < 1);
	assert_true(worst > 0.5);
}

static void test_exp_at_the_edges(void **state)
{
	(void)state;
	assert_true(fast_expf(0) == 1);
	assert_true(fast_expf(-0.0f) == 1);
	assert_true(fast_expf(INFINITY) == INFINITY);
	assert_true(fast_expf(-INFINITY) == 0);
	assert_true(isnan(fast_expf(NAN)));
	assert_true(isfinite(fast_expf(88.722f)));
	assert_true(isinf(fast_expf(88.723f)));
	assert_true(fast_expf(-103.9f) == 0x1p-149f);
	assert_true(fast_expf(-104.1f) == 0);
}

/* --------------------------------------------------------------- activations */

static double identity_of(double x, double alpha, double gamma)
{
	(void)alpha;
	(void)gamma;
	return x;
}

static double relu_of(double x, double alpha, double gamma)
{
	(void)alpha;
	(void)gamma;
	return x > 0 ? x : 0;
}

static double elu_of(double x, double alpha, double gamma)
{
	(void)gamma;
	return x > 0 ? x : alpha * expm1(x);
}

static double leaky_relu_of(double x, double alpha, double gamma)
{
	(void)gamma;
	return x > 0 ? x : alpha * x;
}

static double selu_of(double x, double alpha, double gamma)
{
	return gamma * (x > 0 ? x : alpha * expm1(x));
}

static double sigmoid_of(double x, double alpha, double gamma)
{
	(void)alpha;
	(void)gamma;
	return 1 / (1 + exp(-x));
}

static double tanh_of(double x, double alpha, double gamma)
{
	(void)alpha;
	(void)gamma;
	return tanh(x);
}

static double (*const references[])(double x, double alpha, double gamma) = {
	[EMNIST_IDENTITY] = identity_of, [EMNIST_RELU] = relu_of,
	[EMNIST_ELU] = elu_of,           [EMNIST_LEAKY_RELU] = leaky_relu_of,
	[EMNIST_SELU] = selu_of,         [EMNIST_SIGMOID] = sigmoid_of,
	[EMNIST_TANH] = tanh_of,
};

#define N_ACTIVATIONS (sizeof(references) / sizeof(*references))

/* Arrays of every length up to 100, so that each value has stood in a block and in the rest. */
static void test_activations(void **state)
{
	(void)state;
	for (size_t a = 0; a < N_ACTIVATIONS; a++) {
		for (size_t n = 0; n <= 100; n++) {
			float values[101], before[101];
			uint64_t seed = n;

			for (size_t i = 0; i < 101; i++)
				before[i] = values[i] = 20 * next_number(&seed);
			activation_apply((enum emnist_activation)a, 0.3f, 1.7f, values, n);
			for (size_t i = 0; i < n; i++) {
				const double truth = references[a]((double)before[i], 0.3, 1.7);

				assert_true(fabs((double)values[i] - truth) <=
					    3e-7 * fmax(1, fabs(truth)));
			}
			assert_true(values[n] == before[n]);
		}
	}
}

static void test_tanh_near_zero_keeps_its_digits(void **state)
{
	(void)state;
	for (float x = 1e-30f; x < 20; x *= 1.01f) {
		float values[2] = {x, -x};

		activation_apply(EMNIST_TANH, 0, 0, values, 2);
		assert_true(distance_ulp(values[0], tanh((double)x)) < 3);
		assert_true(values[1] == -values[0]);
	}
}

static void test_activations_at_infinity(void **state)
{
	float sigmoids[2] = {INFINITY, -INFINITY};
	float tangents[2] = {INFINITY, -INFINITY};
	float elus[2] = {INFINITY, -INFINITY};

	(void)state;
	activation_apply(EMNIST_SIGMOID, 0, 0, sigmoids, 2);
	assert_true(sigmoids[0] == 1 && sigmoids[1] == 0);
	activation_apply(EMNIST_TANH, 0, 0, tangents, 2);
	assert_true(tangents[0] == 1 && tangents[1] == -1);
	activation_apply(EMNIST_ELU, 2, 0, elus, 2);
	assert_true(elus[0] == INFINITY && elus[1] == -2);
}

/* ------------------------------------------------------------------- softmax */

static void check_softmax(const float *logits, size_t n, const double *expected)
{
	float values[100];
	double sum = 0;

	memcpy(values, logits, n * sizeof(*values));
	softmax_rows(values, 1, n);
	for (size_t i = 0; i < n; i++) {
		sum += (double)values[i];
		assert_true(fabs((double)values[i] - expected[i]) <= 2e-7);
	}
	assert_true(fabs(sum - 1) < 1e-6);
}

static void test_softmax_is_stable(void **state)
{
	(void)state;
	check_softmax((float[]){0, 0, 0, 0}, 4, (double[]){0.25, 0.25, 0.25, 0.25});
	check_softmax((float[]){1e30f, -1e30f, 0}, 3, (double[]){1, 0, 0});
	check_softmax((float[]){-1e30f, -1e30f}, 2, (double[]){0.5, 0.5});
	check_softmax((float[]){FLT_MAX, -FLT_MAX}, 2, (double[]){1, 0});
	check_softmax((float[]){FLT_MAX, FLT_MAX}, 2, (double[]){0.5, 0.5});
	check_softmax((float[]){-FLT_MAX, -FLT_MAX}, 2, (double[]){0.5, 0.5});
	check_softmax((float[]){1000, 1001}, 2, (double[]){1 / (1 + M_E), M_E / (1 + M_E)});
	check_softmax((float[]){-1000, -1001}, 2, (double[]){M_E / (1 + M_E), 1 / (1 + M_E)});
	check_softmax((float[]){3}, 1, (double[]){1});
}

static void test_softmax_of_no_numbers(void **state)
{
	(void)state;
	check_softmax((float[]){INFINITY, 0}, 2, (double[]){1, 0});
	check_softmax((float[]){INFINITY, INFINITY}, 2, (double[]){0.5, 0.5});
	check_softmax((float[]){-INFINITY, -INFINITY}, 2, (double[]){0.5, 0.5});
	check_softmax((float[]){NAN, 0, NAN}, 3, (double[]){0, 1, 0});
	check_softmax((float[]){NAN, NAN}, 2, (double[]){0.5, 0.5});
}

static void test_softmax_of_many_columns(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 100; n++) {
		float logits[100];
		double expected[100], sum = 0;
		uint64_t seed = n;

		for (size_t i = 0; i < n; i++) {
			logits[i] = 30 * next_number(&seed);
			sum += expected[i] = exp((double)logits[i]);
		}
		for (size_t i = 0; i < n; i++)
			expected[i] /= sum;
		check_softmax(logits, n, expected);
	}
}

/* ------------------------------------------------------------------ products */

static void test_gemm(void **state)
{
	enum { M = 3, N = 5, K = 7, LD = 9 };
	float a[LD * LD], b[LD * LD];
	uint64_t seed = 1;

	(void)state;
	assert_int_equal(blas_open(NULL), EMNIST_OK);
	for (size_t i = 0; i < LD * LD; i++) {
		a[i] = next_number(&seed);
		b[i] = next_number(&seed);
	}
	for (unsigned turn = 0; turn < 4; turn++) {
		const bool ta = turn & 1, tb = turn & 2;
		float c[LD * LD];

		for (size_t i = 0; i < LD * LD; i++)
			c[i] = (float)i;
		blas_gemm(ta, tb, M, N, K, 2, a, LD, b, LD, 0.5f, c, LD);
		for (size_t i = 0; i < LD * LD; i++) {
			const size_t row = i / LD, column = i % LD;
			double sum = 0;

			if (row >= M || column >= N) {
				assert_true(c[i] == (float)i);
				continue;
			}
			for (size_t k = 0; k < K; k++)
				sum += (double)(ta ? a[k * LD + row] : a[row * LD + k]) *
				       (double)(tb ? b[column * LD + k] : b[k * LD + column]);
			assert_true(fabs((double)c[i] - (2 * sum + 0.5 * (double)i)) < 1e-5);
		}
	}
}

/* -------------------------------------------------------------- forward pass */

/* One row through the model in double precision, term by term. */
static void run_plainly(const struct emnist_model *model, const float *vector, double *output)
{
	double in[EMNIST_VECTOR_LENGTH], sum = 0;
	const size_t n_outputs = emnist_model_n_outputs(model);

	for (size_t i = 0; i < emnist_model_n_inputs(model); i++)
		in[i] = (double)vector[i];
	for (size_t l = 0; l < model->n_layers; l++) {
		const struct layer *layer = &model->layers[l];

		for (size_t i = 0; i < layer->n_outputs; i++) {
			double x = (double)layer->bias[i];

			for (size_t j = 0; j < layer->n_inputs; j++)
				x += (double)layer->weights[i * layer->n_inputs + j] * in[j];
			output[i] = references[layer->activation](x, (double)layer->alpha,
								  (double)layer->gamma);
		}
		memcpy(in, output, layer->n_outputs * sizeof(*in));
	}
	for (size_t i = 0; model->softmax && i < n_outputs; i++)
		sum += exp(output[i]);
	for (size_t i = 0; model->softmax && i < n_outputs; i++)
		output[i] = exp(output[i]) / sum;
}

static float *random_vectors(size_t n_rows, size_t width)
{
	float *vectors = malloc(n_rows * width * sizeof(*vectors));
	uint64_t seed = 3;

	assert_non_null(vectors);
	for (size_t i = 0; i < n_rows * width; i++)
		vectors[i] = (next_number(&seed) + 1) / 2;
	return vectors;
}

static void check_model(const struct emnist_model *model, size_t n_rows)
{
	const size_t n_inputs = emnist_model_n_inputs(model);
	const size_t n_outputs = emnist_model_n_outputs(model);
	float *vectors = random_vectors(n_rows, n_inputs);
	float *probabilities = malloc(n_rows * n_outputs * sizeof(*probabilities));
	struct emnist_session *session;

	assert_non_null(probabilities);
	assert_int_equal(emnist_session_create(model, n_rows, &session, NULL), EMNIST_OK);
	assert_int_equal(emnist_session_run(session, vectors, n_rows, probabilities, NULL),
			 EMNIST_OK);
	for (size_t row = 0; row < n_rows; row++) {
		double expected[512];

		run_plainly(model, vectors + row * n_inputs, expected);
		for (size_t i = 0; i < n_outputs; i++)
			assert_true(fabs((double)probabilities[row * n_outputs + i] - expected[i]) <
				    1e-5);
	}
	emnist_session_free(session);
	free(probabilities);
	free(vectors);
}

/* The network with each kernel in turn. */
static void check_kernels(struct emnist_model *model, size_t n_rows)
{
	for (size_t i = 0; kernel_at(i); i++) {
		assert_true(model_lay_out(model, kernel_at(i)));
		check_model(model, n_rows);
	}
}

static void test_forward_pass(void **state)
{
	static const uint32_t deep[] = {20, 7, 33, 1, 64, 5, 62};
	static const uint32_t wide[] = {3, 500, 26};
	static const uint32_t shallow[] = {17, 10};
	static const struct {
		const uint32_t *widths;
		size_t n;
	} shapes[] = {{deep, 7}, {wide, 3}, {shallow, 2}};
	static const size_t n_rows[] = {1, 2, 255, 256, 257, 513};

	(void)state;
	for (size_t s = 0; s < 3; s++) {
		for (size_t a = 0; a < N_ACTIVATIONS; a++) {
			struct emnist_model *model =
				random_model(shapes[s].widths, shapes[s].n,
					     (enum emnist_activation)a, 10 * s + a);

			assert_non_null(model);
			for (size_t i = 0; i < sizeof(n_rows) / sizeof(*n_rows); i++)
				check_kernels(model, n_rows[i]);
			emnist_model_free(model);
		}
	}
}

static void test_forward_pass_without_softmax(void **state)
{
	struct emnist_model *model = random_model((uint32_t[]){8, 6, 10}, 3, EMNIST_RELU, 5);

	(void)state;
	assert_non_null(model);
	model->softmax = false;
	activation_set(&model->layers[1], EMNIST_SIGMOID);
	check_kernels(model, 3);
	emnist_model_free(model);
}

/* The values within a network overflow, and what comes out are probabilities still. */
static void test_overflow_gives_probabilities(void **state)
{
	struct emnist_model *model = random_model((uint32_t[]){4, 8, 10}, 3, EMNIST_IDENTITY, 5);
	struct emnist_session *session;
	float vector[4] = {1, 1, 1, 1}, probabilities[10];
	double sum = 0;

	(void)state;
	assert_non_null(model);
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < model->layers[l].n_inputs * model->layers[l].n_outputs; i++)
			model->layers[l].weights[i] *= 3e38f;
	assert_true(model_lay_out(model, model->kernel));
	assert_int_equal(emnist_session_create(model, 1, &session, NULL), EMNIST_OK);
	assert_int_equal(emnist_session_run(session, vector, 1, probabilities, NULL), EMNIST_OK);
	for (size_t i = 0; i < 10; i++) {
		assert_true(probabilities[i] >= 0 && probabilities[i] <= 1);
		sum += (double)probabilities[i];
	}
	assert_true(fabs(sum - 1) < 1e-6);
	model->softmax = false;
	assert_int_equal(emnist_session_run(session, vector, 1, probabilities, NULL), EMNIST_OK);
	for (size_t i = 0; i < 10; i++)
		assert_true(!isnan(probabilities[i]));
	emnist_session_free(session);
	emnist_model_free(model);
}

static void test_row_does_not_depend_on_others(void **state)
{
	enum { ROWS = 300, INPUTS = 40, OUTPUTS = 62 };
	struct emnist_model *model =
		random_model((uint32_t[]){INPUTS, 31, OUTPUTS}, 3, EMNIST_ELU, 9);
	float *vectors = random_vectors(ROWS, INPUTS);
	float *first = malloc(ROWS * OUTPUTS * sizeof(*first));
	float *second = malloc(ROWS * OUTPUTS * sizeof(*second));
	struct emnist_session *session;

	(void)state;
	assert_non_null(model);
	assert_true(first && second);
	assert_int_equal(emnist_session_create(model, ROWS, &session, NULL), EMNIST_OK);
	assert_int_equal(emnist_session_run(session, vectors, ROWS, first, NULL), EMNIST_OK);
	for (size_t row = 1; row < ROWS; row += 2)
		for (size_t i = 0; i < INPUTS; i++)
			vectors[row * INPUTS + i] = 1e30f;
	assert_int_equal(emnist_session_run(session, vectors, ROWS, second, NULL), EMNIST_OK);
	for (size_t row = 0; row < ROWS; row += 2)
		assert_memory_equal(first + row * OUTPUTS, second + row * OUTPUTS,
				    OUTPUTS * sizeof(float));
	emnist_session_free(session);
	emnist_model_free(model);
	free(vectors);
	free(first);
	free(second);
}

/* Every width up to beyond two strips, as inputs and as outputs. */
static void test_widths(void **state)
{
	(void)state;
	for (uint32_t width = 1; width <= 270; width++) {
		struct emnist_model *model = random_model((uint32_t[]){width, 270 - width + 1, 10},
							  3, EMNIST_RELU, width);

		assert_non_null(model);
		check_kernels(model, 5);
		emnist_model_free(model);
	}
}

/* What a row of inputs looks like to a kernel: which are zero. */
enum pattern {
	ALL_ZERO,
	ALL_NEGATIVE_ZERO,
	DENSE,
	ONE_ALIVE,
	ONE_DEAD,
	EVERY_SECOND,
	LAST_WORD,
	RANDOM,
	N_PATTERNS,
};

static bool is_alive(enum pattern pattern, size_t row, size_t i, size_t n, uint64_t *seed)
{
	switch (pattern) {
	case DENSE:
		return true;
	case ONE_ALIVE:
		return i == row % n;
	case ONE_DEAD:
		return i != row % n;
	case EVERY_SECOND:
		return i % 2 == row % 2;
	case LAST_WORD:
		return i / KERNEL_WORD == (n - 1) / KERNEL_WORD;
	case RANDOM:
		return next_number(seed) > 0.3f;
	default:
		return false;
	}
}

/* (n_rows, n), the patterns in turn. */
static float *patterned_vectors(size_t n_rows, size_t n)
{
	float *vectors = random_vectors(n_rows, n);
	uint64_t seed = 17;

	for (size_t row = 0; row < n_rows; row++)
		for (size_t i = 0; i < n; i++) {
			const enum pattern pattern = row % N_PATTERNS;

			if (!is_alive(pattern, row, i, n, &seed))
				vectors[row * n + i] = pattern == ALL_NEGATIVE_ZERO ? -0.0f : 0;
		}
	return vectors;
}

#define MOST_ROWS 130

static void run_all(const struct emnist_model *model, const float *vectors, size_t n_rows,
		    size_t batch, float *probabilities)
{
	const size_t n_inputs = emnist_model_n_inputs(model);
	const size_t n_outputs = emnist_model_n_outputs(model);
	struct emnist_session *session;

	assert_int_equal(emnist_session_create(model, batch, &session, NULL), EMNIST_OK);
	for (size_t row = 0; row < n_rows; row += batch) {
		const size_t left = n_rows - row;

		assert_int_equal(emnist_session_run(session, vectors + row * n_inputs,
						    left < batch ? left : batch,
						    probabilities + row * n_outputs, NULL),
				 EMNIST_OK);
	}
	emnist_session_free(session);
}

/* Zeros change nothing but the time, and neither does the batch: not one bit. */
static void check_patterns(struct emnist_model *model)
{
	const size_t n_inputs = emnist_model_n_inputs(model);
	const size_t n_outputs = emnist_model_n_outputs(model);
	const size_t nbytes = MOST_ROWS * n_outputs * sizeof(float);
	float *vectors = patterned_vectors(MOST_ROWS, n_inputs);
	float *wanted = malloc(nbytes), *found = malloc(nbytes);

	assert_true(wanted && found);
	for (size_t i = 0; kernel_at(i); i++) {
		assert_true(model_lay_out(model, kernel_at(i)));
		run_all(model, vectors, MOST_ROWS, MOST_ROWS, wanted);
		for (size_t row = 0; row < MOST_ROWS; row++) {
			double expected[512];

			run_plainly(model, vectors + row * n_inputs, expected);
			for (size_t c = 0; c < n_outputs; c++)
				assert_true(fabs((double)wanted[row * n_outputs + c] -
						 expected[c]) < 1e-5);
		}
		for (size_t batch = 1; batch < MOST_ROWS; batch++) {
			run_all(model, vectors, MOST_ROWS, batch, found);
			assert_memory_equal(found, wanted, nbytes);
		}
	}
	free(vectors);
	free(wanted);
	free(found);
}

/* Makes weights as small as those of trained models: what comes out are no more extremes. */
static void soften(struct emnist_model *model)
{
	for (size_t l = 0; l < model->n_layers; l++) {
		struct layer *layer = &model->layers[l];

		for (size_t i = 0; i < (size_t)layer->n_inputs * layer->n_outputs; i++)
			layer->weights[i] *= 2 / sqrtf((float)layer->n_inputs);
	}
}

static void test_zeros_and_batches(void **state)
{
	static const enum emnist_activation kinds[] = {EMNIST_RELU, EMNIST_SIGMOID, EMNIST_SELU};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct emnist_model *model =
			random_model((uint32_t[]){150, 133, 65, 47}, 4, kinds[i], 21 + i);

		assert_non_null(model);
		soften(model);
		check_patterns(model);
		emnist_model_free(model);
	}
}

/* Kernels that multiply and add in one step agree to the bit; these are all but the last. */
static void test_kernels_agree(void **state)
{
	enum { INPUTS = 200, OUTPUTS = 62 };
	struct emnist_model *model =
		random_model((uint32_t[]){INPUTS, 100, OUTPUTS}, 3, EMNIST_TANH, 4);
	float *vectors = patterned_vectors(MOST_ROWS, INPUTS);
	static float first[MOST_ROWS * OUTPUTS], other[MOST_ROWS * OUTPUTS];

	(void)state;
	assert_non_null(model);
	for (size_t i = 0; kernel_at(i); i++) {
		assert_true(model_lay_out(model, kernel_at(i)));
		run_all(model, vectors, MOST_ROWS, MOST_ROWS, i == 0 ? first : other);
		if (i > 0 && kernel_at(i + 1))
			assert_memory_equal(first, other, sizeof(first));
	}
	emnist_model_free(model);
	free(vectors);
}

/* What is no number is not taken for a zero, and a zero weight does not hide it; the rows beside it
 * are as they were. */
static void check_no_number(float value)
{
	enum { INPUTS = 100, OUTPUTS = 10, ROWS = 20 };
	struct emnist_model *model = random_model((uint32_t[]){INPUTS, OUTPUTS}, 2, EMNIST_RELU, 6);
	float *vectors = patterned_vectors(ROWS, INPUTS);
	float before[ROWS * OUTPUTS], after[ROWS * OUTPUTS];

	assert_non_null(model);
	for (size_t o = 0; o < OUTPUTS; o++)
		model->layers[0].weights[o * INPUTS + 7] = 0;
	for (size_t i = 0; kernel_at(i); i++) {
		assert_true(model_lay_out(model, kernel_at(i)));
		vectors[3 * INPUTS + 7] = 0;
		run_all(model, vectors, ROWS, ROWS, before);
		vectors[3 * INPUTS + 7] = value;
		run_all(model, vectors, ROWS, ROWS, after);
		for (size_t o = 0; o < OUTPUTS; o++) {
			assert_true(fabs((double)after[3 * OUTPUTS + o] - 0.1) < 1e-6);
			after[3 * OUTPUTS + o] = before[3 * OUTPUTS + o];
		}
		assert_memory_equal(before, after, sizeof(before));
	}
	emnist_model_free(model);
	free(vectors);
}

static void test_inputs_that_are_no_numbers(void **state)
{
	(void)state;
	check_no_number(NAN);
	check_no_number(INFINITY);
	check_no_number(-INFINITY);
}

static void test_session_arguments(void **state)
{
	struct emnist_model *model = random_model((uint32_t[]){4, 10}, 2, EMNIST_RELU, 1);
	struct emnist_session *session;
	struct emnist_error error;
	float vectors[12] = {0}, probabilities[30] = {[0] = 7};

	(void)state;
	assert_non_null(model);
	assert_int_equal(emnist_session_create(model, 0, &session, &error), EMNIST_ERR_ARGUMENT);
	assert_null(session);
	assert_string_equal(error.message, "max_rows is 0, not 1 to 65536");
	assert_int_equal(emnist_session_create(model, 65537, &session, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "max_rows is 65537, not 1 to 65536");
	assert_int_equal(emnist_session_create(model, 65536, &session, &error), EMNIST_OK);
	emnist_session_free(session);
	assert_int_equal(emnist_session_create(model, 2, &session, &error), EMNIST_OK);
	assert_int_equal(emnist_session_run(session, vectors, 3, probabilities, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "3 rows in a session of at most 2");
	assert_int_equal(emnist_session_run(session, vectors, 0, probabilities, &error), EMNIST_OK);
	assert_true(probabilities[0] == 7);
	emnist_session_free(session);
	emnist_session_free(NULL);
	emnist_model_free(model);
	emnist_model_free(NULL);
}

/* ------------------------------------------------------------------- threads */

#define THREADS      4
#define THREAD_ROWS  70
#define THREAD_WIDTH 784

struct thread {
	pthread_t id;
	const struct emnist_model *model;
	const float *vectors;
	float probabilities[THREAD_ROWS * 62];
	enum emnist_status status;
};

static void *run_thread(void *context)
{
	struct thread *thread = context;
	struct emnist_session *session;

	thread->status = emnist_session_create(thread->model, THREAD_ROWS, &session, NULL);
	for (unsigned i = 0; !thread->status && i < 10; i++)
		thread->status = emnist_session_run(session, thread->vectors, THREAD_ROWS,
						    thread->probabilities, NULL);
	emnist_session_free(session);
	return NULL;
}

static void test_threads_share_a_model(void **state)
{
	static struct thread threads[THREADS];
	struct emnist_model *model =
		random_model((uint32_t[]){THREAD_WIDTH, 64, 62}, 3, EMNIST_ELU, 2);
	float *vectors = random_vectors(THREAD_ROWS, THREAD_WIDTH);

	(void)state;
	assert_non_null(model);
	for (size_t i = 0; i < THREADS; i++) {
		threads[i].model = model;
		threads[i].vectors = vectors;
		assert_int_equal(pthread_create(&threads[i].id, NULL, run_thread, &threads[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i].id, NULL), 0);
		assert_int_equal(threads[i].status, EMNIST_OK);
		assert_memory_equal(threads[i].probabilities, threads[0].probabilities,
				    sizeof(threads[0].probabilities));
	}
	emnist_model_free(model);
	free(vectors);
}

/* --------------------------------------------------------------------- top k */

static void check_top(const float *values, size_t n, size_t k, const uint32_t *expected)
{
	uint32_t positions[16] = {[15] = 99};

	emnist_top_k(values, n, k, positions);
	for (size_t i = 0; i < k; i++)
		assert_int_equal(positions[i], expected[i]);
	assert_int_equal(positions[15], 99);
}

static void test_top_k(void **state)
{
	static const float values[] = {0.1f, 0.5f, 0.2f, 0.5f, 0.0f, 0.2f};
	static const float broken[] = {NAN, 0.1f, NAN, -INFINITY, 0.3f};

	(void)state;
	check_top(values, 6, 1, (uint32_t[]){1});
	check_top(values, 6, 3, (uint32_t[]){1, 3, 2});
	check_top(values, 6, 6, (uint32_t[]){1, 3, 2, 5, 0, 4});
	check_top(values, 6, 0, NULL);
	check_top(broken, 5, 5, (uint32_t[]){4, 1, 3, 0, 2});
	check_top(broken, 5, 2, (uint32_t[]){4, 1});
	check_top(broken, 1, 1, (uint32_t[]){0});
}

static const float *sorted_values;

static int compare_positions(const void *a, const void *b)
{
	const uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	if (sorted_values[i] != sorted_values[j])
		return sorted_values[i] < sorted_values[j] ? 1 : -1;
	return i < j ? -1 : 1;
}

static void test_top_k_is_the_start_of_a_sort(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 50; seed++) {
		float values[200];
		uint32_t sorted[200], positions[200];
		uint64_t numbers = seed;

		for (uint32_t i = 0; i < 200; i++) {
			values[i] = floorf(50 * next_number(&numbers));
			sorted[i] = i;
		}
		sorted_values = values;
		qsort(sorted, 200, sizeof(*sorted), compare_positions);
		for (size_t k = 0; k <= 200; k += 7) {
			emnist_top_k(values, 200, k, positions);
			assert_memory_equal(positions, sorted, k * sizeof(*sorted));
		}
	}
}

/* ------------------------------------------------------------- expected.json */

/* Reads the numbers of one object of expected.json after `from`: "label": value, ... in the order
 * of labels' texts; returns where it ends. */
static const char *scan_object(const char *from, const struct emnist_labels *labels, double *values)
{
	for (size_t i = 0; i < emnist_labels_count(labels); i++) {
		char key[16];
		char *end;

		snprintf(key, sizeof(key), "\"%s\":", emnist_labels_text(labels, i));
		from = strstr(from, key);
		assert_non_null(from);
		values[i] = strtod(from + strlen(key), &end);
		from = end;
	}
	return from;
}

static char *read_text(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, 1 << 20);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
	fclose(file);
	return text;
}

static void check_seed_model(const char *data, const char *json, const char *key, const char *file)
{
	struct emnist_model *model;
	struct emnist_session *session;
	struct emnist_reader *reader;
	char path[4096];
	const char *at = strstr(json, key);

	assert_non_null(at);
	snprintf(path, sizeof(path), "%s/seed/%s", data, file);
	assert_int_equal(emnist_model_read(path, NULL, &model, NULL), EMNIST_OK);
	assert_int_equal(emnist_session_create(model, 1, &session, NULL), EMNIST_OK);
	assert_int_equal(emnist_reader_create(NULL, &reader, NULL), EMNIST_OK);
	for (unsigned i = 0; i < 10; i++) {
		float vector[EMNIST_VECTOR_LENGTH], probabilities[62];
		double expected[62];
		char name[64];

		snprintf(name, sizeof(name), "\"test_img_%04u.png\"", i);
		at = strstr(at, name);
		assert_non_null(at);
		at = scan_object(at + strlen(name), emnist_model_labels(model), expected);
		snprintf(path, sizeof(path), "%s/seed/images/test_img_%04u.png", data, i);
		assert_int_equal(emnist_read_file(reader, path, vector, NULL), EMNIST_OK);
		assert_int_equal(emnist_session_run(session, vector, 1, probabilities, NULL),
				 EMNIST_OK);
		for (size_t j = 0; j < 62; j++)
			assert_true(fabs((double)probabilities[j] - expected[j]) <= 1e-4);
	}
	emnist_reader_free(reader);
	emnist_session_free(session);
	emnist_model_free(model);
}

static void test_scores_of_2018(void **state)
{
	const char *data = getenv("EMNIST_DATA");
	char path[4096];
	char *json;

	(void)state;
	if (!data)
		skip();
	snprintf(path, sizeof(path), "%s/seed/expected.json", data);
	json = read_text(path);
	check_seed_model(data, json, "\"dnn_model_pt.onnx\"", "models/dnn_model_pt.onnx");
	check_seed_model(data, json, "\"dnn_model_pt_128.onnx\"", "models/dnn_model_pt_128.onnx");
	check_seed_model(data, json, "\"app/dnn_model_pt.onnx\"", "app/dnn_model_pt.onnx");
	check_seed_model(data, json, "\"dnn_model_tf.pb\"", "models/dnn_model_tf.pb");
	check_seed_model(data, json, "\"dnn_model_tf_128.pb\"", "models/dnn_model_tf_128.pb");
	check_seed_model(data, json, "\"app/saved_model.pb\"", "app/saved_model.pb");
	free(json);
}

/* Images as people write them, with the model that is built in. */
static void test_real_images(void **state)
{
	enum { ROWS = 1000 };
	const char *data = getenv("EMNIST_DATA");
	static uint8_t pixels[ROWS * EMNIST_VECTOR_LENGTH];
	static float vectors[ROWS * EMNIST_VECTOR_LENGTH], probabilities[ROWS * 62];
	static uint16_t classes[ROWS];
	struct emnist_dataset *dataset;
	struct emnist_model *model;
	char path[4096];
	size_t n;

	(void)state;
	if (!data)
		skip();
	snprintf(path, sizeof(path), "%s/emnist/train/part1-62-images-idx3-ubyte.gz", data);
	assert_int_equal(emnist_dataset_open(path, NULL, &dataset, NULL), EMNIST_OK);
	assert_int_equal(emnist_dataset_read(dataset, ROWS, pixels, classes, &n, NULL), EMNIST_OK);
	assert_int_equal(n, ROWS);
	emnist_dataset_free(dataset);
	for (size_t i = 0; i < ROWS * EMNIST_VECTOR_LENGTH; i++)
		vectors[i] = (float)pixels[i] / 255.0F;
	assert_int_equal(emnist_model_default(&model, NULL), EMNIST_OK);
	for (size_t i = 0; kernel_at(i); i++) {
		assert_true(model_lay_out(model, kernel_at(i)));
		run_all(model, vectors, ROWS, 300, probabilities);
		for (size_t row = 0; row < ROWS; row++) {
			double expected[512];

			run_plainly(model, vectors + row * EMNIST_VECTOR_LENGTH, expected);
			for (size_t c = 0; c < 62; c++)
				assert_true(fabs((double)probabilities[row * 62 + c] -
						 expected[c]) < 1e-5);
		}
	}
	emnist_model_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exp_is_within_one_unit),
		cmocka_unit_test(test_exp_at_the_edges),
		cmocka_unit_test(test_activations),
		cmocka_unit_test(test_tanh_near_zero_keeps_its_digits),
		cmocka_unit_test(test_activations_at_infinity),
		cmocka_unit_test(test_softmax_is_stable),
		cmocka_unit_test(test_softmax_of_no_numbers),
		cmocka_unit_test(test_softmax_of_many_columns),
		cmocka_unit_test(test_gemm),
		cmocka_unit_test(test_forward_pass),
		cmocka_unit_test(test_forward_pass_without_softmax),
		cmocka_unit_test(test_overflow_gives_probabilities),
		cmocka_unit_test(test_row_does_not_depend_on_others),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_zeros_and_batches),
		cmocka_unit_test(test_kernels_agree),
		cmocka_unit_test(test_inputs_that_are_no_numbers),
		cmocka_unit_test(test_session_arguments),
		cmocka_unit_test(test_threads_share_a_model),
		cmocka_unit_test(test_top_k),
		cmocka_unit_test(test_top_k_is_the_start_of_a_sort),
		cmocka_unit_test(test_scores_of_2018),
		cmocka_unit_test(test_real_images),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
