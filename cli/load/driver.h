/* driver.h - sends requests over several connections at once and measures the answers. */
#ifndef CLI_LOAD_DRIVER_H
#define CLI_LOAD_DRIVER_H

#include "connection.h"
#include "measurement.h"
#include "requests.h"

struct load_plan {
	struct server_address address;
	struct requests *requests;
	size_t n_connections;
	bool keeps_alive;
	double rate;    /* requests per second; 0: the next one when one is answered */
	double timeout; /* seconds */
	/* Checks the response to request `index`, whose status is 200, and counts what it answers.
	 * False: *error says what is wrong with it. */
	bool (*judge)(void *context, size_t index, const struct http_response *response,
		      const char *body, struct measurement *measurement,
		      struct emnist_error *error);
	/* Called now and then. */
	void (*progress)(void *context, const struct measurement *measurement);
	void *context;
};

/* A set of connections. */
struct driver;

/* Prints an error and returns NULL on failure. The plan must outlive the driver. */
struct driver *driver_new(const struct load_plan *plan);
void driver_free(struct driver *driver);

/* Measures n_requests requests (0: any number) within `seconds` (0: any time), or until a signal
 * comes; adds to *measurement. Requests that were sent in time are waited for. Connections stay
 * open for the next run. */
void driver_run(struct driver *driver, uint64_t n_requests, double seconds,
		struct measurement *measurement);

#endif
