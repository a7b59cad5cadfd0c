/*
 * thread_pool.c - one training step on several threads.
 *
 * A step has two phases. First each shard of the batch goes forward and backward by itself. Then,
 * for each block of a layer's outputs, the gradient over the whole batch is computed, and the
 * parameters are updated at once, while the gradient is in the cache. Shards and blocks are tasks
 * that threads take as they come. A task's result does not depend on its thread, so neither does
 * the step's.
 */
#include "thread_pool.h"

#include "../base/float_mode.h"
#include "../base/memory.h"
#include "backprop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define CACHE_LINE 64

/* Outputs per block: whole panels, as many as the widest kernel takes at a time, and few enough for
 * their gradient by 784 inputs (400 kB) to stay in a second-level cache. */
#define BLOCK_OUTPUTS (2 * PANEL_COLUMNS)

/* Spins of a waiting thread before it sleeps: about 30 us, the usual delay of the last thread, and
 * the time to wake a thread. */
#define SPIN_LIMIT 2000

/* pthread_barrier_t, with spinning, and a number of threads that can still be lowered, should one
 * of them fail to start. */
struct barrier {
	pthread_mutex_t mutex;
	pthread_cond_t all_arrived;
	unsigned n_expected;
	unsigned n_waiting;
	atomic_uint_fast64_t round;
};

struct block {
	size_t layer;
	size_t begin, end; /* columns */
};

struct worker {
	struct thread_pool *pool;
	float *scratch;                   /* for optimizer_update() */
	struct emnist_session **teachers; /* (job's n_teachers) */
	float *answers;                   /* (shard_rows, n_outputs) of one teacher */
	enum emnist_status status;        /* the first failure, with its error */
	struct emnist_error error;
	pthread_t thread;
};

struct thread_pool {
	struct job *job;
	struct block *blocks;
	size_t n_blocks;
	struct worker *workers; /* (n_workers), the caller's first */
	unsigned n_workers;
	unsigned n_started; /* threads that run */
	bool has_barrier;
	struct barrier barrier;
	atomic_size_t next_shard;
	atomic_size_t next_block;
	bool quit;
};

/* Lets the other threads of a processor, or its clock, have what spinning would take. */
static inline void relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#endif
}

static void barrier_init(struct barrier *barrier, unsigned n_expected)
{
	*barrier = (struct barrier){.n_expected = n_expected};
	pthread_mutex_init(&barrier->mutex, NULL);
	pthread_cond_init(&barrier->all_arrived, NULL);
}

static void barrier_expect(struct barrier *barrier, unsigned n_expected)
{
	pthread_mutex_lock(&barrier->mutex);
	barrier->n_expected = n_expected;
	pthread_mutex_unlock(&barrier->mutex);
}

/* Spins until a round ends; false if that takes too long. */
static bool spin(const struct barrier *barrier, uint64_t round)
{
	for (unsigned i = 0; i < SPIN_LIMIT; i++) {
		if (barrier->round != round)
			return true;
		relax();
	}
	return false;
}

static void barrier_wait(struct barrier *barrier)
{
	uint64_t round;

	pthread_mutex_lock(&barrier->mutex);
	round = barrier->round;
	if (++barrier->n_waiting == barrier->n_expected) {
		barrier->n_waiting = 0;
		barrier->round++;
		pthread_cond_broadcast(&barrier->all_arrived);
	} else if (barrier->n_waiting + 1 == barrier->n_expected) {
		pthread_mutex_unlock(&barrier->mutex);
		if (spin(barrier, round))
			return;
		pthread_mutex_lock(&barrier->mutex);
	}
	while (barrier->round == round)
		pthread_cond_wait(&barrier->all_arrived, &barrier->mutex);
	pthread_mutex_unlock(&barrier->mutex);
}

static void barrier_clear(struct barrier *barrier)
{
	pthread_cond_destroy(&barrier->all_arrived);
	pthread_mutex_destroy(&barrier->mutex);
}

/* Images are shuffled, so that no processor foresees which comes next. */
static void fetch_ahead(const uint8_t *pixels)
{
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i += CACHE_LINE)
		__builtin_prefetch(pixels + i);
}

static void load_rows(const struct job *job, size_t shard)
{
	struct batch *batch = job->batch;
	const struct train_set *set = job->set;

	for (size_t r = shard * batch->shard_rows; r < (shard + 1) * batch->shard_rows; r++) {
		const uint32_t image = job->images[r];
		const uint8_t *pixels = set->pixels + (size_t)image * EMNIST_VECTOR_LENGTH;
		float *vector = batch->inputs + r * EMNIST_VECTOR_LENGTH;
		uint8_t drawn[EMNIST_VECTOR_LENGTH];

		if (r + 1 < (shard + 1) * batch->shard_rows)
			fetch_ahead(set->pixels +
				    (size_t)job->images[r + 1] * EMNIST_VECTOR_LENGTH);
		if (job->draws)
			pixels = train_set_show(set, image, job->seed, job->variant, drawn);
		augment_variant(&job->distortion, job->seed, job->variant, image, pixels, vector);
		batch->targets[r] = &set->targets[set->target[image]];
	}
}

