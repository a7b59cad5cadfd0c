/*
 * heatmap.c - draws a confusion matrix: a colored square per cell, labels along both axes, and a
 * legend below.
 */
#include "heatmap.h"

#include "../base/memory.h"
#include "../image/image.h"
#include "font.h"
#include "heat.h"

#include <stdio.h>
#include <string.h>

/* An image takes three bytes of memory per pixel. */
#define MAX_PIXELS     ((uint64_t)1 << 24)

#define MARGIN         14
#define GAP            4  /* between labels and matrix */
#define MAX_LABEL      10 /* characters of one that are shown */
#define LEGEND_STEPS   96
#define LEGEND_STEP    2
#define LEGEND_HEIGHT  12
#define LEGEND_WIDTH   (LEGEND_STEPS * LEGEND_STEP)
#define CAPTION_HEIGHT (FONT_HEIGHT + 6)

static const uint8_t ink[3] = {32, 32, 36};
static const uint8_t line[3] = {228, 228, 232}; /* between cells */

struct label {
	uint16_t codes[MAX_LABEL];
	size_t n;
};

struct heatmap {
	const struct emnist_evaluation *evaluation;
	size_t cell;      /* the side of one, with the line on its right and below */
	size_t left, top; /* where the matrix begins */
	size_t width, height;
	uint8_t *pixels; /* (height, width, 3) */
};

static struct label label_of(const struct emnist_labels *labels, size_t i)
{
	const char *text = emnist_labels_text(labels, i);
	struct label label;

	label.n = font_spell(text, strlen(text), label.codes, MAX_LABEL);
	return label;
}

static size_t longest_label(const struct emnist_labels *labels)
{
	size_t longest = 1;

	for (size_t i = 0; i < emnist_labels_count(labels); i++) {
		const size_t n = label_of(labels, i).n;

		longest = n > longest ? n : longest;
	}
	return longest;
}

static void fill(struct heatmap *map, size_t x, size_t y, size_t width, size_t height,
		 const uint8_t rgb[3])
{
	for (size_t row = y; row < y + height; row++)
		for (size_t column = x; column < x + width; column++)
			memcpy(map->pixels + (row * map->width + column) * 3, rgb, 3);
}

static void put_character(struct heatmap *map, size_t x, size_t y, uint16_t code)
{
	for (size_t row = 0; row < FONT_HEIGHT; row++)
		for (size_t column = 0; column < FONT_WIDTH; column++)
			if (font_ink(code, column, row))
				fill(map, x + column, y + row, 1, 1, ink);
}

static void put_codes(struct heatmap *map, size_t x, size_t y, const uint16_t *codes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_character(map, x + i * FONT_WIDTH, y, codes[i]);
}

static void put_text(struct heatmap *map, size_t x, size_t y, const char *text)
{
	uint16_t codes[128];

	put_codes(map, x, y, codes,
		  font_spell(text, strlen(text), codes, sizeof(codes) / sizeof(codes[0])));
}

/* Row labels end at the matrix; column labels are above it, one letter below the other. */
static void put_labels(struct heatmap *map)
{
	const struct emnist_evaluation *e = map->evaluation;

	for (size_t i = 0; i < e->n_true; i++) {
		const struct label label = label_of(e->true_labels, i);

		put_codes(map, map->left - GAP - label.n * FONT_WIDTH,
			  map->top + i * map->cell + (map->cell - FONT_HEIGHT) / 2, label.codes,
			  label.n);
	}
	for (size_t j = 0; j < e->n_predicted; j++) {
		const struct label label = label_of(e->predicted_labels, j);

		for (size_t k = 0; k < label.n; k++)
			put_character(map, map->left + j * map->cell + (map->cell - FONT_WIDTH) / 2,
				      map->top - GAP - (label.n - k) * FONT_HEIGHT, label.codes[k]);
	}
}

static void put_cells(struct heatmap *map)
{
	const struct emnist_evaluation *e = map->evaluation;

	fill(map, map->left - 1, map->top - 1, e->n_predicted * map->cell + 1,
	     e->n_true * map->cell + 1, line);
	for (size_t i = 0; i < e->n_true; i++) {
		const uint64_t *row = e->confusion + i * e->n_predicted;
		uint64_t n_images = 0;

		for (size_t j = 0; j < e->n_predicted; j++)
			n_images += row[j];
		for (size_t j = 0; j < e->n_predicted; j++) {
			uint8_t rgb[3];

			heat_color(heat_level(row[j], n_images), rgb);
			fill(map, map->left + j * map->cell, map->top + i * map->cell,
			     map->cell - 1, map->cell - 1, rgb);
		}
	}
}

