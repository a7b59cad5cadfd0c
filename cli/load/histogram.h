/* histogram.h - durations in constant memory, at most 0.8 % off. */
#ifndef CLI_LOAD_HISTOGRAM_H
#define CLI_LOAD_HISTOGRAM_H

#include <stdint.h>

/* Durations are in nanoseconds. Below 2^7, each has its own counter; above, each power of two has
 * 2^7 of them, up to 2^43 (two hours). */
#define HISTOGRAM_BITS    7
#define HISTOGRAM_OCTAVES 36
#define HISTOGRAM_N       ((HISTOGRAM_OCTAVES + 1) << HISTOGRAM_BITS)

/* {0} is empty. */
struct histogram {
	uint64_t n;
	uint64_t most; /* the longest, exactly */
	double sum;
	uint64_t counts[HISTOGRAM_N];
};

void histogram_add(struct histogram *histogram, uint64_t ns);

/* The duration that a share of the durations, 0 to 1, does not exceed; 0 if there are none. */
uint64_t histogram_at(const struct histogram *histogram, double share);

#endif
