/*
 * ordered.c - a producer, workers, and a consumer that gets the work in the order produced.
 *
 * A fixed ring of slots passes through four states: FREE -> READY (produced) -> BUSY (taken by a
 * worker) -> DONE -> FREE (consumed). Three counters give each stage's position in the ring: one
 * each for producer and consumer, one shared by the workers. One mutex guards everything: a slot is
 * a whole batch, so it is taken a few thousand times a second at most.
 *
 * When all processors are busy, waking a thread costs more than anything else here. So the consumer
 * is woken only for its next slot, the producer only when there is room for several.
 */
#include "ordered.h"
#include "memory.h"

#include <pthread.h>

#define MAX_WORKERS      1024
#define MAX_SLOTS        65536
#define SLOTS_PER_WORKER 4

enum slot_state {
	SLOT_FREE,
	SLOT_READY,
	SLOT_BUSY,
	SLOT_DONE,
};

struct slot {
	enum slot_state state;
	void *content;
};

struct ring {
	const struct ordered_options *options;
	struct slot *slots;
	unsigned n_slots;
	uint64_t n_produced; /* slots ever filled */
	uint64_t n_taken;    /* slots ever taken by workers */
	uint64_t n_consumed; /* slots ever given back */
	bool at_end;         /* nothing more will be produced */
	bool stopped;        /* nothing more is wanted */
	pthread_mutex_t mutex;
	pthread_cond_t slots_free;
	pthread_cond_t slot_ready;
	pthread_cond_t slot_done;
};

struct worker {
	struct ring *ring;
	void *content;
	pthread_t thread;
};

static struct slot *slot_at(struct ring *ring, uint64_t n)
{
	return &ring->slots[n % ring->n_slots];
}

/* Whether enough slots are free for a waiting producer: half of those that workers do not hold, so
 * that workers never run out. */
static bool has_room(const struct ring *ring)
{
	const unsigned n_workers = ring->options->n_workers;
	const unsigned n_spare = ring->n_slots > n_workers ? ring->n_slots - n_workers : 0;
	const unsigned n_wanted = n_spare > 1 ? n_spare / 2 : 1;

	return ring->n_produced - ring->n_consumed <= ring->n_slots - n_wanted;
}

/* The next free slot, or NULL when nothing more is wanted. */
static struct slot *wait_free(struct ring *ring)
{
	struct slot *slot = slot_at(ring, ring->n_produced);

	pthread_mutex_lock(&ring->mutex);
	if (slot->state != SLOT_FREE)
		while (!has_room(ring) && !ring->stopped)
			pthread_cond_wait(&ring->slots_free, &ring->mutex);
	if (ring->stopped)
		slot = NULL;
	pthread_mutex_unlock(&ring->mutex);
	return slot;
}

static void *producer_main(void *argument)
{
	struct ring *ring = argument;
	const struct ordered_options *options = ring->options;
	struct slot *slot;

	while ((slot = wait_free(ring)) && options->produce(options->context, slot->content)) {
		pthread_mutex_lock(&ring->mutex);
		slot->state = SLOT_READY;
		ring->n_produced++;
		pthread_mutex_unlock(&ring->mutex);
		pthread_cond_signal(&ring->slot_ready);
	}
	pthread_mutex_lock(&ring->mutex);
	ring->at_end = true;
	pthread_cond_broadcast(&ring->slot_ready);
	pthread_cond_broadcast(&ring->slot_done);
	pthread_mutex_unlock(&ring->mutex);
	return NULL;
}

/* The next slot to work on, or NULL when there will be none. */
static struct slot *wait_ready(struct ring *ring)
{
	struct slot *slot = NULL;

	pthread_mutex_lock(&ring->mutex);
	while (ring->n_taken == ring->n_produced && !ring->at_end && !ring->stopped)
		pthread_cond_wait(&ring->slot_ready, &ring->mutex);
	if (ring->n_taken < ring->n_produced && !ring->stopped) {
		slot = slot_at(ring, ring->n_taken++);
		slot->state = SLOT_BUSY;
	}
	pthread_mutex_unlock(&ring->mutex);
	return slot;
}

static void *worker_main(void *argument)
{
	struct worker *worker = argument;
	struct ring *ring = worker->ring;
	const struct ordered_options *options = ring->options;
	struct slot *slot;
	bool is_wanted;

	while ((slot = wait_ready(ring))) {
		options->work(options->context, worker->content, slot->content);
		pthread_mutex_lock(&ring->mutex);
		slot->state = SLOT_DONE;
		is_wanted = slot == slot_at(ring, ring->n_consumed);
		pthread_mutex_unlock(&ring->mutex);
		if (is_wanted)
			pthread_cond_signal(&ring->slot_done);
	}
	return NULL;
}

/* The next slot in order when its work is done, or NULL at the end. */
static struct slot *wait_done(struct ring *ring)
{
	struct slot *slot = slot_at(ring, ring->n_consumed);
	bool more;

	pthread_mutex_lock(&ring->mutex);
	while (slot->state != SLOT_DONE && !(ring->at_end && ring->n_consumed == ring->n_produced))
		pthread_cond_wait(&ring->slot_done, &ring->mutex);
	more = slot->state == SLOT_DONE;
	pthread_mutex_unlock(&ring->mutex);
	return more ? slot : NULL;
}

