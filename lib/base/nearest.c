/*
 * nearest.c - suggests a name for an unknown one: that with the fewest letters inserted, deleted or
 * replaced (Levenshtein distance).
 */
#include "nearest.h"

#include <string.h>

/* Names that are longer are not compared. */
#define MAX_NAME 64

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t edit_distance(const char *a, const char *b, size_t b_length)
{
	size_t row[MAX_NAME + 1]; /* row[j]: from a's first i letters to b's first j */

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t replaced = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = smaller(replaced, smaller(row[j], row[j - 1]) + 1);
		}
	}
	return row[b_length];
}

struct nearest nearest_to(const char *wanted)
{
	/* One slip in a short name, one in three letters of a long one. */
	return (struct nearest){wanted, NULL, 2 + strlen(wanted) / 4};
}

void nearest_try(struct nearest *nearest, const char *name)
{
	size_t length = strlen(name);
	size_t distance;

	if (length > MAX_NAME || strlen(nearest->wanted) > MAX_NAME)
		return;
	distance = edit_distance(nearest->wanted, name, length);
	if (distance < nearest->distance && distance < length) {
		nearest->best = name;
		nearest->distance = distance;
	}
}
