/* serve_metrics.c - the paths that Prometheus asks. */
#include "serve_metrics.h"
#include "exposition.h"
#include "prometheus.h"

#define TENSORFLOW_PATH "/monitoring/prometheus/metrics"

static void answer(struct call *call, void (*put)(struct text *text, struct server *server),
		   const char *content_type)
{
	/* With 10,000 connections, to count descriptors takes milliseconds. */
	if (call->is_quick) {
		call->deferred = true;
		return;
	}
	put(&call->response.body, call->server);
	call->response.status = 200;
	call->response.content_type = content_type;
}

/* TensorFlow Serving takes any method, but no query. */
static void answer_tensorflow(struct call *call)
{
	if (call->request.query[0])
		call_fail(call, 400, "Unexpected path: %s", call->request.target);
	else
		answer(call, prometheus_put_tensorflow, "text/plain");
}

bool serve_metrics(struct call *call)
{
	const bool is_tensorflow = call_path_is(call, TENSORFLOW_PATH);

	if (!is_tensorflow && !call_path_is(call, "/metrics"))
		return false;
	call->account.protocol = "metrics";
	if (is_tensorflow)
		answer_tensorflow(call);
	else if (call_check_method(call, "GET, HEAD"))
		answer(call, prometheus_put, EXPOSITION_CONTENT_TYPE);
	return true;
}
