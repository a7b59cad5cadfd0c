/* label_groups.h - groups classes by their characters: bars of a group share a color. */
#ifndef DRAW_LABEL_GROUPS_H
#define DRAW_LABEL_GROUPS_H

#include "../emnist.h"

enum label_group {
	LABEL_GROUP_DIGITS = 0, /* 0-9 */
	LABEL_GROUP_UPPER,      /* A-Z */
	LABEL_GROUP_LOWER,      /* a-z */
	LABEL_GROUP_BOTH_CASES, /* both A-Z and a-z, as in EMNIST Letters */
	LABEL_GROUP_OTHER,
};
#define N_LABEL_GROUPS 5

/* "digits", "upper", "lower", "both cases", "other". */
const char *label_group_name(enum label_group group);

/* The group of entry i. */
enum label_group label_group_of(const struct emnist_labels *labels, size_t i);

#endif
