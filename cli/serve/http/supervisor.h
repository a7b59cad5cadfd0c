/*
 * supervisor.h - what a service manager hands over, and is told: sd_listen_fds(3) and sd_notify(3).
 *
 * The protocols are a few variables of the environment, and datagrams to a socket; they need no
 * library.
 */
#ifndef CLI_SERVE_SUPERVISOR_H
#define CLI_SERVE_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct supervisor {
	int first_fd, n_fds;        /* sockets to listen on */
	struct sockaddr_un address; /* to be told; sun_family 0: nobody */
	socklen_t address_nbytes;
	uint64_t watchdog_microseconds; /* it must hear something so often; 0: need not */
};

/* Reads the environment, and removes from it what is for this process alone. Prints an error and
 * returns false if a descriptor is no socket that listens. */
bool supervisor_find(struct supervisor *supervisor);

/* state: "READY=1", "STOPPING=1", "WATCHDOG=1". */
void supervisor_tell(const struct supervisor *supervisor, const char *state);

/* That it reloads; "READY=1" must follow. */
void supervisor_tell_reloading(const struct supervisor *supervisor);

#endif
