/*
 * normalize_shade.c - subtracts shadows, whose edges no polynomial follows.
 *
 * The paper's remaining darkness is averaged over cells, and opened (morphologically). Anything
 * narrower than the window vanishes, as strokes do. A shadow, which extends to the border, stays
 * and can be subtracted.
 *
 * The hard part is the window. One wide enough for thick strokes misses the ridge that the smooth
 * light, fitted before, leaves at a shadow's edge. So the window is narrow if strokes are thin.
 */
#include "../base/simd.h"
#include "normalize.h"

#include <math.h>

/* Cells along the longer side. */
#define GRID_SIDE 32

/* Half the opening's window, in cells; the whole is 28 % of the longer side, and EMNIST's widest
 * strokes are 30 % of a character's. */
#define REACH 4

/* Half the widest of the narrow windows; the narrowest has 1. */
#define NARROW_REACH 2

/* Strokes are thin if this share of what exceeds the wide window's opening also exceeds the narrow
 * one's, by half of its maximum. The rest is the ridge. */
#define MIN_THIN_SHARE 0.2f

/* Shade from a narrow window is a shadow if it is no darker than this, of 255, and a third of the
 * light, and has at least this many cells at the border, of about 120. Otherwise it may be thick,
 * faint ink. All three were chosen with drawings under shadows, and with lib/bench/distort.c. */
#define MAX_SHADE        80.0f
#define MIN_BORDER_CELLS 6

/* Shadows that are fainter, of 255, are left to the threshold. */
#define MIN_SHADE 4.0f

/* Above this share of the darkest cell it is ink in a tight crop, not a shadow. */
#define MAX_SHADE_SHARE 0.45f

struct grid {
	float values[GRID_SIDE * GRID_SIDE]; /* (height, width) packed */
	size_t width;
	size_t height;
	size_t cell; /* side in pixels; cells at the right and bottom may be cut */
};

SIMD_CLONES
static void add_values(float *restrict sums, const float *restrict values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sums[i] += values[i];
}

/* to[i] = the sum of the i-th `length` values of row, the last of which may be 0. */
static void sum_cells(const float *row, size_t length, size_t n, float *to)
{
	for (size_t i = 0; i < n; i++) {
		float sum = 0;

		for (size_t k = 0; k < length; k++)
			sum += row[i * length + k];
		to[i] = sum;
	}
}

/* The j-th row of cells, of which the last may be cut. */
static void divide_by_areas(struct grid *grid, size_t width, size_t height, size_t j)
{
	const size_t cell = grid->cell, last = grid->width - 1;
	const size_t ny = (j + 1) * cell < height ? cell : height - j * cell;
	float *values = grid->values + j * grid->width;

	for (size_t i = 0; i < last; i++)
		values[i] /= (float)(cell * ny);
	values[last] /= (float)((width - last * cell) * ny);
}

static void average_cells(const float *ink, size_t width, size_t height, struct grid *grid)
{
	const size_t side = width > height ? width : height;

	grid->cell = (side + GRID_SIDE - 1) / GRID_SIDE;
	grid->width = (width + grid->cell - 1) / grid->cell;
	grid->height = (height + grid->cell - 1) / grid->cell;
	for (size_t j = 0; j < grid->height; j++) {
		const size_t top = j * grid->cell, bottom = top + grid->cell;
		/* Cells of a side that is no multiple of theirs end beyond it. */
		float row[WORK_SIDE + WORK_SIDE / GRID_SIDE] = {0};

		for (size_t y = top; y < bottom && y < height; y++)
			add_values(row, ink + y * width, width);
		sum_cells(row, grid->cell, grid->width, grid->values + j * grid->width);
	}
	for (size_t j = 0; j < grid->height; j++)
		divide_by_areas(grid, width, height, j);
}

#define LANES 8

