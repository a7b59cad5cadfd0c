/*
 * test_archive.c - the image files in archives.
 *
 * What is expected comes from testdata/generate_archives.py, which asked Python's zipfile and
 * tarfile: contents.tsv for the good archives, malformed/expected.tsv for the others; and from
 * testdata/generate_series.py, where Pillow wrote files of several pictures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <zlib.h>

#include "../emnist_dataset.h"
#include "../io/archive.h"
#include "pictures.h"

#define FOLDER "testdata/archives/"
#define SERIES "testdata/series/"

/* The name as Python's repr() of bytes has it. */
static void escape(const char *name, char *out)
{
	for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
		if (*p == '\n' || *p == '\t')
			out += sprintf(out, "\\%c", *p == '\n' ? 'n' : 't');
		else if (*p < 0x20 || *p >= 0x7f)
			out += sprintf(out, "\\x%02x", *p);
		else
			*out++ = (char)*p;
	}
	*out = '\0';
}

/* Reads the archive, whose lines are those of the table that begin with `archive`, from the one in
 * row on; row is then the next other one. */
static void check_contents(struct emnist_archive *archive, FILE *table, struct row *row, bool *more)
{
	char name[64], escaped[2048], crc[16];
	struct emnist_archive_file file;
	struct emnist_error error = {0};

	snprintf(name, sizeof(name), "%s", row->fields[0]);
	while (*more && strcmp(row->fields[0], name) == 0) {
		if (emnist_archive_next(archive, &file, &error))
			fail_msg("%s: %s", name, error.message);
		assert_non_null(file.name);
		assert_null(file.error);
		escape(file.name, escaped);
		assert_string_equal(escaped, row->fields[1]);
		snprintf(crc, sizeof(crc), "%08x",
			 (unsigned)crc32(0, file.bytes, (uInt)file.nbytes));
		assert_string_equal(crc, row->fields[2]);
		*more = next_row(table, row);
	}
	assert_int_equal(emnist_archive_next(archive, &file, &error), EMNIST_OK);
	assert_null(file.name);
}

/* Opens each archive of the folder's table, n of them, and reads all that it is to hold. */
static void check_table(const char *folder, const char *name, int n)
{
	char path[256];
	FILE *table;
	bool more;
	struct row row;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	table = fopen(path, "r");
	assert_non_null(table);
	more = next_row(table, &row);
	for (; more; n--) {
		struct emnist_archive *archive;
		struct emnist_error error;

		snprintf(path, sizeof(path), "%s%s", folder, row.fields[0]);
		if (emnist_archive_open(path, NULL, &archive, &error))
			fail_msg("%s: %s", path, error.message);
		check_contents(archive, table, &row, &more);
		emnist_archive_free(archive);
	}
	fclose(table);
	assert_int_equal(n, 0);
}

static void files_are_as_python_reads_them(void **state)
{
	(void)state;
	check_table(FOLDER, "contents.tsv", 21);
}

/* A JPEG file is one with the other pictures that it says are behind it. */
static void series_are_taken_apart(void **state)
{
	(void)state;
	check_table(SERIES, "expected.tsv", 6);
}

/* A pipe into which a thread writes a file, a few bytes at a time at first. */
struct writer {
	const char *path;
	int fd;
	pthread_t thread;
};

static void *write_slowly(void *context)
{
	const struct writer *writer = context;
	size_t nbytes, n_written = 0;
	uint8_t *bytes = read_whole(writer->path, &nbytes);

	while (bytes && n_written < nbytes) {
		size_t n = n_written < 600 ? 7 : 5000;
		ssize_t result;

		n = n < nbytes - n_written ? n : nbytes - n_written;
		result = write(writer->fd, bytes + n_written, n);
		if (result <= 0)
			break;
		n_written += (size_t)result;
	}
	close(writer->fd);
	free(bytes);
	return NULL;
}

static int start_writing(struct writer *writer)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	writer->fd = ends[1];
	assert_int_equal(pthread_create(&writer->thread, NULL, write_slowly, writer), 0);
	return ends[0];
}

