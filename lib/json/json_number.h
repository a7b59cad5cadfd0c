/* json_number.h - reads the numbers of JSON. */
#ifndef JSON_NUMBER_H
#define JSON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the number that begins at `at`, before end, and returns its end. *fault_ret
 * is NULL or, if it is none, RapidJSON's message; the end is then where that sees the fault. */
const uint8_t *json_number_read(const uint8_t *at, const uint8_t *end, bool allow_nonfinite,
				double *number_ret, const char **fault_ret);

/* Reads usual numbers, far enough from the end, each with the comma behind it and a blank. Returns
 * where it stopped: at an element of the array. Sets *n_ret to their number. */
const uint8_t *json_numbers_read(const uint8_t *at, const uint8_t *end, float *values,
				 size_t *n_ret);

#endif
