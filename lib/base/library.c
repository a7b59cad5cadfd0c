/*
 * library.c - shared libraries that are loaded on first use.
 *
 * dlopen() reports a failure only as text, in the locale's language. But a library that is not
 * installed must be distinguished from a process short of memory or descriptors.
 */
#include "library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

/* Whether the reason ends with the text of an errno value. */
static bool tells(const char *reason, int sys_errno)
{
	return strstr(reason, strerror(sys_errno)) != NULL;
}

/* glibc does not always name the cause. Behind the first of these it does, except where memory for
 * the path of the file was short. */
static bool tells_of_memory(const char *reason)
{
	static const char not_opened[] = "cannot open shared object file";
	const char *at = strstr(reason, not_opened);

	return (at && at[sizeof(not_opened) - 1] == '\0') || tells(reason, ENOMEM) ||
	       strstr(reason, "cannot create shared object descriptor") ||
	       strstr(reason, "failed to map segment");
}

bool library_is_absent(const char *reason)
{
	/* musl's words in a static program. */
	return tells(reason, ENOENT) || strstr(reason, "Dynamic loading not supported");
}

static enum emnist_status not_loaded(const struct library *library, struct emnist_error *error)
{
	const char *reason = dlerror();

	if (!reason || tells_of_memory(reason))
		return error_memory(error);
	if (tells(reason, EMFILE) || tells(reason, ENFILE))
		return error_errno(error, tells(reason, EMFILE) ? EMFILE : ENFILE, library->file);
	if (library_is_absent(reason))
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "%s %s, which is not installed (Debian package: %s)",
				 library->purpose, library->file, library->package);
	return error_set(error, EMNIST_ERR_UNSUPPORTED, "cannot load %s: %s", library->file,
			 reason);
}

/* Takes the functions that are linked; false if none are. */
static bool is_linked(struct library *library)
{
	for (size_t i = 0; i < library->n_functions; i++) {
		const struct library_function *function = &library->functions[i];

		if (!function->linked)
			return false;
		memcpy(function->pointer_ret, &function->linked, sizeof(function->linked));
	}
	library->is_loaded = true;
	return true;
}

static enum emnist_status load(struct library *library, struct emnist_error *error)
{
	void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return not_loaded(library, error);
	for (size_t i = 0; i < library->n_functions; i++) {
		const struct library_function *function = &library->functions[i];
		/*
		 * POSIX says that function pointers and object pointers have the same
		 * representation.
		 */
		void *pointer = dlsym(handle, function->name);

		if (!pointer)
			return error_set(error, EMNIST_ERR_UNSUPPORTED,
					 "%s a newer %s: the installed one has no %s",
					 library->purpose, library->file, function->name);
		memcpy(function->pointer_ret, &pointer, sizeof(pointer));
	}
	library->is_loaded = true;
	return EMNIST_OK;
}

enum emnist_status library_open(struct library *library, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	pthread_mutex_lock(&library->mutex);
	if (!library->is_loaded && !is_linked(library))
		status = load(library, error);
	pthread_mutex_unlock(&library->mutex);
	return status;
}
