/*
 * error.h - how functions of the library report failure: they set *error, where there is one, and
 * return its code, so that `return error_set(error, ...)` is the whole of an error path.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "../emnist.h"

/* Sets code and message. Bytes below 0x20 and 0x7f in the message become '?', so that text quoted
 * from a hostile file cannot break out of its line. error may be NULL. Returns code. */
enum emnist_status error_set(struct emnist_error *error, enum emnist_status code,
			     const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same for a fault at a byte offset of the input. */
enum emnist_status error_at(struct emnist_error *error, enum emnist_status code, uint64_t offset,
			    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* EMNIST_ERR_LIMIT, of a limit that callers set. */
enum emnist_status error_limit(struct emnist_error *error, enum emnist_limit limit,
			       const char *format, ...) __attribute__((format(printf, 3, 4)));

/* EMNIST_ERR_IO for the errno value sys_errno: "what: why", or "why" alone where what is NULL. */
enum emnist_status error_errno(struct emnist_error *error, int sys_errno, const char *what);

/* EMNIST_ERR_MEMORY, "out of memory". */
enum emnist_status error_memory(struct emnist_error *error);

/* Puts "prefix: " before the message of an error that is already set, cutting at the end what no
 * longer fits. Returns the error's code; error may be NULL, then code is returned. */
enum emnist_status error_prefix(struct emnist_error *error, enum emnist_status code,
				const char *prefix);

#endif
