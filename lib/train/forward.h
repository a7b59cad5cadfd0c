/*
 * forward.h - what a model says of vectors, by BLAS products.
 *
 * Sessions are faster, but what a seed trains to would then hang on how they round: the temperature
 * that a model is calibrated with, and what teachers say, come from here.
 */
#ifndef TRAIN_FORWARD_H
#define TRAIN_FORWARD_H

#include "../base/error.h"

struct forward;

/* Scratch memory for one thread, for up to max_rows rows at once. Must not outlive model. Free with
 * forward_free(). */
enum emnist_status forward_create(const struct emnist_model *model, size_t max_rows,
				  struct forward **forward_ret, struct emnist_error *error);

/* vectors: (n_rows, n_inputs), row-major; probabilities: (n_rows, n_outputs). */
enum emnist_status forward_run(struct forward *forward, const float *vectors, size_t n_rows,
			       float *probabilities, struct emnist_error *error);

/* forward may be NULL. */
void forward_free(struct forward *forward);

#endif
