/*
 * model_watch.c - a thread that looks at the files of models, again and again.
 *
 * All that is slow happens there: requests only ever see a registry that changes from one moment to
 * the next.
 */
#include "model_watch.h"
#include "../output/text.h"
#include "model_config.h"
#include "watched.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

struct watch {
	struct loading loading;
	struct model_config config;
	struct watched **models;
	size_t n_models;
	double poll_seconds;

	pthread_t thread;
	bool is_running;
	pthread_mutex_t mutex; /* of the rest */
	pthread_cond_t changed;
	bool stopping;
	bool is_forced;  /* a look was asked for */
	bool has_unused; /* versions to free */
};

static void notice_unused(void *context)
{
	struct watch *watch = context;

	pthread_mutex_lock(&watch->mutex);
	watch->has_unused = true;
	pthread_cond_signal(&watch->changed);
	pthread_mutex_unlock(&watch->mutex);
}

struct registry *watch_registry(struct watch *watch)
{
	return watch->loading.registry;
}

/* The allocator would keep the memory for itself. */
static void free_unused(struct watch *watch)
{
	if (registry_free_unused(watch->loading.registry) > 0)
		malloc_trim(0);
}

/* What is new serves before what it replaces ends. */
static void look(struct watch *watch, bool is_forced)
{
	for (size_t i = 0; i < watch->n_models; i++)
		watched_look(watch->models[i]);
	for (size_t i = 0; i < watch->n_models; i++)
		watched_load(watch->models[i], is_forced);
	for (size_t i = 0; i < watch->n_models; i++)
		watched_unload(watch->models[i]);
	free_unused(watch);
}

/* ------------------------------------------------------------------------ thread */

static struct timespec after(double seconds)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)seconds;
	t.tv_nsec += (long)((seconds - (double)(time_t)seconds) * 1e9);
	if (t.tv_nsec >= 1000000000L) {
		t.tv_nsec -= 1000000000L;
		t.tv_sec++;
	}
	return t;
}

/* Waits for something to do, with the lock held; returns whether the time has come to look. */
static bool wait_until(struct watch *watch, const struct timespec *t)
{
	while (!watch->stopping && !watch->is_forced && !watch->has_unused)
		if (watch->poll_seconds == 0)
			pthread_cond_wait(&watch->changed, &watch->mutex);
		else if (pthread_cond_timedwait(&watch->changed, &watch->mutex, t))
			return true;
	return watch->is_forced;
}

static void *run(void *context)
{
	struct watch *watch = context;
	struct timespec next = after(watch->poll_seconds);

	pthread_mutex_lock(&watch->mutex);
	while (!watch->stopping) {
		const bool is_time = wait_until(watch, &next);
		const bool is_forced = watch->is_forced;

		watch->is_forced = false;
		watch->has_unused = false;
		pthread_mutex_unlock(&watch->mutex);
		if (is_time) {
			look(watch, is_forced);
			next = after(watch->poll_seconds);
		}
		free_unused(watch);
		pthread_mutex_lock(&watch->mutex);
	}
	pthread_mutex_unlock(&watch->mutex);
	return NULL;
}

void watch_reload(struct watch *watch)
{
	pthread_mutex_lock(&watch->mutex);
	watch->is_forced = true;
	pthread_cond_signal(&watch->changed);
	pthread_mutex_unlock(&watch->mutex);
}

/* ------------------------------------------------------------------ open and close */

static void init_thread(struct watch *watch)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&watch->mutex, NULL);
	pthread_cond_init(&watch->changed, &attributes);
	pthread_condattr_destroy(&attributes);
}

static bool add_models(struct watch *watch)
{
	watch->models = calloc(watch->config.n + 1, sizeof(struct watched *));
	if (!watch->models) {
		complain("out of memory");
		return false;
	}
	for (size_t i = 0; i < watch->config.n; i++) {
		watch->models[i] = watched_new(&watch->loading, &watch->config.models[i]);
		if (!watch->models[i])
			return false;
		watch->n_models++;
	}
	return true;
}
/* Every model must serve from the start: what comes after it may rely on that. */
static bool load_first(struct watch *watch)
{
	struct text names = {0};
	size_t n = 0;

	look(watch, false);
	for (size_t i = 0; i < watch->n_models; i++) {
		const char *name = watch->config.models[i].name;

		if (watched_serves(watch->models[i]))
			continue;
		text_printf(&names, n++ > 0 ? ", %s" : "%s", name);
	}
	if (n > 0)
		complain("%zu model(s) did not become available: %.*s", n, (int)names.nbytes,
			 names.bytes);
	text_release(&names);
	return n == 0;
}

static bool start_thread(struct watch *watch)
{
	watch->is_running = pthread_create(&watch->thread, NULL, run, watch) == 0;
	if (!watch->is_running)
		complain("cannot start a thread");
	return watch->is_running;
}

struct watch *watch_open(const struct watch_settings *settings)
{
	struct watch *watch = calloc(1, sizeof(*watch));

	if (!watch) {
		complain("out of memory");
		return NULL;
	}
	init_thread(watch);
	watch->poll_seconds = settings->poll_seconds;
	watch->loading = (struct loading){
		.registry = registry_new(notice_unused, watch),
		.source = settings->source,
		.engine = settings->engine,
		.preprocess = settings->preprocess,
		.quiet = settings->quiet,
	};
	if (!watch->loading.registry ||
	    !model_config_single(settings->source.path, settings->name, &watch->config))
		complain("out of memory");
	else if (add_models(watch) && load_first(watch) && start_thread(watch))
		return watch;
	watch_close(watch);
	return NULL;
}

static void stop_thread(struct watch *watch)
{
	pthread_mutex_lock(&watch->mutex);
	watch->stopping = true;
	pthread_cond_signal(&watch->changed);
	pthread_mutex_unlock(&watch->mutex);
	pthread_join(watch->thread, NULL);
}

void watch_close(struct watch *watch)
{
	if (!watch)
		return;
	if (watch->is_running)
		stop_thread(watch);
	while (watch->n_models > 0)
		watched_free(watch->models[--watch->n_models]);
	free(watch->models);
	model_config_clear(&watch->config);
	registry_free(watch->loading.registry);
	pthread_mutex_destroy(&watch->mutex);
	pthread_cond_destroy(&watch->changed);
	free(watch);
}
