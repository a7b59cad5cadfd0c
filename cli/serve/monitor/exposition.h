/* exposition.h - writes Prometheus' text format, version 0.0.4. */
#ifndef CLI_SERVE_EXPOSITION_H
#define CLI_SERVE_EXPOSITION_H

#include "../../output/text.h"
#include "metrics.h"

#define EXPOSITION_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Begins a metric. type: "counter", "gauge", "histogram"; help NULL: none. */
void exposition_begin(struct text *text, const char *name, const char *type, const char *help);

/* Appends a label to a list of them: NAME="VALUE". The list is empty at first. */
void exposition_label(struct text *labels, const char *name, const char *value);

/* A sample: NAME{LABELS} VALUE. */
void exposition_sample(struct text *text, const char *name, const struct text *labels,
		       double value);

/* Begins a metric, and gives it one sample without labels; a negative value means that there is
 * none. */
void exposition_single(struct text *text, const char *name, const char *type, const char *help,
		       double value);

/* The samples of a histogram: durations added up that have the same labels. */
struct buckets {
	double edges[METRICS_N_ALL_EDGES]; /* (n) in seconds, of all the edges */
	double scale;                      /* what is shown for a second: 1, 1e6 */
	size_t n;
	uint64_t counts[METRICS_N_ALL_EDGES], total; /* up to each edge, and of all */
	double seconds;
};
void buckets_clear(struct buckets *buckets);
void buckets_add(struct buckets *buckets, const struct metrics *metrics,
		 const struct durations *durations);
void buckets_put(struct text *text, const char *name, const struct text *labels,
		 const struct buckets *buckets);

#endif
