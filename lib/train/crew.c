/*
 * crew.c - one step of training on several threads.
 *
 * A step has two phases. First each shard of the batch goes forward and backward by itself. Then
 * each block of a layer's outputs has its gradient computed over the whole batch and its parameters
 * updated at once, while the gradient is still in the cache. Shards and blocks are tasks that the
 * threads take as they come; what a task computes does not depend on who does it, so neither does
 * the result.
 */
#include "crew.h"

#include "../base/float_mode.h"
#include "../base/memory.h"
#include "../network/blas.h"
#include "forward.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define CACHE_LINE 64

/* Outputs of a block: whole panels, as many as the widest kernel takes at a time, and few enough
 * that their gradient by 784 inputs (400 kB) stays in a second-level cache. */
#define BLOCK_OUTPUTS (2 * PANEL_COLUMNS)

/* How often a thread that waits for the last one looks before it goes to sleep: some 30 us, which
 * is what that one is mostly behind, and what it would take to wake the thread. */
#define LOOKS 2000

/* Where threads wait for each other: a barrier whose number of threads can still be lowered, should
 * one of them fail to start. */
struct meeting {
	pthread_mutex_t mutex;
	pthread_cond_t all_here;
	unsigned n_expected;
	unsigned n_waiting;
	atomic_uint_fast64_t round;
};

struct block {
	size_t layer;
	size_t begin, end; /* columns */
};

struct member {
	struct crew *crew;
	float *scratch;            /* for optimiser_update() */
	struct forward **teachers; /* (job's n_teachers) */
	float *answers;            /* (shard_rows, n_outputs) of one teacher */
	enum emnist_status status; /* the first failure, with its error */
	struct emnist_error error;
	pthread_t thread;
};

struct crew {
	struct job *job;
	struct block *blocks;
	size_t n_blocks;
	struct member *members; /* (n_members), the caller's first */
	unsigned n_members;
	unsigned n_started; /* threads that run */
	bool has_meeting;
	struct meeting meeting;
	atomic_size_t next_shard;
	atomic_size_t next_block;
	bool quit;
};

/* Lets the other threads of a processor, or its clock, have what looking around would take. */
static inline void relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#endif
}

static void meeting_init(struct meeting *meeting, unsigned n_expected)
{
	*meeting = (struct meeting){.n_expected = n_expected};
	pthread_mutex_init(&meeting->mutex, NULL);
	pthread_cond_init(&meeting->all_here, NULL);
}

static void meeting_expect(struct meeting *meeting, unsigned n_expected)
{
	pthread_mutex_lock(&meeting->mutex);
	meeting->n_expected = n_expected;
	pthread_mutex_unlock(&meeting->mutex);
}

/* Looks for a while whether a round ends. */
static bool ends_soon(const struct meeting *meeting, uint64_t round)
{
	for (unsigned i = 0; i < LOOKS; i++) {
		if (meeting->round != round)
			return true;
		relax();
	}
	return false;
}

static void meeting_wait(struct meeting *meeting)
{
	uint64_t round;

	pthread_mutex_lock(&meeting->mutex);
	round = meeting->round;
	if (++meeting->n_waiting == meeting->n_expected) {
		meeting->n_waiting = 0;
		meeting->round++;
		pthread_cond_broadcast(&meeting->all_here);
	} else if (meeting->n_waiting + 1 == meeting->n_expected) {
		pthread_mutex_unlock(&meeting->mutex);
		if (ends_soon(meeting, round))
			return;
		pthread_mutex_lock(&meeting->mutex);
	}
	while (meeting->round == round)
		pthread_cond_wait(&meeting->all_here, &meeting->mutex);
	pthread_mutex_unlock(&meeting->mutex);
}

static void meeting_clear(struct meeting *meeting)
{
	pthread_cond_destroy(&meeting->all_here);
	pthread_mutex_destroy(&meeting->mutex);
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

		if (r + 1 < (shard + 1) * batch->shard_rows)
			fetch_ahead(set->pixels +
				    (size_t)job->images[r + 1] * EMNIST_VECTOR_LENGTH);
		augment_variant(&job->distortion, job->seed, job->variant, image, pixels, vector);
		batch->targets[r] = &set->targets[set->target[image]];
	}
}

