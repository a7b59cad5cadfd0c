/*
 * fuzz_decode.c - any bytes as an image file, up to its pixels.
 *
 * Faster than fuzz_image.c, which goes on to the vector: it is for the decoders that are our own.
 * Of one file the pixels are the same each time, whatever the memory held before.
 */
#include "../image/image.h"

/* Small, so that runs are fast: what is beyond is refused by the same code whatever its size. */
#define MAX_PIXELS 16384

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

/* Decodes into memory that is filled with a byte before. */
static enum emnist_status decode(const uint8_t *data, size_t nbytes, int fill, struct image *image,
				 struct emnist_error *error)
{
	const struct emnist_limits limits =
		image_limits(&(const struct emnist_limits){.n_pixels = MAX_PIXELS});

	if (buffer_reserve(&image->pixels, (size_t)MAX_PIXELS * 8))
		memset(image->pixels.data, fill, image->pixels.capacity);
	return image_decode(data, nbytes, &limits, image, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct image image = {0}, again = {0};
	struct emnist_error error;
	const enum emnist_status status = decode(data, nbytes, 0, &image, &error);

	if (status) {
		if (error.code != status || !error.message[0])
			abort();
	} else {
		if (image.pixels.nbytes != image_n_samples(&image) * image_sample_nbytes(&image))
			abort();
		if (decode(data, nbytes, 255, &again, &error) ||
		    again.pixels.nbytes != image.pixels.nbytes ||
		    memcmp(again.pixels.data, image.pixels.data, image.pixels.nbytes) != 0)
			abort();
	}
	image_clear(&image);
	image_clear(&again);
	return 0;
}
