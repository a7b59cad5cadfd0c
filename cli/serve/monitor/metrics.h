/*
 * metrics.h - counts requests: how many, how long they took, how many images they had.
 *
 * Each combination of protocol, call, model and status has counters of its own, a series. Whoever
 * shows them adds those up that differ in what he does not show.
 */
#ifndef CLI_SERVE_METRICS_H
#define CLI_SERVE_METRICS_H

#include "../call/call.h"

#include <stdatomic.h>

/* The limits of the buckets of two kinds of histograms, in seconds: our own, and those of
 * TensorFlow Serving. */
#define METRICS_N_EDGES            15
#define METRICS_N_TENSORFLOW_EDGES 33
extern const double metrics_edges[METRICS_N_EDGES];
double metrics_tensorflow_edge(size_t i);

#define METRICS_N_ALL_EDGES (METRICS_N_EDGES + METRICS_N_TENSORFLOW_EDGES)

/* Durations by size: counts[i] are those up to edge i of all, and beyond edge i - 1. */
struct durations {
	atomic_uint_least64_t counts[METRICS_N_ALL_EDGES + 1];
	atomic_uint_least64_t nanoseconds; /* in all */
};

struct series {
	struct series *next;
	const char *protocol, *api; /* "": unknown */
	char model[sizeof(((struct call_account *)0)->model)];
	unsigned status;
	struct durations requests; /* from the end of the head until the response was queued */
	struct durations networks; /* in the network */
	atomic_uint_least64_t n_images;
};

struct metrics;

/* registry: of the models whose names are shown; what else clients call a model is not. NULL when
 * memory is short. */
struct registry;
struct metrics *metrics_new(struct registry *registry);
void metrics_free(struct metrics *metrics);

/* Counts a request. Thread-safe, and quick. */
void metrics_count(struct metrics *metrics, const struct call_account *account, unsigned status,
		   double seconds);

/* All series, sorted by protocol, api, model and status, in an array for the caller to free(). NULL
 * when memory is short. */
const struct series **metrics_list(struct metrics *metrics, size_t *n_ret);

/* How many of the durations are at most seconds, which is one of the edges. */
uint64_t metrics_up_to(const struct metrics *metrics, const struct durations *durations,
		       double seconds);

/* How many there are. */
uint64_t metrics_total(const struct durations *durations);

#endif
