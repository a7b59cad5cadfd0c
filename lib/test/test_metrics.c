/*
 * test_metrics.c - counts of requests: in which bucket a duration is, whose counters they are, and
 * that none is lost when threads count at the same time.
 */
#include "../../cli/serve/models/registry.h"
#include "../../cli/serve/monitor/exposition.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Models whose names begin with "m" are there. */
bool registry_status(struct registry *registry, const char *name,
		     struct version_status **versions_ret, size_t *n_ret)
{
	(void)registry;
	*versions_ret = NULL;
	*n_ret = 0;
	return name[0] == 'm';
}

static void count(struct metrics *metrics, const char *model, unsigned status, double seconds,
		  double network_seconds)
{
	struct call_account account = {
		.protocol = "tfs",
		.api = "predict",
		.n_images = 3,
		.network_seconds = network_seconds,
	};

	snprintf(account.model, sizeof(account.model), "%s", model);
	metrics_count(metrics, &account, status, seconds);
}

static void buckets_of_durations(void **state)
{
	struct metrics *metrics = metrics_new(NULL);
	const struct series **list;
	const struct durations *requests;
	size_t n;

	(void)state;
	assert_non_null(metrics);
	for (size_t i = 0; i < METRICS_N_EDGES; i++)
		count(metrics, "m", 200, metrics_edges[i], 0);
	list = metrics_list(metrics, &n);
	assert_int_equal(n, 1);
	requests = &list[0]->requests;
	for (size_t i = 0; i < METRICS_N_EDGES; i++)
		assert_int_equal(metrics_up_to(metrics, requests, metrics_edges[i]), i + 1);
	/* Of the other edges: what is up to 18 microseconds, and up to 58.32. */
	count(metrics, "m", 200, 17.9e-6, 0);
	count(metrics, "m", 200, 18.1e-6, 0);
	assert_int_equal(metrics_up_to(metrics, requests, metrics_tensorflow_edge(0)), 0);
	assert_int_equal(metrics_up_to(metrics, requests, metrics_tensorflow_edge(1)), 1);
	assert_int_equal(metrics_up_to(metrics, requests, metrics_tensorflow_edge(3)), 3);
	count(metrics, "m", 200, 1e9, 0);
	assert_int_equal(metrics_up_to(metrics, requests, metrics_tensorflow_edge(32)), 17);
	assert_int_equal(metrics_total(requests), 18);
	free(list);
	metrics_free(metrics);
}

static void series_of_requests(void **state)
{
	struct metrics *metrics = metrics_new(NULL);
	struct call_account unknown = {0};
	const struct series **list;
	size_t n;

	(void)state;
	count(metrics, "m2", 200, 1, 0.5);
	count(metrics, "m2", 200, 1, 0.5);
	count(metrics, "m1", 400, 1, 0);
	count(metrics, "m1", 200, 1, 0);
	count(metrics, "x", 404, 1, 0);
	count(metrics, "y", 404, 1, 0);
	metrics_count(metrics, &unknown, 499, 0);
	list = metrics_list(metrics, &n);
	assert_int_equal(n, 5);
	assert_string_equal(list[0]->protocol, "");
	assert_int_equal(list[0]->status, 499);
	assert_string_equal(list[1]->model, ""); /* neither x nor y */
	assert_int_equal(metrics_total(&list[1]->requests), 2);
	assert_string_equal(list[2]->model, "m1");
	assert_int_equal(list[2]->status, 200);
	assert_int_equal(list[3]->status, 400);
	assert_int_equal(list[3]->n_images, 0);
	assert_int_equal(metrics_total(&list[3]->networks), 0);
	assert_string_equal(list[4]->model, "m2");
	assert_int_equal(list[4]->n_images, 6);
	assert_int_equal(metrics_total(&list[4]->networks), 2);
	assert_int_equal(list[4]->networks.nanoseconds, 1000000000);
	free(list);
	metrics_free(metrics);
}

static void too_many_series(void **state)
{
	struct metrics *metrics = metrics_new(NULL);
	const struct series **list;
	uint64_t total = 0;
	char model[32];
	size_t n;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		snprintf(model, sizeof(model), "m%d", i);
		count(metrics, model, 200, 1, 0);
	}
	list = metrics_list(metrics, &n);
	assert_int_equal(n, 4097);
	for (size_t i = 0; i < n; i++)
		total += metrics_total(&list[i]->requests);
	assert_int_equal(total, 5000);
	assert_string_equal(list[0]->protocol, "");
	assert_int_equal(metrics_total(&list[0]->requests), 904);
	free(list);
	metrics_free(metrics);
}

#define N_THREADS 4
#define N_EACH    20000

static void *count_many(void *metrics)
{
	char model[8];

	for (int i = 0; i < N_EACH; i++) {
		snprintf(model, sizeof(model), "m%d", i % 50);
		count(metrics, model, 200, 1e-6 * i, 1e-6);
	}
	return NULL;
}

static void many_threads(void **state)
{
	struct metrics *metrics = metrics_new(NULL);
	pthread_t threads[N_THREADS];
	const struct series **list;
	size_t n;

	(void)state;
	for (int i = 0; i < N_THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_many, metrics), 0);
	for (int i = 0; i < N_THREADS; i++)
		pthread_join(threads[i], NULL);
	list = metrics_list(metrics, &n);
	assert_int_equal(n, 50);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(metrics_total(&list[i]->requests), N_THREADS * N_EACH / 50);
		assert_int_equal(list[i]->n_images, 3 * N_THREADS * N_EACH / 50);
	}
	free(list);
	metrics_free(metrics);
}

static void shown(void **state)
{
	struct metrics *metrics = metrics_new(NULL);
	struct buckets buckets = {.edges = {1e-3, 1e-2}, .n = 2, .scale = 1};
	struct text text = {0}, labels = {0};
	const struct series **list;
	size_t n;

	(void)state;
	count(metrics, "m", 200, 0.001, 0);
	count(metrics, "m", 200, 0.002, 0);
	count(metrics, "m", 200, 0.25, 0);
	list = metrics_list(metrics, &n);
	buckets_add(&buckets, metrics, &list[0]->requests);
	exposition_label(&labels, "a", "b\"\\\n\xff\xc3\xa9");
	buckets_put(&text, "t", &labels, &buckets);
	exposition_single(&text, "none", "gauge", "", -1);
	exposition_single(&text, "one", "gauge", NULL, 1e6);
	text_putc(&text, '\0');
#define LABEL "{a=\"b\\\"\\\\\\n\xef\xbf\xbd\xc3\xa9\""
	assert_string_equal(text.bytes, "t_bucket" LABEL ",le=\"0.001\"} 1\n"
					"t_bucket" LABEL ",le=\"0.01\"} 2\n"
					"t_bucket" LABEL ",le=\"+Inf\"} 3\n"
					"t_sum" LABEL "} 0.253\n"
					"t_count" LABEL "} 3\n"
					"# TYPE one gauge\none 1000000\n");
	text_release(&text);
	text_release(&labels);
	free(list);
	metrics_free(metrics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_of_durations),
		cmocka_unit_test(series_of_requests),
		cmocka_unit_test(too_many_series),
		cmocka_unit_test(many_threads),
		cmocka_unit_test(shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
