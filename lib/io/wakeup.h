/* wakeup.h - a descriptor that becomes readable when another thread says so. */
#ifndef IO_WAKEUP_H
#define IO_WAKEUP_H

#include <stdbool.h>

struct wakeup {
	int fd; /* to poll(); -1: not open */
	int send_fd;
};

#define WAKEUP_NONE ((struct wakeup){-1, -1})

/* False: errno is set, and the wakeup is WAKEUP_NONE. */
bool wakeup_open(struct wakeup *wakeup);

/* From then on, fd is readable. Any thread may call it, any number of times. */
void wakeup_send(const struct wakeup *wakeup);

void wakeup_close(struct wakeup *wakeup);

#endif
