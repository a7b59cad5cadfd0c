/*
 * library.h - shared libraries that are loaded when they are first needed.
 *
 * Some formats are read by libraries that take longer to start, with all that they are linked to,
 * than an image to classify. So they are no part of the program, and need not be installed for
 * anything else.
 */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include "error.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct library_function {
	const char *name;
	void *pointer_ret; /* of the pointer to the function */
};

/* A library, usually static; begins with LIBRARY_INIT. */
struct library {
	const char *file;    /* "libtiff.so.6": its name also says which interface it has */
	const char *package; /* of Debian: "libtiff6" */
	const char *purpose; /* "TIFF images need", for messages */
	const struct library_function *functions;
	size_t n_functions;
	pthread_mutex_t mutex;
	bool is_loaded;
};

#define LIBRARY_INIT(file, package, purpose, functions)                                            \
	{                                                                                          \
		file, package, purpose, functions, sizeof(functions) / sizeof(*(functions)),       \
			PTHREAD_MUTEX_INITIALIZER, false                                           \
	}

/*
 * Makes a library that is loaded on demand visible to packaging tools, in the section .note.dlopen
 * (https://systemd.io/ELF_DLOPEN_METADATA/); once in a file that loads one. All are literals.
 * priority: "required", "recommended" or "suggested"; names: LIBRARY_NAME(file), several in the
 * order in which they are tried, with "," between them.
 */
#define LIBRARY_NAME(file) "\"" file "\""
#define LIBRARY_NOTE(feature, description, priority, names)                                        \
	LIBRARY_NOTE_OF("[{\"feature\":\"" feature "\",\"description\":\"" description             \
			"\",\"priority\":\"" priority "\",\"soname\":[" names "]}]")

/* An ELF note: sizes, type, owner and text, each at a multiple of four bytes. */
#define LIBRARY_NOTE_OF(json)                                                                      \
	_Alignas(uint32_t) __attribute__((used, section(".note.dlopen"))) static const struct {    \
		uint32_t owner_nbytes, text_nbytes, type;                                          \
		char owner[sizeof("FDO")];                                                         \
		_Alignas(uint32_t) char text[sizeof(json)];                                        \
	} library_note = {sizeof("FDO"), sizeof(json), 0x407c0c0a, "FDO", json}

/* Whether dlopen() failed for this reason since the library is not there, and not for a lack of
 * memory or descriptors. */
bool library_is_absent(const char *reason);

/* A member of a struct that holds functions, for a list F(name)... */
#define LIBRARY_MEMBER(name) __typeof__(name) *name;

/* Loads the library, the first time, and fills in the pointers to its functions.
 * EMNIST_ERR_UNSUPPORTED where it is not installed. Any other failure, such as too little memory or
 * too many open files, may be over the next time. */
enum emnist_status library_open(struct library *library, struct emnist_error *error);

#endif
