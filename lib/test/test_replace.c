/*
 * test_replace.c - files that are replaced: in which order they reach the disk, and what is left
 * where a call fails.
 *
 * fsync() and rename() of the library are those of this file, which write down that they were
 * called.
 */
#include "../base/file.h"
#include "../base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/emnist-test-replace-XXXXXX";
static char path[64], new_path[64];

/* What was called: 'f' for fsync() of a file, 'd' of the folder, 'r' for rename(). */
static char calls[16];
static char to_fail; /* which of these fails, with EIO */

static int call(char which)
{
	calls[strlen(calls) % (sizeof(calls) - 1)] = which;
	errno = EIO;
	return which == to_fail ? -1 : 0;
}

int fsync(int fd)
{
	struct stat st, folder_st;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(stat(folder, &folder_st), 0);
	if (S_ISDIR(st.st_mode))
		assert_true(st.st_ino == folder_st.st_ino && st.st_dev == folder_st.st_dev);
	return call(S_ISDIR(st.st_mode) ? 'd' : 'f') < 0 ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
	return call('r') < 0 ? -1 : renameat(AT_FDCWD, from, AT_FDCWD, to);
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	snprintf(new_path, sizeof(new_path), "%s/file.new", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	unlink(new_path);
	return rmdir(folder);
}

/* What path holds; "" where it is not there. */
static const char *content(void)
{
	static char text[16];
	FILE *file = fopen(path, "r");
	const size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	if (file)
		fclose(file);
	text[n] = '\0';
	return text;
}

static enum emnist_status replace(const char *name, const char *text, struct emnist_error *error)
{
	memset(calls, 0, sizeof(calls));
	return file_replace(name, text, strlen(text), error);
}

/* The same, written piece by piece. */
static enum emnist_status write_out(const char *name, const char *text, struct emnist_error *error)
{
	struct outfile *file;
	enum emnist_status status = outfile_open(name, &file, error);

	memset(calls, 0, sizeof(calls));
	if (!status)
		status = outfile_write(file, text, strlen(text), error);
	if (!status)
		status = outfile_commit(file, error);
	outfile_free(file);
	return status;
}

/* The bytes, then the name that they take, then that they have taken it. */
static void bytes_come_before_names(void **state)
{
	char before[256];

	(void)state;
	assert_int_equal(replace(path, "one", NULL), EMNIST_OK);
	assert_string_equal(calls, "frd");
	assert_string_equal(content(), "one");
	assert_int_equal(write_out(path, "two", NULL), EMNIST_OK);
	assert_string_equal(calls, "frd");
	assert_string_equal(content(), "two");
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(replace("file", "three", NULL), EMNIST_OK);
	assert_string_equal(calls, "frd");
	assert_int_equal(write_out("file", "four", NULL), EMNIST_OK);
	assert_string_equal(calls, "frd");
	assert_int_equal(chdir(before), 0);
	assert_string_equal(content(), "four");
}

static void failures_leave_what_was_there(void **state)
{
	enum emnist_status (*const ways[])(const char *, const char *,
					   struct emnist_error *) = {replace, write_out};

	(void)state;
	assert_int_equal(replace(path, "old", NULL), EMNIST_OK);
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < 2; k++) {
			struct emnist_error error;

			to_fail = "fr"[k];
			assert_int_equal(ways[i](path, "new", &error), EMNIST_ERR_IO);
			assert_string_equal(error.message, "cannot write: Input/output error");
			assert_string_equal(calls, k ? "fr" : "f");
			assert_string_equal(content(), "old");
			assert_int_equal(access(new_path, F_OK), -1);
		}
	to_fail = 0;
}

/* The file is in its place then. */
static void a_name_that_is_not_flushed_is_no_failure(void **state)
{
	(void)state;
	to_fail = 'd';
	assert_int_equal(replace(path, "new", NULL), EMNIST_OK);
	assert_string_equal(calls, "frd");
	assert_string_equal(content(), "new");
	to_fail = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_come_before_names),
		cmocka_unit_test(failures_leave_what_was_there),
		cmocka_unit_test(a_name_that_is_not_flushed_is_no_failure),
	};

	return cmocka_run_group_tests_name("replace", tests, make_folder, remove_folder);
}
