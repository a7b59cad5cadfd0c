/*
 * heat.h - the scale of heat maps.
 */
#ifndef DRAW_HEAT_H
#define DRAW_HEAT_H

#include <stddef.h>
#include <stdint.h>

/* The level of the smallest distinguishable share, and of everything below it but zero. */
#define HEAT_LEAST 0.1

/* That share. */
#define HEAT_LEAST_SHARE 0.001

/* The color of a level 0..1, red, green and blue of 255 each: from white over lilac and blue to
 * nearly black, in equal steps of lightness (Crameri's "devon", reversed). It reads the same in
 * print and for color-blind readers. */
void heat_color(double level, uint8_t rgb_ret[3]);

/* The level 0..1 of `part` of `whole` on a heat map: 0 for none, 1 for all, logarithmic in between:
 * 0.1 for a 1000th or less, 0.4 for a 100th, 0.7 for a tenth. */
double heat_level(uint64_t part, uint64_t whole);

#endif
