/*
 * eval_charts.h - the diagrams of an evaluation, in SVG.
 */
#ifndef CLI_EVAL_EVAL_CHARTS_H
#define CLI_EVAL_EVAL_CHARTS_H

#include "eval_report.h"

/* Of each bin of probability: how often it is right, with its interval, beside how often it should
 * be; beneath, how many images fall into it. */
void eval_plot_reliability(struct text *text, const struct emnist_evaluation *e);

/* The accuracy of the surest images, by the share of them that is answered; other may be NULL. */
void eval_plot_coverage(struct text *text, const struct emnist_evaluation *e,
			const struct emnist_evaluation *other);

/* Puts the rules of the style sheet that color the cells, on light or on dark ground. */
void eval_heat_style(struct text *text, bool dark);

/* Puts the svg element; head: what follows its description, such as a style sheet. Returns its
 * natural width in pixels. */
int eval_heat_put(struct text *text, const struct emnist_evaluation *e, const char *head);

#endif
