/*
 * crew.h - threads that make the steps of a training run together.
 */
#ifndef TRAIN_CREW_H
#define TRAIN_CREW_H

#include "augment.h"
#include "optimiser.h"
#include "soft_labels.h"
#include "train_set.h"

/* What the crew works on. The caller changes it only between two steps. */
struct job {
	const struct train_set *set;
	struct distortion distortion;
	const struct emnist_model *const *teachers; /* (n_teachers) */
	size_t n_teachers;
	struct soft_labels *const *soft_labels; /* (n_soft_labels); not beside teachers */
	size_t n_soft_labels;
	struct net *net;
	struct batch *batch;
	struct optimiser optimiser;
	const uint32_t *images; /* (batch's n_rows) positions of images in set */
	uint64_t seed;
	uint64_t variant;
};

struct crew;

/* Starts n_threads - 1 threads; the caller's is the other one. Free with crew_free(). */
enum emnist_status crew_create(struct job *job, unsigned n_threads, struct crew **crew_ret,
			       struct emnist_error *error);

/* One step: the images are distorted, passed forward and backward, and the network is updated.
 * After a failure, what the network holds is of no use. */
enum emnist_status crew_step(struct crew *crew, struct emnist_error *error);

void crew_free(struct crew *crew);

#endif
