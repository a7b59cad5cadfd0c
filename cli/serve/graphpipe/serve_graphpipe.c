/*
 * serve_graphpipe.c - GraphPipe: flatbuffers in, flatbuffers out.
 *
 * Its server takes requests on every path, and most clients send them to "/". A flatbuffer begins
 * with an offset, and so with a zero byte among its first four; JSON, forms and text have none.
 */
#include "serve_graphpipe.h"
#include "../../../lib/base/memory.h"
#include "../../output/json.h"
#include "../call/inference.h"
#include "../call/server.h"
#include "../models/graph_scale.h"
#include "../models/registry.h"
#include "../models/tensor_names.h"

#include <emnist_serve.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As Go's net/http words an error. */
static void put_error(struct response *response, const char *message)
{
	text_puts(&response->body, message);
	text_putc(&response->body, '\n');
	response->content_type = "text/plain; charset=utf-8";
}

/* Everything that a request acquires. */
struct job {
	struct call *call;
	struct served *served;
	char version[24];
	struct emnist_serve_model model;
	struct emnist_graphpipe_request request;
	struct emnist_serve_response response;
	float *vectors;
};

static bool fail(struct job *job, const struct emnist_error *error)
{
	const unsigned status = emnist_error_is_shortage(error)   ? 503
				: error->code == EMNIST_ERR_LIMIT ? 413
								  : 400;

	call_fail(job->call, status, "%s", error->message);
	return false;
}

/* ----------------------------------------------------------------------- model */

static bool acquire(struct job *job)
{
	struct call *call = job->call;
	struct tensor_names names;

	if (registry_acquire(call->server->registry, NULL, NULL, &job->served) != REGISTRY_FOUND) {
		call_fail(call, 503, "no model is ready");
		return false;
	}
	names = tensor_names_of(job->served->model);
	snprintf(job->version, sizeof(job->version), "%" PRId64, job->served->version);
	job->model = (struct emnist_serve_model){
		.name = job->served->name,
		.version = job->version,
		.input = names.input,
		.output = names.output,
		.labels = emnist_model_labels(job->served->model),
		.max_rows = (size_t)call->server->limits.n_images,
	};
	snprintf(call->account.model, sizeof(call->account.model), "%s", job->served->name);
	return true;
}

static void release(struct job *job)
{
	free(job->response.bytes);
	free(job->vectors);
	if (job->served)
		registry_release(job->call->server->registry, job->served);
}

/* The response owns the bytes from now on. */
static void respond(struct job *job)
{
	struct response *response = &job->call->response;

	text_release(&response->body);
	response->body = (struct text){
		.bytes = job->response.bytes,
		.nbytes = job->response.nbytes,
		.capacity = job->response.nbytes,
	};
	job->response.bytes = NULL;
	response->status = 200;
	response->content_type = "application/octet-stream";
}

/* ------------------------------------------------------------------------ POST */

static bool infer(struct job *job)
{
	const size_t n = job->request.n_rows;
	struct emnist_input_scaling scaling;
	struct emnist_error error;

	job->vectors = alloc_array(n, EMNIST_VECTOR_LENGTH * sizeof(*job->vectors));
	if (!job->vectors) {
		call_fail(job->call, 503, "out of memory");
		return false;
	}
	emnist_graphpipe_copy(&job->request, job->vectors);
	if (!job->request.are_bytes && graph_scale_of(job->served->model, &scaling))
		graph_scale_undo(&scaling, job->vectors, n * EMNIST_VECTOR_LENGTH, job->vectors);
	if (emnist_graphpipe_begin(&job->model, n, &job->response, &error))
		return fail(job, &error);
	if (!inference_run(job->call, job->served, job->vectors, n, job->response.probabilities))
		return false;
	emnist_graphpipe_end(&job->response);
	return true;
}

static bool answer_body(struct job *job)
{
	const struct request *request = &job->call->request;
	struct emnist_error error;

	if (emnist_graphpipe_parse(&job->model, request->body, request->body_nbytes, &job->request,
				   &error))
		return fail(job, &error);
	if (!job->request.is_metadata)
		return infer(job);
	job->call->account.api = "metadata";
	return emnist_graphpipe_metadata(&job->model, &job->response, &error) == EMNIST_OK ||
	       fail(job, &error);
}

static void answer_post(struct call *call)
{
	struct job job = {.call = call};

	call->account.api = "infer";
	if (acquire(&job) && answer_body(&job))
		respond(&job);
	release(&job);
}

