/*
 * error.h - how library functions report failure: they fill in *error, unless NULL, and return its
 * code. So `return error_set(error, ...)` is a whole error path.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "../emnist.h"

/* Sets code and message. Bytes below 0x20 and 0x7f become '?', so that text quoted from a hostile
 * file cannot break out of its line. error may be NULL. Returns code. */
enum emnist_status error_set(struct emnist_error *error, enum emnist_status code,
			     const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with a byte offset in the input. */
enum emnist_status error_at(struct emnist_error *error, enum emnist_status code, uint64_t offset,
			    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* EMNIST_ERR_LIMIT, for a limit set by the caller. */
enum emnist_status error_limit(struct emnist_error *error, enum emnist_limit limit,
			       const char *format, ...) __attribute__((format(printf, 3, 4)));

/* EMNIST_ERR_IO for the errno value sys_errno: "what: why", or only "why" if what is NULL. */
enum emnist_status error_errno(struct emnist_error *error, int sys_errno, const char *what);

/* EMNIST_ERR_MEMORY, "out of memory". */
enum emnist_status error_memory(struct emnist_error *error);

/* Puts "prefix: " before the message of an error, cutting off its end if it no longer fits. Returns
 * the error's code, or code if error is NULL. */
enum emnist_status error_prefix(struct emnist_error *error, enum emnist_status code,
				const char *prefix);

#endif
