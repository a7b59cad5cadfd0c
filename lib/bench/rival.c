/*
 * rival.c - the few functions of ONNX Runtime's C interface that it takes to run a model.
 *
 * The interface is a table of functions that only ever grows, in the order of its header
 * (onnxruntime_c_api.h, struct OrtApi): a function's place is part of the interface. Each returns a
 * status that is NULL when all went well.
 */
#include "rival.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The version of the table that is asked for; later libraries have it too. */
#define INTERFACE_VERSION 8

enum place {
	GET_ERROR_MESSAGE = 2,
	CREATE_ENV = 3,
	CREATE_SESSION = 7,
	RUN = 9,
	CREATE_SESSION_OPTIONS = 10,
	SET_INTRA_OP_NUM_THREADS = 24,
	CREATE_TENSOR_WITH_DATA = 49,
	CREATE_CPU_MEMORY_INFO = 69,
};

#define LOG_ERRORS      3
#define ELEMENT_FLOAT   1
#define ARENA_ALLOCATOR 1
#define MEMORY_DEFAULT  0

struct rival_batch {
	void *input, *output;
};

struct rival {
	void (*const *functions)(void);
	const char *version;
	void *environment, *memory;
};

struct base {
	void (*const *(*table)(uint32_t version))(void);
	const char *(*version)(void);
};

static const char *const input_names[] = {"images"};
static const char *const output_names[] = {"probabilities"};

/* Whether status says that all went well. */
static int is_well(const struct rival *rival, void *status)
{
	if (status)
		fprintf(stderr, "ONNX Runtime: %s\n",
			((const char *(*)(void *))rival->functions[GET_ERROR_MESSAGE])(status));
	return !status;
}

struct rival *rival_open(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	struct rival *rival = calloc(1, sizeof(*rival));
	const struct base *(*get_base)(void);
	const struct base *base;

	if (!library || !rival) {
		fprintf(stderr, "%s\n", library ? "out of memory" : dlerror());
		free(rival);
		return NULL;
	}
	*(void **)&get_base = dlsym(library, "OrtGetApiBase");
	base = get_base ? get_base() : NULL;
	rival->functions = base ? base->table(INTERFACE_VERSION) : NULL;
	if (!rival->functions) {
		fprintf(stderr, "%s is not ONNX Runtime\n", path);
		free(rival);
		return NULL;
	}
	rival->version = base->version();
	if (is_well(rival, ((void *(*)(int, const char *, void **))rival->functions[CREATE_ENV])(
				   LOG_ERRORS, "bench", &rival->environment)) &&
	    is_well(rival, ((void *(*)(int, int, void **))rival->functions[CREATE_CPU_MEMORY_INFO])(
				   ARENA_ALLOCATOR, MEMORY_DEFAULT, &rival->memory)))
		return rival;
	free(rival);
	return NULL;
}

const char *rival_version(const struct rival *rival)
{
	return rival->version;
}

void *rival_session(const struct rival *rival, const char *path, int n_threads)
{
	void *options, *session;

	if (is_well(rival,
		    ((void *(*)(void **))rival->functions[CREATE_SESSION_OPTIONS])(&options)) &&
	    is_well(rival, ((void *(*)(void *, int))rival->functions[SET_INTRA_OP_NUM_THREADS])(
				   options, n_threads)) &&
	    is_well(rival, ((void *(*)(void *, const char *, void *,
				       void **))rival->functions[CREATE_SESSION])(
				   rival->environment, path, options, &session)))
		return session;
	return NULL;
}

static void *make_tensor(const struct rival *rival, float *data, size_t n_rows, size_t n_columns)
{
	const int64_t shape[] = {(int64_t)n_rows, (int64_t)n_columns};
	void *tensor;

	if (is_well(rival, ((void *(*)(void *, void *, size_t, const int64_t *, size_t, int,
				       void **))rival->functions[CREATE_TENSOR_WITH_DATA])(
				   rival->memory, data, n_rows * n_columns * sizeof(*data), shape,
				   2, ELEMENT_FLOAT, &tensor)))
		return tensor;
	return NULL;
}

struct rival_batch *rival_batch(const struct rival *rival, float *vectors, size_t n_inputs,
				float *probabilities, size_t n_outputs, size_t n_rows)
{
	struct rival_batch *batch = calloc(1, sizeof(*batch));

	if (!batch)
		return NULL;
	batch->input = make_tensor(rival, vectors, n_rows, n_inputs);
	batch->output = make_tensor(rival, probabilities, n_rows, n_outputs);
	if (batch->input && batch->output)
		return batch;
	free(batch);
	return NULL;
}

int rival_run(const struct rival *rival, void *session, const struct rival_batch *batch)
{
	void *const *inputs = &batch->input;
	void *output = batch->output;

	return !is_well(
		rival, ((void *(*)(void *, const void *, const char *const *, void *const *, size_t,
				   const char *const *, size_t, void **))rival->functions[RUN])(
			       session, NULL, input_names, inputs, 1, output_names, 1, &output));
}
