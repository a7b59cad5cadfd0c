/*
 * bench_files.h - the whole way from image files to a CSV file.
 */
#ifndef CLI_BENCH_BENCH_FILES_H
#define CLI_BENCH_BENCH_FILES_H

#include "bench_work.h"

/* A folder of image files, which is there until bench_folder_remove(). */
struct bench_folder {
	char path[256];
	size_t n_files; /* that were written */
};

/* Writes n_files files in a folder of its own, in $TMPDIR or /tmp. On failure complains and returns
 * false; to be removed in any case. */
bool bench_folder_make(struct bench_folder *folder, const struct bench_data *data, size_t n_files);

/* Removes the files and the folder. */
void bench_folder_remove(struct bench_folder *folder);

/* Classifies the folder's files to a CSV file in it, again and again for about `seconds`: the
 * images a second of the median; 0 when a signal came. On failure complains and returns false. */
bool bench_files_run(const struct bench_folder *folder, const struct emnist_model *model,
		     unsigned n_threads, double seconds, double *rate_ret);

#endif
