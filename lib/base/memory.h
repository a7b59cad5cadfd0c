/* memory.h - allocation with overflow checks, and a buffer that grows. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Whether a * b overflows size_t; if not, *product_ret is set. b may be a file's own number, which
 * a cast to a size_t of 32 bits would cut off. */
static inline bool size_mul_overflows(size_t a, uint64_t b, size_t *product_ret)
{
	return __builtin_mul_overflow(a, b, product_ret);
}

/* n, or where size_t is too small for it the most that it can be. */
static inline size_t size_clamped(uint64_t n)
{
	return n < SIZE_MAX ? (size_t)n : SIZE_MAX;
}

/* n elements of size bytes each, uninitialized; NULL when memory is short or n * size overflows.
 * Never NULL for n = 0. Free with free(). */
void *alloc_array(size_t n, size_t size);

/* The same, all bytes zero. */
void *alloc_zeroed(size_t n, size_t size);

/* As realloc(), to n elements of size bytes. */
void *resize_array(void *elements, size_t n, size_t size);

/* n rows of width floats, aligned to 64 bytes for vector loads; zeroed. Free with free(). */
float *alloc_floats(size_t n, size_t width);

/* The same, uninitialized: unused memory is not touched. */
float *alloc_room(size_t n, size_t width);

/* A growing, reusable byte buffer; {0} is empty. */
struct buffer {
	unsigned char *data;
	size_t nbytes;   /* in use */
	size_t capacity; /* allocated */
};

/* Makes room for nbytes in all, keeping the content; false when memory is short. */
bool buffer_reserve(struct buffer *buffer, size_t nbytes);

/* Appends text; when memory is short: false, and the content stays. open_memstream() is not used
 * since its fclose() may report success without a buffer. */
bool buffer_printf(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Frees the bytes and empties the buffer. */
void buffer_clear(struct buffer *buffer);

#endif
