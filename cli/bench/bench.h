/* bench.h - the measurements of `emnist bench`. */
#ifndef CLI_BENCH_BENCH_H
#define CLI_BENCH_BENCH_H

#include "../output/text.h"

#include <emnist.h>

/* ------------------------------------------------------------------- stopwatch */

/* The error if nothing can be measured. */
#define STOPWATCH_STANDS_STILL "the clock stands still (CLOCK_MONOTONIC)"

struct work {
	const void *context; /* handed to each function */
	/* Makes a worker's state, on the caller's thread. NULL and *error on failure. */
	void *(*make)(const void *context, struct emnist_error *error);
	void (*free)(void *worker);
	/* Processes some images; returns how many, or 0 and *error. */
	size_t (*run)(const void *context, void *worker, struct emnist_error *error);
};

/* Measures for about `seconds`: images per second, all threads together, as the median of several
 * rounds. A signal stops it early, with a rate of 0. */
enum emnist_status stopwatch_run(const struct work *work, unsigned n_threads, double seconds,
				 double *rate_ret, struct emnist_error *error);

/* The median of n values, n > 0; sorts them. */
double median_of(double *values, size_t n);

/* ------------------------------------------------------------------------ data */

/* Vectors; every batch size divides it. They fill a processor's caches, but no more. */
#define BENCH_N_VECTORS 4096
#define BENCH_MAX_BATCH 1024

/* Different image files. */
#define BENCH_N_FILES 256

struct bench_data {
	const struct emnist_model *model;
	float *vectors; /* (BENCH_N_VECTORS, EMNIST_VECTOR_LENGTH) */
	struct bench_file {
		void *bytes;
		size_t nbytes;
	} files[BENCH_N_FILES]; /* the first vectors as PNG */
	struct text small;      /* PGM of 28x28 pixels, dark on light */
	struct text large;      /* PGM of BENCH_SIDE x BENCH_SIDE pixels, a photograph */
};

/* Of the photographs. */
#define BENCH_SIDE 500

/* Makes the data from drawn characters, or from the first images of the dataset at path unless
 * NULL. Prints an error and returns false on failure; release it in any case. */
bool bench_data_make(struct bench_data *data, const struct emnist_model *model, const char *path);

void bench_data_release(struct bench_data *data);

enum bench_kind {
	BENCH_NETWORK,
	BENCH_DECODE_PNG,  /* 28x28, grey */
	BENCH_DECODE_JPEG, /* BENCH_SIDE x BENCH_SIDE, in color, then scaled to 28x28 */
	BENCH_PREPROCESS_SMALL,
	BENCH_PREPROCESS_LARGE,
};

struct bench_job {
	enum bench_kind kind;
	size_t n_rows;             /* a batch, with BENCH_NETWORK */
	enum emnist_engine engine; /* likewise */
	const struct bench_data *data;
};

/* The work for a job, which must outlive it. */
struct work bench_work(const struct bench_job *job);

/* ----------------------------------------------------------------------- files */

/* A folder of image files; bench_folder_remove() deletes it. */
struct bench_folder {
	char path[256];
	size_t n_files; /* that were written */
};

/* Writes n_files files to a folder of its own, in $TMPDIR or /tmp. Prints an error and returns
 * false on failure; remove it in any case. */
bool bench_folder_make(struct bench_folder *folder, const struct bench_data *data, size_t n_files);

/* Removes the files and the folder. */
void bench_folder_remove(struct bench_folder *folder);

/* Classifies the folder's files to a CSV file in it, repeatedly for about `seconds`: the median of
 * images per second; 0 after a signal. Prints an error and returns false on failure. */
bool bench_files_run(const struct bench_folder *folder, const struct emnist_model *model,
		     enum emnist_engine engine, unsigned n_threads, double seconds,
		     double *rate_ret);

#endif
