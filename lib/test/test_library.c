/*
 * test_library.c - libraries that are loaded on demand: those that are there, that are not, and
 * that cannot be had for the time being.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "../base/library.h"

/* Part of glibc, and linked to nothing here. */
#define PRESENT "libanl.so.1"

static int (*get_address)(void);
static const struct library_function functions[] = {{"gai_suspend", &get_address, NULL}};

static void loads_what_is_there(void **state)
{
	static struct library library = LIBRARY_INIT(PRESENT, "libc6", "tests need", functions);

	(void)state;
	assert_int_equal(library_open(&library, NULL), EMNIST_OK);
	assert_non_null(get_address);
	assert_int_equal(library_open(&library, NULL), EMNIST_OK);
}

static void names_what_is_not_installed(void **state)
{
	static struct library absent =
		LIBRARY_INIT("libemnist-none.so.7", "libnone7", "no images need", functions);
	struct emnist_error error;

	(void)state;
	assert_int_equal(library_open(&absent, &error), EMNIST_ERR_UNSUPPORTED);
	assert_string_equal(error.message, "no images need libemnist-none.so.7, which is not "
					   "installed (Debian package: libnone7)");
}

static void names_what_is_too_old(void **state)
{
	static void *pointer;
	static const struct library_function newer[] = {{"gai_suspend_soon", &pointer, NULL}};
	static struct library library = LIBRARY_INIT(PRESENT, "libc6", "tests need", newer);
	struct emnist_error error;

	(void)state;
	assert_int_equal(library_open(&library, &error), EMNIST_ERR_UNSUPPORTED);
	assert_string_equal(error.message, "tests need a newer " PRESENT
					   ": the installed one has no gai_suspend_soon");
}

static void memory_is_named(void **state)
{
	static struct library library =
		LIBRARY_INIT("libBrokenLocale.so.1", "libc6", "tests need", functions);
	struct rlimit before, none;
	enum emnist_status status;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	/* QEMU keeps to no such limit. */
	if (getenv("EMULATED") || before.rlim_cur != RLIM_INFINITY)
		skip();
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
	status = library_open(&library, NULL);
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	assert_int_equal(status, EMNIST_ERR_MEMORY);
}

static void shortage_is_not_absence(void **state)
{
	static struct library library =
		LIBRARY_INIT("libBrokenLocale.so.1", "libc6", "tests need", functions);
	struct emnist_error error;
	struct rlimit before, none;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(library_open(&library, &error), EMNIST_ERR_IO);
	assert_int_equal(error.sys_errno, EMFILE);
	assert_string_equal(error.message, "libBrokenLocale.so.1: Too many open files");
	/* It is over when more can be had. */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(library_open(&library, &error), EMNIST_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_what_is_there),
		cmocka_unit_test(names_what_is_not_installed),
		cmocka_unit_test(names_what_is_too_old),
		cmocka_unit_test(memory_is_named),
		cmocka_unit_test(shortage_is_not_absence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
