/*
 * emnist_classify.h - from images to probabilities, a batch in a call.
 *
 * See emnist.h for the rules on threads, errors, memory and options.
 */
#ifndef EMNIST_CLASSIFY_H
#define EMNIST_CLASSIFY_H

#include "emnist.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A reader, a session and a view of the model's classes. It must not outlive the model. */
struct emnist_classifier;

struct emnist_classifier_options {
	const struct emnist_reader_options *reader; /* NULL: the model's preprocessing */
	struct emnist_session_options session;
	struct emnist_view_options view; /* default: all classes of the model */
};

/* The model must take vectors of EMNIST_VECTOR_LENGTH, else EMNIST_ERR_ARGUMENT. */
EMNIST_API enum emnist_status emnist_classifier_create(
	const struct emnist_model *model, const struct emnist_classifier_options *options,
	struct emnist_classifier **classifier_ret, struct emnist_error *error);
EMNIST_API void emnist_classifier_free(struct emnist_classifier *classifier);

/* The classes of its answers. */
EMNIST_API const struct emnist_labels *emnist_classifier_labels(
	const struct emnist_classifier *classifier);

/* An image: the first of these that is not NULL. */
struct emnist_input {
	const char *path;
	const struct emnist_pixels *pixels;
	const void *bytes; /* an image file in memory */
	size_t nbytes;
};

struct emnist_record {
	uint32_t best;             /* the most probable class */
	float probability;         /* its probability */
	bool is_blank;             /* see emnist_vector_is_blank() */
	size_t n_characters;       /* see emnist_reader_n_characters() */
	const char *warning;       /* see emnist_reader_warning() */
	struct emnist_error error; /* code EMNIST_OK, or why the image cannot be read */
};

/* Reads n images and runs the model on them. records: (n). probabilities: (n, classes); zero for an
 * image that cannot be read, which does not concern the others. */
EMNIST_API enum emnist_status emnist_classify(struct emnist_classifier *classifier,
					      const struct emnist_input *inputs, size_t n,
					      struct emnist_record *records, float *probabilities,
					      struct emnist_error *error);

/* emnist_top_k() for each of n_rows rows. values: (n_rows, n); positions_ret: (n_rows, k). */
EMNIST_API void emnist_top_k_rows(const float *values, size_t n_rows, size_t n, size_t k,
				  uint32_t *positions_ret);

#ifdef __cplusplus
}
#endif

#endif
