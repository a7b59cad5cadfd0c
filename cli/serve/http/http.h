/*
 * http.h - HTTP/1.1: from sockets to calls and back.
 *
 * http.c alone includes the HTTP library.
 */
#ifndef CLI_SERVE_HTTP_H
#define CLI_SERVE_HTTP_H

#include "../call/server.h"

struct http;

/* Serves the connections of a listening socket, which it owns from now on, with n_threads threads.
 * is_shared: others have the socket, too, and will serve it later. Prints an error and returns NULL
 * on failure. */
struct http *http_start(struct server *server, int listen_fd, bool is_shared, unsigned n_threads);

/* Accepts no further connections; those that wait already are served, or stay with a shared socket.
 * Answers from now on close
 * their connection, and idle connections are closed soon. */
void http_quiesce(struct http *http);

/* Closes all connections, and ends the threads. */
void http_stop(struct http *http);

#endif
