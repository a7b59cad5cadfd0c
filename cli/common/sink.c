/*
 * sink.c - writing results so that a failure is noticed.
 */
#include "sink.h"

#include "interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void complain_of_sink(const struct sink *sink)
{
	if (sink->path)
		complain_of(sink->path, &sink->error);
	else
		complain("standard output: %s", strerror(sink->failure));
}

bool sink_open_now(struct sink *sink, const char *path)
{
	*sink = (struct sink){.path = path};
	sink->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	if (sink->fd < 0)
		complain("'%s': cannot write: %s", path, strerror(errno));
	return sink->fd >= 0;
}

/* Its name is copied, for a signal may come while the file is given another. */
static void note_temporary(struct sink *sink)
{
	const char *name = outfile_temporary(sink->file);

	sink->temporary = name ? strdup(name) : NULL;
	if (sink->temporary)
		interrupt_remove(sink->temporary);
}

bool sink_open(struct sink *sink, const char *path)
{
	struct stat st;

	*sink = (struct sink){.fd = STDOUT_FILENO};
	if (!path || strcmp(path, "-") == 0)
		return true;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return sink_open_now(sink, path);
	*sink = (struct sink){.fd = -1, .path = path};
	if (outfile_open(path, &sink->file, &sink->error)) {
		complain_of_sink(sink);
		return false;
	}
	note_temporary(sink);
	return true;
}

static void note_failure(struct sink *sink)
{
	sink->failed = true;
	sink->failure = errno;
	snprintf(sink->error.message, sizeof(sink->error.message), "cannot write: %s",
		 strerror(errno));
}

bool sink_write(struct sink *sink, const void *bytes, size_t nbytes)
{
	const char *p = bytes;

	if (sink->file && !sink->failed)
		sink->failed = outfile_write(sink->file, bytes, nbytes, &sink->error) != EMNIST_OK;
	while (!sink->file && nbytes > 0 && !sink->failed) {
		ssize_t n = write(sink->fd, p, nbytes);

		if (n >= 0) {
			p += n;
			nbytes -= (size_t)n;
		} else if (errno != EINTR) {
			note_failure(sink);
		}
	}
	return !sink->failed;
}

enum exit_status sink_close(struct sink *sink, enum exit_status status)
{
	if (sink->file && !sink->failed && status != STATUS_FATAL)
		sink->failed = outfile_commit(sink->file, &sink->error) != EMNIST_OK;
	/* Some file systems tell of a full disk only now. */
	if (!sink->file && close(sink->fd) < 0 && !sink->failed && errno != EINTR)
		note_failure(sink);
	outfile_free(sink->file);
	if (sink->temporary)
		interrupt_keep(sink->temporary);
	free(sink->temporary);
	if (!sink->failed || sink->failure == EPIPE)
		return status;
	complain_of_sink(sink);
	return STATUS_FATAL;
}

enum exit_status sink_put(const char *path, const void *bytes, size_t nbytes)
{
	struct sink sink;

	if (!sink_open(&sink, path))
		return STATUS_FATAL;
	sink_write(&sink, bytes, nbytes);
	return sink_close(&sink, STATUS_OK);
}

enum exit_status sink_put_text(const char *path, struct text *text)
{
	enum exit_status status = STATUS_FATAL;

	if (text->failed)
		complain("out of memory");
	else
		status = sink_put(path, text->bytes, text->nbytes);
	text_release(text);
	return status;
}
