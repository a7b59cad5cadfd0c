/*
 * cursor.h - reads numbers from bytes that may end too early.
 *
 * A read past the end sets `failed`, returns 0 and does not move, so that a header can be read
 * whole and checked once.
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cursor {
	const unsigned char *bytes;
	size_t nbytes;
	size_t offset; /* of the next byte */
	bool failed;
};

static inline struct cursor cursor_over(const void *bytes, size_t nbytes)
{
	return (struct cursor){bytes, nbytes, 0, false};
}

static inline size_t cursor_left(const struct cursor *cursor)
{
	return cursor->nbytes - cursor->offset;
}

/* The next n bytes, or NULL if fewer are left. */
static inline const unsigned char *cursor_take(struct cursor *cursor, uint64_t n)
{
	const unsigned char *bytes = cursor->bytes + cursor->offset;

	if (cursor->failed || n > cursor_left(cursor)) {
		cursor->failed = true;
		return NULL;
	}
	cursor->offset += (size_t)n;
	return bytes;
}

static inline unsigned cursor_u8(struct cursor *cursor)
{
	const unsigned char *b = cursor_take(cursor, 1);

	return b ? b[0] : 0;
}

static inline unsigned cursor_u16_le(struct cursor *cursor)
{
	const unsigned char *b = cursor_take(cursor, 2);

	return b ? b[0] | (unsigned)b[1] << 8 : 0;
}

static inline uint32_t cursor_u32_le(struct cursor *cursor)
{
	const unsigned char *b = cursor_take(cursor, 4);

	return b ? b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24 : 0;
}

static inline unsigned cursor_u16_be(struct cursor *cursor)
{
	const unsigned char *b = cursor_take(cursor, 2);

	return b ? (unsigned)b[0] << 8 | b[1] : 0;
}

static inline uint32_t cursor_u32_be(struct cursor *cursor)
{
	const unsigned char *b = cursor_take(cursor, 4);

	return b ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3] : 0;
}

static inline uint64_t cursor_u64_be(struct cursor *cursor)
{
	uint64_t high = cursor_u32_be(cursor);

	return high << 32 | cursor_u32_be(cursor);
}

#endif
