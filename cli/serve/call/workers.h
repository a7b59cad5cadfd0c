/* workers.h - threads for long work: calls that were deferred, and parts of large ones. */
#ifndef CLI_SERVE_WORKERS_H
#define CLI_SERVE_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

struct workers;

/* n threads, 1..1024; NULL if they cannot be started. */
struct workers *workers_start(unsigned n);

/* Runs what was submitted to its end, then ends the threads. Other threads may still submit and
 * share. NULL is accepted. */
void workers_stop(struct workers *workers);

/* After workers_stop(), when no thread uses them any more. NULL is accepted. */
void workers_free(struct workers *workers);

struct work {
	void (*run)(void *context);
	void *context;
	struct work *next; /* of the queue */
};

/* Runs the work on a worker; false after workers_stop(). *work must live until run() is called. */
bool workers_submit(struct workers *workers, struct work *work);

/* Calls part(context, i) for 0 <= i < n, each once, on the caller's thread and on idle workers, and
 * returns when all have returned; after workers_stop(), all on the caller's. */
void workers_share(struct workers *workers, size_t n, void (*part)(void *context, size_t i),
		   void *context);

#endif
