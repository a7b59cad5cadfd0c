/* thread_pool.h - threads that share the steps of a training run. */
#ifndef TRAIN_THREAD_POOL_H
#define TRAIN_THREAD_POOL_H

#include "augment.h"
#include "optimizer.h"
#include "soft_labels.h"
#include "train_set.h"

/* What the threads work on. The caller changes it only between steps. */
struct job {
	const struct train_set *set;
	struct distortion distortion;
	bool draws;                                 /* pen strokes are drawn anew */
	const struct emnist_model *const *teachers; /* (n_teachers) */
	size_t n_teachers;
	struct soft_labels *const *soft_labels; /* (n_soft_labels); not together with teachers */
	size_t n_soft_labels;
	struct net *net;
	struct batch *batch;
	struct optimizer optimizer;
	const uint32_t *images; /* (batch's n_rows) positions in set */
	uint64_t seed;
	uint64_t variant;
};

struct thread_pool;

/* Starts n_threads - 1 threads; the caller is the last one. Free with thread_pool_free(). */
enum emnist_status thread_pool_create(struct job *job, unsigned n_threads,
				      struct thread_pool **pool_ret, struct emnist_error *error);

/* One step: distorts the images, runs the forward and backward passes, and updates the network.
 * After a failure the network's content is invalid. */
enum emnist_status thread_pool_step(struct thread_pool *pool, struct emnist_error *error);

void thread_pool_free(struct thread_pool *pool);

#endif
