/*
 * test_replace.c - files that are replaced: in which order they reach the disk, what is left where
 * a call fails, and where two write the same.
 *
 * open(), fsync(), rename() and renameat2() of the library are those of this file, which write down
 * that they were called, and fail when told.
 */
#include "../io/outfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

static int rename_errno; /* why rename() fails; 0: it does not */
static char rename_end;  /* of the name that alone fails, with EIO */

int rename(const char *from, const char *to)
{
	if (call('r') < 0)
		return -1;
	errno = rename_end && to[strlen(to) - 1] == rename_end ? EIO : rename_errno;
	return errno ? -1 : renameat(AT_FDCWD, from, AT_FDCWD, to);
}

/* Names change places but for the one that ends so, which fails with exchange_errno; 0: all do. */
static int exchange_errno;
static char exchange_end;

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	errno = exchange_errno;
	if (exchange_errno && (!exchange_end || to[strlen(to) - 1] == exchange_end))
		return -1;
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

/* With which errno files without a name, and those that are new, are refused; 0: they are not. */
static int unnamed_errno, new_errno;

int open(const char *name, int flags, ...)
{
	mode_t mode = 0;
	va_list arguments;

	va_start(arguments, flags);
	if (flags & (O_CREAT | O_TMPFILE))
		mode = va_arg(arguments, mode_t);
	va_end(arguments);
	errno = (flags & O_TMPFILE) == O_TMPFILE ? unnamed_errno : flags & O_CREAT ? new_errno : 0;
	return errno ? -1 : openat(AT_FDCWD, name, flags, mode);
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

/* What a file holds; "" where it is not there. */
static const char *content_of(const char *name)
{
	static char text[16];
	FILE *file = fopen(name, "r");
	const size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	if (file)
		fclose(file);
	text[n] = '\0';
	return text;
}

static const char *content(void)
{
	return content_of(path);
}

/* How many names are in the folder. */
static size_t n_names(void)
{
	DIR *stream = opendir(folder);
	size_t n = 0;

	assert_non_null(stream);
	while (readdir(stream))
		n++;
	closedir(stream);
	return n - 2;
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(name, &st), 0);
	return st.st_mode & 07777;
}

static enum emnist_status replace(const char *name, const char *text, struct emnist_error *error)
{
	memset(calls, 0, sizeof(calls));
	return outfile_replace(name, text, strlen(text), error);
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

/* With and without a name until then. */
static const int ways_to_open[] = {0, EOPNOTSUPP};

static void two_writers_do_not_meet(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct outfile *a, *b;

		unlink(path);
		unnamed_errno = ways_to_open[i];
		assert_int_equal(outfile_open(path, &a, NULL), EMNIST_OK);
		assert_int_equal(outfile_open(path, &b, NULL), EMNIST_OK);
		assert_int_equal(n_names(), i ? 2 : 0);
		assert_int_equal(outfile_write(a, "aaaa", 4, NULL), EMNIST_OK);
		assert_int_equal(outfile_write(b, "bb", 2, NULL), EMNIST_OK);
		assert_int_equal(outfile_commit(a, NULL), EMNIST_OK);
		assert_string_equal(content(), "aaaa");
		assert_int_equal(outfile_commit(b, NULL), EMNIST_OK);
		assert_string_equal(content(), "bb");
		outfile_free(a);
		outfile_free(b);
		assert_int_equal(n_names(), 1);
	}
	unnamed_errno = 0;
}

/* "file.new" was once the name of what was begun; a FIFO there would be waited for without end. */
static void what_is_beside_it_stays(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(mkfifo(new_path, 0600), 0);
	for (size_t i = 0; i < 2; i++) {
		unnamed_errno = ways_to_open[i];
		assert_int_equal(replace(path, "new", NULL), EMNIST_OK);
		assert_int_equal(n_names(), 2);
	}
	unnamed_errno = 0;
	assert_int_equal(stat(new_path, &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	unlink(new_path);
}

static void permissions_stay(void **state)
{
	const mode_t before = umask(027);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		unnamed_errno = ways_to_open[i];
		unlink(path);
		assert_int_equal(replace(path, "new", NULL), EMNIST_OK);
		assert_int_equal(mode_of(path), 0640);
		assert_int_equal(chmod(path, 0604), 0);
		assert_int_equal(replace(path, "newer", NULL), EMNIST_OK);
		assert_int_equal(mode_of(path), 0604);
	}
	unnamed_errno = 0;
	umask(before);
}

/* What is 0600 is not 0644 in the meantime. */
static void nobody_reads_it_in_the_meantime(void **state)
{
	struct outfile *file;
	DIR *stream = opendir(folder);
	const struct dirent *entry;
	size_t n_seen = 0;

	(void)state;
	unnamed_errno = EOPNOTSUPP;
	assert_int_equal(replace(path, "old", NULL), EMNIST_OK);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(outfile_open(path, &file, NULL), EMNIST_OK);
	while ((entry = readdir(stream))) {
		char name[512];

		snprintf(name, sizeof(name), "%s/%s", folder, entry->d_name);
		if (strncmp(entry->d_name, ".emnist-", 8) == 0) {
			assert_int_equal(mode_of(name), 0600);
			n_seen++;
		}
	}
	assert_int_equal(n_seen, 1);
	closedir(stream);
	outfile_free(file);
	assert_int_equal(n_names(), 1);
	unnamed_errno = 0;
}

static ino_t number_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(name, &st), 0);
	return st.st_ino;
}

