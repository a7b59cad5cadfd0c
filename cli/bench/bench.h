/*
 * bench.h - what `emnist bench` measures, and how.
 */
#ifndef CLI_BENCH_BENCH_H
#define CLI_BENCH_BENCH_H

#include "../output/text.h"

#include <emnist.h>

/* ------------------------------------------------------------------- stopwatch */

/* The error where nothing can be measured. */
#define STOPWATCH_STANDS_STILL "the clock stands still (CLOCK_MONOTONIC)"

struct work {
	const void *context; /* handed to each function */
	/* What a thread works with; called in the caller's thread. NULL and *error on failure. */
	void *(*make)(const void *context, struct emnist_error *error);
	void (*free)(void *worker);
	/* Works on some images; returns how many, or 0 and *error. */
	size_t (*run)(const void *context, void *worker, struct emnist_error *error);
};

/* Measures for about `seconds`: the images a second of the median of several rounds, all threads
 * together. Stops early, with 0 for a rate, when a signal came. */
enum emnist_status stopwatch_run(const struct work *work, unsigned n_threads, double seconds,
				 double *rate_ret, struct emnist_error *error);

/* The median of n values, n > 0, which are put in order. */
double median_of(double *values, size_t n);

/* ------------------------------------------------------------------------ data */

/* Vectors, a multiple of all batches: as large as the caches of a processor, and no larger. */
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

/* Makes the data: of drawn characters, or, where path is not NULL, of the dataset's first images.
 * On failure complains and returns false; to be released in any case. */
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

/* The work that does it; job must outlive it. */
struct work bench_work(const struct bench_job *job);

/* ----------------------------------------------------------------------- files */

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
		     enum emnist_engine engine, unsigned n_threads, double seconds,
		     double *rate_ret);

#endif
