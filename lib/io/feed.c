/* feed.c - the bytes of a file or a pipe, some of them already read. */
#include "feed.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A page of one color shrinks to a thousandth of its bytes (deflate) or less (xz). Nobody needs a
 * gigabyte of such pages. */
#define EXPANSION_NBYTES (UINT64_C(1) << 30)
#define EXPANSION_RATIO  1000

/* tar writes records of this size (POSIX, pax, "-b"). Fewer bytes may be the start of a file whose
 * rest is still to come. */
#define READY_NBYTES 10240

bool feed_is_ready(const struct feed *feed)
{
	int n = 0;

	return !feed->can_wait || feed->n_head_given < feed->head_nbytes ||
	       (ioctl(feed->fd, FIONREAD, &n) == 0 && n >= READY_NBYTES);
}

enum emnist_status feed_keep_tail(struct feed *feed, struct emnist_error *error)
{
	feed->tail = alloc_array(FEED_TAIL_NBYTES, 1);
	return feed->tail ? EMNIST_OK : error_memory(error);
}

/* Writes into the ring; the next byte's place is n_read modulo its size. */
static void keep(struct feed *feed, const unsigned char *bytes, size_t nbytes)
{
	uint64_t at = feed->n_read;

	if (nbytes > FEED_TAIL_NBYTES) {
		at += nbytes - FEED_TAIL_NBYTES;
		bytes += nbytes - FEED_TAIL_NBYTES;
		nbytes = FEED_TAIL_NBYTES;
	}
	while (nbytes) {
		const size_t place = (size_t)(at % FEED_TAIL_NBYTES);
		const size_t room = FEED_TAIL_NBYTES - place;
		const size_t n = nbytes < room ? nbytes : room;

		memcpy(feed->tail + place, bytes, n);
		at += n;
		bytes += n;
		nbytes -= n;
	}
}

size_t feed_tail(const struct feed *feed, unsigned char *bytes)
{
	const size_t place = (size_t)(feed->n_read % FEED_TAIL_NBYTES);

	if (feed->n_read < FEED_TAIL_NBYTES) {
		memcpy(bytes, feed->tail, place);
		return place;
	}
	memcpy(bytes, feed->tail + place, FEED_TAIL_NBYTES - place);
	memcpy(bytes + FEED_TAIL_NBYTES - place, feed->tail, place);
	return FEED_TAIL_NBYTES;
}

/* Waits for bytes, or for the stop. */
static enum emnist_status wait_for_bytes(const struct feed *feed, struct emnist_error *error)
{
	struct pollfd fds[] = {{feed->fd, POLLIN, 0}, {feed->stop.fd, POLLIN, 0}};
	int n;

	do
		n = poll(fds, 2, -1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_errno(error, errno, NULL);
	return fds[1].revents ? error_set(error, EMNIST_ERR_STOPPED, "stopped") : EMNIST_OK;
}

static enum emnist_status read_fd(struct feed *feed, void *bytes, size_t nbytes, size_t *n_ret,
				  struct emnist_error *error)
{
	ssize_t n;

	do {
		enum emnist_status status = EMNIST_OK;

		if (feed->can_wait)
			status = wait_for_bytes(feed, error);
		if (status)
			return status;
		n = read(feed->fd, bytes, nbytes);
	} while (n < 0 && (errno == EINTR || (errno == EAGAIN && feed->can_wait)));
	if (n < 0)
		return error_errno(error, errno, NULL);
	*n_ret = (size_t)n;
	return EMNIST_OK;
}

/* Reads on until the kind can be detected. */
static enum emnist_status fill_head(struct feed *feed, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	size_t n = 1;

	while (!status && n && feed->head_nbytes < ARCHIVE_SNIFF_NBYTES) {
		status = read_fd(feed, feed->head + feed->head_nbytes,
				 ARCHIVE_SNIFF_NBYTES - feed->head_nbytes, &n, error);
		if (!status)
			feed->head_nbytes += n;
	}
	return status;
}

enum emnist_status feed_begin(struct feed *feed, int fd, const void *head, size_t head_nbytes,
			      struct emnist_error *error)
{
	struct stat st;

	*feed = (struct feed){.fd = fd, .stop = WAKEUP_NONE, .head_nbytes = head_nbytes};
	if (fstat(fd, &st) < 0)
		return error_errno(error, errno, NULL);
	if (S_ISDIR(st.st_mode))
		return error_errno(error, EISDIR, NULL);
	feed->can_wait = !S_ISREG(st.st_mode);
	if (!wakeup_open(&feed->stop))
		return error_errno(error, errno, "cannot open a descriptor to stop at");
	feed->head = alloc_array(
		head_nbytes > ARCHIVE_SNIFF_NBYTES ? head_nbytes : ARCHIVE_SNIFF_NBYTES, 1);
	if (!feed->head)
		return error_memory(error);
	if (head_nbytes)
		memcpy(feed->head, head, head_nbytes);
	return fill_head(feed, error);
}

enum emnist_status feed_read(struct feed *feed, void *bytes, size_t nbytes, size_t *n_ret,
			     struct emnist_error *error)
{
	const size_t left = feed->head_nbytes - feed->n_head_given;
	enum emnist_status status = EMNIST_OK;

	*n_ret = 0;
	if (left) {
		*n_ret = nbytes < left ? nbytes : left;
		memcpy(bytes, feed->head + feed->n_head_given, *n_ret);
		feed->n_head_given += *n_ret;
	} else {
		status = read_fd(feed, bytes, nbytes, n_ret, error);
	}
	if (status)
		return status;
	if (feed->tail)
		keep(feed, bytes, *n_ret);
	feed->n_read += *n_ret;
	feed->at_end = !*n_ret;
	return EMNIST_OK;
}

enum emnist_status feed_rewind(struct feed *feed, struct emnist_error *error)
{
	if (feed->can_wait || lseek(feed->fd, 0, SEEK_SET) < 0)
		return error_errno(error, ESPIPE, NULL);
	feed->n_head_given = feed->head_nbytes;
	return EMNIST_OK;
}

void feed_stop(struct feed *feed)
{
	wakeup_send(&feed->stop);
}

void feed_release(struct feed *feed)
{
	wakeup_close(&feed->stop);
	free(feed->head);
	free(feed->tail);
	*feed = (struct feed){.fd = -1, .stop = WAKEUP_NONE};
}

enum emnist_status feed_damaged(const struct feed *feed, const char *what, const char *why,
				struct emnist_error *error)
{
	if (!feed->at_end)
		return error_at(error, EMNIST_ERR_CORRUPT, feed->n_read, "damaged %s: %s", what,
				why ? why : "unknown reason");
	/* For a truncated file the library often reports what it missed, and not the truncation. */
	return error_at(error, EMNIST_ERR_CORRUPT, feed->n_read,
			"damaged %s: the file ends after %llu bytes%s%s%s", what,
			(unsigned long long)feed->n_read, why ? " (" : "", why ? why : "",
			why ? ")" : "");
}

enum emnist_status feed_check_expansion(const struct feed *feed, uint64_t n_unpacked,
					struct emnist_error *error)
{
	if (n_unpacked <= EXPANSION_NBYTES || n_unpacked / EXPANSION_RATIO <= feed->n_read)
		return EMNIST_OK;
	return error_set(
		error, EMNIST_ERR_LIMIT, "%llu bytes unpack to %llu, more than %d times as much",
		(unsigned long long)feed->n_read, (unsigned long long)n_unpacked, EXPANSION_RATIO);
}
