/*
 * validation.h - how well a model does on the images held out, and how sure it should be.
 */
#ifndef TRAIN_VALIDATION_H
#define TRAIN_VALIDATION_H

#include "train_set.h"

/* What a model says of the images held out. */
struct validation {
	const struct train_set *set;
	size_t n_classes;
	float *probabilities; /* (set's n_validation, n_classes) */
};

/* Runs model over the images held out. Release with validation_clear(), also after a failure. */
enum emnist_status validation_run(struct validation *validation, const struct train_set *set,
				  const struct emnist_model *model, enum emnist_engine engine,
				  struct emnist_error *error);

/* The share of images that are right, and the mean loss when the logits are divided by
 * temperature; each image counts with its weight. */
double validation_accuracy(const struct validation *validation);
double validation_loss(const struct validation *validation, double temperature);

/* The temperature with the least loss (Guo et al. 2017), within a factor of 4 around 1. */
double validation_temperature(const struct validation *validation);

void validation_clear(struct validation *validation);

#endif
