/*
 * records.h - records in the formats that they are printed in.
 *
 * Names, labels and messages are bytes of which nothing is assumed: each format says how it keeps
 * them from breaking out of their place.
 */
#ifndef CLI_OUTPUT_RECORDS_H
#define CLI_OUTPUT_RECORDS_H

#include "text.h"

#include <stdint.h>

/* What is the same for all records of a run. */
struct output_schema {
	const char *const *labels; /* (n_classes) */
	size_t n_classes;
	size_t n_top;       /* how many of the most probable classes are printed, 1..n_classes */
	bool probabilities; /* the probabilities of all classes are printed too */
	/* Below it the most probable class is no answer, and records say whether that is so;
	 * negative: records say nothing of it. */
	double min_probability;
};

/* What became of one input. */
struct record {
	const char *path;
	const char *error;          /* why there is no result, or NULL */
	const uint32_t *top;        /* without error: (n_top) classes, the most probable first */
	const float *probabilities; /* without error: (n_classes) */
	bool rejected;              /* the most probable class is no answer */
	size_t n_characters;        /* that stand side by side; 0 or 1: nothing is printed of it */
	bool blank; /* no ink was found: error is OUTPUT_BLANK, and nothing has failed */
};

#define OUTPUT_BLANK "blank"

struct output_format {
	const char *name;
	/* NULL where the format has none. */
	void (*header)(struct text *text, const struct output_schema *schema);
	void (*record)(struct text *text, const struct output_schema *schema,
		       const struct record *record);
};

/*
 * text, for people: "PATH: LABEL PROBABILITY", two blanks, "LABEL PROBABILITY"... A dash
 * stands for a label that is rejected, and "- blank" for all of it where no ink was found. Nothing
 * for an input that failed: that is said on stderr. schema->probabilities changes nothing: n_top
 * may be n_classes. Control characters, backslashes and what is not UTF-8 are shown as escape.h
 * says.
 */
extern const struct output_format output_text;

/*
 * csv: RFC 4180 with LF line ends and a header; fields are quoted where they must be and hold the
 * very bytes of a name. Columns: path, label, probability, error, then label_2, probability_2...,
 * then p_LABEL for each class, then rejected, true or false, where there is a min_probability; the
 * label is empty where it is true.
 */
extern const struct output_format output_csv;

/* tsv: the same columns between tabs; tab, line end, carriage return and backslash in a field are
 * \t, \n, \r, \\. */
extern const struct output_format output_tsv;

/*
 * jsonl: an object a line with "path", "label", "probability", "error" (null where there is none),
 * then "rejected" where there is a min_probability, "top", an array of {"label", "probability"},
 * and "probabilities", an object, where asked for. Valid UTF-8 always: a byte of a string that is
 * not becomes U+FFFD, and a path that has such bytes comes a second time, as "path_base64".
 */
extern const struct output_format output_jsonl;

/* All formats, in the order of output_format_names; both are ended by NULL. */
extern const struct output_format *const output_formats[];
extern const char *const output_format_names[];

#endif
