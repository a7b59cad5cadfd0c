/*
 * confidence.h - the probabilities of the answers, and whether they were correct: gives accuracy
 * against coverage.
 */
#ifndef EVAL_CONFIDENCE_H
#define EVAL_CONFIDENCE_H

#include "../base/error.h"
#include "../base/memory.h"

/* {0} is empty. */
struct emnist_confidence {
	struct buffer answers; /* of uint32_t */
	size_t n;
};

/* False when memory is short. */
bool confidence_add(struct emnist_confidence *confidence, float probability, bool correct);

/* Call it after the last answer, before any query. */
void confidence_sort(struct emnist_confidence *confidence);

void confidence_free(struct emnist_confidence *confidence);

#endif
