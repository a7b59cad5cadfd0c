/* exchange.c - a single request and its response, waited for. */
#include "exchange.h"

#include "../common/progress.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

bool exchange(struct connection *connection, const struct server_address *address,
	      const struct text *request, double seconds)
{
	const double deadline = seconds_now() + seconds;
	const int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	enum connection_progress progress = CONNECTION_REFUSED;
	struct epoll_event event;

	if (epoll_fd >= 0 && !request->failed)
		progress = connection_send(connection, address, epoll_fd, 0, request->bytes,
					   request->nbytes);
	while (progress == CONNECTION_WAITS && seconds_now() < deadline) {
		const int n = epoll_wait(epoll_fd, &event, 1,
					 (int)(1000 * (deadline - seconds_now())) + 1);

		if (n > 0)
			progress = connection_go_on(connection);
		else if (n < 0)
			break; /* a signal, most likely to end the program */
	}
	if (epoll_fd >= 0)
		close(epoll_fd);
	return progress == CONNECTION_ANSWERED;
}
