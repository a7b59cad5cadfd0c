/* float_text.c - writes floats as TensorFlow Serving does. */
#include "../emnist_serve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t emnist_json_put_float(char *text, float value)
{
	char bytes[EMNIST_JSON_FLOAT_ROOM];
	size_t n;

	if (!isfinite(value)) {
		const char *name = isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";

		memcpy(text, name, strlen(name));
		return strlen(name);
	}
	n = (size_t)snprintf(bytes, sizeof(bytes), "%g", (double)value);
	if (strtof(bytes, NULL) != value)
		n = (size_t)snprintf(bytes, sizeof(bytes), "%.9g", (double)value);
	memcpy(text, bytes, n);
	if (!memchr(text, '.', n) && !memchr(text, 'e', n)) {
		memcpy(text + n, ".0", 2);
		n += 2;
	}
	return n;
}

size_t emnist_json_put_floats(char *text, const float *values, size_t n)
{
	char *to = text;

	for (size_t i = 0; i < n; i++) {
		if (i > 0) {
			*to++ = ',';
			*to++ = ' ';
		}
		to += emnist_json_put_float(to, values[i]);
	}
	return (size_t)(to - text);
}
