/* file_stamp.h - numbers that change when files do. */
#ifndef CLI_SERVE_FILE_STAMP_H
#define CLI_SERVE_FILE_STAMP_H

#include <emnist.h>

/* Of the file at path, or of all files below the directory; also of none. Symlinks are followed. */
uint64_t stamp_files(const char *path);

/* Of the files that the model at path was read from. */
uint64_t stamp_model(const char *path, const struct emnist_model *model);

#endif
