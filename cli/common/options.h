/*
 * options.h - command line options from a table, used for parsing and for --help.
 *
 * A command keeps its settings in a structure that it calls `struct settings`, and its table names
 * the members:
 *
 *	static const struct option_spec specs[] = {
 *		OPTION_TEXT('m', "model", "FILE", model_path, "model; default: the built-in one"),
 *		OPTION_UNSIGNED('k', "top", "N", n_top, 1, 1000, "print the N best"),
 *		OPTION_END,
 *	};
 *
 * --help is added automatically. Options and operands may be mixed; "--" ends the options. Long
 * names may be abbreviated if unambiguous; --name=value and --name value are the same.
 */
#ifndef CLI_COMMON_OPTIONS_H
#define CLI_COMMON_OPTIONS_H

#include "messages.h"

#include <stddef.h>

/* As a number's maximum: none. Larger integers are not exact in a double. */
#define OPTION_NO_MAXIMUM 9007199254740992.0

enum option_kind {
	OPTION_KIND_END,
	OPTION_KIND_FLAG,     /* bool: set to true */
	OPTION_KIND_COUNT,    /* unsigned: counts how often it is given */
	OPTION_KIND_TEXT,     /* const char *: points into argv */
	OPTION_KIND_UNSIGNED, /* uint64_t: decimal, min..max */
	OPTION_KIND_SIZE,     /* uint64_t: with an optional suffix K, M or G (2^10...) */
	OPTION_KIND_REAL,     /* double: min..max, finite; '.' is the decimal point */
	OPTION_KIND_CHOICE,   /* int: the position in choices */
	OPTION_KIND_LIST,     /* struct text_list: collects all occurrences */
	OPTION_KIND_HEADING,  /* not an option: a heading in the help */
};

struct option_spec {
	enum option_kind kind;
	char letter;                /* 0: no short form */
	const char *name;           /* "model" for --model */
	const char *argument;       /* "FILE"; NULL for flags */
	size_t target;              /* offset of its value in the settings */
	const char *help;           /* one or more lines, without line ends; wrapped when printed */
	double min, max;            /* of numbers */
	const char *const *choices; /* NULL-terminated */
	bool reads;                 /* its values are input paths */
	const char *writes;         /* "--output": the value is an output path */
};

/* The offset of a member of struct settings, whose type is checked. */
#define OPTION_TARGET(type, member)                                                                \
	(offsetof(struct settings, member) +                                                       \
	 0 * sizeof(1 ? &((struct settings *)0)->member : (type *)0))

#define OPTION_HEADING(text)                                                                       \
	{                                                                                          \
		.kind = OPTION_KIND_HEADING, .help = (text)                                        \
	}
#define OPTION_FLAG(letter_, name_, member_, help_)                                                \
	{                                                                                          \
		.kind = OPTION_KIND_FLAG, .letter = (letter_), .name = (name_),                    \
		.target = OPTION_TARGET(bool, member_), .help = (help_)                            \
	}
#define OPTION_COUNT(letter_, name_, member_, help_)                                               \
	{                                                                                          \
		.kind = OPTION_KIND_COUNT, .letter = (letter_), .name = (name_),                   \
		.target = OPTION_TARGET(unsigned, member_), .help = (help_)                        \
	}
#define OPTION_TEXT(letter_, name_, argument_, member_, help_)                                     \
	{                                                                                          \
		.kind = OPTION_KIND_TEXT, .letter = (letter_), .name = (name_),                    \
		.argument = (argument_), .target = OPTION_TARGET(const char *, member_),           \
		.help = (help_)                                                                    \
	}
/* Paths that are read, and paths that are written: see outputs.h. */
#define OPTION_INPUT(letter_, name_, argument_, member_, help_)                                    \
	{                                                                                          \
		.kind = OPTION_KIND_TEXT, .letter = (letter_), .name = (name_),                    \
		.argument = (argument_), .target = OPTION_TARGET(const char *, member_),           \
		.help = (help_), .reads = true                                                     \
	}
#define OPTION_OUTPUT(letter_, name_, argument_, member_, help_)                                   \
	{                                                                                          \
		.kind = OPTION_KIND_TEXT, .letter = (letter_), .name = (name_),                    \
		.argument = (argument_), .target = OPTION_TARGET(const char *, member_),           \
		.help = (help_), .writes = "--" name_                                              \
	}
#define OPTION_UNSIGNED(letter_, name_, argument_, member_, min_, max_, help_)                     \
	{                                                                                          \
		.kind = OPTION_KIND_UNSIGNED, .letter = (letter_), .name = (name_),                \
		.argument = (argument_), .target = OPTION_TARGET(uint64_t, member_),               \
		.help = (help_), .min = (min_), .max = (max_)                                      \
	}
#define OPTION_SIZE(letter_, name_, argument_, member_, min_, max_, help_)                         \
	{                                                                                          \
		.kind = OPTION_KIND_SIZE, .letter = (letter_), .name = (name_),                    \
		.argument = (argument_), .target = OPTION_TARGET(uint64_t, member_),               \
		.help = (help_), .min = (min_), .max = (max_)                                      \
	}
#define OPTION_REAL(letter_, name_, argument_, member_, min_, max_, help_)                         \
	{                                                                                          \
		.kind = OPTION_KIND_REAL, .letter = (letter_), .name = (name_),                    \
		.argument = (argument_), .target = OPTION_TARGET(double, member_),                 \
		.help = (help_), .min = (min_), .max = (max_)                                      \
	}
#define OPTION_CHOICE(letter_, name_, argument_, member_, choices_, help_)                         \
	{                                                                                          \
		.kind = OPTION_KIND_CHOICE, .letter = (letter_), .name = (name_),                  \
		.argument = (argument_), .target = OPTION_TARGET(int, member_), .help = (help_),   \
		.choices = (choices_)                                                              \
	}
#define OPTION_LIST(letter_, name_, argument_, member_, help_)                                     \
	{                                                                                          \
		.kind = OPTION_KIND_LIST, .letter = (letter_), .name = (name_),                    \
		.argument = (argument_), .target = OPTION_TARGET(struct text_list, member_),       \
		.help = (help_)                                                                    \
	}
/* A list of input paths. */
#define OPTION_INPUTS(letter_, name_, argument_, member_, help_)                                   \
	{                                                                                          \
		.kind = OPTION_KIND_LIST, .letter = (letter_), .name = (name_),                    \
		.argument = (argument_), .target = OPTION_TARGET(struct text_list, member_),       \
		.help = (help_), .reads = true                                                     \
	}
#define OPTION_END                                                                                 \
	{                                                                                          \
		.kind = OPTION_KIND_END                                                            \
	}

/* Texts in the order given; they point into argv. {0} is empty. */
struct text_list {
	const char **texts;
	size_t n;
};

/* What a command accepts, and the rest of its --help. */
struct option_table {
	const char *usage;   /* without "emnist ": "eval [OPTION]... DATASET" */
	const char *summary; /* printed before the options */
	const char *after;   /* printed behind them */
	const struct option_spec *specs;
};

/* Parses argv[1...] into the settings, a struct settings, and records what options read and write.
 * operands: all other arguments, in order; release with free(operands->texts). False: help or an
 * error was printed, and the command ends with *status_ret. */
bool options_parse(const struct option_table *table, int argc, char **argv, void *settings,
		   struct text_list *operands, enum exit_status *status_ret);

#endif
