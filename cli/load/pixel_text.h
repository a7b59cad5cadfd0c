/* pixel_text.h - pixels as the numbers that other programs send. */
#ifndef CLI_LOAD_PIXEL_TEXT_H
#define CLI_LOAD_PIXEL_TEXT_H

#include "../output/text.h"

/* Appends n pixels divided by 255, with ", " between them, as Python's json.dumps() writes them:
 * with as many digits as the double needs. */
void pixel_text_put(struct text *text, const uint8_t *pixels, size_t n);

/* Appends them as little-endian floats. */
void pixel_floats_put(struct text *text, const uint8_t *pixels, size_t n);

#endif
