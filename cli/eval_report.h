/*
 * eval_report.h - what an evaluation found, in the forms it is printed in.
 */
#ifndef CLI_EVAL_REPORT_H
#define CLI_EVAL_REPORT_H

#include "classes.h"
#include "text.h"

struct eval_report {
	const char *model_path; /* NULL: the built-in model */
	const char *dataset_path;
	const struct class_settings *classes;
	const struct emnist_evaluation *evaluation;
	double seconds; /* from opening the dataset to the last result */
	bool per_class;
	bool coverage;
};

/* The shares of images of the table of coverage, in percent, ended by 0. */
extern const unsigned eval_coverage_shares[];

/* A probability cut to n_decimals, and not rounded: given as --min-probability, it answers what it
 * was read from. */
double cut_probability(double probability, int n_decimals);

/* How one of the dataset's classes fared. A share is negative where it would be 0/0. */
struct class_scores {
	const char *label;
	uint64_t n_images;
	uint64_t n_correct;
	double recall;    /* of its images, those that were recognised */
	double precision; /* of the images that were taken for it, those that were of it */
	double f1;        /* the harmonic mean of both */
};

/* The scores of class i of the truth. */
struct class_scores class_scores_of(const struct eval_report *report, size_t i);

/* Whether a class occurs at all: a dataset need not have images of all that its mapping names. */
bool class_occurs(const struct class_scores *scores);

struct eval_format {
	const char *name;
	void (*put)(struct text *text, const struct eval_report *report);
};

/* text, for people: a figure a line, then a table of classes. */
extern const struct eval_format eval_text;

/* json: one object on one line, shares from 0 to 1, null for what would be 0/0. */
extern const struct eval_format eval_json;

/* All formats, in the order of eval_format_names; both are ended by NULL. */
extern const struct eval_format *const eval_formats[];
extern const char *const eval_format_names[];

/* CSV: a row for each of the dataset's classes, its label in the first column; a column for each
 * of the model's, its label in the header; in the cells, how many images of the one were taken for
 * the other. */
void eval_put_confusion(struct text *text, const struct eval_report *report);

#endif
