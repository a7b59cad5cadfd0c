/*
 * deadlines.h - closes connections that take too long.
 *
 * The HTTP library's own timeout starts again with every byte. Here a connection has a deadline for
 * what it is expected to do; a thread shuts down the socket of one that is late, and the library
 * then sees its end.
 */
#ifndef CLI_SERVE_DEADLINES_H
#define CLI_SERVE_DEADLINES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deadlines;

/* A connection. Its owner allocates it, and touches nothing inside. */
struct deadline {
	int fd;
	atomic_uint_least64_t at; /* milliseconds of the monotonic clock; UINT64_MAX: never */
	atomic_bool is_idle;
	struct deadline *next, *previous;
};

/* NULL if its thread cannot be started. */
struct deadlines *deadlines_start(void);
void deadlines_stop(struct deadlines *deadlines);

/* Adds the connection of a socket, and removes it; before the socket is closed. */
void deadline_add(struct deadlines *deadlines, struct deadline *deadline, int fd,
		  uint64_t milliseconds);
void deadline_remove(struct deadlines *deadlines, struct deadline *deadline);

/* From now on the connection has so many milliseconds; UINT64_MAX: no end. is_idle: no request is
 * under way. */
void deadline_set(struct deadlines *deadlines, struct deadline *deadline, uint64_t milliseconds,
		  bool is_idle);

/* From now on, idle connections are closed after so many milliseconds. */
void deadlines_hurry(struct deadlines *deadlines, uint64_t milliseconds);

#endif
