/* histogram.c - durations in constant memory. */
#include "histogram.h"

#include <math.h>

#define N_STEPS (1 << HISTOGRAM_BITS)

/* The position of the highest bit is the octave, and the bits after it are the step. */
static unsigned index_of(uint64_t ns)
{
	unsigned octave;

	if (ns < N_STEPS)
		return (unsigned)ns;
	octave = 63 - (unsigned)__builtin_clzll(ns) - HISTOGRAM_BITS;
	if (octave >= HISTOGRAM_OCTAVES)
		return HISTOGRAM_N - 1;
	return (octave + 1) << HISTOGRAM_BITS | (unsigned)(ns >> octave & (N_STEPS - 1));
}

/* The largest duration that is counted there. */
static uint64_t last_of(unsigned index)
{
	const unsigned octave = index >> HISTOGRAM_BITS;
	const uint64_t step = index & (N_STEPS - 1);

	return octave ? ((N_STEPS + step + 1) << (octave - 1)) - 1 : step;
}

void histogram_add(struct histogram *histogram, uint64_t ns)
{
	histogram->counts[index_of(ns)]++;
	histogram->n++;
	histogram->sum += (double)ns;
	if (ns > histogram->most)
		histogram->most = ns;
}

uint64_t histogram_at(const struct histogram *histogram, double share)
{
	const double rank = ceil(share * (double)histogram->n);
	uint64_t n = 0;

	for (unsigned i = 0; i < HISTOGRAM_N; i++) {
		n += histogram->counts[i];
		if (n && (double)n >= rank)
			return last_of(i) < histogram->most ? last_of(i) : histogram->most;
	}
	return histogram->most;
}
