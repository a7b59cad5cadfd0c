/*
 * options.h - command line options from a table, which is parsed by and printed by --help.
 *
 * A command builds its table on the stack, with pointers to its settings:
 *
 *	const struct option_spec specs[] = {
 *		OPTION_TEXT('m', "model", "FILE", &model, "model; default: the built-in one"),
 *		OPTION_UNSIGNED('k', "top", "N", &top, 1, 1000, "print the N best"),
 *		OPTION_END
 *	};
 *
 * --help is there by itself. Options and operands may be mixed; "--" ends the options; a long name
 * may be cut where it stays unambiguous; --name=value and --name value are the same.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli.h"

/* As a number's maximum: none. Whole numbers beyond it are not exact in a double. */
#define OPTION_NO_MAXIMUM 9007199254740992.0

enum option_kind {
	OPTION_KIND_END,
	OPTION_KIND_FLAG,     /* bool *: set to true */
	OPTION_KIND_COUNT,    /* unsigned *: counts how often it is given */
	OPTION_KIND_TEXT,     /* const char **: points into argv */
	OPTION_KIND_UNSIGNED, /* uint64_t *: decimal, min..max */
	OPTION_KIND_SIZE,     /* uint64_t *: the same with an optional suffix K, M or G (2^10...) */
	OPTION_KIND_REAL,     /* double *: min..max, finite; '.' is the decimal point */
	OPTION_KIND_CHOICE,   /* int *: the position in choices */
	OPTION_KIND_LIST,     /* struct text_list *: every occurrence is added */
	OPTION_KIND_HEADING,  /* no option: help prints it as a heading between groups */
};

struct option_spec {
	enum option_kind kind;
	char letter;          /* 0: no short form */
	const char *name;     /* "model" for --model */
	const char *argument; /* "FILE"; NULL for flags */
	void *target;
	const char *help;           /* one line or more, without line ends; wrapped when printed */
	double min, max;            /* of numbers */
	const char *const *choices; /* NULL-terminated */
};

#define OPTION_HEADING(text)                                                                       \
	{                                                                                          \
		.kind = OPTION_KIND_HEADING, .help = (text)                                        \
	}
#define OPTION_FLAG(letter_, name_, target_, help_)                                                \
	{                                                                                          \
		.kind = OPTION_KIND_FLAG, .letter = (letter_), .name = (name_),                    \
		.target = 1 ? (target_) : (bool *)0, .help = (help_)                               \
	}
#define OPTION_COUNT(letter_, name_, target_, help_)                                               \
	{                                                                                          \
		.kind = OPTION_KIND_COUNT, .letter = (letter_), .name = (name_),                   \
		.target = 1 ? (target_) : (unsigned *)0, .help = (help_)                           \
	}
#define OPTION_TEXT(letter_, name_, argument_, target_, help_)                                     \
	{                                                                                          \
		.kind = OPTION_KIND_TEXT, .letter = (letter_), .name = (name_),                    \
		.argument = (argument_), .target = 1 ? (target_) : (const char **)0,               \
		.help = (help_)                                                                    \
	}
#define OPTION_UNSIGNED(letter_, name_, argument_, target_, min_, max_, help_)                     \
	{                                                                                          \
		.kind = OPTION_KIND_UNSIGNED, .letter = (letter_), .name = (name_),                \
		.argument = (argument_), .target = 1 ? (target_) : (uint64_t *)0, .help = (help_), \
		.min = (min_), .max = (max_)                                                       \
	}
#define OPTION_SIZE(letter_, name_, argument_, target_, min_, max_, help_)                         \
	{                                                                                          \
		.kind = OPTION_KIND_SIZE, .letter = (letter_), .name = (name_),                    \
		.argument = (argument_), .target = 1 ? (target_) : (uint64_t *)0, .help = (help_), \
		.min = (min_), .max = (max_)                                                       \
	}
#define OPTION_REAL(letter_, name_, argument_, target_, min_, max_, help_)                         \
	{                                                                                          \
		.kind = OPTION_KIND_REAL, .letter = (letter_), .name = (name_),                    \
		.argument = (argument_), .target = 1 ? (target_) : (double *)0, .help = (help_),   \
		.min = (min_), .max = (max_)                                                       \
	}
#define OPTION_CHOICE(letter_, name_, argument_, target_, choices_, help_)                         \
	{                                                                                          \
		.kind = OPTION_KIND_CHOICE, .letter = (letter_), .name = (name_),                  \
		.argument = (argument_), .target = 1 ? (target_) : (int *)0, .help = (help_),      \
		.choices = (choices_)                                                              \
	}
#define OPTION_LIST(letter_, name_, argument_, target_, help_)                                     \
	{                                                                                          \
		.kind = OPTION_KIND_LIST, .letter = (letter_), .name = (name_),                    \
		.argument = (argument_), .target = 1 ? (target_) : (struct text_list *)0,          \
		.help = (help_)                                                                    \
	}
#define OPTION_END                                                                                 \
	{                                                                                          \
		.kind = OPTION_KIND_END                                                            \
	}

/* Texts in the order they were given; they point into argv. {0} is an empty list. */
struct text_list {
	const char **texts;
	size_t n;
};

enum parse_result {
	PARSE_RUN,  /* go on; operands are set */
	PARSE_HELP, /* --help was printed: return close_stdout(STATUS_OK) */
	PARSE_BAD,  /* a complaint was printed: return STATUS_FATAL */
};

/* Parses argv[1...] by specs. usage: the synopsis without "emnist ", such as
 * "classify [OPTION]... [FILE|DIRECTORY|-]..."; summary and after: text that help prints before
 * and after the options (after may be NULL). operands: what is no option, in order; release with
 * free(operands->texts). */
enum parse_result options_parse(const char *usage, const char *summary, const char *after,
				const struct option_spec *specs, int argc, char **argv,
				struct text_list *operands);

#endif
