/* messages.h - exit status and messages on stderr. */
#ifndef CLI_COMMON_MESSAGES_H
#define CLI_COMMON_MESSAGES_H

#include <emnist.h>

/* EXIT STATUS of the manual. */
enum exit_status {
	STATUS_OK = 0,    /* everything was classified, the dataset evaluated, the model trained */
	STATUS_INPUT = 1, /* at least one input failed */
	STATUS_FATAL = 2, /* wrong usage, or a model, dataset or output failed */
};

/* Prints "emnist: message" and a line end on stderr, in one write. Control characters in the
 * message are shown as \n, \t, \xHH. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints "emnist: 'path': message". */
void complain_of(const char *path, const struct emnist_error *error);

/* Flushes and closes stdout. Prints an error and returns STATUS_FATAL if output was lost (a full
 * disk), else returns status. A closed pipe is no error. */
enum exit_status close_stdout(enum exit_status status);

#endif
