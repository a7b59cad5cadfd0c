/* progress.h - a line of progress on stderr, if that is a terminal. */
#ifndef CLI_COMMON_PROGRESS_H
#define CLI_COMMON_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool shown;        /* stderr is a terminal, -q was not given, TERM is not "dumb" */
	const char *unit;  /* "images" */
	uint64_t n_before; /* of these, done before the start */
	double started;    /* seconds of the monotonic clock */
	double drawn;      /* when the line was drawn last */
	bool dirty;        /* a line is on the terminal */
};

/* Seconds of the monotonic clock. */
double seconds_now(void);

/* n per second; 0 if the clock stood still */
uint64_t a_second(uint64_t n, double seconds);

void progress_start(struct progress *progress, const char *unit, bool quiet);

/* Call it after progress_start() in a command that Ctrl-C simply ends: removes the line then. */
void progress_end_on_interrupt(const struct progress *progress);

/* Draws "12,345 of 116,323 images, 23,456 a second, 4 s left", at most ten times a second; total 0:
 * unknown. */
void progress_update(struct progress *progress, uint64_t n_done, uint64_t total);

/* Removes the line. Call it before printing anything else on stderr, and at the end. */
void progress_clear(struct progress *progress);

/* Removes any line before a thread without access to it prints. It returns with the next update. */
void progress_make_way(void);

#endif
