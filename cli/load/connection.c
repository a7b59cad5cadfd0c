/*
 * connection.c - one connection of a client that never waits.
 *
 * It is registered once, for changes (EPOLLET), and so costs no call to change what it waits for.
 * In return, what is there must be read until nothing is left or the response is complete.
 */
#include "connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

/* A response to one image fits in. */
#define FIRST_CAPACITY (16 << 10)

/* ---------------------------------------------------------------------- sending */

/* Sends as much as the socket takes. False: the connection is lost, and failure says why. */
static bool send_rest(struct connection *connection)
{
	while (connection->n_sent < connection->request_nbytes) {
		const ssize_t n = send(connection->fd, connection->request + connection->n_sent,
				       connection->request_nbytes - connection->n_sent,
				       MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0) {
			connection->n_sent += (size_t)n;
			connection->n_out += (uint64_t)n;
		} else if (errno != EINTR) {
			connection->failure = errno;
			return errno == EAGAIN;
		}
	}
	return true;
}

static bool open_socket(struct connection *connection, const struct server_address *address,
			int epoll_fd, uint64_t key)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
				    .data.u64 = key};
	const int on = 1;

	connection->was_used = false;
	connection->state = CONNECTION_OPENING;
	connection->fd =
		socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (connection->fd < 0)
		return false;
	/* A socket of the file system has no such option. */
	setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, connection->fd, &event) < 0)
		return false;
	if (connect(connection->fd, (const struct sockaddr *)&address->storage, address->nbytes) ==
	    0)
		connection->state = CONNECTION_OPEN;
	return connection->state == CONNECTION_OPEN || errno == EINPROGRESS;
}

enum connection_progress connection_send(struct connection *connection,
					 const struct server_address *address, int epoll_fd,
					 uint64_t key, const char *request, size_t nbytes)
{
	connection->request = request;
	connection->request_nbytes = nbytes;
	connection->n_sent = 0;
	connection->n_received = 0;
	connection->response = (struct http_response){0};
	connection->failure = 0;
	if (connection->fd < 0 && !open_socket(connection, address, epoll_fd, key)) {
		connection->failure = errno;
		return CONNECTION_REFUSED;
	}
	if (connection->state == CONNECTION_OPENING)
		return CONNECTION_WAITS;
	connection->state = CONNECTION_BUSY;
	/* If the server is gone, what it sent before may still be there. */
	return send_rest(connection) ? CONNECTION_WAITS : connection_go_on(connection);
}

/* -------------------------------------------------------------------- receiving */

static bool make_room(struct connection *connection)
{
	const size_t capacity = connection->capacity ? 2 * connection->capacity : FIRST_CAPACITY;
	char *received;

	if (connection->n_received < connection->capacity)
		return true;
	received = realloc(connection->received, capacity);
	if (!received)
		return false;
	connection->received = received;
	connection->capacity = capacity;
	return true;
}

enum received { RECEIVED_SOME, RECEIVED_NONE, RECEIVED_END, RECEIVED_LOST };

/* Reads what is there, up to a full buffer. */
static enum received receive(struct connection *connection)
{
	ssize_t n;

	if (!make_room(connection)) {
		connection->failure = ENOMEM;
		return RECEIVED_LOST;
	}
	do
		n = recv(connection->fd, connection->received + connection->n_received,
			 connection->capacity - connection->n_received, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		connection->n_received += (size_t)n;
		connection->n_in += (uint64_t)n;
		return RECEIVED_SOME;
	}
	if (n < 0 && errno != EAGAIN)
		connection->failure = errno;
	return n == 0 ? RECEIVED_END : errno == EAGAIN ? RECEIVED_NONE : RECEIVED_LOST;
}

/* Reads until the response is complete or nothing more is there. */
static enum connection_progress receive_all(struct connection *connection)
{
	for (;;) {
		const enum received received = receive(connection);
		enum http_progress progress;

		if (received == RECEIVED_NONE)
			return CONNECTION_WAITS;
		if (received == RECEIVED_LOST)
			return CONNECTION_LOST;
		progress = http_response_read(&connection->response, connection->received,
					      connection->n_received, received == RECEIVED_END);
		if (progress == HTTP_BAD)
			return received == RECEIVED_END ? CONNECTION_LOST : CONNECTION_BROKEN;
		if (progress == HTTP_DONE)
			return CONNECTION_ANSWERED;
	}
}

static enum connection_progress finish_opening(struct connection *connection)
{
	socklen_t nbytes = sizeof(connection->failure);

	if (getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &connection->failure, &nbytes) < 0)
		connection->failure = errno;
	if (connection->failure)
		return CONNECTION_REFUSED;
	connection->state = CONNECTION_BUSY;
	return CONNECTION_WAITS;
}

enum connection_progress connection_go_on(struct connection *connection)
{
	enum connection_progress progress = CONNECTION_WAITS;
	bool was_sent = true;

	if (connection->state == CONNECTION_OPENING)
		progress = finish_opening(connection);
	if (progress != CONNECTION_WAITS)
		return progress;
	if (connection->n_sent < connection->request_nbytes)
		was_sent = send_rest(connection);
	/* A server may answer before it has read all, and close. */
	progress = receive_all(connection);
	if (progress == CONNECTION_WAITS && !was_sent)
		progress = CONNECTION_LOST;
	if (progress != CONNECTION_ANSWERED)
		return progress;
	connection->was_used = true;
	connection->state = CONNECTION_OPEN;
	if (connection->n_sent < connection->request_nbytes)
		connection->response.keeps_alive = false;
	return progress;
}

/* ---------------------------------------------------------------------- closing */

void connection_close(struct connection *connection)
{
	if (connection->fd >= 0)
		close(connection->fd);
	connection->fd = -1;
	connection->state = CONNECTION_CLOSED;
}

void connection_release(struct connection *connection)
{
	connection_close(connection);
	free(connection->received);
}
