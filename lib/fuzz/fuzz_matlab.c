/*
 * fuzz_matlab.c - any bytes behind a MATLAB file's first word, as a dataset of which the split
 * "test" is read.
 */
#include "../dataset/source.h"

#include <stdlib.h>
#include <string.h>

#define N_ROWS 5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	static const struct emnist_dataset_options options;
	const struct source_request request = {
		.path = "fuzz", .given = "fuzz", .split = "test", .options = &options};
	struct bytes bytes = {data, nbytes};
	const struct gzip_input input = {.read = read_bytes, .context = &bytes};
	struct emnist_error error;
	struct source *source;
	struct gzip *stream;

	/* What begins otherwise is not for this reader. */
	if (nbytes < 7 || memcmp(data, "MATLAB ", 7) != 0)
		return 0;
	if (gzip_open_input(&input, &stream, &error) ||
	    source_open_stream(stream, &request, &source, &error))
		return 0;
	read_all(source);
	source_close(source);
	return 0;
}
