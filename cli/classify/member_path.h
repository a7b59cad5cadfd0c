/* member_path.h - names of files in archives, as records have them: scans.zip!page/a.png. */
#ifndef CLI_CLASSIFY_MEMBER_PATH_H
#define CLI_CLASSIFY_MEMBER_PATH_H

#include <stddef.h>

/* The length of the archive's path in the name of a file in it, which is followed by '!'; 0: there
 * is no such file. Any of the names may have a '!' itself: the longest path is meant. */
size_t member_path_archive(const char *name);

#endif
