/*
 * call.h - a request and its response, as routes see them: no HTTP library, no sockets.
 *
 * A call first runs on the thread of its connection, which serves other connections too. Whoever
 * finds that it will take long defers it: the handler returns, and the call runs again, from its
 * start, on a worker. So a handler must not change anything before its long work.
 */
#ifndef CLI_SERVE_CALL_H
#define CLI_SERVE_CALL_H

#include "../../output/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct server;

struct request {
	const char *method; /* "GET", as sent */
	const char *target; /* as sent: path and query, not decoded */
	const char *query;  /* of target, after its '?'; "" without one */
	size_t path_nbytes; /* of target, before its '?' */
	const void *client; /* struct sockaddr; NULL: unknown */
	const void *body;   /* after Content-Encoding; never NULL */
	size_t body_nbytes;
	/* For request_header(). */
	const char *(*find_header)(void *headers, const char *name);
	void *headers;
};

/* The value of a header, the first of several; NULL without one. name ignores case. */
const char *request_header(const struct request *request, const char *name);

#define RESPONSE_MAX_HEADERS 12
#define RESPONSE_MAX_VALUE   200

struct response {
	unsigned status;          /* 200 */
	const char *content_type; /* constant; NULL: none */
	struct text body;
	const void *constant; /* instead of body, never freed */
	size_t constant_nbytes;
	struct response_header {
		const char *name; /* constant */
		char value[RESPONSE_MAX_VALUE];
	} headers[RESPONSE_MAX_HEADERS];
	size_t n_headers;
	bool close; /* the connection, after this */
};

/* What metrics and the access log say about a call, filled in by handlers. */
struct call_account {
	const char *protocol; /* constant: "tfs", "v2"; NULL: none */
	const char *api;      /* constant: "predict", "classify"; NULL: none */
	char model[64];       /* its name, cut off; "" if unknown */
	size_t n_images;      /* that were classified */
	double network_seconds;
};

struct call {
	struct server *server;
	struct request request;
	struct response response;
	struct call_account account;
	/* How this protocol words an error: body and content_type; NULL: {"error":"MESSAGE"}. */
	void (*put_error)(struct response *response, const char *message);
	bool is_quick; /* on the thread of its connection: long work is to be deferred */
	bool deferred; /* the handler returned without a response, and wants a worker */
};

/* Whether the path of the request, without its query, is this. */
bool call_path_is(const struct call *call, const char *path);

/* The value of a parameter of the query, percent-decoded, in a text that the caller releases. False
 * if it is not there. "?top" has the value "". */
bool call_parameter(const struct call *call, const char *name, struct text *value_ret);

/* Whether the method is one of these, "GET, HEAD"; if not, answers 405 with Allow. */
bool call_check_method(struct call *call, const char *methods);

/* Adds a header to the response; beyond RESPONSE_MAX_HEADERS nothing. */
void call_add_header(struct call *call, const char *name, const char *value);

/* Answers an error with this status, as the protocol words it. */
void call_fail(struct call *call, unsigned status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
