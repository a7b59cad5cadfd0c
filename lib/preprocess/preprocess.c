/*
 * preprocess.c - the three ways from an image to a vector.
 *
 * "auto" must not change a bit of EMNIST's own images, and must normalize a scan that only happens
 * to be 28x28. The border decides, see looks_like_emnist().
 */
#include "preprocess.h"
#include "../base/simd.h"
#include "range.h"

#include <math.h>

#define BORDER_N_PIXELS (4 * (EMNIST_SIDE - 1))

/* The most nonzero border pixels, of 108, in an image taken for EMNIST's. All but 73 of the 175,476
 * training images have none, and none has more than 13. A scan on paper of any brightness has more
 * than 54, unless its character fills the border. */
#define BORDER_MAX_INK 27

/* Ink that contrasts by less, of 255, in grey may be what JPEG and noise make of colors that are
 * equally bright, or white on yellow, 45 in good light; a pencil that is as faint is rare. A color
 * must show that many times more than the grey does, or than MIN_GREY, and more than two standard
 * deviations of the grey: half light and half dark, as a sheet on a table is, the grey itself
 * differs by as much. */
#define FAINT    40.0f
#define MIN_GAIN 4.0f
#define MIN_GREY 10.0f

/* EMNIST's images reach 255, except for 550 of 8,852 derived from other EMNIST images, which end
 * between 217 and 254. Darker ones are stretched and then used as they are. Training images divided
 * by 2 to 64 are then recognized as often as before, slightly more often than if normalized. */
#define LEAST_MOST 200

/* Whether there is light ink on a black border. */
static bool looks_like_emnist(const uint8_t *grey)
{
	const size_t last = EMNIST_SIDE - 1;
	unsigned n_ink = 0;

	for (size_t i = 0; i < last; i++) {
		n_ink += grey[i] != 0;                             /* top, from the left */
		n_ink += grey[i * EMNIST_SIDE + last] != 0;        /* right, from the top */
		n_ink += grey[last * EMNIST_SIDE + last - i] != 0; /* bottom, from the right */
		n_ink += grey[(last - i) * EMNIST_SIDE] != 0;      /* left, from the bottom */
	}
	return n_ink <= BORDER_MAX_INK;
}

/* The values of an image of 28x28 that has no color and no transparency, or NULL: those of the
 * image itself, or a copy. */
static const uint8_t *plain_grey(const struct image *image, uint8_t copy[EMNIST_VECTOR_LENGTH])
{
	const unsigned channels = image->channels;
	const bool has_alpha = channels == 2 || channels == 4;

	if (image->width != EMNIST_SIDE || image->height != EMNIST_SIDE)
		return NULL;
	if (channels == 1)
		return image->pixels.data;
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++) {
		const uint8_t *pixel = image->pixels.data + i * channels;

		if ((channels >= 3 && (pixel[0] != pixel[1] || pixel[1] != pixel[2])) ||
		    (has_alpha && pixel[channels - 1] != 255))
			return NULL;
		copy[i] = pixel[0];
	}
	return copy;
}

/* Returns a stretched image in copy. */
static const uint8_t *stretch_dark(const uint8_t *grey, uint8_t copy[EMNIST_VECTOR_LENGTH])
{
	const uint32_t most = image_most_of(grey, EMNIST_VECTOR_LENGTH);

	if (most >= LEAST_MOST || most == 0)
		return grey;
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		copy[i] = (uint8_t)((grey[i] * 255 + most / 2) / most);
	return copy;
}

SIMD_CLONES
static void to_shares(const uint8_t *grey, float *vector)
{
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		vector[i] = (float)grey[i] / 255;
}

/* Allocates the grey image, if needed, and the sums of one of its rows. */
static enum emnist_status make_room(struct preprocessor *preprocessor, const struct image *image,
				    bool grey, struct emnist_error *error)
{
	const size_t n = (size_t)image->width * image->height;
	const size_t n_sums = (size_t)image->width * (grey ? 1 : image->channels) + RESAMPLE_LANES;

	if ((grey && !buffer_reserve(&preprocessor->grey, n)) ||
	    !buffer_reserve(&preprocessor->sums, n_sums * sizeof(float)))
		return error_memory(error);
	return EMNIST_OK;
}

static enum emnist_status preprocess_raw(struct preprocessor *preprocessor,
					 const struct image *image, float *vector,
					 struct emnist_error *error)
{
	const enum emnist_status status = make_room(preprocessor, image, true, error);

	if (status)
		return status;
	grey_from_image(image, preprocessor->grey.data);
	resample_scale(&(struct plane){preprocessor->grey.data, image->width, image->height, 1, 0},
		       vector, EMNIST_SIDE, EMNIST_SIDE, (float *)(void *)preprocessor->sums.data);
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		vector[i] = vector[i] < 255 ? vector[i] / 255 : 1;
	return EMNIST_OK;
}

/* If ink and paper differ in color, but hardly in brightness: replaces the grey by the channel with
 * the best contrast, if it is much better. contrast: of the ink in grey; vector: the result of
 * that. */
static enum emnist_status normalize_colors(struct preprocessor *preprocessor,
					   const struct image *image, float grain, float contrast,
					   float *vector, struct emnist_error *error)
{
	const enum emnist_status status = make_room(preprocessor, image, true, error);
	float most = fmaxf(MIN_GAIN * fmaxf(contrast, MIN_GREY), 2 * grey_deviation(image));

	for (unsigned color = 0; !status && color < 3; color++) {
		const struct plane plane = {preprocessor->grey.data, image->width, image->height, 1,
					    grain};
		float shown[EMNIST_VECTOR_LENGTH];

		grey_from_color(image, color, preprocessor->grey.data);
		contrast = normalize_plane(preprocessor->normalizer, &plane,
					   (float *)(void *)preprocessor->sums.data, shown);
		if (contrast > most) {
			most = contrast;
			preprocessor->n_characters = preprocessor->normalizer->n_characters;
			memcpy(vector, shown, sizeof(shown));
		}
	}
	return status;
}

