/*
 * cli.h - what every command shares: the exit status, messages, and the table of commands.
 */
#ifndef CLI_COMMON_CLI_H
#define CLI_COMMON_CLI_H

#include <emnist.h>

/* EXIT STATUS of the manual. */
enum exit_status {
	STATUS_OK = 0,    /* everything was classified, the dataset evaluated, the model trained */
	STATUS_INPUT = 1, /* at least one input failed */
	STATUS_FATAL = 2, /* wrong usage, or a model, dataset or output failed */
};

struct command {
	const char *name;    /* "classify" */
	const char *summary; /* one line for `emnist --help` and the manual */
	/* argv[0] is the command's name; returns an exit status. */
	enum exit_status (*run)(int argc, char **argv);
};

/* All commands, ended by one whose name is NULL. */
extern const struct command commands[];

enum exit_status cmd_classify(int argc, char **argv);
enum exit_status cmd_eval(int argc, char **argv);
enum exit_status cmd_train(int argc, char **argv);
enum exit_status cmd_model(int argc, char **argv);
enum exit_status cmd_dataset(int argc, char **argv);
enum exit_status cmd_bench(int argc, char **argv);

/* emnist --version, and with verbose what it computes with. */
enum exit_status print_version(bool verbose);

/* "emnist: message" and a line end on stderr, in one write. Control characters in the message are
 * shown as \n, \t, \xHH. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "emnist: 'path': message": what failed with which file. */
void complain_of(const char *path, const struct emnist_error *error);

/* Flushes and closes stdout; complains and returns STATUS_FATAL when what was printed did not
 * arrive (a full disk), else status. A closed pipe is no complaint. */
enum exit_status close_stdout(enum exit_status status);

/* The number of processors that this process may run on. */
unsigned processor_count(void);

#endif
