/*
 * eval_confusion.c - the confusion matrix as CSV.
 */
#include "../output/escape.h"
#include "eval_report.h"

#include <inttypes.h>
#include <stdio.h>

void eval_put_confusion(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	char cell[24];

	text_puts(text, "label");
	for (size_t j = 0; j < e->n_predicted; j++) {
		text_putc(text, ',');
		csv_put_field(text, emnist_labels_text(e->predicted_labels, j));
	}
	text_putc(text, '\n');
	for (size_t i = 0; i < e->n_true; i++) {
		csv_put_field(text, emnist_labels_text(e->true_labels, i));
		for (size_t j = 0; j < e->n_predicted; j++) {
			snprintf(cell, sizeof(cell), ",%" PRIu64,
				 e->confusion[i * e->n_predicted + j]);
			text_puts(text, cell);
		}
		text_putc(text, '\n');
	}
}