/* The mean of the teachers' output for a shard's images, at the batch's temperature. */
static enum emnist_status ask_teachers(struct worker *worker, size_t shard)
{
	const struct job *job = worker->pool->job;
	struct batch *batch = job->batch;
	const size_t n = batch->shard_rows * batch->n_outputs;
	const size_t n_inputs = job->net->layers[0].n_inputs;
	float *soft = batch->soft + shard * n;

	memset(soft, 0, n * sizeof(*soft));
	for (size_t t = 0; t < job->n_teachers; t++) {
		enum emnist_status status = emnist_session_run(
			worker->teachers[t], batch->inputs + shard * batch->shard_rows * n_inputs,
			batch->shard_rows, worker->answers, &worker->error);

		if (status)
			return status;
		batch_add_answers(batch, worker->answers, 1.0F / (float)job->n_teachers, soft);
	}
	return EMNIST_OK;
}

static enum emnist_status about_soft_labels(size_t number, enum emnist_status status,
					    struct emnist_error *error)
{
	char prefix[48];

	snprintf(prefix, sizeof(prefix), "soft labels %zu", number + 1);
	return error_prefix(error, status, prefix);
}

/* The same from output written to a file before. */
static enum emnist_status look_up_soft_labels(struct worker *worker, size_t shard)
{
	const struct job *job = worker->pool->job;
	struct batch *batch = job->batch;
	const size_t n = batch->shard_rows * batch->n_outputs;
	const uint32_t *images = job->images + shard * batch->shard_rows;
	float *soft = batch->soft + shard * n;

	memset(soft, 0, n * sizeof(*soft));
	for (size_t t = 0; t < job->n_soft_labels; t++) {
		for (size_t r = 0; r < batch->shard_rows; r++) {
			enum emnist_status status = soft_labels_read(
				job->soft_labels[t], job->variant, images[r],
				worker->answers + r * batch->n_outputs, &worker->error);

			if (status)
				return about_soft_labels(t, status, &worker->error);
		}
		batch_add_answers(batch, worker->answers, 1.0F / (float)job->n_soft_labels, soft);
	}
	return EMNIST_OK;
}

/* A thread's share of a step; all threads of the pool run it at the same time. */
static void run_step(struct worker *worker)
{
	/* With dead units and rarely set pixels, Adam's moments become subnormal and stay so: 0.9
	 * times the smallest float rounds to the smallest float. */
	const struct float_mode mode = float_mode_enter();
	struct thread_pool *pool = worker->pool;
	struct job *job = pool->job;
	size_t i;

	while ((i = atomic_fetch_add(&pool->next_shard, 1)) < job->batch->n_shards) {
		load_rows(job, i);
		if (job->n_teachers > 0 && !worker->status)
			worker->status = ask_teachers(worker, i);
		if (job->n_soft_labels > 0 && !worker->status)
			worker->status = look_up_soft_labels(worker, i);
		batch_forward(job->batch, job->net, i);
		batch_backward(job->batch, job->net, i);
	}
	barrier_wait(&pool->barrier);
	while ((i = atomic_fetch_add(&pool->next_block, 1)) < pool->n_blocks) {
		const struct block *block = &pool->blocks[i];

		optimizer_update(&job->optimizer, job->batch, job->net, block->layer, block->begin,
				 block->end, worker->scratch);
	}
	float_mode_leave(mode);
	barrier_wait(&pool->barrier);
}

static void *worker_main(void *argument)
{
	struct worker *worker = argument;

	for (;;) {
		barrier_wait(&worker->pool->barrier);
		if (worker->pool->quit)
			return NULL;
		run_step(worker);
	}
}

enum emnist_status thread_pool_step(struct thread_pool *pool, struct emnist_error *error)
{
	atomic_store(&pool->next_shard, 0);
	atomic_store(&pool->next_block, 0);
	barrier_wait(&pool->barrier);
	run_step(&pool->workers[0]);
	for (unsigned i = 0; i < pool->n_workers; i++)
		if (pool->workers[i].status) {
			if (error)
				*error = pool->workers[i].error;
			return pool->workers[i].status;
		}
	return EMNIST_OK;
}