/* As the command line reads standard input: an image is tried first. */
static void archives_come_through_pipes(void **state)
{
	FILE *table = fopen(FOLDER "contents.tsv", "r");
	struct emnist_reader *reader;
	bool more;
	struct row row;

	(void)state;
	assert_non_null(table);
	assert_int_equal(emnist_reader_create(NULL, &reader, NULL), EMNIST_OK);
	more = next_row(table, &row);
	while (more) {
		float vector[EMNIST_VECTOR_LENGTH];
		struct emnist_archive *archive;
		struct emnist_error error;
		char path[256];
		struct writer writer = {.path = path};
		const void *head;
		size_t head_nbytes;
		int fd;

		snprintf(path, sizeof(path), FOLDER "%s", row.fields[0]);
		fd = start_writing(&writer);
		assert_int_equal(emnist_read_fd(reader, fd, vector, &error), EMNIST_ERR_ARCHIVE);
		head = emnist_reader_bytes(reader, &head_nbytes);
		if (emnist_archive_open_fd(fd, head, head_nbytes, NULL, &archive, &error))
			fail_msg("%s: %s", path, error.message);
		check_contents(archive, table, &row, &more);
		emnist_archive_free(archive);
		pthread_join(writer.thread, NULL);
		close(fd);
	}
	emnist_reader_free(reader);
	fclose(table);
}

/* A pipe that is read by its name is handed on, with what was read of it; a file is not. */
static void named_pipes_are_handed_on(void **state)
{
	static const char path[] = FOLDER "deflated.zip";
	struct writer writer = {.path = path};
	const int fd = start_writing(&writer);
	float vector[EMNIST_VECTOR_LENGTH];
	struct emnist_archive_file file;
	struct emnist_archive *archive;
	struct emnist_reader *reader;
	const void *head;
	size_t head_nbytes;
	char name[32];
	int taken;

	(void)state;
	snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	assert_int_equal(emnist_reader_create(NULL, &reader, NULL), EMNIST_OK);
	assert_int_equal(emnist_read_file(reader, name, vector, NULL), EMNIST_ERR_ARCHIVE);
	taken = emnist_reader_take_fd(reader);
	assert_true(taken >= 0);
	assert_int_equal(emnist_reader_take_fd(reader), -1);
	head = emnist_reader_bytes(reader, &head_nbytes);
	assert_int_equal(emnist_archive_open_fd(taken, head, head_nbytes, NULL, &archive, NULL),
			 EMNIST_OK);
	assert_int_equal(emnist_archive_next(archive, &file, NULL), EMNIST_OK);
	assert_string_equal(file.name, "letters/e.png");
	emnist_archive_free(archive);
	close(taken);
	close(fd);
	pthread_join(writer.thread, NULL);
	assert_int_equal(emnist_read_file(reader, path, vector, NULL), EMNIST_ERR_ARCHIVE);
	assert_int_equal(emnist_reader_take_fd(reader), -1);
	emnist_reader_free(reader);
}

/* fields: archive, files, status, message, file in it that is meant, or "-". */
static void check_malformed(const struct row *row)
{
	const bool of_file = strcmp(row->fields[4], "-") != 0;
	struct emnist_archive *archive;
	struct emnist_archive_file file;
	struct emnist_error error = {0};
	enum emnist_status status;
	bool seen = false;
	char path[256];
	int n = 0;

	snprintf(path, sizeof(path), FOLDER "malformed/%s", row->fields[0]);
	status = emnist_archive_open(path, NULL, &archive, &error);
	while (!status && !(status = emnist_archive_next(archive, &file, &error)) && file.name) {
		n++;
		if (file.error && strcmp(file.name, row->fields[4]) == 0) {
			assert_string_equal(file.error->message, row->fields[3]);
			assert_string_equal(status_name(file.error->code), row->fields[2]);
			seen = true;
		}
	}
	assert_int_equal(n, atoi(row->fields[1]));
	assert_true(seen == of_file);
	if (!of_file) {
		assert_string_equal(error.message, row->fields[3]);
		assert_string_equal(status_name(status), row->fields[2]);
		assert_int_equal(error.code, status);
		if (archive)
			assert_int_not_equal(emnist_archive_next(archive, &file, &error),
					     EMNIST_OK);
	} else {
		assert_int_equal(status, EMNIST_OK);
	}
	emnist_archive_free(archive);
}

static void damage_is_told(void **state)
{
	FILE *table = fopen(FOLDER "malformed/expected.tsv", "r");
	struct row row;
	int n = 0;

	(void)state;
	assert_non_null(table);
	for (; next_row(table, &row); n++)
		check_malformed(&row);
	fclose(table);
	assert_int_equal(n, 24);
}

static void archives_without_files(void **state)
{
	struct emnist_archive *archive;
	struct emnist_archive_file file;

	(void)state;
	assert_int_equal(emnist_archive_open(FOLDER "empty.zip", NULL, &archive, NULL), EMNIST_OK);
	assert_int_equal(emnist_archive_next(archive, &file, NULL), EMNIST_OK);
	assert_null(file.name);
	emnist_archive_free(archive);
}

