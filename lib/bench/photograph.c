/*
 * photograph.c - drawing, lighting and writing of pictures.
 *
 * The glyph is looked up through the inverse of the map from the glyph's plane to the picture's, a
 * pixel at a time; all that a camera does follows in the order in which a camera does it: ink and
 * lines on paper, the table beside it, light, lens, sensor, compression.
 */
#include "photograph.h"

#include "camera.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The inverse map, about the middle of the glyph; see to_glyph(). */
struct map {
	double a, b, c, d;
	double tilt_x, tilt_y;
};

/* A part of the picture's plane, in EMNIST pixels from the glyph's middle. */
struct window {
	double left, right, top, bottom;
};

struct photograph photograph_plain(void)
{
	return (struct photograph){
		.zoom = 10,
		.margins = {7, 7, 7, 7},
		.paper = {245, 245, 245},
		.ink = {30, 30, 30},
		.line = 0.7,
		.shade = 1,
	};
}

/* ---------------------------------------------------------------- drawing */

static struct map make_map(const struct photograph *photograph)
{
	const double angle = photograph->rotation * 3.14159265358979 / 180;
	const double cosine = cos(angle), sine = sin(angle);

	return (struct map){
		.a = cosine + photograph->slant * -sine,
		.b = sine + photograph->slant * cosine,
		.c = -sine,
		.d = cosine,
		.tilt_x = photograph->tilt[0] / 28,
		.tilt_y = photograph->tilt[1] / 28,
	};
}

/* How much ink is at (x, y) of the picture's plane. */
static float ink_at(const struct photograph *photograph, const struct map *map,
		    const struct glyph *glyph, double x, double y, double pixel)
{
	const double depth = 1 + map->tilt_x * x + map->tilt_y * y;

	return glyph_ink(glyph, &photograph->pen, (map->a * x + map->b * y) / depth,
			 (map->c * x + map->d * y) / depth, pixel);
}

/* The box of the ink; the middle where there is no ink. */
static struct window find_ink(const struct photograph *photograph, const struct map *map,
			      const struct glyph *glyph)
{
	static const double step = 0.25, reach = 25;
	struct window box = {reach, -reach, reach, -reach};

	for (double y = -reach; y <= reach; y += step)
		for (double x = -reach; x <= reach; x += step) {
			if (ink_at(photograph, map, glyph, x, y, step) < 0.5f)
				continue;
			box.left = fmin(box.left, x);
			box.right = fmax(box.right, x);
			box.top = fmin(box.top, y);
			box.bottom = fmax(box.bottom, y);
		}
	return box.left > box.right ? (struct window){-1, 1, -1, 1} : box;
}

/* From the ink to the neighbor at a side, 0 or 1. */
static double gap_beside(const struct photograph *photograph, const struct window *box, int side)
{
	return photograph->gaps[side] * fmax(box->right - box->left, box->bottom - box->top);
}

static double margin_beside(const struct photograph *photograph, const struct window *box, int side)
{
	if (photograph->gaps[side] > 0)
		return gap_beside(photograph, box, side) +
		       photograph->shown * (box->right - box->left);
	return photograph->margins[side];
}

/* What the picture shows: the box of the ink with its margins. */
static struct window find_window(const struct photograph *photograph, const struct window *box)
{
	struct window window;

	if (photograph->square > 0) {
		window.left = (box->left + box->right - photograph->square) / 2;
		window.right = window.left + photograph->square;
		window.top = (box->top + box->bottom - photograph->square) / 2;
		window.bottom = window.top + photograph->square;
		return window;
	}
	window.left = box->left - margin_beside(photograph, box, 0);
	window.right = box->right + margin_beside(photograph, box, 1);
	window.top = box->top - photograph->margins[2];
	window.bottom = box->bottom + photograph->margins[3];
	return window;
}

/* Adds what the window shows to the ink that there is. */
static void draw_ink(const struct photograph *photograph, const struct map *map,
		     const struct glyph *glyph, const struct window *window, float *ink,
		     size_t width, size_t height)
{
	const double zoom = photograph->zoom;

	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++) {
			float *p = ink + y * width + x;

			*p = fmaxf(*p, ink_at(photograph, map, glyph,
					      window->left + ((double)x + 0.5) / zoom,
					      window->top + ((double)y + 0.5) / zoom, 1 / zoom));
		}
}

