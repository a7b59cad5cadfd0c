/*
 * stats_report.c - what the forms of a report have in common.
 */
#include "stats_report.h"

const struct stats_format *const stats_formats[] = {&stats_text, &stats_json, NULL};
const char *const stats_format_names[] = {"text", "json", NULL};

struct stats_groups stats_groups_of(const struct emnist_part *part)
{
	struct stats_groups groups = {0};

	for (size_t i = 0; i < emnist_labels_count(part->labels); i++) {
		const enum label_group group = label_group_of(part->labels, i);

		groups.n_images[group] += part->counts[i];
		groups.n_classes[group]++;
	}
	return groups;
}

double stats_share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}
