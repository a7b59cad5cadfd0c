/* routes.c - the protocols, in the order in which they are asked. */
#include "routes.h"
#include "graphpipe/serve_graphpipe.h"
#include "monitor/serve_metrics.h"
#include "page/serve_flask.h"
#include "page/serve_page.h"
#include "plain/serve_plain.h"
#include "tfs/serve_tfs.h"
#include "v2/serve_v2.h"

/* Each answers or defers a call whose path is its own, and leaves others alone. */
static bool (*const protocols[])(struct call *call) = {
	serve_plain,     serve_metrics, serve_tfs,   serve_v2,
	serve_graphpipe, serve_page,    serve_flask, serve_graphpipe_anywhere,
};

void routes_answer(struct call *call)
{
	call->deferred = false;
	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++)
		if (protocols[i](call))
			return;
	call_fail(call, 404, "no such path");
}
