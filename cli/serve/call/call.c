/* call.c - parts of requests, and responses. */
#include "call.h"
#include "../../output/json.h"
#include "percent.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *request_header(const struct request *request, const char *name)
{
	return request->find_header(request->headers, name);
}

bool call_path_is(const struct call *call, const char *path)
{
	const struct request *request = &call->request;

	return request->path_nbytes == strlen(path) &&
	       memcmp(request->target, path, request->path_nbytes) == 0;
}

bool call_check_method(struct call *call, const char *methods)
{
	const size_t nbytes = strlen(call->request.method);
	const char *p = methods;

	for (size_t n; *p; p += n + strspn(p + n, ", ")) {
		n = strcspn(p, ",");
		if (n == nbytes && memcmp(p, call->request.method, n) == 0)
			return true;
	}
	call_add_header(call, "Allow", methods);
	call_fail(call, 405, "the method is not allowed here; allowed: %s", methods);
	return false;
}

bool call_parameter(const struct call *call, const char *name, struct text *value_ret)
{
	const size_t name_nbytes = strlen(name);
	const char *p = call->request.query;

	for (;;) {
		const size_t nbytes = strcspn(p, "&");

		if (nbytes >= name_nbytes && memcmp(p, name, name_nbytes) == 0 &&
		    (nbytes == name_nbytes || p[name_nbytes] == '=')) {
			const size_t skip = name_nbytes + (nbytes > name_nbytes);

			text_reset(value_ret);
			return percent_decode(value_ret, p + skip, nbytes - skip, true);
		}
		if (p[nbytes] == '\0')
			return false;
		p += nbytes + 1;
	}
}

void call_add_header(struct call *call, const char *name, const char *value)
{
	struct response *response = &call->response;
	struct response_header *header = &response->headers[response->n_headers];

	if (response->n_headers == RESPONSE_MAX_HEADERS)
		return;
	header->name = name;
	snprintf(header->value, sizeof(header->value), "%s", value);
	response->n_headers++;
}

static void put_plain_error(struct response *response, const char *message)
{
	json_begin_object(&response->body);
	json_put_text(&response->body, "error", message);
	text_puts(&response->body, "}");
	response->content_type = "application/json";
}

void call_fail(struct call *call, unsigned status, const char *format, ...)
{
	struct response *response = &call->response;
	char message[512];
	va_list list;

	va_start(list, format);
	vsnprintf(message, sizeof(message), format, list);
	va_end(list);
	text_reset(&response->body);
	response->status = status;
	if (call->put_error)
		call->put_error(response, message);
	else
		put_plain_error(response, message);
}
