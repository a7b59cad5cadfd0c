/*
 * ink.h - draws a character's pen strokes as EMNIST's images were made: as a bilevel picture of
 * some 40 pixels, brought to 28x28 by EMNIST's own conversion.
 */
#ifndef DRAW_INK_H
#define DRAW_INK_H

#include <stdint.h>

/* The longer side of a character, in units of its coordinates. */
#define INK_RANGE 65535

/*
 * strokes: for each stroke the number of its points, x and y of each, 0..INK_RANGE from the top
 * left; after the last stroke 0. drawing: 0 is an ordinary pen, and the character as it was
 * written. Each other number has its own pen, size, slant, rotation and proportions, drawn at
 * random. pixels: (28, 28), upright.
 */
void ink_draw(const uint16_t *strokes, uint64_t drawing, uint8_t *pixels);

#endif
