/*
 * ordered.h - work in three stages: produce() fills slots in order, n_workers threads work() on
 * them in any order, and consume() gets them in the order produced.
 *
 * At most n_slots slots are in use at once: memory is bounded, and a slow consumer slows the
 * producer. produce() runs on its own thread, consume() on the caller's. With in_turn all three run
 * on the caller's thread, slot by slot: for work done before threads start.
 */
#ifndef BASE_ORDERED_H
#define BASE_ORDERED_H

#include "error.h"

struct ordered_options {
	unsigned n_workers; /* 1..1024 */
	unsigned n_slots;   /* default 4 x n_workers */
	bool in_turn;       /* then n_workers and n_slots are 1; default: with threads */
	void *context;      /* handed to every function */

	/* Create and free the content of a slot and of a worker, on the caller's thread, before and
	 * after all work. NULL from a make function ends the run with EMNIST_ERR_MEMORY. */
	size_t slot_nbytes; /* instead of slot_make and slot_free: so much zeroed memory a slot */
	void *(*slot_make)(void *context);
	void (*slot_free)(void *context, void *slot);
	void *(*worker_make)(void *context);
	void (*worker_free)(void *context, void *worker);

	/* True: the slot holds work. False: the input has ended (or failed: the context knows), and
	 * produce() is not called again. */
	bool (*produce)(void *context, void *slot);
	void (*work)(void *context, void *worker, void *slot);
	/* False: stop; slots in use are dropped. */
	bool (*consume)(void *context, void *slot);
};

/* Returns EMNIST_OK at the end of the input, EMNIST_ERR_STOPPED if consume() stopped it. If
 * produce() is blocked in a system call then, waits for it. */
enum emnist_status ordered_run(const struct ordered_options *options, struct emnist_error *error);

#endif
