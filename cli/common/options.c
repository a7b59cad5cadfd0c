/*
 * options.c - one table drives parsing, messages and --help, so that they cannot disagree.
 *
 * Numbers are parsed to their end, independent of the locale: the program stays in the "C" locale.
 */
#include "options.h"
#include "../../lib/base/nearest.h"
#include "outputs.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELP_WIDTH  79 /* the last column is left free: some terminals wrap there */
#define HELP_COLUMN 28 /* where the texts of options begin */

/* The options of every command. */
static const struct option_spec built_in[] = {
	{.kind = OPTION_KIND_FLAG, .letter = 'h', .name = "help", .help = "print this help"},
	{.kind = OPTION_KIND_FLAG, .name = "version", .help = "print the version"},
	OPTION_END,
};

enum parse_result {
	PARSE_RUN,  /* go on */
	PARSE_HELP, /* --help or --version was printed */
	PARSE_BAD,  /* a complaint was printed */
};

struct parser {
	const struct option_table *table;
	void *settings;
	char **arguments; /* the remaining arguments, ending with NULL */
};

/* ------------------------------------------------------------------- help */

/* Prints text from the given column on, broken between words, later lines indented by `indent`.
 * A line end in the text ends the line. */
static void print_wrapped(const char *text, size_t column, size_t indent)
{
	while (*text) {
		size_t blanks = strspn(text, " ");
		size_t word = strcspn(text + blanks, " \n");

		if (column > indent && column + blanks + word > HELP_WIDTH) {
			printf("\n%*s", (int)indent, "");
			column = indent;
			text += blanks;
			blanks = 0;
		}
		printf("%.*s", (int)(blanks + word), text);
		column += blanks + word;
		text += blanks + word;
		if (*text == '\n') {
			printf("\n%*s", text[1] && text[1] != '\n' ? (int)indent : 0, "");
			column = indent;
			text++;
		}
	}
	putchar('\n');
}

static void print_option(const struct option_spec *spec)
{
	int column;

	if (spec->kind == OPTION_KIND_HEADING) {
		printf("\n%s\n", spec->help);
		return;
	}
	column = spec->letter ? printf("  -%c, --%s", spec->letter, spec->name)
			      : printf("      --%s", spec->name);
	if (spec->argument)
		column += printf(" %s", spec->argument);
	if (column + 2 > HELP_COLUMN) {
		putchar('\n');
		column = 0;
	}
	printf("%*s", HELP_COLUMN - column, "");
	print_wrapped(spec->help, HELP_COLUMN, HELP_COLUMN);
}

static void print_help(const struct option_table *table)
{
	const struct option_spec *specs = table->specs;

	printf("Usage: emnist %s\n", table->usage);
	print_wrapped(table->summary, 0, 0);
	if (specs->kind != OPTION_KIND_HEADING)
		printf("\nOptions:\n");
	for (; specs->kind != OPTION_KIND_END; specs++)
		print_option(specs);
	putchar('\n');
	for (specs = built_in; specs->kind != OPTION_KIND_END; specs++)
		print_option(specs);
	putchar('\n');
	print_wrapped(table->after, 0, 0);
}

/* ----------------------------------------------------------------- values */

static bool parse_digits(const char *text, uint64_t *value_ret, const char **end_ret)
{
	uint64_t value = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return false;
	*value_ret = value;
	*end_ret = p;
	return p > text;
}

static bool in_range(const struct option_spec *spec, double value)
{
	return value >= spec->min && value <= spec->max;
}

/* "what from MIN to MAX", or "what of MIN or more". */
static bool complain_of_number(const struct option_spec *spec, const char *text, const char *what)
{
	if (spec->max >= OPTION_NO_MAXIMUM)
		complain("--%s: '%s' is not a %s of at least %.15g", spec->name, text, what,
			 spec->min);
	else
		complain("--%s: '%s' is not a %s from %.15g to %.15g", spec->name, text, what,
			 spec->min, spec->max);
	return false;
}

static bool parse_unsigned(const struct option_spec *spec, const char *text, void *target)
{
	uint64_t value;
	const char *end;

	if (!parse_digits(text, &value, &end) || *end || !in_range(spec, (double)value))
		return complain_of_number(spec, text, "whole number");
	*(uint64_t *)target = value;
	return true;
}

static bool parse_size(const struct option_spec *spec, const char *text, void *target)
{
	static const char suffixes[] = "kmgKMG";
	const char *end, *suffix;
	uint64_t value;
	bool good = parse_digits(text, &value, &end);

	if (good && *end) {
		suffix = strchr(suffixes, *end);
		good = suffix && !end[1] &&
		       !__builtin_mul_overflow(
			       value, UINT64_C(1024) << 10 * ((suffix - suffixes) % 3), &value);
	}
	if (!good || !in_range(spec, (double)value))
		return complain_of_number(spec, text,
					  "size (a whole number, optionally with k, M or G)");
	*(uint64_t *)target = value;
	return true;
}

