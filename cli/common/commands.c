/*
 * commands.c - finds a command in a table and runs it. The table drives dispatch, help, and
 * suggestions for unknown names.
 */
#include "commands.h"
#include "../../lib/base/nearest.h"
#include "machine.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "emnist"

static const struct command *find(const struct command_group *group, const char *name)
{
	for (const struct command *command = group->commands; command->name; command++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

static bool is_whole_program(const struct command_group *group)
{
	return strcmp(group->name, PROGRAM) == 0;
}

static void print_usage(FILE *stream, const struct command_group *group)
{
	fprintf(stream, "Usage: %s COMMAND [OPTION]... [ARGUMENT]...\n%s\n\nCommands:\n",
		group->name, group->summary);
	for (const struct command *command = group->commands; command->name; command++)
		fprintf(stream, "  %-10s %s\n", command->name, command->summary);
	fprintf(stream,
		"\nOptions:\n"
		"  -h, --help      print this help\n"
		"      --version   print the version%s\n"
		"\n'%s COMMAND --help' lists the options of a command.\n",
		is_whole_program(group) ? "; with -v also CPU kernels and BLAS in use" : "",
		group->name);
}

/* An argument that is a file: shells complete names to files, and users try them first. */
static bool is_file(const char *name)
{
	return name[0] != '-' && access(name, F_OK) == 0;
}

static enum exit_status unknown(const struct command_group *group, const char *name)
{
	const char *what = name[0] == '-' ? "option" : "command";
	struct nearest nearest = nearest_to(name);
	char place[64] = "";

	if (is_whole_program(group) && is_file(name)) {
		complain("unknown %s '%s'; did you mean 'emnist classify %s'?", what, name, name);
		return STATUS_FATAL;
	}
	if (!is_whole_program(group))
		snprintf(place, sizeof(place), "%s: ", group->name + strlen(PROGRAM " "));
	for (const struct command *command = group->commands; command->name; command++)
		nearest_try(&nearest, command->name);
	nearest_try(&nearest, "--help");
	nearest_try(&nearest, "--version");
	if (nearest.best)
		complain("%sunknown %s '%s'; did you mean '%s'?", place, what, name, nearest.best);
	else
		complain("%sunknown %s '%s'; see '%s --help'", place, what, name, group->name);
	return STATUS_FATAL;
}

/* ---------------------------------------------------------------------- version */

/* emnist --version; with verbose also the kernels and BLAS in use. */
static enum exit_status print_version(bool verbose)
{
	enum exit_status status = STATUS_OK;
	struct machine machine;
	struct text text = {0};

	printf("emnist %s\n", emnist_version());
	if (verbose) {
		machine_find(&machine, EMNIST_ENGINE_AUTO);
		machine_put_text(&text, &machine);
		fwrite(text.bytes, 1, text.nbytes, stdout);
	}
	if (text.failed) {
		complain("out of memory");
		status = STATUS_FATAL;
	}
	text_release(&text);
	return close_stdout(status);
}

/* Whether --version is given; for the whole program also with -v before or after it. */
static bool asks_for_version(const struct command_group *group, char *const *arguments,
			     bool *verbose_ret)
{
	bool asked = false;

	*verbose_ret = false;
	if (!is_whole_program(group))
		return strcmp(*arguments, "--version") == 0;
	for (; *arguments; arguments++)
		if (strcmp(*arguments, "--version") == 0)
			asked = true;
		else if (strcmp(*arguments, "-v") == 0 || strcmp(*arguments, "--verbose") == 0)
			*verbose_ret = true;
		else
			break;
	return asked;
}

/* --------------------------------------------------------------------- dispatch */

static enum exit_status run(const struct command *command, int argc, char **argv)
{
	return command->group ? commands_run(command->group, argc, argv) : command->run(argc, argv);
}

static enum exit_status help(const struct command_group *group, int argc, char **argv)
{
	const struct command *command = argc > 2 ? find(group, argv[2]) : NULL;
	char option[] = "--help";
	/* "emnist help dataset stats" is "emnist dataset stats --help". */
	char *arguments[] = {argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : option,
			     argc > 3 ? option : NULL, NULL};

	if (command)
		return run(command, argc > 3 ? 3 : 2, arguments);
	if (argc > 2)
		return unknown(group, argv[2]);
	print_usage(stdout, group);
	return close_stdout(STATUS_OK);
}

enum exit_status commands_run(const struct command_group *group, int argc, char **argv)
{
	const struct command *command;
	bool verbose;

	if (argc < 2) {
		print_usage(stderr, group);
		return STATUS_FATAL;
	}
	command = find(group, argv[1]);
	if (command)
		return run(command, argc - 1, argv + 1);
	if (is_whole_program(group) && strcmp(argv[1], "help") == 0)
		return help(group, argc, argv);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return help(group, 1, argv);
	if (asks_for_version(group, argv + 1, &verbose))
		return print_version(verbose);
	return unknown(group, argv[1]);
}
