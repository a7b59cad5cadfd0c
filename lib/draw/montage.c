/*
 * montage.c - a contact sheet of 28x28 images with captions, as PNG.
 *
 * The sheet is never in memory: images and captions are kept, and each row of pixels is drawn when
 * the PNG writer asks for it.
 */
#include "montage.h"

#include "../base/memory.h"
#include "../image/image.h"
#include "font.h"

#include <math.h>
#include <string.h>

#define DEFAULT_SCALE 2
#define MAX_SCALE     16

/* Limits of a label: longer lines are cut, further lines dropped. */
#define MAX_LINES    4
#define MAX_CODES    32 /* of a line */
#define MAX_TITLE    256

#define MAX_PICTURES 65536

/* Pixels, at scale 1 of the text. */
#define MARGIN 6 /* around the sheet, and between pictures */
#define GAP    2 /* between a picture and its text */

/* Levels of grey. */
struct inks {
	uint8_t board, text;
	uint8_t picture_flip; /* exclusive-or of a picture's pixels */
};
static const struct inks light = {236, 24, 255};
static const struct inks dark = {40, 232, 0};

struct line {
	uint16_t codes[MAX_CODES];
	uint8_t n;
};

struct montage {
	uint32_t n_columns; /* 0: as suits */
	uint32_t scale;
	const struct inks *inks;
	uint16_t title[MAX_TITLE];
	size_t n_title;
	size_t n;
	struct buffer pixels; /* (n, 784) */
	struct buffer lines;  /* of struct line, as many as n_lines says, image by image */
	struct buffer starts; /* (n) size_t: the first line of each picture's */
	size_t n_lines;
	size_t n_lines_most; /* of one picture */
	size_t n_codes_most; /* of one line */
};

/* Positions on the sheet, in its pixels. */
struct layout {
	const struct montage *montage;
	size_t n_columns;
	size_t text_scale;
	size_t margin;
	size_t head; /* height of the title and its margins */
	size_t cell_width, cell_height;
	size_t width, height;
};

enum emnist_status montage_create(const struct montage_options *options,
				  struct montage **montage_ret, struct emnist_error *error)
{
	static const struct montage_options defaults;
	struct montage *montage;

	*montage_ret = NULL;
	if (!options)
		options = &defaults;
	if (options->scale > MAX_SCALE)
		return error_set(error, EMNIST_ERR_ARGUMENT, "scale %u: must be 1 to %d",
				 options->scale, MAX_SCALE);
	if (options->n_columns > MAX_PICTURES)
		return error_set(error, EMNIST_ERR_ARGUMENT, "%u columns: must be 1 to %d",
				 options->n_columns, MAX_PICTURES);
	montage = alloc_zeroed(1, sizeof(*montage));
	if (!montage)
		return error_memory(error);
	montage->n_columns = options->n_columns;
	montage->scale = options->scale ? options->scale : DEFAULT_SCALE;
	montage->inks = options->dark ? &dark : &light;
	if (options->title)
		montage->n_title = font_spell(options->title, strlen(options->title),
					      montage->title, MAX_TITLE);
	*montage_ret = montage;
	return EMNIST_OK;
}

static bool append(struct buffer *buffer, const void *bytes, size_t nbytes)
{
	if (!buffer_reserve(buffer, buffer->nbytes + nbytes))
		return false;
	memcpy(buffer->data + buffer->nbytes, bytes, nbytes);
	buffer->nbytes += nbytes;
	return true;
}

static bool add_lines(struct montage *montage, const char *label)
{
	size_t n_lines = 0;

	while (label && *label && n_lines < MAX_LINES) {
		const size_t nbytes = strcspn(label, "\n");
		struct line line = {0};

		line.n = (uint8_t)font_spell(label, nbytes, line.codes, MAX_CODES);
		if (!append(&montage->lines, &line, sizeof(line)))
			return false;
		n_lines++;
		if (line.n > montage->n_codes_most)
			montage->n_codes_most = line.n;
		label += nbytes + (label[nbytes] == '\n');
	}
	montage->n_lines += n_lines;
	if (n_lines > montage->n_lines_most)
		montage->n_lines_most = n_lines;
	return true;
}

enum emnist_status montage_add(struct montage *montage, const uint8_t *pixels, const char *label,
			       struct emnist_error *error)
{
	const size_t nbytes_before = montage->lines.nbytes;
	const size_t start = montage->n_lines;

	if (montage->n == MAX_PICTURES)
		return error_set(error, EMNIST_ERR_LIMIT, "more than %d pictures on one sheet",
				 MAX_PICTURES);
	if (!append(&montage->starts, &start, sizeof(start)) ||
	    !append(&montage->pixels, pixels, EMNIST_VECTOR_LENGTH) || !add_lines(montage, label)) {
		montage->starts.nbytes = montage->n * sizeof(start);
		montage->pixels.nbytes = montage->n * EMNIST_VECTOR_LENGTH;
		montage->lines.nbytes = nbytes_before;
		montage->n_lines = start;
		return error_memory(error);
	}
	montage->n++;
	return EMNIST_OK;
}

