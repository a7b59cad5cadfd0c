/*
 * unsupported.c - recognizes common unsupported formats from their first bytes, so that errors can
 * name them.
 *
 * An image or a scanned page is reported wherever it is found, since users expect an answer for it.
 * Other files may be next to images for their own reasons.
 */
#include "image.h"

/* A string of bytes and its length: it may hold zeros. */
#define MAGIC(text) (text), sizeof(text) - 1

/* Comments and declarations at the start of an SVG file may take this many bytes. */
#define SVG_SEARCHED_NBYTES ((size_t)4096)

static const struct unsupported {
	size_t offset;
	const char *magic;
	size_t nbytes;
	const char *name;
	bool is_image;
} formats[] = {
	{0, MAGIC("%PDF"), "PDF", true},
	{0, MAGIC("%!PS"), "PostScript", true},
	{0, MAGIC("\xc5\xd0\xd3\xc6"), "PostScript", true},
	{0, MAGIC("AT&TFORM"), "DjVu", true},
	{4, MAGIC("ftypavif"), "AVIF", true},
	{4, MAGIC("ftypavis"), "AVIF", true},
	{4, MAGIC("ftyphe"), "HEIC", true},
	{4, MAGIC("ftypmif1"), "HEIC", true},
	{4, MAGIC("ftypmsf1"), "HEIC", true},
	{4, MAGIC("ftypcrx "), "CR3", true},
	{4, MAGIC("ftyp"), "video", false},
	{4, MAGIC("jP  \r\n"), "JPEG 2000", true},
	{0, MAGIC("\xff\x4f\xff\x51"), "JPEG 2000", true},
	{4, MAGIC("JXL \r\n"), "JPEG XL", true},
	{0, MAGIC("\xff\x0a"), "JPEG XL", true},
	{0, MAGIC("8BPS"), "PSD", true},
	{0, MAGIC("gimp xcf "), "XCF", true},
	{0, MAGIC("qoif"), "QOI", true},
	{0, MAGIC("\x76\x2f\x31\x01"), "OpenEXR", true},
	/* A list of labels may begin with the line "P7", but does not go on so. */
	{0, MAGIC("P7\nWIDTH "), "PAM", true},
	{0, MAGIC("P7\n#"), "PAM", true},
	{0, MAGIC("7z\xbc\xaf\x27\x1c"), "a 7z archive", false},
	{0, MAGIC("Rar!\x1a\x07"), "a RAR archive", false},
	{0, MAGIC("BZh"), "bzip2 data", false},
	{0, MAGIC("<svg"), "SVG", true},
	{0, MAGIC("<?xml"), "XML", false},
	{0, MAGIC("<!DOCTYPE"), "HTML", false},
	{0, MAGIC("<html"), "HTML", false},
};

static bool has_svg(const uint8_t *bytes, size_t nbytes)
{
	const size_t n = nbytes < SVG_SEARCHED_NBYTES ? nbytes : SVG_SEARCHED_NBYTES;

	return memmem(bytes, n, "<svg", 4) != NULL;
}

const char *unsupported_name(const uint8_t *bytes, size_t nbytes, bool *is_image_ret)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		const struct unsupported *format = &formats[i];

		if (nbytes < format->offset + format->nbytes ||
		    memcmp(bytes + format->offset, format->magic, format->nbytes) != 0)
			continue;
		*is_image_ret = format->is_image;
		if (strcmp(format->name, "XML") != 0 || !has_svg(bytes, nbytes))
			return format->name;
		*is_image_ret = true;
		return "SVG";
	}
	*is_image_ret = false;
	return NULL;
}
