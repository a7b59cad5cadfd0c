/*
 * text.h - bytes that grow, and numbers for people.
 *
 * When memory runs out the text is marked and stays as it is, so that a whole record is written
 * without a check and the mark is looked at once.
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

/* As printf() does; what is longer than 1,023 bytes is cut. */
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A share of 0..1 with n_decimals (1 to 9) digits behind the point; what is not a number is 0. */
void text_share(struct text *text, double share, unsigned n_decimals);

/* Room for the longest: 20 digits, 6 commas and the terminating zero. */
#define DIGITS_NBYTES 27

/* "1234567" as "1,234,567". Returns where in digits it begins. */
const char *with_commas(uint64_t value, char digits[static DIGITS_NBYTES]);

/* Puts it so. */
void text_commas(struct text *text, uint64_t value);

/* Empties the text, its mark too, and keeps its memory. */
void text_reset(struct text *text);

/* Frees the memory. */
void text_release(struct text *text);

#endif
