/*
 * commands.h - commands by their names: those of the program, and those of a command that is
 * several.
 */
#ifndef CLI_COMMON_COMMANDS_H
#define CLI_COMMON_COMMANDS_H

#include "messages.h"

struct command {
	const char *name;    /* "classify" */
	const char *summary; /* one line for --help and the manual */
	/* argv[0] is the command's name; returns an exit status. NULL: of a group. */
	enum exit_status (*run)(int argc, char **argv);
	const struct command_group *group;
};

struct command_group {
	const char *name;               /* "emnist", or "emnist dataset" */
	const char *summary;            /* what --help prints above the commands */
	const struct command *commands; /* ended by one whose name is NULL */
};

enum exit_status cmd_classify(int argc, char **argv);
enum exit_status cmd_eval(int argc, char **argv);
enum exit_status cmd_train(int argc, char **argv);
enum exit_status cmd_model_show(int argc, char **argv);
enum exit_status cmd_model_convert(int argc, char **argv);
enum exit_status cmd_dataset_stats(int argc, char **argv);
enum exit_status cmd_dataset_export(int argc, char **argv);
enum exit_status cmd_dataset_montage(int argc, char **argv);
enum exit_status cmd_dataset_import(int argc, char **argv);
enum exit_status cmd_bench(int argc, char **argv);

/* Runs the command that argv[1] names; argv[0] is the group's own name. */
enum exit_status commands_run(const struct command_group *group, int argc, char **argv);

#endif
