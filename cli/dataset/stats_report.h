/* stats_report.h - statistics of datasets: as text, JSON, and bar charts. */
#ifndef CLI_DATASET_STATS_REPORT_H
#define CLI_DATASET_STATS_REPORT_H

#include "../../lib/draw/label_groups.h"
#include "../common/messages.h"
#include "../output/text.h"

#include <emnist_dataset.h>

struct stats_report {
	const char *const *paths; /* (n_parts) */
	const struct emnist_statistics *statistics;
};

/* Images and classes of each group in a part. */
struct stats_groups {
	uint64_t n_images[N_LABEL_GROUPS];
	size_t n_classes[N_LABEL_GROUPS];
};

struct stats_groups stats_groups_of(const struct emnist_part *part);

/* part / whole, 0 if whole is 0. */
double stats_share(uint64_t part, uint64_t whole);

struct stats_format {
	const char *name;
	void (*put)(struct text *text, const struct stats_report *report);
};

/* All formats, in the order of stats_format_names; both end with NULL. */
extern const struct stats_format *const stats_formats[];
extern const char *const stats_format_names[];

/* More classes than can be distinguished on a chart. */
#define STATS_CHART_MAX_CLASSES 1000

/* An SVG file with one panel per dataset, for light and dark backgrounds. */
void stats_put_chart(struct text *text, const struct stats_report *report);

#endif
