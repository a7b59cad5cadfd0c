/*
 * bytes.h - files of tests, read and written whole.
 */
#ifndef TEST_BYTES_H
#define TEST_BYTES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../base/numbers.h"
#include "../io/file.h"

/* Freed with buffer_clear(). */
static inline struct buffer read_bytes(const char *path)
{
	struct buffer buffer = {0};
	struct emnist_error error;

	if (file_read(path, 1 << 26, &buffer, &error))
		fail_msg("%s: %s", path, error.message);
	return buffer;
}

/* A file of n floats and no more, little-endian as NumPy writes them. */
static inline void read_floats(const char *path, float *floats, size_t n)
{
	struct buffer file = read_bytes(path);

	assert_int_equal(file.nbytes, n * sizeof(float));
	for (size_t i = 0; i < n; i++)
		floats[i] = number_of_float_bits(number_u32(file.data + i * sizeof(float)));
	buffer_clear(&file);
}

static inline void write_bytes(const char *path, const void *bytes, size_t nbytes)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, nbytes, file), nbytes);
	assert_int_equal(fclose(file), 0);
}

/* A small file, in memory that is nobody's to free. */
struct bytes {
	char data[70000];
	size_t n;
};

static inline void load_bytes(const char *path, struct bytes *bytes)
{
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	bytes->n = fread(bytes->data, 1, sizeof(bytes->data), file);
	fclose(file);
}

#endif
