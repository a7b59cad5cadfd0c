/*
 * serve_tfs.c - TensorFlow Serving's REST API.
 *
 * What is checked comes in the order in which it is checked there, so that a request that is wrong
 * in two ways gets the same answer.
 */
#include "serve_tfs.h"
#include "../../../lib/base/memory.h"
#include "../call/inference.h"
#include "../call/parsers.h"
#include "../call/server.h"
#include "../models/graph_scale.h"
#include "../models/tfs_signature.h"
#include "tfs_answer.h"
#include "tfs_document.h"
#include "tfs_error.h"
#include "tfs_examples.h"
#include "tfs_instances.h"
#include "tfs_path.h"
#include "tfs_regress.h"
#include "tfs_status.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything that a request acquires. */
struct job {
	struct call *call;
	struct tfs_path path;
	struct emnist_json *json;
	struct emnist_json_value document, examples;
	struct text error;
	struct served *served;
	struct tfs_signatures signatures;
	const struct emnist_signature *signature;
	struct tfs_rows rows;
	float *probabilities;
};

/* 400 for a reason that is in a text; if it is not, memory was short. */
static bool refuse(struct job *job, const struct text *error)
{
	if (error->failed || error->nbytes == 0)
		call_fail(job->call, 503, "out of memory");
	else
		tfs_fail(job->call, 400, "%.*s", (int)error->nbytes, error->bytes);
	return false;
}

/* --------------------------------------------------------- model and signature */

static bool refuse_model(struct job *job)
{
	const char *name = job->path.name.bytes;
	const bool has_label = job->path.label.nbytes > 0;
	int64_t version = job->path.version;

	if (has_label &&
	    !registry_label(job->call->server->registry, name, job->path.label.bytes, &version))
		tfs_fail(job->call, 400, "Unrecognized servable version label: %s",
			 job->path.label.bytes);
	else if (has_label || job->path.has_version)
		tfs_fail(job->call, 404,
			 "Servable not found for request: Specific(%s, %" PRId64 ")", name,
			 version);
	else
		tfs_fail(job->call, 404, "Servable not found for request: Latest(%s)", name);
	return false;
}

static bool find_model(struct job *job)
{
	const struct tfs_path *path = &job->path;
	const struct version_choice choice = {
		.label = path->label.nbytes > 0 ? path->label.bytes : NULL,
		.number = path->version,
		.has_number = path->has_version,
	};

	if (registry_acquire(job->call->server->registry, path->name.bytes, &choice,
			     &job->served) != REGISTRY_FOUND)
		return refuse_model(job);
	tfs_signatures_of(job->served->model, &job->signatures);
	return true;
}

/* `predict` and the other verbs have a message of their own each. */
static bool find_signature(struct job *job, const char *name, size_t nbytes)
{
	const bool is_predict = job->path.verb == TFS_PREDICT;

	job->signature = tfs_signature_find(&job->signatures, name, nbytes);
	if (job->signature)
		return true;
	if (nbytes == 0) {
		name = "serving_default";
		nbytes = strlen(name);
	}
	tfs_fail(job->call, 400,
		 is_predict ? "Serving signature name: \"%.*s\" not found in signature def"
			    : "No signature was found with the name: %.*s",
		 (int)tfs_name_shown(name, nbytes), name);
	return false;
}

static bool check_signature(struct job *job)
{
	if (tfs_signature_output(&job->signatures, job->signature))
		return true;
	tfs_fail(job->call, 400,
		 "signature '%s' is not supported: only those with the inputs and outputs of the "
		 "default one are",
		 tfs_text(job->signature->name));
	return false;
}

/* ------------------------------------------------------------------- inference */