/* A row of colors, and the shares that they mean. */
static void put_legend(struct heatmap *map)
{
	static const struct {
		const char *text;
		double share;
	} ticks[] = {{"0.1", 0.001}, {"1", 0.01}, {"10", 0.1}, {"100 %", 1}};
	const size_t y = map->top + map->evaluation->n_true * map->cell + CAPTION_HEIGHT / 2;
	const size_t x = map->left;

	for (size_t i = 0; i < LEGEND_STEPS; i++) {
		uint8_t rgb[3];

		heat_color(HEAT_LEAST + (1 - HEAT_LEAST) * (double)i / (LEGEND_STEPS - 1), rgb);
		fill(map, x + i * LEGEND_STEP, y, LEGEND_STEP, LEGEND_HEIGHT, rgb);
	}
	for (size_t i = 0; i < sizeof(ticks) / sizeof(ticks[0]); i++)
		put_text(map, x + i * (LEGEND_WIDTH - 1) / 3 - (i ? FONT_WIDTH / 2 : 0),
			 y + LEGEND_HEIGHT + 2, ticks[i].text);
	put_text(map, x, y + LEGEND_HEIGHT + 2 + FONT_HEIGHT, "of the true class (white: none)");
}

static void draw(struct heatmap *map)
{
	memset(map->pixels, 255, map->width * map->height * 3);
	put_text(map, map->left, MARGIN, "predicted \xe2\x86\x92");
	put_text(map, MARGIN, map->top - GAP - FONT_HEIGHT, "true");
	put_cells(map);
	put_labels(map);
	put_legend(map);
}

static void copy_row(void *context, uint32_t y, uint8_t *row)
{
	const struct heatmap *map = context;

	memcpy(row, map->pixels + y * map->width * 3, map->width * 3);
}

/* False if it would be too large. */
static bool arrange(struct heatmap *map)
{
	const struct emnist_evaluation *e = map->evaluation;
	const size_t n = e->n_true > e->n_predicted ? e->n_true : e->n_predicted;
	/* As wide as "true", and as the legend with its text. */
	const size_t label_width = FONT_WIDTH * longest_label(e->true_labels);
	const size_t least_left = FONT_WIDTH * 4, least_width = FONT_WIDTH * 42;
	size_t matrix_width;

	map->cell = n <= 12 ? 32 : n <= 36 ? 22 : 15;
	matrix_width = e->n_predicted * map->cell;
	map->left = MARGIN + GAP + (label_width > least_left ? label_width : least_left);
	map->top = MARGIN + CAPTION_HEIGHT + FONT_HEIGHT * longest_label(e->predicted_labels) + GAP;
	map->width = map->left + (matrix_width > least_width ? matrix_width : least_width) + MARGIN;
	map->height = map->top + e->n_true * map->cell + CAPTION_HEIGHT + LEGEND_HEIGHT +
		      2 * FONT_HEIGHT + MARGIN;
	return (uint64_t)map->width * map->height <= MAX_PIXELS;
}

enum emnist_status heatmap_encode(const struct emnist_evaluation *evaluation, void **png_ret,
				  size_t *nbytes_ret, struct emnist_error *error)
{
	struct heatmap map = {.evaluation = evaluation};
	struct image_rows rows = {.channels = 3, .draw = copy_row, .context = &map};
	enum emnist_status status;

	*png_ret = NULL;
	*nbytes_ret = 0;
	if (!arrange(&map))
		return error_set(
			error, EMNIST_ERR_LIMIT,
			"a picture of %zu x %zu classes has %zu x %zu pixels: the limit is "
			"%llu",
			evaluation->n_true, evaluation->n_predicted, map.width, map.height,
			(unsigned long long)MAX_PIXELS);
	map.pixels = alloc_array(map.width * map.height, 3);
	if (!map.pixels)
		return error_memory(error);
	draw(&map);
	rows.width = (uint32_t)map.width;
	rows.height = (uint32_t)map.height;
	status = pngfile_encode(&rows, png_ret, nbytes_ret, error);
	free(map.pixels);
	return status;
}