static enum emnist_status preprocess_normalize(struct preprocessor *preprocessor,
					       const struct image *image, float grain,
					       float *vector, struct emnist_error *error)
{
	const bool transparent = image->channels == 2 || image->channels == 4;
	const enum emnist_status status = make_room(preprocessor, image, transparent, error);
	struct plane plane = {image->pixels.data, image->width, image->height, image->channels,
			      grain};
	float contrast;

	if (status)
		return status;
	if (!preprocessor->normalizer) {
		preprocessor->normalizer = alloc_array(1, sizeof(*preprocessor->normalizer));
		if (!preprocessor->normalizer)
			return error_memory(error);
	}
	if (transparent) {
		plane.values = preprocessor->grey.data;
		plane.channels = 1;
		if (!grey_from_alpha(image, preprocessor->grey.data))
			grey_from_image(image, preprocessor->grey.data);
	}
	contrast = normalize_plane(preprocessor->normalizer, &plane,
				   (float *)(void *)preprocessor->sums.data, vector);
	preprocessor->n_characters = preprocessor->normalizer->n_characters;
	preprocessor->wants_colors = contrast < FAINT || grain > 0;
	return image->channels >= 3 && contrast < FAINT
		       ? normalize_colors(preprocessor, image, grain, contrast, vector, error)
		       : EMNIST_OK;
}

/* Replaces a deep *image, or one with a short range, by bytes of its range. *grain_ret: one level
 * of its samples in units of 1/255 if it was stretched; else 0. */
static enum emnist_status take_bytes(struct preprocessor *preprocessor, const struct image **image,
				     enum emnist_preprocess mode, float *grain_ret,
				     struct emnist_error *error)
{
	struct image *const bytes = &preprocessor->bytes;
	const uint32_t full = range_full(*image);
	const uint32_t most = mode == EMNIST_PREPROCESS_RAW ? full : range_most(*image);
	enum emnist_status status;

	*grain_ret = most < full ? 255.0f / (float)most : 0;
	if (!(*image)->deep && most == full)
		return EMNIST_OK;
	status = range_to_bytes(*image, &(struct range){0, most}, bytes, error);
	*image = bytes;
	return status;
}

/* Uses an image like EMNIST's as it is. A stretched one may be an empty page. */
static enum emnist_status take_as_is(struct preprocessor *preprocessor, const struct image *image,
				     const uint8_t *grey, float grain, float *vector,
				     struct emnist_error *error)
{
	uint8_t copy[EMNIST_VECTOR_LENGTH];

	if (grain > 0) {
		const enum emnist_status status =
			preprocess_normalize(preprocessor, image, grain, vector, error);

		if (status || emnist_vector_is_blank(vector))
			return status;
	}
	to_shares(stretch_dark(grey, copy), vector);
	return EMNIST_OK;
}

/* Of an image of bytes. */
static enum emnist_status preprocess_bytes(struct preprocessor *preprocessor,
					   const struct image *image, enum emnist_preprocess mode,
					   float grain, float *vector, struct emnist_error *error)
{
	uint8_t copy[EMNIST_VECTOR_LENGTH];
	const uint8_t *grey = mode == EMNIST_PREPROCESS_AUTO ? plain_grey(image, copy) : NULL;

	if (!grey || !looks_like_emnist(grey))
		return preprocess_normalize(preprocessor, image, grain, vector, error);
	return take_as_is(preprocessor, image, grey, grain, vector, error);
}

/* Tries again with an image in which no ink was found, if it may show faint ink. */
static enum emnist_status look_for_faint(struct preprocessor *preprocessor,
					 const struct image *image, enum emnist_preprocess mode,
					 float *vector, struct emnist_error *error)
{
	struct image *const bytes = &preprocessor->bytes;
	enum emnist_status status;
	struct range range;

	if (!range_is_faint(image, &range))
		return EMNIST_OK;
	status = range_to_bytes(image, &range, bytes, error);
	return status ? status
		      : preprocess_bytes(preprocessor, bytes, mode,
					 255.0f / (float)(range.most - range.least), vector, error);
}

enum emnist_status preprocess_image(struct preprocessor *preprocessor, const struct image *image,
				    enum emnist_preprocess mode, float *vector,
				    struct emnist_error *error)
{
	const struct image *bytes = image;
	float grain;
	enum emnist_status status = take_bytes(preprocessor, &bytes, mode, &grain, error);

	preprocessor->wants_colors = false;
	preprocessor->n_characters = 1;
	if (status)
		return status;
	if (mode == EMNIST_PREPROCESS_RAW)
		return preprocess_raw(preprocessor, bytes, vector, error);
	status = preprocess_bytes(preprocessor, bytes, mode, grain, vector, error);
	return !status && emnist_vector_is_blank(vector)
		       ? look_for_faint(preprocessor, image, mode, vector, error)
		       : status;
}

bool emnist_vector_is_blank(const float *vector)
{
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		if (vector[i] != 0)
			return false;
	return true;
}

void preprocessor_clear(struct preprocessor *preprocessor)
{
	image_clear(&preprocessor->bytes);
	buffer_clear(&preprocessor->grey);
	buffer_clear(&preprocessor->sums);
	free(preprocessor->normalizer);
	preprocessor->normalizer = NULL;
}