size_t montage_count(const struct montage *montage)
{
	return montage->n;
}

/* ------------------------------------------------------------------ drawing */

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The number of columns that makes the sheet about a third wider than high. */
static size_t suiting_columns(const struct layout *layout)
{
	const double ratio = (double)layout->cell_height / (double)layout->cell_width;
	const size_t n = (size_t)ceil(sqrt((double)layout->montage->n * ratio * 4 / 3));

	return n < layout->montage->n ? n : layout->montage->n;
}

static struct layout arrange(const struct montage *montage)
{
	const size_t side = EMNIST_SIDE * (size_t)montage->scale;
	struct layout l = {
		.montage = montage,
		.n_columns = montage->n_columns,
		.text_scale = montage->scale < 4 ? 1 : montage->scale / 2,
	};
	size_t n_rows, text_height;

	l.margin = MARGIN * l.text_scale;
	text_height = FONT_HEIGHT * l.text_scale;
	l.head = montage->n_title ? text_height + l.margin : 0;
	l.cell_width = larger(side, montage->n_codes_most * FONT_WIDTH * l.text_scale) + l.margin;
	l.cell_height = side + l.margin;
	if (montage->n_lines_most)
		l.cell_height += GAP * l.text_scale + montage->n_lines_most * text_height;
	if (!l.n_columns)
		l.n_columns = suiting_columns(&l);
	n_rows = (montage->n + l.n_columns - 1) / l.n_columns;
	l.width = l.n_columns * l.cell_width + l.margin;
	l.height = n_rows * l.cell_height + l.margin + l.head;
	return l;
}

/* One row of pixels of a text that begins at row[0]; y counts from its top, at most n_max pixels
 * are touched. */
static void draw_text(const struct layout *l, const uint16_t *codes, size_t n, size_t y,
		      uint8_t *row, size_t n_max)
{
	const size_t scale = l->text_scale;

	for (size_t x = 0; x < n * FONT_WIDTH * scale && x < n_max; x++) {
		const size_t dot = x / scale;

		if (font_ink(codes[dot / FONT_WIDTH], dot % FONT_WIDTH, y / scale))
			row[x] = l->montage->inks->text;
	}
}

/* One row of pixels of picture i and its text. */
static void draw_cell(const struct layout *l, size_t i, size_t y, uint8_t *row)
{
	const struct montage *m = l->montage;
	const size_t side = EMNIST_SIDE * (size_t)m->scale;
	const uint8_t *pixels = m->pixels.data + i * EMNIST_VECTOR_LENGTH;
	const size_t line_height = FONT_HEIGHT * l->text_scale;
	size_t first, end, line;
	struct line text;

	if (y < side) {
		pixels += y / m->scale * EMNIST_SIDE;
		for (size_t x = 0; x < side; x++)
			row[x] = pixels[x / m->scale] ^ m->inks->picture_flip;
		return;
	}
	y -= side;
	if (y < GAP * l->text_scale)
		return;
	y -= GAP * l->text_scale;
	memcpy(&first, m->starts.data + i * sizeof(first), sizeof(first));
	end = m->n_lines;
	if (i + 1 < m->n)
		memcpy(&end, m->starts.data + (i + 1) * sizeof(end), sizeof(end));
	line = first + y / line_height;
	if (line >= end)
		return;
	memcpy(&text, m->lines.data + line * sizeof(text), sizeof(text));
	draw_text(l, text.codes, text.n, y % line_height, row, l->cell_width);
}

static void draw_row(void *context, uint32_t at, uint8_t *row)
{
	const struct layout *l = context;
	const struct montage *m = l->montage;
	size_t y = at, row_of_cells;

	memset(row, m->inks->board, l->width);
	if (y < l->margin)
		return;
	y -= l->margin;
	if (y < l->head) {
		if (y < FONT_HEIGHT * l->text_scale)
			draw_text(l, m->title, m->n_title, y, row + l->margin,
				  l->width - 2 * l->margin);
		return;
	}
	y -= l->head;
	row_of_cells = y / l->cell_height;
	for (size_t column = 0; column < l->n_columns; column++) {
		const size_t i = row_of_cells * l->n_columns + column;

		if (i < m->n)
			draw_cell(l, i, y % l->cell_height,
				  row + l->margin + column * l->cell_width);
	}
}

enum emnist_status montage_encode(const struct montage *montage, void **png_ret, size_t *nbytes_ret,
				  struct emnist_error *error)
{
	struct layout layout;
	struct image_rows rows = {.channels = 1, .draw = draw_row, .context = &layout};
	enum emnist_status status;

	*png_ret = NULL;
	*nbytes_ret = 0;
	if (!montage->n)
		return error_set(error, EMNIST_ERR_ARGUMENT, "no pictures");
	layout = arrange(montage);
	status = image_rows_size(&rows, "sheet", layout.width, layout.height, error);
	return status ? status : pngfile_encode(&rows, png_ret, nbytes_ret, error);
}

void montage_free(struct montage *montage)
{
	if (!montage)
		return;
	buffer_clear(&montage->pixels);
	buffer_clear(&montage->lines);
	buffer_clear(&montage->starts);
	free(montage);
}
