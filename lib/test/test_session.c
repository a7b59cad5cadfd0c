/*
 * test_session.c - running networks: the forward pass against one written out, with every kernel
 * that this processor has and by BLAS, sessions in several threads, and what models said of images
 * before.
 */
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

#include "../emnist_dataset.h"
#include "models.h"
#include "references.h"

/* -------------------------------------------------------------- forward pass */

static float *random_vectors(size_t n_rows, size_t width)
{
	float *vectors = malloc(n_rows * width * sizeof(*vectors));
	uint64_t seed = 3;

	assert_non_null(vectors);
	for (size_t i = 0; i < n_rows * width; i++)
		vectors[i] = (next_number(&seed) + 1) / 2;
	return vectors;
}

static struct emnist_session *open_session(const struct emnist_model *model, size_t n_rows,
					   enum emnist_engine engine)
{
	const struct emnist_session_options options = {.engine = engine};
	struct emnist_session *session;

	assert_int_equal(emnist_session_create_with(model, n_rows, &options, &session, NULL),
			 EMNIST_OK);
	return session;
}

static void check_model(const struct emnist_model *model, size_t n_rows, enum emnist_engine engine)
{
	const size_t n_inputs = emnist_model_n_inputs(model);
	const size_t n_outputs = emnist_model_n_outputs(model);
	float *vectors = random_vectors(n_rows, n_inputs);
	float *probabilities = malloc(n_rows * n_outputs * sizeof(*probabilities));
	struct emnist_session *session = open_session(model, n_rows, engine);

	assert_non_null(probabilities);
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

/* The network with each kernel in turn, and by BLAS. */
static void check_engines(struct emnist_model *model, size_t n_rows)
{
	for (size_t i = 0; kernel_at(i); i++) {
		assert_true(model_pack(model, kernel_at(i)));
		check_model(model, n_rows, EMNIST_ENGINE_KERNELS);
	}
	check_model(model, n_rows, EMNIST_ENGINE_BLAS);
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
				check_engines(model, n_rows[i]);
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
	check_engines(model, 3);
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
	assert_true(model_pack(model, model->kernel));
	session = open_session(model, 1, EMNIST_ENGINE_KERNELS);
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
	session = open_session(model, ROWS, EMNIST_ENGINE_KERNELS);
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

/* Every width up to beyond two panels, as inputs and as outputs. */
static void test_widths(void **state)
{
	(void)state;
	for (uint32_t width = 1; width <= 270; width++) {
		struct emnist_model *model = random_model((uint32_t[]){width, 270 - width + 1, 10},
							  3, EMNIST_RELU, width);

		assert_non_null(model);
		check_engines(model, 5);
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

/* By kernels, in batches. */
static void run_all(const struct emnist_model *model, const float *vectors, size_t n_rows,
		    size_t batch, float *probabilities)
{
	const size_t n_inputs = emnist_model_n_inputs(model);
	const size_t n_outputs = emnist_model_n_outputs(model);
	struct emnist_session *session = open_session(model, batch, EMNIST_ENGINE_KERNELS);

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
		assert_true(model_pack(model, kernel_at(i)));
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
		assert_true(model_pack(model, kernel_at(i)));
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
		assert_true(model_pack(model, kernel_at(i)));
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
	assert_string_equal(error.message, "max_rows is 0 instead of 1 to 65536");
	assert_int_equal(emnist_session_create(model, 65537, &session, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "max_rows is 65537 instead of 1 to 65536");
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
	if (!data || !*data)
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
	if (!data || !*data)
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
		assert_true(model_pack(model, kernel_at(i)));
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
		cmocka_unit_test(test_scores_of_2018),
		cmocka_unit_test(test_real_images),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
