/* http_response.h - reads an HTTP/1.1 response as its bytes arrive (RFC 9112). */
#ifndef CLI_LOAD_HTTP_RESPONSE_H
#define CLI_LOAD_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits on what a server may send. */
#define HTTP_MAX_HEAD (64 << 10) /* all heads of a response, with those of status 1xx */
#define HTTP_MAX_BODY (64 << 20) /* a batch of 4096 answers is a tenth of that */

enum http_progress {
	HTTP_MORE, /* the response goes on */
	HTTP_DONE,
	HTTP_BAD, /* error says why */
};

/* Where in the response the next byte is. */
enum http_state {
	HTTP_STATUS_LINE,
	HTTP_HEADERS,
	HTTP_BODY, /* of a known length */
	HTTP_BODY_TO_END,
	HTTP_CHUNK_SIZE,
	HTTP_CHUNK_DATA,
	HTTP_CHUNK_END,
	HTTP_TRAILERS,
	HTTP_COMPLETE,
};

/* {0} is a response of which nothing has arrived. */
struct http_response {
	unsigned status;    /* 200 */
	bool keeps_alive;   /* the connection can be used again */
	size_t body_at;     /* where the body begins in the bytes, unchunked */
	size_t body_nbytes; /* of it so far */
	bool has_json_nbytes;
	uint64_t json_nbytes; /* Inference-Header-Content-Length: before binary tensors */
	const char *error;    /* a constant text */

	enum http_state state;
	size_t at; /* bytes taken so far */
	size_t trailers_at;
	uint64_t left; /* of a body of known length, or of a chunk */
	bool has_length, is_chunked, is_old;
};

/* Goes on reading. bytes: all of the response that has arrived, with what earlier calls took; the
 * body is unchunked in place. at_end: the server closed the connection. */
enum http_progress http_response_read(struct http_response *response, char *bytes, size_t nbytes,
				      bool at_end);

#endif
