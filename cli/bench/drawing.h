/*
 * drawing.h - characters that nobody wrote: strokes at random, the same ones each time, to measure
 * speed with where there are no images.
 */
#ifndef CLI_BENCH_DRAWING_H
#define CLI_BENCH_DRAWING_H

#include "../output/text.h"

#include <stdint.h>

/* Character `number` as ink between 0 and 1, with about as much of it as EMNIST's images have:
 * ink is (side, side), rows from the top. */
void draw_character(uint32_t number, size_t side, float *ink);

/* Appends a binary PGM file: the character in dark ink, on paper that is not quite evenly lit. */
void draw_photograph(uint32_t number, size_t side, float *ink, struct text *pgm);

#endif
