/*
 * bench_work.h - what is measured: the network, decoding, preprocessing, each by itself.
 */
#ifndef CLI_BENCH_BENCH_WORK_H
#define CLI_BENCH_BENCH_WORK_H

#include "../output/text.h"
#include "stopwatch.h"

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
	BENCH_DECODE_JPEG, /* BENCH_SIDE x BENCH_SIDE, in colour, then scaled to 28x28 */
	BENCH_PREPROCESS_SMALL,
	BENCH_PREPROCESS_LARGE,
};

struct bench_job {
	enum bench_kind kind;
	size_t n_rows; /* a batch, with BENCH_NETWORK */
	const struct bench_data *data;
};

/* The work that does it; job must outlive it. */
struct work bench_work(const struct bench_job *job);

#endif
