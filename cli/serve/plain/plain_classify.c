/*
 * plain_classify.c - POST /classify: images in, labels out.
 *
 * The records are those of `emnist classify`, by the same writers. The body is one image file,
 * which is answered by a record without a path, or a form with several.
 */
#include "plain_classify.h"
#include "../../../lib/base/memory.h"
#include "../../common/model_options.h"
#include "../../output/json.h"
#include "../../output/records.h"
#include "../call/server.h"
#include "plain_form.h"
#include "plain_settings.h"

#include <stdio.h>
#include <stdlib.h>

struct job {
	struct call *call;
	struct plain_settings settings;
	struct plain_form form;
	struct served *served;
	struct emnist_view *view; /* NULL: the model's own classes */
	struct output_schema schema;
	const char **labels;  /* (schema.n_classes) */
	float *vectors;       /* (form.n, EMNIST_VECTOR_LENGTH) */
	float *probabilities; /* (form.n, classes of the model), then of the view */
	uint32_t *top;        /* (schema.n_top) */
};

static void release(struct job *job)
{
	query_release(plain_parameters, &job->settings);
	plain_form_release(&job->form);
	if (job->served)
		registry_release(job->call->server->registry, job->served);
	emnist_view_free(job->view);
	free(job->labels);
	free(job->vectors);
	free(job->probabilities);
	free(job->top);
}

/* -------------------------------------------------------------------- the model */

static bool find_model(struct job *job)
{
	const struct plain_settings *s = &job->settings;
	const struct version_choice choice = {.number = s->version, .has_number = s->version >= 0};
	struct call *call = job->call;

	switch (registry_acquire(call->server->registry, s->model, &choice, &job->served)) {
	case REGISTRY_FOUND:
		return true;
	case REGISTRY_NO_MODEL:
	case REGISTRY_NO_LABEL:
		if (s->model)
			call_fail(call, 404, "model: there is no '%.80s' that is ready", s->model);
		else
			call_fail(call, 503, "no model is ready");
		break;
	case REGISTRY_NO_VERSION:
		call_fail(call, 404, "version: there is no %lld that is ready",
			  (long long)s->version);
		break;
	}
	return false;
}

/* A view is made anew for each request that asks for one: 4 to 12 microseconds. */
static bool find_view(struct job *job)
{
	const struct plain_settings *s = &job->settings;
	const struct emnist_view_options options = {.set = s->classes, .merge_case = s->merge_case};
	struct emnist_error error;

	if ((!s->classes && !s->merge_case) ||
	    !emnist_view_create(emnist_model_labels(job->served->model), &options, &job->view,
				&error))
		return true;
	if (error.code == EMNIST_ERR_MEMORY)
		call_fail(job->call, 503, "out of memory");
	else
		call_fail(job->call, 400, "%s: %s", s->classes ? "classes" : "merge_case",
			  error.message);
	return false;
}

static bool make_room(struct job *job)
{
	const struct emnist_labels *labels =
		job->view ? emnist_view_labels(job->view) : emnist_model_labels(job->served->model);
	const size_t n_classes = emnist_labels_count(labels), n = job->form.n;
	const size_t n_top = (size_t)job->settings.n_top;

	job->schema = (struct output_schema){
		.n_classes = n_classes,
		.n_top = n_top < n_classes ? n_top : n_classes,
		.probabilities = job->settings.probabilities,
		.min_probability = job->settings.min_probability,
	};
	job->labels = alloc_array(n_classes, sizeof(*job->labels));
	job->vectors = alloc_array(n, EMNIST_VECTOR_LENGTH * sizeof(*job->vectors));
	job->probabilities = alloc_array(n, job->served->n_classes * sizeof(*job->probabilities));
	job->top = alloc_array(job->schema.n_top, sizeof(*job->top));
	if (!job->labels || !job->vectors || !job->probabilities || !job->top) {
		call_fail(job->call, 503, "out of memory");
		return false;
	}
	for (size_t i = 0; i < n_classes; i++)
		job->labels[i] = emnist_labels_text(labels, i);
	job->schema.labels = job->labels;
	return true;
}

