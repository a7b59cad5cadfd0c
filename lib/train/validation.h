/* validation.h - the accuracy and the calibration of a model on the images held out. */
#ifndef TRAIN_VALIDATION_H
#define TRAIN_VALIDATION_H

#include "train_set.h"

/* A model's output for the images held out. */
struct validation {
	const struct train_set *set;
	size_t n_classes;
	float *probabilities; /* (set's n_validation, n_classes) */
};

/* Runs model over the images held out. Release with validation_clear(), even after a failure. */
enum emnist_status validation_run(struct validation *validation, const struct train_set *set,
				  const struct emnist_model *model, enum emnist_engine engine,
				  struct emnist_error *error);

/* The accuracy, and the mean loss with logits divided by temperature; each image counts with its
 * weight. */
double validation_accuracy(const struct validation *validation);
double validation_loss(const struct validation *validation, double temperature);

/* The temperature with the smallest loss (Guo et al. 2017), from 1/4 to 4. */
double validation_temperature(const struct validation *validation);

void validation_clear(struct validation *validation);

#endif
