/* palette.c - replaces indices by colors in place, from last to first. */
#include "palette.h"

#define N_INDICES 256

static enum emnist_status beyond(const struct palette *palette, const char *format, size_t index,
				 struct emnist_error *error)
{
	return image_corrupt(error, format, "a pixel has color %zu of a palette of %zu", index,
			     palette->n_colors);
}

static enum emnist_status look_up_lumas(const struct palette *palette, const char *format,
					struct image *image, struct emnist_error *error)
{
	const size_t n = (size_t)image->width * image->height;
	uint8_t *pixels = image->pixels.data, lumas[N_INDICES] = {0}, most;

	for (size_t k = 0; k < palette->n_colors && k < N_INDICES; k++) {
		const uint8_t *color = palette->colors + 3 * k;

		lumas[k] = (uint8_t)image_luma(color[0], color[1], color[2]);
	}
	most = image_most_of(pixels, n);
#pragma GCC unroll 8
	for (size_t i = 0; i < n; i++)
		pixels[i] = lumas[pixels[i]];
	return most < palette->n_colors ? EMNIST_OK : beyond(palette, format, most, error);
}

enum emnist_status palette_expand(const struct palette *palette, const char *format,
				  struct image *image, struct emnist_error *error)
{
	const unsigned channels = image->channels;
	uint8_t *pixels = image->pixels.data;

	if (channels == 1)
		return look_up_lumas(palette, format, image, error);
	for (size_t i = (size_t)image->width * image->height; i-- > 0;) {
		const size_t index = pixels[i];
		uint8_t *pixel = pixels + i * channels;

		if (index >= palette->n_colors)
			return beyond(palette, format, index, error);
		memcpy(pixel, palette->colors + 3 * index, 3);
		if (channels == 4)
			pixel[3] = index < palette->n_alphas ? palette->alphas[index] : 255;
	}
	return EMNIST_OK;
}
