/* load_images.c - the images that are sent: a dataset's, or drawn characters. */
#include "load_images.h"

#include "../../lib/base/memory.h"
#include "../common/interrupt.h"
#include "../common/messages.h"
#include "../common/strokes.h"

#include <stdlib.h>
#include <string.h>

/* Different drawings. */
#define N_DRAWN 256

/* ------------------------------------------------------------------------ reading */

static bool reserve(struct load_images *images, size_t n)
{
	uint8_t *pixels = resize_array(images->pixels, n, EMNIST_VECTOR_LENGTH);
	uint16_t *classes = realloc(images->classes, n * sizeof(*classes));

	if (pixels)
		images->pixels = pixels;
	if (classes)
		images->classes = classes;
	if (!pixels || !classes)
		complain("out of memory");
	return pixels && classes;
}

static bool read_all(struct load_images *images, struct choice_batch *batch, const char *path)
{
	size_t capacity = 0;

	do {
		if (!choice_read(images->choice, batch))
			return false;
		if (batch->n > LOAD_MAX_IMAGES - images->n) {
			complain("'%s': more than %d images; choose some with --sample or --range",
				 path, LOAD_MAX_IMAGES);
			return false;
		}
		if (images->n + batch->n > capacity) {
			capacity = 2 * capacity + CHOICE_BATCH;
			if (!reserve(images, capacity))
				return false;
		}
		memcpy(images->pixels + images->n * EMNIST_VECTOR_LENGTH, batch->pixels,
		       batch->n * EMNIST_VECTOR_LENGTH);
		memcpy(images->classes + images->n, batch->classes,
		       batch->n * sizeof(*batch->classes));
		images->n += batch->n;
	} while (batch->n > 0);
	if (!images->n && !interrupt_came())
		complain("'%s': has no such images", path);
	return images->n > 0;
}

bool load_images_read(struct load_images *images, struct dataset_settings *dataset,
		      const struct choice_settings *choice, const char *path)
{
	struct choice_batch *batch = NULL;
	bool good = false;

	*images = (struct load_images){0};
	images->dataset = dataset_open(dataset, path, EMNIST_PREPROCESS_AUTO);
	if (!images->dataset)
		return false;
	if (dataset->verbose)
		dataset_tell(images->dataset, path);
	images->choice = choice_open(choice, images->dataset, path);
	if (images->choice)
		batch = choice_batch_new();
	if (batch)
		good = read_all(images, batch, path);
	free(batch);
	if (good)
		images->labels = choice_labels(images->choice);
	return good;
}

/* ------------------------------------------------------------------------ drawing */

bool load_images_draw(struct load_images *images, size_t n_least)
{
	float ink[EMNIST_VECTOR_LENGTH];

	*images = (struct load_images){.n = N_DRAWN * ((n_least + N_DRAWN - 1) / N_DRAWN)};
	images->pixels = alloc_array(images->n, EMNIST_VECTOR_LENGTH);
	if (!images->pixels) {
		complain("out of memory");
		return false;
	}
	for (uint32_t i = 0; i < images->n; i++) {
		uint8_t *pixels = images->pixels + (size_t)i * EMNIST_VECTOR_LENGTH;

		if (i >= N_DRAWN) {
			memcpy(pixels, pixels - (size_t)N_DRAWN * EMNIST_VECTOR_LENGTH,
			       EMNIST_VECTOR_LENGTH);
			continue;
		}
		strokes_draw(i, EMNIST_SIDE, ink);
		for (size_t k = 0; k < EMNIST_VECTOR_LENGTH; k++)
			pixels[k] = (uint8_t)(ink[k] * 255 + 0.5F);
	}
	return true;
}

void load_images_release(struct load_images *images)
{
	choice_free(images->choice);
	emnist_dataset_free(images->dataset);
	free(images->pixels);
	free(images->classes);
	text_release(&images->pngs);
	free(images->png_offsets);
}