/* The same again beside the ink, a little higher or lower, as people write: it is the window that
 * moves, the other way. */
static void draw_neighbors(const struct photograph *photograph, const struct map *map,
			   const struct glyph *glyph, const struct window *window,
			   const struct window *box, float *ink, size_t width, size_t height)
{
	static const double most_raised = 0.1; /* of the ink's height */
	struct random random = random_stream(photograph->seed, RANDOM_AUGMENT, 4, 0);

	for (int side = 0; side < 2; side++) {
		const double step = box->right - box->left + gap_beside(photograph, box, side);
		struct window moved = *window;

		moved.left += side ? -step : step;
		moved.top += random_within(&random, most_raised) * (box->bottom - box->top);
		if (photograph->gaps[side] > 0)
			draw_ink(photograph, map, glyph, &moved, ink, width, height);
	}
}

/* A line of the given width through (x, y), which slopes by `slope`, into ink; along the rows, or
 * along the columns where `upright`; from the place where it begins to where it ends. */
static void draw_line(const struct photograph *photograph, float *ink, size_t width, size_t height,
		      bool upright, double at, double slope, double begin, double end)
{
	const double half = photograph->line * photograph->zoom / 2;
	const size_t n = upright ? height : width;

	for (size_t i = (size_t)(begin * (double)n); i < (size_t)(end * (double)n); i++) {
		const double middle = at + slope * (double)i;

		for (double k = floor(middle - half); k <= ceil(middle + half); k++) {
			const double cover = fmin(1, half + 0.5 - fabs(k + 0.5 - middle));
			const double value = photograph->shade * fmax(cover, 0);
			const double other = upright ? (double)width : (double)height;

			if (k >= 0 && k < other) {
				float *p = ink + (upright ? i * width + (size_t)k
							  : (size_t)k * width + i);

				*p = fmaxf(*p, (float)value);
			}
		}
	}
}

/* The slope of a stroke that links two characters. */
#define LINK_SLOPE 0.3

static void draw_links(const struct photograph *photograph, const struct window *window,
		       const struct window *box, float *ink, size_t width, size_t height)
{
	for (int side = 0; side < 2; side++) {
		const double share = photograph->links[side];
		const double y = box->top + share * (box->bottom - box->top) - window->top;
		const size_t row = (size_t)fmax(0, y * photograph->zoom);
		size_t first = 0, last = width;

		if (share <= 0 || row >= height)
			continue;
		while (side == 0 && first < width && ink[row * width + first] < 0.5f)
			first++;
		while (side == 1 && last > 0 && ink[row * width + last - 1] < 0.5f)
			last--;
		draw_line(photograph, ink, width, height, false,
			  (double)row + LINK_SLOPE * (double)(side ? last : first), -LINK_SLOPE,
			  side ? (double)last / (double)width : 0,
			  side ? 1 : (double)first / (double)width);
	}
}

/* Where the ink is in two parts. */
static void slit(const struct photograph *photograph, const struct window *window,
		 const struct window *box, float *ink, size_t width, size_t height)
{
	const double left = box->left - window->left + photograph->split * (box->right - box->left);
	const size_t first = (size_t)(left * photograph->zoom);
	const size_t last = (size_t)((left + photograph->slit) * photograph->zoom);

	for (size_t y = 0; y < height; y++)
		for (size_t x = first; x < last && x < width; x++)
			ink[y * width + x] = 0;
}

/* How far from the lower margin's end a baseline may be, as a share of the margin. */
#define MOST_BELOW 0.8

