/* transaction.c - which requests are taken, and where they are answered. */
#include "transaction.h"
#include "../../common/progress.h"
#include "../call/access.h"
#include "../call/server.h"
#include "../monitor/report.h"
#include "content_encoding.h"

#include <stdlib.h>
#include <string.h>

/* Requests with a larger body go to a worker at once. */
#define QUICK_NBYTES 65536

/* Responses with a larger body count as memory until the client has taken them. */
#define SMALL_RESPONSE 4096

/* What metrics say of a request that ended before it was answered, as some proxies do; also of one
 * whose head the library itself refused. */
#define STATUS_ENDED 499

static void set_deadline(struct transaction *t, uint64_t milliseconds, bool is_idle)
{
	if (t->deadline)
		deadline_set(t->deadlines, t->deadline, milliseconds, is_idle);
}

struct transaction *transaction_begin(struct server *server, struct deadlines *deadlines,
				      struct deadline *deadline, const char *target)
{
	const size_t nbytes = strlen(target) + 1;
	struct transaction *t = calloc(1, sizeof(*t) + nbytes);

	if (!t)
		return NULL;
	memcpy(t->target, target, nbytes);
	t->call.server = server;
	t->call.request.target = t->target;
	t->deadlines = deadlines;
	t->deadline = deadline;
	t->started = seconds_now();
	set_deadline(t, 1000 * server->limits.head_seconds, false);
	return t;
}

static void report(const struct transaction *t, unsigned status, size_t nbytes)
{
	report_request(&t->call, status, nbytes, seconds_now() - t->started);
}

static void drop_body(struct transaction *t)
{
	buffer_clear(&t->body);
	atomic_fetch_sub(&t->call.server->held_nbytes, t->held_nbytes);
	t->held_nbytes = 0;
}

void transaction_answered(struct transaction *t, size_t nbytes)
{
	t->stage = STAGE_ANSWERED;
	set_deadline(t, 1000 * t->call.server->limits.body_seconds, false);
	report(t, t->call.response.status, nbytes);
}

void transaction_end(struct transaction *t)
{
	struct server *server = t->call.server;

	if (t->stage != STAGE_ANSWERED)
		report(t, STATUS_ENDED, 0);
	set_deadline(t, 1000 * server->limits.idle_seconds, true);
	if (t->is_in_flight)
		atomic_fetch_sub(&server->n_in_flight, 1);
	drop_body(t);
	text_release(&t->call.response.body);
	free(t);
}

/* ----------------------------------------------------------------------- body */

/* The library takes no response while a body arrives; so one that is refused is read to its end, or
 * until its time is over. */
static void refuse_body(struct transaction *t, unsigned status, const char *why)
{
	drop_body(t);
	if (status == 503)
		call_add_header(&t->call, "Retry-After", "1");
	call_fail(&t->call, status, "%s", why);
	t->call.response.close = true;
	t->stage = STAGE_REFUSED;
}

/* Counts so many bytes more, within the memory for all bodies. */
static bool hold(struct transaction *t, size_t nbytes)
{
	struct server *server = t->call.server;

	if (atomic_fetch_add(&server->held_nbytes, nbytes) + nbytes >
	    server->limits.memory_nbytes) {
		atomic_fetch_sub(&server->held_nbytes, nbytes);
		return false;
	}
	t->held_nbytes += nbytes;
	return true;
}

void transaction_take(struct transaction *t, const void *bytes, size_t nbytes)
{
	const uint64_t limit = t->call.server->limits.body_nbytes;

	if (t->stage == STAGE_REFUSED)
		return;
	if (nbytes > limit - t->body.nbytes) {
		refuse_body(t, 413, "the body is larger than the server's --max-body");
	} else if (!hold(t, nbytes) || !buffer_reserve(&t->body, t->body.nbytes + nbytes)) {
		refuse_body(t, 503, "no memory for the body now");
	} else {
		memcpy(t->body.data + t->body.nbytes, bytes, nbytes);
		t->body.nbytes += nbytes;
	}
}

static bool take_decoded(void *context, const void *bytes, size_t nbytes)
{
	struct transaction *t = context;

	transaction_take(t, bytes, nbytes);
	return t->stage != STAGE_REFUSED;
}

/* Replaces a body that is compressed. One that is damaged becomes empty, as in TensorFlow Serving.
 */
static void decode_body(struct transaction *t)
{
	struct request *request = &t->call.request;
	struct buffer encoded = t->body;
	enum emnist_status status;

	t->body = (struct buffer){0};
	status = content_decode(request, take_decoded, t);
	if (t->stage == STAGE_REFUSED) {
		buffer_clear(&encoded);
		return;
	}
	atomic_fetch_sub(&t->call.server->held_nbytes, encoded.nbytes);
	t->held_nbytes -= encoded.nbytes;
	buffer_clear(&encoded);
	if (status == EMNIST_ERR_UNSUPPORTED) {
		call_add_header(&t->call, "Accept-Encoding", "gzip, deflate");
		refuse_body(t, 415,
			    "this Content-Encoding is not supported (supported: gzip, deflate)");
	} else if (status == EMNIST_ERR_MEMORY) {
		refuse_body(t, 503, "out of memory");
	} else if (status) {
		drop_body(t);
	}
}

