/* content_encoding.h - bodies that are compressed on their way: gzip and deflate. */
#ifndef CLI_SERVE_CONTENT_ENCODING_H
#define CLI_SERVE_CONTENT_ENCODING_H

#include "../../../lib/io/inflate.h"
#include "../call/call.h"

/* Whether the body is not what the client has to say, but something made from it. */
bool content_is_encoded(const struct request *request);

/* Hands on the decoded bytes of such a body, see inflate_bytes(). For an encoding that is not
 * supported: EMNIST_ERR_UNSUPPORTED. */
enum emnist_status content_decode(const struct request *request, inflate_taker *take,
				  void *context);

#endif
