/* train_set.h - all training images in memory, with their ground truth. */
#ifndef TRAIN_TRAIN_SET_H
#define TRAIN_TRAIN_SET_H

#include "../emnist_dataset.h"
#include "train_batch.h"

struct train_set {
	size_t n_images;
	uint8_t *pixels;        /* (n_images, 784) upright, row-major */
	uint32_t *target;       /* (n_images) positions in targets */
	uint32_t *numbers;      /* (n_images) positions in their datasets, if these are drawn */
	size_t n_targets;       /* the classes of all datasets, in their order */
	struct target *targets; /* (n_targets) */
	size_t n_datasets;
	size_t *sizes;        /* (n_datasets) images of each, in this order */
	size_t n_training;    /* images to learn from */
	uint32_t *training;   /* (n_training) ascending positions of images */
	size_t n_validation;  /* images held out of the first dataset */
	uint32_t *validation; /* (n_validation) ascending positions of images */
	uint64_t fingerprint; /* hash of pixels and targets, to recognize the same data */
};

struct train_set_options {
	const struct emnist_labels *labels; /* the model's */
	bool leave_out;    /* skip images of other classes; otherwise they are an error */
	double validation; /* share of the first dataset, [0,0.9] */
	const double *class_frequencies; /* (n of labels) or NULL; see emnist_train() */
	const double *dataset_weights;   /* (n of datasets) or NULL; likewise */
	uint64_t seed;
};

/* Reads the rest of the datasets, which must outlive the set. Release with train_set_clear(), even
 * after a failure. */
enum emnist_status train_set_load(struct train_set *set, struct emnist_dataset *const *datasets,
				  size_t n_datasets, const struct train_set_options *options,
				  struct emnist_error *error);

/* The pixels of an image in a variant: its own, or those of a drawing that depends on seed, variant
 * and position alone, and goes to drawn, (784). */
const uint8_t *train_set_show(const struct train_set *set, size_t image, uint64_t seed,
			      uint64_t variant, uint8_t *drawn);

void train_set_clear(struct train_set *set);

#endif
