/*
 * http.c - HTTP/1.1 on libmicrohttpd: from sockets to calls and back.
 *
 * The library calls handle() for a request when its head is there, for each piece of its body, and
 * when the body is complete. What runs quickly is answered there, on the thread of the connection;
 * anything else suspends the connection and is answered by a worker.
 *
 * What the library is too lenient about is checked here: heads that two programs may read
 * differently (request smuggling), and time, see deadlines.h.
 */
#include "http.h"
#include "../../lib/base/library.h"
#include "../../lib/base/memory.h"
#include "../common/messages.h"
#include "../common/progress.h"
#include "content_encoding.h"
#include "deadlines.h"
#include "head.h"
#include "listening.h"
#include "metrics.h"
#include "routes.h"
#include "workers.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIBRARY "libmicrohttpd.so.12"

/* Requests with a larger body go to a worker at once. */
#define QUICK_NBYTES 65536

/* Connections beyond the limit that get an answer which says so. */
#define SPARE_CONNECTIONS 64

/* What metrics say of a request that ended before it was answered, as some proxies do; also of one
 * whose head the library itself refused. */
#define STATUS_ENDED 499

/* An idle connection of a server that ends. */
#define LAST_MILLISECONDS 500

/* Connections that are being made when the server ends have come after this time without any. */
#define LAST_CONNECTION_MILLISECONDS 100

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
#define FUNCTION(name) {#name, &library.name},
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
};

struct connection {
	struct http *http;
	struct deadline deadline;
};

enum stage {
	STAGE_LINE,     /* the request line was read */
	STAGE_BODY,     /* the head was read, and is right */
	STAGE_REFUSED,  /* it is not, but the body is read, so that the client sees the answer */
	STAGE_WORKED,   /* the response is complete */
	STAGE_ANSWERED, /* and queued */
};

/* A request and its response. */
struct exchange {
	struct call call;
	struct http *http;
	struct connection *connection;
	struct MHD_Connection *handle;
	enum stage stage;
	double started; /* the end of its head; before, of its line */
	bool is_in_flight, is_encoded;
	struct buffer body;
	size_t held_nbytes; /* of the memory for all bodies */
	struct work work;
	char target[];
};

const char *request_header(const struct request *request, const char *name)
{
	return library.MHD_lookup_connection_value(request->headers, MHD_HEADER_KIND, name);
}

static uint64_t milliseconds(uint64_t seconds)
{
	return seconds * 1000;
}

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
			     milliseconds(http->server->limits.head_seconds));
		atomic_fetch_add(&http->server->n_connections, 1);
	} else if (connection) {
		deadline_remove(http->deadlines, &connection->deadline);
		free(connection);
		atomic_fetch_sub(&http->server->n_connections, 1);
	}
}

/* A request begins: its line was read, and nothing is checked yet. */
static void *begin_exchange(void *context, const char *target, struct MHD_Connection *handle)
{
	const size_t nbytes = strlen(target) + 1;
	struct exchange *e = calloc(1, sizeof(*e) + nbytes);
	struct http *http = context;

	if (!e)
		return NULL;
	memcpy(e->target, target, nbytes);
	e->http = http;
	e->started = seconds_now();
	e->handle = handle;
	e->connection = library.MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
				->socket_context;
	if (e->connection)
		deadline_set(http->deadlines, &e->connection->deadline,
			     milliseconds(http->server->limits.head_seconds), false);
	return e;
}

static void count(const struct exchange *e, unsigned status)
{
	metrics_count(e->http->server->metrics, &e->call.account, status,
		      seconds_now() - e->started);
}

static void drop_body(struct exchange *e)
{
	buffer_clear(&e->body);
	atomic_fetch_sub(&e->http->server->held_nbytes, e->held_nbytes);
	e->held_nbytes = 0;
}

static void end_exchange(void *context, struct MHD_Connection *handle, void **exchange,
			 enum MHD_RequestTerminationCode code)
{
	struct http *http = context;
	struct exchange *e = *exchange;

	(void)handle;
	(void)code;
	if (!e)
		return;
	if (e->stage != STAGE_ANSWERED)
		count(e, STATUS_ENDED);
	if (e->connection)
		deadline_set(http->deadlines, &e->connection->deadline,
			     milliseconds(http->server->limits.idle_seconds), true);
	if (e->is_in_flight)
		atomic_fetch_sub(&http->server->n_in_flight, 1);
	drop_body(e);
	text_release(&e->call.response.body);
	free(e);
	*exchange = NULL;
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

static enum MHD_Result respond(struct exchange *e)
{
	struct response *response = &e->call.response;
	struct MHD_Response *mhd_response;
	enum MHD_Result result;

