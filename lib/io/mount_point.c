/* mount_point.c - asks Linux's statx(), which some C libraries do not declare. */
#include "mount_point.h"

#ifdef __linux__
#include <fcntl.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool is_mount_point(const char *path)
{
	struct statx st;

	return syscall(SYS_statx, AT_FDCWD, path, 0, STATX_TYPE, &st) == 0 &&
	       (st.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}
#else
bool is_mount_point(const char *path)
{
	(void)path;
	return false;
}
#endif
