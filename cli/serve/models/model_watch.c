/*
 * model_watch.c - a thread that looks at the files of models, again and again.
 *
 * All that is slow happens there: requests only ever see a registry that changes from one moment to
 * the next.
 */
#include "model_watch.h"
#include "../../common/trim.h"
#include "file_stamp.h"
#include "model_list.h"
#include "model_set.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct watch {
	struct loading loading;
	struct model_set *set;
	const char *config_path; /* NULL: the configuration does not change */
	uint64_t config_stamp;   /* of what was read last */
	double poll_seconds;

	pthread_t thread;
	bool is_running;
	pthread_mutex_t mutex; /* of the rest */
	pthread_cond_t changed;
	bool stopping;
	bool is_forced; /* a look was asked for, with: */
	void (*done)(void *context);
	void *context;
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
		trim_memory();
}

/* A configuration that cannot be read changes nothing. */
static bool read_config(struct watch *watch)
{
	struct model_config config;
	struct emnist_error error;

	if (model_list_read(watch->config_path, &config, &error)) {
		complain_of(watch->config_path, &error);
		return false;
	}
	if (!watch->loading.quiet)
		complain("'%s': %zu model%s", watch->config_path, config.n,
			 config.n == 1 ? "" : "s");
	return model_set_follow(watch->set, &config);
}

static void look(struct watch *watch, bool is_forced)
{
	const uint64_t stamp = watch->config_path ? stamp_files(watch->config_path) : 0;

	if (watch->config_path && (is_forced || stamp != watch->config_stamp)) {
		watch->config_stamp = stamp;
		read_config(watch);
	}
	model_set_look(watch->set, is_forced);
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

static void *run(void *argument)
{
	struct watch *watch = argument;
	struct timespec next = after(watch->poll_seconds);

	pthread_mutex_lock(&watch->mutex);
	while (!watch->stopping) {
		const bool is_time = wait_until(watch, &next);
		const bool is_forced = watch->is_forced;
		void (*const done)(void *) = watch->done;
		void *const context = watch->context;

		watch->is_forced = false;
		watch->has_unused = false;
		pthread_mutex_unlock(&watch->mutex);
		if (is_time) {
			look(watch, is_forced);
			next = after(watch->poll_seconds);
		}
		free_unused(watch);
		if (is_forced)
			done(context);
		pthread_mutex_lock(&watch->mutex);
	}
	pthread_mutex_unlock(&watch->mutex);
	return NULL;
}

void watch_reload(struct watch *watch, void (*done)(void *context), void *context)
{
	pthread_mutex_lock(&watch->mutex);
	watch->is_forced = true;
	watch->done = done;
	watch->context = context;
	pthread_cond_signal(&watch->changed);
	pthread_mutex_unlock(&watch->mutex);
}

/* ------------------------------------------------------------------ open and close */

bool watch_check(const struct watch_settings *settings)
{
	const struct model_source *source = &settings->source;

	if (!settings->config_path)
		return model_source_check(source);
	if (!source->path && !settings->name && !source->labels_path && source->activation < 0 &&
	    isnan(source->input_scale) && isnan(source->input_mean) && isnan(source->input_std))
		return true;
	complain("--models cannot be combined with MODEL, --name, --labels, --activation or "
		 "--input-...");
	return false;
}

static void init_thread(struct watch *watch)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&watch->mutex, NULL);
	pthread_cond_init(&watch->changed, &attributes);
	pthread_condattr_destroy(&attributes);
}

static bool configure(struct watch *watch, const struct watch_settings *settings)
{
	struct model_config config;

	if (watch->config_path) {
		watch->config_stamp = stamp_files(watch->config_path);
		return read_config(watch);
	}
	if (model_config_single(settings->source.path, settings->name, &config))
		return model_set_follow(watch->set, &config);
	complain("out of memory");
	return false;
}

/* Every model serves from the start: whoever comes then may rely on that. */
static bool load_first(struct watch *watch)
{
	model_set_look(watch->set, false);
	return model_set_check(watch->set);
}

static bool start_thread(struct watch *watch)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	watch->is_running = pthread_create(&watch->thread, NULL, run, watch) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
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
	watch->config_path = settings->config_path;
	watch->poll_seconds = settings->poll_seconds;
	watch->loading = (struct loading){
		.registry = registry_new(notice_unused, watch),
		.source = settings->source,
		.engine = settings->engine,
		.preprocess = settings->preprocess,
		.quiet = settings->quiet,
	};
	watch->set = model_set_new(&watch->loading);
	if (!watch->loading.registry || !watch->set)
		complain("out of memory");
	else if (configure(watch, settings) && load_first(watch) && start_thread(watch))
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
	model_set_free(watch->set);
	registry_free(watch->loading.registry);
	pthread_mutex_destroy(&watch->mutex);
	pthread_cond_destroy(&watch->changed);
	free(watch);
}
