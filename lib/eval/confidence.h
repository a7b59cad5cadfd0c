/*
 * confidence.h - how probable the answers were, and whether they were right: what it takes to tell
 * what becomes of accuracy where the least sure are not given.
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

/* Before it is asked, and after all is added. */
void confidence_sort(struct emnist_confidence *confidence);

void confidence_free(struct emnist_confidence *confidence);

#endif
