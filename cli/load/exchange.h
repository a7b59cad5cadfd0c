/* exchange.h - a single request and its response, waited for. */
#ifndef CLI_LOAD_EXCHANGE_H
#define CLI_LOAD_EXCHANGE_H

#include "../output/text.h"
#include "connection.h"

/* Sends the request and waits for the response, at most `seconds`. False: there is none. Close the
 * connection with connection_release() in any case; {.fd = -1} is new. */
bool exchange(struct connection *connection, const struct server_address *address,
	      const struct text *request, double seconds);

#endif
