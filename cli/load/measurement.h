/* measurement.h - the results of a run. */
#ifndef CLI_LOAD_MEASUREMENT_H
#define CLI_LOAD_MEASUREMENT_H

#include "histogram.h"

#include <stdbool.h>
#include <stddef.h>

enum failure_kind {
	FAILED_CONNECT,    /* no connection */
	FAILED_CONNECTION, /* it was lost in the middle */
	FAILED_TIMEOUT,
	FAILED_STATUS, /* the HTTP status is not 200 */
	FAILED_ANSWER, /* not HTTP, or not what the protocol answers */
	FAILED_UNSENT, /* due at this rate, but all connections were busy to the end */
	N_FAILURE_KINDS,
};

/* "connect", ... */
extern const char *const failure_names[N_FAILURE_KINDS];

#define FAILURE_NBYTES 256

struct failure {
	uint64_t n;
	char first[FAILURE_NBYTES]; /* what the first of them was */
};

/* {0} is empty. */
struct measurement {
	struct histogram latency; /* of answered requests, and of what unsent ones have waited */
	uint64_t n_requests, n_images; /* answered */
	uint64_t n_graded, n_correct;  /* images of known class */
	struct failure failures[N_FAILURE_KINDS];
	uint64_t n_connections; /* that were opened */
	uint64_t n_bytes_out, n_bytes_in;
	double seconds;
	double processor_seconds; /* of this program */
	bool gave_up;             /* the server could not be reached any more */
};

void failure_add(struct measurement *measurement, enum failure_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Of all kinds. */
uint64_t failure_count(const struct measurement *measurement);

/* n in the time of the measurement. */
double measured_per_second(const struct measurement *measurement, uint64_t n);

/* NaN: no class is known. */
double measured_accuracy(const struct measurement *measurement);

#endif
