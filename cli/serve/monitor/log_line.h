/* log_line.h - a line of the access log. */
#ifndef CLI_SERVE_LOG_LINE_H
#define CLI_SERVE_LOG_LINE_H

#include "../../output/text.h"

#include <time.h>

/* What is known of a request at its end. What clients sent is cut off and escaped when shown. */
struct log_entry {
	struct timespec time; /* since 1970 */
	const void *client;   /* struct sockaddr; NULL: unknown */
	const char *method;   /* NULL: unknown, like the target */
	const char *target;   /* path and query */
	unsigned status;
	uint64_t nbytes; /* of the response's body */
	double seconds;
	const char *protocol; /* NULL: none */
	const char *model;    /* "": none */
	size_t n_images;      /* that were classified */
};

/* The longest line; a pipe takes it in one piece. */
#define LOG_LINE_MAX 4096

/* Fields in columns: time in UTC, client, method, target, status, bytes, milliseconds, protocol,
 * model, images. "-" stands for none; in fields, spaces and what does not print are \xHH. */
void log_line_text(struct text *text, const struct log_entry *entry);

/* The same as a JSON object, null for none. */
void log_line_json(struct text *text, const struct log_entry *entry);

#endif
