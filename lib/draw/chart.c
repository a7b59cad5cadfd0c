/*
 * chart.c - class counts as a bar chart in PNG, with one panel per dataset.
 *
 * The chart is painted with one byte per pixel, a palette index, and becomes colors as the PNG
 * writer asks for rows. The colors of groups are from the palette of Okabe and Ito, which is safe
 * for color-blind readers, and each bar is labeled.
 */
#include "chart.h"

#include "../base/memory.h"
#include "../image/image.h"
#include "font.h"
#include "label_groups.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Pixels of the sheet for one of the measures below. */
#define SCALE        2

#define LEFT         84 /* of the bars, for the numbers of the axis */
#define RIGHT        16
#define LEAST_STEP   14 /* from bar to bar */
#define MOST_STEP    36
#define BARS_TOP     64 /* of a panel, for its title and its groups */
#define BARS_HEIGHT  180
#define PANEL_HEIGHT 284
#define LEAST_WIDTH  560
#define LABEL_SHOWN  8 /* characters */
#define TITLE_SHOWN  100
#define N_STEPS      5 /* of the axis, at most */
#define LEGEND_WIDTH 140

enum color {
	COLOR_GROUND = N_LABEL_GROUPS,
	COLOR_TEXT,
	COLOR_LINE,
};
static const uint8_t palette[][3] = {
	[LABEL_GROUP_DIGITS] = {0x00, 0x72, 0xb2}, [LABEL_GROUP_UPPER] = {0xd5, 0x5e, 0x00},
	[LABEL_GROUP_LOWER] = {0x00, 0x9e, 0x73},  [LABEL_GROUP_BOTH_CASES] = {0xb8, 0x65, 0x9a},
	[LABEL_GROUP_OTHER] = {0x77, 0x77, 0x77},  [COLOR_GROUND] = {0xff, 0xff, 0xff},
	[COLOR_TEXT] = {0x22, 0x22, 0x22},         [COLOR_LINE] = {0xd8, 0xd8, 0xd8},
};

struct sheet {
	size_t width, height; /* pixels */
	uint8_t *colors;      /* (height, width) */
};

/* --------------------------------------------------------------------- painting */

/* In measures, which may be broken. */
static void paint_box(const struct sheet *sheet, double x, double y, double width, double height,
		      uint8_t color)
{
	const size_t x0 = (size_t)lround(x * SCALE), x1 = (size_t)lround((x + width) * SCALE);
	const size_t y0 = (size_t)lround(y * SCALE), y1 = (size_t)lround((y + height) * SCALE);

	for (size_t row = y0; row < y1 && row < sheet->height; row++)
		for (size_t column = x0; column < x1 && column < sheet->width; column++)
			sheet->colors[row * sheet->width + column] = color;
}

/* x: where the text begins; with `share` of its width to the left of it. Returns its width. */
static double paint_text(const struct sheet *sheet, double x, double y, double share,
			 const char *text, size_t n_max)
{
	uint16_t codes[TITLE_SHOWN];
	const size_t n = font_spell(text, strlen(text), codes, n_max);
	const double width = (double)(n * FONT_WIDTH), left = x - share * width;

	for (size_t i = 0; i < n; i++)
		for (size_t dy = 0; dy < FONT_HEIGHT; dy++)
			for (size_t dx = 0; dx < FONT_WIDTH; dx++)
				if (font_ink(codes[i], dx, dy))
					paint_box(sheet, left + (double)(i * FONT_WIDTH + dx),
						  y + (double)dy, 1, 1, COLOR_TEXT);
	return width;
}

/* 1234567 as "1,234,567". */
static void put_number(char text[static 32], uint64_t value)
{
	char digits[24];
	const int n = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);

	for (int i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			*text++ = ',';
		*text++ = digits[i];
	}
	*text = '\0';
}

/* ----------------------------------------------------------------------- panels */

static size_t least_step(const struct emnist_part *part)
{
	size_t most = 0;

	for (size_t i = 0; i < emnist_labels_count(part->labels); i++) {
		const char *label = emnist_labels_text(part->labels, i);
		uint16_t codes[LABEL_SHOWN];
		const size_t n = font_spell(label, strlen(label), codes, LABEL_SHOWN);

		most = n > most ? n : most;
	}
	most = (most + 1) * FONT_WIDTH;
	return most > LEAST_STEP ? most : LEAST_STEP;
}

static size_t width_of(const struct emnist_part *part)
{
	const size_t width = LEFT + least_step(part) * emnist_labels_count(part->labels) + RIGHT;

	return width > LEAST_WIDTH ? width : LEAST_WIDTH;
}

double chart_step(uint64_t most)
{
	const double wanted = (double)most / N_STEPS;
	const double unit = wanted > 1 ? pow(10, floor(log10(wanted))) : 1;

	if (wanted <= unit)
		return unit;
	return wanted <= 2 * unit ? 2 * unit : wanted <= 5 * unit ? 5 * unit : 10 * unit;
}