/* ------------------------------------------------------------------------- GET */

static void put_line(struct text *text, unsigned indent, const char *key)
{
	text_printf(text, "%*s\"%s\": ", (int)indent, "", key);
}

static void put_member(struct text *text, unsigned indent, const char *key, const char *value)
{
	put_line(text, indent, key);
	json_put_string(text, value);
	text_puts(text, ",\n");
}

/* As Go's json.MarshalIndent() writes it, with an indent of 4. */
static void put_tensors(struct text *text, const char *key, const char *name,
			const char *description, size_t width)
{
	put_line(text, 4, key);
	text_puts(text, "[\n        {\n");
	put_member(text, 12, "Name", name);
	put_member(text, 12, "Description", description);
	put_line(text, 12, "Shape");
	text_printf(text, "[\n                -1,\n                %zu\n            ],\n", width);
	put_line(text, 12, "Type");
	text_printf(text, "%d\n        }\n    ]", EMNIST_GRAPHPIPE_FLOAT32);
}

static void answer_get(struct call *call)
{
	struct job job = {.call = call};
	struct text *body = &call->response.body;

	call->account.api = "metadata";
	if (acquire(&job)) {
		text_puts(body, "{\n");
		put_member(body, 4, "Name", job.model.name);
		put_member(body, 4, "Version", job.model.version);
		put_member(body, 4, "Server", EMNIST_GRAPHPIPE_SERVER);
		put_member(body, 4, "Description", EMNIST_GRAPHPIPE_DESCRIPTION);
		put_tensors(body, "Inputs", job.model.input, EMNIST_GRAPHPIPE_INPUT,
			    EMNIST_VECTOR_LENGTH);
		text_puts(body, ",\n");
		put_tensors(body, "Outputs", job.model.output, EMNIST_GRAPHPIPE_OUTPUT,
			    job.served->n_classes);
		text_puts(body, "\n}");
		call->response.status = 200;
		call->response.content_type = "application/json";
	}
	release(&job);
}

static void answer_control(struct call *call)
{
	const bool is_alive = call_path_is(call, "/control/is_alive");
	const bool is_ready =
		!atomic_load(&call->server->draining) && registry_are_ready(call->server->registry);

	if (is_alive || is_ready) {
		text_puts(&call->response.body, "ok\n");
		call->response.status = 200;
		call->response.content_type = "text/plain; charset=utf-8";
	} else {
		call_fail(call, 503, "not ready");
	}
}

/* ---------------------------------------------------------------------- routes */

static bool is_method(const struct call *call, const char *method)
{
	return strcmp(call->request.method, method) == 0;
}

static bool is_flatbuffer(const struct call *call)
{
	const struct request *request = &call->request;

	return is_method(call, "POST") && request->body_nbytes >= 4 && memchr(request->body, 0, 4);
}

/* Whether the client asks for JSON, and not for a page. */
static bool wants_json(const struct call *call)
{
	const char *types = request_header(&call->request, "Accept");

	return (is_method(call, "GET") || is_method(call, "HEAD")) && types &&
	       strstr(types, "application/json") && !strstr(types, "text/html");
}

static void answer(struct call *call)
{
	if (is_method(call, "POST"))
		answer_post(call);
	else
		answer_get(call);
}

bool serve_graphpipe(struct call *call)
{
	static const struct {
		const char *path, *methods;
		void (*answer)(struct call *call);
	} routes[] = {
		{"/graphpipe", "GET, HEAD, POST", answer},
		{"/control/is_ready", "GET, HEAD", answer_control},
		{"/control/is_alive", "GET, HEAD", answer_control},
	};

	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (!call_path_is(call, routes[i].path))
			continue;
		call->account.protocol = "graphpipe";
		call->put_error = put_error;
		if (call_check_method(call, routes[i].methods))
			routes[i].answer(call);
		return true;
	}
	if (!call_path_is(call, "/") || !(is_flatbuffer(call) || wants_json(call)))
		return false;
	call->account.protocol = "graphpipe";
	call->put_error = put_error;
	answer(call);
	return true;
}

bool serve_graphpipe_anywhere(struct call *call)
{
	if (!is_flatbuffer(call))
		return false;
	call->account.protocol = "graphpipe";
	call->put_error = put_error;
	answer_post(call);
	return true;
}
