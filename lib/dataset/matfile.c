/*
 * matfile.c - the arrays of a MATLAB file (version 5).
 *
 * A file is a header of 128 bytes, then elements: a tag of 8 bytes with type and length, and the
 * data, padded to 8. An array is an element made of elements: flags, dimensions, name, and numbers
 * or the fields of a struct, which are arrays again. A compressed array is an element of another
 * type. (MathWorks: "MAT-File Level 5 File Format".)
 *
 * The hard part is false lengths. An array knows how many of its bytes are left, and each read is
 * checked against that first. A field's length is subtracted from its parent at once. So nothing
 * reads beyond the element it is part of, at any depth.
 */
#include "matfile.h"

#include "../base/memory.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

#define HEADER_NBYTES  128
#define VERSION_OFFSET 124
#define VERSION        0x0100
#define TAG_NBYTES     8
#define CHUNK_NBYTES   16384

enum {
	TYPE_INT8 = 1,
	TYPE_UINT8 = 2,
	TYPE_INT16 = 3,
	TYPE_UINT16 = 4,
	TYPE_INT32 = 5,
	TYPE_UINT32 = 6,
	TYPE_SINGLE = 7,
	TYPE_DOUBLE = 9,
	TYPE_MATRIX = 14,
	TYPE_COMPRESSED = 15,
};

/* Of arrays. */
enum {
	CLASS_STRUCT = 2,
	CLASS_FIRST_NUMERIC = 6, /* double */
	CLASS_LAST_NUMERIC = 15, /* uint64 */
	FLAG_COMPLEX = 0x08,
};

/* Bytes of a number; 0: of no number that is read. */
static const unsigned char widths[] = {
	[TYPE_INT8] = 1,  [TYPE_UINT8] = 1,  [TYPE_INT16] = 2,  [TYPE_UINT16] = 2,
	[TYPE_INT32] = 4, [TYPE_UINT32] = 4, [TYPE_SINGLE] = 4, [TYPE_DOUBLE] = 8,
};

struct tag {
	uint32_t type;
	uint32_t nbytes;
	bool is_small; /* the data are in the tag */
	unsigned char small[4];
};

struct matfile {
	struct gzip *stream;
	bool big_endian;
	struct matfile_array *variable; /* that was given last; NULL: none, or it is read */

	bool packed; /* the variable is compressed */
	bool inflater_made, inflated;
	uint64_t packed_left; /* bytes of the compressed element that were not read */
	z_stream inflater;
	unsigned char input[CHUNK_NBYTES];
};

static enum emnist_status damaged(struct emnist_error *error, const char *what)
{
	return error_set(error, EMNIST_ERR_CORRUPT, "damaged MATLAB file: %s", what);
}

/* -------------------------------------------------------------------------- bytes */

static enum emnist_status read_plain(struct matfile *file, void *bytes, size_t nbytes,
				     struct emnist_error *error)
{
	enum emnist_status status;
	size_t n;

	status = gzip_read(file->stream, bytes, nbytes, &n, error);
	if (!status && n < nbytes)
		status = damaged(error, "it is cut short");
	return status;
}

static enum emnist_status fill_inflater(struct matfile *file, struct emnist_error *error)
{
	const size_t n =
		file->packed_left < CHUNK_NBYTES ? (size_t)file->packed_left : CHUNK_NBYTES;

	if (file->inflater.avail_in)
		return EMNIST_OK;
	if (!n)
		return damaged(error, "compressed data end too soon");
	file->packed_left -= n;
	file->inflater.next_in = file->input;
	file->inflater.avail_in = (uInt)n;
	return read_plain(file, file->input, n, error);
}

/* One call of inflate(), with memory for avail_out bytes. */
static enum emnist_status inflate_some(struct matfile *file, struct emnist_error *error)
{
	enum emnist_status status = fill_inflater(file, error);

	if (status)
		return status;
	switch (inflate(&file->inflater, Z_NO_FLUSH)) {
	case Z_OK:
		return EMNIST_OK;
	case Z_STREAM_END:
		file->inflated = true;
		return EMNIST_OK;
	case Z_MEM_ERROR:
		return error_memory(error);
	default:
		return damaged(error, file->inflater.msg ? file->inflater.msg : "no zlib stream");
	}
}

/* nbytes: less than UINT_MAX. */
static enum emnist_status read_packed(struct matfile *file, void *bytes, size_t nbytes,
				      struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	file->inflater.next_out = bytes;
	file->inflater.avail_out = (uInt)nbytes;
	while (!status && file->inflater.avail_out)
		status = file->inflated ? damaged(error, "compressed data end too soon")
					: inflate_some(file, error);
	return status;
}

