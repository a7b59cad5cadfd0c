/* unfilter.h - undoes PNG's filters, for pixels of one byte. */
#ifndef IMAGE_UNFILTER_H
#define IMAGE_UNFILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNFILTER_MAX_WIDTH 4096

/* filtered: (height, 1 + width) bytes, each row's filter number before its pixels; must not overlap
 * `pixels`, (height, width), at most UNFILTER_MAX_WIDTH wide. above: the row of pixels before, or
 * NULL. False: unknown filter. */
bool unfilter_rows(const uint8_t *filtered, size_t width, size_t height, const uint8_t *above,
		   uint8_t *pixels);

#endif
