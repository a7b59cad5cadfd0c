/*
 * distortion.h - the ways in which people's pictures differ from EMNIST's.
 */
#ifndef BENCH_DISTORTION_H
#define BENCH_DISTORTION_H

#include "photograph.h"

struct distortion {
	const char *name;
	int kind; /* those of one kind exclude each other */
	/* Changes a plain picture, by chance within the distortion's range. NULL: three to five of
	 * the others. */
	void (*apply)(struct photograph *photograph, struct random *random);
	unsigned n_draws; /* pictures of each glyph */
	bool negative;    /* the exact negatives of what stands before it in the table */
};

extern const struct distortion distortions[];
extern const size_t n_distortions;

/* The photograph of one glyph: draw 0 <= draw < n_draws of distortion d. */
struct photograph distortion_draw(size_t d, uint64_t seed, uint64_t glyph, unsigned draw);

/* A photograph to learn from: of any size from `least` to 20 times EMNIST's, with up to n_most
 * distortions of different kinds, each as strong as chance has it; always_pen: drawn with another
 * pen before these. A glyph has any number of draws. */
struct photograph distortion_mix(uint64_t seed, uint64_t glyph, uint64_t draw, double least,
				 unsigned n_most, bool always_pen);

#endif