/* Takes bytes of something that has *left of them. bytes: NULL to skip them. */
static enum emnist_status take(struct matfile *file, uint64_t *left, void *bytes, uint64_t nbytes,
			       struct emnist_error *error)
{
	unsigned char skipped[CHUNK_NBYTES], *to = bytes;
	enum emnist_status status = EMNIST_OK;

	if (nbytes > *left)
		return damaged(error, "an element is longer than its container");
	*left -= nbytes;
	while (!status && nbytes) {
		const size_t n = nbytes < CHUNK_NBYTES ? (size_t)nbytes : CHUNK_NBYTES;

		status = (file->packed ? read_packed : read_plain)(file, to ? to : skipped, n,
								   error);
		nbytes -= n;
		to = to ? to + n : NULL;
	}
	return status;
}

static uint32_t u32_of(const struct matfile *file, const unsigned char *b)
{
	return file->big_endian
		       ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
		       : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static uint32_t u16_of(const struct matfile *file, const unsigned char *b)
{
	return file->big_endian ? (uint32_t)b[0] << 8 | b[1] : (uint32_t)b[1] << 8 | b[0];
}

static double number_of(const struct matfile *file, uint32_t type, const unsigned char *b)
{
	union {
		uint32_t bits;
		float value;
	} single;
	union {
		uint64_t bits;
		double value;
	} real;

	switch (type) {
	case TYPE_INT8:
		return (int8_t)b[0];
	case TYPE_UINT8:
		return b[0];
	case TYPE_INT16:
		return (int16_t)u16_of(file, b);
	case TYPE_UINT16:
		return u16_of(file, b);
	case TYPE_INT32:
		return (int32_t)u32_of(file, b);
	case TYPE_UINT32:
		return u32_of(file, b);
	case TYPE_SINGLE:
		single.bits = u32_of(file, b);
		return (double)single.value;
	default:
		real.bits = (uint64_t)u32_of(file, b + (file->big_endian ? 0 : 4)) << 32 |
			    u32_of(file, b + (file->big_endian ? 4 : 0));
		return real.value;
	}
}

/* ----------------------------------------------------------------------- elements */

static enum emnist_status read_tag(struct matfile *file, uint64_t *left, struct tag *tag,
				   struct emnist_error *error)
{
	unsigned char bytes[TAG_NBYTES];
	enum emnist_status status = take(file, left, bytes, sizeof(bytes), error);
	uint32_t first;

	if (status)
		return status;
	first = u32_of(file, bytes);
	tag->is_small = first >> 16 != 0;
	tag->type = tag->is_small ? first & 0xffff : first;
	tag->nbytes = tag->is_small ? first >> 16 : u32_of(file, bytes + 4);
	memcpy(tag->small, bytes + 4, sizeof(tag->small));
	if (tag->is_small && tag->nbytes > sizeof(tag->small))
		return damaged(error, "a small element of more than 4 bytes");
	return EMNIST_OK;
}

/* Reads all of an element's data, of that type and at most max bytes. */
static enum emnist_status read_data(struct matfile *file, uint64_t *left, uint32_t type,
				    void *bytes, size_t max, size_t *nbytes_ret,
				    struct emnist_error *error)
{
	struct tag tag;
	enum emnist_status status = read_tag(file, left, &tag, error);

	if (status)
		return status;
	if (tag.type != type)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "damaged MATLAB file: an element of type %u instead of type %u",
				 tag.type, type);
	if (tag.nbytes > max)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "an element of type %u has %u bytes: the limit is %zu", type,
				 tag.nbytes, max);
	*nbytes_ret = tag.nbytes;
	if (tag.is_small) {
		memcpy(bytes, tag.small, tag.nbytes);
		return EMNIST_OK;
	}
	status = take(file, left, bytes, tag.nbytes, error);
	return status ? status : take(file, left, NULL, -tag.nbytes & 7U, error);
}

/* ------------------------------------------------------------------------- arrays */

static enum emnist_status read_dimensions(struct matfile *file, struct matfile_array *array,
					  struct emnist_error *error)
{
	unsigned char bytes[32 * 4];
	enum emnist_status status;
	size_t nbytes;

	status = read_data(file, &array->left, TYPE_INT32, bytes, sizeof(bytes), &nbytes, error);
	if (status)
		return status;
	if (nbytes < 8 || nbytes % 4)
		return damaged(error, "an array of fewer than 2 dimensions");
	if (nbytes == 8) {
		array->rows = u32_of(file, bytes);
		array->columns = u32_of(file, bytes + 4);
	}
	if (array->rows > INT32_MAX || array->columns > INT32_MAX)
		return damaged(error, "an array of negative size");
	array->n_values = (uint64_t)array->rows * array->columns;
	return EMNIST_OK;
}