/* The most of n values. */
static float most_of(const float *values, size_t n)
{
	float most_in[LANES], value = values[0];
	size_t i = 0;

	for (size_t k = 0; k < LANES; k++)
		most_in[k] = value;
	for (; i + LANES <= n; i += LANES)
		for (size_t k = 0; k < LANES; k++)
			most_in[k] = values[i + k] > most_in[k] ? values[i + k] : most_in[k];
	for (; i < n; i++)
		value = values[i] > value ? values[i] : value;
	for (size_t k = 0; k < LANES; k++)
		value = most_in[k] > value ? most_in[k] : value;
	return value;
}

/* The grid with room around it for the reach of a window. */
#define PADDED_SIDE (GRID_SIDE + 2 * REACH)

static void pad_grid(const struct grid *grid, size_t reach, float padding,
		     float padded[PADDED_SIDE][PADDED_SIDE])
{
	for (size_t j = 0; j < grid->height + 2 * reach; j++)
		for (size_t i = 0; i < PADDED_SIDE; i++)
			padded[j][i] = padding;
	for (size_t j = 0; j < grid->height; j++)
		memcpy(padded[j + reach] + reach, grid->values + j * grid->width,
		       grid->width * sizeof(**padded));
}

/* The minimum or maximum over a square window, cut off at the grid's edges: along the rows, then
 * along the columns of the result. */
SIMD_CLONES
static void filter_grid(struct grid *grid, size_t reach, bool most)
{
	const float sign = most ? -1 : 1;
	float padded[PADDED_SIDE][PADDED_SIDE], of_rows[PADDED_SIDE][GRID_SIDE];

	pad_grid(grid, reach, sign * INFINITY, padded);
	for (size_t j = 0; j < grid->height + 2 * reach; j++)
		for (size_t i = 0; i < GRID_SIDE; i++)
			of_rows[j][i] = sign * padded[j][i];
	for (size_t k = 1; k <= 2 * reach; k++)
		for (size_t j = 0; j < grid->height + 2 * reach; j++)
			for (size_t i = 0; i < GRID_SIDE; i++) {
				const float value = sign * padded[j][i + k];

				of_rows[j][i] = value < of_rows[j][i] ? value : of_rows[j][i];
			}
	for (size_t j = 0; j < grid->height; j++) {
		float row[GRID_SIDE];

		memcpy(row, of_rows[j], sizeof(row));
		for (size_t k = 1; k <= 2 * reach; k++)
			for (size_t i = 0; i < GRID_SIDE; i++)
				row[i] = of_rows[j + k][i] < row[i] ? of_rows[j + k][i] : row[i];
		for (size_t i = 0; i < grid->width; i++)
			grid->values[j * grid->width + i] = sign * row[i];
	}
}

/* The means of n values, stride apart, and their neighbors. */
static void smooth_line(float *values, size_t stride, size_t n)
{
	float from[GRID_SIDE];

	for (size_t i = 0; i < n; i++)
		from[i] = values[i * stride];
	for (size_t i = 0; i < n; i++) {
		const size_t first = i > 0 ? i - 1 : 0, last = i + 1 < n ? i + 1 : i;
		float sum = 0;

		for (size_t k = first; k <= last; k++)
			sum += from[k];
		values[i * stride] = sum / (float)(last - first + 1);
	}
}

