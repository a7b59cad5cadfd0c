/* wakeup.c - Linux has eventfd(), which takes one descriptor; others have pipes. */
#include "wakeup.h"

#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/eventfd.h>
#endif

bool wakeup_open(struct wakeup *wakeup)
{
#ifdef __linux__
	wakeup->fd = wakeup->send_fd = eventfd(0, EFD_CLOEXEC);
	return wakeup->fd >= 0;
#else
	int fds[2];

	*wakeup = WAKEUP_NONE;
	if (pipe(fds) < 0)
		return false;
	for (int i = 0; i < 2; i++)
		fcntl(fds[i], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	*wakeup = (struct wakeup){fds[0], fds[1]};
	return true;
#endif
}

void wakeup_send(const struct wakeup *wakeup)
{
	const uint64_t one = 1;

	/* Fails only when it is full, and then it is readable already. */
	if (write(wakeup->send_fd, &one, sizeof(one)) < 0)
		return;
}

void wakeup_close(struct wakeup *wakeup)
{
	if (wakeup->fd >= 0)
		close(wakeup->fd);
	if (wakeup->send_fd != wakeup->fd)
		close(wakeup->send_fd);
	*wakeup = WAKEUP_NONE;
}
