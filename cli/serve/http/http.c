/*
 * http.c - HTTP/1.1 on libmicrohttpd: from sockets to calls and back.
 *
 * The library calls handle_request() for a request when its head is there, for each piece of its
 * body, and when the body is complete. What runs quickly is answered there, on the thread of the
 * connection; anything else suspends the connection and is answered by a worker.
 *
 * What the library is too lenient about is checked here: heads that two programs may read
 * differently (request smuggling), and time, see deadlines.h.
 */
#include "http.h"
#include "../../../lib/base/library.h"
#include "../../common/messages.h"
#include "../../common/progress.h"
#include "listening.h"
#include "transaction.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIBRARY "libmicrohttpd.so.12"

/* Connections beyond the limit that get an answer which says so. */
#define SPARE_CONNECTIONS 64

/* An idle connection of a server that ends. */
#define LAST_MILLISECONDS 500

/* Connections that are being made when the server ends have come after this time without any. */
#define LAST_CONNECTION_MILLISECONDS 100

/* Or after this time, where new ones could not be refused and go on coming. */
#define LAST_CONNECTIONS_SECONDS 1

/* Of a connection's memory, what the library needs beside the head. */
#define POOL_NBYTES 1024

LIBRARY_NOTE("http", "emnist serve", "recommended", LIBRARY_NAME(LIBRARY));

#define FUNCTIONS(F)                                                                               \
	F(MHD_add_connection)                                                                      \
	F(MHD_add_response_header)                                                                 \
	F(MHD_create_response_from_buffer)                                                         \
	F(MHD_destroy_response)                                                                    \
	F(MHD_get_connection_info)                                                                 \
	F(MHD_get_connection_values_n)                                                             \
	F(MHD_get_version)                                                                         \
	F(MHD_lookup_connection_value)                                                             \
	F(MHD_queue_response)                                                                      \
	F(MHD_quiesce_daemon)                                                                      \
	F(MHD_resume_connection)                                                                   \
	F(MHD_start_daemon)                                                                        \
	F(MHD_stop_daemon)                                                                         \
	F(MHD_suspend_connection)

static struct {
	FUNCTIONS(LIBRARY_MEMBER)
} library;

/* It pulls in a library for TLS, which takes longer to load than an image to classify. */
static enum emnist_status load_library(struct emnist_error *error)
{
	static const struct library_function list[] = {
#define FUNCTION(name) {LIBRARY_FUNCTION(name, library)},
		FUNCTIONS(FUNCTION)
#undef FUNCTION
	};
	static struct library file =
		LIBRARY_INIT(LIBRARY, "libmicrohttpd12", "'emnist serve' needs", list);

	return library_open(&file, error);
}

struct http {
	struct server *server;
	struct MHD_Daemon *daemon;
	struct deadlines *deadlines;
	int listen_fd;
	int quiet_fd;   /* the same, when nothing is accepted any more; else -1 */
	bool is_shared; /* the socket */
};

struct connection {
	struct http *http;
	struct deadline deadline;
};

/* --------------------------------------------------------------- connections */

static void notice_connection(void *context, struct MHD_Connection *handle, void **connection_ret,
			      enum MHD_ConnectionNotificationCode code)
{
	struct http *http = context;
	struct connection *connection = *connection_ret;
	const union MHD_ConnectionInfo *info =
		library.MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		connection = calloc(1, sizeof(*connection));
		*connection_ret = connection;
		if (!connection)
			return;
		connection->http = http;
		deadline_add(http->deadlines, &connection->deadline, info->connect_fd,
			     1000 * http->server->limits.head_seconds);
		atomic_fetch_add(&http->server->n_connections, 1);
	} else if (connection) {
		deadline_remove(http->deadlines, &connection->deadline);
		free(connection);
		atomic_fetch_sub(&http->server->n_connections, 1);
	}
}

/* A request begins: its line was read, and nothing is checked yet. */
static void *begin(void *context, const char *target, struct MHD_Connection *handle)
{
	struct http *http = context;
	struct connection *connection =
		library.MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
			->socket_context;
	const union MHD_ConnectionInfo *address =
		library.MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct transaction *t = transaction_begin(
		http->server, http->deadlines, connection ? &connection->deadline : NULL, target);

	if (t && address)
		t->call.request.client = address->client_addr;
	return t;
}