/* Edges lie in the outer half of the margin around the ink; a baseline at its foot or below. */
static void rule(const struct photograph *photograph, float *ink, size_t width, size_t height)
{
	struct random random = random_stream(photograph->seed, RANDOM_AUGMENT, 1, 0);
	const double zoom = photograph->zoom, *margins = photograph->margins;
	const double slope = random_within(&random, 0.04);
	const bool first[2] = {random_unit(&random) < 0.5, random_unit(&random) < 0.5};
	const bool upright = random_unit(&random) < 0.5;
	const double sides[2] = {(double)width, (double)height};
	double near[2], far[2];

	for (int k = 0; k < 2; k++) {
		near[k] = margins[2 * k] * zoom * (0.1 + 0.4 * random_unit(&random));
		far[k] = sides[k] - margins[2 * k + 1] * zoom * (0.1 + 0.4 * random_unit(&random));
	}
	if (photograph->ruling == RULING_BASELINE || photograph->ruling == RULING_FOOT) {
		const double below = photograph->ruling == RULING_FOOT
					     ? 0
					     : MOST_BELOW * (1 - random_unit(&random));
		const double foot = sides[1] - margins[3] * zoom * (1 - below);

		draw_line(photograph, ink, width, height, false, foot, slope, 0, 1);
		return;
	}
	for (int k = 0; k < 2; k++) { /* upright ones first */
		const double other_near = near[!k] / sides[!k], other_far = far[!k] / sides[!k];
		const bool corner = photograph->ruling == RULING_CORNER;
		const double begin = corner && first[!k] ? other_near : 0;
		const double end = corner && !first[!k] ? other_far : 1;

		if (photograph->ruling == RULING_EDGE && (k == 0) != upright)
			continue;
		if (first[k] || photograph->ruling == RULING_BOX)
			draw_line(photograph, ink, width, height, k == 0, near[k], slope, begin,
				  end);
		if (!first[k] || photograph->ruling == RULING_BOX)
			draw_line(photograph, ink, width, height, k == 0, far[k], slope, begin,
				  end);
	}
}

/* Bands along the border, as dark as ink. */
static void draw_bands(const struct photograph *photograph, float *ink, size_t width, size_t height)
{
	const double *bands = photograph->bands, zoom = photograph->zoom;

	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++) {
			const double inside[4] = {(double)x, (double)(width - 1 - x), (double)y,
						  (double)(height - 1 - y)};
			float *p = ink + y * width + x;

			for (int side = 0; side < 4; side++)
				*p = fmaxf(*p, (float)fmin(bands[side] * zoom - inside[side], 1));
		}
}

static void surround(const struct photograph *photograph, const struct window *window,
		     const struct window *box, float *ink, size_t width, size_t height)
{
	struct random random = random_stream(photograph->seed, RANDOM_AUGMENT, 5, 0);
	const double zoom = photograph->zoom;
	const struct sheet sheet = {
		.ink = ink,
		.width = width,
		.height = height,
		.left = (box->left - window->left) * zoom,
		.top = (box->top - window->top) * zoom,
		.right = (box->right - window->left) * zoom,
		.bottom = (box->bottom - window->top) * zoom,
		.line = photograph->line * zoom,
		.shade = photograph->shade,
	};

	surround_draw(&sheet, photograph->surround, &random);
}

/* ------------------------------------------------------------------ table */

/* The grain of its wood, along and across, in EMNIST pixels. */
#define GRAIN_LENGTH 6
#define GRAIN_WIDTH  0.4

static bool has_table(const struct photograph *photograph)
{
	const double *table = photograph->table;

	return table[0] > 0 || table[1] > 0 || table[2] > 0 || table[3] > 0;
}

/* How far (x, y) of a picture of that size is beyond the edge of the sheet at a side; negative
 * where it is on the sheet. */
static double beyond_edge(const struct photograph *photograph, int side, double x, double y,
			  double width, double height)
{
	const bool upright = side < 2, far = side % 2;
	const double across = upright ? x : y, length = upright ? width : height;
	const double along = upright ? height / 2 - y : x - width / 2;
	const double share = photograph->table[side];
	const double edge =
		length * (far ? 1 - share : share) + along * photograph->table_slopes[side];

	return far ? across - edge : edge - across;
}

/* How much of each pixel is table. */
static void lay_table(const struct photograph *photograph, float *table, size_t width,
		      size_t height)
{
	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++) {
			double most = -1;

			for (int side = 0; side < 4; side++)
				if (photograph->table[side] > 0)
					most = fmax(most,
						    beyond_edge(photograph, side, (double)x + 0.5,
								(double)y + 0.5, (double)width,
								(double)height));
			table[y * width + x] = (float)fmin(fmax(most + 0.5, 0), 1);
		}
}

