/*
 * jpeg_pictures.c - finds the end of a JPEG file with several pictures.
 *
 * Phones append a preview or a depth map to a picture, and list the offsets in its APP2 segment:
 * the Multi-Picture Format (CIPA DC-007, 5.2). Editors may drop the other pictures and leave the
 * segment, and another file may follow in their place. So the list is compared with the bytes
 * there. Only the size of the first of the others is checked, since Pillow writes wrong sizes for
 * the rest.
 */
#include "../base/cursor.h"
#include "image.h"

#define TAG_PICTURES   0xB002
#define TYPE_UNDEFINED 7 /* bytes */
#define PICTURE_NBYTES 16

/* The segment that lists the pictures, after its name. */
struct segment {
	size_t at; /* offset in the file; 0: none */
	struct cursor content;
	bool little_endian;
};

/* Behind a scan's header: to the next marker that is neither a stuffed byte nor a restart. */
static size_t skip_scan(const uint8_t *bytes, size_t nbytes, size_t at)
{
	for (; at + 1 < nbytes; at++)
		if (bytes[at] == 0xff && bytes[at + 1] != 0 && bytes[at + 1] != 0xff &&
		    (bytes[at + 1] < 0xd0 || bytes[at + 1] > 0xd7))
			return at;
	return nbytes;
}

/* The end of the picture that begins at `at`; 0: unknown. */
static size_t picture_end(const uint8_t *bytes, size_t nbytes, size_t at, struct segment *segment)
{
	at += 2;
	while (at + 4 <= nbytes && bytes[at] == 0xff) {
		const uint8_t marker = bytes[at + 1];
		const size_t length = (size_t)bytes[at + 2] << 8 | bytes[at + 3];

		if (marker == 0xff) {
			at++;
			continue;
		}
		if (marker == 0xd9)
			return at + 2;
		if (marker == 0xe2 && length >= 6 && at + 2 + length <= nbytes &&
		    memcmp(bytes + at + 4, "MPF", 4) == 0) {
			segment->at = at + 8;
			segment->content = cursor_over(bytes + segment->at, length - 6);
		}
		at += 2 + length;
		if (marker == 0xda)
			at = skip_scan(bytes, nbytes, at);
	}
	/* At the end of all bytes, two are left, and no length. */
	return at + 2 == nbytes && bytes[at] == 0xff && bytes[at + 1] == 0xd9 ? nbytes : 0;
}

/* ------------------------------------------------------------------- the list */

static unsigned take_u16(struct cursor *cursor, bool little_endian)
{
	return little_endian ? cursor_u16_le(cursor) : cursor_u16_be(cursor);
}

static uint32_t take_u32(struct cursor *cursor, bool little_endian)
{
	return little_endian ? cursor_u32_le(cursor) : cursor_u32_be(cursor);
}

static struct cursor cursor_at(const struct segment *segment, size_t offset)
{
	struct cursor cursor = segment->content;

	cursor_take(&cursor, offset);
	return cursor;
}

/* The list of pictures; fails if there is none. */
static struct cursor find_list(struct segment *segment)
{
	struct cursor directory = segment->content;
	const unsigned char *order = cursor_take(&directory, 4);
	unsigned n_entries;
	bool little;

	little = segment->little_endian = order && memcmp(order, "II*\0", 4) == 0;
	if (!little && (!order || memcmp(order, "MM\0*", 4) != 0))
		return (struct cursor){.failed = true};
	directory = cursor_at(segment, take_u32(&directory, little));
	n_entries = take_u16(&directory, little);
	while (n_entries-- > 0 && !directory.failed) {
		const unsigned tag = take_u16(&directory, little);
		const unsigned type = take_u16(&directory, little);
		const uint32_t nbytes = take_u32(&directory, little);
		struct cursor list = cursor_at(segment, take_u32(&directory, little));

		if (tag != TAG_PICTURES || type != TYPE_UNDEFINED || nbytes > cursor_left(&list))
			continue;
		list.nbytes = list.offset + nbytes;
		return list;
	}
	return (struct cursor){.failed = true};
}

/* Whether the picture at `at` has that size; zeros may fill it up. */
static bool has_size(const uint8_t *bytes, size_t nbytes, size_t at, size_t size)
{
	struct segment ignored;
	const size_t end = picture_end(bytes, nbytes, at, &ignored);

	if (!end || size > nbytes - at || end > at + size)
		return false;
	for (size_t i = end; i < at + size; i++)
		if (bytes[i])
			return false;
	return true;
}

/* The start of the file's last picture after the first; 0: none. */
static size_t last_picture(const uint8_t *bytes, size_t nbytes, struct segment *segment)
{
	struct cursor list = find_list(segment);
	size_t last = 0;

	while (!list.failed && cursor_left(&list) >= PICTURE_NBYTES) {
		size_t size, offset, at;

		cursor_take(&list, 4); /* what kind of picture */
		size = take_u32(&list, segment->little_endian);
		offset = take_u32(&list, segment->little_endian);
		cursor_take(&list, 4); /* which others belong to it */
		at = segment->at + offset;
		/* The first has no offset: it is where the file begins. */
		if (offset == 0 || at < last || at + 3 > nbytes ||
		    memcmp(bytes + at, "\xff\xd8\xff", 3) != 0)
			continue;
		if (!last && !has_size(bytes, nbytes, at, size))
			return 0;
		last = at;
	}
	return last;
}

size_t jpeg_nbytes(const uint8_t *bytes, size_t nbytes)
{
	struct segment segment = {.at = 0}, ignored;
	const size_t end = picture_end(bytes, nbytes, 0, &segment);
	const size_t last = end && segment.at ? last_picture(bytes, nbytes, &segment) : 0;

	return last >= end && last ? picture_end(bytes, nbytes, last, &ignored) : end;
}
