/*
 * text.h - a growing text, and numbers in readable form.
 *
 * When memory is short, the text is marked and no longer changes. So a whole record is written
 * without checks, and the mark is checked once.
 */
#ifndef CLI_OUTPUT_TEXT_H
#define CLI_OUTPUT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {0} is an empty text. */
struct text {
	char *bytes;
	size_t nbytes;
	size_t capacity;
	bool failed; /* memory ran out: something is missing */
};

void text_add(struct text *text, const void *bytes, size_t nbytes);

/* Without the terminating zero. */
void text_puts(struct text *text, const char *string);

void text_putc(struct text *text, char c);

/* Like printf(); cuts off after 1,023 bytes. */
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A share 0..1 with n_decimals (1 to 9) digits after the point; NaN becomes 0. */
void text_share(struct text *text, double share, unsigned n_decimals);

/* The longest: 20 digits, 6 commas and the terminating zero. */
#define DIGITS_NBYTES 27

/* 1234567 as "1,234,567". Returns its start within digits. */
const char *with_commas(uint64_t value, char digits[static DIGITS_NBYTES]);

/* Puts it so. */
void text_commas(struct text *text, uint64_t value);

/* Empties the text and clears its mark; keeps its memory. */
void text_reset(struct text *text);

/* Frees the memory. */
void text_release(struct text *text);

#endif