static void limits_hold(void **state)
{
	struct emnist_archive_options options = {.file_nbytes = 300};
	struct emnist_archive *archive;
	struct emnist_archive_file file;
	struct emnist_error error;

	(void)state;
	/* 209, 366, 371 bytes: the others are still there. */
	for (int i = 0; i < 2; i++) {
		const char *path = i ? FOLDER "ustar.tar" : FOLDER "deflated.zip";

		assert_int_equal(emnist_archive_open(path, &options, &archive, NULL), EMNIST_OK);
		assert_int_equal(emnist_archive_next(archive, &file, NULL), EMNIST_OK);
		assert_null(file.error);
		assert_int_equal(emnist_archive_next(archive, &file, NULL), EMNIST_OK);
		assert_int_equal(file.error->code, EMNIST_ERR_LIMIT);
		assert_string_equal(file.error->message,
				    "file is larger than the limit of 300 bytes");
		assert_int_equal(emnist_archive_next(archive, &file, NULL), EMNIST_OK);
		assert_string_equal(file.name, "digits/8.gif");
		assert_int_equal(emnist_archive_next(archive, &file, NULL), EMNIST_OK);
		assert_null(file.name);
		emnist_archive_free(archive);
	}
	options = (struct emnist_archive_options){.n_files = 2};
	assert_int_equal(emnist_archive_open(FOLDER "ustar.tar", &options, &archive, NULL),
			 EMNIST_OK);
	assert_int_equal(emnist_archive_next(archive, &file, NULL), EMNIST_OK);
	assert_int_equal(emnist_archive_next(archive, &file, NULL), EMNIST_OK);
	assert_int_equal(emnist_archive_next(archive, &file, &error), EMNIST_ERR_LIMIT);
	assert_string_equal(error.message, "more than 2 files in the archive");
	emnist_archive_free(archive);
}

/* RFC 8878: a frame of blocks that each repeat one byte 128 Ki times, but for the first. */
static int make_bomb(void)
{
	static const unsigned char start[] = {
		0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x70, /* a window of 16 MiB */
		0x80, 0x00, 0x00,                   /* 16 bytes as they are */
		0,    0,    8,    3,    0x03, 0,    0, 0, 0, 0, 0, 28, 0, 0, 0, 28,
	};
	static const unsigned char block[] = {0x02, 0x00, 0x10, 0x00};
	const int fd = memfd_create("bomb", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, start, sizeof(start)), sizeof(start));
	for (int i = 0; i < 10000; i++)
		assert_int_equal(write(fd, block, sizeof(block)), sizeof(block));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void bombs_are_put_out(void **state)
{
	const int fd = make_bomb();
	struct emnist_archive *archive;
	struct emnist_archive_file file;
	struct emnist_error error;
	enum emnist_status status;
	uint64_t n_images = 0;

	(void)state;
	status = emnist_archive_open_fd(fd, NULL, 0, NULL, &archive, &error);
	for (; !status; n_images++)
		status = emnist_archive_next(archive, &file, &error);
	assert_int_equal(status, EMNIST_ERR_LIMIT);
	assert_non_null(strstr(error.message, "more than 1000 times as much"));
	assert_in_range(n_images * EMNIST_VECTOR_LENGTH, 1 << 30, (1 << 30) + (1 << 20));
	emnist_archive_free(archive);
	close(fd);
}

/* An idx file's images are as the dataset has them. */
static void idx_images_are_upright(void **state)
{
	static const char *const files[] = {"testdata/idx/strokes-byclass-test-images-idx3-ubyte",
					    "testdata/idx/t10k-images-idx3-ubyte.gz"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		uint8_t pixels[EMNIST_VECTOR_LENGTH];
		struct emnist_dataset *dataset;
		struct emnist_archive *archive;
		struct emnist_archive_file file;
		uint16_t class;
		char number[16];
		size_t n;
		int k = 0;

		assert_int_equal(emnist_dataset_open(files[i], NULL, &dataset, NULL), EMNIST_OK);
		assert_int_equal(emnist_archive_open(files[i], NULL, &archive, NULL), EMNIST_OK);
		for (;; k++) {
			assert_int_equal(emnist_dataset_read(dataset, 1, pixels, &class, &n, NULL),
					 EMNIST_OK);
			assert_int_equal(emnist_archive_next(archive, &file, NULL), EMNIST_OK);
			if (!n)
				break;
			snprintf(number, sizeof(number), "%d", k);
			assert_string_equal(file.name, number);
			assert_int_equal(file.nbytes, 13 + sizeof(pixels));
			assert_memory_equal(file.bytes, "P5 28 28 255\n", 13);
			assert_memory_equal((const char *)file.bytes + 13, pixels, sizeof(pixels));
		}
		assert_null(file.name);
		assert_true(k >= 10);
		emnist_archive_free(archive);
		emnist_dataset_free(dataset);
	}
}

