/* connection.h - one connection of a client that never waits: requests out, responses in. */
#ifndef CLI_LOAD_CONNECTION_H
#define CLI_LOAD_CONNECTION_H

#include "http_response.h"
#include "server_url.h"

/* Whose events wake the connection: level 0 is no event. */
enum connection_state {
	CONNECTION_CLOSED,
	CONNECTION_OPENING,
	CONNECTION_OPEN, /* no request is on its way */
	CONNECTION_BUSY,
};

enum connection_progress {
	CONNECTION_WAITS,    /* for the next event */
	CONNECTION_ANSWERED, /* response and body are there */
	CONNECTION_REFUSED,  /* it could not be opened; failure is errno */
	CONNECTION_LOST,     /* in the middle of a request; failure is errno, or 0: closed */
	CONNECTION_BROKEN,   /* not HTTP: response.error */
};

/* {.fd = -1} is closed. */
struct connection {
	int fd;
	enum connection_state state;
	bool was_used; /* a response came over it */
	int failure;
	const char *request;
	size_t request_nbytes, n_sent;
	char *received;
	size_t n_received, capacity;
	struct http_response response;
	uint64_t n_in, n_out; /* bytes, over all requests */
};

/* Sends a request, whose bytes must stay until it is answered, over a connection that is opened if
 * necessary and registered with the epoll descriptor under `key`. */
enum connection_progress connection_send(struct connection *connection,
					 const struct server_address *address, int epoll_fd,
					 uint64_t key, const char *request, size_t nbytes);

/* After an event: goes on. */
enum connection_progress connection_go_on(struct connection *connection);

/* Keeps the memory. */
void connection_close(struct connection *connection);
void connection_release(struct connection *connection);

/* The body of the response. */
static inline const char *connection_body(const struct connection *connection)
{
	return connection->received + connection->response.body_at;
}

#endif
