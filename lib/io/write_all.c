/* write_all.c - writes all bytes to a descriptor: in pieces, and again after a signal. */
#include "write_all.h"

#include <errno.h>
#include <unistd.h>

int write_all(int fd, const void *bytes, size_t nbytes)
{
	const unsigned char *next = bytes;

	while (nbytes > 0) {
		const ssize_t n = write(fd, next, nbytes);

		if (n >= 0) {
			next += n;
			nbytes -= (size_t)n;
		} else if (errno != EINTR) {
			return errno;
		}
	}
	return 0;
}