/* Chance at the points of a lattice, -1..1. */
static double grain_of(uint32_t seed, double column, double row)
{
	const uint32_t hash = random_hash32(random_hash32(seed + (uint32_t)row) + (uint32_t)column);

	return (double)hash * 0x1p-31 - 1;
}

/* How much lighter the table is at (x, y), both at least 0 and in EMNIST pixels, -1..1. */
static double grain_at(uint32_t seed, double x, double y)
{
	const double column = floor(x / GRAIN_LENGTH), row = floor(y / GRAIN_WIDTH);
	const double u = x / GRAIN_LENGTH - column, v = y / GRAIN_WIDTH - row;

	return (1 - v) * ((1 - u) * grain_of(seed, column, row) +
			  u * grain_of(seed, column + 1, row)) +
	       v * ((1 - u) * grain_of(seed, column, row + 1) +
		    u * grain_of(seed, column + 1, row + 1));
}

/* --------------------------------------------------------------- lighting */

/* The share of the light at (u, v), both -1..1. */
static double light_at(const struct photograph *photograph, double edge, double angle, double u,
		       double v)
{
	double light = 1 + photograph->gradient[0] * u / 2 + photograph->gradient[1] * v / 2;

	light *= 1 - photograph->vignette * (u * u + v * v) / 2;
	if (photograph->shadow > 0) {
		const double across = u * cos(angle) + v * sin(angle) - edge;

		light *= 1 - photograph->shadow *
				     (0.5 + 0.5 * tanh(across / photograph->shadow_softness));
	}
	return light;
}

/* The color of what lies at pixel (x, y): the table, so much of it there is, or else ink on paper.
 * table: as ink; NULL where there is none. */
static void find_color(const struct photograph *photograph, float ink, const float *table,
		       uint32_t grain, size_t x, size_t y, double color[3])
{
	for (int c = 0; c < 3; c++)
		color[c] = photograph->paper[c] +
			   (double)ink * (photograph->ink[c] - photograph->paper[c]);
	if (!table || *table == 0)
		return;
	for (int c = 0; c < 3; c++) {
		const double rough =
			photograph->roughness *
			grain_at(grain, (double)x / photograph->zoom, (double)y / photograph->zoom);

		color[c] += (double)*table * (photograph->table_color[c] + rough - color[c]);
	}
}

static void expose(const struct photograph *photograph, const float *ink, const float *table,
		   float *pixels, size_t width, size_t height)
{
	struct random random = random_stream(photograph->seed, RANDOM_AUGMENT, 2, 0);
	const double edge = random_within(&random, 0.5);
	const double angle = 6.283185307179586 * random_unit(&random);
	const uint32_t grain = (uint32_t)random_next(&random);

	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++) {
			const size_t i = y * width + x;
			const double light = light_at(photograph, edge, angle,
						      2 * ((double)x + 0.5) / (double)width - 1,
						      2 * ((double)y + 0.5) / (double)height - 1);
			double color[3];

			find_color(photograph, ink[i], table ? table + i : NULL, grain, x, y,
				   color);
			for (size_t c = 0; c < 3; c++)
				pixels[3 * i + c] = (float)(light * color[c]);
		}
}

/* ---------------------------------------------------------------- writing */

static uint8_t to_byte(float value)
{
	return (uint8_t)((value > 0 ? value < 255 ? value : 255 : 0) + 0.5f);
}

static bool write_ppm(const float *pixels, size_t width, size_t height, bool negative,
		      struct buffer *file)
{
	const size_t n = width * height * 3;
	char header[64];
	const int length = snprintf(header, sizeof(header), "P6 %zu %zu 255\n", width, height);

	if (!buffer_reserve(file, (size_t)length + n))
		return false;
	memcpy(file->data, header, (size_t)length);
	for (size_t i = 0; i < n; i++)
		file->data[(size_t)length + i] =
			negative ? 255 - to_byte(pixels[i]) : to_byte(pixels[i]);
	file->nbytes = (size_t)length + n;
	return true;
}

