/* given_models.h - the models that training is given: teachers, and one to start from. */
#ifndef TRAIN_GIVEN_MODELS_H
#define TRAIN_GIVEN_MODELS_H

#include "../emnist_train.h"
#include "net.h"

/* Whether training can start from the model: a network for 28x28 images, whose hidden layers have
 * one activation, with a softmax behind the last layer. */
enum emnist_status given_models_can_start(const struct emnist_model *model,
					  struct emnist_error *error);

/* That all of the options' models take such images and have these classes, in this order. */
enum emnist_status given_models_check(const struct emnist_train_options *options,
				      const struct emnist_labels *labels,
				      struct emnist_error *error);

/* Replaces the weights of a network of the model's shape, without batch normalization. */
void given_models_start(const struct emnist_model *model, struct net *net);

/* A hash of the options' models, which goes on from another. */
uint64_t given_models_fingerprint(const struct emnist_train_options *options, uint64_t hash);

#endif