/* -------------------------------------------------------------------- answers */

/* The headers that a handler added do not belong to another response. */
static void drop_headers(struct transaction *t)
{
	t->call.response.n_headers = t->n_headers;
}

/* The body of the request makes place for that of the response. Clients that do not read would
 * otherwise collect responses without limit. */
static void hold_response(struct transaction *t)
{
	struct response *response = &t->call.response;

	t->call.request.body = "";
	t->call.request.body_nbytes = 0;
	drop_body(t);
	if (response->body.nbytes <= SMALL_RESPONSE || hold(t, response->body.capacity))
		return;
	text_release(&response->body);
	drop_headers(t);
	call_add_header(&t->call, "Retry-After", "1");
	call_fail(&t->call, 503, "no memory for the response now");
}

static void set_body(struct transaction *t)
{
	t->call.request.body = t->body.data ? t->body.data : (const unsigned char *)"";
	t->call.request.body_nbytes = t->body.nbytes;
}

void transaction_give_up(struct transaction *t)
{
	call_fail(&t->call, 503, "the server ends");
	t->stage = STAGE_WORKED;
}

void transaction_work(struct transaction *t)
{
	if (atomic_load(&t->call.server->ending)) {
		transaction_give_up(t);
		return;
	}
	if (t->is_encoded) {
		decode_body(t);
		set_body(t);
	}
	if (t->stage != STAGE_REFUSED)
		t->call.server->answer(&t->call);
	hold_response(t);
	t->stage = STAGE_WORKED;
}

static enum transaction_step defer(struct transaction *t)
{
	t->call.is_quick = false;
	drop_headers(t);
	return TRANSACTION_DEFER;
}

enum transaction_step transaction_answer(struct transaction *t)
{
	struct call *call = &t->call;
	struct server *server = call->server;

	if (t->stage != STAGE_BODY)
		return TRANSACTION_RESPOND;
	set_body(t);
	set_deadline(t, UINT64_MAX, false);
	t->is_in_flight = true;
	if (atomic_fetch_add(&server->n_in_flight, 1) >= server->limits.n_in_flight) {
		call_add_header(call, "Retry-After", "1");
		call_fail(call, 503, "too many requests at once");
		return TRANSACTION_RESPOND;
	}
	t->is_encoded = content_is_encoded(&call->request);
	call->is_quick = t->body.nbytes <= QUICK_NBYTES && !t->is_encoded;
	if (!call->is_quick)
		return defer(t);
	server->answer(call);
	if (call->deferred)
		return defer(t);
	hold_response(t);
	return TRANSACTION_RESPOND;
}

/* ----------------------------------------------------------------------- head */

/* For a request that has its answer, but whose body was not read. */
static enum transaction_step skip_body(struct transaction *t, const struct head *head)
{
	const uint64_t limit = t->call.server->limits.body_nbytes;

	/* Closed at once, a client that is still sending would not see the answer. */
	if (head->status || head->expects_continue || head->content_nbytes / 4 > limit) {
		t->call.response.close = true;
		return TRANSACTION_RESPOND;
	}
	t->stage = STAGE_REFUSED;
	return TRANSACTION_READ;
}

static enum transaction_step refuse(struct transaction *t, const struct head *head, unsigned status,
				    const char *why)
{
	call_fail(&t->call, status, "%s", why);
	t->call.response.close = true;
	return skip_body(t, head);
}

enum transaction_step transaction_take_head(struct transaction *t, const char *method,
					    const struct head *head)
{
	const struct serve_limits *limits = &t->call.server->limits;
	struct request *request = &t->call.request;
	const char *mark = strchr(t->target, '?');

	request->method = method;
	request->path_nbytes = mark ? (size_t)(mark - t->target) : strlen(t->target);
	request->query = mark ? mark + 1 : "";
	t->stage = STAGE_BODY;
	t->started = seconds_now();
	set_deadline(t, 1000 * limits->body_seconds, false);
	if (head->status)
		return refuse(t, head, head->status, head->why);
	if (atomic_load(&t->call.server->n_connections) > limits->n_connections) {
		call_add_header(&t->call, "Retry-After", "1");
		return refuse(t, head, 503, "too many connections");
	}
	if (!access_check(t->call.server->access, &t->call))
		return skip_body(t, head);
	t->n_headers = t->call.response.n_headers;
	if (head->content_nbytes > limits->body_nbytes)
		return refuse(t, head, 413, "the body is larger than the server's --max-body");
	return TRANSACTION_READ;
}
