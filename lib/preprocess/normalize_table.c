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

bool normalize_is_table(const uint8_t *keep, size_t width, size_t height)
{
	size_t n_at[N_SIDES] = {0}, left = width, right = 0, top = height, bottom = 0;

	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++) {
			if (!keep[y * width + x])
				continue;
			left = x < left ? x : left;
			right = x + 1 > right ? x + 1 : right;
			top = y < top ? y : top;
			bottom = y + 1;
			n_at[LEFT] += x == 0;
			n_at[RIGHT] += x == width - 1;
			n_at[TOP] += y == 0;
			n_at[BOTTOM] += y == height - 1;
		}
	return ((double)(right - left) <= MAX_DEPTH * (double)width &&
		(double)(n_at[LEFT] + n_at[RIGHT]) >= MIN_FILLED * (double)height) ||
	       ((double)(bottom - top) <= MAX_DEPTH * (double)height &&
		(double)(n_at[TOP] + n_at[BOTTOM]) >= MIN_FILLED * (double)width);
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
