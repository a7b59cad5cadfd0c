/* server.h - what all parts of a running server share. */
#ifndef CLI_SERVE_SERVER_H
#define CLI_SERVE_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What strangers may ask for. All are above zero. */
struct serve_limits {
	uint64_t body_nbytes; /* of a request, as sent and after Content-Encoding */
	uint64_t head_nbytes; /* of a request: its line and headers */
	uint64_t n_images;    /* in a request */
	uint64_t n_pixels;    /* of an image */
	uint64_t n_connections;
	uint64_t n_in_flight;   /* complete requests that are being answered */
	uint64_t memory_nbytes; /* of all bodies */
	uint64_t head_seconds, body_seconds, idle_seconds;
};

struct call;

struct server {
	void (*answer)(struct call *call); /* fills in the response, or defers the call */
	struct serve_limits limits;
	struct registry *registry;
	struct workers *workers;
	struct readers *readers;
	struct parsers *parsers;
	struct metrics *metrics;
	struct access *access;
	struct access_log *log;                                /* NULL: none */
	int64_t start_time;                                    /* seconds since 1970 */
	atomic_size_t n_connections, n_in_flight, held_nbytes; /* now: see the limits */
	atomic_bool draining; /* the server is about to end: not ready any more */
	atomic_bool ending;   /* the time to answer what is in flight is over */
};

#endif
