/* service.c - finds out how a server wants to be asked. */
#include "service.h"

#include "../common/messages.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What Open Inference Protocol's models of images are most often called with. */
#define USUAL_INPUT_NAME "images"

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
	if (begins(path, "/v2/models/") && ends(path, "/infer"))
		return &protocol_v2;
	return ends(path, "/classify") ? &protocol_image : NULL;
}

/* Paths that people give without their end. */
static const char *missing_end(const char *path)
{
	if (begins(path, "/v1/models/") && !strchr(path, ':'))
		return ":predict";
	return begins(path, "/v2/models/") && !ends(path, "/infer") ? "/infer" : NULL;
}

static bool is_root(const char *path)
{
	return *path == '\0' || strcmp(path, "/") == 0;
}

/* GraphPipe and Flask apps have one path: only the first answers this with metadata. */
static const struct protocol *probe(const struct service *service,
				    const struct service_options *options)
{
	(void)service;
	(void)options;
	return &protocol_flask;
}

static bool find_protocol(struct service *service, const struct service_options *options)
{
	char path[2048];
	const char *end;

	snprintf(path, sizeof(path), "%.*s", (int)strcspn(service->url.target, "?"),
		 service->url.target);
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
	return true;
}
