/* commands.h - commands by name: those of the program, and subcommands of a command. */
#ifndef CLI_COMMON_COMMANDS_H
#define CLI_COMMON_COMMANDS_H

#include "messages.h"

struct command {
	const char *name;    /* "classify" */
	const char *summary; /* one line for --help and the manual */
	/* argv[0] is the command's name; returns an exit status. NULL: a group. */
	enum exit_status (*run)(int argc, char **argv);
	const struct command_group *group;
};

struct command_group {
	const char *name;               /* "emnist", or "emnist dataset" */
	const char *summary;            /* what --help prints above the commands */
	const struct command *commands; /* ends with one whose name is NULL */
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
enum exit_status cmd_serve(int argc, char **argv);
enum exit_status cmd_load(int argc, char **argv);
enum exit_status cmd_bench(int argc, char **argv);

/* Runs the command named by argv[1]; argv[0] is the group's name. */
enum exit_status commands_run(const struct command_group *group, int argc, char **argv);

#endif
