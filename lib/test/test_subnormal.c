/*
 * test_subnormal.c - what makes some processors slow, counted rather than timed: no weight that a
 * session computes with is subnormal, no value within a network or a training run is, and the
 * caller's floating-point environment is its own again afterwards.
 */
#include <fenv.h>
#include <float.h>
#include <glob.h>
#include <math.h>

#include "../base/float_mode.h"
#include "../io/file.h"
#include "models.h"
#include "training.h"

/* -------------------------------------------------------------------- weights */

static size_t n_subnormal(const unaligned_float *values, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += fpclassify(values[i]) == FP_SUBNORMAL;
	return count;
}

/* All subnormals that running or writing this model would meet. */
static size_t n_subnormal_of(const struct emnist_model *model)
{
	size_t count = 0, n;

	for (size_t l = 0; l < model->n_layers; l++) {
		const struct layer *layer = &model->layers[l];

		count += n_subnormal(layer->weights, (size_t)layer->n_inputs * layer->n_outputs);
		count += n_subnormal(layer->bias, layer->n_outputs);
		assert_true(panels_count(layer->n_inputs, layer->n_outputs, &n));
		count += n_subnormal(layer->panels, n);
	}
	return count;
}

static void built_in_model_has_none(void **state)
{
	struct emnist_model *model;

	(void)state;
	assert_int_equal(emnist_model_default(&model, NULL), EMNIST_OK);
	assert_int_equal(n_subnormal_of(model), 0);
	emnist_model_free(model);
}

#define WIDTHS                                                                                     \
	(uint32_t[])                                                                               \
	{                                                                                          \
		20, 70, 10                                                                         \
	}
#define DEAD 33

/* Weights that are subnormal, or above that and still far below what could matter. */
static const float tiny[] = {0x1p-149f, -0x1.fffffcp-127f, 0x1p-126f, -1e-30f, 1e-25f};

#define N_TINY (sizeof(tiny) / sizeof(*tiny))

/* What weight decay makes of unit DEAD. */
static void kill(struct emnist_model *model, bool with_bias)
{
	struct layer *from = &model->layers[0], *to = &model->layers[1];

	for (size_t i = 0; i < from->n_inputs; i++)
		from->weights[DEAD * from->n_inputs + i] = with_bias ? tiny[i % N_TINY] : 0;
	for (size_t o = 0; o < to->n_outputs; o++)
		to->weights[o * to->n_inputs + DEAD] = with_bias ? tiny[o % N_TINY] : 0;
	if (!with_bias)
		from->bias[DEAD] = 0;
}

/* The dead unit goes altogether, and nothing else changes. */
static void dead_units_are_zeroed(void **state)
{
	struct emnist_model *model = random_model(WIDTHS, 3, EMNIST_RELU, 3);
	struct emnist_model *expected = random_model(WIDTHS, 3, EMNIST_RELU, 3);

	(void)state;
	kill(model, true);
	assert_true(n_subnormal_of(model) > 0);
	assert_true(model_pack(model, model->kernel));
	assert_int_equal(n_subnormal_of(model), 0);
	kill(expected, false);
	assert_same_and_free(model, expected);
}

/* Floats as a file has them, little-endian. */
static void put_floats(unsigned char *bytes, const float *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t bits;

		memcpy(&bits, &values[i], sizeof(bits));
		for (unsigned k = 0; k < 4; k++)
			*bytes++ = (unsigned char)(bits >> 8 * k);
	}
}

/* The bytes of the value in a file. */
static unsigned char *find_value(unsigned char *bytes, size_t nbytes, float value)
{
	unsigned char wanted[4], *at;

	put_floats(wanted, &value, 1);
	at = memmem(bytes, nbytes, wanted, sizeof(wanted));

	assert_non_null(at);
	return at;
}

/* A file whose unit DEAD is as weight decay leaves it. */
static void *encode_dead(size_t *nbytes_ret)
{
	struct emnist_model *model = random_model(WIDTHS, 3, EMNIST_RELU, 3);
	struct emnist_model *dead = random_model(WIDTHS, 3, EMNIST_RELU, 3);
	void *bytes;

	kill(dead, true);
	assert_int_equal(emnist_model_export(model, NULL, &bytes, nbytes_ret, NULL), EMNIST_OK);
	for (size_t l = 0; l < 2; l++) {
		const struct layer *from = &model->layers[l], *to = &dead->layers[l];

		put_floats(find_value(bytes, *nbytes_ret, from->weights[0]), to->weights,
			   (size_t)to->n_inputs * to->n_outputs);
	}
	emnist_model_free(model);
	emnist_model_free(dead);
	return bytes;
}

