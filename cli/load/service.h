/* service.h - finds out how a server wants to be asked. */
#ifndef CLI_LOAD_SERVICE_H
#define CLI_LOAD_SERVICE_H

#include "protocol.h"
#include "server_url.h"

/* {0} at first. */
struct service {
	struct server_url url;
	struct server_address address;
	const struct protocol *protocol;
	char input_name[128]; /* of the model, with Open Inference Protocol */
};

struct service_options {
	const char *url;
	const char *unix_path;           /* NULL: the URL's host */
	const struct protocol *protocol; /* NULL: guessed */
	const char *input_name;          /* NULL: asked */
	const char *header;              /* lines of every request */
	double timeout;                  /* seconds */
};

/* Connects, and asks the server what the options leave open. Prints an error and returns false on
 * failure. */
bool service_find(struct service *service, const struct service_options *options);

#endif
