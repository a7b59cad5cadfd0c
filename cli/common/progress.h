/*
 * progress.h - a line on stderr that says how far the work is, where stderr is a terminal.
 */
#ifndef CLI_COMMON_PROGRESS_H
#define CLI_COMMON_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool shown;        /* stderr is a terminal, -q was not given, TERM is not "dumb" */
	const char *unit;  /* "images" */
	uint64_t n_before; /* of what is done, what was done before the start */
	double started;    /* seconds of the monotonic clock */
	double drawn;      /* when the line was drawn last */
	bool dirty;        /* a line stands on the terminal */
};

/* Seconds of the monotonic clock. */
double seconds_now(void);

/* How many of n that is in one second; 0 where the clock stood still. */
uint64_t a_second(uint64_t n, double seconds);

void progress_start(struct progress *progress, const char *unit, bool quiet);

/* To be called after progress_start() by a command that Ctrl-C simply ends: it takes the line
 * along. */
void progress_end_on_interrupt(const struct progress *progress);

/* Draws "12,345 of 116,323 images, 23,456 a second, 4 s left", at most ten times a second; total 0:
 * not known. */
void progress_update(struct progress *progress, uint64_t n_done, uint64_t total);

/* Removes the line. To be called before anything else is printed on stderr, and at the end. */
void progress_clear(struct progress *progress);

/* Removes the line, if there is one, before something is printed by a thread that knows nothing of
 * it. It comes back with the next update. */
void progress_make_way(void);

#endif
