/* readers.c - readers of images that wait for the next request. */
#include "readers.h"

#include <pthread.h>
#include <stdlib.h>

/* Of an image that may be read on the thread of a connection. */
#define QUICK_PIXELS 65536

#define N_PREPROCESS (EMNIST_PREPROCESS_NORMALIZE + 1)
/* Kept of a kind; a reader holds the memory of its largest image. */
#define MAX_KEPT 64

struct readers {
	pthread_mutex_t mutex;
	uint64_t n_pixels;
	struct shelf {
		struct emnist_reader *kept[MAX_KEPT];
		size_t n;
	} shelves[N_PREPROCESS][2];
};

struct readers *readers_new(uint64_t n_pixels)
{
	struct readers *readers = calloc(1, sizeof(*readers));

	if (!readers)
		return NULL;
	readers->n_pixels = n_pixels;
	pthread_mutex_init(&readers->mutex, NULL);
	return readers;
}

void readers_free(struct readers *readers)
{
	if (!readers)
		return;
	for (size_t p = 0; p < N_PREPROCESS; p++)
		for (size_t quick = 0; quick < 2; quick++)
			while (readers->shelves[p][quick].n > 0)
				emnist_reader_free(readers->shelves[p][quick]
							   .kept[--readers->shelves[p][quick].n]);
	pthread_mutex_destroy(&readers->mutex);
	free(readers);
}

struct emnist_reader *readers_take(struct readers *readers, enum emnist_preprocess preprocess,
				   bool is_quick)
{
	struct shelf *shelf = &readers->shelves[preprocess][is_quick];
	const struct emnist_reader_options options = {
		.preprocess = preprocess,
		.limits = {.n_pixels = is_quick && readers->n_pixels > QUICK_PIXELS
					       ? QUICK_PIXELS
					       : readers->n_pixels},
	};
	struct emnist_reader *reader = NULL;

	pthread_mutex_lock(&readers->mutex);
	if (shelf->n > 0)
		reader = shelf->kept[--shelf->n];
	pthread_mutex_unlock(&readers->mutex);
	if (!reader)
		emnist_reader_create(&options, &reader, NULL);
	return reader;
}

void readers_give(struct readers *readers, enum emnist_preprocess preprocess, bool is_quick,
		  struct emnist_reader *reader)
{
	struct shelf *shelf = &readers->shelves[preprocess][is_quick];

	pthread_mutex_lock(&readers->mutex);
	if (reader && shelf->n < MAX_KEPT) {
		shelf->kept[shelf->n++] = reader;
		reader = NULL;
	}
	pthread_mutex_unlock(&readers->mutex);
	emnist_reader_free(reader);
}
