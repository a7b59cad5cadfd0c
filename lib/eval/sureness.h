/*
 * sureness.h - how probable the answers were, and whether they were right: what it takes to tell
 * what becomes of accuracy where the least sure are not given.
 */
#ifndef EVAL_SURENESS_H
#define EVAL_SURENESS_H

#include "../base/error.h"
#include "../base/memory.h"

/* {0} is empty. */
struct emnist_sureness {
	struct buffer answers; /* of uint32_t */
	size_t n;
};

/* False when memory is short. */
bool sureness_add(struct emnist_sureness *sureness, float probability, bool correct);

/* Before it is asked, and after all is added. */
void sureness_sort(struct emnist_sureness *sureness);

void sureness_free(struct emnist_sureness *sureness);

#endif