/* The root of a mount, and a file in a folder that takes no other. */
static void what_cannot_be_replaced_is_written_over(void **state)
{
	const char *const texts[] = {"a longer text", "short"};
	ino_t number;

	(void)state;
	assert_int_equal(replace(path, "old text", NULL), EMNIST_OK);
	number = number_of(path);
	for (size_t i = 0; i < 2; i++) {
		rename_errno = EBUSY;
		assert_int_equal(replace(path, texts[i], NULL), EMNIST_OK);
		rename_errno = 0;
		assert_string_equal(content(), texts[i]);
		unnamed_errno = new_errno = EACCES;
		assert_int_equal(replace(path, texts[1 - i], NULL), EMNIST_OK);
		unnamed_errno = new_errno = 0;
		assert_string_equal(content(), texts[1 - i]);
	}
	assert_int_equal(number_of(path), number);
	assert_int_equal(n_names(), 1);
}

static void what_is_not_there_needs_a_folder(void **state)
{
	struct emnist_error error;

	(void)state;
	unlink(path);
	unnamed_errno = new_errno = EACCES;
	assert_int_equal(replace(path, "new", &error), EMNIST_ERR_IO);
	assert_string_equal(error.message, "cannot write: Permission denied");
	unnamed_errno = new_errno = 0;
	assert_int_equal(n_names(), 0);
}

/* Three files that belong together, called 0 to 2. */
static char *name_three(size_t i)
{
	static char name[64];

	snprintf(name, sizeof(name), "%s/%zu", folder, i);
	return name;
}

static enum emnist_status commit_three(const char *text, struct emnist_error *error)
{
	struct outfile *files[3];
	enum emnist_status status;

	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(outfile_open(name_three(i), &files[i], NULL), EMNIST_OK);
		assert_int_equal(outfile_write(files[i], text, strlen(text), NULL), EMNIST_OK);
	}
	status = outfile_commit_all(files, 3, error);
	for (size_t i = 0; i < 3; i++)
		outfile_free(files[i]);
	return status;
}

static void assert_three(const char *expected)
{
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(content_of(name_three(i)), expected);
}

static void several_are_replaced_or_none(void **state)
{
	struct emnist_error error;

	(void)state;
	/* None was there before. */
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(commit_three("old", NULL), EMNIST_OK);
		assert_int_equal(n_names(), 3);
		assert_three("old");
		exchange_end = (char)('0' + i);
		exchange_errno = rename_errno = EIO;
		assert_int_equal(commit_three("new", &error), EMNIST_ERR_IO);
		assert_int_equal(error.message[1], exchange_end);
		assert_string_equal(error.message + 2, "': cannot write: Input/output error");
		exchange_errno = rename_errno = 0;
		assert_int_equal(n_names(), 3);
		assert_three("old");
	}
	assert_int_equal(commit_three("new", NULL), EMNIST_OK);
	assert_three("new");
	assert_int_equal(n_names(), 3);
	for (size_t i = 0; i < 3; i++)
		unlink(name_three(i));
}

/* File systems that cannot let two names change places. */
static void without_exchange_it_is_told(void **state)
{
	struct emnist_error error;

	(void)state;
	exchange_end = '\0';
	exchange_errno = EINVAL;
	assert_int_equal(commit_three("old", NULL), EMNIST_OK);
	assert_three("old");
	assert_int_equal(unlink(name_three(2)), 0);
	rename_end = '2';
	assert_int_equal(commit_three("new", &error), EMNIST_ERR_IO);
	assert_string_equal(error.message, "'1' is new already: '0' is new already: '2': cannot "
					   "write: Input/output error");
	rename_end = '\0';
	exchange_errno = 0;
	assert_string_equal(content_of(name_three(2)), "");
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(content_of(name_three(i)), "new");
		unlink(name_three(i));
	}
	assert_int_equal(n_names(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_come_before_names),
		cmocka_unit_test(failures_leave_what_was_there),
		cmocka_unit_test(a_name_that_is_not_flushed_is_no_failure),
		cmocka_unit_test(two_writers_do_not_meet),
		cmocka_unit_test(what_is_beside_it_stays),
		cmocka_unit_test(permissions_stay),
		cmocka_unit_test(nobody_reads_it_in_the_meantime),
		cmocka_unit_test(what_cannot_be_replaced_is_written_over),
		cmocka_unit_test(what_is_not_there_needs_a_folder),
		cmocka_unit_test(several_are_replaced_or_none),
		cmocka_unit_test(without_exchange_it_is_told),
	};

	return cmocka_run_group_tests_name("replace", tests, make_folder, remove_folder);
}
