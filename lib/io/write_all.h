/*
 * write_all.h - all of some bytes to a descriptor.
 */
#ifndef IO_WRITE_ALL_H
#define IO_WRITE_ALL_H

#include <stddef.h>

/* Returns 0, or the errno of what failed. */
int write_all(int fd, const void *bytes, size_t nbytes);

#endif
