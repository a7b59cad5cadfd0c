/* unnamed.h - files without a name. */
#ifndef IO_UNNAMED_H
#define IO_UNNAMED_H

#include <stdbool.h>
#include <sys/types.h>

/* A file in the folder, which unnamed_link() can name; -1 if that is not possible there. */
int unnamed_in(const char *folder, mode_t mode);

/* Gives it a name. False: errno is set; EEXIST if the name is taken. */
bool unnamed_link(int fd, const char *path);

/* A file that is nowhere; -1: errno is set. */
int unnamed_anywhere(void);

#endif
