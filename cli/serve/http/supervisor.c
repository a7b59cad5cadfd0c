/* supervisor.c - what a service manager hands over, and is told. */
#include "supervisor.h"
#include "../../common/messages.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* SD_LISTEN_FDS_START */
#define FIRST_FD 3
#define MAX_FDS  1024

/* The whole number in a variable; 0 if there is none. */
static uint64_t number_of(const char *variable)
{
	const char *text = getenv(variable);
	uint64_t value = 0;

	if (!text || !*text)
		return 0;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
			return 0;
	return *text ? 0 : value;
}

static bool check_socket(int fd)
{
	int listens = 0, type = 0;
	socklen_t nbytes = sizeof(int);

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &nbytes) == 0 && listens &&
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &nbytes) == 0 && type == SOCK_STREAM) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		return true;
	}
	complain("descriptor %d of LISTEN_FDS is not a stream socket that listens", fd);
	return false;
}

static bool find_sockets(struct supervisor *supervisor)
{
	const uint64_t n = number_of("LISTEN_FDS");

	supervisor->first_fd = FIRST_FD;
	supervisor->n_fds = 0;
	if (n == 0 || number_of("LISTEN_PID") != (uint64_t)getpid())
		return true;
	if (n > MAX_FDS) {
		complain("LISTEN_FDS: %" PRIu64 " sockets are too many", n);
		return false;
	}
	for (int i = 0; i < (int)n; i++)
		if (!check_socket(FIRST_FD + i))
			return false;
	supervisor->n_fds = (int)n;
	return true;
}

/* A path, or a name that begins with '@' and is in no file system. */
static void find_address(struct supervisor *supervisor)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un *address = &supervisor->address;

	address->sun_family = AF_UNSPEC;
	if (!name || (name[0] != '/' && name[0] != '@') || !name[1] ||
	    strlen(name) >= sizeof(address->sun_path))
		return;
	address->sun_family = AF_UNIX;
	strcpy(address->sun_path, name);
	if (name[0] == '@')
		address->sun_path[0] = '\0';
	supervisor->address_nbytes =
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
}

static void find_watchdog(struct supervisor *supervisor)
{
	const uint64_t pid = number_of("WATCHDOG_PID");

	supervisor->watchdog_microseconds =
		pid == 0 || pid == (uint64_t)getpid() ? number_of("WATCHDOG_USEC") : 0;
}

bool supervisor_find(struct supervisor *supervisor)
{
	static const char *const variables[] = {"LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES",
						"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"};
	const bool good = find_sockets(supervisor);

	find_address(supervisor);
	find_watchdog(supervisor);
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
		unsetenv(variables[i]);
	return good;
}

void supervisor_tell(const struct supervisor *supervisor, const char *state)
{
	int fd;

	if (supervisor->address.sun_family == AF_UNSPEC)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* A manager that does not listen any more is not a reason to stop. */
	sendto(fd, state, strlen(state), MSG_NOSIGNAL,
	       (const struct sockaddr *)&supervisor->address, supervisor->address_nbytes);
	close(fd);
}

void supervisor_tell_reloading(const struct supervisor *supervisor)
{
	struct timespec t;
	char state[64];

	clock_gettime(CLOCK_MONOTONIC, &t);
	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%llu",
		 (unsigned long long)t.tv_sec * 1000000 + (unsigned long long)t.tv_nsec / 1000);
	supervisor_tell(supervisor, state);
}
