/*
 * fuzz_png.c - any bytes as a PNG, up to its pixels.
 *
 * The signature is put in front and every checksum mended, so that the fuzzer gets past both; the
 * first byte of the input says with 0 that it wants neither.
 */
#include "../image/image.h"

#include <zlib.h>

#define SIGNATURE        "\x89PNG\r\n\x1a\n"
#define SIGNATURE_NBYTES 8

/* Small, so that runs are fast: what is beyond is refused by the same code whatever its size. */
#define MAX_PIXELS 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

/* Writes the right checksum behind each chunk that is whole. */
static void mend_checksums(uint8_t *png, size_t nbytes)
{
	size_t at = SIGNATURE_NBYTES;

	while (nbytes - at >= 12) {
		const size_t length = (size_t)png[at] << 24 | (size_t)png[at + 1] << 16 |
				      (size_t)png[at + 2] << 8 | png[at + 3];
		uLong crc;

		if (length > nbytes - at - 12)
			return;
		crc = crc32(0, png + at + 4, (uInt)length + 4);
		for (size_t i = 0; i < 4; i++)
			png[at + 8 + length + i] = (uint8_t)(crc >> (24 - 8 * i));
		at += length + 12;
	}
}

/* Reads every pixel, so that one which is not there or not set shows. */
static unsigned sum_pixels(const struct image *image)
{
	unsigned sum = 0;

	for (size_t i = 0; i < image->pixels.nbytes; i++)
		sum += image->pixels.data[i];
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	const struct emnist_limits limits =
		image_limits(&(const struct emnist_limits){.n_pixels = MAX_PIXELS});
	struct image image = {0};
	struct emnist_error error;
	volatile unsigned sum;
	uint8_t *png;

	if (nbytes == 0)
		return 0;
	if (data[0] == 0) {
		png = alloc_array(nbytes - 1, 1);
		if (!png)
			return 0;
		memcpy(png, data + 1, nbytes - 1);
		nbytes--;
	} else {
		png = alloc_array(nbytes + SIGNATURE_NBYTES, 1);
		if (!png)
			return 0;
		memcpy(png, SIGNATURE, SIGNATURE_NBYTES);
		memcpy(png + SIGNATURE_NBYTES, data, nbytes);
		nbytes += SIGNATURE_NBYTES;
		mend_checksums(png, nbytes);
	}
	if (image_decode(png, nbytes, &limits, &image, &error)) {
		if (!error.message[0])
			abort();
	} else {
		if (image.pixels.nbytes != (size_t)image.width * image.height * image.channels)
			abort();
		sum = sum_pixels(&image);
		(void)sum;
	}
	image_clear(&image);
	free(png);
	return 0;
}
