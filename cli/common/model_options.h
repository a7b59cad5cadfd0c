/*
 * model_options.h - what several commands ask about a model: which one, what it does not say
 * itself, and which of its characters may be answered.
 */
#ifndef CLI_COMMON_MODEL_OPTIONS_H
#define CLI_COMMON_MODEL_OPTIONS_H

#include "options.h"

#include <math.h>

/* Which model, and what it does not say itself; begin with MODEL_SOURCE_BUILT_IN. */
struct model_source {
	const char *path; /* "-": standard input; NULL: the built-in model */
	const char *labels_path;
	int activation; /* a position in activation_choices; -1: as the file says */
	/* As in struct emnist_input_scaling; NaN: as the file shows. */
	double input_scale, input_mean, input_std;
};

/* The built-in one as it is. */
#define MODEL_SOURCE_BUILT_IN                                                                      \
	{                                                                                          \
		.activation = -1, .input_scale = NAN, .input_mean = NAN, .input_std = NAN          \
	}

/* The activations that a hidden layer may have, as --activation takes them: those of enum
 * emnist_activation from EMNIST_RELU on. */
extern const char *const activation_choices[];
enum emnist_activation activation_chosen(int choice);

/* The option that names the model, for the tables of commands that work with one. */
#define MODEL_OPTION(member)                                                                       \
	OPTION_INPUT('m', "model", "FILE", member.path,                                            \
		     "model file or directory; - is standard input; default: the built-in model")

/* Those that say what it does not say itself. */
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
	MODEL_TO_SHOW, /* of any size, with the digests of its files */
};

/* Loads the model. Complains and returns NULL on failure; complains, too, of what had to be
 * guessed. Free with emnist_model_free(). */
struct emnist_model *model_load(const struct model_source *source, enum model_use use);

/* Writes it to path, "-" being standard output. Complains and returns false on failure. */
bool model_write(const struct emnist_model *model, const char *path,
		 const struct emnist_save_options *options);

/* ---------------------------------------------------------------------- answers */

/* What may be answered, and what is too little for an answer; {.min_probability = -1} is the
 * default. */
struct class_settings {
	const char *set; /* NULL: all */
	bool merge_case;
	double min_probability; /* negative: every answer is taken */
	int blank;              /* enum blank_choice */
};

/* What becomes of an image in which no ink was found. */
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

/* The view of labels that the settings ask for, NULL where they ask for none. False after a
 * complaint. */
bool classes_view(const struct class_settings *settings, const struct emnist_labels *labels,
		  struct emnist_view **view_ret);

#endif
