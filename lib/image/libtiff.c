/*
 * libtiff.c - libtiff on a file in memory, loaded when the first TIFF file is decoded.
 *
 * The file is presented as memory-mapped, so that strips are decoded in place.
 *
 * Many warnings of libtiff are harmless. But only a warning tells that a decoder reached the end of
 * a row or of the data too early and made up pixels. That one is an error here.
 */
#include "libtiff.h"

#include "image.h"

#include <stdio.h>

#define FORMAT "TIFF"

/* Also what the pixels of the largest image take, with four samples each. */
#define MAX_ALLOC_NBYTES ((tmsize_t)1 << 28)

#define LIBRARY          "libtiff.so.6"

LIBRARY_NOTE("tiff", "TIFF images", "recommended", LIBRARY_NAME(LIBRARY));

static struct libtiff functions;

static enum emnist_status open_library(struct emnist_error *error)
{
	static const struct library_function list[] = {
#define FUNCTION(name) {LIBRARY_FUNCTION(name, functions)},
		LIBTIFF_FUNCTIONS(FUNCTION)
#undef FUNCTION
	};
	static struct library library = LIBRARY_INIT(LIBRARY, "libtiff6", "TIFF images need", list);

	return library_open(&library, error);
}

/* --------------------------------------------------------------- file in memory */

static tmsize_t on_read(thandle_t context, void *to, tmsize_t nbytes)
{
	struct tiff_file *file = context;
	const size_t left = file->nbytes - file->offset;
	const size_t n = (size_t)nbytes < left ? (size_t)nbytes : left;

	memcpy(to, file->bytes + file->offset, n);
	file->offset += n;
	return (tmsize_t)n;
}

static tmsize_t on_write(thandle_t context, void *from, tmsize_t nbytes)
{
	(void)context;
	(void)from;
	(void)nbytes;
	return -1;
}

static toff_t on_seek(thandle_t context, toff_t offset, int whence)
{
	struct tiff_file *file = context;

	if (whence == SEEK_CUR)
		offset += file->offset;
	else if (whence == SEEK_END)
		offset += file->nbytes;
	file->offset = offset < file->nbytes ? (size_t)offset : file->nbytes;
	return file->offset;
}

static int on_close(thandle_t context)
{
	(void)context;
	return 0;
}

static toff_t on_size(thandle_t context)
{
	const struct tiff_file *file = context;

	return file->nbytes;
}

static int on_map(thandle_t context, void **bytes_ret, toff_t *nbytes_ret)
{
	const struct tiff_file *file = context;

	/* libtiff only reads of files that are mapped. */
	*bytes_ret = (void *)(uintptr_t)file->bytes;
	*nbytes_ret = file->nbytes;
	return 1;
}

static void on_unmap(thandle_t context, void *bytes, toff_t nbytes)
{
	(void)context;
	(void)bytes;
	(void)nbytes;
}

/* ------------------------------------------------------------------------ messages */

/* In libtiff's message about a file that needs more memory than allowed. */
#define BEYOND_LIMIT "beyond the"

static bool is_of_limit(const char *message)
{
	return strstr(message, BEYOND_LIMIT) != NULL;
}

/* Only a genuine shortage: excessive sizes in a file are refused before. */
static bool is_of_shortage(const char *message)
{
	return strstr(message, "emory") || strstr(message, "alloc") || strstr(message, "o space") ||
	       strstr(message, "nsertion in tif_map");
}

/* Among messages about pixels the first is kept, since others follow from it. Among those about
 * directories the last: earlier ones are about tags that are not needed. A shortage of memory
 * precedes all. */
static void keep(struct tiff_file *file, char *message)
{
	size_t n = strlen(message);

	while (n > 0 && strchr(".: ", message[n - 1]))
		message[--n] = '\0';
	image_begin_small(message);
	if (!file->message[0] ||
	    (!file->reads_pixels && !is_of_limit(file->message) && !is_of_shortage(file->message)))
		memcpy(file->message, message, n + 1);
}

/* Warnings after which the pixels are not those of the image. */
static bool loses_pixels(const char *message)
{
	static const char *const beginnings[] = {
		"Premature EO", /* of faxes: EOF, or EOL: of a row */
		"Line length mismatch",
		"Premature end of JPEG file",
		"Corrupt JPEG data: premature",
		"Corrupt JPEG data: bad Huffman code",
		"Corrupt JPEG data: found marker",
		"Improper JPEG strip/tile size",
	};

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++)
		if (strncmp(message, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return false;
}

/* Keeps a message that matters; returns that there is no more to be said. */
__attribute__((format(printf, 2, 0))) static int take(struct tiff_file *file, const char *format,
						      va_list arguments, bool is_warning)
{
	char message[MESSAGE_NBYTES];

	vsnprintf(message, sizeof(message), format, arguments);
	if (!is_warning || loses_pixels(message))
		keep(file, message);
	return 1;
}

__attribute__((format(printf, 4, 0))) static int on_error(TIFF *tiff, void *context,
							  const char *module, const char *format,
							  va_list arguments)
{
	(void)tiff;
	(void)module;
	return take(context, format, arguments, false);
}

__attribute__((format(printf, 4, 0))) static int on_warning(TIFF *tiff, void *context,
							    const char *module, const char *format,
							    va_list arguments)
{
	(void)tiff;
	(void)module;
	return take(context, format, arguments, true);
}

void libtiff_begin_pixels(struct tiff_file *file)
{
	file->reads_pixels = true;
	file->message[0] = '\0';
}

enum emnist_status libtiff_failed(const struct tiff_file *file, struct emnist_error *error)
{
	const char *message = file->message;

	if (is_of_limit(message))
		return error_set(error, EMNIST_ERR_LIMIT, "image is too large to decode");
	if (is_of_shortage(message))
		return error_memory(error);
	return image_corrupt(error, FORMAT, "%s", message[0] ? message : "the data are damaged");
}

/* ------------------------------------------------------------------------- opening */

static TIFF *open_tiff(struct tiff_file *file)
{
	const struct libtiff *library = file->library;
	TIFFOpenOptions *options = library->TIFFOpenOptionsAlloc();
	TIFF *tiff;

	if (!options) {
		strcpy(file->message, "out of memory");
		return NULL;
	}
	library->TIFFOpenOptionsSetMaxSingleMemAlloc(options, MAX_ALLOC_NBYTES);
	library->TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, file);
	library->TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, file);
	tiff = library->TIFFClientOpenExt(FORMAT, "r", file, on_read, on_write, on_seek, on_close,
					  on_size, on_map, on_unmap, options);
	library->TIFFOpenOptionsFree(options);
	return tiff;
}

enum emnist_status libtiff_open(struct tiff_file *file, const void *bytes, size_t nbytes,
				uint64_t directory, struct emnist_error *error)
{
	const enum emnist_status status = open_library(error);

	*file = (struct tiff_file){.library = &functions, .bytes = bytes, .nbytes = nbytes};
	if (status)
		return status;
	file->tiff = open_tiff(file);
	if (!file->tiff || (functions.TIFFCurrentDirOffset(file->tiff) != directory &&
			    !functions.TIFFSetSubDirectory(file->tiff, directory)))
		return libtiff_failed(file, error);
	return EMNIST_OK;
}

void libtiff_close(struct tiff_file *file)
{
	if (file->tiff)
		file->library->TIFFClose(file->tiff);
}
