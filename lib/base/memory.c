/* memory.c - allocation with overflow checks. */
#include "memory.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A cache line, and the widest vector register. */
#define ALIGNMENT 64

void *alloc_array(size_t n, size_t size)
{
	size_t nbytes;

	if (size_mul_overflows(n, size, &nbytes))
		return NULL;
	return malloc(nbytes ? nbytes : 1);
}

void *alloc_zeroed(size_t n, size_t size)
{
	return n && size ? calloc(n, size) : calloc(1, 1);
}

void *resize_array(void *elements, size_t n, size_t size)
{
	size_t nbytes;

	if (size_mul_overflows(n, size, &nbytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(elements, nbytes);
}

float *alloc_room(size_t n, size_t width)
{
	void *floats;
	size_t count, nbytes;

	if (size_mul_overflows(n, width, &count) ||
	    size_mul_overflows(count, sizeof(float), &nbytes))
		return NULL;
	if (posix_memalign(&floats, ALIGNMENT, nbytes ? nbytes : 1))
		return NULL;
	return floats;
}

float *alloc_floats(size_t n, size_t width)
{
	float *floats = alloc_room(n, width);

	if (floats)
		memset(floats, 0, n * width * sizeof(*floats));
	return floats;
}

bool buffer_reserve(struct buffer *buffer, size_t nbytes)
{
	size_t capacity = buffer->capacity + buffer->capacity / 2;
	unsigned char *data;

	if (nbytes <= buffer->capacity)
		return true;
	if (capacity < nbytes)
		capacity = nbytes;
	data = realloc(buffer->data, capacity);
	if (!data)
		return false;
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

bool buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	size_t room;
	int n;

	va_start(arguments, format);
	n = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (n < 0)
		return false;
	room = (size_t)n + 1;
	if (!buffer_reserve(buffer, buffer->nbytes + room))
		return false;
	va_start(arguments, format);
	vsnprintf((char *)buffer->data + buffer->nbytes, room, format, arguments);
	va_end(arguments);
	buffer->nbytes += (size_t)n;
	return true;
}

void buffer_clear(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){0};
}
