/*
 * path.h - names of files and the folders that they are in.
 */
#ifndef IO_PATH_H
#define IO_PATH_H

/* The folder of path, "." where it has none; NULL when memory is short. Free with free(). */
char *path_folder(const char *path);

/* After a rename to path: flushes the new name to disk, as far as that can be had, so that what is
 * done next, such as removing what the file was made from, does not reach the disk before it. */
void path_settle(const char *path);

/* "path/name"; path may end in slashes. Free with free(); NULL when memory is short. */
char *path_join(const char *path, const char *name);

#endif
