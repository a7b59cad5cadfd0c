/*
 * write_idx.c - writes a dataset in EMNIST's own format: a file of images, one of labels, and a
 * mapping file.
 */
#include "../io/pack.h"
#include "../labels/labels.h"
#include "siblings.h"
#include "writer.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_IMAGES_NBYTES 16
#define HEAD_LABELS_NBYTES 8

/* A label is one byte. */
#define MAX_INDEX 255

/* gzip (RFC 1952): no name, no time, made on Unix. */
static const unsigned char gzip_head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};

struct idx_part {
	struct outfile *file;
	struct pack pack;
};

struct idx_writer {
	struct emnist_writer writer;
	bool packed;
	bool upright; /* MNIST's names imply that images are not transposed */
	uint32_t n;
	struct idx_part images, labels;
	struct outfile *mapping;
};

static bool strip(const char *path, size_t *nbytes, const char *ending)
{
	const size_t n = strlen(ending);

	if (*nbytes <= n || memcmp(path + *nbytes - n, ending, n) != 0)
		return false;
	*nbytes -= n;
	return true;
}

static enum emnist_status open_part(const struct idx_writer *w, struct idx_part *part,
				    const char *stem, size_t stem_nbytes, const char *ending,
				    size_t head_nbytes, struct emnist_error *error)
{
	char whole[40];
	enum emnist_status status;

	strcpy(whole, ending);
	if (w->packed)
		strcat(whole, ".gz");
	status = writer_open(&w->writer, stem, stem_nbytes, whole, &part->file, error);
	if (!status && w->packed)
		status = outfile_write(part->file, gzip_head, sizeof(gzip_head), error);
	return status ? status : pack_begin(&part->pack, part->file, w->packed, head_nbytes, error);
}

static enum emnist_status open_files(struct idx_writer *w, const char *path, size_t nbytes,
				     struct emnist_error *error)
{
	enum emnist_status status;
	char *images;

	status = open_part(w, &w->images, path, nbytes, "-images-idx3-ubyte", HEAD_IMAGES_NBYTES,
			   error);
	if (!status)
		status = open_part(w, &w->labels, path, nbytes, "-labels-idx1-ubyte",
				   HEAD_LABELS_NBYTES, error);
	if (!status)
		status = writer_mapping(&w->writer, path, nbytes, &w->mapping, error);
	images = status ? NULL : writer_name(path, nbytes, "-images-idx3-ubyte");
	if (!status && !images)
		status = error_memory(error);
	w->upright = images && siblings_is_upright(images);
	free(images);
	return status;
}

static enum emnist_status idx_create(struct emnist_writer *writer, const char *path,
				     const struct emnist_writer_options *options,
				     struct emnist_error *error)
{
	struct idx_writer *w = (struct idx_writer *)writer;
	size_t nbytes = strlen(path);
	const size_t last = emnist_labels_count(writer->labels) - 1;

	(void)options;
	w->packed = strip(path, &nbytes, ".gz");
	if (!strip(path, &nbytes, "-images-idx3-ubyte"))
		strip(path, &nbytes, "-images.idx3-ubyte");
	if (path[nbytes - 1] == '/')
		return error_set(error, EMNIST_ERR_ARGUMENT, "a folder; a file name is needed");
	if (labels_index(writer->labels, last) > MAX_INDEX)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "the class %u: idx files have labels up to %d",
				 labels_index(writer->labels, last), MAX_INDEX);
	return open_files(w, path, nbytes, error);
}

static enum emnist_status idx_add(struct emnist_writer *writer, const struct writer_batch *batch,
				  struct emnist_error *error)
{
	struct idx_writer *w = (struct idx_writer *)writer;
	enum emnist_status status = EMNIST_OK;

	if (batch->n > UINT32_MAX - w->n)
		return error_set(error, EMNIST_ERR_LIMIT, "more than %u images", UINT32_MAX);
	for (size_t i = 0; i < batch->n && !status; i++) {
		const uint8_t *pixels = batch->pixels + i * EMNIST_VECTOR_LENGTH;
		const uint8_t label = (uint8_t)labels_index(writer->labels, batch->classes[i]);
		uint8_t transposed[EMNIST_VECTOR_LENGTH];

		if (!w->upright) {
			writer_transpose(pixels, transposed);
			pixels = transposed;
		}
		status = pack_write(&w->images.pack, pixels, EMNIST_VECTOR_LENGTH, error);
		if (!status)
			status = pack_write(&w->labels.pack, &label, 1, error);
	}
	w->n += (uint32_t)batch->n;
	return status;
}

static void put_u32(unsigned char *bytes, uint32_t value)
{
	bytes[0] = (unsigned char)(value >> 24);
	bytes[1] = (unsigned char)(value >> 16);
	bytes[2] = (unsigned char)(value >> 8);
	bytes[3] = (unsigned char)value;
}

static enum emnist_status end_part(struct idx_part *part, bool packed, const unsigned char *head,
				   struct emnist_error *error)
{
	unsigned char tail[8];
	struct pack_sums sums;
	enum emnist_status status = pack_end(&part->pack, head, &sums, error);

	if (status || !packed)
		return status;
	/* Little-endian, unlike all else here. */
	put_u32(tail, __builtin_bswap32(sums.crc));
	put_u32(tail + 4, __builtin_bswap32((uint32_t)sums.nbytes));
	return outfile_write(part->file, tail, sizeof(tail), error);
}

static enum emnist_status idx_finish(struct emnist_writer *writer, struct emnist_error *error)
{
	struct idx_writer *w = (struct idx_writer *)writer;
	struct outfile *const files[] = {w->mapping, w->labels.file, w->images.file};
	unsigned char head[HEAD_IMAGES_NBYTES] = {0, 0, 8, 3};
	enum emnist_status status;

	put_u32(head + 4, w->n);
	put_u32(head + 8, EMNIST_SIDE);
	put_u32(head + 12, EMNIST_SIDE);
	status = end_part(&w->images, w->packed, head, error);
	head[3] = 1;
	if (!status)
		status = end_part(&w->labels, w->packed, head, error);
	return status ? status : outfile_commit_all(files, 3, error);
}

static void idx_free(struct emnist_writer *writer)
{
	struct idx_writer *w = (struct idx_writer *)writer;

	pack_clear(&w->images.pack);
	pack_clear(&w->labels.pack);
	outfile_free(w->images.file);
	outfile_free(w->labels.file);
	outfile_free(w->mapping);
}

const struct writer_form writer_idx = {idx_create, idx_add, idx_finish, idx_free,
				       sizeof(struct idx_writer)};
