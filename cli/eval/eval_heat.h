/*
 * eval_heat.h - the confusion matrix as a heat map in SVG.
 */
#ifndef CLI_EVAL_EVAL_HEAT_H
#define CLI_EVAL_EVAL_HEAT_H

#include "eval_report.h"

#include <emnist_eval.h>

/* Puts the rules of the style sheet that color the cells, on light or on dark ground. */
void eval_heat_style(struct text *text, bool dark);

/* Puts the svg element; head: what follows its description, such as a style sheet. Returns its
 * natural width in pixels. */
int eval_heat_put(struct text *text, const struct emnist_evaluation *e, const char *head);

#endif
