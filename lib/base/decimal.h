/* decimal.h - parses a decimal number, independent of the locale. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

/* Parses the whole text as a number without a sign: 7, 0.498, .5 or 1.27e+02, with or without
 * spaces around it. False for anything else. Correctly rounded up to 15 digits. */
bool decimal_parse(const char *text, size_t nbytes, double *value_ret);

#endif
