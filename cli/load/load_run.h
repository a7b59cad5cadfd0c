/* load_run.h - one run against a server, and its result. */
#ifndef CLI_LOAD_LOAD_RUN_H
#define CLI_LOAD_LOAD_RUN_H

#include "measurement.h"
#include "service.h"

/* What all runs have in common. */
struct load_settings {
	struct load_images images;
	const struct emnist_labels *labels; /* of the model's classes; NULL: EMNIST's */
	const char *unix_path, *input_name;
	const char *header; /* lines of every request */
	uint64_t n_connections;
	bool keeps_alive;
	bool is_once;        /* every image once */
	uint64_t n_requests; /* 0: any number */
	double seconds;      /* 0: no limit */
	double warm_up, rate, timeout;
	uint64_t n_threads; /* that encode images; 0: one per processor */
	bool quiet;
};

struct load_run {
	const char *name; /* NULL: that of the protocol */
	const char *url;
	const struct protocol *protocol; /* NULL: guessed by load_run() */
	size_t batch;
	struct measurement measurement;
};

/* What a run is called, once it was measured. */
static inline const char *load_run_name(const struct load_run *run)
{
	return run->name ? run->name : run->protocol->name;
}

/* Measures. Prints an error and returns false if the server cannot be asked at all; after a signal,
 * the measurement is that of the time before. */
bool load_run(struct load_run *run, struct load_settings *settings);

#endif
