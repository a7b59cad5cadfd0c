/* content_encoding.c - bodies that are compressed on their way: gzip and deflate. */
#include "content_encoding.h"

#include <string.h>
#include <strings.h>

static const char *encoding_of(const struct request *request)
{
	const char *encoding = request_header(request, "Content-Encoding");

	return encoding && *encoding && strcasecmp(encoding, "identity") != 0 ? encoding : NULL;
}

bool content_is_encoded(const struct request *request)
{
	return encoding_of(request) != NULL;
}

enum emnist_status content_decode(const struct request *request, inflate_taker *take, void *context)
{
	static const struct {
		const char *name;
		enum inflate_format format;
	} formats[] = {
		{"gzip", INFLATE_GZIP},
		{"x-gzip", INFLATE_GZIP},
		{"deflate", INFLATE_DEFLATE},
	};
	const char *encoding = encoding_of(request);

	for (size_t i = 0; encoding && i < sizeof(formats) / sizeof(*formats); i++)
		if (strcasecmp(encoding, formats[i].name) == 0)
			return inflate_bytes(formats[i].format, request->body, request->body_nbytes,
					     take, context, NULL);
	return EMNIST_ERR_UNSUPPORTED;
}