/* ------------------------------------------------------------------- the answer */

static void put_record(struct job *job, size_t i, const struct output_format *format)
{
	const struct picture *picture = &job->form.pictures[i];
	const bool is_blank = picture->blank && job->settings.blank == BLANK_REPORT;
	const bool has_failed = picture->error.code != EMNIST_OK;
	struct text *body = &job->call->response.body;
	struct record record = {
		.path = job->form.names ? job->form.names[i] : NULL,
		.error = is_blank     ? OUTPUT_BLANK
			 : has_failed ? picture->error.message
				      : NULL,
		.blank = is_blank,
		.n_characters = picture->n_characters,
		.warning = picture->warning,
	};
	void *png = NULL;

	if (!record.error)
		record_answer(&record, &job->schema, job->probabilities + i * job->schema.n_classes,
			      job->top);
	if (job->settings.seen && !has_failed &&
	    emnist_vector_to_png(job->vectors + i * EMNIST_VECTOR_LENGTH, &png, &record.seen_nbytes,
				 NULL))
		body->failed = true;
	record.seen = png;
	if (format)
		format->record(body, &job->schema, &record);
	else
		record_put_json(body, &job->schema, &record);
	free(png);
}

static void put_records(struct job *job, const struct output_format *format)
{
	struct text *body = &job->call->response.body;

	if (format->header)
		format->header(body, &job->schema);
	for (size_t i = 0; i < job->form.n; i++)
		put_record(job, i, format);
}

/* An object: a record, or an array of them. */
static void put_json(struct job *job)
{
	struct text *body = &job->call->response.body;

	if (job->form.names)
		text_puts(body, "{\"results\":[");
	for (size_t i = 0; i < job->form.n; i++) {
		if (i > 0)
			text_putc(body, ',');
		put_record(job, i, NULL);
	}
	text_puts(body, job->form.names ? "]}\n" : "\n");
}

static void answer(struct job *job)
{
	static const struct {
		const struct output_format *format;
		const char *type;
	} formats[] = {
		[PLAIN_JSON] = {NULL, "application/json"},
		[PLAIN_JSONL] = {&output_jsonl, "application/jsonl"},
		[PLAIN_CSV] = {&output_csv, "text/csv; charset=utf-8; header=present"},
		[PLAIN_TSV] = {&output_tsv, "text/tab-separated-values; charset=utf-8"},
	};
	struct response *response = &job->call->response;
	size_t n_failed = 0;

	for (size_t i = 0; i < job->form.n; i++)
		n_failed += job->form.pictures[i].error.code != EMNIST_OK;
	job->call->account.n_images = job->form.n - n_failed;
	if (formats[job->settings.format].format)
		put_records(job, formats[job->settings.format].format);
	else
		put_json(job);
	response->status = job->form.names ? 200 : picture_status(&job->form.pictures[0]);
	response->content_type = formats[job->settings.format].type;
}

void plain_classify(struct call *call)
{
	struct job job = {.call = call, .settings = PLAIN_SETTINGS_DEFAULT};

	if (query_read(call, plain_parameters, &job.settings) && plain_form_read(call, &job.form) &&
	    find_model(&job)) {
		call->account.api = "classify";
		snprintf(call->account.model, sizeof(call->account.model), "%s", job.served->name);
		if (find_view(&job) && make_room(&job) &&
		    inference_read(call, job.served, job.form.pictures, job.form.n, job.vectors) &&
		    inference_run(call, job.served, job.vectors, job.form.n, job.probabilities)) {
			if (job.view)
				emnist_view_apply(job.view, job.probabilities, job.form.n);
			answer(&job);
		}
	}
	release(&job);
}
