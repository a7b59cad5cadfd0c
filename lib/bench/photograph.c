/*
 * photograph.c - drawing, lighting and writing of pictures.
 *
 * The glyph is looked up through the inverse of the map from the glyph's plane to the picture's, a
 * pixel at a time; all that a camera does follows in the order in which a camera does it: ink and
 * lines on paper, light, lens, sensor, compression.
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

/* The box of the ink with its margins; the middle where there is no ink. */
static void find_window(const struct photograph *photograph, const struct map *map,
			const struct glyph *glyph, struct window *window)
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
	if (box.left > box.right)
		box = (struct window){-1, 1, -1, 1};
	if (photograph->square > 0) {
		window->left = (box.left + box.right - photograph->square) / 2;
		window->right = window->left + photograph->square;
		window->top = (box.top + box.bottom - photograph->square) / 2;
		window->bottom = window->top + photograph->square;
		return;
	}
	window->left = box.left - photograph->margins[0];
	window->right = box.right + photograph->margins[1];
	window->top = box.top - photograph->margins[2];
	window->bottom = box.bottom + photograph->margins[3];
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

/* Edges lie in the outer half of the margin around the ink; a baseline at its foot. */
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
	if (photograph->ruling == RULING_BASELINE) {
		const double foot =
			sides[1] - margins[3] * zoom * (0.2 + 0.8 * random_unit(&random));

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

static void expose(const struct photograph *photograph, const float *ink, float *pixels,
		   size_t width, size_t height)
{
	struct random random = random_stream(photograph->seed, RANDOM_AUGMENT, 2, 0);
	const double edge = random_within(&random, 0.5);
	const double angle = 6.283185307179586 * random_unit(&random);

	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++) {
			const size_t i = y * width + x;
			const double light = light_at(photograph, edge, angle,
						      2 * ((double)x + 0.5) / (double)width - 1,
						      2 * ((double)y + 0.5) / (double)height - 1);

			for (size_t c = 0; c < 3; c++)
				pixels[3 * i + c] =
					(float)(light * (photograph->paper[c] +
							 (double)ink[i] * (photograph->ink[c] -
									   photograph->paper[c])));
		}
}

/* ---------------------------------------------------------------- writing */

static uint8_t to_byte(float value)
{
	return (uint8_t)((value > 0 ? value < 255 ? value : 255 : 0) + 0.5f);
}

static bool write_ppm(const float *pixels, size_t width, size_t height, struct buffer *file)
{
	const size_t n = width * height * 3;
	char header[64];
	const int length = snprintf(header, sizeof(header), "P6 %zu %zu 255\n", width, height);

	if (!buffer_reserve(file, (size_t)length + n))
		return false;
	memcpy(file->data, header, (size_t)length);
	for (size_t i = 0; i < n; i++)
		file->data[(size_t)length + i] = to_byte(pixels[i]);
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
	       buffer_reserve(&darkroom->rows, n * sizeof(float)) &&
	       buffer_reserve(&darkroom->pixels, 3 * n * sizeof(float));
}

bool photograph_take(const struct photograph *photograph, struct glyph *glyph,
		     struct darkroom *darkroom)
{
	const struct map map = make_map(photograph);
	const double zoom = photograph->zoom;
	struct random random = random_stream(photograph->seed, RANDOM_AUGMENT, 3, 0);
	struct window window;
	size_t width, height;
	float *ink, *pixels;

	glyph_prepare(glyph, &photograph->pen);
	find_window(photograph, &map, glyph, &window);
	width = (size_t)fmax(1, rint((window.right - window.left) * zoom));
	height = (size_t)fmax(1, rint((window.bottom - window.top) * zoom));
	if (!make_room(darkroom, width * height))
		return false;
	ink = (float *)(void *)darkroom->ink.data;
	pixels = (float *)(void *)darkroom->pixels.data;
	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++)
			ink[y * width + x] = ink_at(
				photograph, &map, glyph, window.left + ((double)x + 0.5) / zoom,
				window.top + ((double)y + 0.5) / zoom, 1 / zoom);
	if (photograph->ruling)
		rule(photograph, ink, width, height);
	if (photograph->blur > 0)
		camera_blur(ink, width, height, photograph->blur * zoom,
			    (float *)(void *)darkroom->rows.data);
	if (photograph->transparent)
		return write_tga(photograph, ink, width, height, &darkroom->file);
	expose(photograph, ink, pixels, width, height);
	if (photograph->noise > 0)
		camera_noise(pixels, width, height, photograph->noise, &random);
	if (photograph->jpeg_quality)
		camera_jpeg(pixels, width, height, photograph->jpeg_quality);
	return write_ppm(pixels, width, height, &darkroom->file);
}

void darkroom_clear(struct darkroom *darkroom)
{
	buffer_clear(&darkroom->ink);
	buffer_clear(&darkroom->rows);
	buffer_clear(&darkroom->pixels);
	buffer_clear(&darkroom->file);
}
