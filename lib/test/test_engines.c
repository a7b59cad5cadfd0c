/*
 * test_engines.c - the two engines together: same labels and scores on every model of testdata, on
 * layers that do not fill a panel, in batches of any size; and which one "auto" stands for.
 */
#include <glob.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../emnist_dataset.h"
#include "../network/engine.h"
#include "models.h"

#define TOLERANCE 1e-5

/* n_rows vectors through sessions of at most `batch` rows. Free with free(). */
static float *run_on(enum emnist_engine engine, const struct emnist_model *model,
		     const float *vectors, size_t n_rows, size_t batch)
{
	const struct emnist_session_options options = {.engine = engine};
	const size_t n_inputs = emnist_model_n_inputs(model);
	const size_t n_outputs = emnist_model_n_outputs(model);
	float *scores = malloc(n_rows * n_outputs * sizeof(*scores));
	struct emnist_session *session;

	assert_non_null(scores);
	assert_int_equal(emnist_session_create_with(model, batch, &options, &session, NULL),
			 EMNIST_OK);
	for (size_t row = 0; row < n_rows; row += batch) {
		const size_t n = n_rows - row < batch ? n_rows - row : batch;

		assert_int_equal(emnist_session_run(session, vectors + row * n_inputs, n,
						    scores + row * n_outputs, NULL),
				 EMNIST_OK);
	}
	emnist_session_free(session);
	return scores;
}

static void assert_same(const char *name, const float *a, const float *b, size_t n_rows, size_t n)
{
	for (size_t row = 0; row < n_rows; row++) {
		uint32_t label_a, label_b;

		for (size_t i = row * n; i < (row + 1) * n; i++)
			if (!(fabs((double)a[i] - (double)b[i]) <= TOLERANCE))
				fail_msg("%s, row %zu: %.8g and %.8g", name, row, (double)a[i],
					 (double)b[i]);
		emnist_top_k(a + row * n, n, 1, &label_a);
		emnist_top_k(b + row * n, n, 1, &label_b);
		if (label_a != label_b)
			fail_msg("%s, row %zu: labels %u and %u", name, row, label_a, label_b);
	}
}

/* Like images, two thirds zeros, in [0,1). */
static float *random_vectors(size_t n)
{
	float *vectors = malloc(n * sizeof(*vectors));
	uint64_t seed = 5;

	assert_non_null(vectors);
	for (size_t i = 0; i < n; i++)
		vectors[i] = fmaxf(0, 1.5f * next_number(&seed) - 0.5f);
	return vectors;
}

static void compare(const char *name, const struct emnist_model *model, const float *vectors,
		    size_t n_rows, size_t batch)
{
	float *kernels = run_on(EMNIST_ENGINE_KERNELS, model, vectors, n_rows, batch);
	float *blas = run_on(EMNIST_ENGINE_BLAS, model, vectors, n_rows, batch);

	assert_same(name, kernels, blas, n_rows, emnist_model_n_outputs(model));
	free(kernels);
	free(blas);
}

/* Weights as small as those of trained models. */
static struct emnist_model *soft_model(const uint32_t *widths, size_t n,
				       enum emnist_activation activation, uint64_t seed)
{
	struct emnist_model *model = random_model(widths, n, activation, seed);

	assert_non_null(model);
	for (size_t l = 0; l < model->n_layers; l++) {
		struct layer *layer = &model->layers[l];

		for (size_t i = 0; i < (size_t)layer->n_inputs * layer->n_outputs; i++)
			layer->weights[i] *= 2 / sqrtf((float)layer->n_inputs);
	}
	assert_true(model_pack(model, model->kernel));
	return model;
}

static void widths_that_do_not_fill_a_panel(void **state)
{
	(void)state;
	for (uint32_t width = 1; width <= 270; width += width < 70 || width > 250 ? 1 : 13) {
		const uint32_t widths[] = {width, 271 - width, 62};
		struct emnist_model *model = soft_model(widths, 3, EMNIST_RELU, width);
		float *vectors = random_vectors(9 * (size_t)width);

		compare("width", model, vectors, 9, 9);
		free(vectors);
		emnist_model_free(model);
	}
}

static void batches_of_any_size(void **state)
{
	enum { ROWS = 300, INPUTS = 150 };
	static const enum emnist_activation activations[] = {EMNIST_RELU, EMNIST_TANH, EMNIST_SELU};
	float *vectors = random_vectors(ROWS * INPUTS);

	(void)state;
	for (size_t i = 0; i < sizeof(activations) / sizeof(*activations); i++) {
		struct emnist_model *model =
			soft_model((uint32_t[]){INPUTS, 133, 65, 47}, 4, activations[i], 21 + i);

		for (size_t batch = 1; batch <= ROWS; batch += batch < 140 ? 1 : 23)
			compare("batch", model, vectors, ROWS, batch);
		emnist_model_free(model);
	}
	free(vectors);
}

/* Plain, with batch normalization and scalers that were folded into weights, as bytes, without
 * softmax: whatever the readers make of these files. */
static void every_model_of_testdata(void **state)
{
	static const char *const patterns[] = {
		"testdata/models/*.onnx",         "testdata/models/graphs/*.onnx",
		"testdata/models/*.pb",           "testdata/models/*.safetensors",
		"testdata/models/foreign/*.onnx",
	};
	enum { ROWS = 40 };
	glob_t found = {0};
	size_t n_compared = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		glob(patterns[i], i > 0 ? GLOB_APPEND : 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct emnist_model *model;
		float *vectors;

		if (emnist_model_read(found.gl_pathv[i], NULL, &model, NULL))
			continue;
		vectors = random_vectors(ROWS * emnist_model_n_inputs(model));
		compare(found.gl_pathv[i], model, vectors, ROWS, 7);
		free(vectors);
		emnist_model_free(model);
		n_compared++;
	}
	globfree(&found);
	assert_true(n_compared > 50);
}

