/* server_url.c - the URL of a server, and the address behind it. */
#include "server_url.h"

#include "../common/messages.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>
#include <unistd.h>

#define HTTP "http://"

/* -------------------------------------------------------------------------- URL */

bool server_url_is_one(const char *text)
{
	return strstr(text, "://") != NULL;
}

static bool refuse(const char *text, const char *why)
{
	complain("'%s': %s", text, why);
	return false;
}

/* Copies n bytes as a string. False: it does not fit. */
static bool copy(char *to, size_t size, const char *from, size_t n)
{
	if (n >= size)
		return false;
	memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

static bool parse_port(struct server_url *url, const char *port, size_t n)
{
	unsigned number = 0;

	for (size_t i = 0; i < n && number <= 65535; i++)
		number = port[i] >= '0' && port[i] <= '9' ? number * 10 + (unsigned)(port[i] - '0')
							  : 65536;
	if (number < 1 || number > 65535)
		return refuse(url->text, "the port must be a number from 1 to 65535");
	snprintf(url->port, sizeof(url->port), "%u", number);
	return true;
}

/* "host", "host:port", "[::1]:port". */
static bool parse_authority(struct server_url *url, const char *start, size_t n)
{
	const char *host = start, *colon;
	size_t n_host;

	if (memchr(start, '@', n))
		return refuse(url->text, "user names in URLs are not supported; use --header");
	if (*start == '[') {
		const char *bracket = memchr(start, ']', n);

		if (!bracket)
			return refuse(url->text, "the address has no closing bracket");
		host = start + 1;
		n_host = (size_t)(bracket - host);
		colon = bracket + 1 < start + n ? bracket + 1 : NULL;
		if (colon && *colon != ':')
			return refuse(url->text, "expected a colon after the bracket");
	} else {
		colon = memchr(start, ':', n);
		n_host = colon ? (size_t)(colon - start) : n;
	}
	if (n_host == 0)
		return refuse(url->text, "the URL has no host");
	if (!copy(url->host, sizeof(url->host), host, n_host) ||
	    !copy(url->authority, sizeof(url->authority), start, n))
		return refuse(url->text, "the host name is too long");
	if (!colon || colon + 1 == start + n)
		return parse_port(url, "80", 2);
	return parse_port(url, colon + 1, (size_t)(start + n - colon - 1));
}

bool server_url_parse(struct server_url *url, const char *text)
{
	const char *start = text + strlen(HTTP);
	size_t n_authority, n_path, n_query = 0;

	*url = (struct server_url){.text = text};
	if (strncasecmp(text, "https://", 8) == 0)
		return refuse(text, "TLS is not supported; use http://");
	if (strncasecmp(text, HTTP, strlen(HTTP)) != 0)
		return refuse(text, "not a URL such as http://localhost:8501/classify");
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return refuse(text, "blanks in URLs must be written as %20");
	n_authority = strcspn(start, "/?#");
	if (!parse_authority(url, start, n_authority))
		return false;
	url->path = start + n_authority;
	n_path = strcspn(url->path, "#");
	n_query = *url->path != '/';
	url->target[0] = '/';
	if (n_path + n_query >= sizeof(url->target))
		return refuse(text, "the URL is too long");
	memcpy(url->target + n_query, url->path, n_path);
	url->target[n_path + n_query] = '\0';
	return true;
}

/* ---------------------------------------------------------------------- address */

/* Connects and closes again. 0, or errno. */
static int try_address(const struct server_address *address, double seconds)
{
	const int fd =
		socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct pollfd pollfd = {.fd = fd, .events = POLLOUT};
	socklen_t nbytes = sizeof(int);
	int failure = 0, n;

	if (fd < 0)
		return errno;
	if (connect(fd, (const struct sockaddr *)&address->storage, address->nbytes) < 0)
		failure = errno;
	if (failure == EINPROGRESS) {
		n = poll(&pollfd, 1, (int)(seconds * 1000));
		failure = n < 0 ? errno : ETIMEDOUT;
		if (n > 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &nbytes) < 0)
			failure = errno;
	}
	close(fd);
	return failure;
}

static bool find_unix(struct server_address *address, const char *path, double seconds)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&address->storage;
	int failure;

	*address = (struct server_address){.nbytes = sizeof(*un)};
	un->sun_family = AF_UNIX;
	if (!copy(un->sun_path, sizeof(un->sun_path), path, strlen(path)))
		return refuse(path, "the path of a socket has at most 107 bytes");
	failure = try_address(address, seconds);
	return failure == 0 || refuse(path, strerror(failure));
}

bool server_address_find(struct server_address *address, const struct server_url *url,
			 const char *unix_path, double seconds)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	int failure;

	if (unix_path)
		return find_unix(address, unix_path, seconds);
	failure = getaddrinfo(url->host, url->port, &hints, &found);
	if (failure)
		return refuse(url->text,
			      failure == EAI_SYSTEM ? strerror(errno) : gai_strerror(failure));
	failure = EADDRNOTAVAIL;
	for (const struct addrinfo *at = found; at && failure; at = at->ai_next) {
		*address = (struct server_address){.nbytes = at->ai_addrlen};
		memcpy(&address->storage, at->ai_addr, at->ai_addrlen);
		failure = try_address(address, seconds);
	}
	freeaddrinfo(found);
	return failure == 0 || refuse(url->text, strerror(failure));
}
