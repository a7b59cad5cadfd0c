/*
 * stats_chart.h - class counts as bars.
 */
#ifndef CLI_DATASET_STATS_CHART_H
#define CLI_DATASET_STATS_CHART_H

#include "stats_report.h"

/* More classes than anybody can tell apart on a sheet. */
#define STATS_CHART_MAX_CLASSES 1000

/* An SVG file with a panel a dataset; whoever looks at it may like it light or dark. */
void stats_put_chart(struct text *text, const struct stats_report *report);

#endif
