/*
 * exif.c - the orientation of a photograph, from the EXIF data in a JPEG, PNG or WebP file.
 *
 * A phone stores what its sensor saw and records how it was held: entry 0x0112 of the first
 * directory in a TIFF structure. That has either byte order and is full of offsets. Each is checked
 * before it is followed, and anything invalid means "upright".
 */
#include "image.h"

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT      3
#define ENTRY_NBYTES    12

struct tiff {
	const uint8_t *bytes;
	size_t nbytes;
	bool little_endian;
};

/* offset + 2 <= nbytes. */
static unsigned u16_at(const struct tiff *tiff, size_t offset)
{
	const uint8_t *b = tiff->bytes + offset;

	return tiff->little_endian ? b[0] | (unsigned)b[1] << 8 : b[1] | (unsigned)b[0] << 8;
}

/* offset + 4 <= nbytes. */
static size_t u32_at(const struct tiff *tiff, size_t offset)
{
	const size_t first = u16_at(tiff, offset), second = u16_at(tiff, offset + 2);

	return tiff->little_endian ? first | second << 16 : first << 16 | second;
}

unsigned exif_orientation(const uint8_t *bytes, size_t nbytes)
{
	struct tiff tiff = {bytes, nbytes, false};
	size_t directory, n_entries;

	if (nbytes < 8 || (memcmp(bytes, "II", 2) != 0 && memcmp(bytes, "MM", 2) != 0))
		return 1;
	tiff.little_endian = bytes[0] == 'I';
	directory = u32_at(&tiff, 4);
	if (u16_at(&tiff, 2) != 42 || directory > nbytes - 2)
		return 1;
	n_entries = u16_at(&tiff, directory);
	for (size_t i = 0; i < n_entries; i++) {
		const size_t entry = directory + 2 + i * ENTRY_NBYTES;
		unsigned value;

		if (entry + ENTRY_NBYTES > nbytes)
			return 1;
		if (u16_at(&tiff, entry) != TAG_ORIENTATION)
			continue;
		value = u16_at(&tiff, entry + 8);
		return u16_at(&tiff, entry + 2) == TYPE_SHORT && value >= 1 && value <= 8 ? value
											  : 1;
	}
	return 1;
}