static void end(void *context, struct MHD_Connection *handle, void **transaction,
		enum MHD_RequestTerminationCode code)
{
	(void)context;
	(void)handle;
	(void)code;
	if (*transaction)
		transaction_end(*transaction);
	*transaction = NULL;
}

/* ------------------------------------------------------------------- response */

static struct MHD_Response *make_response(struct response *response)
{
	const struct text body = response->body;

	if (response->constant)
		return library.MHD_create_response_from_buffer(
			response->constant_nbytes, (void *)(uintptr_t)response->constant,
			MHD_RESPMEM_PERSISTENT);
	response->body = (struct text){0};
	return library.MHD_create_response_from_buffer(body.nbytes, body.bytes,
						       MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result respond(struct transaction *t, struct MHD_Connection *handle)
{
	struct response *response = &t->call.response;
	struct MHD_Response *mhd_response;
	enum MHD_Result result;
	size_t nbytes;

	if (response->body.failed)
		call_fail(&t->call, 500, "out of memory");
	nbytes = response->constant ? response->constant_nbytes : response->body.nbytes;
	mhd_response = make_response(response);
	if (!mhd_response)
		return MHD_NO;
	if (response->content_type)
		library.MHD_add_response_header(mhd_response, MHD_HTTP_HEADER_CONTENT_TYPE,
						response->content_type);
	for (size_t i = 0; i < response->n_headers; i++)
		library.MHD_add_response_header(mhd_response, response->headers[i].name,
						response->headers[i].value);
	if (response->close || atomic_load(&t->call.server->draining))
		library.MHD_add_response_header(mhd_response, MHD_HTTP_HEADER_CONNECTION, "close");
	result = library.MHD_queue_response(handle, response->status, mhd_response);
	if (result == MHD_YES)
		transaction_answered(t, nbytes);
	library.MHD_destroy_response(mhd_response);
	return result;
}

/* ----------------------------------------------------------------------- head */

/*
 * Whether a header was sent on one line, without a zero byte. Up to version 0.9.75 the library
 * takes a value to end at a zero byte, and joins lines. There a value lies behind its name, in the
 * bytes as received, and CR and LF behind it have become zeros.
 */
static bool is_plain_line(const char *name, size_t name_nbytes, const char *value,
			  size_t value_nbytes)
{
	const char *p = name + name_nbytes + 1;

	if (strcmp(library.MHD_get_version(), "0.9.75") > 0)
		return true;
	while (p < value && (*p == ' ' || *p == '\t'))
		p++;
	return p == value && value[value_nbytes + 1] == '\0';
}

static enum MHD_Result add_header(void *context, enum MHD_ValueKind kind, const char *name,
				  size_t name_nbytes, const char *value, size_t value_nbytes)
{
	struct head *head = context;

	(void)kind;
	if (!is_plain_line(name, name_nbytes, value, value_nbytes))
		head->has_bad_value = true;
	head_add(head, name, name_nbytes, value, value_nbytes);
	return MHD_YES;
}

static const char *find_header(void *handle, const char *name)
{
	return library.MHD_lookup_connection_value(handle, MHD_HEADER_KIND, name);
}

static enum transaction_step take_head(struct transaction *t, struct MHD_Connection *handle,
				       const char *method, const char *version)
{
	struct head head = {0};

	t->call.request.headers = handle;
	t->call.request.find_header = find_header;
	library.MHD_get_connection_values_n(handle, MHD_HEADER_KIND, add_header, &head);
	head_check(&head, version);
	return transaction_take_head(t, method, &head);
}

/* -------------------------------------------------------------------- requests */

static void work(void *context)
{
	struct transaction *t = context;

	transaction_work(t);
	library.MHD_resume_connection(t->call.request.headers);
}

static enum MHD_Result step(struct transaction *t, struct MHD_Connection *handle,
			    enum transaction_step step)
{
	switch (step) {
	case TRANSACTION_READ:
		break;
	case TRANSACTION_RESPOND:
		return respond(t, handle);
	case TRANSACTION_DEFER:
		t->work = (struct work){.run = work, .context = t};
		library.MHD_suspend_connection(handle);
		if (!workers_submit(t->call.server->workers, &t->work)) {
			transaction_give_up(t);
			library.MHD_resume_connection(handle);
		}
		break;
	}
	return MHD_YES;
}

static enum MHD_Result handle_request(void *context, struct MHD_Connection *handle, const char *url,
				      const char *method, const char *version, const char *body,
				      size_t *nbytes, void **transaction)
{
	struct transaction *t = *transaction;

	(void)context;
	(void)url;
	if (!t)
		return MHD_NO;
	/* At the end of the server the library may ask once more. */
	if (t->stage == STAGE_ANSWERED)
		return MHD_YES;
	if (t->stage == STAGE_HEAD)
		return step(t, handle, take_head(t, handle, method, version));
	if (*nbytes == 0)
		return step(t, handle, transaction_answer(t));
	transaction_take(t, body, *nbytes);
	*nbytes = 0;
	return MHD_YES;
}

/* --------------------------------------------------------------------- server */

/* Targets are decoded by routes, which know what their parts mean. */
static size_t keep_escapes(void *context, struct MHD_Connection *handle, char *text)
{
	(void)context;
	(void)handle;
	return strlen(text);
}

static struct MHD_Daemon *start_daemon(struct http *http, unsigned n_threads)
{
	const struct serve_limits *limits = &http->server->limits;
	const struct MHD_OptionItem options[] = {
		{MHD_OPTION_LISTEN_SOCKET, http->listen_fd, NULL},
		{MHD_OPTION_THREAD_POOL_SIZE, n_threads > 1 ? (intptr_t)n_threads : 0, NULL},
		/* Each thread gets an equal part of it; all connections may come to one. */
		{MHD_OPTION_CONNECTION_LIMIT,
		 (intptr_t)((limits->n_connections + SPARE_CONNECTIONS) * n_threads), NULL},
		{MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)(limits->head_nbytes + POOL_NBYTES),
		 NULL},
		{MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
		{MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)notice_connection, http},
		{MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)end, http},
		{MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)begin, http},
		{MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_escapes, NULL},
		{MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL},
		{MHD_OPTION_END, 0, NULL},
	};

	return library.MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL,
		NULL, handle_request, http, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

