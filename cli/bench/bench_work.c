/*
 * bench_work.c - measures the network, decoding and preprocessing.
 *
 * Only the library's public functions are called, as any program would. Decoding is reading with
 * EMNIST_PREPROCESS_RAW, which does little else. Preprocessing is reading PGM files, which are
 * decoded by a copy.
 */
#include "../../lib/base/error.h"
#include "bench.h"

#include <stdlib.h>
#include <string.h>

extern const unsigned char photograph_jpg[], photograph_jpg_end[];

/* Rows or files between readings of the clock, which cost as much as a small part of one. */
#define LEAST_ROWS  64
#define N_FILES_RUN 16

/* ---------------------------------------------------------------------- network */

struct network_worker {
	struct emnist_session *session;
	float *probabilities; /* (n_rows, n_outputs) */
	size_t next;          /* vector */
};

static void network_free(void *argument)
{
	struct network_worker *worker = argument;

	emnist_session_free(worker->session);
	free(worker->probabilities);
	free(worker);
}

static void *network_make(const void *context, struct emnist_error *error)
{
	const struct bench_job *job = context;
	const struct emnist_session_options options = {.engine = job->engine};
	struct network_worker *worker = calloc(1, sizeof(*worker));

	error_memory(error);
	if (!worker)
		return NULL;
	worker->probabilities =
		calloc(job->n_rows, emnist_model_n_outputs(job->data->model) * sizeof(float));
	if (worker->probabilities && !emnist_session_create_with(job->data->model, job->n_rows,
								 &options, &worker->session, error))
		return worker;
	network_free(worker);
	return NULL;
}

static size_t network_run(const void *context, void *argument, struct emnist_error *error)
{
	const struct bench_job *job = context;
	struct network_worker *worker = argument;
	size_t n = 0;

	do {
		const float *vectors = job->data->vectors + worker->next * EMNIST_VECTOR_LENGTH;

		if (emnist_session_run(worker->session, vectors, job->n_rows, worker->probabilities,
				       error))
			return 0;
		worker->next = (worker->next + job->n_rows) % BENCH_N_VECTORS;
		n += job->n_rows;
	} while (n < LEAST_ROWS);
	return n;
}

/* ---------------------------------------------------------------------- reading */

struct read_worker {
	struct emnist_reader *reader;
	size_t next; /* file */
	float vector[EMNIST_VECTOR_LENGTH];
};

static void read_free(void *argument)
{
	struct read_worker *worker = argument;

	emnist_reader_free(worker->reader);
	free(worker);
}

static void *read_make(const void *context, struct emnist_error *error)
{
	const struct bench_job *job = context;
	const bool decodes = job->kind == BENCH_DECODE_PNG || job->kind == BENCH_DECODE_JPEG;
	const struct emnist_reader_options options = {
		.preprocess = decodes ? EMNIST_PREPROCESS_RAW : EMNIST_PREPROCESS_NORMALIZE};
	struct read_worker *worker = calloc(1, sizeof(*worker));

	error_memory(error);
	if (worker && !emnist_reader_create(&options, &worker->reader, error))
		return worker;
	free(worker);
	return NULL;
}

static struct bench_file file_of(const struct bench_job *job, size_t number)
{
	const struct bench_data *data = job->data;

	switch (job->kind) {
	case BENCH_DECODE_JPEG:
		return (struct bench_file){(void *)(uintptr_t)photograph_jpg,
					   (size_t)(photograph_jpg_end - photograph_jpg)};
	case BENCH_PREPROCESS_SMALL:
		return (struct bench_file){data->small.bytes, data->small.nbytes};
	case BENCH_PREPROCESS_LARGE:
		return (struct bench_file){data->large.bytes, data->large.nbytes};
	case BENCH_NETWORK:
	case BENCH_DECODE_PNG:
		break;
	}
	return data->files[number % BENCH_N_FILES];
}

static size_t read_run(const void *context, void *argument, struct emnist_error *error)
{
	const struct bench_job *job = context;
	struct read_worker *worker = argument;

	for (size_t i = 0; i < N_FILES_RUN; i++) {
		const struct bench_file file = file_of(job, worker->next++);

		if (emnist_read_bytes(worker->reader, file.bytes, file.nbytes, worker->vector,
				      error))
			return 0;
	}
	return N_FILES_RUN;
}

struct work bench_work(const struct bench_job *job)
{
	if (job->kind == BENCH_NETWORK)
		return (struct work){job, network_make, network_free, network_run};
	return (struct work){job, read_make, read_free, read_run};
}
