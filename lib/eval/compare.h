/* compare.h - compares two models by their counts of correct answers. */
#ifndef EVAL_COMPARE_H
#define EVAL_COMPARE_H

#include "../emnist_eval.h"

/* Compares two models: n_both images that both classify correctly, n_first only by the first... */
struct emnist_comparison compare_counts(uint64_t n_both, uint64_t n_first, uint64_t n_second,
					uint64_t n_neither);

#endif
