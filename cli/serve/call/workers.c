/* workers.c - a queue of work, and threads that take from it. */
#include "workers.h"

#include <pthread.h>
#include <stdlib.h>

struct workers {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct work *first, **end; /* of the queue */
	bool stopping;
	unsigned n;
	pthread_t threads[];
};

static struct work *take(struct workers *workers)
{
	struct work *work;

	pthread_mutex_lock(&workers->mutex);
	while (!workers->first && !workers->stopping)
		pthread_cond_wait(&workers->changed, &workers->mutex);
	work = workers->first;
	if (work) {
		workers->first = work->next;
		if (!workers->first)
			workers->end = &workers->first;
	}
	pthread_mutex_unlock(&workers->mutex);
	return work;
}

static void *run(void *context)
{
	struct workers *workers = context;
	struct work *work;

	while ((work = take(workers)))
		work->run(work->context);
	return NULL;
}

struct workers *workers_start(unsigned n)
{
	struct workers *workers = calloc(1, sizeof(*workers) + n * sizeof(*workers->threads));

	if (!workers)
		return NULL;
	pthread_mutex_init(&workers->mutex, NULL);
	pthread_cond_init(&workers->changed, NULL);
	workers->end = &workers->first;
	for (; workers->n < n; workers->n++) {
		if (pthread_create(&workers->threads[workers->n], NULL, run, workers) != 0) {
			workers_stop(workers);
			workers_free(workers);
			return NULL;
		}
	}
	return workers;
}

void workers_stop(struct workers *workers)
{
	if (!workers)
		return;
	pthread_mutex_lock(&workers->mutex);
	workers->stopping = true;
	pthread_cond_broadcast(&workers->changed);
	pthread_mutex_unlock(&workers->mutex);
	for (unsigned i = 0; i < workers->n; i++)
		pthread_join(workers->threads[i], NULL);
}

void workers_free(struct workers *workers)
{
	if (!workers)
		return;
	pthread_mutex_destroy(&workers->mutex);
	pthread_cond_destroy(&workers->changed);
	free(workers);
}

bool workers_submit(struct workers *workers, struct work *work)
{
	bool is_taken;

	work->next = NULL;
	pthread_mutex_lock(&workers->mutex);
	is_taken = !workers->stopping;
	if (is_taken) {
		*workers->end = work;
		workers->end = &work->next;
		pthread_cond_signal(&workers->changed);
	}
	pthread_mutex_unlock(&workers->mutex);
	return is_taken;
}

/* ------------------------------------------------------------------- sharing */

/* Parts of one job. Workers that come when all parts are taken only leave; so it lives until the
 * last of them has come, which may be long after the job's end. */
struct share {
	void (*part)(void *context, size_t i);
	void *context;
	size_t n;
	pthread_mutex_t mutex;
	pthread_cond_t done;
	size_t n_taken, n_done;
	size_t n_users;
	struct work invitations[];
};

static void do_parts(struct share *share)
{
	pthread_mutex_lock(&share->mutex);
	while (share->n_taken < share->n) {
		const size_t i = share->n_taken++;

		pthread_mutex_unlock(&share->mutex);
		share->part(share->context, i);
		pthread_mutex_lock(&share->mutex);
		if (++share->n_done == share->n)
			pthread_cond_signal(&share->done);
	}
	pthread_mutex_unlock(&share->mutex);
}

static void leave(struct share *share)
{
	bool is_last;

	pthread_mutex_lock(&share->mutex);
	is_last = --share->n_users == 0;
	pthread_mutex_unlock(&share->mutex);
	if (!is_last)
		return;
	pthread_mutex_destroy(&share->mutex);
	pthread_cond_destroy(&share->done);
	free(share);
}

static void accept_invitation(void *context)
{
	do_parts(context);
	leave(context);
}

void workers_share(struct workers *workers, size_t n, void (*part)(void *context, size_t i),
		   void *context)
{
	const size_t n_invited = n - 1 < workers->n ? n - 1 : workers->n;
	struct share *share =
		n > 1 ? malloc(sizeof(*share) + n_invited * sizeof(struct work)) : NULL;

	if (!share) {
		for (size_t i = 0; i < n; i++)
			part(context, i);
		return;
	}
	*share = (struct share){.part = part, .context = context, .n = n, .n_users = n_invited + 1};
	pthread_mutex_init(&share->mutex, NULL);
	pthread_cond_init(&share->done, NULL);
	for (size_t i = 0; i < n_invited; i++) {
		share->invitations[i] = (struct work){.run = accept_invitation, .context = share};
		if (!workers_submit(workers, &share->invitations[i]))
			leave(share);
	}
	do_parts(share);
	pthread_mutex_lock(&share->mutex);
	while (share->n_done < share->n)
		pthread_cond_wait(&share->done, &share->mutex);
	pthread_mutex_unlock(&share->mutex);
	leave(share);
}
