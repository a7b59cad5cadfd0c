/*
 * trial.c - what fuzz targets put a reader, and what it accepts, through.
 */
#include "trial.h"

#include "../dataset/formats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Images that are read at once: few, so that there is more than one batch, and a last one. */
#define N_ROWS 5

/* Images that are read of a dataset; enough to pass every boundary. */
#define MAX_READ 64

/* Weights: larger networks are only read. */
#define MAX_RUN ((size_t)1 << 22)

int trial_file(const uint8_t *bytes, size_t nbytes, char path[static TRIAL_PATH_NBYTES])
{
	const int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || (nbytes && write(fd, bytes, nbytes) != (ssize_t)nbytes))
		abort();
	snprintf(path, TRIAL_PATH_NBYTES, "/proc/self/fd/%d", fd);
	return fd;
}

/* ---------------------------------------------------------------- datasets */

static void read_some(struct emnist_dataset *dataset)
{
	uint8_t pixels[N_ROWS * EMNIST_VECTOR_LENGTH];
	uint16_t classes[N_ROWS];
	const struct emnist_labels *labels = emnist_dataset_labels(dataset);
	struct emnist_error error;
	size_t n = N_ROWS;

	for (size_t n_read = 0; n == N_ROWS && n_read < MAX_READ; n_read += n) {
		if (emnist_dataset_read(dataset, N_ROWS, pixels, classes, &n, &error))
			return;
		for (size_t i = 0; i < n; i++)
			if (classes[i] >= emnist_labels_count(labels))
				abort();
	}
}

void trial_dataset(const char *path, const struct emnist_dataset_options *options)
{
	struct emnist_dataset *dataset;
	struct emnist_error error;

	if (emnist_dataset_open(path, options, &dataset, &error))
		return;
	read_some(dataset);
	emnist_dataset_free(dataset);
}

/* ------------------------------------------------------------------ streams */

struct bytes {
	const uint8_t *next;
	size_t left;
};

static enum emnist_status read_bytes(void *context, void *to, size_t nbytes, size_t *n_ret,
				     struct emnist_error *error)
{
	struct bytes *bytes = context;

	(void)error;
	*n_ret = nbytes < bytes->left ? nbytes : bytes->left;
	if (*n_ret)
		memcpy(to, bytes->next, *n_ret);
	bytes->next += *n_ret;
	bytes->left -= *n_ret;
	return EMNIST_OK;
}

static void read_all(struct source *source)
{
	uint8_t pixels[N_ROWS * EMNIST_VECTOR_LENGTH];
	struct emnist_error error;

	for (uint32_t i = 0; i < source->count; i += N_ROWS) {
		const uint32_t left = source->count - i;

		if (source->ops->read(source, i, left < N_ROWS ? left : N_ROWS, pixels, &error))
			return;
	}
}

void trial_stream(const uint8_t *data, size_t nbytes, const char *split)
{
	static const struct emnist_dataset_options options;
	const struct source_request request = {
		.path = "fuzz", .given = "fuzz", .split = split, .options = &options};
	struct bytes bytes = {data, nbytes};
	const struct gzip_input input = {.read = read_bytes, .context = &bytes};
	struct emnist_error error;
	struct source *source;
	struct gzip *stream;

	if (gzip_open_input(&input, &stream, &error) ||
	    formats_open_stream(stream, &request, &source, &error))
		return;
	if (!source->separate)
		read_all(source);
	source_close(source);
}

/* ------------------------------------------------------------------- models */

void trial_run(const struct emnist_model *model)
{
	const size_t n_outputs = emnist_model_n_outputs(model);
	float *vector = calloc(emnist_model_n_inputs(model), sizeof(*vector));
	float *probabilities = calloc(n_outputs, sizeof(*probabilities));
	struct emnist_session *session;

	if (!vector || !probabilities || emnist_session_create(model, 1, &session, NULL) ||
	    emnist_session_run(session, vector, 1, probabilities, NULL))
		abort();
	for (size_t i = 0; i < n_outputs; i++)
		if (!(probabilities[i] >= 0 && probabilities[i] <= 1.00001f))
			abort();
	emnist_session_free(session);
	free(vector);
	free(probabilities);
}

static size_t count_weights(const struct emnist_model *model)
{
	size_t n = 0;

	for (size_t i = 0; i < emnist_model_n_layers(model); i++) {
		const struct emnist_layer_info info = emnist_model_layer(model, i);

		n += info.n_inputs * info.n_outputs;
	}
	return n;
}

static void write_and_read(const struct emnist_model *model)
{
	struct emnist_model *back;
	void *bytes;
	size_t nbytes;

	if (emnist_model_export(model, NULL, &bytes, &nbytes, NULL) ||
	    emnist_model_parse(bytes, nbytes, NULL, &back, NULL) ||
	    emnist_model_n_layers(back) != emnist_model_n_layers(model))
		abort();
	emnist_model_free(back);
	free(bytes);
}

void trial_model(const struct emnist_model *model)
{
	if (count_weights(model) > MAX_RUN)
		return;
	trial_run(model);
	write_and_read(model);
}
