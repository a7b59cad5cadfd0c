/* load_encode.c - all images as PNG files in memory, encoded on several threads. */
#include "../../lib/base/ordered.h"
#include "../common/interrupt.h"
#include "../common/processors.h"
#include "../common/progress.h"
#include "load_images.h"

#include <stdlib.h>

/* Images that a thread encodes at once. */
#define N_AT_ONCE 128

struct encoding {
	struct load_images *images;
	size_t n; /* images to encode in all */
	size_t n_produced;
	struct progress progress;
	struct emnist_error error; /* of the first image that failed */
};

struct slot {
	size_t first, n;
	struct text pngs;
	size_t ends[N_AT_ONCE]; /* in pngs */
	struct emnist_error error;
};

static void *make_slot(void *context)
{
	(void)context;
	return calloc(1, sizeof(struct slot));
}

static void free_slot(void *context, void *content)
{
	struct slot *slot = content;

	(void)context;
	text_release(&slot->pngs);
	free(slot);
}

/* All that a worker needs is in its slot. */
static void *make_worker(void *context)
{
	return context;
}

static void free_worker(void *context, void *worker)
{
	(void)context;
	(void)worker;
}

static bool produce(void *context, void *content)
{
	struct encoding *encoding = context;
	struct slot *slot = content;
	const size_t left = encoding->n - encoding->n_produced;

	slot->first = encoding->n_produced;
	slot->n = left < N_AT_ONCE ? left : N_AT_ONCE;
	encoding->n_produced += slot->n;
	return slot->n > 0 && !interrupt_came();
}

static void work(void *context, void *worker, void *content)
{
	const struct encoding *encoding = context;
	struct slot *slot = content;

	(void)worker;
	text_reset(&slot->pngs);
	slot->error = (struct emnist_error){0};
	for (size_t i = 0; i < slot->n; i++) {
		const uint8_t *pixels =
			encoding->images->pixels + (slot->first + i) * EMNIST_VECTOR_LENGTH;
		float vector[EMNIST_VECTOR_LENGTH];
		size_t nbytes;
		void *png;

		for (size_t k = 0; k < EMNIST_VECTOR_LENGTH; k++)
			vector[k] = (float)pixels[k] / 255.0F;
		if (emnist_vector_to_png(vector, &png, &nbytes, &slot->error))
			return;
		text_add(&slot->pngs, png, nbytes);
		free(png);
		slot->ends[i] = slot->pngs.nbytes;
	}
}

static bool consume(void *context, void *content)
{
	struct encoding *encoding = context;
	struct load_images *images = encoding->images;
	const struct slot *slot = content;
	const size_t before = images->pngs.nbytes;

	encoding->error = slot->error;
	if (slot->error.code)
		return false;
	text_add(&images->pngs, slot->pngs.bytes, slot->pngs.nbytes);
	images->pngs.failed |= slot->pngs.failed;
	for (size_t i = 0; i < slot->n; i++)
		images->png_offsets[slot->first + i + 1] = before + slot->ends[i];
	images->n_encoded += slot->n;
	progress_update(&encoding->progress, images->n_encoded, encoding->n);
	return !images->pngs.failed && !interrupt_came();
}

bool load_images_encode(struct load_images *images, size_t n, uint64_t n_threads, bool quiet)
{
	struct encoding encoding = {.images = images, .n = n, .n_produced = images->n_encoded};
	const struct ordered_options options = {
		.n_workers = thread_count(n_threads),
		.context = &encoding,
		.slot_make = make_slot,
		.slot_free = free_slot,
		.worker_make = make_worker,
		.worker_free = free_worker,
		.produce = produce,
		.work = work,
		.consume = consume,
	};
	struct emnist_error error;
	enum emnist_status status = EMNIST_OK;

	if (n <= images->n_encoded)
		return true;
	if (!images->png_offsets)
		images->png_offsets = calloc(images->n + 1, sizeof(*images->png_offsets));
	if (!images->png_offsets) {
		complain("out of memory");
		return false;
	}
	progress_start(&encoding.progress, "images encoded", quiet);
	status = ordered_run(&options, &error);
	progress_clear(&encoding.progress);
	if (encoding.error.code || (status && status != EMNIST_ERR_STOPPED))
		complain("%s", encoding.error.code ? encoding.error.message : error.message);
	else if (images->pngs.failed)
		complain("out of memory");
	return images->n_encoded == n && !images->pngs.failed;
}
