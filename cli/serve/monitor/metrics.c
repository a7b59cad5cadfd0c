/*
 * metrics.c - counters in a hash table that only grows.
 *
 * Series are found without a lock: one is complete when it becomes visible, and stays. Models may
 * come and go for years, so there is a limit; beyond it requests are counted as of an unknown kind.
 */
#include "metrics.h"
#include "../models/registry.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define N_CHAINS   256
#define MAX_SERIES 4096

struct metrics {
	_Atomic(struct series *) chains[N_CHAINS];
	pthread_mutex_t mutex; /* of those who add a series */
	size_t n_series;
	struct series other; /* those beyond the limit */
	struct registry *registry;
	double edges[METRICS_N_ALL_EDGES]; /* sorted */
};

const double metrics_edges[METRICS_N_EDGES] = {5e-5,   1e-4,   2.5e-4, 5e-4,   1e-3,
					       2.5e-3, 5e-3,   1e-2,   2.5e-2, 5e-2,
					       1e-1,   2.5e-1, 5e-1,   1,      10};

double metrics_tensorflow_edge(size_t i)
{
	return 1e-5 * pow(1.8, (double)i);
}

static int compare_edges(const void *a, const void *b)
{
	const double first = *(const double *)a, second = *(const double *)b;

	return (first > second) - (first < second);
}

struct metrics *metrics_new(struct registry *registry)
{
	struct metrics *metrics = calloc(1, sizeof(*metrics));

	if (!metrics)
		return NULL;
	memcpy(metrics->edges, metrics_edges, sizeof(metrics_edges));
	for (size_t i = 0; i < METRICS_N_TENSORFLOW_EDGES; i++)
		metrics->edges[METRICS_N_EDGES + i] = metrics_tensorflow_edge(i);
	qsort(metrics->edges, METRICS_N_ALL_EDGES, sizeof(*metrics->edges), compare_edges);
	metrics->registry = registry;
	metrics->other.protocol = metrics->other.api = "";
	pthread_mutex_init(&metrics->mutex, NULL);
	return metrics;
}

void metrics_free(struct metrics *metrics)
{
	if (!metrics)
		return;
	for (size_t i = 0; i < N_CHAINS; i++) {
		struct series *series = atomic_load(&metrics->chains[i]);

		while (series) {
			struct series *next = series->next;

			free(series);
			series = next;
		}
	}
	pthread_mutex_destroy(&metrics->mutex);
	free(metrics);
}

/* -------------------------------------------------------------------- counting */

/* FNV-1a. */
static uint32_t hash_text(uint32_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619;
	return hash;
}

static bool is_of(const struct series *series, const struct series *key)
{
	return series->status == key->status && strcmp(series->model, key->model) == 0 &&
	       strcmp(series->api, key->api) == 0 && strcmp(series->protocol, key->protocol) == 0;
}

static struct series *find(struct series *series, const struct series *key)
{
	while (series && !is_of(series, key))
		series = series->next;
	return series;
}

static struct series *add(struct metrics *metrics, _Atomic(struct series *) *chain,
			  const struct series *key)
{
	struct series *series;

	pthread_mutex_lock(&metrics->mutex);
	series = find(atomic_load(chain), key);
	if (!series && metrics->n_series < MAX_SERIES)
		series = calloc(1, sizeof(*series));
	if (!series) {
		series = &metrics->other;
	} else if (!series->protocol) {
		series->next = atomic_load(chain);
		series->protocol = key->protocol;
		series->api = key->api;
		series->status = key->status;
		memcpy(series->model, key->model, sizeof(series->model));
		metrics->n_series++;
		atomic_store_explicit(chain, series, memory_order_release);
	}
	pthread_mutex_unlock(&metrics->mutex);
	return series;
}

static void increase(atomic_uint_least64_t *counter, uint64_t by)
{
	atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

static void put_duration(const struct metrics *metrics, struct durations *durations, double seconds)
{
	size_t low = 0, high = METRICS_N_ALL_EDGES;

	while (low < high) {
		const size_t middle = (low + high) / 2;

		if (seconds <= metrics->edges[middle])
			high = middle;
		else
			low = middle + 1;
	}
	increase(&durations->counts[low], 1);
	increase(&durations->nanoseconds, (uint64_t)(seconds * 1e9));
}

static _Atomic(struct series *) *chain_of(struct metrics *metrics, const struct series *key)
{
	uint32_t hash = 2166136261 + key->status;

	hash = hash_text(hash_text(hash_text(hash, key->model), key->api), key->protocol);
	return &metrics->chains[(hash ^ hash >> 16) % N_CHAINS];
}

static bool is_known(struct registry *registry, const char *model)
{
	struct version_status *versions;
	size_t n;
	const bool found = registry_status(registry, model, &versions, &n);

	if (found)
		free(versions);
	return found;
}

static struct series *find_or_add(struct metrics *metrics, struct series *key)
{
	_Atomic(struct series *) *chain = chain_of(metrics, key);
	struct series *series = find(atomic_load_explicit(chain, memory_order_acquire), key);

	if (series)
		return series;
	if (key->model[0] && !is_known(metrics->registry, key->model)) {
		key->model[0] = '\0';
		chain = chain_of(metrics, key);
	}
	return add(metrics, chain, key);
}

void metrics_count(struct metrics *metrics, const struct call_account *account, unsigned status,
		   double seconds)
{
	struct series *series;
	struct series key;

	key.protocol = account->protocol ? account->protocol : "";
	key.api = account->api ? account->api : "";
	key.status = status;
	memcpy(key.model, account->model, sizeof(key.model));
	series = find_or_add(metrics, &key);
	put_duration(metrics, &series->requests, seconds);
	if (account->network_seconds == 0)
		return;
	put_duration(metrics, &series->networks, account->network_seconds);
	increase(&series->n_images, account->n_images);
}

/* --------------------------------------------------------------------- showing */

static int compare_series(const void *a, const void *b)
{
	const struct series *first = *(const struct series *const *)a;
	const struct series *second = *(const struct series *const *)b;
	int order = strcmp(first->protocol, second->protocol);

	if (order == 0)
		order = strcmp(first->api, second->api);
	if (order == 0)
		order = strcmp(first->model, second->model);
	return order ? order : (first->status > second->status) - (first->status < second->status);
}

const struct series **metrics_list(struct metrics *metrics, size_t *n_ret)
{
	const struct series **list;
	size_t n = 0;

	pthread_mutex_lock(&metrics->mutex);
	list = malloc((metrics->n_series + 1) * sizeof(*list));
	for (size_t i = 0; list && i < N_CHAINS; i++)
		for (const struct series *series = atomic_load(&metrics->chains[i]); series;
		     series = series->next)
			list[n++] = series;
	if (list && metrics_total(&metrics->other.requests) > 0)
		list[n++] = &metrics->other;
	pthread_mutex_unlock(&metrics->mutex);
	if (list)
		qsort(list, n, sizeof(*list), compare_series);
	*n_ret = n;
	return list;
}

uint64_t metrics_up_to(const struct metrics *metrics, const struct durations *durations,
		       double seconds)
{
	uint64_t total = 0;

	for (size_t i = 0; i < METRICS_N_ALL_EDGES && metrics->edges[i] <= seconds; i++)
		total += atomic_load_explicit(&durations->counts[i], memory_order_relaxed);
	return total;
}

uint64_t metrics_total(const struct durations *durations)
{
	uint64_t total = 0;

	for (size_t i = 0; i <= METRICS_N_ALL_EDGES; i++)
		total += atomic_load_explicit(&durations->counts[i], memory_order_relaxed);
	return total;
}