static void stop(struct ring *ring)
{
	pthread_mutex_lock(&ring->mutex);
	ring->stopped = true;
	pthread_cond_broadcast(&ring->slots_free);
	pthread_cond_broadcast(&ring->slot_ready);
	pthread_mutex_unlock(&ring->mutex);
}

static enum emnist_status consume_all(struct ring *ring)
{
	const struct ordered_options *options = ring->options;
	struct slot *slot;
	bool is_wanted;

	while ((slot = wait_done(ring))) {
		if (!options->consume(options->context, slot->content)) {
			stop(ring);
			return EMNIST_ERR_STOPPED;
		}
		pthread_mutex_lock(&ring->mutex);
		slot->state = SLOT_FREE;
		ring->n_consumed++;
		is_wanted = has_room(ring);
		pthread_mutex_unlock(&ring->mutex);
		if (is_wanted)
			pthread_cond_signal(&ring->slots_free);
	}
	return EMNIST_OK;
}

static enum emnist_status run_threads(struct ring *ring, struct worker *workers,
				      struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	unsigned n_started = 0;
	pthread_t producer;
	int failure = 0;

	while (n_started < ring->options->n_workers && !failure) {
		failure = pthread_create(&workers[n_started].thread, NULL, worker_main,
					 &workers[n_started]);
		n_started += !failure;
	}
	if (!failure)
		failure = pthread_create(&producer, NULL, producer_main, ring);
	if (failure) {
		stop(ring);
		status = error_errno(error, failure, "cannot start a thread");
	} else {
		status = consume_all(ring);
		pthread_join(producer, NULL);
	}
	while (n_started > 0)
		pthread_join(workers[--n_started].thread, NULL);
	return status == EMNIST_ERR_STOPPED ? error_set(error, status, "stopped") : status;
}

static enum emnist_status run_in_turn(struct ring *ring, struct worker *worker,
				      struct emnist_error *error)
{
	const struct ordered_options *options = ring->options;
	void *slot = ring->slots[0].content;

	while (options->produce(options->context, slot)) {
		options->work(options->context, worker->content, slot);
		if (!options->consume(options->context, slot))
			return error_set(error, EMNIST_ERR_STOPPED, "stopped");
	}
	return EMNIST_OK;
}

static bool make_contents(struct ring *ring, struct worker *workers)
{
	const struct ordered_options *options = ring->options;

	for (unsigned i = 0; i < ring->n_slots; i++) {
		ring->slots[i].content = options->slot_make ? options->slot_make(options->context)
							    : alloc_zeroed(1, options->slot_nbytes);
		if (!ring->slots[i].content)
			return false;
	}
	for (unsigned i = 0; i < options->n_workers; i++) {
		workers[i].ring = ring;
		workers[i].content = options->worker_make(options->context);
		if (!workers[i].content)
			return false;
	}
	return true;
}

static void free_contents(struct ring *ring, struct worker *workers)
{
	const struct ordered_options *options = ring->options;

	for (unsigned i = 0; i < ring->n_slots; i++)
		if (!options->slot_free)
			free(ring->slots[i].content);
		else if (ring->slots[i].content)
			options->slot_free(options->context, ring->slots[i].content);
	for (unsigned i = 0; i < options->n_workers; i++)
		if (workers[i].content)
			options->worker_free(options->context, workers[i].content);
}

static enum emnist_status count_slots(const struct ordered_options *options, unsigned *n_slots_ret,
				      struct emnist_error *error)
{
	if (options->n_workers < 1 || options->n_workers > MAX_WORKERS)
		return error_set(error, EMNIST_ERR_ARGUMENT, "%u workers: must be 1 to %d",
				 options->n_workers, MAX_WORKERS);
	if (options->in_turn && (options->n_workers > 1 || options->n_slots > 1))
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "%u workers and %u slots in order: must be 1", options->n_workers,
				 options->n_slots);
	*n_slots_ret = options->n_slots   ? options->n_slots
		       : options->in_turn ? 1
					  : SLOTS_PER_WORKER * options->n_workers;
	if (*n_slots_ret > MAX_SLOTS)
		return error_set(error, EMNIST_ERR_ARGUMENT, "%u slots: must be 1 to %d",
				 *n_slots_ret, MAX_SLOTS);
	return EMNIST_OK;
}

enum emnist_status ordered_run(const struct ordered_options *options, struct emnist_error *error)
{
	struct ring ring = {.options = options};
	enum emnist_status status = count_slots(options, &ring.n_slots, error);
	struct worker *workers;

	if (status)
		return status;
	ring.slots = alloc_zeroed(ring.n_slots, sizeof(*ring.slots));
	workers = alloc_zeroed(options->n_workers, sizeof(*workers));
	if (!ring.slots || !workers) {
		free(ring.slots);
		free(workers);
		return error_memory(error);
	}
	pthread_mutex_init(&ring.mutex, NULL);
	pthread_cond_init(&ring.slots_free, NULL);
	pthread_cond_init(&ring.slot_ready, NULL);
	pthread_cond_init(&ring.slot_done, NULL);
	if (make_contents(&ring, workers))
		status = options->in_turn ? run_in_turn(&ring, workers, error)
					  : run_threads(&ring, workers, error);
	else
		status = error_memory(error);
	free_contents(&ring, workers);
	pthread_cond_destroy(&ring.slot_done);
	pthread_cond_destroy(&ring.slot_ready);
	pthread_cond_destroy(&ring.slots_free);
	pthread_mutex_destroy(&ring.mutex);
	free(workers);
	free(ring.slots);
	return status;
}
