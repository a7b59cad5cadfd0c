/*
 * http_client.c - one HTTP request for tests, so that they need no other client.
 *
 *	http_client [-i|-s] [-H 'NAME: VALUE']... [-d FILE] [-o FILE] [-t SECONDS] METHOD URL
 *	http_client -r FILE [-o FILE] [-t SECONDS] URL
 *
 * URL: http://ADDRESS:PORT/TARGET or unix:PATH:/TARGET; TARGET goes out as it is. Prints the body
 * of the response, to FILE with -o.
 *
 *	-d FILE     the body of the request, with its Content-Length; -: from stdin
 *	-H LINE     a header in addition to Host, Content-Length and Connection: close
 *	-i          prints the head first, with LF for CRLF, and an empty line
 *	-s          prints the number of the status first, on a line of its own
 *	-r FILE     sends these bytes and nothing else, and prints all that comes back, until the
 *	            server closes the connection or nothing came for the time of -t
 *	-t SECONDS  how long to wait for a response; default 60, and 0.5 with -r
 *
 * Exit status: 0 a complete response came, whatever its status; 1 none, or it is not as HTTP wants
 * it (a body of another length than its head says); 2 wrong usage. With -r: 0 the server closed the
 * connection; 3 it was open when the time was over.
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct bytes {
	char *data; /* with a zero behind */
	size_t n;
};

struct arguments {
	const char *method, *url, *body_file, *raw_file, *output;
	struct bytes headers;
	bool shows_head, shows_status;
	int milliseconds;
};

static void fail(int status, const char *what)
{
	fprintf(stderr, "http_client: %s%s%s\n", what, errno ? ": " : "",
		errno ? strerror(errno) : "");
	exit(status);
}

static void append(struct bytes *to, const void *bytes, size_t n)
{
	to->data = realloc(to->data, to->n + n + 1);
	if (!to->data)
		fail(1, "out of memory");
	if (n > 0)
		memcpy(to->data + to->n, bytes, n);
	to->n += n;
	to->data[to->n] = '\0';
}

static void append_text(struct bytes *to, const char *text)
{
	append(to, text, strlen(text));
}

static struct bytes read_file(const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	struct bytes bytes = {0};
	char part[65536];
	size_t n;

	if (!file)
		fail(2, path);
	append(&bytes, "", 0);
	while ((n = fread(part, 1, sizeof(part), file)) > 0)
		append(&bytes, part, n);
	if (file != stdin)
		fclose(file);
	return bytes;
}

/* ----------------------------------------------------------------- connection */

static int open_unix(const char *path, size_t n)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (n >= sizeof(name.sun_path))
		fail(2, "the path is too long");
	memcpy(name.sun_path, path, n);
	if (fd < 0 || connect(fd, (struct sockaddr *)&name, sizeof(name)) < 0)
		fail(1, "no connection");
	return fd;
}

static int open_tcp(const char *address, size_t n)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *info;
	char host[256];
	char *port;
	int fd;

	if (n >= sizeof(host))
		fail(2, "the address is too long");
	memcpy(host, address, n);
	host[n] = '\0';
	port = strrchr(host, ':');
	if (!port)
		fail(2, "the URL has no port");
	*port++ = '\0';
	if (host[0] == '[' && port[-2] == ']')
		port[-2] = '\0';
	if (getaddrinfo(host[0] == '[' ? host + 1 : host, port, &hints, &info) != 0)
		fail(2, "no such address");
	fd = socket(info->ai_family, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, info->ai_addr, info->ai_addrlen) < 0)
		fail(1, "no connection");
	freeaddrinfo(info);
	return fd;
}

/* *host_ret: what the Host header says. */
static int open_url(const char *url, struct bytes *host_ret, const char **target_ret)
{
	const char *end;

	if (strncmp(url, "unix:", 5) == 0) {
		end = strstr(url + 5, ":/");
		append_text(host_ret, "localhost");
		*target_ret = end ? end + 1 : "/";
		return open_unix(url + 5, end ? (size_t)(end - url - 5) : strlen(url + 5));
	}
	if (strncmp(url, "http://", 7) != 0)
		fail(2, "the URL must begin with http:// or unix:");
	end = url + 7 + strcspn(url + 7, "/?");
	append(host_ret, url + 7, (size_t)(end - url - 7));
	*target_ret = *end ? end : "/";
	return open_tcp(url + 7, (size_t)(end - url - 7));
}

/* A server may answer, and close, before it took all. */
static void send_all(int fd, const struct bytes *bytes)
{
	for (size_t sent = 0; sent < bytes->n;) {
		const ssize_t n = send(fd, bytes->data + sent, bytes->n - sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		sent += (size_t)n;
	}
}

/* Returns whether the server closed the connection. */
static bool receive(int fd, int milliseconds, struct bytes *bytes)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	char part[65536];
	ssize_t n;

	while (poll(&poll_fd, 1, milliseconds) > 0) {
		n = recv(fd, part, sizeof(part), 0);
		if (n <= 0)
			return true;
		append(bytes, part, (size_t)n);
	}
	return false;
}

