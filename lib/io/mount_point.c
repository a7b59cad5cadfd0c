/* mount_point.c - asks Linux's statx(), which some C libraries do not declare. */
#include "mount_point.h"

#ifdef __linux__
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From <linux/stat.h>, which does not go with every C library. */
#define TYPE          0x1
#define IS_MOUNT_ROOT 0x2000

struct status {
	uint32_t mask, block_nbytes;
	uint64_t attributes;
	uint64_t others[30];
};

bool is_mount_point(const char *path)
{
	struct status status = {0};

	return syscall(SYS_statx, AT_FDCWD, path, 0, TYPE, &status) == 0 &&
	       (status.attributes & IS_MOUNT_ROOT);
}
#else
bool is_mount_point(const char *path)
{
	(void)path;
	return false;
}
#endif
