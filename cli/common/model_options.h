/*
 * model_options.h - options about models that several commands share: the file, what it does not
 * record, and which characters may be answered.
 */
#ifndef CLI_COMMON_MODEL_OPTIONS_H
#define CLI_COMMON_MODEL_OPTIONS_H

#include "options.h"

#include <math.h>

/* The model, and what its file does not record; start from MODEL_SOURCE_BUILT_IN. */
struct model_source {
	const char *path; /* "-": stdin; NULL: the built-in model */
	const char *labels_path;
	int activation; /* an index into activation_choices; -1: from the file */
	/* As in struct emnist_input_scaling; NaN: from the file. */
	double input_scale, input_mean, input_std;
};

/* The built-in one as it is. */
#define MODEL_SOURCE_BUILT_IN                                                                      \
	{                                                                                          \
		.activation = -1, .input_scale = NAN, .input_mean = NAN, .input_std = NAN          \
	}

/* The possible activations of a hidden layer in --activation: enum emnist_activation from
 * EMNIST_RELU on. */
extern const char *const activation_choices[];
enum emnist_activation activation_chosen(int choice);

/* The option that names the model, for the tables of commands that use one. */
#define MODEL_OPTION(member)                                                                       \
	OPTION_INPUT('m', "model", "FILE", member.path,                                            \
		     "model file or directory; - is standard input; default: the built-in model")

/* The options for what the file does not record. */
#define MODEL_SOURCE_OPTIONS(member)                                                               \
	OPTION_INPUT(0, "labels", "FILE", member.labels_path,                                      \
		     "mapping file with the labels of the model's classes, in EMNIST's format"),   \
		OPTION_CHOICE(0, "activation", "NAME", member.activation, activation_choices,      \
			      "activation to assume where the file does not record one: relu, "    \
			      "elu, leaky_relu, selu, sigmoid or tanh; default: relu"),            \
		OPTION_REAL(0, "input-scale", "S", member.input_scale, -1e9, 1e9,                  \
			    "value of full ink in the model's training, such as 255 or 1; "        \
			    "default: as recorded in the graph"),                                  \
		OPTION_REAL(0, "input-mean", "M", member.input_mean, -1e9, 1e9,                    \
			    "mean that was then subtracted; default: 0"),                          \
		OPTION_REAL(0, "input-std", "D", member.input_std, 1e-9, 1e9,                      \
			    "standard deviation that it was then divided by; default: 1")

enum model_use {
	MODEL_TO_RUN,  /* it must take 28x28 pixels */
	MODEL_TO_SHOW, /* of any size, with digests of its files */
};

/* Loads the model. Prints an error and returns NULL on failure; also prints warnings about guesses.
 * Free with emnist_model_free(). */
struct emnist_model *model_load(const struct model_source *source, enum model_use use);

/* model_load() in steps that print nothing, or nothing else; for long-running programs. */

/* Prints an error and returns false if no model can be loaded with these options. */
bool model_source_check(const struct model_source *source);

/* Loads the model. On failure, *about_ret is the path that the error is about. Thread-safe. */
enum emnist_status model_read(const struct model_source *source, enum model_use use,
			      struct emnist_model **model_ret, const char **about_ret,
			      struct emnist_error *error);

/* Prints the warnings. */
void model_warn(const struct emnist_model *model, const struct model_source *source);

/* Writes it to path ("-": stdout). Prints an error and returns false on failure. */
bool model_write(const struct emnist_model *model, const char *path,
		 const struct emnist_save_options *options);

/* ---------------------------------------------------------------------- answers */

/* Which classes may be answered, and the minimum for an answer; {.min_probability = -1} is the
 * default. */
struct class_settings {
	const char *set; /* NULL: all */
	bool merge_case;
	double min_probability; /* negative: every answer is taken */
	int blank;              /* enum blank_choice */
};

/* How to treat an image without ink. */
enum blank_choice { BLANK_REPORT, BLANK_ANSWER };

/* In the order of enum blank_choice. */
extern const char *const blank_names[];

/* The options, for a command's table. */
#define CLASSES_OPTIONS(member)                                                                    \
	OPTION_TEXT(0, "classes", "SET", member.set,                                               \
		    "answer only with these characters: digits, upper, lower, letters, alnum, or " \
		    "characters and ranges such as 0-9A-F, separated by commas"),                  \
		OPTION_FLAG(0, "merge-case", member.merge_case,                                    \
			    "treat upper and lower case as one answer, shown in upper case"),      \
		OPTION_REAL(0, "min-probability", "P", member.min_probability, 0, 1,               \
			    "reject answers less probable than P, 0 to 1"),                        \
		OPTION_CHOICE(0, "blank", "report|answer", member.blank, blank_names,              \
			      "report an image without ink as blank, or answer it like any "       \
			      "other; default: report")

/* The view of labels according to the settings; NULL if they ask for none. Prints an error and
 * returns false on failure. */
bool classes_view(const struct class_settings *settings, const struct emnist_labels *labels,
		  struct emnist_view **view_ret);

#endif
