/*
 * eval_pictures.h - the few images of an evaluation that are shown: kept while it runs, so that the
 * dataset is read once.
 */
#ifndef CLI_EVAL_EVAL_PICTURES_H
#define CLI_EVAL_EVAL_PICTURES_H

#include <emnist.h>
#include <emnist_eval.h>

/* As many as the report and the montage show. */
#define EVAL_N_PICTURES 100

struct eval_picture {
	float confidence; /* what they are chosen and sorted by */
	struct emnist_answer answer;
	struct emnist_answer other; /* of the model that is compared with */
	uint8_t pixels[EMNIST_VECTOR_LENGTH];
};

/* The surest, the surest first, equal ones in the dataset's order. {0} is empty. */
struct eval_pictures {
	struct eval_picture items[EVAL_N_PICTURES];
	size_t n;
};

/* Takes an image in if it is among the surest; other may be NULL. */
void eval_pictures_add(struct eval_pictures *pictures, float confidence,
		       const struct emnist_answer *answer, const struct emnist_answer *other,
		       const uint8_t *pixels);

#endif
