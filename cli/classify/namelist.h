/*
 * namelist.h - names from a file or a pipe, one after the other as they arrive.
 */
#ifndef CLI_CLASSIFY_NAMELIST_H
#define CLI_CLASSIFY_NAMELIST_H

#include <stdbool.h>
#include <stddef.h>

struct namelist;

enum namelist_result {
	NAMELIST_NAME,
	NAMELIST_TOO_LONG, /* a name that no file can have; the beginning is given */
	NAMELIST_NUL,      /* a line with a zero byte in it; what stands before is given */
	NAMELIST_LATER,    /* nothing is there yet */
	NAMELIST_END,
	NAMELIST_FAILED, /* reading failed; why is given in place of a name */
};

/* Reads names from fd, which is closed in the end, each ended by the separator or the end of the
 * input; empty ones are passed over. A mark of UTF-8 at the start and, where the separator is LF, a
 * CR before it are dropped, unless a file is called so; UTF-16 fails. Reading stops when stop_fd
 * becomes readable. NULL: memory is short, fd is closed. */
struct namelist *namelist_new(int fd, char separator, int stop_fd);

/* The next name, until the next call. Without `wait`, NAMELIST_LATER where it would have to be
 * waited for. */
enum namelist_result namelist_next(struct namelist *list, bool wait, const char **name_ret);

void namelist_free(struct namelist *list);

#endif
