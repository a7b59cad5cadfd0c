/* routes.c - the protocols, in the order in which they are asked. */
#include "routes.h"
#include "serve_flask.h"
#include "serve_metrics.h"
#include "serve_page.h"
#include "serve_plain.h"
#include "serve_tfs.h"

/* Each answers or defers a call whose path is its own, and leaves others alone. */
static bool (*const protocols[])(struct call *call) = {
	serve_plain, serve_metrics, serve_tfs, serve_page, serve_flask,
};

void routes_answer(struct call *call)
{
	call->deferred = false;
	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++)
		if (protocols[i](call))
			return;
	call_fail(call, 404, "no such path");
}
