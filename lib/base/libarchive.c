/*
 * libarchive.c - libarchive, loaded when the first archive is read.
 */
#include "libarchive.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

/* Its interface has been the same since version 3.0. */
#define LIBRARY "libarchive.so.13"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct libarchive functions;
static bool is_there;

static void load(void)
{
	static const struct {
		const char *name;
		void *function_ret;
	} symbols[] = {
#define SYMBOL(name) {#name, &functions.name},
		LIBARCHIVE_FUNCTIONS(SYMBOL)
#undef SYMBOL
	};
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return;
	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++) {
		/* POSIX says that pointers to functions are represented as those to objects. */
		void *function = dlsym(library, symbols[i].name);

		if (!function)
			return;
		memcpy(symbols[i].function_ret, &function, sizeof(function));
	}
	is_there = true;
}

enum emnist_status libarchive_open(const struct libarchive **library_ret,
				   struct emnist_error *error)
{
	pthread_once(&once, load);
	*library_ret = &functions;
	if (is_there)
		return EMNIST_OK;
	return error_set(
		error, EMNIST_ERR_UNSUPPORTED,
		"archives are read by libarchive, which is not installed: there is no " LIBRARY);
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
