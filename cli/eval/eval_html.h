/*
 * eval_html.h - parts of the page that a report is.
 */
#ifndef CLI_EVAL_EVAL_HTML_H
#define CLI_EVAL_EVAL_HTML_H

#include "eval_report.h"

/* Puts the page's style element: how it looks. */
void eval_put_style(struct text *text);

/* Puts a label, as labels look. */
void eval_put_label(struct text *text, const struct emnist_labels *labels, size_t i);

/* Put a section each. */
void eval_put_section_of_comparison(struct text *text, const struct eval_report *report);
void eval_put_section_of_matrix(struct text *text, const struct emnist_evaluation *e);
void eval_put_section_of_confusions(struct text *text, const struct emnist_evaluation *e);
void eval_put_section_of_certainty(struct text *text, const struct eval_report *report);
void eval_put_section_of_classes(struct text *text, const struct emnist_evaluation *e);

#endif
