/*
 * access_log.h - writes a line for each request to stdout, without ever waiting for it.
 *
 * Lines are collected, and written by a thread within half a second. If that does not get rid of
 * them, since a disk is full or a pipe is not read, they are lost and counted; requests go on.
 */
#ifndef CLI_SERVE_ACCESS_LOG_H
#define CLI_SERVE_ACCESS_LOG_H

#include "log_line.h"

struct access_log;

/* put: log_line_text or log_line_json. Prints an error and returns NULL on failure. */
struct access_log *access_log_open(int fd,
				   void (*put)(struct text *text, const struct log_entry *entry));

/* Writes what is left, but waits no longer than two seconds. NULL is accepted. */
void access_log_close(struct access_log *log);

/* Adds a line. Thread-safe. */
void access_log_put(struct access_log *log, const struct log_entry *entry);

/* How many lines were lost. */
uint64_t access_log_n_lost(const struct access_log *log);

#endif
