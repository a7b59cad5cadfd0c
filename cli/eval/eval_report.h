/* eval_report.h - the results of an evaluation, in the formats that they are printed in. */
#ifndef CLI_EVAL_EVAL_REPORT_H
#define CLI_EVAL_EVAL_REPORT_H

#include "../common/model_options.h"
#include "../output/text.h"

#include <emnist_dataset.h>
#include <emnist_eval.h>

/* -------------------------------------------------------------------- pictures */

/* The few images that the report and the montage show are kept during the evaluation, so that the
 * dataset is read once. */
#define EVAL_N_PICTURES 100

struct eval_picture {
	float confidence; /* the key of the selection and the order */
	struct emnist_answer answer;
	struct emnist_answer other; /* of the model that is compared with */
	uint8_t pixels[EMNIST_VECTOR_LENGTH];
};

/* The most confident ones, most confident first, ties in the dataset's order. {0} is empty. */
struct eval_pictures {
	struct eval_picture items[EVAL_N_PICTURES];
	size_t n;
};

/* Adds an image if it is among the most confident; other may be NULL. */
void eval_pictures_add(struct eval_pictures *pictures, float confidence,
		       const struct emnist_answer *answer, const struct emnist_answer *other,
		       const uint8_t *pixels);

/* ---------------------------------------------------------------------- report */

/* A second model on the same images. */
struct eval_other {
	const char *model_path;
	const struct emnist_evaluation *evaluation;
	struct emnist_comparison comparison; /* the report's own model is the first */
	struct eval_pictures
		first_alone; /* images that only the first classifies correctly, by confidence */
	struct eval_pictures second_alone; /* it is */
};

struct eval_report {
	const char *model_path; /* NULL: the built-in model */
	const struct emnist_model *model;
	const char *dataset_name; /* of all datasets */
	const struct text_list *datasets;
	const struct class_settings *classes;
	const struct emnist_evaluation *evaluation;
	double seconds; /* from opening the dataset to the last result */
	bool per_class;
	bool coverage;
	bool calibration;
	size_t n_confusions;                  /* how many of the most frequent to print */
	size_t n_top;                         /* 0: only what is always printed */
	const struct eval_pictures *mistakes; /* the most confident ones; NULL: not kept */
	const struct eval_other *other;       /* NULL: nothing to compare with */
};

/* The coverages in the table, in percent; ends with 0. */
extern const unsigned eval_coverage_shares[];

/* A probability cut to n_decimals, not rounded: as --min-probability it still accepts the answer
 * that it was read from. */
double cut_probability(double probability, int n_decimals);

/* "built-in" for NULL. */
const char *eval_model_name(const char *path);

/* part / whole, negative for 0/0. */
double eval_share(uint64_t part, uint64_t whole);

/* The images of a class that only one of the models classifies correctly. */
struct eval_class_gap {
	size_t class;
	uint64_t n_images;
	uint64_t n_first;  /* that the first alone has right */
	uint64_t n_second; /* that the second alone has right */
};

/* The classes with such images, the largest difference between the models first. *n_ret is 0 if the
 * two models have different classes. Free with free(); NULL when memory is short. */
struct eval_class_gap *eval_class_gaps(const struct eval_report *report, size_t *n_ret);

/* A confusion of one or both models. */
struct eval_confusion_gap {
	size_t true_class;
	size_t predicted_class;
	uint64_t n_first;  /* images with this mistake by the first model */
	uint64_t n_second; /* by the second */
};

/* The n_max confusions that differ most in frequency between the models, the largest difference
 * first; none if the models have different classes. Returns their number. */
size_t eval_confusion_gaps(const struct eval_report *report, size_t n_max,
			   struct eval_confusion_gap *gaps_ret);

struct eval_format {
	const char *name;
	void (*put)(struct text *text, const struct eval_report *report);
};

/* text, for people: one figure per line, then the tables asked for. */
extern const struct eval_format eval_text;

/* json: one object on one line, shares from 0 to 1, null for what would be 0/0. */
extern const struct eval_format eval_json;

/* csv: a header, and a line for each class that occurs. */
extern const struct eval_format eval_csv;
extern const struct eval_format eval_tsv;

/* CSV: one row per class of the dataset, with its label in the first column; one column per class
 * of the model, with its label in the header. Cells: the number of the row's images classified as
 * the column. */
void eval_put_confusion(struct text *text, const struct eval_report *report);

/* The same as a heat map, a stand-alone SVG. */
void eval_put_confusion_svg(struct text *text, const struct eval_report *report);

/* The whole report as one page of HTML. */
void eval_put_html(struct text *text, const struct eval_report *report);

/* ----------------------------------------------------------------------- files */

/* The separate files of an evaluation, each written completely or not at all. Paths; NULL: not
 * wanted. */
struct eval_files {
	const char *report;
	const char *confusion; /* .png and .svg: a heat map; else CSV */
	const char *errors;
	const char *montage;
};

/* Prints an error and returns false if a path is "-" or has an extension for other content. */
bool eval_files_check(const struct eval_files *files);

/* Writes all of them, or prints an error and returns STATUS_FATAL. dataset: the evaluated one, read
 * to its end. */
enum exit_status eval_files_write(const struct eval_files *files, const struct eval_report *report,
				  struct emnist_dataset *dataset);

#endif
