/* tfs_error.c - errors as TensorFlow Serving words them. */
#include "tfs_error.h"

#include <emnist_serve.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tfs_put_error(struct response *response, const char *message)
{
	const size_t nbytes = strlen(message);
	char *quoted = malloc(6 * nbytes + 2);

	if (!quoted) {
		response->body.failed = true;
		return;
	}
	text_puts(&response->body, "{\n    \"error\": ");
	text_add(&response->body, quoted, emnist_json_put_string(quoted, message, nbytes));
	text_puts(&response->body, "\n}");
	response->content_type = "application/json";
	free(quoted);
}

void tfs_fail(struct call *call, unsigned status, const char *format, ...)
{
	struct response *response = &call->response;
	char *message = NULL;
	va_list list;
	int n;

	va_start(list, format);
	n = vasprintf(&message, format, list);
	va_end(list);
	if (n < 0) {
		call_fail(call, 503, "out of memory");
		return;
	}
	text_reset(&response->body);
	response->status = status;
	tfs_put_error(response, message);
	free(message);
}
