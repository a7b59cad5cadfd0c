/* strokes.h - random characters of curved strokes, for measurements without a dataset. */
#ifndef CLI_COMMON_STROKES_H
#define CLI_COMMON_STROKES_H

#include <stddef.h>
#include <stdint.h>

/* Character `number` as ink between 0 and 1, about as much as in EMNIST's images, and the same each
 * time: ink is (side, side), rows from the top. */
void strokes_draw(uint32_t number, size_t side, float *ink);

/* A random number from 0 to 1: Knuth's MMIX generator, whose upper bits are good. */
double strokes_random(uint64_t *state);

#endif