static void what_is_none_is_refused(void **state)
{
	struct emnist_archive *archive;
	struct emnist_error error;
	const struct emnist_archive_options options = {.transpose = (enum emnist_transpose)7};

	(void)state;
	assert_int_equal(
		emnist_archive_open("testdata/samples/small-e-tiny.png", NULL, &archive, &error),
		EMNIST_ERR_FORMAT);
	assert_string_equal(error.message, "neither an archive nor an idx file of images");
	assert_null(archive);
	assert_int_equal(emnist_archive_open("testdata", NULL, &archive, &error), EMNIST_ERR_IO);
	assert_int_equal(emnist_archive_open("testdata/nothing", NULL, &archive, &error),
			 EMNIST_ERR_IO);
	assert_int_equal(emnist_archive_open(FOLDER "empty.zip", &options, &archive, &error),
			 EMNIST_ERR_ARGUMENT);
	emnist_archive_free(NULL);
}

static void *stop_soon(void *archive)
{
	usleep(20000);
	emnist_archive_stop(archive);
	return NULL;
}

/* The writer of a pipe may fall asleep. */
static void waiting_is_ended(void **state)
{
	struct emnist_archive *archive;
	struct emnist_archive_file file;
	struct emnist_error error;
	pthread_t thread;
	size_t nbytes;
	uint8_t *bytes = read_whole(FOLDER "ustar.tar", &nbytes);
	int ends[2];

	(void)state;
	assert_non_null(bytes);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], bytes, 700), 700);
	assert_int_equal(emnist_archive_open_fd(ends[0], NULL, 0, NULL, &archive, &error),
			 EMNIST_OK);
	assert_int_equal(pthread_create(&thread, NULL, stop_soon, archive), 0);
	assert_int_equal(emnist_archive_next(archive, &file, &error), EMNIST_ERR_STOPPED);
	pthread_join(thread, NULL);
	emnist_archive_free(archive);
	close(ends[0]);
	close(ends[1]);
	free(bytes);
}

/* By the directory, members come in the order of their data, and what is not asked for is not
 * read. */
static void a_zip_file_is_read_by_its_directory(void **state)
{
	const struct members_options options = {.by_directory = true};
	const char *const names[] = {"letters/e.png", "digits/7.png", "digits/8.gif", NULL};
	const int fd = open(FOLDER "deflated.zip", O_RDONLY);
	const int cut = open(FOLDER "malformed/zip-cut-in-directory.zip", O_RDONLY);
	struct members *members;
	struct member member;
	struct buffer buffer = {0};

	(void)state;
	assert_int_equal(members_open(fd, NULL, 0, &options, &members, NULL), EMNIST_OK);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(members_next(members, &member, NULL), EMNIST_OK);
		if (names[i])
			assert_string_equal(member.name, names[i]);
		else
			assert_null(member.name);
		if (i == 1)
			assert_int_equal(members_read_all(members, 1000, &buffer, NULL), EMNIST_OK);
	}
	assert_int_equal(crc32(0, buffer.data, (uInt)buffer.nbytes), 0xa0a5e744);
	members_close(members);
	buffer_clear(&buffer);
	if (!members_open(cut, NULL, 0, &options, &members, NULL))
		assert_int_not_equal(members_next(members, &member, NULL), EMNIST_OK);
	members_close(members);
	close(fd);
	close(cut);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_as_python_reads_them),
		cmocka_unit_test(series_are_taken_apart),
		cmocka_unit_test(archives_come_through_pipes),
		cmocka_unit_test(named_pipes_are_handed_on),
		cmocka_unit_test(damage_is_told),
		cmocka_unit_test(archives_without_files),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(bombs_are_put_out),
		cmocka_unit_test(idx_images_are_upright),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(waiting_is_ended),
		cmocka_unit_test(a_zip_file_is_read_by_its_directory),
	};

	/* Who writes into a pipe that is not read to its end stops. */
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
