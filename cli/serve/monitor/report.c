/* report.c - what metrics and the access log are told of a request at its end. */
#include "report.h"
#include "../call/server.h"
#include "access_log.h"
#include "metrics.h"

void report_request(const struct call *call, unsigned status, size_t nbytes, double seconds)
{
	struct log_entry entry = {
		.client = call->request.client,
		.method = call->request.method,
		.target = call->request.target,
		.status = status,
		.nbytes = nbytes,
		.seconds = seconds,
		.protocol = call->account.protocol,
		.model = call->account.model,
		.n_images = call->account.n_images,
	};

	metrics_count(call->server->metrics, &call->account, status, seconds);
	if (!call->server->log)
		return;
	clock_gettime(CLOCK_REALTIME, &entry.time);
	access_log_put(call->server->log, &entry);
}
