/*
 * write_numpy.c - writes a dataset as NumPy arrays: an .npz, which is a zip file of four, or two
 * .npy files.
 *
 * images: (n, 28, 28) bytes, upright. labels: (n) class numbers as in mapping files. Their meaning
 * is in a mapping file for .npy, and in the arrays indices and characters, (classes), for .npz.
 *
 * An array's header has its shape, and is filled in once that is known (pack.h). So is the header
 * of a zip member, with its size and checksum. (numpy.lib.format, version 1.0; PKWARE's APPNOTE.TXT
 * 4.3.)
 */
#include "../base/memory.h"
#include "../io/pack.h"
#include "../labels/labels.h"
#include "writer.h"

#include <stdio.h>
#include <string.h>

/* A header of an array: magic number, version, length, text; a multiple of 64 bytes. */
#define HEAD_NBYTES 128
#define HEAD_TEXT   10

/* The largest file that zip's 32-bit sizes can describe. */
#define ZIP_MAX_NBYTES   UINT32_MAX

#define ZIP_LOCAL_NBYTES 30
#define ZIP_ENTRY_NBYTES 46
#define ZIP_END_NBYTES   22
#define ZIP_VERSION      20 /* 2.0: deflate */
#define ZIP_DEFLATED     8
#define ZIP_DAY          33 /* 1 January 1980, the earliest there is */

struct numpy_writer {
	struct emnist_writer writer;
	bool zip;
	bool wide; /* labels take four bytes, not one */
	uint64_t n;
	struct outfile *images, *labels_file, *mapping; /* the last two: of .npy */
	struct pack pack;                               /* of the images */
	struct buffer labels;                           /* (n) as they are stored */
};

/* A member of a zip file that is behind us. */
struct zip_entry {
	const char *name;
	uint64_t offset; /* of its header */
	struct pack_sums sums;
};

/* ---------------------------------------------------------------------- arrays */

/* shape: such as "(10, 28, 28)"; type: "|u1". */
static void put_head(unsigned char head[static HEAD_NBYTES], const char *type, const char *shape)
{
	char text[HEAD_NBYTES];
	int n = snprintf(text, sizeof(text),
			 "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", type, shape);

	memset(head, ' ', HEAD_NBYTES);
	memcpy(head, "\x93NUMPY\x01\x00", 8);
	head[8] = HEAD_NBYTES - HEAD_TEXT;
	head[9] = 0;
	memcpy(head + HEAD_TEXT, text, (size_t)n);
	head[HEAD_NBYTES - 1] = '\n';
}

static void put_images_head(const struct numpy_writer *w, unsigned char *head)
{
	char shape[64];

	snprintf(shape, sizeof(shape), "(%llu, %d, %d)", (unsigned long long)w->n, EMNIST_SIDE,
		 EMNIST_SIDE);
	put_head(head, "|u1", shape);
}

static void put_labels_head(const struct numpy_writer *w, unsigned char *head)
{
	char shape[64];

	snprintf(shape, sizeof(shape), "(%llu,)", (unsigned long long)w->n);
	put_head(head, w->wide ? "<u4" : "|u1", shape);
}

/* ------------------------------------------------------------------------- zip */

static unsigned char *put_u16(unsigned char *at, uint32_t value)
{
	at[0] = (unsigned char)value;
	at[1] = (unsigned char)(value >> 8);
	return at + 2;
}

static unsigned char *put_u32(unsigned char *at, uint64_t value)
{
	return put_u16(put_u16(at, (uint32_t)value & 0xffff), (uint32_t)(value >> 16) & 0xffff);
}

/* From the version on, what both headers of a member have. */
static unsigned char *put_member(unsigned char *at, const struct zip_entry *entry)
{
	at = put_u16(at, ZIP_VERSION);
	at = put_u16(at, 0);
	at = put_u16(at, ZIP_DEFLATED);
	at = put_u16(at, 0);
	at = put_u16(at, ZIP_DAY);
	at = put_u32(at, entry->sums.crc);
	at = put_u32(at, entry->sums.packed_nbytes);
	at = put_u32(at, entry->sums.nbytes);
	at = put_u16(at, (uint32_t)strlen(entry->name));
	return put_u16(at, 0);
}

static void put_local(unsigned char bytes[static ZIP_LOCAL_NBYTES], const struct zip_entry *entry)
{
	put_member(put_u32(bytes, 0x04034b50), entry);
}

/* Begins a member at the end of the file. */
static enum emnist_status begin_member(struct outfile *file, struct zip_entry *entry,
				       const char *name, struct pack *pack,
				       struct emnist_error *error)
{
	const unsigned char zeros[ZIP_LOCAL_NBYTES] = {0};
	enum emnist_status status;

