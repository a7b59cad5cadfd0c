/*
 * compare.h - two models by their counts.
 */
#ifndef EVAL_COMPARE_H
#define EVAL_COMPARE_H

#include "../emnist_eval.h"

/* How two models compare that both have n_both images right, the first alone n_first... */
struct emnist_comparison compare_counts(uint64_t n_both, uint64_t n_first, uint64_t n_second,
					uint64_t n_neither);

#endif