/* The mean of what the teachers say of a shard's images, at the temperature of the batch. */
static enum emnist_status ask_teachers(struct member *member, size_t shard)
{
	const struct job *job = member->crew->job;
	struct batch *batch = job->batch;
	const size_t n = batch->shard_rows * batch->n_outputs;
	const size_t n_inputs = job->net->layers[0].n_inputs;
	float *soft = batch->soft + shard * n;

	memset(soft, 0, n * sizeof(*soft));
	for (size_t t = 0; t < job->n_teachers; t++) {
		enum emnist_status status = forward_run(
			member->teachers[t], batch->inputs + shard * batch->shard_rows * n_inputs,
			batch->shard_rows, member->answers, &member->error);

		if (status)
			return status;
		batch_add_answers(batch, member->answers, 1.0F / (float)job->n_teachers, soft);
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

/* The same, where what they say was written down before. */
static enum emnist_status look_up_soft_labels(struct member *member, size_t shard)
{
	const struct job *job = member->crew->job;
	struct batch *batch = job->batch;
	const size_t n = batch->shard_rows * batch->n_outputs;
	const uint32_t *images = job->images + shard * batch->shard_rows;
	float *soft = batch->soft + shard * n;

	memset(soft, 0, n * sizeof(*soft));
	for (size_t t = 0; t < job->n_soft_labels; t++) {
		for (size_t r = 0; r < batch->shard_rows; r++) {
			enum emnist_status status = soft_labels_read(
				job->soft_labels[t], job->variant, images[r],
				member->answers + r * batch->n_outputs, &member->error);

			if (status)
				return about_soft_labels(t, status, &member->error);
		}
		batch_add_answers(batch, member->answers, 1.0F / (float)job->n_soft_labels, soft);
	}
	return EMNIST_OK;
}

/* A thread's share of a step; all threads of the crew pass through it at the same time. */
static void take_part(struct member *member)
{
	/* Of units that die, and of pixels that are seldom lit, Adam's moments sink below what is
	 * normal, and stay there: 0.9 times the least float is the least float. */
	const struct float_mode mode = float_mode_enter();
	struct crew *crew = member->crew;
	struct job *job = crew->job;
	size_t i;

	while ((i = atomic_fetch_add(&crew->next_shard, 1)) < job->batch->n_shards) {
		load_rows(job, i);
		if (job->n_teachers > 0 && !member->status)
			member->status = ask_teachers(member, i);
		if (job->n_soft_labels > 0 && !member->status)
			member->status = look_up_soft_labels(member, i);
		batch_forward(job->batch, job->net, i);
		batch_backward(job->batch, job->net, i);
	}
	meeting_wait(&crew->meeting);
	while ((i = atomic_fetch_add(&crew->next_block, 1)) < crew->n_blocks) {
		const struct block *block = &crew->blocks[i];

		optimiser_update(&job->optimiser, job->batch, job->net, block->layer, block->begin,
				 block->end, member->scratch);
	}
	float_mode_leave(mode);
	meeting_wait(&crew->meeting);
}

static void *member_main(void *argument)
{
	struct member *member = argument;

	for (;;) {
		meeting_wait(&member->crew->meeting);
		if (member->crew->quit)
			return NULL;
		take_part(member);
	}
}

enum emnist_status crew_step(struct crew *crew, struct emnist_error *error)
{
	atomic_store(&crew->next_shard, 0);
	atomic_store(&crew->next_block, 0);
	meeting_wait(&crew->meeting);
	take_part(&crew->members[0]);
	for (unsigned i = 0; i < crew->n_members; i++)
		if (crew->members[i].status) {
			if (error)
				*error = crew->members[i].error;
			return crew->members[i].status;
		}
	return EMNIST_OK;
}

static bool make_blocks(struct crew *crew)
{
	const struct net *net = crew->job->net;
	size_t n = 0;

	for (size_t l = 0; l < net->n_layers; l++)
		n += (net->layers[l].width + BLOCK_OUTPUTS - 1) / BLOCK_OUTPUTS;
	crew->blocks = alloc_zeroed(n, sizeof(*crew->blocks));
	if (!crew->blocks)
		return false;
	for (size_t l = 0; l < net->n_layers; l++)
		for (size_t o = 0; o < net->layers[l].width; o += BLOCK_OUTPUTS) {
			struct block *block = &crew->blocks[crew->n_blocks++];

			*block = (struct block){l, o, net->layers[l].width};
			if (block->end - o > BLOCK_OUTPUTS)
				block->end = o + BLOCK_OUTPUTS;
		}
	return true;
}

static enum emnist_status make_teachers(struct member *member, struct emnist_error *error)
{
	const struct job *job = member->crew->job;
	enum emnist_status status = EMNIST_OK;

	if (job->n_teachers == 0 && job->n_soft_labels == 0)
		return EMNIST_OK;
	member->answers = alloc_floats(job->batch->shard_rows, job->batch->n_outputs);
	if (!member->answers)
		return error_memory(error);
	if (job->n_teachers == 0)
		return EMNIST_OK;
	member->teachers = alloc_zeroed(job->n_teachers, sizeof(*member->teachers));
	if (!member->teachers)
		return error_memory(error);
	for (size_t t = 0; t < job->n_teachers && !status; t++)
		status = forward_create(job->teachers[t], job->batch->shard_rows,
					&member->teachers[t], error);
	return status;
}

static enum emnist_status make_members(struct crew *crew, unsigned n_threads,
				       struct emnist_error *error)
{
	const struct net *net = crew->job->net;
	enum emnist_status status = EMNIST_OK;
	size_t widest = 1;

	for (size_t l = 0; l < net->n_layers; l++)
		if (net->layers[l].n_inputs > widest)
			widest = net->layers[l].n_inputs;
	crew->members = alloc_zeroed(n_threads, sizeof(*crew->members));
	if (!crew->members)
		return error_memory(error);
	crew->n_members = n_threads;
	for (unsigned i = 0; i < n_threads && !status; i++) {
		crew->members[i].crew = crew;
		crew->members[i].scratch =
			alloc_floats(BLOCK_OUTPUTS, widest + crew->job->batch->n_rows);
		status = crew->members[i].scratch ? make_teachers(&crew->members[i], error)
						  : error_memory(error);
	}
	return status;
}

static int start_threads(struct crew *crew)
{
	int failure = 0;

	meeting_init(&crew->meeting, crew->n_members);
	for (unsigned i = 1; i < crew->n_members && !failure; i++) {
		failure = pthread_create(&crew->members[i].thread, NULL, member_main,
					 &crew->members[i]);
		crew->n_started += !failure;
	}
	/* Those that did start wait for no more than there are. */
	if (failure)
		meeting_expect(&crew->meeting, crew->n_started + 1);
	crew->has_meeting = true;
	return failure;
}

enum emnist_status crew_create(struct job *job, unsigned n_threads, struct crew **crew_ret,
			       struct emnist_error *error)
{
	struct crew *crew = alloc_zeroed(1, sizeof(*crew));
	enum emnist_status status;
	int failure;

	if (!crew)
		return error_memory(error);
	crew->job = job;
	status = blas_open(error);
	if (!status && !blas_has_room(n_threads))
		status = error_set(error, EMNIST_ERR_MEMORY, BLAS_NO_ROOM);
	if (!status)
		status = make_blocks(crew) ? make_members(crew, n_threads, error)
					   : error_memory(error);
	if (status) {
		crew_free(crew);
		return status;
	}
	failure = start_threads(crew);
	if (failure) {
		crew_free(crew);
		return error_errno(error, failure, "cannot start a thread");
	}
	*crew_ret = crew;
	return EMNIST_OK;
}

/* Lets the threads that wait for a step go home. */
static void dismiss(struct crew *crew)
{
	crew->quit = true;
	meeting_wait(&crew->meeting);
	for (unsigned i = 1; i <= crew->n_started; i++)
		pthread_join(crew->members[i].thread, NULL);
	meeting_clear(&crew->meeting);
}

static void member_clear(struct member *member, size_t n_teachers)
{
	for (size_t t = 0; member->teachers && t < n_teachers; t++)
		forward_free(member->teachers[t]);
	free(member->teachers);
	free(member->answers);
	free(member->scratch);
}

void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	if (crew->has_meeting)
		dismiss(crew);
	for (unsigned i = 0; i < crew->n_members; i++)
		member_clear(&crew->members[i], crew->job->n_teachers);
	free(crew->members);
	free(crew->blocks);
	free(crew);
}
