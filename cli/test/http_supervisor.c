/*
 * http_supervisor.c - runs a server as a service manager does, for tests.
 *
 *	http_supervisor [-n SOCKETS] [-r RUNS] [-w MICROSECONDS] [-a] [-x] FILE COMMAND...
 *
 * Opens sockets that listen on 127.0.0.1, and hands them to the command as descriptors 3 and on. If
 * the command ends, it runs again, RUNS times in all, with the same sockets. To FILE go lines:
 * "socket http://127.0.0.1:PORT", "pid PID", "told STATE" for each line that the command sends, and
 * "ended STATUS".
 *
 *	-a  the socket to be told has an abstract name, not a path
 *	-w  WATCHDOG_USEC
 *	-x  LISTEN_PID is of another process
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_FD    3
#define MAX_SOCKETS 8

struct settings {
	int n_sockets, n_runs;
	const char *watchdog;
	bool is_abstract, has_other_pid;
};

static int sockets[MAX_SOCKETS];
static char told_at[128];

static void fail(const char *what)
{
	fprintf(stderr, "http_supervisor: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Away from the numbers that the command gets. */
static int moved(int fd)
{
	const int away = fcntl(fd, F_DUPFD_CLOEXEC, 64);

	if (fd < 0 || away < 0)
		fail("socket");
	close(fd);
	return away;
}

static void open_socket(int i, FILE *states)
{
	struct sockaddr_in name = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t nbytes = sizeof(name);

	sockets[i] = moved(socket(AF_INET, SOCK_STREAM, 0));
	if (bind(sockets[i], (struct sockaddr *)&name, nbytes) < 0 || listen(sockets[i], 64) < 0 ||
	    getsockname(sockets[i], (struct sockaddr *)&name, &nbytes) < 0)
		fail("listen");
	fprintf(states, "socket http://127.0.0.1:%d\n", ntohs(name.sin_port));
}

static int open_told(const char *file, bool is_abstract)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	const int fd = moved(socket(AF_UNIX, SOCK_DGRAM, 0));

	snprintf(told_at, sizeof(told_at), "%s%s.told", is_abstract ? "@" : "", file);
	if (strlen(told_at) >= sizeof(name.sun_path))
		fail(told_at);
	strcpy(name.sun_path, told_at);
	if (is_abstract)
		name.sun_path[0] = '\0';
	if (bind(fd, (struct sockaddr *)&name,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(told_at))) < 0)
		fail(told_at);
	return fd;
}

static void run_command(const struct settings *s, char **command)
{
	char text[32];

	for (int i = 0; i < s->n_sockets; i++)
		if (dup2(sockets[i], FIRST_FD + i) < 0)
			fail("dup2");
	snprintf(text, sizeof(text), "%d", s->n_sockets);
	setenv("LISTEN_FDS", text, 1);
	snprintf(text, sizeof(text), "%d", (int)getpid() + s->has_other_pid);
	setenv("LISTEN_PID", text, 1);
	setenv("NOTIFY_SOCKET", told_at, 1);
	if (s->watchdog)
		setenv("WATCHDOG_USEC", s->watchdog, 1);
	execvp(command[0], command);
	fail(command[0]);
}

static void show_told(int fd, FILE *states)
{
	char text[1024];
	ssize_t n;

	while ((n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT)) > 0) {
		text[n] = '\0';
		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
			fprintf(states, "told %s\n", line);
	}
}

static void supervise(const struct settings *s, int told, char **command, FILE *states)
{
	struct pollfd pollfd = {.fd = told, .events = POLLIN};
	const pid_t pid = fork();
	pid_t ended = 0;
	int status;

	if (pid < 0)
		fail("fork");
	if (pid == 0)
		run_command(s, command);
	fprintf(states, "pid %d\n", (int)pid);
	while (ended == 0) {
		poll(&pollfd, 1, 20);
		ended = waitpid(pid, &status, WNOHANG);
		show_told(told, states);
	}
	fprintf(states, "ended %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

int main(int argc, char **argv)
{
	struct settings s = {.n_sockets = 1, .n_runs = 1};
	FILE *states;
	int option, told;

	while ((option = getopt(argc, argv, "+n:r:w:ax")) != -1) {
		if (option == 'n')
			s.n_sockets = atoi(optarg);
		else if (option == 'r')
			s.n_runs = atoi(optarg);
		else if (option == 'w')
			s.watchdog = optarg;
		else if (option == 'a')
			s.is_abstract = true;
		else if (option == 'x')
			s.has_other_pid = true;
		else
			return 2;
	}
	if (argc - optind < 2 || s.n_sockets < 0 || s.n_sockets > MAX_SOCKETS)
		return 2;
	states = fopen(argv[optind], "we");
	if (!states)
		fail(argv[optind]);
	setvbuf(states, NULL, _IOLBF, 0);
	for (int i = 0; i < s.n_sockets; i++)
		open_socket(i, states);
	told = open_told(argv[optind], s.is_abstract);
	for (int i = 0; i < s.n_runs; i++)
		supervise(&s, told, argv + optind + 1, states);
	return fclose(states) == 0 ? 0 : 2;
}