/* Also where the weights are left in the file, which stays as it is. */
static void files_are_cleaned(void **state)
{
	char path[] = "/tmp/emnist-subnormal-XXXXXX";
	struct emnist_model *expected = random_model(WIDTHS, 3, EMNIST_RELU, 3);
	struct emnist_model *parsed, *read;
	size_t nbytes;
	void *bytes = encode_dead(&nbytes);
	const int fd = mkstemp(path);

	(void)state;
	kill(expected, false);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, nbytes), nbytes);
	assert_int_equal(close(fd), 0);
	assert_int_equal(emnist_model_parse(bytes, nbytes, NULL, &parsed, NULL), EMNIST_OK);
	assert_int_equal(emnist_model_read(path, NULL, &read, NULL), EMNIST_OK);
	unlink(path);
	free(bytes);
	assert_int_equal(n_subnormal_of(parsed), 0);
	assert_int_equal(n_subnormal_of(read), 0);
	assert_true(same_weights(parsed, expected));
	emnist_model_free(parsed);
	assert_same_and_free(read, expected);
}

static void run_on(enum emnist_engine engine, const struct emnist_model *model,
		   const float *vectors, size_t n_rows, float *probabilities_ret)
{
	const struct emnist_session_options options = {.engine = engine};
	struct emnist_session *session;

	assert_int_equal(emnist_session_create_with(model, n_rows, &options, &session, NULL),
			 EMNIST_OK);
	assert_int_equal(emnist_session_run(session, vectors, n_rows, probabilities_ret, NULL),
			 EMNIST_OK);
	emnist_session_free(session);
}

static void run(const struct emnist_model *model, const float *vectors, size_t n_rows,
		float *probabilities_ret)
{
	run_on(EMNIST_ENGINE_KERNELS, model, vectors, n_rows, probabilities_ret);
}

#define N_ROWS 9

static void fill_vectors(float *vectors, size_t n)
{
	uint64_t seed = 1;

	for (size_t i = 0; i < n; i++)
		vectors[i] = fabsf(next_number(&seed));
}

/* Small weights that later ones make up for are kept: a power of two that goes through a network
 * changes no bit of its sums. Of every other unit it is undone in the next layer; of all units it
 * stays, and is to be seen in outputs that are no logits. */
static void small_weights_that_matter_stay(void **state)
{
	static const float scales[] = {0x1p-66f, 0x1p-80f, 0x1p-90f};
	float vectors[N_ROWS * 20], expected[N_ROWS * 10], probabilities[N_ROWS * 10];

	(void)state;
	fill_vectors(vectors, N_ROWS * 20);
	for (size_t s = 0; s < 3; s++)
		for (size_t step = 1; step <= 2; step++) {
			struct emnist_model *model = random_model(WIDTHS, 3, EMNIST_RELU, 3);
			struct layer *from = &model->layers[0], *to = &model->layers[1];

			run(model, vectors, N_ROWS, expected);
			for (size_t u = 0; u < 70; u += step) {
				from->bias[u] *= scales[s];
				for (size_t i = 0; i < 20; i++)
					from->weights[u * 20 + i] *= scales[s];
				for (size_t o = 0; o < 10; o++)
					to->weights[o * 70 + u] /= scales[s];
			}
			assert_true(model_pack(model, model->kernel));
			run(model, vectors, N_ROWS, probabilities);
			assert_memory_equal(probabilities, expected, sizeof(expected));
			emnist_model_free(model);
		}
}

