/*
 * palette.c - indices become colors in their place, from the last to the first.
 */
#include "palette.h"

#define N_INDICES 256

enum emnist_status palette_expand(const struct palette *palette, const char *format,
				  struct image *image, struct emnist_error *error)
{
	const unsigned channels = image->channels;
	uint8_t *pixels = image->pixels.data;
	uint8_t lumas[N_INDICES];

	for (size_t k = 0; k < palette->n_colors && k < N_INDICES; k++) {
		const uint8_t *color = palette->colors + 3 * k;

		lumas[k] = (uint8_t)image_luma(color[0], color[1], color[2]);
	}
	for (size_t i = (size_t)image->width * image->height; i-- > 0;) {
		const size_t index = pixels[i];
		uint8_t *pixel = pixels + i * channels;

		if (index >= palette->n_colors)
			return image_corrupt(error, format,
					     "a pixel asks for color %zu of a palette of %zu",
					     index, palette->n_colors);
		if (channels == 1) {
			*pixel = lumas[index];
			continue;
		}
		memcpy(pixel, palette->colors + 3 * index, 3);
		if (channels == 4)
			pixel[3] = index < palette->n_alphas ? palette->alphas[index] : 255;
	}
	return EMNIST_OK;
}
