/*
 * ordered.h - work in three stages: produce() fills slots one after the other, n_workers threads
 * work() on them in any order, consume() takes them in the order in which they were produced.
 *
 * At most n_slots slots are under way at once, so that memory is bounded and a slow consumer slows
 * the producer. produce() runs on a thread of its own, consume() on the caller's. With in_turn all
 * three run on the caller's, one slot after the other: for work that is done before threads start.
 */
#ifndef BASE_ORDERED_H
#define BASE_ORDERED_H

#include "error.h"

struct ordered_options {
	unsigned n_workers; /* 1..1024 */
	unsigned n_slots;   /* default 4 x n_workers */
	bool in_turn;       /* n_workers and n_slots are 1 then; default: with threads */
	void *context;      /* handed to every function */

	/* Makes and frees what a slot holds, and what a worker holds; called from the caller's
	 * thread before and after all work. NULL from a make function ends the run with
	 * EMNIST_ERR_MEMORY. */
	void *(*slot_make)(void *context);
	void (*slot_free)(void *context, void *slot);
	void *(*worker_make)(void *context);
	void (*worker_free)(void *context, void *worker);

	/* True: the slot holds work. False: the input is at its end (or failed: the context
	 * knows), and produce() is not called again. */
	bool (*produce)(void *context, void *slot);
	void (*work)(void *context, void *worker, void *slot);
	/* False: no more is wanted; slots under way are dropped. */
	bool (*consume)(void *context, void *slot);
};

/* Returns EMNIST_OK at the end of the input, EMNIST_ERR_STOPPED when consume() said so. A produce()
 * that is blocked in a system call when consume() stops is waited for. */
enum emnist_status ordered_run(const struct ordered_options *options, struct emnist_error *error);

#endif
