/* grey.c - converts color and transparency to one plane of brightness. */
#include "preprocess.h"

#include <math.h>

/* Minimum alpha for a pixel's color to count as visible; and how far visible colors may differ per
 * channel to be the same, since antialiasing and JPEG leave a few levels. */
#define VISIBLE_ALPHA 32
#define SAME_COLOR    16

/* Alpha up to which a pixel is see-through: without any such, alpha draws nothing. */
#define CLEAR_ALPHA 127

/* A few more than this many evenly spread pixels give as good a deviation as all. */
#define N_SAMPLES 4096

/* value over white; exact at alpha 0 and 255. */
static inline uint8_t over_white(uint32_t value, uint32_t alpha)
{
	return (uint8_t)((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

void grey_from_image(const struct image *image, uint8_t *grey)
{
	const size_t n = (size_t)image->width * image->height;
	const uint8_t *p = image->pixels.data;

	switch (image->channels) {
	case 1:
		memcpy(grey, p, n);
		return;
	case 2:
		for (size_t i = 0; i < n; i++)
			grey[i] = over_white(p[2 * i], p[2 * i + 1]);
		return;
	case 3:
		for (size_t i = 0; i < n; i++)
			grey[i] = (uint8_t)image_luma(p[3 * i], p[3 * i + 1], p[3 * i + 2]);
		return;
	default:
		for (size_t i = 0; i < n; i++)
			grey[i] = over_white(image_luma(p[4 * i], p[4 * i + 1], p[4 * i + 2]),
					     p[4 * i + 3]);
	}
}

void grey_from_color(const struct image *image, unsigned color, uint8_t *grey)
{
	const unsigned channels = image->channels;
	const size_t n = (size_t)image->width * image->height;
	const uint8_t *p = image->pixels.data;

	for (size_t i = 0; i < n; i++, p += channels)
		grey[i] = channels == 4 ? over_white(p[color], p[3]) : p[color];
}

float grey_deviation(const struct image *image)
{
	const unsigned channels = image->channels;
	const double n_pixels = (double)image->width * image->height;
	const size_t step = (size_t)fmax(1, sqrt(n_pixels / N_SAMPLES));
	double sum = 0, squares = 0, n = 0;

	for (size_t y = 0; y < image->height; y += step)
		for (size_t x = 0; x < image->width; x += step, n++) {
			const uint8_t *p = image->pixels.data + (y * image->width + x) * channels;
			const double value = over_white(image_luma(p[0], p[1], p[2]),
							channels == 4 ? p[3] : 255);

			sum += value;
			squares += value * value;
		}
	return (float)sqrt(fmax(0, squares / n - sum / n * (sum / n)));
}

/* Whether all visible colors are within SAME_COLOR, and some pixels are transparent. */
static bool only_alpha_draws(const struct image *image)
{
	const unsigned channels = image->channels, n_colors = channels - 1;
	const size_t n = (size_t)image->width * image->height;
	uint8_t least[3] = {255, 255, 255}, most[3] = {0, 0, 0};
	bool any_clear = false;

	for (size_t i = 0; i < n; i++) {
		const uint8_t *pixel = image->pixels.data + i * channels;
		const uint8_t alpha = pixel[n_colors];

		any_clear |= alpha <= CLEAR_ALPHA;
		if (alpha < VISIBLE_ALPHA)
			continue;
		for (unsigned c = 0; c < n_colors; c++) {
			least[c] = pixel[c] < least[c] ? pixel[c] : least[c];
			most[c] = pixel[c] > most[c] ? pixel[c] : most[c];
			if (most[c] - least[c] > SAME_COLOR)
				return false;
		}
	}
	return any_clear;
}

bool grey_from_alpha(const struct image *image, uint8_t *grey)
{
	const unsigned channels = image->channels;
	const size_t n = (size_t)image->width * image->height;

	if ((channels != 2 && channels != 4) || !only_alpha_draws(image))
		return false;
	for (size_t i = 0; i < n; i++)
		grey[i] = (uint8_t)(255 - image->pixels.data[i * channels + channels - 1]);
	return true;
}
