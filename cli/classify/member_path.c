/* member_path.c - names of files in archives. */
#include "member_path.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

size_t member_path_archive(const char *name)
{
	char path[PATH_MAX];
	size_t n = strlen(name);

	while (n > 0) {
		struct stat st;

		n--;
		if (name[n] != '!' || n >= sizeof(path) || !name[n + 1])
			continue;
		memcpy(path, name, n);
		path[n] = '\0';
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			return n;
	}
	return 0;
}
