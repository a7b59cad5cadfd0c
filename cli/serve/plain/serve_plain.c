/* serve_plain.c - the plain protocol: images in, labels out; models, and health. */
#include "serve_plain.h"
#include "../../output/json.h"
#include "../call/server.h"
#include "../models/registry.h"
#include "plain_classify.h"

#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------------- health */

static bool is_ready(struct call *call)
{
	return !atomic_load(&call->server->draining) && registry_are_ready(call->server->registry);
}

static void healthz(struct call *call)
{
	const bool ready = is_ready(call);

	text_puts(&call->response.body, ready ? "ok\n" : "not ready\n");
	call->response.status = ready ? 200 : 503;
	call->response.content_type = "text/plain";
}

/* Clients of the Open Inference Protocol look at the status; KServe's reads the body. */
static void put_health(struct call *call, const char *key, bool value)
{
	json_begin_object(&call->response.body);
	json_put_bool(&call->response.body, key, value);
	text_putc(&call->response.body, '}');
	call->response.status = value ? 200 : 503;
	call->response.content_type = "application/json";
}

static void ready(struct call *call)
{
	put_health(call, "ready", is_ready(call));
}

static void live(struct call *call)
{
	put_health(call, "live", true);
}

/* ----------------------------------------------------------------------- models */

/* As TensorFlow Serving names them. */
static const char *const state_names[] = {
	[VERSION_START] = "START",
	[VERSION_LOADING] = "LOADING",
	[VERSION_AVAILABLE] = "AVAILABLE",
	[VERSION_UNLOADING] = "UNLOADING",
	[VERSION_END] = "END",
};

/* The versions that answer, and the state of the model: of one that answers, else of the newest.
 * Nothing if the model was taken away meanwhile. */
static void put_model(struct call *call, const char *name)
{
	struct text *body = &call->response.body;
	struct version_status *versions;
	enum version_state state;
	size_t n;

	if (!registry_status(call->server->registry, name, &versions, &n))
		return;
	state = n > 0 ? versions[0].state : VERSION_START;
	json_begin_object(body);
	json_put_text(body, "name", name);
	json_begin_array(body, "versions");
	for (size_t i = 0; i < n; i++) {
		if (versions[i].state != VERSION_AVAILABLE)
			continue;
		state = VERSION_AVAILABLE;
		json_put_comma(body);
		text_printf(body, "%lld", (long long)versions[i].number);
	}
	text_puts(body, "]");
	json_put_text(body, "state", state_names[state]);
	text_puts(body, "}");
	free(versions);
}

static void list_models(struct call *call)
{
	struct text *body = &call->response.body;
	char **names;
	size_t n;

	if (!registry_list(call->server->registry, &names, &n)) {
		call_fail(call, 503, "out of memory");
		return;
	}
	json_begin_object(body);
	json_begin_array(body, "models");
	for (size_t i = 0; i < n; i++)
		put_model(call, names[i]);
	text_puts(body, "]}\n");
	free(names);
	call->response.status = 200;
	call->response.content_type = "application/json";
}

/* ----------------------------------------------------------------------- routes */

static const struct route {
	const char *path;
	const char *methods;
	void (*answer)(struct call *call);
} routes[] = {
	{"/classify", "POST", plain_classify},  {"/v1/models", "GET, HEAD", list_models},
	{"/healthz", "GET, HEAD", healthz},     {"/v2/health/ready", "GET, HEAD", ready},
	{"/v2/health/live", "GET, HEAD", live},
};

bool serve_plain(struct call *call)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		if (!call_path_is(call, routes[i].path))
			continue;
		call->account.protocol = "plain";
		if (call_check_method(call, routes[i].methods))
			routes[i].answer(call);
		return true;
	}
	return false;
}
