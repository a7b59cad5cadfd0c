/*
 * normalize_shade.c - subtracting shadows, whose edges no polynomial follows.
 *
 * What is left of the paper's darkness is averaged over cells, and opened: what is narrower than
 * the opening's window vanishes from the average as strokes do, while a shadow, that reaches from
 * somewhere to the border, stays as it is and can be subtracted.
 */
#include "normalize.h"

/* Cells along the longer side. */
#define GRID_SIDE 32

/* Half the opening's window, in cells; the whole is 28 % of the longer side, and EMNIST's widest
 * strokes are 30 % of a character's. */
#define REACH 4

/* Shadows that are fainter, of 255, are left to the threshold. */
#define MIN_SHADE 4.0f

/* What is as dark as this share of the darkest cell is ink in a tight crop, not a shadow. */
#define MAX_SHADE_SHARE 0.45f

struct grid {
	float values[GRID_SIDE * GRID_SIDE]; /* (height, width) packed */
	size_t width;
	size_t height;
	size_t cell; /* side in pixels; cells at the right and bottom may be cut */
};

static void average_cells(const float *ink, size_t width, size_t height, struct grid *grid)
{
	const size_t side = width > height ? width : height;

	grid->cell = (side + GRID_SIDE - 1) / GRID_SIDE;
	grid->width = (width + grid->cell - 1) / grid->cell;
	grid->height = (height + grid->cell - 1) / grid->cell;
	memset(grid->values, 0, sizeof(grid->values));
	for (size_t y = 0; y < height; y++) {
		float *row = grid->values + y / grid->cell * grid->width;

		for (size_t i = 0, x = 0; i < grid->width; i++)
			for (size_t k = 0; k < grid->cell && x < width; k++)
				row[i] += ink[y * width + x++];
	}
	for (size_t j = 0; j < grid->height; j++)
		for (size_t i = 0; i < grid->width; i++) {
			const size_t right = (i + 1) * grid->cell, bottom = (j + 1) * grid->cell;
			const size_t nx = (right < width ? right : width) - i * grid->cell;
			const size_t ny = (bottom < height ? bottom : height) - j * grid->cell;

			grid->values[j * grid->width + i] /= (float)(nx * ny);
		}
}

/* What to make of n values of a window. */
typedef float filter(const float *values, size_t n);

static float least_of(const float *values, size_t n)
{
	float value = values[0];

	for (size_t k = 1; k < n; k++)
		value = values[k] < value ? values[k] : value;
	return value;
}

static float most_of(const float *values, size_t n)
{
	float value = values[0];

	for (size_t k = 1; k < n; k++)
		value = values[k] > value ? values[k] : value;
	return value;
}

static float mean_of(const float *values, size_t n)
{
	float sum = 0;

	for (size_t k = 0; k < n; k++)
		sum += values[k];
	return sum / (float)n;
}

/* Filters n values, stride apart, in windows that end at the ends. */
static void filter_line(float *values, size_t stride, size_t n, size_t reach, filter *pick)
{
	float from[GRID_SIDE];

	for (size_t i = 0; i < n; i++)
		from[i] = values[i * stride];
	for (size_t i = 0; i < n; i++) {
		const size_t first = i > reach ? i - reach : 0;
		const size_t last = i + reach < n ? i + reach : n - 1;

		values[i * stride] = pick(from + first, last - first + 1);
	}
}

static void filter_grid(struct grid *grid, size_t reach, filter *pick)
{
	for (size_t j = 0; j < grid->height; j++)
		filter_line(grid->values + j * grid->width, 1, grid->width, reach, pick);
	for (size_t i = 0; i < grid->width; i++)
		filter_line(grid->values + i, grid->width, grid->height, reach, pick);
}

/* The cells before and after the pixel, and the share of the latter. */
static float between_cells(const struct grid *grid, size_t pixel, size_t n, size_t *before,
			   size_t *after)
{
	const float at = ((float)pixel + 0.5f) / (float)grid->cell - 0.5f;

	*before = at > 0 ? (size_t)at : 0;
	*after = at > 0 && *before + 1 < n ? *before + 1 : *before;
	return at > 0 ? at - (float)*before : 0;
}

static void subtract_grid(const struct grid *grid, float *ink, size_t width, size_t height)
{
	float shares[WORK_SIDE];
	size_t befores[WORK_SIDE], afters[WORK_SIDE];

	for (size_t x = 0; x < width; x++)
		shares[x] = between_cells(grid, x, grid->width, &befores[x], &afters[x]);
	for (size_t y = 0; y < height; y++) {
		float row[GRID_SIDE];
		size_t before, after;
		const float share = between_cells(grid, y, grid->height, &before, &after);

		for (size_t i = 0; i < grid->width; i++) {
			const float above = grid->values[before * grid->width + i];
			const float below = grid->values[after * grid->width + i];

			row[i] = above + share * (below - above);
		}
		for (size_t x = 0; x < width; x++)
			ink[y * width + x] -=
				row[befores[x]] + shares[x] * (row[afters[x]] - row[befores[x]]);
	}
}

bool normalize_subtract_shade(float *ink, size_t width, size_t height)
{
	struct grid grid;
	float darkest, shade;

	average_cells(ink, width, height, &grid);
	darkest = most_of(grid.values, grid.width * grid.height);
	filter_grid(&grid, REACH, least_of);
	filter_grid(&grid, REACH, most_of);
	shade = most_of(grid.values, grid.width * grid.height);
	if (shade < MIN_SHADE || shade > MAX_SHADE_SHARE * darkest)
		return false;
	filter_grid(&grid, 1, mean_of);
	subtract_grid(&grid, ink, width, height);
	return true;
}
