/*
 * http_faults.c - clients that misbehave, and many at once: what cli/test/serve_faults.sh needs.
 *
 *	http_faults slow PORT FILE N
 *		sends N bytes of FILE at once and then one every 0.2 s, while another connection
 *		asks; prints "closed SECONDS FAILED": when it was closed, and failures of the
 *		other; or "open"
 *	http_faults idle PORT N PID
 *		N connections that asked once and stay; prints the resident KB that each costs
 *		process PID, and how many answer once more
 *	http_faults storm PORT N MS keep|close FILE
 *		N connections send FILE again and again for MS milliseconds, on a connection that
 *		is kept or on one for each request; prints "ANSWERED LOST REFUSED": requests that
 *		were answered with status 200, that were not, and connections that were refused
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int port;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int dial(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static size_t read_file(const char *path, char *bytes, size_t max)
{
	FILE *file = fopen(path, "rb");
	size_t n;

	if (!file) {
		perror(path);
		exit(2);
	}
	n = fread(bytes, 1, max, file);
	fclose(file);
	return n;
}

static bool send_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		const ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		bytes += sent;
		n -= (size_t)sent;
	}
	return true;
}

/* Reads what comes within some milliseconds; *closed_ret: the connection's end was seen. */
static size_t receive(int fd, char *bytes, size_t max, int wait, bool *closed_ret)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t n = 0;

	*closed_ret = false;
	while (n < max && poll(&p, 1, wait) > 0) {
		const ssize_t got = recv(fd, bytes + n, max - n, 0);

		if (got <= 0) {
			*closed_ret = true;
			break;
		}
		n += (size_t)got;
	}
	return n;
}

/* Reads one answer with a Content-Length; its status, or 0 if it did not come. */
static int read_answer(int fd)
{
	static __thread char bytes[65536];
	size_t n = 0, need = sizeof(bytes);
	int status = 0;

	while (n < need) {
		const ssize_t got = recv(fd, bytes + n, sizeof(bytes) - 1 - n, 0);
		const char *end, *length;

		if (got <= 0)
			return 0;
		n += (size_t)got;
		bytes[n] = '\0';
		end = strstr(bytes, "\r\n\r\n");
		length = strstr(bytes, "Content-Length: ");
		if (end && length)
			need = (size_t)(end + 4 - bytes) + strtoul(length + 16, NULL, 10);
	}
	if (sscanf(bytes, "HTTP/1.1 %d", &status) != 1)
		return 0;
	return status;
}

/* ----------------------------------------------------------------------- slow */

static const char question[] = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

static void slow(const char *path, size_t n_first)
{
	static char bytes[1 << 20], answer[4096];
	const size_t n = read_file(path, bytes, sizeof(bytes));
	const double start = now();
	int fd = dial(), other = dial(), n_failed = 0;
	bool closed = false;

	if (fd < 0 || other < 0 || n_first > n)
		exit(2);
	send_all(fd, bytes, n_first);
	for (size_t i = n_first; i < n && !closed; i++) {
		send_all(fd, bytes + i, 1);
		receive(fd, answer, sizeof(answer), 200, &closed);
		send_all(other, question, sizeof(question) - 1);
		n_failed += read_answer(other) != 200;
	}
	if (closed)
		printf("closed %.0f %d\n", now() - start, n_failed);
	else
		puts("open");
}

/* ----------------------------------------------------------------------- idle */

static long resident(const char *pid)
{
	char path[64], line[256];
	long kb = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmRSS: %ld", &kb) == 1)
			break;
	if (file)
		fclose(file);
	return kb;
}

static void idle(size_t n, const char *pid)
{
	const struct rlimit limit = {n + 64, n + 64};
	int *fds = calloc(n, sizeof(*fds));
	size_t n_answered = 0;
	long before, after;

	setrlimit(RLIMIT_NOFILE, &limit);
	before = resident(pid);
	for (size_t i = 0; i < n; i++) {
		fds[i] = dial();
		if (fds[i] < 0 || !send_all(fds[i], question, sizeof(question) - 1) ||
		    read_answer(fds[i]) != 200) {
			printf("connection %zu failed: %s\n", i, strerror(errno));
			exit(1);
		}
	}
	after = resident(pid);
	for (size_t i = 0; i < n; i++)
		n_answered += send_all(fds[i], question, sizeof(question) - 1) &&
			      read_answer(fds[i]) == 200;
	printf("%.1f KB, %zu answer\n", (double)(after - before) / (double)n, n_answered);
	free(fds);
}

/* ---------------------------------------------------------------------- storm */

static struct {
	char bytes[1 << 20];
	size_t n;
	bool keeps;
	double end;
	atomic_int answered, lost, refused;
} storm;

/* A server may close a kept connection between two requests, and the client then makes another. So
 * without an answer, only the first request of a connection is lost. */
static void *storming(void *unused)
{
	int fd = -1;
	bool is_new = true;

	(void)unused;
	while (now() < storm.end) {
		int status;

		if (fd < 0) {
			fd = dial();
			is_new = true;
		}
		if (fd < 0) {
			atomic_fetch_add(&storm.refused, 1);
			break;
		}
		status = send_all(fd, storm.bytes, storm.n) ? read_answer(fd) : 0;
		if (status == 200)
			atomic_fetch_add(&storm.answered, 1);
		else if (status != 0 || is_new)
			atomic_fetch_add(&storm.lost, 1);
		is_new = false;
		if (!storm.keeps || status != 200) {
			close(fd);
			fd = -1;
		}
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

static void storms(size_t n, double milliseconds, bool keeps, const char *path)
{
	pthread_t threads[256];

	storm.n = read_file(path, storm.bytes, sizeof(storm.bytes));
	storm.keeps = keeps;
	storm.end = now() + milliseconds / 1000;
	for (size_t i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, storming, NULL);
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	printf("%d %d %d\n", atomic_load(&storm.answered), atomic_load(&storm.lost),
	       atomic_load(&storm.refused));
}

int main(int argc, char **argv)
{
	const char *command = argc > 3 ? argv[1] : "";

	port = argc > 2 ? atoi(argv[2]) : 0;
	if (strcmp(command, "slow") == 0 && argc == 5)
		slow(argv[3], strtoul(argv[4], NULL, 10));
	else if (strcmp(command, "idle") == 0 && argc == 5)
		idle(strtoul(argv[3], NULL, 10), argv[4]);
	else if (strcmp(command, "storm") == 0 && argc == 7)
		storms(strtoul(argv[3], NULL, 10), atof(argv[4]), strcmp(argv[5], "keep") == 0,
		       argv[6]);
	else
		return 2;
	return 0;
}
