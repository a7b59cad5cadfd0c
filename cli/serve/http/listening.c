/* listening.c - TCP and Unix sockets to listen on. */
#include "listening.h"
#include "../../common/messages.h"

#include <errno.h>
#include <linux/filter.h>
#include <netdb.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define UNIX_PREFIX "unix:"
#define BACKLOG     1024

static const char *what_to_do(int failure, const char *address)
{
	const bool is_unix = strncmp(address, UNIX_PREFIX, strlen(UNIX_PREFIX)) == 0;

	if (failure == EADDRINUSE)
		return is_unix ? "; another server has it, or the file is not a socket"
			       : "; stop the program that has it, or choose another port";
	if (failure == EACCES && !is_unix)
		return "; ports below 1024 need root or CAP_NET_BIND_SERVICE";
	return "";
}

static int give_up(int fd, const char *address)
{
	const int failure = errno;

	if (fd >= 0)
		close(fd);
	complain("--listen %s: %s%s", address, strerror(failure), what_to_do(failure, address));
	return -1;
}

/* A socket file that nobody listens on any more is left over from a server that was killed. */
static void remove_leftover(const struct sockaddr_un *address)
{
	struct stat st;
	int fd;

	if (lstat(address->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 &&
	    errno == ECONNREFUSED)
		unlink(address->sun_path);
	close(fd);
}

static int open_unix(const char *address, char *url_ret)
{
	const char *path = address + strlen(UNIX_PREFIX);
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd;

	if (!*path || strlen(path) >= sizeof(name.sun_path)) {
		complain("--listen %s: the path must have 1 to %zu bytes", address,
			 sizeof(name.sun_path) - 1);
		return -1;
	}
	strcpy(name.sun_path, path);
	remove_leftover(&name);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof(name)) < 0 ||
	    listen(fd, BACKLOG) < 0)
		return give_up(fd, address);
	snprintf(url_ret, LISTENING_URL_NBYTES, "%s", address);
	return fd;
}

static bool split(const char *address, char *host, size_t host_nbytes, const char **port_ret)
{
	const char *colon = strrchr(address, ':');
	size_t n;

	if (!colon || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
	    strtoul(colon + 1, NULL, 10) > UINT16_MAX)
		return false;
	n = (size_t)(colon - address);
	if (n >= 2 && address[0] == '[' && address[n - 1] == ']') {
		address++;
		n -= 2;
	} else if (memchr(address, ':', n)) {
		return false;
	}
	if (n >= host_nbytes)
		return false;
	memcpy(host, address, n);
	host[n] = '\0';
	*port_ret = colon + 1;
	return true;
}

static int open_tcp(const struct addrinfo *info)
{
	const int on = 1;
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int failure;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	failure = errno;
	close(fd);
	errno = failure;
	return -1;
}

static void show_unix(const struct sockaddr_un *name, socklen_t nbytes, char *url_ret)
{
	const size_t n = nbytes > offsetof(struct sockaddr_un, sun_path)
				 ? nbytes - offsetof(struct sockaddr_un, sun_path)
				 : 0;

	if (n > 0 && name->sun_path[0] == '\0')
		snprintf(url_ret, LISTENING_URL_NBYTES, UNIX_PREFIX "@%.*s", (int)n - 1,
			 name->sun_path + 1);
	else
		snprintf(url_ret, LISTENING_URL_NBYTES, UNIX_PREFIX "%.*s", (int)n, name->sun_path);
}

void listening_show(int fd, char url_ret[static LISTENING_URL_NBYTES])
{
	struct sockaddr_storage name;
	socklen_t nbytes = sizeof(name);
	char host[96], port[16];

	url_ret[0] = '\0';
	if (getsockname(fd, (struct sockaddr *)&name, &nbytes) < 0)
		return;
	if (name.ss_family == AF_UNIX)
		show_unix((const struct sockaddr_un *)&name, nbytes, url_ret);
	else if (getnameinfo((struct sockaddr *)&name, nbytes, host, sizeof(host), port,
			     sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(url_ret, LISTENING_URL_NBYTES,
			 name.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host,
			 port);
}

int listening_open(const char *address, char url_ret[static LISTENING_URL_NBYTES])
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				       .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	struct addrinfo *infos = NULL;
	const char *port;
	char host[256];
	int fd = -1, failure;

	if (strncmp(address, UNIX_PREFIX, strlen(UNIX_PREFIX)) == 0)
		return open_unix(address, url_ret);
	if (!split(address, host, sizeof(host), &port)) {
		complain("--listen %s: not ADDRESS:PORT, [IPV6]:PORT or unix:PATH, with a port "
			 "from 0 to 65535",
			 address);
		return -1;
	}
	failure = getaddrinfo(*host ? host : NULL, port, &hints, &infos);
	if (failure) {
		complain("--listen %s: %s", address, gai_strerror(failure));
		return -1;
	}
	for (const struct addrinfo *info = infos; info && fd < 0; info = info->ai_next)
		fd = open_tcp(info);
	failure = errno;
	freeaddrinfo(infos);
	errno = failure;
	if (fd < 0)
		return give_up(fd, address);
	listening_show(fd, url_ret);
	return fd;
}

/* A packet that begins a connection is dropped: the client tries again, and finds nobody. Closing
 * the socket instead would reset connections that clients already use. Some kernels let nobody but
 * root do it: few can wait then. */
void listening_refuse(int fd)
{
	enum { TCP_FLAGS = 13, SYN = 2 };
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, TCP_FLAGS),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, SYN, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	const struct sock_fprog program = {sizeof(code) / sizeof(*code), code};
	struct sockaddr name = {0};
	socklen_t nbytes = sizeof(name);

	if (getsockname(fd, &name, &nbytes) != 0 || name.sa_family == AF_UNIX ||
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) != 0)
		listen(fd, 0);
}

void listening_remove(const char *address)
{
	if (strncmp(address, UNIX_PREFIX, strlen(UNIX_PREFIX)) == 0)
		unlink(address + strlen(UNIX_PREFIX));
}
