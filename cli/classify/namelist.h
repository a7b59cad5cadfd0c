/* namelist.h - reads names from a file or a pipe as they arrive. */
#ifndef CLI_CLASSIFY_NAMELIST_H
#define CLI_CLASSIFY_NAMELIST_H

#include <stdbool.h>
#include <stddef.h>

struct namelist;

enum namelist_result {
	NAMELIST_NAME,
	NAMELIST_TOO_LONG, /* longer than any file name can be; its start is returned */
	NAMELIST_NUL,      /* a line with a zero byte; the part before it is returned */
	NAMELIST_LATER,    /* nothing has arrived yet */
	NAMELIST_END,
	NAMELIST_FAILED, /* reading failed; the reason is returned instead of a name */
};

/* Reads names from fd, which it closes in the end. Each ends with the separator or the end of the
 * input; empty ones are skipped. A UTF-8 byte order mark at the start and, if the separator is LF,
 * a CR before it are dropped, unless a file has such a name; UTF-16 fails. Reading stops when
 * stop_fd becomes readable. NULL when memory is short; fd is closed. */
struct namelist *namelist_new(int fd, char separator, int stop_fd);

/* The next name, valid until the next call. Without `wait`, NAMELIST_LATER if it would block. */
enum namelist_result namelist_next(struct namelist *list, bool wait, const char **name_ret);

void namelist_free(struct namelist *list);

#endif