/* Rows of numbers are what the model's graph takes. */
static bool scale_rows(struct job *job)
{
	struct tfs_rows *rows = &job->rows;
	const float *values = rows->vectors;
	struct emnist_input_scaling scaling;

	if (!graph_scale_of(job->served->model, &scaling))
		return true;
	if (!rows->own && !tfs_rows_begin(rows, rows->n)) {
		call_fail(job->call, 503, "out of memory");
		return false;
	}
	graph_scale_undo(&scaling, values, rows->n * EMNIST_VECTOR_LENGTH, rows->own);
	return true;
}

/* Decodes the pictures into their rows. */
static bool read_pictures(struct job *job)
{
	struct tfs_rows *rows = &job->rows;
	const size_t width = EMNIST_VECTOR_LENGTH;
	float *vectors;
	bool good;

	if (rows->n_pictures == 0)
		return true;
	vectors = alloc_array(rows->n_pictures, width * sizeof(*vectors));
	if (!vectors) {
		call_fail(job->call, 503, "out of memory");
		return false;
	}
	good = inference_read(job->call, job->served, rows->pictures, rows->n_pictures, vectors);
	for (size_t i = 0; good && i < rows->n_pictures; i++) {
		memcpy(rows->own + rows->picture_rows[i] * width, vectors + i * width,
		       width * sizeof(*vectors));
		if (rows->pictures[i].error.code) {
			tfs_fail(job->call, 400, "image %zu: %s", rows->picture_rows[i],
				 rows->pictures[i].error.message);
			good = false;
		}
	}
	free(vectors);
	return good;
}

static bool run(struct job *job)
{
	const size_t n_classes = job->served->n_classes;

	if (!inference_check_number(job->call, job->rows.n) || !scale_rows(job) ||
	    !read_pictures(job))
		return false;
	job->probabilities = alloc_array(job->rows.n, n_classes * sizeof(float));
	if (!job->probabilities) {
		call_fail(job->call, 503, "out of memory");
		return false;
	}
	return inference_run(job->call, job->served, job->rows.vectors, job->rows.n,
			     job->probabilities);
}

static struct tfs_scores scores_of(const struct job *job)
{
	const struct emnist_tensor_info *output =
		tfs_signature_output(&job->signatures, job->signature);

	return (struct tfs_scores){
		.probabilities = job->probabilities,
		.n = job->rows.n,
		.n_classes = job->served->n_classes,
		.output = job->signature->n_outputs > 1 ? tfs_text(output->key) : NULL,
	};
}

/* ----------------------------------------------------------------------- verbs */

static bool parse(struct job *job)
{
	const struct request *request = &job->call->request;

	job->json = parsers_take(job->call->server->parsers);
	if (!job->json) {
		call_fail(job->call, 503, "out of memory");
		return false;
	}
	return tfs_parse(job->json, request->body, request->body_nbytes,
			 (size_t)job->call->server->limits.n_images, &job->document, &job->error) ||
	       refuse(job, &job->error);
}

static bool predict(struct job *job)
{
	struct text *body = &job->call->response.body;
	struct tfs_scores scores;
	struct tfs_input input;
	const char *name;
	size_t nbytes;
	bool is_column;

	if (!parse(job))
		return false;
	if (!tfs_signature_name(job->json, job->document, &name, &nbytes, &job->error))
		return refuse(job, &job->error);
	if (!find_model(job) || !find_signature(job, name, nbytes) || !check_signature(job))
		return false;
	input.name = tfs_text(job->signature->inputs[0].key);
	input.type = tfs_type_name(&job->signature->inputs[0], false);
	if (!tfs_instances_read(&job->rows, job->json, job->document, &input,
				job->call->server->limits.n_images, &is_column))
		return refuse(job, &job->rows.error);
	if (!run(job))
		return false;
	scores = scores_of(job);
	if (is_column)
		tfs_put_outputs(body, &scores);
	else
		tfs_put_predictions(body, &scores);
	return true;
}

