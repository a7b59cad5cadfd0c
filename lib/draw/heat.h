/*
 * heat.h - the scale of heat maps.
 */
#ifndef DRAW_HEAT_H
#define DRAW_HEAT_H

#include <stddef.h>
#include <stdint.h>

/* The level of the least share that is told apart, and of all below it but none. */
#define HEAT_LEAST 0.1

/* That share. */
#define HEAT_LEAST_SHARE 0.001

/* The color of a level 0..1, red, green and blue of 255 each: from white over lilac and blue to
 * nearly black, in equal steps of lightness (Crameri's "devon", reversed), so that heat maps read
 * alike in print and to color-blind people. */
void heat_color(double level, uint8_t rgb_ret[3]);

/* The level 0..1 at which a heat map shows `part` of `whole`: 0 for none, 1 for all, in between by
 * the logarithm: 0.1 for a 1000th or less, 0.4 for a 100th, 0.7 for a tenth. */
double heat_level(uint64_t part, uint64_t whole);

#endif
