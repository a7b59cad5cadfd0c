/*
 * libarchive.c - libarchive, loaded when the first archive is read.
 */
#include "libarchive.h"

#include <errno.h>
#include <string.h>

/* Its interface has been the same since version 3.0. */
#define LIBRARY "libarchive.so.13"

LIBRARY_NOTE("archives", "images in zip and tar archives", "recommended", LIBRARY_NAME(LIBRARY));

static struct libarchive functions;

enum emnist_status libarchive_open(const struct libarchive **library_ret,
				   struct emnist_error *error)
{
	static const struct library_function list[] = {
#define FUNCTION(name) {LIBRARY_FUNCTION(name, functions)},
		LIBARCHIVE_FUNCTIONS(FUNCTION)
#undef FUNCTION
	};
	static struct library library =
		LIBRARY_INIT(LIBRARY, "libarchive13", "archives need", list);

	*library_ret = &functions;
	return library_open(&library, error);
}

enum emnist_status libarchive_reader(const struct libarchive **library_ret,
				     struct archive **archive_ret, struct emnist_error *error)
{
	const enum emnist_status status = libarchive_open(library_ret, error);

	*archive_ret = NULL;
	if (status)
		return status;
	*archive_ret = (*library_ret)->archive_read_new();
	return *archive_ret ? EMNIST_OK : error_memory(error);
}

bool libarchive_is_short(const struct libarchive *library, struct archive *archive)
{
	static const char unpacking[] = "Can't initialize";
	const char *why = library->archive_error_string(archive);

	/* inflateInit() and its kin fail for nothing else, and have no errno. */
	return library->archive_errno(archive) == ENOMEM ||
	       (why && strncmp(why, unpacking, strlen(unpacking)) == 0);
}
