/*
 * reader.c - struct emnist_reader: file, image and vector, one after the other, in memory that is
 * kept from image to image.
 */
#include "../base/file.h"
#include "preprocess.h"

/* Buffers that a large image left behind and that are larger than this are given back: one big
 * photograph should not weigh on the hundred thousand small images after it. */
#define KEEP_NBYTES ((size_t)4 << 20)

struct emnist_reader {
	struct emnist_limits limits; /* without zeros */
	enum emnist_preprocess mode;
	struct buffer file;
	struct image image;
	struct preprocessor preprocessor;
};

enum emnist_status emnist_reader_create(const struct emnist_reader_options *options,
					struct emnist_reader **reader_ret,
					struct emnist_error *error)
{
	const struct emnist_reader_options defaults = {0};
	struct emnist_reader *reader;

	*reader_ret = NULL;
	if (!options)
		options = &defaults;
	if ((unsigned)options->preprocess > EMNIST_PREPROCESS_NORMALIZE)
		return error_set(error, EMNIST_ERR_ARGUMENT, "unknown way to preprocess: %d",
				 (int)options->preprocess);
	reader = alloc_zeroed(1, sizeof(*reader));
	if (!reader)
		return error_memory(error);
	reader->limits = image_limits(&options->limits);
	reader->mode = options->preprocess;
	*reader_ret = reader;
	return EMNIST_OK;
}

static void trim(struct buffer *buffer)
{
	if (buffer->capacity > KEEP_NBYTES)
		buffer_clear(buffer);
}

enum emnist_status emnist_read_bytes(struct emnist_reader *reader, const void *bytes, size_t nbytes,
				     float *vector, struct emnist_error *error)
{
	enum emnist_status status =
		image_decode(bytes, nbytes, &reader->limits, &reader->image, error);

	if (!status)
		status = preprocess_image(&reader->preprocessor, &reader->image, reader->mode,
					  vector, error);
	trim(&reader->image.pixels);
	trim(&reader->preprocessor.grey);
	return status;
}

static enum emnist_status read_buffered(struct emnist_reader *reader, float *vector,
					struct emnist_error *error)
{
	const enum emnist_status status =
		emnist_read_bytes(reader, reader->file.data, reader->file.nbytes, vector, error);

	trim(&reader->file);
	return status;
}

enum emnist_status emnist_read_file(struct emnist_reader *reader, const char *path, float *vector,
				    struct emnist_error *error)
{
	const enum emnist_status status =
		file_read(path, reader->limits.file_nbytes, &reader->file, error);

	return status ? status : read_buffered(reader, vector, error);
}

enum emnist_status emnist_read_fd(struct emnist_reader *reader, int fd, float *vector,
				  struct emnist_error *error)
{
	const enum emnist_status status =
		file_read_fd(fd, reader->limits.file_nbytes, &reader->file, error);

	return status ? status : read_buffered(reader, vector, error);
}

void emnist_reader_free(struct emnist_reader *reader)
{
	if (!reader)
		return;
	buffer_clear(&reader->file);
	image_clear(&reader->image);
	preprocessor_clear(&reader->preprocessor);
	free(reader);
}
