/* reader.c - struct emnist_reader: from file to image to vector, in memory that is reused. */
#include "../emnist_dataset.h"
#include "../io/file.h"
#include "preprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Buffers that a large image left behind and that are larger than this are given back: one big
 * photograph should not weigh on the hundred thousand small images after it. */
#define KEEP_NBYTES ((size_t)4 << 20)

struct emnist_reader {
	struct emnist_limits limits; /* without zeros */
	enum emnist_preprocess mode;
	struct buffer file;
	struct image image;
	struct preprocessor preprocessor;
	int pipe; /* a file of several that can be read but once, and was not taken; -1: none */
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
		return error_set(error, EMNIST_ERR_ARGUMENT, "unknown value of preprocess: %d",
				 (int)options->preprocess);
	reader = alloc_zeroed(1, sizeof(*reader));
	if (!reader)
		return error_memory(error);
	reader->limits = image_limits(&options->limits);
	reader->mode =
		options->model ? emnist_model_preprocess(options->model) : options->preprocess;
	reader->pipe = -1;
	*reader_ret = reader;
	return EMNIST_OK;
}

static void trim(struct buffer *buffer)
{
	if (buffer->capacity > KEEP_NBYTES)
		buffer_clear(buffer);
}

/* What an image has taken besides the bytes of its file. */
static void trim_image(struct emnist_reader *reader)
{
	trim(&reader->image.pixels);
	trim(&reader->preprocessor.bytes.pixels);
	trim(&reader->preprocessor.grey);
}

/* A file that is no image may be an archive of images. That is checked only then: a tar archive
 * begins with the name of its first file, which may be anything. */
static enum emnist_status not_decoded(enum emnist_status status, const void *bytes, size_t nbytes,
				      struct emnist_error *error)
{
	const char *name = image_archive_name(bytes, nbytes);

	if (!name || status == EMNIST_ERR_MEMORY)
		return status;
	return error_set(error, EMNIST_ERR_ARCHIVE, "%s, not an image", name);
}

static enum emnist_status decode_and_preprocess(struct emnist_reader *reader, const void *bytes,
						size_t nbytes, float *vector,
						struct emnist_error *error)
{
	const enum emnist_status status =
		image_decode(bytes, nbytes, &reader->limits, &reader->image, error);

	return status ? not_decoded(status, bytes, nbytes, error)
		      : preprocess_image(&reader->preprocessor, &reader->image, reader->mode,
					 vector, error);
}

enum emnist_status emnist_read_bytes(struct emnist_reader *reader, const void *bytes, size_t nbytes,
				     float *vector, struct emnist_error *error)
{
	struct image *image = &reader->image;
	enum emnist_status status;

	image->colors = reader->mode == EMNIST_PREPROCESS_RAW ? IMAGE_COLORS_WANTED
							      : IMAGE_COLORS_NOT_NEEDED;
	status = decode_and_preprocess(reader, bytes, nbytes, vector, error);
	if (!status && image->colors == IMAGE_COLORS_LEFT_OUT &&
	    reader->preprocessor.wants_colors) {
		image->colors = IMAGE_COLORS_WANTED;
		status = decode_and_preprocess(reader, bytes, nbytes, vector, error);
	}
	trim_image(reader);
	return status;
}

enum emnist_status emnist_read_pixels(struct emnist_reader *reader,
				      const struct emnist_pixels *pixels, float *vector,
				      struct emnist_error *error)
{
	enum emnist_status status =
		image_copy_pixels(pixels, &reader->limits, &reader->image, error);

	if (!status)
		status = preprocess_image(&reader->preprocessor, &reader->image, reader->mode,
					  vector, error);
	trim_image(reader);
	return status;
}

const void *emnist_reader_bytes(const struct emnist_reader *reader, size_t *nbytes_ret)
{
	*nbytes_ret = reader->file.nbytes;
	return reader->file.data;
}

const char *emnist_reader_warning(const struct emnist_reader *reader)
{
	return reader->image.warning;
}

size_t emnist_reader_n_characters(const struct emnist_reader *reader)
{
	return reader->preprocessor.n_characters;
}

/* Whether the bytes read are the start of something that the caller may continue to read. */
static bool is_of_several(enum emnist_status status)
{
	return status == EMNIST_ERR_ARCHIVE || status == EMNIST_ERR_PAGES;
}

static enum emnist_status read_open(struct emnist_reader *reader, int fd, file_is_whole *is_whole,
				    float *vector, struct emnist_error *error)
{
	const bool may_be_several = !is_whole;
	struct buffer *file = &reader->file;
	struct file_rest rest;
	enum emnist_status status;

	status = file_read_head(fd, is_whole, file, &rest, error);
	if (status)
		return status;
	/* An archive may be larger than any image. */
	if (!rest.at_end || file->nbytes > reader->limits.file_nbytes)
		status = image_archive_name(file->data, file->nbytes)
				 ? not_decoded(EMNIST_ERR_FORMAT, file->data, file->nbytes, error)
				 : file_read_rest(fd, reader->limits.file_nbytes, file, &rest,
						  error);
	if (!status && may_be_several && image_first_nbytes(file->data, file->nbytes))
		return error_set(error, EMNIST_ERR_PAGES, "several images instead of one");
	if (!status)
		status = emnist_read_bytes(reader, file->data, file->nbytes, vector, error);
	/* Only for images: an archive contains other files. */
	if (!status && may_be_several && image_may_be_followed(file->data, file->nbytes))
		status = error_set(error, EMNIST_ERR_UNSUPPORTED,
				   "another image seems to follow, but its start is uncertain: "
				   "give the files by name");
	if (!is_of_several(status))
		trim(file);
	return status;
}

enum emnist_status emnist_read_fd(struct emnist_reader *reader, int fd, float *vector,
				  struct emnist_error *error)
{
	return read_open(reader, fd, NULL, vector, error);
}

static void drop_pipe(struct emnist_reader *reader)
{
	if (reader->pipe >= 0)
		close(reader->pipe);
	reader->pipe = -1;
}

int emnist_reader_take_fd(struct emnist_reader *reader)
{
	const int fd = reader->pipe;

	reader->pipe = -1;
	return fd;
}

enum emnist_status emnist_read_file(struct emnist_reader *reader, const char *path, float *vector,
				    struct emnist_error *error)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum emnist_status status;

	if (fd < 0)
		return error_errno(error, errno, NULL);
	status = read_open(reader, fd, pngfile_is_whole, vector, error);
	if (is_of_several(status) && lseek(fd, 0, SEEK_CUR) < 0) {
		drop_pipe(reader);
		reader->pipe = fd;
	} else {
		close(fd);
	}
	return status;
}

void emnist_reader_free(struct emnist_reader *reader)
{
	if (!reader)
		return;
	drop_pipe(reader);
	buffer_clear(&reader->file);
	image_clear(&reader->image);
	preprocessor_clear(&reader->preprocessor);
	free(reader);
}