struct http *http_start(struct server *server, int listen_fd, bool is_shared, unsigned n_threads)
{
	struct http *http = NULL;
	struct emnist_error error;

	if (load_library(&error)) {
		close(listen_fd);
		complain("%s", error.message);
		return NULL;
	}
	http = calloc(1, sizeof(*http));
	if (http) {
		http->server = server;
		http->listen_fd = listen_fd;
		http->quiet_fd = -1;
		http->is_shared = is_shared;
		http->deadlines = deadlines_start();
		http->daemon = http->deadlines ? start_daemon(http, n_threads) : NULL;
		if (http->daemon)
			return http;
		if (http->deadlines)
			deadlines_stop(http->deadlines);
		free(http);
	}
	close(listen_fd);
	complain("the server cannot be started: %s", errno ? strerror(errno) : "out of memory");
	return NULL;
}

void http_quiesce(struct http *http)
{
	struct pollfd waiting = {.fd = library.MHD_quiesce_daemon(http->daemon), .events = POLLIN};
	const double end = seconds_now() + LAST_CONNECTIONS_SECONDS;
	struct sockaddr_storage address;
	int fd;

	if (!http->is_shared)
		listening_refuse(waiting.fd);
	while (!http->is_shared && seconds_now() < end &&
	       poll(&waiting, 1, LAST_CONNECTION_MILLISECONDS) > 0) {
		socklen_t nbytes = sizeof(address);

		fd = accept4(waiting.fd, (struct sockaddr *)&address, &nbytes,
			     SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			break;
		library.MHD_add_connection(http->daemon, fd, (struct sockaddr *)&address, nbytes);
	}
	/* Threads of the library may still have it among what they wait for, and end the program if
	 * it is not there any more. */
	if (!http->is_shared)
		shutdown(waiting.fd, SHUT_RDWR);
	http->quiet_fd = waiting.fd;
	deadlines_hurry(http->deadlines, LAST_MILLISECONDS);
}

void http_stop(struct http *http)
{
	library.MHD_stop_daemon(http->daemon);
	if (http->quiet_fd >= 0)
		close(http->quiet_fd);
	deadlines_stop(http->deadlines);
	free(http);
}
