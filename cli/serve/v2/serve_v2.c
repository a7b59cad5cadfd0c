/*
 * serve_v2.c - the Open Inference Protocol, version 2, also known as KServe's.
 *
 * Its clients look at statuses alone: a bad request is 400, what is not there 404. Content types of
 * requests say nothing: Triton's client sends none.
 */
#include "serve_v2.h"
#include "../../../lib/base/memory.h"
#include "../../output/json.h"
#include "../call/inference.h"
#include "../call/parsers.h"
#include "../call/server.h"
#include "../models/graph_scale.h"
#include "../models/tensor_names.h"
#include "v2_path.h"

#include <emnist_origin.h>
#include <emnist_serve.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_HEADER "Inference-Header-Content-Length"

/* ---------------------------------------------------------------------- models */

/* Whether the registry has the model in this version, ready or not. */
static bool is_known(struct call *call, const struct v2_path *path)
{
	struct version_status *versions;
	bool known = !path->has_version;
	size_t n;

	if (!registry_status(call->server->registry, path->name.bytes, &versions, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		known |= versions[i].number == path->version && !path->has_bad_version;
	free(versions);
	return known;
}

static void refuse_model(struct call *call, const struct v2_path *path)
{
	const char *name = path->name.bytes;

	if (is_known(call, path))
		call_fail(call, 503, "model '%s' is not ready", name);
	else if (path->has_version && !path->has_bad_version)
		call_fail(call, 404,
			  "Request for unknown model: '%s' version %" PRId64 " is not found", name,
			  path->version);
	else
		call_fail(call, 404, "Request for unknown model: '%s' is not found", name);
}

/* NULL: the call has a response. */
static struct served *acquire(struct call *call, const struct v2_path *path)
{
	const struct version_choice choice = {
		.number = path->version,
		.has_number = path->has_version,
	};
	struct served *served = NULL;

	if (path->has_bad_version || registry_acquire(call->server->registry, path->name.bytes,
						      &choice, &served) != REGISTRY_FOUND)
		refuse_model(call, path);
	else
		snprintf(call->account.model, sizeof(call->account.model), "%s", served->name);
	return served;
}

/* -------------------------------------------------------------------- metadata */

static void complete(struct call *call)
{
	call->response.status = 200;
	call->response.content_type = "application/json";
}

static void answer_server(struct call *call)
{
	struct text *body = &call->response.body;

	json_begin_object(body);
	json_put_text(body, "name", "emnist");
	json_put_text(body, "version", emnist_version());
	text_puts(body, ",\"extensions\":[\"binary_tensor_data\",\"classification\"]}");
	complete(call);
}

static void answer_ready(struct call *call, const struct served *served)
{
	struct text *body = &call->response.body;

	json_begin_object(body);
	json_put_text(body, "name", served->name);
	json_put_bool(body, "ready", true);
	text_putc(body, '}');
	complete(call);
}

static const char *platform_of(const struct emnist_model *model)
{
	static const char *const platforms[] = {
		[EMNIST_FORMAT_NONE] = "onnx_onnxv1",
		[EMNIST_FORMAT_ONNX] = "onnx_onnxv1",
		[EMNIST_FORMAT_SAVED_MODEL] = "tensorflow_savedmodel",
		[EMNIST_FORMAT_GRAPH_DEF] = "tensorflow_graphdef",
		[EMNIST_FORMAT_SAFETENSORS] = "pytorch_safetensors",
	};
	const struct emnist_origin *origin = emnist_model_origin(model);

	return platforms[origin ? origin->format : EMNIST_FORMAT_NONE];
}

static void put_versions(struct call *call, const struct served *served)
{
	struct text *body = &call->response.body;
	struct version_status *versions;
	size_t n;

	json_begin_array(body, "versions");
	if (registry_status(call->server->registry, served->name, &versions, &n)) {
		for (size_t i = 0; i < n; i++) {
			if (versions[i].state != VERSION_AVAILABLE)
				continue;
			json_put_comma(body);
			text_printf(body, "\"%" PRId64 "\"", versions[i].number);
		}
		free(versions);
	}
	text_putc(body, ']');
}

static void put_tensor(struct text *body, const char *key, const char *name, size_t width)
{
	json_begin_array(body, key);
	json_begin_object(body);
	json_put_text(body, "name", name);
	json_put_text(body, "datatype", "FP32");
	text_printf(body, ",\"shape\":[-1,%zu]}]", width);
}

static void answer_metadata(struct call *call, const struct served *served)
{
	const struct tensor_names names = tensor_names_of(served->model);
	struct text *body = &call->response.body;

	json_begin_object(body);
	json_put_text(body, "name", served->name);
	put_versions(call, served);
	json_put_text(body, "platform", platform_of(served->model));
	put_tensor(body, "inputs", names.input, emnist_model_n_inputs(served->model));
	put_tensor(body, "outputs", names.output, served->n_classes);
	text_putc(body, '}');
	complete(call);
}

/* ------------------------------------------------------------------- inference */

/* Everything that an inference acquires. */
struct job {
	struct call *call;
	struct served *served;
	struct emnist_json *json;
	size_t json_nbytes; /* of the document that it parsed */
	struct emnist_oip *oip;
	struct emnist_oip_request request;
	struct emnist_serve_response response;
	struct picture *pictures;
	float *vectors; /* of pictures, or converted; NULL: those of the request */
};

static unsigned status_of(const struct emnist_error *error)
{
	if (emnist_error_is_shortage(error))
		return 503;
	return error->code == EMNIST_ERR_LIMIT ? 413 : 400;
}

static bool fail(struct job *job, const struct emnist_error *error)
{
	call_fail(job->call, status_of(error), "%s", error->message);
	return false;
}

/* The length of the JSON, of the header that says it. */
static bool find_head(struct job *job, size_t *nbytes_ret)
{
	const char *text = request_header(&job->call->request, LENGTH_HEADER);

	*nbytes_ret = EMNIST_OIP_NO_HEAD;
	if (!text)
		return true;
	*nbytes_ret = 0;
	for (const char *p = text; *p || p == text; p++) {
		if (*p >= '0' && *p <= '9' && *nbytes_ret <= job->call->request.body_nbytes) {
			*nbytes_ret = *nbytes_ret * 10 + (size_t)(*p - '0');
			continue;
		}
		call_fail(job->call, 400, "%s: not a length within the body: '%s'", LENGTH_HEADER,
			  text);
		return false;
	}
	return true;
}

static bool parse(struct job *job, const struct emnist_serve_model *model)
{
	const struct request *request = &job->call->request;
	struct emnist_error error = {.code = EMNIST_ERR_MEMORY, .message = "out of memory"};
	size_t head_nbytes;

	if (!find_head(job, &head_nbytes))
		return false;
	job->json_nbytes = head_nbytes == EMNIST_OIP_NO_HEAD ? request->body_nbytes : head_nbytes;
	job->json = parsers_take(job->call->server->parsers);
	if (!job->json || emnist_oip_create(job->json, &job->oip, &error) ||
	    emnist_oip_parse(job->oip, model, request->body, request->body_nbytes, head_nbytes,
			     &job->request, &error))
		return fail(job, &error);
	return true;
}

/* Floats are what the model's graph takes. */
static bool scale_rows(struct job *job)
{
	const size_t n = job->request.n_rows * EMNIST_VECTOR_LENGTH;
	struct emnist_input_scaling scaling;

	if (job->request.images || job->request.are_bytes ||
	    !graph_scale_of(job->served->model, &scaling))
		return true;
	job->vectors = malloc((n + 1) * sizeof(*job->vectors));
	if (!job->vectors) {
		call_fail(job->call, 503, "out of memory");
		return false;
	}
	graph_scale_undo(&scaling, job->request.vectors, n, job->vectors);
	return true;
}

/* Decodes pictures to vectors. One that cannot be read makes the request a bad one. */
static bool read_pictures(struct job *job)
{
	const size_t n = job->request.n_rows;

	if (!job->request.images)
		return true;
	job->pictures = calloc(n + 1, sizeof(*job->pictures));
	job->vectors = alloc_array(n, EMNIST_VECTOR_LENGTH * sizeof(*job->vectors));
	if (!job->pictures || !job->vectors) {
		call_fail(job->call, 503, "out of memory");
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		job->pictures[i].bytes = job->request.images[i].bytes;
		job->pictures[i].nbytes = job->request.images[i].nbytes;
	}
	if (!inference_read(job->call, job->served, job->pictures, n, job->vectors))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct emnist_error *error = &job->pictures[i].error;

		if (error->code) {
			call_fail(job->call, status_of(error), "image %zu: %s", i, error->message);
			return false;
		}
	}
	return true;
}

static bool run(struct job *job)
{
	struct emnist_error error;

	if (emnist_oip_begin(job->oip, &job->response, &error))
		return fail(job, &error);
	if (!inference_run(job->call, job->served,
			   job->vectors ? job->vectors : job->request.vectors, job->request.n_rows,
			   job->response.probabilities))
		return false;
	return emnist_oip_end(job->oip, &job->response, &error) == EMNIST_OK || fail(job, &error);
}

/* The response owns the bytes from now on. */
static void respond(struct job *job)
{
	struct response *response = &job->call->response;
	char length[24];

	text_release(&response->body);
	response->body = (struct text){
		.bytes = job->response.bytes,
		.nbytes = job->response.nbytes,
		.capacity = job->response.nbytes,
	};
	job->response.bytes = NULL;
	complete(job->call);
	if (job->response.head_nbytes > 0) {
		snprintf(length, sizeof(length), "%zu", job->response.head_nbytes);
		call_add_header(job->call, LENGTH_HEADER, length);
		response->content_type = "application/octet-stream";
	}
}

static void infer(struct call *call, struct served *served)
{
	const struct tensor_names names = tensor_names_of(served->model);
	struct job job = {.call = call, .served = served};
	char version[24];
	const struct emnist_serve_model model = {
		.name = served->name,
		.version = version,
		.input = names.input,
		.output = names.output,
		.labels = emnist_model_labels(served->model),
		.max_rows = (size_t)call->server->limits.n_images,
	};

	snprintf(version, sizeof(version), "%" PRId64, served->version);
	if (parse(&job, &model) && scale_rows(&job) && read_pictures(&job) && run(&job))
		respond(&job);
	free(job.response.bytes);
	free(job.vectors);
	free(job.pictures);
	emnist_oip_free(job.oip);
	parsers_give(call->server->parsers, job.json, job.json_nbytes);
}

/* ---------------------------------------------------------------------- routes */

static const struct {
	const char *methods, *api;
} verbs[] = {
	[V2_SERVER] = {"GET, HEAD", "server"},
	[V2_METADATA] = {"GET, HEAD", "metadata"},
	[V2_READY] = {"GET, HEAD", "ready"},
	[V2_INFER] = {"POST", "infer"},
};

static void answer_model(struct call *call, const struct v2_path *path)
{
	struct served *served = acquire(call, path);

	if (!served)
		return;
	if (path->verb == V2_INFER)
		infer(call, served);
	else if (path->verb == V2_READY)
		answer_ready(call, served);
	else
		answer_metadata(call, served);
	registry_release(call->server->registry, served);
}

static void answer(struct call *call, const struct v2_path *path)
{
	call->account.protocol = "v2";
	call->account.api = verbs[path->verb].api;
	if (!call_check_method(call, verbs[path->verb].methods))
		return;
	if (path->verb == V2_SERVER)
		answer_server(call);
	else
		answer_model(call, path);
}

bool serve_v2(struct call *call)
{
	struct v2_path path = {0};
	const bool is_ours = v2_path_parse(call, &path);

	if (is_ours)
		answer(call, &path);
	v2_path_release(&path);
	return is_ours;
}
