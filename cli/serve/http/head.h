/*
 * head.h - checks the head of a request.
 *
 * Two programs in a row, such as a proxy and this server, must see the same requests in the same
 * bytes. So a head that can be read in two ways is refused (RFC 9112, 6.3 and 11.2).
 */
#ifndef CLI_SERVE_HEAD_H
#define CLI_SERVE_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {0} before the first header. */
struct head {
	unsigned n_hosts, n_lengths, n_encodings;
	unsigned n_contents;   /* Content-Encoding */
	bool has_bad_value;    /* of a header: one that cannot be read */
	bool is_chunked;       /* Transfer-Encoding is just "chunked" */
	bool expects_continue; /* Expect: 100-continue */
	bool expects_else;
	uint64_t content_nbytes; /* of Content-Length, else 0 */
	unsigned status;         /* 0: right; else what is answered, */
	const char *why;         /* and why, constant */
};

void head_add(struct head *head, const char *name, size_t name_nbytes, const char *value,
	      size_t value_nbytes);

/* Sets status and why, when all headers were added. version: "HTTP/1.1". */
void head_check(struct head *head, const char *version);

#endif
