/*
 * subcommands.h - a command that is several: `emnist dataset stats`, `emnist dataset export`...
 */
#ifndef CLI_COMMON_SUBCOMMANDS_H
#define CLI_COMMON_SUBCOMMANDS_H

#include "cli.h"

/* Runs the one of the subcommands, a table ended by a NULL name, that argv[1] names; argv[0] is the
 * command's own name. summary: what `--help` prints above the list of subcommands. */
enum exit_status subcommands_run(const struct command *subcommands, const char *summary, int argc,
				 char **argv);

#endif