	*entry = (struct zip_entry){.name = name, .offset = outfile_nbytes(file)};
	status = outfile_write(file, zeros, sizeof(zeros), error);
	if (!status)
		status = outfile_write(file, name, strlen(name), error);
	return status ? status : pack_begin(pack, file, true, HEAD_NBYTES, error);
}

static enum emnist_status end_member(struct outfile *file, struct zip_entry *entry,
				     struct pack *pack, const unsigned char *head,
				     struct emnist_error *error)
{
	unsigned char local[ZIP_LOCAL_NBYTES];
	enum emnist_status status = pack_end(pack, head, &entry->sums, error);

	if (status)
		return status;
	if (entry->sums.nbytes > ZIP_MAX_NBYTES || outfile_nbytes(file) > ZIP_MAX_NBYTES)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "more than 4 GiB: use .npy, which has no such limit");
	put_local(local, entry);
	return outfile_patch(file, entry->offset, local, sizeof(local), error);
}

static enum emnist_status end_zip(struct outfile *file, const struct zip_entry *entries, size_t n,
				  struct emnist_error *error)
{
	const uint64_t start = outfile_nbytes(file);
	enum emnist_status status = EMNIST_OK;
	unsigned char end[ZIP_END_NBYTES] = {0}, *at;

	for (size_t i = 0; i < n && !status; i++) {
		unsigned char bytes[ZIP_ENTRY_NBYTES] = {0};

		at = put_u16(put_u32(bytes, 0x02014b50), ZIP_VERSION);
		put_member(at, &entries[i]);
		put_u32(bytes + 42, entries[i].offset);
		status = outfile_write(file, bytes, sizeof(bytes), error);
		if (!status)
			status = outfile_write(file, entries[i].name, strlen(entries[i].name),
					       error);
	}
	at = put_u32(put_u32(end, 0x06054b50), 0);
	at = put_u16(put_u16(at, (uint32_t)n), (uint32_t)n);
	put_u32(put_u32(at, outfile_nbytes(file) - start), start);
	return status ? status : outfile_write(file, end, sizeof(end), error);
}

/* ------------------------------------------------------------------ both forms */

static enum emnist_status numpy_create(struct numpy_writer *w, const char *path,
				       struct zip_entry *entry, struct emnist_error *error)
{
	const struct emnist_labels *labels = w->writer.labels;
	enum emnist_status status =
		writer_open(&w->writer, path, strlen(path), "", &w->images, error);

	w->wide = labels_index(labels, emnist_labels_count(labels) - 1) > UINT8_MAX;
	if (status)
		return status;
	return w->zip ? begin_member(w->images, entry, "images.npy", &w->pack, error)
		      : pack_begin(&w->pack, w->images, false, HEAD_NBYTES, error);
}

static enum emnist_status numpy_add(struct emnist_writer *writer, const struct writer_batch *batch,
				    struct emnist_error *error)
{
	struct numpy_writer *w = (struct numpy_writer *)writer;
	const size_t width = w->wide ? 4 : 1;

	if (!buffer_reserve(&w->labels, w->labels.nbytes + batch->n * width))
		return error_memory(error);
	for (size_t i = 0; i < batch->n; i++) {
		unsigned char bytes[4];

		put_u32(bytes, labels_index(writer->labels, batch->classes[i]));
		memcpy(w->labels.data + w->labels.nbytes, bytes, width);
		w->labels.nbytes += width;
	}
	w->n += batch->n;
	return pack_write(&w->pack, batch->pixels, batch->n * EMNIST_VECTOR_LENGTH, error);
}

static void numpy_free(struct emnist_writer *writer)
{
	struct numpy_writer *w = (struct numpy_writer *)writer;

	pack_clear(&w->pack);
	outfile_free(w->images);
	outfile_free(w->labels_file);
	outfile_free(w->mapping);
	buffer_clear(&w->labels);
}

/* ------------------------------------------------------------------------- npy */

static enum emnist_status npy_create(struct emnist_writer *writer, const char *path,
				     const struct emnist_writer_options *options,
				     struct emnist_error *error)
{
	struct numpy_writer *w = (struct numpy_writer *)writer;
	const size_t nbytes = strlen(path);
	const size_t stem =
		nbytes > 4 && strcmp(path + nbytes - 4, ".npy") == 0 ? nbytes - 4 : nbytes;
	enum emnist_status status = numpy_create(w, path, NULL, error);

	(void)options;
	if (!status)
		status = writer_open(writer, path, stem, "-labels.npy", &w->labels_file, error);
	return status ? status : writer_mapping(writer, path, stem, &w->mapping, error);
}

