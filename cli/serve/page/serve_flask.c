/*
 * serve_flask.c - POST / with {"instances": [[784 values]...]}, as the blog's Flask application
 * answered it: {"predictions": [[probabilities]...]}, whatever the Content-Type.
 *
 * GraphPipe posts to the same path: its requests have a zero byte among the first four, JSON never
 * has.
 */
#include "serve_flask.h"
#include "../../../lib/base/memory.h"
#include "../call/inference.h"
#include "../call/parsers.h"
#include "../call/server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Views the instances as (n, EMNIST_VECTOR_LENGTH); each may be of any shape with so many values.
 * False: the call has a response. */
static bool find_vectors(struct call *call, struct emnist_json *json,
			 struct emnist_json_tensor *rows)
{
	const struct emnist_json_value instances =
		emnist_json_member(json, emnist_json_root(json), "instances");
	size_t n_each;

	if (instances.type != EMNIST_JSON_ARRAY) {
		call_fail(call, 400, "an object with an array \"instances\" is expected");
		return false;
	}
	if (!emnist_json_tensor(json, instances, rows)) {
		call_fail(call, 400, "the instances are not numbers in arrays of equal shape");
		return false;
	}
	n_each = rows->shape[0] ? rows->n_values / rows->shape[0] : 0;
	if (rows->shape[0] == 0 || (rows->rank > 1 && n_each == EMNIST_VECTOR_LENGTH))
		return true;
	call_fail(call, 400, "an instance has %zu values; expected %d", n_each,
		  EMNIST_VECTOR_LENGTH);
	return false;
}

static bool put_predictions(struct text *text, const float *probabilities, size_t n_rows,
			    size_t n_classes)
{
	char *row = malloc(n_classes * EMNIST_JSON_FLOAT_ROOM);

	if (!row)
		return false;
	text_puts(text, "{\"predictions\":[");
	for (size_t i = 0; i < n_rows; i++) {
		text_puts(text, i > 0 ? ",[" : "[");
		text_add(text, row,
			 emnist_json_put_floats(row, probabilities + i * n_classes, n_classes));
		text_putc(text, ']');
	}
	text_puts(text, "]}\n");
	free(row);
	return true;
}

static void predict(struct call *call, struct served *served, struct emnist_json *json)
{
	struct emnist_json_tensor rows;
	float *probabilities;
	size_t n;

	if (!find_vectors(call, json, &rows))
		return;
	n = rows.shape[0];
	probabilities = alloc_array(n, served->n_classes * sizeof(*probabilities));
	if (!probabilities) {
		call_fail(call, 503, "out of memory");
	} else if (inference_run(call, served, rows.values, n, probabilities)) {
		call->response.status = 200;
		call->response.content_type = "application/json";
		if (!put_predictions(&call->response.body, probabilities, n, served->n_classes))
			call_fail(call, 503, "out of memory");
	}
	free(probabilities);
}

static void answer(struct call *call)
{
	struct registry *registry = call->server->registry;
	struct parsers *parsers = call->server->parsers;
	const struct emnist_json_options options = {
		.max_images = (size_t)call->server->limits.n_images,
	};
	struct emnist_json *json = parsers_take(parsers);
	struct emnist_error error;
	struct served *served;

	if (!json) {
		call_fail(call, 503, "out of memory");
		return;
	}
	if (emnist_json_parse(json, call->request.body, call->request.body_nbytes, &options,
			      &error)) {
		call_fail(call, emnist_error_is_shortage(&error) ? 503 : 400,
			  "not JSON at byte %" PRIu64 ": %s", error.offset, error.message);
	} else if (registry_acquire(registry, NULL, NULL, &served) != REGISTRY_FOUND) {
		call_fail(call, 503, "no model is ready");
	} else {
		snprintf(call->account.model, sizeof(call->account.model), "%s", served->name);
		predict(call, served, json);
		registry_release(registry, served);
	}
	parsers_give(parsers, json, call->request.body_nbytes);
}

bool serve_flask(struct call *call)
{
	const struct request *request = &call->request;
	const size_t n_first = request->body_nbytes < 4 ? request->body_nbytes : 4;

	if (!call_path_is(call, "/") || strcmp(request->method, "POST") != 0 ||
	    memchr(request->body, 0, n_first))
		return false;
	call->account.protocol = "flask";
	call->account.api = "predict";
	answer(call);
	return true;
}