	if (response->body.failed)
		call_fail(&e->call, 500, "out of memory");
	mhd_response = make_response(response);
	if (!mhd_response)
		return MHD_NO;
	if (response->content_type)
		library.MHD_add_response_header(mhd_response, MHD_HTTP_HEADER_CONTENT_TYPE,
						response->content_type);
	for (size_t i = 0; i < response->n_headers; i++)
		library.MHD_add_response_header(mhd_response, response->headers[i].name,
						response->headers[i].value);
	if (response->close || atomic_load(&e->http->server->draining))
		library.MHD_add_response_header(mhd_response, MHD_HTTP_HEADER_CONNECTION, "close");
	e->stage = STAGE_ANSWERED;
	if (e->connection)
		deadline_set(e->http->deadlines, &e->connection->deadline,
			     milliseconds(e->http->server->limits.body_seconds), false);
	result = library.MHD_queue_response(e->handle, response->status, mhd_response);
	count(e, response->status);
	library.MHD_destroy_response(mhd_response);
	return result;
}

/* ----------------------------------------------------------------------- body */

/* The library takes no response while a body arrives; so one that is refused is read to its end, or
 * until its time is over. */
static void refuse_body(struct exchange *e, unsigned status, const char *why)
{
	drop_body(e);
	if (status == MHD_HTTP_SERVICE_UNAVAILABLE)
		call_add_header(&e->call, "Retry-After", "1");
	call_fail(&e->call, status, "%s", why);
	e->call.response.close = true;
	e->stage = STAGE_REFUSED;
}

/* Makes room for n bytes more, within the memory for all bodies. */
static bool hold(struct exchange *e, size_t nbytes)
{
	struct server *server = e->http->server;

	if (atomic_fetch_add(&server->held_nbytes, nbytes) + nbytes >
	    server->limits.memory_nbytes) {
		atomic_fetch_sub(&server->held_nbytes, nbytes);
		return false;
	}
	e->held_nbytes += nbytes;
	return buffer_reserve(&e->body, e->body.nbytes + nbytes);
}

static void take_body(struct exchange *e, const char *bytes, size_t nbytes)
{
	const uint64_t limit = e->http->server->limits.body_nbytes;

	if (e->stage == STAGE_REFUSED)
		return;
	if (nbytes > limit - e->body.nbytes) {
		refuse_body(e, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large");
	} else if (!hold(e, nbytes)) {
		refuse_body(e, MHD_HTTP_SERVICE_UNAVAILABLE, "no memory for the body now");
	} else {
		memcpy(e->body.data + e->body.nbytes, bytes, nbytes);
		e->body.nbytes += nbytes;
	}
}

static bool take_decoded(void *context, const void *bytes, size_t nbytes)
{
	struct exchange *e = context;

	take_body(e, bytes, nbytes);
	return e->stage != STAGE_REFUSED;
}

/* Replaces a body that is compressed. One that is damaged becomes empty, as in TensorFlow Serving.
 */
static void decode_body(struct exchange *e)
{
	struct request *request = &e->call.request;
	struct buffer encoded = e->body;
	enum emnist_status status;

	e->body = (struct buffer){0};
	status = content_decode(request, take_decoded, e);
	if (e->stage == STAGE_REFUSED) {
		buffer_clear(&encoded);
		return;
	}
	atomic_fetch_sub(&e->http->server->held_nbytes, encoded.nbytes);
	e->held_nbytes -= encoded.nbytes;
	buffer_clear(&encoded);
	if (status == EMNIST_ERR_UNSUPPORTED) {
		call_add_header(&e->call, "Accept-Encoding", "gzip, deflate");
		refuse_body(e, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE,
			    "this Content-Encoding is not supported (supported: gzip, deflate)");
	} else if (status == EMNIST_ERR_MEMORY) {
		refuse_body(e, MHD_HTTP_SERVICE_UNAVAILABLE, "out of memory");
	} else if (status) {
		drop_body(e);
	}
}

/* -------------------------------------------------------------------- answers */

static void set_body(struct exchange *e)
{
	e->call.request.body = e->body.data ? e->body.data : (const unsigned char *)"";
	e->call.request.body_nbytes = e->body.nbytes;
}

static void work(void *context)
{
	struct exchange *e = context;

	if (e->is_encoded) {
		decode_body(e);
		set_body(e);
	}
	if (e->stage != STAGE_REFUSED)
		routes_answer(&e->call);
	e->stage = STAGE_WORKED;
	library.MHD_resume_connection(e->handle);
}

static enum MHD_Result defer(struct exchange *e)
{
	struct workers *workers = e->http->server->workers;

	e->call.is_quick = false;
	e->work = (struct work){.run = work, .context = e};
	library.MHD_suspend_connection(e->handle);
	workers_submit(workers, &e->work);
	return MHD_YES;
}

static enum MHD_Result answer(struct exchange *e)
{
	struct call *call = &e->call;
	struct server *server = e->http->server;

	set_body(e);
	if (e->connection)
		deadline_set(e->http->deadlines, &e->connection->deadline, UINT64_MAX, false);
	e->is_in_flight = true;
	if (atomic_fetch_add(&server->n_in_flight, 1) >= server->limits.n_in_flight) {
		call_add_header(call, "Retry-After", "1");
		call_fail(call, MHD_HTTP_SERVICE_UNAVAILABLE, "too many requests at once");
		return respond(e);
	}
	e->is_encoded = content_is_encoded(&call->request);
	call->is_quick = e->body.nbytes <= QUICK_NBYTES && !e->is_encoded;
	if (!call->is_quick)
		return defer(e);
	routes_answer(call);
	return call->deferred ? defer(e) : respond(e);
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

static void check_head(struct exchange *e, const char *version, struct head *head)
{
	*head = (struct head){0};
	library.MHD_get_connection_values_n(e->handle, MHD_HEADER_KIND, add_header, head);
	head_check(head, version);
}

static enum MHD_Result refuse(struct exchange *e, const struct head *head, unsigned status,
			      const char *why)
{
	const uint64_t limit = e->http->server->limits.body_nbytes;

	call_fail(&e->call, status, "%s", why);
	e->call.response.close = true;
	/* Closed at once, a client that is still sending would not see the answer. */
	if (head->status || head->expects_continue || head->content_nbytes / 4 > limit)
		return respond(e);
	e->stage = STAGE_REFUSED;
	return MHD_YES;
}

static enum MHD_Result begin(struct exchange *e, const char *method, const char *version)
{
	const struct serve_limits *limits = &e->http->server->limits;
	struct request *request = &e->call.request;
	struct head head;
	const char *mark = strchr(e->target, '?');

	e->call.server = e->http->server;
	request->method = method;
	request->target = e->target;
	request->path_nbytes = mark ? (size_t)(mark - e->target) : strlen(e->target);
	request->query = mark ? mark + 1 : "";
	request->headers = e->handle;
	e->stage = STAGE_BODY;
	e->started = seconds_now();
	if (e->connection)
		deadline_set(e->http->deadlines, &e->connection->deadline,
			     milliseconds(limits->body_seconds), false);
	check_head(e, version, &head);
	if (head.status)
		return refuse(e, &head, head.status, head.why);
	if (atomic_load(&e->http->server->n_connections) > limits->n_connections) {
		call_add_header(&e->call, "Retry-After", "1");
		return refuse(e, &head, MHD_HTTP_SERVICE_UNAVAILABLE, "too many connections");
	}
	if (head.content_nbytes > limits->body_nbytes)
		return refuse(e, &head, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large");
	return MHD_YES;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *handle, const char *url,
			      const char *method, const char *version, const char *body,
			      size_t *nbytes, void **exchange)
{
	struct exchange *e = *exchange;

	(void)context;
	(void)handle;
	(void)url;
	if (!e)
		return MHD_NO;
	if (e->stage == STAGE_LINE)
		return begin(e, method, version);
	if (*nbytes > 0) {
		take_body(e, body, *nbytes);
		*nbytes = 0;
		return MHD_YES;
	}
	return e->stage == STAGE_BODY ? answer(e) : respond(e);
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
		{MHD_OPTION_THREAD_POOL_SIZE, n_threads > 1 ? n_threads : 0, NULL},
		/* Each thread gets an equal part of it; all connections may come to one. */
		{MHD_OPTION_CONNECTION_LIMIT,
		 (intptr_t)((limits->n_connections + SPARE_CONNECTIONS) * n_threads), NULL},
		{MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)(limits->head_nbytes + POOL_NBYTES),
		 NULL},
		{MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
		{MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)notice_connection, http},
		{MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)end_exchange, http},
		{MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)begin_exchange, http},
		{MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_escapes, NULL},
		{MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL},
		{MHD_OPTION_END, 0, NULL},
	};

	return library.MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL,
		NULL, handle, http, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

struct http *http_start(struct server *server, int listen_fd, unsigned n_threads)
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
	struct sockaddr_storage address;
	int fd;

	listening_refuse(waiting.fd);
	while (poll(&waiting, 1, LAST_CONNECTION_MILLISECONDS) > 0) {
		socklen_t nbytes = sizeof(address);

		fd = accept4(waiting.fd, (struct sockaddr *)&address, &nbytes,
			     SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			break;
		library.MHD_add_connection(http->daemon, fd, (struct sockaddr *)&address, nbytes);
	}
	close(waiting.fd);
	deadlines_hurry(http->deadlines, LAST_MILLISECONDS);
}

void http_stop(struct http *http)
{
	library.MHD_stop_daemon(http->daemon);
	deadlines_stop(http->deadlines);
	free(http);
}
