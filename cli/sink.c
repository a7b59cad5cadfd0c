/*
 * sink.c - writing results so that a failure is noticed.
 */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void complain_of_sink(const struct sink *sink)
{
	const char *why = strerror(sink->failure);

	if (sink->path)
		complain("'%s': %s", sink->path, why);
	else
		complain("standard output: %s", why);
}

bool sink_open(struct sink *sink, const char *path)
{
	*sink = (struct sink){STDOUT_FILENO, NULL, 0};
	if (!path || strcmp(path, "-") == 0)
		return true;
	sink->path = path;
	sink->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	if (sink->fd >= 0)
		return true;
	sink->failure = errno;
	complain_of_sink(sink);
	return false;
}

bool sink_write(struct sink *sink, const void *bytes, size_t nbytes)
{
	const char *p = bytes;

	while (nbytes > 0 && !sink->failure) {
		ssize_t n = write(sink->fd, p, nbytes);

		if (n >= 0) {
			p += n;
			nbytes -= (size_t)n;
		} else if (errno != EINTR) {
			sink->failure = errno;
		}
	}
	return !sink->failure;
}

enum exit_status sink_close(struct sink *sink, enum exit_status status)
{
	/* Some file systems tell of a full disk only now. */
	if (close(sink->fd) < 0 && !sink->failure && errno != EINTR)
		sink->failure = errno;
	if (!sink->failure || sink->failure == EPIPE)
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

enum exit_status sink_replace(const char *path, const void *bytes, size_t nbytes)
{
	struct emnist_error error;

	if (!emnist_file_replace(path, bytes, nbytes, &error))
		return STATUS_OK;
	complain_of(path, &error);
	return STATUS_FATAL;
}

static enum exit_status put_whole(const char *path, struct text *text,
				  enum exit_status (*put)(const char *path, const void *bytes,
							  size_t nbytes))
{
	enum exit_status status = STATUS_FATAL;

	if (text->failed)
		complain("out of memory");
	else
		status = put(path, text->bytes, text->nbytes);
	text_release(text);
	return status;
}

enum exit_status sink_put_text(const char *path, struct text *text)
{
	return put_whole(path, text, sink_put);
}

enum exit_status sink_replace_by_text(const char *path, struct text *text)
{
	return put_whole(path, text, sink_replace);
}
