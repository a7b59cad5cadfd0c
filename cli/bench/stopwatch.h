/*
 * stopwatch.h - how many images a second some work gets through, on one thread or several.
 */
#ifndef CLI_BENCH_STOPWATCH_H
#define CLI_BENCH_STOPWATCH_H

#include <emnist.h>

/* The error where nothing can be measured. */
#define STOPWATCH_STANDS_STILL "the clock stands still (CLOCK_MONOTONIC)"

struct work {
	const void *context; /* handed to each function */
	/* What a thread works with; called in the caller's thread. NULL and *error on failure. */
	void *(*make)(const void *context, struct emnist_error *error);
	void (*free)(void *worker);
	/* Works on some images; returns how many, or 0 and *error. */
	size_t (*run)(const void *context, void *worker, struct emnist_error *error);
};

/* Measures for about `seconds`: the images a second of the median of several rounds, all threads
 * together. Stops early, with 0 for a rate, when a signal came. */
enum emnist_status stopwatch_run(const struct work *work, unsigned n_threads, double seconds,
				 double *rate_ret, struct emnist_error *error);

/* The median of n values, n > 0, which are put in order. */
double median_of(double *values, size_t n);

#endif
