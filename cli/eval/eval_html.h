/* eval_html.h - the parts of the report's page. */
#ifndef CLI_EVAL_EVAL_HTML_H
#define CLI_EVAL_EVAL_HTML_H

#include "eval_report.h"

/* Appends the page's style element. */
void eval_put_style(struct text *text);

/* Puts a label, as labels look. */
void eval_put_label(struct text *text, const struct emnist_labels *labels, size_t i);

/* Put a section each. */
void eval_put_section_of_comparison(struct text *text, const struct eval_report *report);
void eval_put_section_of_matrix(struct text *text, const struct emnist_evaluation *e);
void eval_put_section_of_confusions(struct text *text, const struct emnist_evaluation *e);
void eval_put_section_of_certainty(struct text *text, const struct eval_report *report);
void eval_put_section_of_classes(struct text *text, const struct emnist_evaluation *e);

/* -------------------------------------------------------------------- diagrams */

/* For each bin of probability: the accuracy with its interval, next to the expected one; below, the
 * number of images in the bin. */
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
