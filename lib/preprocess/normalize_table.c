/*
 * normalize_table.c - removes a table that is so much darker than the ink that the ink is lost.
 *
 * The level is then the table's, and the ink, below a share of it, is no component. What is found
 * is one that fills a side of the picture; the rest of the picture has a level of its own.
 */
#include "normalize.h"

/* The table's minimum share of a side, and its most depth as a share of the picture's. */
#define MIN_FILLED 0.95
#define MAX_DEPTH  0.4

/* Soft edges of the table, in pixels. */
#define REACH 2

/* The number of kept pixels among n that are `step` apart. */
static size_t count_kept(const uint8_t *keep, size_t n, size_t step)
{
	size_t n_kept = 0;

	for (size_t i = 0; i < n; i++)
		n_kept += keep[i * step] != 0;
	return n_kept;
}

/* Whether the kept pixels fill the first or the last of n_lines lines, and are not deep. Lines have
 * n pixels; they are `line` apart, and their pixels `step`. Most pictures are settled by two lines.
 */
static bool fill_side(const uint8_t *keep, size_t n_lines, size_t line, size_t n, size_t step)
{
	const size_t n_outer =
		count_kept(keep, n, step) + count_kept(keep + (n_lines - 1) * line, n, step);
	size_t first = n_lines, last = 0;

	if ((double)n_outer < MIN_FILLED * (double)n)
		return false;
	for (size_t k = 0; k < n_lines; k++)
		if (count_kept(keep + k * line, n, step)) {
			first = k < first ? k : first;
			last = k;
		}
	return (double)(last + 1 - first) <= MAX_DEPTH * (double)n_lines;
}

bool normalize_is_table(const uint8_t *keep, size_t width, size_t height)
{
	return fill_side(keep, width, 1, height, width) || fill_side(keep, height, width, width, 1);
}

static bool is_near(const uint8_t *keep, size_t width, size_t height, size_t x, size_t y)
{
	for (size_t row = y < REACH ? 0 : y - REACH; row <= y + REACH && row < height; row++)
		for (size_t column = x < REACH ? 0 : x - REACH;
		     column <= x + REACH && column < width; column++)
			if (keep[row * width + column])
				return true;
	return false;
}

void normalize_drop_table(struct normalizer *normalizer, const struct frame *frame)
{
	const size_t width = frame->width, height = frame->height;

	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++)
			if (is_near(normalizer->keep, width, height, x, y))
				normalizer->ink[y * width + x] = 0;
}
