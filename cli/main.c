/*
 * main.c - finds the command in the table and runs it.
 */
#include "../lib/base/nearest.h"
#include "common/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const struct command commands[] = {
	{"classify", "recognize the character in each image", cmd_classify},
	{"eval", "measure a model's accuracy on a labelled dataset", cmd_eval},
	{"train", "train a model on labelled datasets", cmd_train},
	{"model", "show and convert models", cmd_model},
	{"dataset", "show and convert labelled images", cmd_dataset},
	{"bench", "measure how fast this machine classifies", cmd_bench},
	{NULL, NULL, NULL},
};

static const struct command *find_command(const char *name)
{
	for (const struct command *command = commands; command->name; command++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

static void print_usage(FILE *stream)
{
	fputs("Usage: emnist COMMAND [OPTION]... [ARGUMENT]...\n"
	      "Classify images of single characters.\n\nCommands:\n",
	      stream);
	for (const struct command *command = commands; command->name; command++)
		fprintf(stream, "  %-10s %s\n", command->name, command->summary);
	fputs("\nOptions:\n"
	      "  -h, --help      print this help\n"
	      "      --version   print the version; with -v also what computes, and how\n"
	      "\n'emnist COMMAND --help' lists the options of a command.\n",
	      stream);
}

/* A file is what the shell completes names to, and what a first try gives. */
static bool is_file(const char *name)
{
	return name[0] != '-' && access(name, F_OK) == 0;
}

static enum exit_status unknown(const char *what, const char *name)
{
	struct nearest nearest = nearest_to(name);

	if (is_file(name)) {
		complain("unknown %s '%s'; did you mean 'emnist classify %s'?", what, name, name);
		return STATUS_FATAL;
	}
	for (const struct command *command = commands; command->name; command++)
		nearest_try(&nearest, command->name);
	nearest_try(&nearest, "--help");
	nearest_try(&nearest, "--version");
	if (nearest.best)
		complain("unknown %s '%s'; did you mean '%s'?", what, name, nearest.best);
	else
		complain("unknown %s '%s'; see 'emnist --help'", what, name);
	return STATUS_FATAL;
}

/* A file that is opened while one of the three standard descriptors is closed would take its
 * number, and results or complaints would land in it. So what is closed is filled with something
 * that fails when it is used. */
static bool fill_closed_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags) != fd)
			return false;
	}
	return true;
}

static enum exit_status help(int argc, char **argv)
{
	const struct command *command = argc > 2 ? find_command(argv[2]) : NULL;
	char option[] = "--help";
	/* "emnist help dataset stats" is "emnist dataset stats --help". */
	char *arguments[] = {argc > 2 ? argv[2] : NULL, argc > 3 ? argv[3] : option,
			     argc > 3 ? option : NULL, NULL};

	if (command)
		return command->run(argc > 3 ? 3 : 2, arguments);
	if (argc > 2)
		return unknown("command", argv[2]);
	print_usage(stdout);
	return close_stdout(STATUS_OK);
}

/* Whether --version is asked for, with -v before or behind it. */
static bool asks_for_version(char *const *arguments, bool *verbose_ret)
{
	bool asked = false;

	for (*verbose_ret = false; *arguments; arguments++)
		if (strcmp(*arguments, "--version") == 0)
			asked = true;
		else if (strcmp(*arguments, "-v") == 0 || strcmp(*arguments, "--verbose") == 0)
			*verbose_ret = true;
		else
			break;
	return asked;
}

static enum exit_status dispatch(int argc, char **argv)
{
	const struct command *command;
	bool verbose;

	if (argc < 2) {
		print_usage(stderr);
		return STATUS_FATAL;
	}
	command = find_command(argv[1]);
	if (command)
		return command->run(argc - 1, argv + 1);
	if (strcmp(argv[1], "help") == 0)
		return help(argc, argv);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return help(1, argv);
	if (asks_for_version(argv + 1, &verbose))
		return print_version(verbose);
	return unknown(argv[1][0] == '-' ? "option" : "command", argv[1]);
}

int main(int argc, char **argv)
{
	if (!fill_closed_descriptors())
		return STATUS_FATAL;
	/* A reader that goes away shows as EPIPE where it is written to. */
	signal(SIGPIPE, SIG_IGN);
	/* Likewise a file that may not grow further, as EFBIG. */
	signal(SIGXFSZ, SIG_IGN);
	return (int)dispatch(argc, argv);
}