static bool parse_real(const struct option_spec *spec, const char *text, void *target)
{
	/* What strtod() would read beyond decimal numbers: blanks, hexadecimal, "inf", "nan". */
	bool decimal = *text && text[strspn(text, "0123456789+-.eE")] == '\0';
	char *end;
	double value = strtod(text, &end);

	if (!decimal || *end || !isfinite(value) || !in_range(spec, value))
		return complain_of_number(spec, text, "number");
	*(double *)target = value;
	return true;
}

static bool parse_choice(const struct option_spec *spec, const char *text, void *target)
{
	char good[512];
	size_t n = 0;

	for (int i = 0; spec->choices[i]; i++) {
		if (strcmp(spec->choices[i], text) == 0) {
			*(int *)target = i;
			return true;
		}
		if (n < sizeof(good))
			n += (size_t)snprintf(good + n, sizeof(good) - n, "%s%s", i > 0 ? ", " : "",
					      spec->choices[i]);
	}
	complain("--%s: '%s' is not one of %s", spec->name, text, good);
	return false;
}

static bool list_add(struct text_list *list, const char *text)
{
	/* Doubled whenever its length is a power of two. */
	if ((list->n & (list->n - 1)) == 0) {
		size_t capacity = list->n ? 2 * list->n : 1;
		const char **texts = realloc(list->texts, capacity * sizeof(*texts));

		if (!texts) {
			complain("out of memory");
			return false;
		}
		list->texts = texts;
	}
	list->texts[list->n++] = text;
	return true;
}

static void list_release(struct text_list *list)
{
	free(list->texts);
	*list = (struct text_list){0};
}

static bool takes_value(const struct option_spec *spec)
{
	return spec->kind != OPTION_KIND_FLAG && spec->kind != OPTION_KIND_COUNT;
}

static void *target_of(const struct option_spec *spec, void *settings)
{
	return (char *)settings + spec->target;
}

/* value is NULL for options that take none. */
static bool apply(const struct option_spec *spec, const char *value, void *target)
{
	switch (spec->kind) {
	case OPTION_KIND_FLAG:
		*(bool *)target = true;
		return true;
	case OPTION_KIND_COUNT:
		++*(unsigned *)target;
		return true;
	case OPTION_KIND_TEXT:
		*(const char **)target = value;
		return true;
	case OPTION_KIND_UNSIGNED:
		return parse_unsigned(spec, value, target);
	case OPTION_KIND_SIZE:
		return parse_size(spec, value, target);
	case OPTION_KIND_REAL:
		return parse_real(spec, value, target);
	case OPTION_KIND_CHOICE:
		return parse_choice(spec, value, target);
	case OPTION_KIND_LIST:
		return list_add(target, value);
	case OPTION_KIND_HEADING:
	case OPTION_KIND_END:
		break;
	}
	return false;
}

/* ---------------------------------------------------------------- parsing */

/* Steps through a command's own options and then the built-in ones; NULL first and at the end. */
static const struct option_spec *next_spec(const struct parser *parser,
					   const struct option_spec *spec)
{
	spec = spec ? spec + 1 : parser->table->specs;
	while (spec->kind == OPTION_KIND_HEADING)
		spec++;
	if (spec->kind != OPTION_KIND_END)
		return spec;
	return spec == &built_in[2] ? NULL : built_in;
}

/* Suggests an option for an unknown one, or refers to --help. */
static enum parse_result unknown_option(const struct parser *parser, const char *argument,
					const char *name)
{
	const char *usage = parser->table->usage;
	struct nearest nearest = nearest_to(name);
	const struct option_spec *spec = NULL;

	while ((spec = next_spec(parser, spec)))
		nearest_try(&nearest, spec->name);
	if (nearest.best && strlen(name) > 1)
		complain("unknown option '%s'; did you mean '--%s'?", argument, nearest.best);
	else
		complain("unknown option '%s'; see 'emnist %.*s --help'", argument,
			 (int)(strstr(usage, " [") - usage), usage);
	return PARSE_BAD;
}

static enum parse_result run_option(const struct parser *parser, const struct option_spec *spec,
				    const char *value)
{
	if (spec == &built_in[0]) {
		print_help(parser->table);
		return PARSE_HELP;
	}
	if (spec == &built_in[1]) {
		printf("emnist %s\n", emnist_version());
		return PARSE_HELP;
	}
	return apply(spec, value, target_of(spec, parser->settings)) ? PARSE_RUN : PARSE_BAD;
}

/* Handles an option whose value, if any, is the next argument. */
static enum parse_result run_with_next(struct parser *parser, const struct option_spec *spec)
{
	const char *value = NULL;

