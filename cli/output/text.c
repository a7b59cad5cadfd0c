/* text.c - a growing text, and numbers in readable form. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 4096

static bool reserve(struct text *text, size_t nbytes)
{
	size_t capacity = text->capacity ? text->capacity : FIRST_CAPACITY;
	char *bytes;

	if (text->failed)
		return false;
	if (nbytes <= text->capacity - text->nbytes)
		return true;
	while (capacity - text->nbytes < nbytes && capacity <= SIZE_MAX / 2)
		capacity *= 2;
	bytes = capacity - text->nbytes < nbytes ? NULL : realloc(text->bytes, capacity);
	if (!bytes) {
		text->failed = true;
		return false;
	}
	text->bytes = bytes;
	text->capacity = capacity;
	return true;
}

void text_add(struct text *text, const void *bytes, size_t nbytes)
{
	if (nbytes == 0 || !reserve(text, nbytes))
		return;
	memcpy(text->bytes + text->nbytes, bytes, nbytes);
	text->nbytes += nbytes;
}

void text_puts(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void text_putc(struct text *text, char c)
{
	text_add(text, &c, 1);
}

void text_printf(struct text *text, const char *format, ...)
{
	char line[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	text_puts(text, line);
}

void text_share(struct text *text, double share, unsigned n_decimals)
{
	char digits[12];
	char *p = digits + n_decimals + 2;
	uint64_t unit = 1, value;

	for (unsigned i = 0; i < n_decimals; i++)
		unit *= 10;
	if (!(share > 0))
		share = 0;
	value = share < 1 ? (uint64_t)(share * (double)unit + 0.5) : unit;
	for (unsigned i = 0; i < n_decimals; i++, value /= 10)
		*--p = (char)('0' + value % 10);
	*--p = '.';
	*--p = (char)('0' + value);
	text_add(text, digits, n_decimals + 2);
}

const char *with_commas(uint64_t value, char digits[static DIGITS_NBYTES])
{
	char *p = digits + DIGITS_NBYTES - 1;
	int n_digits = 0;

	*p = '\0';
	do {
		if (n_digits > 0 && n_digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + value % 10);
		value /= 10;
		n_digits++;
	} while (value > 0);
	return p;
}

void text_commas(struct text *text, uint64_t value)
{
	char digits[DIGITS_NBYTES];

	text_puts(text, with_commas(value, digits));
}

void text_reset(struct text *text)
{
	text->nbytes = 0;
	text->failed = false;
}

void text_release(struct text *text)
{
	free(text->bytes);
	*text = (struct text){0};
}