static void smooth_grid(struct grid *grid)
{
	for (size_t j = 0; j < grid->height; j++)
		smooth_line(grid->values + j * grid->width, 1, grid->width);
	for (size_t i = 0; i < grid->width; i++)
		smooth_line(grid->values + i, grid->width, grid->height);
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

/* The row of cells as pixels see it: the value of the cell before each, and of the one after. */
struct pixel_row {
	float before[WORK_SIDE], after[WORK_SIDE];
};

/* Subtracts from a row of pixels the interpolation between two rows of cells. */
SIMD_CLONES
static void subtract_row(const struct pixel_row *restrict above,
			 const struct pixel_row *restrict below, float share,
			 const float *restrict shares, float *restrict ink, size_t n)
{
	for (size_t x = 0; x < n; x++) {
		const float before =
			above->before[x] + share * (below->before[x] - above->before[x]);
		const float after = above->after[x] + share * (below->after[x] - above->after[x]);

		ink[x] -= before + shares[x] * (after - before);
	}
}

static void subtract_grid(const struct grid *grid, float *ink, size_t width, size_t height)
{
	struct pixel_row rows[GRID_SIDE];
	float shares[WORK_SIDE];

	for (size_t x = 0; x < width; x++) {
		size_t before, after;

		shares[x] = between_cells(grid, x, grid->width, &before, &after);
		for (size_t j = 0; j < grid->height; j++) {
			rows[j].before[x] = grid->values[j * grid->width + before];
			rows[j].after[x] = grid->values[j * grid->width + after];
		}
	}
	for (size_t y = 0; y < height; y++) {
		size_t above, below;
		const float share = between_cells(grid, y, grid->height, &above, &below);

		subtract_row(&rows[above], &rows[below], share, shares, ink + y * width, width);
	}
}

/* Morphological opening of the cells: keeps what is wider than the window. */
static void open_grid(const struct grid *cells, size_t reach, struct grid *opened)
{
	*opened = *cells;
	filter_grid(opened, reach, false);
	filter_grid(opened, reach, true);
}

/* The number of cells that exceed the opening by `by` or more. */
static size_t count_above(const struct grid *cells, const struct grid *opened, float by)
{
	size_t n = 0;

	for (size_t i = 0; i < cells->width * cells->height; i++)
		n += cells->values[i] - opened->values[i] >= by;
	return n;
}

static float most_above(const struct grid *cells, const struct grid *opened)
{
	float most = 0;

	for (size_t i = 0; i < cells->width * cells->height; i++) {
		const float by = cells->values[i] - opened->values[i];

		most = by > most ? by : most;
	}
	return most;
}

/* Whether cells at least half as dark as the darkest are along the border. */
static bool lies_at_border(const struct grid *grid)
{
	const float half = most_of(grid->values, grid->width * grid->height) / 2;
	const size_t width = grid->width, height = grid->height;
	size_t n = 0;

	for (size_t j = 0; j < height; j++) {
		const size_t step = j == 0 || j == height - 1 || width < 2 ? 1 : width - 1;

		for (size_t i = 0; i < width; i += step)
			n += grid->values[j * width + i] >= half;
	}
	return n >= MIN_BORDER_CELLS;
}

/* The shade behind thin strokes, from the narrowest window that they exceed. wide: the cells opened
 * by the wide window. False if strokes are not thin, or there is no shadow. */
static bool find_narrow_shade(const struct grid *cells, const struct grid *wide,
			      struct grid *shade_ret)
{
	const float by = most_above(cells, wide) / 2;
	const float n_wanted = MIN_THIN_SHARE * (float)count_above(cells, wide, by);

	for (size_t reach = 1; reach <= NARROW_REACH; reach++) {
		float shade;

		open_grid(cells, reach, shade_ret);
		shade = most_of(shade_ret->values, cells->width * cells->height);
		if (shade >= MIN_SHADE && shade <= MAX_SHADE && lies_at_border(shade_ret) &&
		    (float)count_above(cells, shade_ret, by) >= n_wanted)
			return true;
	}
	return false;
}

bool normalize_subtract_shade(float *ink, size_t width, size_t height)
{
	struct grid cells, wide, narrow;
	float darkest, shade;

	average_cells(ink, width, height, &cells);
	open_grid(&cells, REACH, &wide);
	if (find_narrow_shade(&cells, &wide, &narrow)) {
		subtract_grid(&narrow, ink, width, height);
		return true;
	}
	darkest = most_of(cells.values, cells.width * cells.height);
	shade = most_of(wide.values, wide.width * wide.height);
	if (shade < MIN_SHADE || shade > MAX_SHADE_SHARE * darkest)
		return false;
	smooth_grid(&wide);
	subtract_grid(&wide, ink, width, height);
	return true;
}
