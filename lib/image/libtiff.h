/*
 * libtiff.h - libtiff on a file in memory, loaded when the first TIFF file is decoded.
 *
 * Messages go to a handler per open file, available since libtiff 4.5: nothing is printed, and
 * threads do not see each other's.
 */
#ifndef IMAGE_LIBTIFF_H
#define IMAGE_LIBTIFF_H

#include "../base/library.h"

#include <tiffio.h>

#define LIBTIFF_FUNCTIONS(F)                                                                       \
	F(TIFFClientOpenExt)                                                                       \
	F(TIFFClose)                                                                               \
	F(TIFFCurrentDirOffset)                                                                    \
	F(TIFFGetField)                                                                            \
	F(TIFFGetFieldDefaulted)                                                                   \
	F(TIFFIsCODECConfigured)                                                                   \
	F(TIFFOpenOptionsAlloc)                                                                    \
	F(TIFFOpenOptionsFree)                                                                     \
	F(TIFFOpenOptionsSetErrorHandlerExtR)                                                      \
	F(TIFFOpenOptionsSetMaxSingleMemAlloc)                                                     \
	F(TIFFOpenOptionsSetWarningHandlerExtR)                                                    \
	F(TIFFRGBAImageOK)                                                                         \
	F(TIFFReadRGBAImageOriented)                                                               \
	F(TIFFReadEncodedStrip)                                                                    \
	F(TIFFReadEncodedTile)                                                                     \
	F(TIFFSetField)                                                                            \
	F(TIFFSetSubDirectory)                                                                     \
	F(TIFFStripSize64)                                                                         \
	F(TIFFTileSize64)

/* Its functions, by their names. */
struct libtiff {
	LIBTIFF_FUNCTIONS(LIBRARY_MEMBER)
};

#define MESSAGE_NBYTES 192

/* An open file. */
struct tiff_file {
	const struct libtiff *library;
	TIFF *tiff;
	const unsigned char *bytes;
	size_t nbytes;
	size_t offset; /* of the next byte that is read */
	bool reads_pixels;
	char message[MESSAGE_NBYTES]; /* libtiff's complaint; "": none */
};

/* Loads libtiff if necessary, and opens the file at the directory at that offset. Always close it
 * with libtiff_close(). The bytes must outlive it. */
enum emnist_status libtiff_open(struct tiff_file *file, const void *bytes, size_t nbytes,
				uint64_t directory, struct emnist_error *error);

/* Before reading pixels: clears complaints about directories. */
void libtiff_begin_pixels(struct tiff_file *file);

/* The error for libtiff's complaint. */
enum emnist_status libtiff_failed(const struct tiff_file *file, struct emnist_error *error);

void libtiff_close(struct tiff_file *file);

#endif
