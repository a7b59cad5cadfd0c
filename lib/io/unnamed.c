/* unnamed.c - Linux has O_TMPFILE, whose files are named by way of /proc, and memory as a file. */
#include "unnamed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
int unnamed_in(const char *folder, mode_t mode)
{
	if (access("/proc/self/fd", X_OK) < 0)
		return -1;
	return open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
}

bool unnamed_link(int fd, const char *path)
{
	char own[48];

	snprintf(own, sizeof(own), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, own, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}

int unnamed_anywhere(void)
{
	return memfd_create("emnist", MFD_CLOEXEC);
}
#else
int unnamed_in(const char *folder, mode_t mode)
{
	(void)folder;
	(void)mode;
	errno = ENOSYS;
	return -1;
}

bool unnamed_link(int fd, const char *path)
{
	(void)fd;
	(void)path;
	errno = ENOSYS;
	return false;
}

int unnamed_anywhere(void)
{
	FILE *file = tmpfile();
	const int fd = file ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 0) : -1;

	if (file)
		fclose(file);
	return fd;
}
#endif