	if (takes_value(spec)) {
		value = *parser->arguments;
		if (!value) {
			complain("--%s needs a value, %s", spec->name, spec->argument);
			return PARSE_BAD;
		}
		parser->arguments++;
	}
	return run_option(parser, spec, value);
}

/* "'--max' may be --max-width, --max-height": the names that begin with the given letters. */
static void complain_of_cut(const struct parser *parser, const char *name, size_t length)
{
	const struct option_spec *spec = NULL;
	char names[512] = "";
	size_t n = 0;

	while ((spec = next_spec(parser, spec)))
		if (strncmp(spec->name, name, length) == 0 && n < sizeof(names))
			n += (size_t)snprintf(names + n, sizeof(names) - n, "%s--%s",
					      n > 0 ? ", " : "", spec->name);
	complain("'--%.*s' is ambiguous: %s", (int)length, name, names);
}

/* The option with that name, or the only one that begins so. NULL: an error was printed. */
static const struct option_spec *find_long(const struct parser *parser, const char *argument)
{
	const struct option_spec *spec = NULL, *found = NULL;
	const char *name = argument + 2;
	size_t length = strcspn(name, "=");
	size_t n_found = 0;
	char whole[64];

	while ((spec = next_spec(parser, spec))) {
		if (strncmp(spec->name, name, length) != 0)
			continue;
		if (strlen(spec->name) == length)
			return spec;
		found = spec;
		n_found++;
	}
	if (n_found == 1)
		return found;
	if (n_found > 1) {
		complain_of_cut(parser, name, length);
	} else {
		snprintf(whole, sizeof(whole), "%.*s", length < 63 ? (int)length : 63, name);
		unknown_option(parser, argument, whole);
	}
	return NULL;
}

/* argument: "--name", "--name=value". */
static enum parse_result parse_long(struct parser *parser, const char *argument)
{
	const struct option_spec *spec = find_long(parser, argument);
	const char *value = strchr(argument, '=');

	if (!spec)
		return PARSE_BAD;
	if (!value)
		return run_with_next(parser, spec);
	if (!takes_value(spec)) {
		complain("--%s takes no value", spec->name);
		return PARSE_BAD;
	}
	return run_option(parser, spec, value + 1);
}

/* argument: "-q", "-qv", "-k3", "-k". */
static enum parse_result parse_short(struct parser *parser, const char *argument)
{
	enum parse_result result = PARSE_RUN;

	for (const char *p = argument + 1; *p && result == PARSE_RUN; p++) {
		const char letter[] = {*p, '\0'};
		const struct option_spec *spec = NULL;

		do
			spec = next_spec(parser, spec);
		while (spec && spec->letter != *p);
		if (!spec)
			return unknown_option(parser, argument, letter);
		if (takes_value(spec) && p[1])
			return run_option(parser, spec, p + 1);
		result = run_with_next(parser, spec);
	}
	return result;
}

static bool note_inputs(const struct option_spec *spec, void *target)
{
	const struct text_list *list = target;
	bool good = true;

	if (spec->kind == OPTION_KIND_TEXT)
		return outputs_spare(*(const char **)target);
	for (size_t i = 0; i < list->n && good; i++)
		good = outputs_spare(list->texts[i]);
	return good;
}

/* Records outputs, then inputs. */
static bool note_files(const struct parser *parser)
{
	const struct option_spec *spec = NULL;
	bool good = true;

	while (good && (spec = next_spec(parser, spec)))
		if (spec->writes)
			good = outputs_add(spec->writes,
					   *(const char **)target_of(spec, parser->settings));
	while (good && (spec = next_spec(parser, spec)))
		if (spec->reads)
			good = note_inputs(spec, target_of(spec, parser->settings));
	return good;
}

bool options_parse(const struct option_table *table, int argc, char **argv, void *settings,
		   struct text_list *operands, enum exit_status *status_ret)
{
	struct parser parser = {table, settings, argv + (argc > 0)};
	enum parse_result result = PARSE_RUN;
	bool operands_only = false;

	*operands = (struct text_list){0};
	while (result == PARSE_RUN && *parser.arguments) {
		const char *argument = *parser.arguments++;

		if (operands_only || argument[0] != '-' || argument[1] == '\0')
			result = list_add(operands, argument) ? PARSE_RUN : PARSE_BAD;
		else if (strcmp(argument, "--") == 0)
			operands_only = true;
		else if (argument[1] == '-')
			result = parse_long(&parser, argument);
		else
			result = parse_short(&parser, argument);
	}
	if (result == PARSE_RUN && note_files(&parser))
		return true;
	list_release(operands);
	for (const struct option_spec *spec = table->specs; spec->kind != OPTION_KIND_END; spec++)
		if (spec->kind == OPTION_KIND_LIST)
			list_release(target_of(spec, settings));
	*status_ret = result == PARSE_HELP ? close_stdout(STATUS_OK) : STATUS_FATAL;
	return false;
}
