/* prometheus.c - the metrics of `emnist serve`. */
#include "prometheus.h"
#include "../models/registry.h"
#include "access_log.h"
#include "exposition.h"
#include "process_figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_requests(struct text *text, const struct series *const *list, size_t n)
{
	static const char name[] = "emnist_requests_total";
	struct text labels = {0};
	char status[16];

	exposition_begin(
		text, name, "counter",
		"Requests by status; 499: ended early, or with a head that cannot be read.");
	for (size_t i = 0; i < n; i++) {
		text_reset(&labels);
		snprintf(status, sizeof(status), "%u", list[i]->status);
		exposition_label(&labels, "protocol", list[i]->protocol);
		exposition_label(&labels, "api", list[i]->api);
		exposition_label(&labels, "model", list[i]->model);
		exposition_label(&labels, "status", status);
		exposition_sample(text, name, &labels, (double)metrics_total(&list[i]->requests));
	}
	text_release(&labels);
}

/* One per protocol: the list is sorted by it. */
static void put_seconds(struct text *text, const struct metrics *metrics,
			const struct series *const *list, size_t n)
{
	static const char name[] = "emnist_request_seconds";
	struct buckets buckets = {.n = METRICS_N_EDGES, .scale = 1};
	struct text labels = {0};

	memcpy(buckets.edges, metrics_edges, sizeof(metrics_edges));
	exposition_begin(text, name, "histogram",
			 "Time from the end of a request's head until its response was queued.");
	for (size_t i = 0; i < n;) {
		const char *protocol = list[i]->protocol;

		buckets_clear(&buckets);
		for (; i < n && strcmp(list[i]->protocol, protocol) == 0; i++)
			buckets_add(&buckets, metrics, &list[i]->requests);
		text_reset(&labels);
		exposition_label(&labels, "protocol", protocol);
		buckets_put(text, name, &labels, &buckets);
	}
	text_release(&labels);
}

static double sum_images(const struct series *const *list, size_t n, const char *model)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i]->model, model) == 0)
			sum += (double)atomic_load(&list[i]->n_images);
	return sum;
}

static bool has_version(struct registry *registry, const char *model)
{
	struct served *served;
	const bool has = registry_acquire(registry, model, NULL, &served) == REGISTRY_FOUND;

	if (has)
		registry_release(registry, served);
	return has;
}

static void put_versions(struct text *text, struct registry *registry, const char *model)
{
	struct text labels = {0};
	struct version_status *versions;
	char number[32];
	size_t n;

	if (!registry_status(registry, model, &versions, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		if (versions[i].state != VERSION_AVAILABLE)
			continue;
		text_reset(&labels);
		snprintf(number, sizeof(number), "%lld", (long long)versions[i].number);
		exposition_label(&labels, "model", model);
		exposition_label(&labels, "version", number);
		exposition_sample(text, "emnist_model_info", &labels, 1);
	}
	text_release(&labels);
	free(versions);
}

static void put_by_model(struct text *text, const char *name, const char *model, double value)
{
	struct text labels = {0};

	exposition_label(&labels, "model", model);
	exposition_sample(text, name, &labels, value);
	text_release(&labels);
}

static void put_models(struct text *text, struct registry *registry,
		       const struct series *const *list, size_t n_series)
{
	char **models;
	size_t n;

	if (!registry_list(registry, &models, &n)) {
		text->failed = true;
		return;
	}
	exposition_begin(text, "emnist_images_total", "counter", "Images that were classified.");
	for (size_t i = 0; i < n; i++)
		put_by_model(text, "emnist_images_total", models[i],
			     sum_images(list, n_series, models[i]));
	exposition_begin(text, "emnist_model_ready", "gauge",
			 "Whether a version of the model answers requests.");
	for (size_t i = 0; i < n; i++)
		put_by_model(text, "emnist_model_ready", models[i],
			     has_version(registry, models[i]));
	exposition_begin(text, "emnist_model_info", "gauge", "Versions that answer requests.");
	for (size_t i = 0; i < n; i++)
		put_versions(text, registry, models[i]);
	free(models);
}

static void put_server(struct text *text, const struct server *server)
{
	struct text labels = {0};

	exposition_single(text, "emnist_requests_in_flight", "gauge",
			  "Complete requests that are being answered.",
			  (double)atomic_load(&server->n_in_flight));
	exposition_single(text, "emnist_connections", "gauge", "Open connections.",
			  (double)atomic_load(&server->n_connections));
	exposition_single(text, "emnist_body_bytes", "gauge",
			  "Memory for bodies of requests that are being received or answered.",
			  (double)atomic_load(&server->held_nbytes));
	exposition_single(text, "emnist_log_lines_lost_total", "counter",
			  "Lines of the access log that could not be written.",
			  server->log ? (double)access_log_n_lost(server->log) : -1);
	exposition_begin(text, "emnist_build_info", "gauge", "The version of the server.");
	exposition_label(&labels, "version", emnist_version());
	exposition_sample(text, "emnist_build_info", &labels, 1);
	text_release(&labels);
}

/* Under the names that Prometheus' own client libraries use. */
static void put_process(struct text *text, const struct server *server)
{
	const struct process_figures figures = process_figures_find();

	exposition_single(text, "process_cpu_seconds_total", "counter",
			  "User and system time that the process used.", figures.cpu_seconds);
	exposition_single(text, "process_resident_memory_bytes", "gauge", "Resident memory.",
			  figures.resident_nbytes);
	exposition_single(text, "process_virtual_memory_bytes", "gauge", "Virtual memory.",
			  figures.virtual_nbytes);
	exposition_single(text, "process_open_fds", "gauge", "Open file descriptors.",
			  figures.n_fds);
	exposition_single(text, "process_max_fds", "gauge",
			  "How many file descriptors may be open.", figures.max_fds);
	exposition_single(text, "process_start_time_seconds", "gauge",
			  "When the server started, in seconds since 1970.",
			  (double)server->start_time);
}

void prometheus_put(struct text *text, struct server *server)
{
	size_t n;
	const struct series **list = metrics_list(server->metrics, &n);

	if (!list) {
		text->failed = true;
		return;
	}
	put_requests(text, list, n);
	put_seconds(text, server->metrics, list, n);
	put_models(text, server->registry, list, n);
	put_server(text, server);
	put_process(text, server);
	free(list);
}