static enum emnist_status read_fields(struct matfile *file, struct matfile_array *array,
				      struct emnist_error *error)
{
	unsigned char bytes[MATFILE_MAX_FIELDS * MATFILE_NAME_NBYTES];
	enum emnist_status status;
	size_t nbytes, length;

	status = read_data(file, &array->left, TYPE_INT32, bytes, sizeof(bytes), &nbytes, error);
	if (status)
		return status;
	length = nbytes == 4 ? u32_of(file, bytes) : 0;
	if (length < 1 || length > MATFILE_NAME_NBYTES)
		return damaged(error, "field names without a length");
	status = read_data(file, &array->left, TYPE_INT8, bytes, sizeof(bytes), &nbytes, error);
	if (status)
		return status;
	array->n_fields = nbytes / length;
	if (array->n_fields > MATFILE_MAX_FIELDS)
		return error_set(error, EMNIST_ERR_LIMIT, "a struct of %zu fields: the limit is %d",
				 array->n_fields, MATFILE_MAX_FIELDS);
	for (size_t i = 0; i < array->n_fields; i++)
		memcpy(array->fields[i], bytes + i * length, length);
	return EMNIST_OK;
}

/* Finds the start of the numbers and checks that all are present. */
static enum emnist_status begin_numbers(struct matfile *file, struct matfile_array *array,
					struct emnist_error *error)
{
	struct tag tag;
	enum emnist_status status = read_tag(file, &array->left, &tag, error);
	size_t width;

	if (status)
		return status;
	width = tag.type < sizeof(widths) ? widths[tag.type] : 0;
	if (!width)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "numbers of type %u are not supported", tag.type);
	if (tag.nbytes / width != array->n_values || tag.nbytes % width)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "damaged MATLAB file: %ux%u numbers of %zu bytes, but %u bytes of "
				 "them",
				 array->rows, array->columns, width, tag.nbytes);
	if (!tag.is_small && tag.nbytes > array->left)
		return damaged(error, "an element is longer than its container");
	array->type = tag.type;
	array->is_small = tag.is_small;
	memcpy(array->small, tag.small, sizeof(array->small));
	return EMNIST_OK;
}

/* The header of an array of `left` bytes. */
static enum emnist_status begin_array(struct matfile *file, uint64_t left,
				      struct matfile_array *array, struct emnist_error *error)
{
	unsigned char flags[8];
	enum emnist_status status;
	uint32_t class;
	size_t n;

	*array = (struct matfile_array){.kind = MATFILE_OTHER, .left = left};
	if (!left)
		return EMNIST_OK;
	status = read_data(file, &array->left, TYPE_UINT32, flags, sizeof(flags), &n, error);
	if (!status && n != sizeof(flags))
		status = damaged(error, "an array without flags");
	if (!status)
		status = read_dimensions(file, array, error);
	if (!status)
		status = read_data(file, &array->left, TYPE_INT8, array->name, MATFILE_NAME_NBYTES,
				   &n, error);
	if (status)
		return status;
	class = u32_of(file, flags) & 0xff;
	if (class == CLASS_STRUCT) {
		array->kind = MATFILE_STRUCT;
		return read_fields(file, array, error);
	}
	if (class < CLASS_FIRST_NUMERIC || class > CLASS_LAST_NUMERIC ||
	    u32_of(file, flags) >> 8 & FLAG_COMPLEX)
		return EMNIST_OK;
	array->kind = MATFILE_NUMBERS;
	return begin_numbers(file, array, error);
}

enum emnist_status matfile_field(struct matfile *file, struct matfile_array *parent,
				 struct matfile_array *array, struct emnist_error *error)
{
	struct tag tag;
	enum emnist_status status = read_tag(file, &parent->left, &tag, error);

	if (status)
		return status;
	if (tag.type != TYPE_MATRIX || tag.is_small)
		return damaged(error, "a field that is not an array");
	if (tag.nbytes > parent->left)
		return damaged(error, "an element is longer than its container");
	parent->left -= tag.nbytes;
	return begin_array(file, tag.nbytes, array, error);
}

/* The next n numbers as they are stored, in a chunk that has room for them. */
static enum emnist_status take_numbers(struct matfile *file, struct matfile_array *array,
				       unsigned char *bytes, size_t nbytes,
				       struct emnist_error *error)
{
	if (!array->is_small)
		return take(file, &array->left, bytes, nbytes, error);
	memcpy(bytes, array->small, nbytes);
	memmove(array->small, array->small + nbytes, sizeof(array->small) - nbytes);
	return EMNIST_OK;
}

