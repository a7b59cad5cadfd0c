/*
 * peak.h - how many multiply-adds a core can do.
 */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

/* Runs multiply-adds on registers alone for a moment, in the widest vectors of this processor, and
 * returns thousands of millions of operations a second, of which each has two. */
double peak_measure(void);

/* Seconds of a clock that is never set. */
double now(void);

#endif