/* ------------------------------------------------------------------- messages */

static struct bytes make_request(const struct arguments *arguments, const char *host,
				 const char *target)
{
	struct bytes request = {0}, body = {0};
	char line[64];

	append_text(&request, arguments->method);
	append_text(&request, " ");
	append_text(&request, target);
	append_text(&request, " HTTP/1.1\r\nHost: ");
	append_text(&request, host);
	append_text(&request, "\r\nConnection: close\r\n");
	append(&request, arguments->headers.data, arguments->headers.n);
	if (arguments->body_file) {
		body = read_file(arguments->body_file);
		snprintf(line, sizeof(line), "Content-Length: %zu\r\n", body.n);
		append_text(&request, line);
	}
	append_text(&request, "\r\n");
	append(&request, body.data, body.n);
	free(body.data);
	return request;
}

static void write_output(const char *path, const char *bytes, size_t n)
{
	FILE *file = path ? fopen(path, "wb") : stdout;

	if (!file || fwrite(bytes, 1, n, file) != n || fflush(file) != 0)
		fail(1, path ? path : "stdout");
	if (path)
		fclose(file);
}

static void print_head(const char *head, const char *end)
{
	for (; head < end; head++)
		if (*head != '\r')
			putchar(*head);
}

/* The length that the head says, or that of what came. */
static size_t content_length(const char *head, const char *end, size_t n)
{
	for (; head < end; head = strchr(head, '\n') + 1)
		if (strncasecmp(head, "Content-Length:", 15) == 0)
			return strtoull(head + 15, NULL, 10);
	return n;
}

static int show_response(const struct arguments *arguments, const struct bytes *response)
{
	const char *head = response->data, *end = NULL;
	size_t n;

	/* 100 Continue precedes the response. */
	do {
		head = end ? end : head;
		end = strstr(head, "\r\n\r\n");
		if (strncmp(head, "HTTP/1.1 ", 9) != 0 || !end)
			fail(1, "no response");
		end += 4;
	} while (head[9] == '1');
	n = (size_t)(response->data + response->n - end);
	if (arguments->shows_head)
		print_head(head, end);
	if (arguments->shows_status)
		printf("%.3s\n", head + 9);
	write_output(arguments->output, end, n);
	if (strcmp(arguments->method, "HEAD") == 0 ? n == 0 : n == content_length(head, end, n))
		return 0;
	errno = 0;
	fail(1, "the body has another length than its head says");
	return 1;
}

static int run(const struct arguments *arguments)
{
	struct bytes request, response = {0}, host = {0};
	const char *target;
	const int fd = open_url(arguments->url, &host, &target);
	bool closed;
	int status = 0;

	request = arguments->raw_file ? read_file(arguments->raw_file)
				      : make_request(arguments, host.data, target);
	send_all(fd, &request);
	append(&response, "", 0);
	errno = 0;
	closed = receive(fd, arguments->milliseconds, &response);
	if (!closed && !arguments->raw_file)
		fail(1, "no response in time");
	if (arguments->raw_file) {
		write_output(arguments->output, response.data, response.n);
		status = closed ? 0 : 3;
	} else {
		status = show_response(arguments, &response);
	}
	close(fd);
	free(host.data);
	free(request.data);
	free(response.data);
	return status;
}

static void take_option(struct arguments *arguments, int option)
{
	if (option == 'i')
		arguments->shows_head = true;
	else if (option == 's')
		arguments->shows_status = true;
	else if (option == 'd')
		arguments->body_file = optarg;
	else if (option == 'r')
		arguments->raw_file = optarg;
	else if (option == 'o')
		arguments->output = optarg;
	else if (option == 't')
		arguments->milliseconds = (int)(strtod(optarg, NULL) * 1000);
	else if (option == 'H') {
		append_text(&arguments->headers, optarg);
		append_text(&arguments->headers, "\r\n");
	} else {
		exit(2);
	}
}

int main(int argc, char **argv)
{
	struct arguments arguments = {0};
	int option, status;

	while ((option = getopt(argc, argv, "isd:r:o:t:H:")) != -1)
		take_option(&arguments, option);
	if (argc - optind != (arguments.raw_file ? 1 : 2)) {
		errno = 0;
		fail(2, "METHOD and URL are needed");
	}
	arguments.method = arguments.raw_file ? "" : argv[optind];
	arguments.url = argv[argc - 1];
	if (arguments.milliseconds == 0)
		arguments.milliseconds = arguments.raw_file ? 500 : 60000;
	status = run(&arguments);
	free(arguments.headers.data);
	return status;
}