enum emnist_status matfile_values(struct matfile *file, struct matfile_array *array, double *values,
				  size_t n, struct emnist_error *error)
{
	const size_t width = widths[array->type];
	unsigned char bytes[CHUNK_NBYTES];
	enum emnist_status status = EMNIST_OK;

	while (!status && n) {
		const size_t part = n < CHUNK_NBYTES / width ? n : CHUNK_NBYTES / width;

		status = take_numbers(file, array, bytes, part * width, error);
		for (size_t i = 0; !status && i < part; i++)
			values[i] = number_of(file, array->type, bytes + i * width);
		values += part;
		n -= part;
	}
	return status;
}

bool matfile_has_bytes(const struct matfile_array *array)
{
	return array->type == TYPE_UINT8;
}

enum emnist_status matfile_bytes(struct matfile *file, struct matfile_array *array, uint8_t *bytes,
				 size_t n, struct emnist_error *error)
{
	return take_numbers(file, array, bytes, n, error);
}

enum emnist_status matfile_skip(struct matfile *file, struct matfile_array *array,
				struct emnist_error *error)
{
	return take(file, &array->left, NULL, array->left, error);
}

/* ---------------------------------------------------------------------- variables */

/* Skips the rest of the variable and checks that its compressed data end correctly. */
static enum emnist_status leave(struct matfile *file, struct emnist_error *error)
{
	unsigned char byte;
	enum emnist_status status = EMNIST_OK;

	if (file->variable)
		status = matfile_skip(file, file->variable, error);
	file->variable = NULL;
	if (status || !file->packed)
		return status;
	file->inflater.next_out = &byte;
	file->inflater.avail_out = 1;
	while (!status && !file->inflated) {
		status = inflate_some(file, error);
		if (!status && !file->inflater.avail_out)
			status = damaged(error, "compressed data continue after their end");
	}
	file->packed = false;
	if (!status && (file->packed_left || file->inflater.avail_in))
		status = damaged(error, "data after the compressed data");
	return status;
}

/* What follows the tag of a compressed element is read through the inflater, up to its tag. */
static enum emnist_status enter_packed(struct matfile *file, struct tag *tag,
				       struct emnist_error *error)
{
	uint64_t left = TAG_NBYTES;

	file->packed_left = tag->nbytes;
	file->inflated = false;
	file->inflater.avail_in = 0;
	if (file->inflater_made) {
		inflateReset(&file->inflater);
	} else {
		if (inflateInit(&file->inflater) != Z_OK)
			return error_memory(error);
		file->inflater_made = true;
	}
	file->packed = true;
	return read_tag(file, &left, tag, error);
}

enum emnist_status matfile_next(struct matfile *file, struct matfile_array *array, bool *end_ret,
				struct emnist_error *error)
{
	const unsigned char *ahead;
	enum emnist_status status;
	uint64_t left = TAG_NBYTES;
	struct tag tag;
	size_t n;

	status = leave(file, error);
	if (!status)
		status = gzip_peek(file->stream, 1, &ahead, &n, error);
	*end_ret = !status && !n;
	if (status || *end_ret)
		return status;
	status = read_tag(file, &left, &tag, error);
	if (!status && tag.type == TYPE_COMPRESSED && !tag.is_small)
		status = enter_packed(file, &tag, error);
	if (status)
		return status;
	if (tag.type != TYPE_MATRIX || tag.is_small)
		return damaged(error, "a variable that is not an array");
	status = begin_array(file, tag.nbytes, array, error);
	file->variable = array;
	return status;
}

enum emnist_status matfile_open(struct gzip *stream, struct matfile **file_ret,
				struct emnist_error *error)
{
	struct matfile *file = alloc_zeroed(1, sizeof(*file));
	unsigned char header[HEADER_NBYTES];
	enum emnist_status status;

	*file_ret = NULL;
	if (!file)
		return error_memory(error);
	file->stream = stream;
	status = read_plain(file, header, sizeof(header), error);
	if (!status) {
		file->big_endian = memcmp(header + VERSION_OFFSET + 2, "MI", 2) == 0;
		if (!file->big_endian && memcmp(header + VERSION_OFFSET + 2, "IM", 2) != 0)
			status = damaged(error, "its header does not record the byte order");
		else if (u16_of(file, header + VERSION_OFFSET) != VERSION)
			status = error_set(error, EMNIST_ERR_UNSUPPORTED,
					   "a MATLAB file of version 0x%04x: only version 5, "
					   "0x0100, is supported",
					   u16_of(file, header + VERSION_OFFSET));
	}
	if (status)
		free(file);
	else
		*file_ret = file;
	return status;
}

void matfile_close(struct matfile *file)
{
	if (!file)
		return;
	if (file->inflater_made)
		inflateEnd(&file->inflater);
	free(file);
}
