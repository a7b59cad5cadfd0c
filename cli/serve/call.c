/* call.c - parts of requests, and responses. */
#include "call.h"
#include "../output/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool call_path_is(const struct call *call, const char *path)
{
	const struct request *request = &call->request;

	return request->path_nbytes == strlen(path) &&
	       memcmp(request->target, path, request->path_nbytes) == 0;
}

static int hexadecimal(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool percent_decode(struct text *text, const char *bytes, size_t nbytes, bool is_form)
{
	for (size_t i = 0; i < nbytes; i++) {
		char c = bytes[i];

		if (c == '+' && is_form) {
			c = ' ';
		} else if (c == '%') {
			const int high = i + 2 < nbytes ? hexadecimal(bytes[i + 1]) : -1;
			const int low = i + 2 < nbytes ? hexadecimal(bytes[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (c == '\0')
			return false;
		text_putc(text, c);
	}
	return true;
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
