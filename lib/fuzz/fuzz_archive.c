/*
 * fuzz_archive.c - any bytes as an archive of images: from start to end, and, where they are a zip
 * archive, by its directory.
 */
#include "../io/archive.h"
#include "trial.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Enough to pass every boundary, and little enough to be quick. */
#define MAX_FILES  100
#define MAX_NBYTES 100000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

/* Each byte is looked at, so that one that is not there shows. */
static volatile unsigned sink;

static unsigned sum_of(const void *bytes, size_t nbytes)
{
	const unsigned char *p = bytes;
	unsigned sum = 0;

	while (nbytes-- > 0)
		sum += *p++;
	return sum;
}

static void read_images(int fd, const uint8_t *head, size_t head_nbytes)
{
	const struct emnist_archive_options options = {.file_nbytes = MAX_NBYTES,
						       .n_files = MAX_FILES};
	struct emnist_archive_file file = {.name = ""};
	struct emnist_archive *archive;
	struct emnist_error error;

	if (emnist_archive_open_fd(fd, head, head_nbytes, &options, &archive, &error))
		return;
	for (int i = 0; file.name && i < MAX_FILES; i++) {
		if (emnist_archive_next(archive, &file, &error))
			break;
		if (!file.name)
			break;
		if (strlen(file.name) > MEMBERS_NAME_MAX)
			abort();
		sink += file.error ? strnlen(file.error->message, sizeof(error.message)) > 255
				   : sum_of(file.bytes, file.nbytes);
	}
	emnist_archive_free(archive);
}

static void read_by_directory(int fd)
{
	const struct members_options options = {.max_count = MAX_FILES, .by_directory = true};
	struct buffer buffer = {0};
	struct members *members;
	struct emnist_error error;
	struct member member = {.name = ""};

	if (members_open(fd, NULL, 0, &options, &members, &error))
		return;
	while (!members_next(members, &member, &error) && member.name)
		if (!members_read_all(members, MAX_NBYTES, &buffer, &error) &&
		    buffer.nbytes > MAX_NBYTES)
			abort();
	members_close(members);
	buffer_clear(&buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	char path[TRIAL_PATH_NBYTES];
	const int fd = trial_file(data, nbytes, path);
	const size_t n_head = nbytes / 3;

	lseek(fd, 0, SEEK_SET);
	read_images(fd, NULL, 0);
	/* A part of it was read before. */
	lseek(fd, (off_t)n_head, SEEK_SET);
	read_images(fd, data, n_head);
	lseek(fd, 0, SEEK_SET);
	read_by_directory(fd);
	close(fd);
	return 0;
}
