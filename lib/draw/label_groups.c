/* label_groups.c - groups classes by their characters. */
#include "label_groups.h"

#include "../labels/labels.h"

const char *label_group_name(enum label_group group)
{
	static const char *const names[N_LABEL_GROUPS] = {
		[LABEL_GROUP_DIGITS] = "digits", [LABEL_GROUP_UPPER] = "upper",
		[LABEL_GROUP_LOWER] = "lower",   [LABEL_GROUP_BOTH_CASES] = "both cases",
		[LABEL_GROUP_OTHER] = "other",
	};

	return names[group];
}

enum label_group label_group_of(const struct emnist_labels *labels, size_t i)
{
	bool has[N_LABEL_GROUPS] = {false};
	size_t n;
	const uint32_t *characters = labels_characters(labels, i, &n);

	for (size_t k = 0; k < n; k++) {
		const uint32_t c = characters[k];

		has[c >= '0' && c <= '9'   ? LABEL_GROUP_DIGITS
		    : c >= 'A' && c <= 'Z' ? LABEL_GROUP_UPPER
		    : c >= 'a' && c <= 'z' ? LABEL_GROUP_LOWER
					   : LABEL_GROUP_OTHER] = true;
	}
	if (has[LABEL_GROUP_OTHER])
		return LABEL_GROUP_OTHER;
	if (has[LABEL_GROUP_DIGITS])
		return has[LABEL_GROUP_UPPER] || has[LABEL_GROUP_LOWER] ? LABEL_GROUP_OTHER
									: LABEL_GROUP_DIGITS;
	if (has[LABEL_GROUP_UPPER])
		return has[LABEL_GROUP_LOWER] ? LABEL_GROUP_BOTH_CASES : LABEL_GROUP_UPPER;
	return has[LABEL_GROUP_LOWER] ? LABEL_GROUP_LOWER : LABEL_GROUP_OTHER;
}
