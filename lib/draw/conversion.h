/* conversion.h - EMNIST's own conversion of a bilevel character to 28x28 grey pixels. */
#ifndef DRAW_CONVERSION_H
#define DRAW_CONVERSION_H

#include <stddef.h>
#include <stdint.h>

#define CONVERSION_SIDE     28
#define CONVERSION_MAX_SIDE 128 /* as in NIST's Special Database 19 */

/* mask: (height, width), nonzero is ink; both sides at most CONVERSION_MAX_SIDE. Where the ink is
 * in it does not matter. pixels: (28, 28), upright; all 0 without ink. */
void conversion_apply(const uint8_t *mask, size_t width, size_t height, uint8_t *pixels);

#endif
