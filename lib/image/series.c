/*
 * series.c - concatenated image files, as `cat` writes them to a pipe.
 *
 * The end of a file follows from its structure, without decoding. TIFF and TGA do not show theirs.
 * A JPEG file with the further pictures that it lists, as phones write them, is one image.
 */
#include "../base/cursor.h"
#include "image.h"

static size_t first_png(const uint8_t *bytes, size_t nbytes)
{
	struct cursor cursor = cursor_over(bytes, nbytes);

	cursor_take(&cursor, 8);
	while (!cursor.failed) {
		const uint32_t length = cursor_u32_be(&cursor);
		const unsigned char *type = cursor_take(&cursor, 4);

		if (!type || !cursor_take(&cursor, (uint64_t)length + 4))
			return 0;
		if (memcmp(type, "IEND", 4) == 0)
			return cursor.offset;
	}
	return 0;
}

/* Behind a GIF's sub-blocks; 0: they are cut short. */
static size_t skip_blocks(const uint8_t *bytes, size_t nbytes, size_t at)
{
	while (at < nbytes && bytes[at])
		at += 1 + (size_t)bytes[at];
	return at < nbytes ? at + 1 : 0;
}

static size_t table_nbytes(uint8_t flags)
{
	return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

static size_t first_gif(const uint8_t *bytes, size_t nbytes)
{
	size_t at = nbytes > 10 ? 13 + table_nbytes(bytes[10]) : nbytes;

	while (at && at < nbytes) {
		if (bytes[at] == 0x3b)
			return at + 1;
		if (bytes[at] == 0x2c && at + 10 < nbytes)
			at = skip_blocks(bytes, nbytes, at + 11 + table_nbytes(bytes[at + 9]));
		else if (bytes[at] == 0x21)
			at = skip_blocks(bytes, nbytes, at + 2);
		else
			return 0;
	}
	return 0;
}

static size_t first_bmp(const uint8_t *bytes, size_t nbytes)
{
	struct cursor cursor = cursor_over(bytes, nbytes);

	cursor_take(&cursor, 2);
	return cursor_u32_le(&cursor);
}

static size_t first_webp(const uint8_t *bytes, size_t nbytes)
{
	struct cursor cursor = cursor_over(bytes, nbytes);
	size_t n;

	cursor_take(&cursor, 4);
	n = cursor_u32_le(&cursor);
	return n + n % 2 + 8;
}

/* Size of the file that begins so; 0: unknown or truncated. */
static size_t file_nbytes(const uint8_t *bytes, size_t nbytes)
{
	static const struct {
		const char *magic;
		size_t (*nbytes)(const uint8_t *bytes, size_t nbytes);
	} kinds[] = {
		{"\x89PNG", first_png}, {"\xff\xd8\xff", jpeg_nbytes},
		{"GIF8", first_gif},    {"RIFF", first_webp},
		{"BM", first_bmp},      {"P", pnm_nbytes},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const size_t n = strlen(kinds[i].magic);

		if (nbytes >= n && memcmp(bytes, kinds[i].magic, n) == 0)
			return kinds[i].nbytes(bytes, nbytes);
	}
	return 0;
}

size_t image_first_nbytes(const uint8_t *bytes, size_t nbytes)
{
	size_t n;

	if (!image_begins(bytes, nbytes))
		return 0;
	n = file_nbytes(bytes, nbytes);
	return n && n < nbytes && image_begins(bytes + n, nbytes - n) ? n : 0;
}

/* Signatures that neither occur in other files by chance, nor as thumbnails in the supported
 * ones. */
static bool is_signature(const uint8_t *bytes, size_t nbytes)
{
	if (nbytes < 10)
		return false;
	return memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0 || memcmp(bytes, "GIF87a", 6) == 0 ||
	       memcmp(bytes, "GIF89a", 6) == 0 ||
	       (memcmp(bytes, "\xff\xd8\xff", 3) == 0 &&
		(memcmp(bytes + 6, "JFIF", 4) == 0 || memcmp(bytes + 6, "Exif", 4) == 0));
}

bool image_may_be_followed(const uint8_t *bytes, size_t nbytes)
{
	/* These may hold other images, and often do. */
	if (nbytes < 4 || memcmp(bytes, "\xff\xd8", 2) == 0 || tiff_sniff(bytes, nbytes))
		return false;
	for (size_t i = 1; i < nbytes; i++)
		if ((bytes[i] == 0x89 || bytes[i] == 'G' || bytes[i] == 0xff) &&
		    is_signature(bytes + i, nbytes - i))
			return true;
	return false;
}
