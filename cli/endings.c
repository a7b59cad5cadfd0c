/*
 * endings.c - what the end of a file's name says of its content.
 *
 * Content tells what an image is, and a name is asked only where content told that there is none:
 * then it tells a list that lies beside the images from an image that is damaged. Known are the
 * endings of images, of kinds that are not read here too, since whoever has such a file among his
 * images wants to hear of it; all others are foreign.
 */
#include "endings.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* No ending is longer. */
#define MAX_NBYTES 8

static const char *const ours[] = {
	/* Images that are read. */
	"png", "apng", "jpg", "jpeg", "jpe", "jfif", "bmp", "dib", "pnm", "pgm", "ppm", "pbm",
	"gif", "tga", "icb", "vda", "vst", "webp", "tif", "tiff",
	/* Images that are not, and documents that hold a scan. */
	"pam", "heic", "heif", "avif", "jxl", "jp2", "jpx", "j2k", "psd", "xcf", "svg", "ico",
	"pcx", "xbm", "xpm", "exr", "hdr", "pfm", "qoi", "dds", "dng", "raw", "cr2", "cr3", "nef",
	"arw", "orf", "rw2", "raf", "djvu", "pdf", "ps", "eps",
	/* Archives. */
	"zip", "tar", "tgz", "tbz", "tbz2", "txz", "tzst", "gz", "bz2", "xz", "zst", "7z", "rar"};

bool ending_is_foreign(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	bool has_letter = false;

	if (!dot || dot == name || !dot[1] || strlen(dot + 1) > MAX_NBYTES)
		return false;
	for (const char *c = dot + 1; *c; c++) {
		if (!isalnum((unsigned char)*c))
			return false;
		has_letter = has_letter || isalpha((unsigned char)*c);
	}
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (strcasecmp(dot + 1, ours[i]) == 0)
			return false;
	return has_letter;
}