static void paint_lines(const struct sheet *sheet, double top, uint64_t most)
{
	const double width = (double)sheet->width / SCALE - LEFT - RIGHT;
	char number[32];

	for (double value = 0; value <= (double)most; value += chart_step(most)) {
		const double y = top + BARS_TOP + BARS_HEIGHT * (1 - value / (double)most);

		put_number(number, (uint64_t)value);
		paint_box(sheet, LEFT, y, width, 1, value > 0 ? COLOR_LINE : COLOR_TEXT);
		paint_text(sheet, LEFT - 6, y - FONT_HEIGHT / 2.0, 1, number, sizeof(number));
	}
}

static void paint_bars(const struct sheet *sheet, double top, const struct emnist_part *part,
		       uint64_t most)
{
	const size_t n = emnist_labels_count(part->labels), least = least_step(part);
	const double room = ((double)sheet->width / SCALE - LEFT - RIGHT) / (double)n;
	const double step = room < MOST_STEP ? room : least > MOST_STEP ? (double)least : MOST_STEP;

	for (size_t i = 0; i < n; i++) {
		const double height = BARS_HEIGHT * (double)part->counts[i] / (double)most;
		const double x = LEFT + step * ((double)i + 0.5);

		paint_box(sheet, x - 0.35 * step, top + BARS_TOP + BARS_HEIGHT - height, 0.7 * step,
			  height, (uint8_t)label_group_of(part->labels, i));
		paint_text(sheet, x, top + BARS_TOP + BARS_HEIGHT + 4, 0.5,
			   emnist_labels_text(part->labels, i), LABEL_SHOWN);
	}
}

static void paint_legend(const struct sheet *sheet, double top, const struct emnist_part *part)
{
	uint64_t n_images[N_LABEL_GROUPS] = {0};
	bool there[N_LABEL_GROUPS] = {false};
	double x = LEFT;
	char text[64];

	for (size_t i = 0; i < emnist_labels_count(part->labels); i++) {
		const enum label_group group = label_group_of(part->labels, i);

		n_images[group] += part->counts[i];
		there[group] = true;
	}
	for (size_t group = 0; group < N_LABEL_GROUPS; group++) {
		if (!there[group])
			continue;
		snprintf(text, sizeof(text), "%s %.1f %%",
			 label_group_name((enum label_group)group),
			 part->n_images ? 100 * (double)n_images[group] / (double)part->n_images
					: 0.0);
		paint_box(sheet, x, top + 36, 10, 10, (uint8_t)group);
		paint_text(sheet, x + 15, top + 35, 0, text, sizeof(text));
		x += LEGEND_WIDTH;
	}
}

static void paint_panel(const struct sheet *sheet, double top, const struct emnist_part *part,
			const char *name)
{
	uint64_t most = 1;
	char number[32], count[48];
	double x = LEFT;

	for (size_t i = 0; i < emnist_labels_count(part->labels); i++)
		most = part->counts[i] > most ? part->counts[i] : most;
	put_number(number, part->n_images);
	snprintf(count, sizeof(count), ": %s images", number);
	x += paint_text(sheet, x, top + 12, 0, name, TITLE_SHOWN - sizeof(count));
	paint_text(sheet, x, top + 12, 0, count, sizeof(count));
	paint_legend(sheet, top, part);
	paint_lines(sheet, top, most);
	paint_bars(sheet, top, part, most);
}

static void draw_row(void *context, uint32_t y, uint8_t *row)
{
	const struct sheet *sheet = context;
	const uint8_t *colors = sheet->colors + (size_t)y * sheet->width;

	for (size_t x = 0; x < sheet->width; x++)
		memcpy(row + 3 * x, palette[colors[x]], 3);
}

enum emnist_status chart_encode(const struct emnist_statistics *statistics,
				const char *const *names, void **png_ret, size_t *nbytes_ret,
				struct emnist_error *error)
{
	const size_t n_parts = emnist_statistics_n_parts(statistics);
	struct sheet sheet = {.width = LEAST_WIDTH, .height = SCALE * PANEL_HEIGHT * n_parts};
	struct image_rows rows = {.channels = 3, .draw = draw_row, .context = &sheet};
	enum emnist_status status;

	*png_ret = NULL;
	if (!n_parts)
		return error_set(error, EMNIST_ERR_ARGUMENT, "no datasets");
	for (size_t i = 0; i < n_parts; i++) {
		const struct emnist_part part = emnist_statistics_part(statistics, i);

		sheet.width = width_of(&part) > sheet.width ? width_of(&part) : sheet.width;
	}
	sheet.width *= SCALE;
	status = image_rows_size(&rows, "chart", sheet.width, sheet.height, error);
	if (status)
		return status;
	sheet.colors = alloc_array(sheet.height, sheet.width);
	if (!sheet.colors)
		return error_memory(error);
	memset(sheet.colors, COLOR_GROUND, sheet.height * sheet.width);
	for (size_t i = 0; i < n_parts; i++) {
		const struct emnist_part part = emnist_statistics_part(statistics, i);

		paint_panel(&sheet, (double)(i * PANEL_HEIGHT), &part, names[i]);
	}
	status = pngfile_encode(&rows, png_ret, nbytes_ret, error);
	free(sheet.colors);
	return status;
}
