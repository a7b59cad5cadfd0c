/*
 * fuzz_png.c - any bytes as a PNG, up to its pixels.
 *
 * The signature is put in front and every checksum mended, so that the fuzzer gets past both; the
 * first byte of the input says with 0xff, as no length begins, that it wants neither.
 *
 * A comment behind the header changes nothing but the way by which plain images are read: what
 * comes of the file with one must be what came of it without.
 */
#include "../image/image.h"

#include <zlib.h>

#define SIGNATURE        "\x89PNG\r\n\x1a\n"
#define SIGNATURE_NBYTES 8

/* The first byte of an input that is taken as it is. */
#define RAW 0xff

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

/* An empty tEXt chunk, with its checksum; and where the header ends. */
static const uint8_t comment[] = "\0\0\0\0tEXt\x96\x42\xc5\x85";
#define COMMENT_NBYTES 12
#define COMMENT_START  33

/* The file with a comment behind its header. NULL: there is no memory. */
static uint8_t *with_comment(const uint8_t *png, size_t nbytes)
{
	uint8_t *copy = alloc_array(nbytes + COMMENT_NBYTES, 1);

	if (!copy)
		return NULL;
	memcpy(copy, png, COMMENT_START);
	memcpy(copy + COMMENT_START, comment, COMMENT_NBYTES);
	memcpy(copy + COMMENT_START + COMMENT_NBYTES, png + COMMENT_START, nbytes - COMMENT_START);
	return copy;
}

/* Aborts where status, message or pixels are others. */
static void compare(const uint8_t *png, size_t nbytes, const struct emnist_limits *limits,
		    enum emnist_status status, const struct emnist_error *error,
		    const struct image *image)
{
	const bool is_png = nbytes > COMMENT_START && memcmp(png, SIGNATURE, SIGNATURE_NBYTES) == 0;
	uint8_t *commented = is_png ? with_comment(png, nbytes) : NULL;
	struct image again = {0};
	struct emnist_error why;
	enum emnist_status status_again;

	if (!commented)
		return;
	status_again = image_decode(commented, nbytes + COMMENT_NBYTES, limits, &again, &why);
	if (status_again != status || (status && strcmp(error->message, why.message) != 0))
		abort();
	if (!status && (image->pixels.nbytes != again.pixels.nbytes ||
			memcmp(image->pixels.data, again.pixels.data, again.pixels.nbytes) != 0))
		abort();
	image_clear(&again);
	free(commented);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	enum emnist_status status;
	const struct emnist_limits limits =
		image_limits(&(const struct emnist_limits){.n_pixels = MAX_PIXELS});
	struct image image = {0};
	struct emnist_error error;
	volatile unsigned sum;
	uint8_t *png;

	if (nbytes == 0)
		return 0;
	if (data[0] == RAW) {
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
	status = image_decode(png, nbytes, &limits, &image, &error);
	compare(png, nbytes, &limits, status, &error, &image);
	if (status) {
		if (!error.message[0])
			abort();
	} else {
		if (image.pixels.nbytes != image_n_samples(&image) * (image.deep ? 2 : 1))
			abort();
		sum = sum_pixels(&image);
		(void)sum;
	}
	image_clear(&image);
	free(png);
	return 0;
}
