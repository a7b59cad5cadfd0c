/*
 * montage.h - a contact sheet: 28x28 pictures in rows, from the left and from the top, with text
 * underneath them, as an 8-bit grey PNG.
 *
 * A montage belongs to one thread at a time. It keeps a copy of what is added, about 1 KiB a
 * picture; the sheet itself is in memory only as PNG. Text is UTF-8; characters that font.h lacks
 * are shown as U+XXXX, bytes that are not UTF-8 as \xHH.
 */
#ifndef DRAW_MONTAGE_H
#define DRAW_MONTAGE_H

#include "../base/error.h"

struct montage;

struct montage_options {
	uint32_t n_columns; /* pictures side by side, up to 65536; default: such that the sheet is
			     * about a third wider than high */
	uint32_t scale;     /* pixels of the sheet a pixel of a picture, 1 to 16; default 2. Text
			     * grows with it from 4 on */
	bool dark; /* light ink on a dark sheet, as datasets have it; default: the reverse */
	const char *title; /* one line above all pictures, cut to the sheet's width; NULL: none */
};

/* options may be NULL. Free with montage_free(). */
enum emnist_status montage_create(const struct montage_options *options,
				  struct montage **montage_ret, struct emnist_error *error);

/* Adds a picture. pixels: EMNIST_VECTOR_LENGTH bytes, upright, row-major, 0 = background, as
 * emnist_dataset_read() gives them. label: up to four lines, between line feeds, of up to 32
 * characters each; what is longer is cut; may be NULL. At most 65536 pictures: EMNIST_ERR_LIMIT. */
enum emnist_status montage_add(struct montage *montage, const uint8_t *pixels, const char *label,
			       struct emnist_error *error);

/* The number of pictures so far. */
size_t montage_count(const struct montage *montage);

/* The sheet as it is now. *png_ret is freed with free(). No pictures: EMNIST_ERR_ARGUMENT; more
 * than 32768 pixels a side or 2^26 in all: EMNIST_ERR_LIMIT. */
enum emnist_status montage_encode(const struct montage *montage, void **png_ret, size_t *nbytes_ret,
				  struct emnist_error *error);

void montage_free(struct montage *montage);

#endif
