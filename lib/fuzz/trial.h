/*
 * trial.h - what fuzz targets put a reader, and what it accepts, through.
 *
 * Whatever must never happen aborts: that is what a fuzzer, and the replay of its corpus, notice.
 */
#ifndef FUZZ_TRIAL_H
#define FUZZ_TRIAL_H

#include "../emnist_dataset.h"

/* Room for the name of a file in memory. */
#define TRIAL_PATH_NBYTES 64

/* A file in memory that holds these bytes, to be opened by the name that path gets as long as the
 * descriptor, which stands at its end, is open. */
int trial_file(const uint8_t *bytes, size_t nbytes, char path[static TRIAL_PATH_NBYTES]);

/* Opens the dataset at path and reads it as far as every boundary lies. */
void trial_dataset(const char *path, const struct emnist_dataset_options *options);

/* Opens the data as the stream of a dataset, of which the split is read, and reads all images; not
 * those that are files of their own, which are not there. */
void trial_stream(const uint8_t *data, size_t nbytes, const char *split);

/* Runs the model once. */
void trial_run(const struct emnist_model *model);

/* Runs the model, writes it, and reads it again, unless it is so large that the time is better
 * spent in its reader. */
void trial_model(const struct emnist_model *model);

#endif
