/* deadlines.c - a list of connections, and the thread that looks for those that are late. */
#include "deadlines.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

/* How late a connection may be seen to be late. */
#define TICK_MILLISECONDS 200

struct deadlines {
	pthread_mutex_t mutex; /* of the list */
	pthread_cond_t changed;
	struct deadline *first;
	bool stopping;
	atomic_uint_least64_t idle_milliseconds; /* of idle connections, at most */
	pthread_t thread;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static uint64_t later(uint64_t milliseconds)
{
	return milliseconds == UINT64_MAX ? UINT64_MAX : now() + milliseconds;
}

/* The owner may set a deadline while it is looked at: one shut down in that moment was late. The
 * socket cannot be another's, since it is removed from the list before it is closed. */
static void shut_late(const struct deadlines *deadlines)
{
	const uint64_t t = now();

	for (struct deadline *d = deadlines->first; d; d = d->next)
		if (atomic_load_explicit(&d->at, memory_order_relaxed) <= t)
			shutdown(d->fd, SHUT_RDWR);
}

static void *watch(void *context)
{
	struct deadlines *deadlines = context;
	struct timespec t;

	pthread_mutex_lock(&deadlines->mutex);
	while (!deadlines->stopping) {
		if (!deadlines->first) {
			pthread_cond_wait(&deadlines->changed, &deadlines->mutex);
			continue;
		}
		shut_late(deadlines);
		clock_gettime(CLOCK_REALTIME, &t);
		t.tv_nsec += TICK_MILLISECONDS * 1000000L;
		if (t.tv_nsec >= 1000000000L) {
			t.tv_nsec -= 1000000000L;
			t.tv_sec++;
		}
		pthread_cond_timedwait(&deadlines->changed, &deadlines->mutex, &t);
	}
	pthread_mutex_unlock(&deadlines->mutex);
	return NULL;
}

struct deadlines *deadlines_start(void)
{
	struct deadlines *deadlines = calloc(1, sizeof(*deadlines));

	if (!deadlines)
		return NULL;
	pthread_mutex_init(&deadlines->mutex, NULL);
	pthread_cond_init(&deadlines->changed, NULL);
	atomic_init(&deadlines->idle_milliseconds, UINT64_MAX);
	if (pthread_create(&deadlines->thread, NULL, watch, deadlines) == 0)
		return deadlines;
	free(deadlines);
	return NULL;
}

void deadlines_stop(struct deadlines *deadlines)
{
	pthread_mutex_lock(&deadlines->mutex);
	deadlines->stopping = true;
	pthread_cond_signal(&deadlines->changed);
	pthread_mutex_unlock(&deadlines->mutex);
	pthread_join(deadlines->thread, NULL);
	pthread_mutex_destroy(&deadlines->mutex);
	pthread_cond_destroy(&deadlines->changed);
	free(deadlines);
}

void deadline_add(struct deadlines *deadlines, struct deadline *deadline, int fd,
		  uint64_t milliseconds)
{
	deadline->fd = fd;
	deadline_set(deadlines, deadline, milliseconds, false);
	pthread_mutex_lock(&deadlines->mutex);
	deadline->previous = NULL;
	deadline->next = deadlines->first;
	if (deadlines->first)
		deadlines->first->previous = deadline;
	else
		pthread_cond_signal(&deadlines->changed);
	deadlines->first = deadline;
	pthread_mutex_unlock(&deadlines->mutex);
}

void deadline_remove(struct deadlines *deadlines, struct deadline *deadline)
{
	pthread_mutex_lock(&deadlines->mutex);
	if (deadline->previous)
		deadline->previous->next = deadline->next;
	else
		deadlines->first = deadline->next;
	if (deadline->next)
		deadline->next->previous = deadline->previous;
	pthread_mutex_unlock(&deadlines->mutex);
}

void deadline_set(struct deadlines *deadlines, struct deadline *deadline, uint64_t milliseconds,
		  bool is_idle)
{
	const uint64_t idle = atomic_load(&deadlines->idle_milliseconds);

	if (is_idle && milliseconds > idle)
		milliseconds = idle;
	atomic_store(&deadline->is_idle, is_idle);
	atomic_store_explicit(&deadline->at, later(milliseconds), memory_order_relaxed);
}

void deadlines_hurry(struct deadlines *deadlines, uint64_t milliseconds)
{
	const uint64_t at = later(milliseconds);

	atomic_store(&deadlines->idle_milliseconds, milliseconds);
	pthread_mutex_lock(&deadlines->mutex);
	for (struct deadline *d = deadlines->first; d; d = d->next) {
		uint64_t before = atomic_load(&d->at);

		if (atomic_load(&d->is_idle) && before > at)
			atomic_compare_exchange_strong(&d->at, &before, at);
	}
	pthread_mutex_unlock(&deadlines->mutex);
}
