/* decimal.h - parses decimal numbers, correctly rounded, independent of the locale. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

/* Parses the whole text as a number without a sign: 7, 0.498, .5 or 1.27e+02, with or without
 * spaces around it. False for anything else. */
bool decimal_parse(const char *text, size_t nbytes, double *value_ret);

/* Takes a number, with or without a minus sign, from the beginning of the text. If there is none,
 * it is 0, and the text is not moved. */
double decimal_take(const char **text);

#endif
