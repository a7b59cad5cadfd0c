/* swap.h - two paths exchange what they name, at once. */
#ifndef IO_SWAP_H
#define IO_SWAP_H

#include <stdbool.h>

/* False: errno is set; ENOSYS or EINVAL if the system or the file system cannot do it. */
bool swap_paths(const char *a, const char *b);

#endif
