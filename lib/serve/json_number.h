/* json_number.h - reads the numbers of JSON. */
#ifndef SERVE_JSON_NUMBER_H
#define SERVE_JSON_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Reads the number that begins at `at`, before end, and returns its end. What is none: *fault_ret
 * is RapidJSON's message, else unchanged, and the end is where it sees the fault. */
const uint8_t *json_number_read(const uint8_t *at, const uint8_t *end, bool allow_nonfinite,
				double *number_ret, const char **fault_ret);

#endif
