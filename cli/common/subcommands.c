/*
 * subcommands.c - finds the subcommand and runs it.
 */
#include "subcommands.h"
#include "../../lib/base/nearest.h"

#include <stdio.h>
#include <string.h>

static const struct command *find(const struct command *subcommands, const char *name)
{
	for (; subcommands->name; subcommands++)
		if (strcmp(subcommands->name, name) == 0)
			return subcommands;
	return NULL;
}

static void print_usage(FILE *stream, const struct command *subcommands, const char *summary,
			const char *name)
{
	fprintf(stream, "Usage: emnist %s COMMAND [OPTION]... [ARGUMENT]...\n%s\n\nCommands:\n",
		name, summary);
	for (; subcommands->name; subcommands++)
		fprintf(stream, "  %-10s %s\n", subcommands->name, subcommands->summary);
	fprintf(stream,
		"\nOptions:\n"
		"  -h, --help      print this help\n"
		"      --version   print the version\n"
		"\n'emnist %s COMMAND --help' lists the options of a command.\n",
		name);
}

static enum exit_status unknown(const struct command *subcommands, const char *name,
				const char *wanted)
{
	struct nearest nearest = nearest_to(wanted);
	const char *what = wanted[0] == '-' ? "option" : "command";

	for (; subcommands->name; subcommands++)
		nearest_try(&nearest, subcommands->name);
	nearest_try(&nearest, "--help");
	nearest_try(&nearest, "--version");
	if (nearest.best)
		complain("%s: unknown %s '%s'; did you mean '%s'?", name, what, wanted,
			 nearest.best);
	else
		complain("%s: unknown %s '%s'; see 'emnist %s --help'", name, what, wanted, name);
	return STATUS_FATAL;
}

enum exit_status subcommands_run(const struct command *subcommands, const char *summary, int argc,
				 char **argv)
{
	const struct command *subcommand;

	if (argc < 2) {
		print_usage(stderr, subcommands, summary, argv[0]);
		return STATUS_FATAL;
	}
	subcommand = find(subcommands, argv[1]);
	if (subcommand)
		return subcommand->run(argc - 1, argv + 1);
	if (strcmp(argv[1], "--version") == 0)
		return print_version(false);
	if (strcmp(argv[1], "--help") != 0 && strcmp(argv[1], "-h") != 0)
		return unknown(subcommands, argv[0], argv[1]);
	print_usage(stdout, subcommands, summary, argv[0]);
	return close_stdout(STATUS_OK);
}
