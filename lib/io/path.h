/* path.h - file names and their folders. */
#ifndef IO_PATH_H
#define IO_PATH_H

/* The folder of path, "." if it has none; NULL when memory is short. Free with free(). */
char *path_folder(const char *path);

/* After a rename to path: flushes the new name to disk, if possible. So a later step, such as
 * removing the source, cannot reach the disk first. */
void path_settle(const char *path);

/* "path/name"; path may end in slashes. Free with free(); NULL when memory is short. */
char *path_join(const char *path, const char *name);

#endif
