/*
 * palette.c - indices become colors in their place, from the last to the first.
 */
#include "palette.h"

enum emnist_status palette_expand(const struct palette *palette, const char *format,
				  struct image *image, struct emnist_error *error)
{
	const unsigned channels = image->channels;
	uint8_t *pixels = image->pixels.data;

	for (size_t i = (size_t)image->width * image->height; i-- > 0;) {
		const size_t index = pixels[i];
		uint8_t *pixel = pixels + i * channels;

		if (index >= palette->n_colors)
			return image_corrupt(error, format,
					     "a pixel asks for color %zu of a palette of %zu",
					     index, palette->n_colors);
		memcpy(pixel, palette->colors + 3 * index, 3);
		if (channels == 4)
			pixel[3] = index < palette->n_alphas ? palette->alphas[index] : 255;
	}
	return EMNIST_OK;
}
