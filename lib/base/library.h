/*
 * library.h - shared libraries that are loaded on first use.
 *
 * Some formats are read by libraries that take longer to load, with their dependencies, than an
 * image to classify. So the program does not link them, and they need not be installed for anything
 * else.
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
	void *pointer_ret;    /* of the pointer to the function */
	void (*linked)(void); /* in a static program, which loads nothing; else NULL */
};

#ifdef EMNIST_STATIC
#define LIBRARY_LINKED(name) ((void (*)(void))(name))
#else
#define LIBRARY_LINKED(name) NULL
#endif

/* A row of a table of such functions: by name, and by the structure that has the pointer. */
#define LIBRARY_FUNCTION(name, functions) #name, &(functions).name, LIBRARY_LINKED(name)

/* A library, usually static; initialize it with LIBRARY_INIT. */
struct library {
	const char *file;    /* "libtiff.so.6": the name includes the ABI version */
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
 * (https://systemd.io/ELF_DLOPEN_METADATA/). Use it once in a file that loads one. All arguments
 * are literals. priority: "required", "recommended" or "suggested"; names: LIBRARY_NAME(file),
 * separated by "," in the order tried.
 */
#define LIBRARY_NAME(file) "\"" file "\""
#define LIBRARY_NOTE(feature, description, priority, names)                                        \
	LIBRARY_NOTE_OF("[{\"feature\":\"" feature "\",\"description\":\"" description             \
			"\",\"priority\":\"" priority "\",\"soname\":[" names "]}]")

/* An ELF note: sizes, type, owner and text, each at a multiple of four bytes. */
#ifdef __ELF__
#define LIBRARY_NOTE_OF(json)                                                                      \
	_Alignas(uint32_t) __attribute__((used, section(".note.dlopen"))) static const struct {    \
		uint32_t owner_nbytes, text_nbytes, type;                                          \
		char owner[sizeof("FDO")];                                                         \
		_Alignas(uint32_t) char text[sizeof(json)];                                        \
	} library_note = {sizeof("FDO"), sizeof(json), 0x407c0c0a, "FDO", json}
#else
#define LIBRARY_NOTE_OF(json) struct library
#endif

/* Whether this dlopen() error means that the library is not installed, and not a lack of memory or
 * descriptors. */
bool library_is_absent(const char *reason);

/* A member of a struct of functions, for a list F(name)... */
#define LIBRARY_MEMBER(name) __typeof__(name) *name;

/* Loads the library on the first call, and fills in the function pointers. EMNIST_ERR_UNSUPPORTED
 * if it is not installed. Other failures, such as a lack of memory or descriptors, may not
 * recur. */
enum emnist_status library_open(struct library *library, struct emnist_error *error);

#endif
