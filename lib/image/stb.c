/*
 * stb.c - GIF, TGA and most of BMP, through stb_image.
 *
 * stb_image asks for memory by what a file says of itself. Here it gets a budget, from the size
 * that was checked, and its memory is zeroed: pixels that a damaged file leaves out are then the
 * same each time. The header readers (bmp.c, gif.c, tga.c) have refused what it would take
 * on trust.
 */
#include "image.h"

#include <limits.h>

/* The decoders' own state: 70 KiB for GIF. */
#define FIXED_NBYTES ((size_t)1 << 20)

/* GIF takes 9: the image, the one before it, and what has changed. */
#define NBYTES_PER_PIXEL 10

static _Thread_local size_t budget;
static _Thread_local bool memory_short; /* calloc() failed: stb_image may call that a bad file */

/* Where gcc inlines it, it takes what stb_image writes for more than there is. */
__attribute__((noinline)) static void *budget_alloc(size_t nbytes)
{
	void *memory;

	if (nbytes > budget)
		return NULL;
	budget -= nbytes;
	memory = calloc(1, nbytes ? nbytes : 1);
	memory_short |= !memory;
	return memory;
}

static void *budget_realloc(void *old, size_t old_nbytes, size_t nbytes)
{
	void *memory = budget_alloc(nbytes);

	if (memory && old) {
		memcpy(memory, old, old_nbytes < nbytes ? old_nbytes : nbytes);
		free(old);
	}
	return memory;
}

#define STBI_MALLOC(nbytes)                         budget_alloc(nbytes)
#define STBI_REALLOC_SIZED(old, old_nbytes, nbytes) budget_realloc(old, old_nbytes, nbytes)
#define STBI_FREE(memory)                           free(memory)
#define STBI_ASSERT(condition)                      ((void)0)
#define STBI_ONLY_BMP
#define STBI_ONLY_GIF
#define STBI_ONLY_TGA
#define STBI_NO_LINEAR
#define STBI_NO_STDIO
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
/* To the end of the file, which is where gcc notices that most of it is not used. */
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <stb_image.h>
#pragma GCC diagnostic pop

/* stb_image's words for the faults that files are found with, and better ones. */
static const struct reason {
	const char *terse;
	const char *clear;
} reasons[] = {
	{"no clear code", "bad LZW code"},
	{"too many codes", "bad LZW code"},
	{"illegal code in raster", "bad LZW code"},
	{"missing color table", "no color table"},
	{"bad Image Descriptor", "the frame is larger than the image"},
	{"unknown code", "unknown block"},
	{"not GIF", "bad signature"},
	{"bad BMP", "bad header"},
	{"bad offset", "the pixels begin at a wrong place"},
	{"bad masks", "bad color masks"},
	{"invalid", "bad palette"},
	{"bad palette", "bad palette"},
	{"bad bpp", "bad number of bits a pixel"},
};

static enum emnist_status report(const char *format, struct emnist_error *error)
{
	const char *terse = stbi_failure_reason();

	if (memory_short)
		return error_memory(error);
	if (!terse || !*terse)
		return image_corrupt(error, format, "the data are damaged");
	/* "outofmem": of the budget. */
	if (strcmp(terse, "too large") == 0 || strcmp(terse, "outofmem") == 0)
		return error_set(error, EMNIST_ERR_LIMIT, "image is too large to decode");
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (strcmp(terse, reasons[i].terse) == 0)
			return image_corrupt(error, format, "%s", reasons[i].clear);
	return image_corrupt(error, format, "%s", terse);
}

enum emnist_status stb_decode(const char *format, const uint8_t *bytes, size_t nbytes,
			      const struct image_header *header, struct image *image,
			      struct emnist_error *error)
{
	const size_t n_pixels = (size_t)header->width * header->height;
	int width, height, channels;
	stbi_uc *pixels;

	if (nbytes > INT_MAX)
		return error_set(error, EMNIST_ERR_LIMIT, "image is too large to decode");
	budget = FIXED_NBYTES + n_pixels * NBYTES_PER_PIXEL;
	memory_short = false;
	stbi__g_failure_reason = NULL;
	pixels = stbi_load_from_memory(bytes, (int)nbytes, &width, &height, &channels, 0);
	if (!pixels)
		return report(format, error);
	if ((uint32_t)width != header->width || (uint32_t)height != header->height ||
	    channels < 1 || channels > 4) {
		stbi_image_free(pixels);
		return image_corrupt(error, format, "its headers contradict each other");
	}
	image_clear(image);
	image->width = header->width;
	image->height = header->height;
	image->channels = (unsigned)channels;
	image->pixels.data = pixels;
	image->pixels.nbytes = (size_t)header->width * header->height * image->channels;
	image->pixels.capacity = image->pixels.nbytes;
	return EMNIST_OK;
}
