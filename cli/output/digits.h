/*
 * digits.h - whole numbers for people.
 */
#ifndef CLI_OUTPUT_DIGITS_H
#define CLI_OUTPUT_DIGITS_H

#include <stdint.h>

/* Room for the longest: 20 digits, 6 commas and the terminating zero. */
#define DIGITS_NBYTES 27

/* "1234567" as "1,234,567". Returns where in text it begins. */
const char *with_commas(uint64_t value, char text[static DIGITS_NBYTES]);

#endif