/* 32 bits a pixel, from the top; the color is the ink's, its amount is the alpha. */
static bool write_tga(const struct photograph *photograph, const float *ink, size_t width,
		      size_t height, struct buffer *file)
{
	const uint8_t header[18] = {[2] = 2,
				    [12] = (uint8_t)width,
				    [13] = (uint8_t)(width >> 8),
				    [14] = (uint8_t)height,
				    [15] = (uint8_t)(height >> 8),
				    [16] = 32,
				    [17] = 0x28};

	if (!buffer_reserve(file, sizeof(header) + 4 * width * height))
		return false;
	memcpy(file->data, header, sizeof(header));
	for (size_t i = 0; i < width * height; i++) {
		uint8_t *pixel = file->data + sizeof(header) + 4 * i;

		for (size_t c = 0; c < 3; c++)
			pixel[c] = to_byte((float)photograph->ink[2 - c]);
		pixel[3] = to_byte(255 * ink[i]);
	}
	file->nbytes = sizeof(header) + 4 * width * height;
	return true;
}

static bool make_room(struct darkroom *darkroom, size_t n)
{
	return buffer_reserve(&darkroom->ink, n * sizeof(float)) &&
	       buffer_reserve(&darkroom->table, n * sizeof(float)) &&
	       buffer_reserve(&darkroom->rows, n * sizeof(float)) &&
	       buffer_reserve(&darkroom->pixels, 3 * n * sizeof(float));
}

/* What lies before the camera, as sharp as its lens is: darkroom->ink and darkroom->table. */
static void arrange(const struct photograph *photograph, const struct glyph *glyph,
		    const struct map *map, const struct window *window, const struct window *box,
		    struct darkroom *darkroom, size_t width, size_t height)
{
	float *ink = (float *)(void *)darkroom->ink.data;
	float *table = (float *)(void *)darkroom->table.data;
	float *rows = (float *)(void *)darkroom->rows.data;
	const double sigma = photograph->blur * photograph->zoom;

	memset(ink, 0, width * height * sizeof(*ink));
	draw_ink(photograph, map, glyph, window, ink, width, height);
	if (photograph->slit > 0)
		slit(photograph, window, box, ink, width, height);
	draw_neighbors(photograph, map, glyph, window, box, ink, width, height);
	draw_links(photograph, window, box, ink, width, height);
	if (photograph->ruling)
		rule(photograph, ink, width, height);
	surround(photograph, window, box, ink, width, height);
	draw_bands(photograph, ink, width, height);
	if (photograph->blur > 0)
		camera_blur(ink, width, height, sigma, rows);
	if (!has_table(photograph))
		return;
	lay_table(photograph, table, width, height);
	if (photograph->blur > 0)
		camera_blur(table, width, height, sigma, rows);
}

bool photograph_take(const struct photograph *photograph, struct glyph *glyph,
		     struct darkroom *darkroom)
{
	const struct map map = make_map(photograph);
	struct random random = random_stream(photograph->seed, RANDOM_AUGMENT, 3, 0);
	struct window box, window;
	size_t width, height;
	float *ink, *table, *pixels;

	glyph_prepare(glyph, &photograph->pen);
	box = find_ink(photograph, &map, glyph);
	window = find_window(photograph, &box);
	width = (size_t)fmax(1, rint((window.right - window.left) * photograph->zoom));
	height = (size_t)fmax(1, rint((window.bottom - window.top) * photograph->zoom));
	if (!make_room(darkroom, width * height))
		return false;
	ink = (float *)(void *)darkroom->ink.data;
	table = has_table(photograph) ? (float *)(void *)darkroom->table.data : NULL;
	pixels = (float *)(void *)darkroom->pixels.data;
	arrange(photograph, glyph, &map, &window, &box, darkroom, width, height);
	if (photograph->transparent)
		return write_tga(photograph, ink, width, height, &darkroom->file);
	expose(photograph, ink, table, pixels, width, height);
	if (photograph->noise > 0)
		camera_noise(pixels, width, height, photograph->noise, &random);
	if (photograph->jpeg_quality)
		camera_jpeg(pixels, width, height, photograph->jpeg_quality);
	return write_ppm(pixels, width, height, photograph->negative, &darkroom->file);
}

void darkroom_clear(struct darkroom *darkroom)
{
	buffer_clear(&darkroom->ink);
	buffer_clear(&darkroom->table);
	buffer_clear(&darkroom->rows);
	buffer_clear(&darkroom->pixels);
	buffer_clear(&darkroom->file);
}
