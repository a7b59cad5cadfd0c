/*
 * plain_png.h - PNG files of a plain kind without libpng.
 */
#ifndef IMAGE_PLAIN_PNG_H
#define IMAGE_PLAIN_PNG_H

#include "image.h"

/* Decodes an image of one sample a pixel, grey or an index. False where the file is of another
 * kind, or very large, or anything is wrong with it: libpng is to decode it, and to say what is
 * wrong. header: as pngfile_header() reads it. */
bool plain_png_decode(const uint8_t *bytes, size_t nbytes, const struct image_header *header,
		      struct image *image);

#endif