static enum emnist_status npy_finish(struct emnist_writer *writer, struct emnist_error *error)
{
	struct numpy_writer *w = (struct numpy_writer *)writer;
	struct outfile *const files[] = {w->mapping, w->labels_file, w->images};
	unsigned char head[HEAD_NBYTES];
	enum emnist_status status;
	struct pack_sums sums;

	put_images_head(w, head);
	status = pack_end(&w->pack, head, &sums, error);
	put_labels_head(w, head);
	if (!status)
		status = outfile_write(w->labels_file, head, sizeof(head), error);
	if (!status)
		status = outfile_write(w->labels_file, w->labels.data, w->labels.nbytes, error);
	return status ? status : outfile_commit_all(files, 3, error);
}

const struct writer_form writer_npy = {npy_create, numpy_add, npy_finish, numpy_free,
				       sizeof(struct numpy_writer)};

/* ------------------------------------------------------------------------- npz */

struct npz_writer {
	struct numpy_writer numpy;
	struct zip_entry entries[4];
};

static enum emnist_status npz_create(struct emnist_writer *writer, const char *path,
				     const struct emnist_writer_options *options,
				     struct emnist_error *error)
{
	struct npz_writer *w = (struct npz_writer *)writer;

	(void)options;
	w->numpy.zip = true;
	return numpy_create(&w->numpy, path, &w->entries[0], error);
}

/* A whole array as a member. */
static enum emnist_status put_array(struct npz_writer *w, size_t i, const char *name,
				    const unsigned char *head, const void *bytes, size_t nbytes,
				    struct emnist_error *error)
{
	struct outfile *file = w->numpy.images;
	struct pack pack = {0};
	enum emnist_status status = begin_member(file, &w->entries[i], name, &pack, error);

	if (!status)
		status = pack_write(&pack, bytes, nbytes, error);
	if (!status)
		status = end_member(file, &w->entries[i], &pack, head, error);
	pack_clear(&pack);
	return status;
}

/* indices: (classes) as labels have them. characters: (classes) texts, in UTF-32 as NumPy's are. */
static enum emnist_status put_classes(struct npz_writer *w, struct emnist_error *error)
{
	const struct emnist_labels *labels = w->numpy.writer.labels;
	const size_t n_classes = emnist_labels_count(labels);
	unsigned char head[HEAD_NBYTES];
	unsigned char *indices, *texts;
	char shape[32], type[16];
	enum emnist_status status;
	size_t longest = 0, n;

	for (size_t i = 0; i < n_classes; i++) {
		labels_characters(labels, i, &n);
		longest = n > longest ? n : longest;
	}
	indices = alloc_zeroed(n_classes, 4);
	texts = alloc_zeroed(n_classes, 4 * longest);
	status = indices && texts ? EMNIST_OK : error_memory(error);
	for (size_t i = 0; i < n_classes && !status; i++) {
		const uint32_t *characters = labels_characters(labels, i, &n);

		put_u32(indices + 4 * i, labels_index(labels, i));
		for (size_t k = 0; k < n; k++)
			put_u32(texts + 4 * (i * longest + k), characters[k]);
	}
	snprintf(shape, sizeof(shape), "(%zu,)", n_classes);
	put_head(head, "<u4", shape);
	if (!status)
		status = put_array(w, 2, "indices.npy", head, indices, 4 * n_classes, error);
	snprintf(type, sizeof(type), "<U%zu", longest);
	put_head(head, type, shape);
	if (!status)
		status = put_array(w, 3, "characters.npy", head, texts, 4 * longest * n_classes,
				   error);
	free(indices);
	free(texts);
	return status;
}

static enum emnist_status npz_finish(struct emnist_writer *writer, struct emnist_error *error)
{
	struct npz_writer *w = (struct npz_writer *)writer;
	unsigned char head[HEAD_NBYTES];
	enum emnist_status status;

	put_images_head(&w->numpy, head);
	status = end_member(w->numpy.images, &w->entries[0], &w->numpy.pack, head, error);
	put_labels_head(&w->numpy, head);
	if (!status)
		status = put_array(w, 1, "labels.npy", head, w->numpy.labels.data,
				   w->numpy.labels.nbytes, error);
	if (!status)
		status = put_classes(w, error);
	if (!status)
		status = end_zip(w->numpy.images, w->entries, 4, error);
	return status ? status : outfile_commit(w->numpy.images, error);
}

const struct writer_form writer_npz = {npz_create, numpy_add, npz_finish, numpy_free,
				       sizeof(struct npz_writer)};
