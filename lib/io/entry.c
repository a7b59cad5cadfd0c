/* entry.c - the kind of a directory entry. */
#include "entry.h"

#include <fcntl.h>
#include <sys/stat.h>

enum entry_kind entry_kind_of(int directory, const struct dirent *dirent, bool *is_link_ret)
{
	struct stat st;

	*is_link_ret = dirent->d_type == DT_LNK;
	if (dirent->d_type == DT_REG)
		return ENTRY_FILE;
	if (dirent->d_type == DT_DIR)
		return ENTRY_DIRECTORY;
	/* Some file systems leave it unknown. */
	if (dirent->d_type == DT_UNKNOWN &&
	    fstatat(directory, dirent->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		*is_link_ret = S_ISLNK(st.st_mode);
	if (fstatat(directory, dirent->d_name, &st, 0) < 0 || S_ISREG(st.st_mode))
		return ENTRY_FILE;
	return S_ISDIR(st.st_mode) ? ENTRY_DIRECTORY : ENTRY_OTHER;
}
