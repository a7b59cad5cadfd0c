/* file_time.h - when a file was changed, which macOS calls by another name. */
#ifndef BASE_FILE_TIME_H
#define BASE_FILE_TIME_H

#include <sys/stat.h>

static inline struct timespec file_time(const struct stat *st)
{
#ifdef __APPLE__
	return st->st_mtimespec;
#else
	return st->st_mtim;
#endif
}

#endif
