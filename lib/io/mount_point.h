/* mount_point.h - files that something is mounted on. */
#ifndef IO_MOUNT_POINT_H
#define IO_MOUNT_POINT_H

#include <stdbool.h>

/* Whether a file is mounted at path, as containers do; false where the system does not say. */
bool is_mount_point(const char *path);

#endif
