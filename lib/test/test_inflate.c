/* test_inflate.c - bytes in memory are decompressed, and what is damaged is refused. */
#include "../io/inflate.h"

#include "../base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

/* Longer than the pieces that come out. */
#define PLAIN_NBYTES 200000

static unsigned char plain[PLAIN_NBYTES];

/* windowBits of zlib's deflateInit2(): 31 gzip, 15 zlib, -15 bare. */
static size_t pack(int window, unsigned char *packed, size_t room)
{
	z_stream stream = {0};
	size_t n;

	assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, window, 8, 0), Z_OK);
	stream.next_in = plain;
	stream.avail_in = PLAIN_NBYTES;
	stream.next_out = packed;
	stream.avail_out = (uInt)room;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	n = stream.total_out;
	deflateEnd(&stream);
	return n;
}

struct taken {
	struct buffer bytes;
	size_t limit;
};

static bool take(void *context, const void *bytes, size_t nbytes)
{
	struct taken *taken = context;

	if (nbytes > taken->limit - taken->bytes.nbytes)
		return false;
	assert_true(buffer_reserve(&taken->bytes, taken->bytes.nbytes + nbytes));
	memcpy(taken->bytes.data + taken->bytes.nbytes, bytes, nbytes);
	taken->bytes.nbytes += nbytes;
	return true;
}

/* Returns the status; *n_plain_ret: how many times the plain bytes came out. */
static enum emnist_status unpack(enum inflate_format format, const unsigned char *bytes, size_t n,
				 size_t limit, size_t *n_plain_ret)
{
	struct taken taken = {.limit = limit};
	struct emnist_error error = {0};
	/* A copy of exactly its size, so that a read beyond shows. */
	unsigned char *copy = malloc(n ? n : 1);
	enum emnist_status status;

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	status = inflate_bytes(format, copy, n, take, &taken, &error);
	assert_int_equal(status, error.code);
	*n_plain_ret = taken.bytes.nbytes / PLAIN_NBYTES;
	for (size_t i = 0; i < *n_plain_ret; i++)
		assert_memory_equal(taken.bytes.data + i * PLAIN_NBYTES, plain, PLAIN_NBYTES);
	buffer_clear(&taken.bytes);
	free(copy);
	return status;
}

static const struct {
	int window;
	enum inflate_format format;
} kinds[] = {{31, INFLATE_GZIP}, {15, INFLATE_DEFLATE}, {-15, INFLATE_DEFLATE}};

static int set_up(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (size_t i = 0; i < PLAIN_NBYTES; i++) {
		random = random * 1664525 + 1013904223;
		plain[i] = (unsigned char)(random >> 29);
	}
	return 0;
}

static void each_format_is_decompressed(void **state)
{
	unsigned char packed[PLAIN_NBYTES];
	size_t n, n_plain;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		n = pack(kinds[i].window, packed, sizeof(packed));
		assert_int_equal(unpack(kinds[i].format, packed, n, SIZE_MAX, &n_plain), EMNIST_OK);
		assert_int_equal(n_plain, 1);
		/* No more than is taken. */
		assert_int_equal(unpack(kinds[i].format, packed, n, PLAIN_NBYTES - 1, &n_plain),
				 EMNIST_ERR_STOPPED);
	}
}

static void damaged_bytes_are_refused(void **state)
{
	unsigned char packed[PLAIN_NBYTES];
	size_t n, n_plain;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		n = pack(kinds[i].window, packed, sizeof(packed) - 1);
		for (size_t cut = 0; cut < n; cut += cut < 20 || cut > n - 20 ? 1 : 997)
			assert_int_equal(unpack(kinds[i].format, packed, cut, SIZE_MAX, &n_plain),
					 EMNIST_ERR_CORRUPT);
		packed[n] = 'x';
		assert_int_equal(unpack(kinds[i].format, packed, n + 1, SIZE_MAX, &n_plain),
				 EMNIST_ERR_CORRUPT);
	}
	n = pack(31, packed, sizeof(packed));
	packed[n - 8] ^= 1; /* the checksum */
	assert_int_equal(unpack(INFLATE_GZIP, packed, n, SIZE_MAX, &n_plain), EMNIST_ERR_CORRUPT);
	n = pack(15, packed, sizeof(packed));
	assert_int_equal(unpack(INFLATE_GZIP, packed, n, SIZE_MAX, &n_plain), EMNIST_ERR_CORRUPT);
	assert_int_equal(unpack(INFLATE_GZIP, plain, 100, SIZE_MAX, &n_plain), EMNIST_ERR_CORRUPT);
}

static void gzip_may_have_several_members(void **state)
{
	unsigned char packed[2 * PLAIN_NBYTES];
	size_t n, n_plain;

	(void)state;
	n = pack(31, packed, PLAIN_NBYTES);
	memcpy(packed + n, packed, n);
	assert_int_equal(unpack(INFLATE_GZIP, packed, 2 * n, SIZE_MAX, &n_plain), EMNIST_OK);
	assert_int_equal(n_plain, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_is_decompressed),
		cmocka_unit_test(damaged_bytes_are_refused),
		cmocka_unit_test(gzip_may_have_several_members),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
