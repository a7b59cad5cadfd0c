/*
 * montage.h - a contact sheet: rows of 28x28 images with captions, as an 8-bit grey PNG. Rows are
 * filled from the left, from top to bottom.
 *
 * A montage belongs to one thread at a time. It copies what is added, about 1 KiB per image; the
 * sheet itself is in memory only as PNG. Text is UTF-8; characters that font.h lacks become U+XXXX,
 * bytes that are not UTF-8 \xHH.
 */
#ifndef DRAW_MONTAGE_H
#define DRAW_MONTAGE_H

#include "../base/error.h"

struct montage;

struct montage_options {
	uint32_t n_columns; /* images side by side, up to 65536; default: makes the sheet about a
			       third wider than high */
	uint32_t scale;     /* pixels of the sheet per pixel of an image, 1 to 16; default 2. Text
			       scales with it from 4 on */
	bool dark;          /* light ink on a dark sheet, as in datasets; default: the reverse */
	const char *title;  /* one line at the top, cut to the sheet's width; NULL: none */
};

/* options may be NULL. Free with montage_free(). */
enum emnist_status montage_create(const struct montage_options *options,
				  struct montage **montage_ret, struct emnist_error *error);

/* Adds an image. pixels: EMNIST_VECTOR_LENGTH bytes, upright, row-major, 0 = background, as from
 * emnist_dataset_read(). label: up to four lines of up to 32 characters each, separated by line
 * feeds; longer text is cut; may be NULL. EMNIST_ERR_LIMIT beyond 65536 images. */
enum emnist_status montage_add(struct montage *montage, const uint8_t *pixels, const char *label,
			       struct emnist_error *error);

/* The number of pictures so far. */
size_t montage_count(const struct montage *montage);

/* The sheet so far. Free *png_ret with free(). EMNIST_ERR_ARGUMENT without images; EMNIST_ERR_LIMIT
 * beyond 32768 pixels per side or 2^26 in all. */
enum emnist_status montage_encode(const struct montage *montage, void **png_ret, size_t *nbytes_ret,
				  struct emnist_error *error);

void montage_free(struct montage *montage);

#endif
