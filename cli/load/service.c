/* service.c - finds out how a server wants to be asked. */
#include "service.h"

#include "../common/messages.h"
#include "exchange.h"
#include "request_header.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What Open Inference Protocol's models of images are most often called with. */
#define USUAL_INPUT_NAME "images"

/* The end of the path that Open Inference Protocol's models are called at. */
#define INFER "/infer"

/* --------------------------------------------------------------------- guessing */

static bool begins(const char *text, const char *start)
{
	return strncasecmp(text, start, strlen(start)) == 0;
}

static bool ends(const char *text, const char *end)
{
	const size_t n = strlen(text), n_end = strlen(end);

	return n >= n_end && strcasecmp(text + n - n_end, end) == 0;
}

/* By the path alone; NULL: it may be several. */
static const struct protocol *guess(const char *path)
{
	if (begins(path, "/v1/models/") && ends(path, ":predict"))
		return &protocol_tfs;
	if (begins(path, "/v2/models/") && ends(path, INFER))
		return &protocol_v2;
	return ends(path, "/classify") ? &protocol_image : NULL;
}

/* Paths that people give without their end. */
static const char *missing_end(const char *path)
{
	if (begins(path, "/v1/models/") && !strchr(path, ':'))
		return ":predict";
	return begins(path, "/v2/models/") && !ends(path, INFER) ? INFER : NULL;
}

static bool is_root(const char *path)
{
	return *path == '\0' || strcmp(path, "/") == 0;
}

/* ---------------------------------------------------------------------- asking */

/* The path without its query. */
static void copy_path(const struct service *service, char *path, size_t size)
{
	snprintf(path, size, "%.*s", (int)strcspn(service->url.target, "?"), service->url.target);
}

/* GraphPipe servers and Flask apps have one path, and only the first answer this with metadata. */
static const struct protocol *probe(const struct service *service,
				    const struct service_options *options)
{
	struct connection connection = {.fd = -1};
	struct text request = {0};
	const struct protocol *found = &protocol_flask;

	request_header_put(&request, "POST", service->url.target, service->url.authority,
			   options->header, false);
	text_printf(&request,
		    "Content-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n",
		    GRAPHPIPE_ASK_NBYTES);
	text_add(&request, graphpipe_ask, GRAPHPIPE_ASK_NBYTES);
	if (exchange(&connection, &service->address, &request, options->timeout) &&
	    connection.response.status == 200 &&
	    graphpipe_is_metadata(connection_body(&connection), connection.response.body_nbytes))
		found = &protocol_graphpipe;
	connection_release(&connection);
	text_release(&request);
	return found;
}

/* The name of the model's first input, from the metadata at the model's own path. Models have one
 * input, and servers may not answer, so the usual name is not wrong to try. */
static void ask_input_name(struct service *service, const struct service_options *options)
{
	struct connection connection = {.fd = -1};
	struct text request = {0};
	char path[sizeof(service->url.target)];

	copy_path(service, path, sizeof(path));
	if (!ends(path, INFER))
		return;
	path[strlen(path) - strlen(INFER)] = '\0';
	request_header_put(&request, "GET", path, service->url.authority, options->header, false);
	text_puts(&request, "\r\n");
	if (exchange(&connection, &service->address, &request, options->timeout) &&
	    connection.response.status == 200)
		v2_read_input_name(connection_body(&connection), connection.response.body_nbytes,
				   service->input_name, sizeof(service->input_name));
	connection_release(&connection);
	text_release(&request);
}

/* ---------------------------------------------------------------------- finding */

static bool find_protocol(struct service *service, const struct service_options *options)
{
	char path[sizeof(service->url.target)];
	const char *end;

	copy_path(service, path, sizeof(path));
	service->protocol = options->protocol ? options->protocol : guess(path);
	if (!service->protocol && is_root(path))
		service->protocol = probe(service, options);
	if (service->protocol)
		return true;
	end = missing_end(path);
	if (end)
		complain("'%s': the path should end in %s", service->url.text, end);
	else
		complain("'%s': the path does not say which protocol it is; use --protocol",
			 service->url.text);
	return false;
}

bool service_find(struct service *service, const struct service_options *options)
{
	*service = (struct service){0};
	if (!server_url_parse(&service->url, options->url) ||
	    !server_address_find(&service->address, &service->url, options->unix_path,
				 options->timeout) ||
	    !find_protocol(service, options))
		return false;
	snprintf(service->input_name, sizeof(service->input_name), "%s",
		 options->input_name ? options->input_name : USUAL_INPUT_NAME);
	if (service->protocol->has_input_name && !options->input_name)
		ask_input_name(service, options);
	return true;
}
