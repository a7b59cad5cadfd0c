/*
 * classes.h - which characters may be answered: --classes and --merge-case of several commands.
 */
#ifndef CLI_COMMON_CLASSES_H
#define CLI_COMMON_CLASSES_H

#include "cli.h"

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
		    "literal ones and ranges such as 0-9A-F; several with commas"),                \
		OPTION_FLAG(0, "merge-case", member.merge_case,                                    \
			    "upper and lower case are one answer, shown as upper case"),           \
		OPTION_REAL(0, "min-probability", "P", member.min_probability, 0, 1,               \
			    "reject what is less probable than P, 0 to 1: leave it unanswered"),   \
		OPTION_CHOICE(0, "blank", "report|answer", member.blank, blank_names,              \
			      "an image without ink is reported as blank, or answered like any "   \
			      "other; default: report")

/* The view of labels that the settings ask for, NULL where they ask for none. False after a
 * complaint. */
bool classes_view(const struct class_settings *settings, const struct emnist_labels *labels,
		  struct emnist_view **view_ret);

#endif