static void small_outputs_stay(void **state)
{
	float vectors[N_ROWS * 20], expected[N_ROWS * 10], outputs[N_ROWS * 10];
	struct emnist_model *model = random_model(WIDTHS, 3, EMNIST_RELU, 3);
	struct layer *last = &model->layers[1];

	(void)state;
	fill_vectors(vectors, N_ROWS * 20);
	model->softmax = false;
	run(model, vectors, N_ROWS, expected);
	for (size_t o = 0; o < 10; o++) {
		last->bias[o] *= 0x1p-90f;
		for (size_t i = 0; i < 70; i++)
			last->weights[o * 70 + i] *= 0x1p-90f;
	}
	assert_true(model_pack(model, model->kernel));
	run(model, vectors, N_ROWS, outputs);
	for (size_t i = 0; i < N_ROWS * 10; i++)
		assert_true(outputs[i] == expected[i] * 0x1p-90f);
	emnist_model_free(model);
}

/* --------------------------------------------------------------------- values */

/* This thread's mode: whether subnormals are numbers to it. */
static bool knows_subnormals(void)
{
	volatile float number = FLT_MIN;

	number = number / 2;
	return number > 0;
}

static bool mode_is_known(void)
{
	const struct float_mode mode = float_mode_enter();
	const bool changes = !knows_subnormals();

	float_mode_leave(mode);
	return changes;
}

/* Of a network of two layers, both of one weight. */
static float output_of(enum emnist_activation hidden_activation, float bias, float weight,
		       float input)
{
	struct emnist_model *model = random_model((uint32_t[]){1, 1, 10}, 3, EMNIST_IDENTITY, 1);
	float outputs[10], by_blas[10];

	model->softmax = false;
	activation_set(&model->layers[0], hidden_activation);
	model->layers[0].weights[0] = 1;
	model->layers[0].bias[0] = bias;
	for (size_t o = 0; o < 10; o++) {
		model->layers[1].weights[o] = weight;
		model->layers[1].bias[o] = 0;
	}
	assert_true(model_pack(model, model->kernel));
	run(model, &input, 1, outputs);
	run_on(EMNIST_ENGINE_BLAS, model, &input, 1, by_blas);
	assert_true(by_blas[9] == outputs[9]);
	assert_true(knows_subnormals());
	emnist_model_free(model);
	return outputs[9];
}

/* What comes out of an activation, or goes in at the start, is zero where it would be subnormal:
 * multiplied by 2^100 it would be seen. */
static void values_within_are_zero(void **state)
{
	(void)state;
	if (!mode_is_known())
		skip();
	/* sigmoid(-95) = 5.5e-42, sigmoid(-85) = 1.2e-37 */
	assert_true(output_of(EMNIST_SIGMOID, -95, 0x1p100f, 0) == 0);
	assert_true(output_of(EMNIST_SIGMOID, -85, 0x1p100f, 0) > 0);
	assert_true(output_of(EMNIST_IDENTITY, 0, 0x1p100f, 1e-40f) == 0);
	assert_true(output_of(EMNIST_IDENTITY, 0, 0x1p100f, 1e-37f) > 0);
}

static void probabilities_are_normal_or_zero(void **state)
{
	struct emnist_model *model = random_model((uint32_t[]){1, 10}, 2, EMNIST_IDENTITY, 1);
	float probabilities[10], input = 0;

	(void)state;
	if (!mode_is_known())
		skip();
	for (size_t o = 0; o < 10; o++)
		model->layers[0].bias[o] = -12.0f * (float)o; /* exp(-96) = 2.0e-42 */
	assert_true(model_pack(model, model->kernel));
	run(model, &input, 1, probabilities);
	assert_true(probabilities[7] > 0);
	assert_true(probabilities[8] == 0);
	assert_true(probabilities[9] == 0);
	emnist_model_free(model);
}

#if defined(__x86_64__)
/* Flags of MXCSR: an operand was subnormal, a result was. */
#define SUBNORMAL_FLAGS 0x12