/* The examples, as far as they are checked before the model is known; then model and signature. */
static bool begin_examples(struct job *job)
{
	const char *name;
	size_t nbytes;

	if (!parse(job))
		return false;
	if (!tfs_signature_name(job->json, job->document, &name, &nbytes, &job->error) ||
	    !tfs_examples_check(job->json, job->document, &job->examples, &job->error))
		return refuse(job, &job->error);
	return find_model(job) && find_signature(job, name, nbytes);
}

static bool classify(struct job *job)
{
	struct tfs_scores scores;

	if (!begin_examples(job) || !check_signature(job))
		return false;
	if (!inference_check_number(job->call, emnist_json_count(job->json, job->examples)))
		return false;
	if (!tfs_examples_read(&job->rows, job->json, job->examples,
			       tfs_text(job->signature->inputs[0].key)))
		return refuse(job, &job->rows.error);
	if (!run(job))
		return false;
	scores = scores_of(job);
	tfs_put_results(&job->call->response.body, &scores,
			emnist_model_labels(job->served->model));
	return true;
}

/* A classifier gives no numbers. */
static bool regress(struct job *job)
{
	if (!begin_examples(job))
		return false;
	tfs_refuse_regression(job->signature, &job->error);
	return refuse(job, &job->error);
}

/* ------------------------------------------------------------------- interface */

static void finish(struct job *job)
{
	free(job->probabilities);
	tfs_rows_release(&job->rows);
	if (job->served)
		registry_release(job->call->server->registry, job->served);
	parsers_give(job->call->server->parsers, job->json, job->call->request.body_nbytes);
	text_release(&job->error);
	tfs_path_release(&job->path);
}

static void infer(struct job *job, const char *api, bool (*verb)(struct job *job))
{
	job->call->account.api = api;
	if (!verb(job))
		return;
	job->call->response.status = 200;
	job->call->response.content_type = "application/json";
}

static void answer(struct job *job)
{
	static const struct {
		const char *api;
		bool (*run)(struct job *job);
	} verbs[] = {
		[TFS_PREDICT] = {"predict", predict},
		[TFS_CLASSIFY] = {"classify", classify},
		[TFS_REGRESS] = {"regress", regress},
	};
	struct call *call = job->call;
	const struct tfs_path *path = &job->path;

	snprintf(call->account.model, sizeof(call->account.model), "%s", path->name.bytes);
	if (path->verb == TFS_STATUS) {
		call->account.api = "status";
		tfs_answer_status(call, path);
	} else if (path->verb == TFS_METADATA) {
		call->account.api = "metadata";
		if (find_model(job))
			tfs_answer_metadata(call, job->served);
	} else {
		infer(job, verbs[path->verb].api, verbs[path->verb].run);
	}
}

/* A browser asks before it sends a request to another site. */
static void answer_options(struct call *call)
{
	const char *origin = request_header(&call->request, "Origin");

	call->response.status =
		origin && (strstr(origin, "http://") || strstr(origin, "https://")) ? 200 : 400;
}

/* Whether the HTTP library there knows the method. */
static bool is_known(const char *method)
{
	static const char *const methods[] = {"GET",    "POST",    "HEAD", "PUT",
					      "DELETE", "OPTIONS", "PATCH"};

	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (strcmp(method, methods[i]) == 0)
			return true;
	return false;
}

static void refuse_method(struct call *call)
{
	tfs_fail(call, 501, "Not Implemented: %s", call->request.method);
	call->response.close = true;
}

bool serve_tfs(struct call *call)
{
	struct job job = {.call = call};

	if (!tfs_path_is(call->request.target))
		return false;
	call->account.protocol = "tfs";
	call->put_error = tfs_put_error;
	if (!is_known(call->request.method))
		refuse_method(call);
	else if (strcmp(call->request.method, "OPTIONS") == 0)
		answer_options(call);
	else if (tfs_path_parse(&job.path, call->request.method, call->request.target, &job.error))
		answer(&job);
	else
		refuse(&job, &job.error);
	finish(&job);
	return true;
}
