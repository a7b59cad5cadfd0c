/*
 * eval_plots.h - the diagrams of a report, in SVG.
 */
#ifndef CLI_EVAL_EVAL_PLOTS_H
#define CLI_EVAL_EVAL_PLOTS_H

#include "eval_report.h"

/* Of each bin of probability: how often it is right, with its interval, beside how often it should
 * be; beneath, how many images fall into it. */
void eval_plot_reliability(struct text *text, const struct emnist_evaluation *e);

/* The accuracy of the surest images, by the share of them that is answered; other may be NULL. */
void eval_plot_coverage(struct text *text, const struct emnist_evaluation *e,
			const struct emnist_evaluation *other);

#endif
