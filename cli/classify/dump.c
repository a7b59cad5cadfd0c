/* dump.c - --dump-preprocessed: PNG files of what the network saw. */
#include "dump.h"
#include "../common/outputs.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* How much of a path is kept in a name; with number and suffix it fits in the 255 bytes that file
 * systems allow. */
#define MAX_KEPT 200

bool dump_prepare(const char *directory)
{
	struct stat st;
	int failure;

	if (mkdir(directory, 0777) == 0)
		return true;
	failure = errno;
	if (stat(directory, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	complain("'%s': %s", directory, strerror(failure == EEXIST ? ENOTDIR : failure));
	return false;
}

bool dump_would_replace(const char *directory, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const size_t n_digits = strspn(name, "0123456789");
	char folder[PATH_MAX];
	struct stat there, here;

	if (n_digits < 6 || name[n_digits] != '-' || strlen(path) >= sizeof(folder))
		return false;
	memcpy(folder, path, (size_t)(name - path));
	strcpy(folder + (name - path), ".");
	return stat(folder, &here) == 0 && stat(directory, &there) == 0 &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* kept: MAX_KEPT + 1 bytes. */
static void keep_name(const char *path, char *kept)
{
	const char *slash = strrchr(path, '/');
	const char *suffix = strrchr(slash ? slash : path, '.');
	size_t n = suffix && suffix > path ? (size_t)(suffix - path) : strlen(path);
	const char *from = n > MAX_KEPT ? path + n - MAX_KEPT : path;

	n -= (size_t)(from - path);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)from[i];

		kept[i] = c < 0x20 || c == 0x7f || c == '/' ? '_' : (char)c;
	}
	kept[n] = '\0';
}

bool dump_write(const char *directory, uint64_t number, const char *path, const void *png,
		size_t png_nbytes)
{
	char kept[MAX_KEPT + 1], name[PATH_MAX];
	struct sink sink;
	int n;

	keep_name(path, kept);
	n = snprintf(name, sizeof(name), "%s/%06" PRIu64 "-%s.png", directory, number, kept);
	if (n < 0 || (size_t)n >= sizeof(name)) {
		complain("'%s': %s", directory, strerror(ENAMETOOLONG));
		return false;
	}
	if (!sink_open_now(&sink, name))
		return false;
	sink_write(&sink, png, png_nbytes);
	return sink_close(&sink, STATUS_OK) == STATUS_OK;
}