static bool make_blocks(struct thread_pool *pool)
{
	const struct net *net = pool->job->net;
	size_t n = 0;

	for (size_t l = 0; l < net->n_layers; l++)
		n += (net->layers[l].width + BLOCK_OUTPUTS - 1) / BLOCK_OUTPUTS;
	pool->blocks = alloc_zeroed(n, sizeof(*pool->blocks));
	if (!pool->blocks)
		return false;
	for (size_t l = 0; l < net->n_layers; l++)
		for (size_t o = 0; o < net->layers[l].width; o += BLOCK_OUTPUTS) {
			struct block *block = &pool->blocks[pool->n_blocks++];

			*block = (struct block){l, o, net->layers[l].width};
			if (block->end - o > BLOCK_OUTPUTS)
				block->end = o + BLOCK_OUTPUTS;
		}
	return true;
}

static enum emnist_status make_teachers(struct worker *worker, struct emnist_error *error)
{
	const struct job *job = worker->pool->job;
	const struct emnist_session_options options = {.engine = job->batch->dense->id};
	enum emnist_status status = EMNIST_OK;

	if (job->n_teachers == 0 && job->n_soft_labels == 0)
		return EMNIST_OK;
	worker->answers = alloc_floats(job->batch->shard_rows, job->batch->n_outputs);
	if (!worker->answers)
		return error_memory(error);
	if (job->n_teachers == 0)
		return EMNIST_OK;
	worker->teachers = alloc_zeroed(job->n_teachers, sizeof(*worker->teachers));
	if (!worker->teachers)
		return error_memory(error);
	for (size_t t = 0; t < job->n_teachers && !status; t++)
		status = emnist_session_create_with(job->teachers[t], job->batch->shard_rows,
						    &options, &worker->teachers[t], error);
	return status;
}

static enum emnist_status make_workers(struct thread_pool *pool, unsigned n_threads,
				       struct emnist_error *error)
{
	const struct net *net = pool->job->net;
	enum emnist_status status = EMNIST_OK;
	size_t widest = 1;

	for (size_t l = 0; l < net->n_layers; l++)
		if (net->layers[l].n_inputs > widest)
			widest = net->layers[l].n_inputs;
	pool->workers = alloc_zeroed(n_threads, sizeof(*pool->workers));
	if (!pool->workers)
		return error_memory(error);
	pool->n_workers = n_threads;
	for (unsigned i = 0; i < n_threads && !status; i++) {
		pool->workers[i].pool = pool;
		pool->workers[i].scratch =
			alloc_floats(BLOCK_OUTPUTS, widest + pool->job->batch->n_rows);
		status = pool->workers[i].scratch ? make_teachers(&pool->workers[i], error)
						  : error_memory(error);
	}
	return status;
}

static int start_threads(struct thread_pool *pool)
{
	int failure = 0;

	barrier_init(&pool->barrier, pool->n_workers);
	for (unsigned i = 1; i < pool->n_workers && !failure; i++) {
		failure = pthread_create(&pool->workers[i].thread, NULL, worker_main,
					 &pool->workers[i]);
		pool->n_started += !failure;
	}
	/* Threads that did start wait only for those that exist. */
	if (failure)
		barrier_expect(&pool->barrier, pool->n_started + 1);
	pool->has_barrier = true;
	return failure;
}

enum emnist_status thread_pool_create(struct job *job, unsigned n_threads,
				      struct thread_pool **pool_ret, struct emnist_error *error)
{
	struct thread_pool *pool = alloc_zeroed(1, sizeof(*pool));
	enum emnist_status status;
	int failure;

	if (!pool)
		return error_memory(error);
	pool->job = job;
	status = make_blocks(pool) ? make_workers(pool, n_threads, error) : error_memory(error);
	if (status) {
		thread_pool_free(pool);
		return status;
	}
	failure = start_threads(pool);
	if (failure) {
		thread_pool_free(pool);
		return error_errno(error, failure, "cannot start a thread");
	}
	*pool_ret = pool;
	return EMNIST_OK;
}

/* Lets the threads that wait for a step exit. */
static void join_workers(struct thread_pool *pool)
{
	pool->quit = true;
	barrier_wait(&pool->barrier);
	for (unsigned i = 1; i <= pool->n_started; i++)
		pthread_join(pool->workers[i].thread, NULL);
	barrier_clear(&pool->barrier);
}

static void worker_clear(struct worker *worker, size_t n_teachers)
{
	for (size_t t = 0; worker->teachers && t < n_teachers; t++)
		emnist_session_free(worker->teachers[t]);
	free(worker->teachers);
	free(worker->answers);
	free(worker->scratch);
}

void thread_pool_free(struct thread_pool *pool)
{
	if (!pool)
		return;
	if (pool->has_barrier)
		join_workers(pool);
	for (unsigned i = 0; i < pool->n_workers; i++)
		worker_clear(&pool->workers[i], pool->job->n_teachers);
	free(pool->workers);
	free(pool->blocks);
	free(pool);
}
