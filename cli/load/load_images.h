/* load_images.h - the images that are sent, all in memory. */
#ifndef CLI_LOAD_LOAD_IMAGES_H
#define CLI_LOAD_LOAD_IMAGES_H

#include "../common/choice.h"
#include "../output/text.h"

struct load_images {
	size_t n;
	uint8_t *pixels;       /* (n, EMNIST_VECTOR_LENGTH) */
	uint16_t *classes;     /* (n) positions in labels; NULL: not known */
	struct choice *choice; /* owns the labels */
	struct emnist_dataset *dataset;
	const struct emnist_labels *labels;
	size_t n_encoded;    /* of them, the first */
	struct text pngs;    /* these as PNG files, one after the other */
	size_t *png_offsets; /* (n + 1) in pngs; NULL: none was encoded */
};

/* More would take more than a GiB. */
#define LOAD_MAX_IMAGES (1 << 20)

/* Reads the chosen images of the dataset at path. Prints an error and returns false on failure;
 * release them in any case. */
bool load_images_read(struct load_images *images, struct dataset_settings *dataset,
		      const struct choice_settings *choice, const char *path);

/* Draws at least n_least images. Likewise. */
bool load_images_draw(struct load_images *images, size_t n_least);

/* Encodes the first n <= images->n as PNG, as far as they are not; n_threads 0: one per processor.
 * Prints an error and returns false on failure; false without one after a signal. */
bool load_images_encode(struct load_images *images, size_t n, uint64_t n_threads, bool quiet);

void load_images_release(struct load_images *images);

#endif
