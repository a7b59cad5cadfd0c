/* plain_png.h - reads simple PNG files without libpng. */
#ifndef IMAGE_PLAIN_PNG_H
#define IMAGE_PLAIN_PNG_H

#include "image.h"

/* Decodes an image with one sample per pixel, grey or an index. False if the file is of another
 * kind, very large, or in any way wrong: libpng then decodes it and reports the error. header: from
 * pngfile_header(). */
bool plain_png_decode(const uint8_t *bytes, size_t nbytes, const struct image_header *header,
		      struct image *image);

#endif
