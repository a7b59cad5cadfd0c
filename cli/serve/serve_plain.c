/* serve_plain.c - the plain protocol: images in, labels out; health. */
#include "serve_plain.h"
#include "../output/json.h"
#include "inference.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>

static void classify(struct call *call)
{
	struct picture picture = {.bytes = call->request.body, .nbytes = call->request.body_nbytes};
	struct text *body = &call->response.body;
	float vector[EMNIST_VECTOR_LENGTH];
	float *probabilities = NULL;
	struct served *served;
	uint32_t best;

	if (registry_acquire(call->server->registry, NULL, NULL, &served) != REGISTRY_FOUND) {
		call_fail(call, 503, "no model is ready");
		return;
	}
	if (!inference_read(call, served, &picture, 1, vector))
		goto out;
	if (picture.error.code) {
		call_fail(call, 400, "%s", picture.error.message);
		goto out;
	}
	probabilities = malloc(served->n_classes * sizeof(*probabilities));
	if (!probabilities) {
		call_fail(call, 503, "out of memory");
		goto out;
	}
	if (!inference_run(call, served, vector, 1, probabilities))
		goto out;
	emnist_top_k(probabilities, served->n_classes, 1, &best);
	json_begin_object(body);
	json_put_text(body, "label", emnist_labels_text(emnist_model_labels(served->model), best));
	json_put_real(body, "probability", (double)probabilities[best], 6);
	text_puts(body, "}\n");
	call->response.status = 200;
	call->response.content_type = "application/json";
out:
	free(probabilities);
	registry_release(call->server->registry, served);
}

static void health(struct call *call)
{
	const bool ready =
		!atomic_load(&call->server->draining) && registry_are_ready(call->server->registry);

	text_puts(&call->response.body, ready ? "ok\n" : "not ready\n");
	call->response.status = ready ? 200 : 503;
	call->response.content_type = "text/plain";
}

bool serve_plain(struct call *call)
{
	if (call_path_is(call, "/classify"))
		classify(call);
	else if (call_path_is(call, "/healthz"))
		health(call);
	else
		return false;
	return true;
}
