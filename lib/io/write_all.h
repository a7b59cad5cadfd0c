/* write_all.h - writes all bytes to a descriptor. */
#ifndef IO_WRITE_ALL_H
#define IO_WRITE_ALL_H

#include <stddef.h>

/* Returns 0 or an errno. */
int write_all(int fd, const void *bytes, size_t nbytes);

#endif
