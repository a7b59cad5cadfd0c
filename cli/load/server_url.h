/* server_url.h - the URL of a server, and the address behind it. */
#ifndef CLI_LOAD_SERVER_URL_H
#define CLI_LOAD_SERVER_URL_H

#include <stdbool.h>
#include <sys/socket.h>

struct server_url {
	const char *text;    /* as given */
	char authority[264]; /* "localhost:8501", for the header Host */
	char host[256];      /* without the brackets of IPv6 */
	char port[6];
	const char *path;  /* into text: "/v1/models/emnist:predict"; "" is "/" */
	char target[2048]; /* the path and the query */
};

struct server_address {
	struct sockaddr_storage storage;
	socklen_t nbytes;
};

/* Whether an argument is meant as a URL: it has a scheme. */
bool server_url_is_one(const char *text);

/* Prints an error and returns false if it is not a URL that can be called. */
bool server_url_parse(struct server_url *url, const char *text);

/* Finds the address, the first of the host's that accepts a connection within `seconds`; or that of
 * the socket at unix_path unless NULL. Prints an error and returns false if there is none. */
bool server_address_find(struct server_address *address, const struct server_url *url,
			 const char *unix_path, double seconds);

#endif
