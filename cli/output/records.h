/*
 * records.h - writes records in the formats of --format.
 *
 * Names, labels and messages are arbitrary bytes: each format says how it escapes them.
 */
#ifndef CLI_OUTPUT_RECORDS_H
#define CLI_OUTPUT_RECORDS_H

#include "text.h"

#include <stdint.h>

/* What all records of a run share. */
struct output_schema {
	const char *const *labels; /* (n_classes) */
	size_t n_classes;
	size_t n_top;       /* number of most probable classes printed, 1..n_classes */
	bool probabilities; /* also print the probabilities of all classes */
	/* Below it the most probable class is rejected, and records say so; negative: records do
	 * not mention it. */
	double min_probability;
};

/* What became of one input. */
struct record {
	const char *path;           /* NULL, but not for text: it has no name */
	const char *error;          /* why there is no result, or NULL */
	const uint32_t *top;        /* without error: (n_top) classes, most probable first */
	const float *probabilities; /* without error: (n_classes) */
	bool rejected;              /* the most probable class is no answer */
	size_t n_characters;        /* side by side; 0 or 1: not printed */
	const char *warning;        /* a doubt about the image, or NULL */
	bool blank;       /* no ink was found: error is OUTPUT_BLANK, but nothing failed */
	const void *seen; /* what the network saw, as a PNG file; NULL: not printed */
	size_t seen_nbytes;
};

#define OUTPUT_BLANK "blank"

/* Gives the record the answer in a row of probabilities, (n_classes). top: (n_top), its room. */
void record_answer(struct record *record, const struct output_schema *schema, const float *row,
		   uint32_t *top);

struct output_format {
	const char *name;
	/* NULL where the format has none. */
	void (*header)(struct text *text, const struct output_schema *schema);
	void (*record)(struct text *text, const struct output_schema *schema,
		       const struct record *record);
};

/*
 * text, for people: "PATH: LABEL PROBABILITY", two spaces, "LABEL PROBABILITY"... A rejected label
 * is a dash; an image without ink is "- blank". Nothing for a failed input, which is reported on
 * stderr. schema->probabilities has no effect: n_top may be n_classes. Control characters,
 * backslashes and what is not UTF-8 are escaped as in escape.h.
 */
extern const struct output_format output_text;

/*
 * csv: RFC 4180 with LF line ends and a header; fields are quoted if necessary and hold a name's
 * exact bytes. Columns: path, label, probability, error; label_2, probability_2...; p_LABEL for
 * each class; and with a min_probability rejected, true or false. The label is empty if it is
 * rejected.
 */
extern const struct output_format output_csv;

/* tsv: the same columns separated by tabs; tab, line end, carriage return and backslash in a field
 * are \t, \n, \r, \\. */
extern const struct output_format output_tsv;

/*
 * jsonl: one object per line with "path", "label", "probability", "error" (null without one);
 * "rejected" with a min_probability; "characters" if there are several; "warning" if there is one;
 * "top", an array of {"label", "probability"}; and "probabilities", an object, if asked for. Always
 * valid UTF-8: invalid bytes become U+FFFD, and a path with such bytes is repeated as
 * "path_base64". "seen" is the PNG file in base64.
 */
extern const struct output_format output_jsonl;

/* Such an object, without a line end. */
void record_put_json(struct text *text, const struct output_schema *schema,
		     const struct record *record);

/* All formats, in the order of output_format_names; both end with NULL. */
extern const struct output_format *const output_formats[];
extern const char *const output_format_names[];

#endif