/* Images through the model that is built in, whose weights lie at any address. */
static void images_through_the_built_in_model(void **state)
{
	enum { MOST = 512 };
	static uint8_t pixels[MOST * EMNIST_VECTOR_LENGTH];
	static float vectors[MOST * EMNIST_VECTOR_LENGTH];
	static uint16_t classes[MOST];
	struct emnist_dataset *dataset;
	struct emnist_model *model;
	size_t n;

	(void)state;
	assert_int_equal(emnist_dataset_open("testdata/idx/strokes-byclass-test-images-idx3-ubyte",
					     NULL, &dataset, NULL),
			 EMNIST_OK);
	assert_int_equal(emnist_dataset_read(dataset, MOST, pixels, classes, &n, NULL), EMNIST_OK);
	assert_true(n > 0);
	emnist_dataset_free(dataset);
	for (size_t i = 0; i < n * EMNIST_VECTOR_LENGTH; i++)
		vectors[i] = (float)pixels[i] / 255.0F;
	assert_int_equal(emnist_model_default(&model, NULL), EMNIST_OK);
	for (size_t batch = 1; batch <= n; batch++)
		compare("built-in", model, vectors, n, batch);
	emnist_model_free(model);
}

/* --------------------------------------------------------------------- threads */

#define THREADS     4
#define THREAD_ROWS 70

struct thread {
	pthread_t id;
	const struct emnist_model *model;
	const float *vectors;
	float *scores;
};

static void *run_thread(void *context)
{
	struct thread *thread = context;

	thread->scores = run_on(EMNIST_ENGINE_BLAS, thread->model, thread->vectors, THREAD_ROWS, 7);
	return NULL;
}

static void threads_share_a_model(void **state)
{
	struct emnist_model *model = soft_model((uint32_t[]){784, 64, 62}, 3, EMNIST_ELU, 2);
	float *vectors = random_vectors(THREAD_ROWS * 784);
	struct thread threads[THREADS];

	(void)state;
	for (size_t i = 0; i < THREADS; i++) {
		threads[i] = (struct thread){.model = model, .vectors = vectors};
		assert_int_equal(pthread_create(&threads[i].id, NULL, run_thread, &threads[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i].id, NULL), 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_memory_equal(threads[i].scores, threads[0].scores,
				    THREAD_ROWS * 62 * sizeof(float));
	for (size_t i = 0; i < THREADS; i++)
		free(threads[i].scores);
	emnist_model_free(model);
	free(vectors);
}

/* ---------------------------------------------------------------------- choice */

static const struct kernel *last_kernel(void)
{
	size_t i = 0;

	while (kernel_at(i + 1))
		i++;
	return kernel_at(i);
}

static void auto_goes_by_the_processor(void **state)
{
	static const struct kernel wide = {.is_wide = true}, narrow = {.is_wide = false};
	const struct engine *engine;

	(void)state;
	assert_false(last_kernel()->is_wide);
	assert_int_equal(engine_find(EMNIST_ENGINE_AUTO, &wide, &engine, NULL), EMNIST_OK);
	assert_ptr_equal(engine, &engine_kernels);
	assert_int_equal(engine_find(EMNIST_ENGINE_AUTO, &narrow, &engine, NULL), EMNIST_OK);
	assert_ptr_equal(engine, &engine_blas);
	assert_int_equal(engine_find_dense(EMNIST_ENGINE_AUTO, &engine, NULL), EMNIST_OK);
	assert_ptr_equal(engine, &engine_blas);
}

static void what_is_asked_for_is_taken(void **state)
{
	const struct kernel *kernels[] = {kernel_at(0), last_kernel()};
	const struct engine *engine;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(engine_find(EMNIST_ENGINE_BLAS, kernels[i], &engine, NULL),
				 EMNIST_OK);
		assert_ptr_equal(engine, &engine_blas);
		assert_int_equal(engine_find(EMNIST_ENGINE_KERNELS, kernels[i], &engine, NULL),
				 EMNIST_OK);
		assert_ptr_equal(engine, &engine_kernels);
	}
	assert_int_equal(engine_find_dense(EMNIST_ENGINE_KERNELS, &engine, NULL), EMNIST_OK);
	assert_ptr_equal(engine, &engine_kernels);
}

static void other_engines_are_refused(void **state)
{
	const struct emnist_session_options options = {.engine = (enum emnist_engine)3};
	struct emnist_model *model = random_model((uint32_t[]){4, 10}, 2, EMNIST_RELU, 1);
	struct emnist_session *session;
	struct emnist_error error;
	enum emnist_engine engine;

	(void)state;
	assert_non_null(model);
	assert_int_equal(emnist_engine_find((enum emnist_engine)3, &engine, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "engine 3: must be 0 to 2");
	assert_int_equal(emnist_session_create_with(model, 1, &options, &session, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_null(session);
	emnist_model_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths_that_do_not_fill_a_panel),
		cmocka_unit_test(batches_of_any_size),
		cmocka_unit_test(every_model_of_testdata),
		cmocka_unit_test(images_through_the_built_in_model),
		cmocka_unit_test(threads_share_a_model),
		cmocka_unit_test(auto_goes_by_the_processor),
		cmocka_unit_test(what_is_asked_for_is_taken),
		cmocka_unit_test(other_engines_are_refused),
	};

	return cmocka_run_group_tests_name("engines", tests, NULL, NULL);
}