/* Decoding and normalizing meet none, and need no mode of their own. */
static void pictures_have_none(void **state)
{
	static const char *const patterns[] = {"testdata/samples/*.*", "testdata/drawings/*/*"};
	struct emnist_reader *reader;
	float vector[EMNIST_VECTOR_LENGTH];
	size_t n_read = 0;

	(void)state;
	assert_int_equal(emnist_reader_create(NULL, &reader, NULL), EMNIST_OK);
	for (size_t p = 0; p < 2; p++) {
		glob_t found;

		assert_int_equal(glob(patterns[p], 0, NULL, &found), 0);
		for (size_t i = 0; i < found.gl_pathc; i++) {
			/* feclearexcept() knows no flag for subnormal operands. */
			__builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() &
					       ~(unsigned)SUBNORMAL_FLAGS);
			if (emnist_read_file(reader, found.gl_pathv[i], vector, NULL))
				continue;
			n_read++;
			if (__builtin_ia32_stmxcsr() & SUBNORMAL_FLAGS)
				fail_msg("%s", found.gl_pathv[i]);
		}
		globfree(&found);
	}
	assert_true(n_read > 100);
	emnist_reader_free(reader);
}
#endif

/* ---------------------------------------------------------------- environment */

/* Rounding, flags and subnormals are the caller's, and change nothing of the results. */
static void environment_is_left_alone(void **state)
{
	struct emnist_model *model = random_model(WIDTHS, 3, EMNIST_SIGMOID, 3);
	float vectors[N_ROWS * 20], expected[N_ROWS * 10], probabilities[N_ROWS * 10];

	(void)state;
	fill_vectors(vectors, N_ROWS * 20);
	run(model, vectors, N_ROWS, expected);
	assert_true(knows_subnormals());
	if (mode_is_known()) {
		assert_int_equal(fesetround(FE_UPWARD), 0);
		feclearexcept(FE_ALL_EXCEPT);
		feraiseexcept(FE_DIVBYZERO);
		run(model, vectors, N_ROWS, probabilities);
		assert_int_equal(fetestexcept(FE_ALL_EXCEPT), FE_DIVBYZERO);
		assert_int_equal(fegetround(), FE_UPWARD);
		assert_true(knows_subnormals());
		assert_int_equal(fesetround(FE_TONEAREST), 0);
		feclearexcept(FE_ALL_EXCEPT);
		assert_memory_equal(probabilities, expected, sizeof(expected));
	}
	emnist_model_free(model);
}

/* ------------------------------------------------------------------- training */

static int look(void *context, const struct emnist_train_progress *progress)
{
	size_t *n_seen = context;

	(void)progress;
	*n_seen += knows_subnormals();
	return 0;
}

/* At this rate units die within a few steps: then their gradients are zero, and Adam's moments sink
 * by a tenth a step, below what is normal after some 830. None of them is subnormal in the
 * checkpoint, whose floats lie behind a header of 64 bytes; the caller's own mode is as it was
 * whenever it is asked. */
static void training_has_none(void **state)
{
	size_t n_seen = 0, n, n_zero = 0;
	char path[80];
	struct emnist_train_options options = small_run();
	struct buffer file = {0};
	const unaligned_float *values;

	(void)state;
	if (!mode_is_known())
		skip();
	snprintf(path, sizeof(path), "%s/checkpoint", folder);
	options.batch_norm = EMNIST_OFF;
	options.learning_rate = 1;
	options.n_epochs = 120;
	options.n_threads = 2;
	options.checkpoint_path = path;
	options.progress = look;
	options.context = &n_seen;
	emnist_model_free(train(&options));
	assert_int_equal(n_seen, 1200);
	assert_int_equal(file_read(path, SIZE_MAX, &file, NULL), EMNIST_OK);
	unlink(path);
	n = file.nbytes / sizeof(float);
	values = (const unaligned_float *)file.data;
	for (size_t i = 16; i < n - 1; i++)
		n_zero += values[i] == 0;
	/* Whole units died, or there is nothing to see here. */
	assert_true(n_zero > n / 10);
	assert_int_equal(n_subnormal(values + 16, n - 17), 0);
	buffer_clear(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(built_in_model_has_none),
		cmocka_unit_test(dead_units_are_zeroed),
		cmocka_unit_test(files_are_cleaned),
		cmocka_unit_test(small_weights_that_matter_stay),
		cmocka_unit_test(small_outputs_stay),
		cmocka_unit_test(values_within_are_zero),
		cmocka_unit_test(probabilities_are_normal_or_zero),
#if defined(__x86_64__)
		cmocka_unit_test(pictures_have_none),
#endif
		cmocka_unit_test(environment_is_left_alone),
		cmocka_unit_test(training_has_none),
	};

	return cmocka_run_group_tests_name("subnormal", tests, make_data, remove_data);
}
