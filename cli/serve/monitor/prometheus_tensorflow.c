/*
 * prometheus_tensorflow.c - metrics under TensorFlow Serving's names, for dashboards that know
 * them.
 *
 * Its names, labels and buckets, in microseconds; it has no help texts. Only calls of its protocol
 * count.
 */
#include "exposition.h"
#include "prometheus.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX ":tensorflow:serving:"

/* The calls of its protocol, sorted by api, model and status. */
struct calls {
	const struct metrics *metrics;
	const struct series *const *list;
	size_t n;
};

static struct calls calls_of(const struct metrics *metrics, const struct series *const *list,
			     size_t n)
{
	size_t first = 0, end;

	while (first < n && strcmp(list[first]->protocol, "tfs") != 0)
		first++;
	for (end = first; end < n && strcmp(list[end]->protocol, "tfs") == 0;)
		end++;
	return (struct calls){metrics, list + first, end - first};
}

/* The name of the canonical error code that TensorFlow Serving shows as this status. */
static const char *code_name(unsigned status)
{
	static const struct {
		unsigned status;
		const char *name;
	} codes[] = {
		{200, "OK"},
		{400, "INVALID_ARGUMENT"},
		{401, "UNAUTHENTICATED"},
		{403, "PERMISSION_DENIED"},
		{404, "NOT_FOUND"},
		{413, "RESOURCE_EXHAUSTED"},
		{429, "RESOURCE_EXHAUSTED"},
		{499, "CANCELLED"},
		{500, "INTERNAL"},
		{501, "UNIMPLEMENTED"},
		{503, "UNAVAILABLE"},
		{504, "DEADLINE_EXCEEDED"},
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i].status == status)
			return codes[i].name;
	return "UNKNOWN";
}

/* Whether a series before i has the same model and, with same_code, the same code; then that one's
 * sample has this one in it. */
static bool is_counted(const struct calls *calls, size_t i, bool same_code)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(calls->list[j]->model, calls->list[i]->model) == 0 &&
		    (!same_code || strcmp(code_name(calls->list[j]->status),
					  code_name(calls->list[i]->status)) == 0))
			return true;
	return false;
}

static void put_request_count(struct text *text, const struct calls *calls)
{
	static const char name[] = PREFIX "request_count";
	struct text labels = {0};

	exposition_begin(text, name, "counter", NULL);
	for (size_t i = 0; i < calls->n; i++) {
		const char *model = calls->list[i]->model,
			   *code = code_name(calls->list[i]->status);
		double count = 0;

		if (is_counted(calls, i, true))
			continue;
		for (size_t j = i; j < calls->n; j++)
			if (strcmp(calls->list[j]->model, model) == 0 &&
			    strcmp(code_name(calls->list[j]->status), code) == 0)
				count += (double)metrics_total(&calls->list[j]->requests);
		text_reset(&labels);
		exposition_label(&labels, "model_name", model);
		exposition_label(&labels, "status", code);
		exposition_sample(text, name, &labels, count);
	}
	text_release(&labels);
}

static void put_example_count(struct text *text, const struct calls *calls)
{
	static const char name[] = PREFIX "request_example_count_total";
	struct text labels = {0};

	exposition_begin(text, name, "counter", NULL);
	for (size_t i = 0; i < calls->n; i++) {
		const char *model = calls->list[i]->model;
		double count = 0;

		if (!model[0] || is_counted(calls, i, false))
			continue;
		for (size_t j = i; j < calls->n; j++)
			if (strcmp(calls->list[j]->model, model) == 0 &&
			    strcmp(calls->list[j]->api, "classify") == 0)
				count += (double)atomic_load(&calls->list[j]->n_images);
		text_reset(&labels);
		exposition_label(&labels, "model", model);
		exposition_sample(text, name, &labels, count);
	}
	text_release(&labels);
}

/* A histogram of each series that succeeded and ran a model. capital: as it writes the api there.
 */
static void put_latency(struct text *text, const struct calls *calls, const char *name,
			bool of_network)
{
	struct buckets buckets = {.n = METRICS_N_TENSORFLOW_EDGES, .scale = 1e6};
	struct text labels = {0};

	for (size_t i = 0; i < buckets.n; i++)
		buckets.edges[i] = metrics_tensorflow_edge(i);
	exposition_begin(text, name, "histogram", NULL);
	for (size_t i = 0; i < calls->n; i++) {
		const struct series *series = calls->list[i];
		char api[32];

		if (series->status != 200 || metrics_total(&series->networks) == 0)
			continue;
		buckets_clear(&buckets);
		buckets_add(&buckets, calls->metrics,
			    of_network ? &series->networks : &series->requests);
		snprintf(api, sizeof(api), "%s", series->api);
		if (of_network)
			api[0] = (char)toupper((unsigned char)api[0]);
		text_reset(&labels);
		exposition_label(&labels, "model_name", series->model);
		exposition_label(&labels, "API", api);
		exposition_label(&labels, of_network ? "runtime" : "entrypoint",
				 of_network ? "TF1" : "REST");
		buckets_put(text, name, &labels, &buckets);
	}
	text_release(&labels);
}

void prometheus_put_tensorflow(struct text *text, struct server *server)
{
	size_t n;
	const struct series **list = metrics_list(server->metrics, &n);
	struct calls calls;

	if (!list) {
		text->failed = true;
		return;
	}
	calls = calls_of(server->metrics, list, n);
	put_request_count(text, &calls);
	put_latency(text, &calls, PREFIX "request_latency", false);
	put_latency(text, &calls, PREFIX "runtime_latency", true);
	put_example_count(text, &calls);
	free(list);
}
