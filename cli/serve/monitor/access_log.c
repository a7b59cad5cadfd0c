/*
 * access_log.c - lines that are collected, and the thread that writes them.
 *
 * There are two texts: requests add to one while the thread writes the other. The thread waits
 * until the descriptor takes more, and then writes no more than a pipe takes without blocking, so
 * that it can end whatever becomes of the other end.
 */
#include "access_log.h"
#include "../../../lib/base/find_last.h"
#include "../../common/messages.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* When lines are written without waiting for more, and when further ones are lost. */
#define FULL_NBYTES       65536
#define MAX_NBYTES        (1 << 20)

#define WAIT_MILLISECONDS 250
#define LAST_SECONDS      2

#define UNREAD            "standard output is not read"

struct access_log {
	int fd;
	void (*put)(struct text *text, const struct log_entry *entry);
	pthread_mutex_t mutex; /* of the lines */
	pthread_cond_t changed;
	struct text lines;
	bool stopping;
	atomic_uint_least64_t n_lost;
	pthread_t thread;
	/* Of the thread: */
	bool has_complained;
	bool is_torn; /* the last line that was written has no end */
};

static uint64_t count_lines(const char *bytes, size_t nbytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < nbytes; i++)
		n += bytes[i] == '\n';
	return n;
}

static void complain_once(struct access_log *log, const char *why)
{
	if (!log->has_complained)
		complain("access log: %s; lines are lost", why);
	log->has_complained = true;
}

static void lose(struct access_log *log, uint64_t n, const char *why)
{
	atomic_fetch_add(&log->n_lost, n);
	complain_once(log, why);
}

/* ------------------------------------------------------------------- the thread */

static bool is_stopping(struct access_log *log)
{
	bool stopping;

	pthread_mutex_lock(&log->mutex);
	stopping = log->stopping;
	pthread_mutex_unlock(&log->mutex);
	return stopping;
}

/* Waits until the descriptor takes at least a line. False: it does not, and the server ends. */
static bool wait_for_room(struct access_log *log)
{
	struct pollfd pollfd = {.fd = log->fd, .events = POLLOUT};
	unsigned waited = 0;

	while (poll(&pollfd, 1, WAIT_MILLISECONDS) == 0) {
		if (atomic_load(&log->n_lost) > 0)
			complain_once(log, UNREAD);
		if (is_stopping(log) && ++waited > 2)
			return false;
	}
	return true;
}

/* As many whole lines as are written at once. */
static size_t piece(const char *bytes, size_t nbytes)
{
	const char *end;

	if (nbytes <= LOG_LINE_MAX)
		return nbytes;
	end = find_last(bytes, '\n', LOG_LINE_MAX);
	return (size_t)(end - bytes) + 1;
}

/* Returns how many of the bytes were written, all of them but after an error. */
static size_t write_piece(struct access_log *log, const char *bytes, size_t nbytes)
{
	size_t done = 0;

	while (done < nbytes) {
		const ssize_t n = write(log->fd, bytes + done, nbytes - done);

		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno != EINTR)
			break;
	}
	return done;
}

static void write_lines(struct access_log *log, const struct text *lines)
{
	size_t done = 0;

	if (log->is_torn && wait_for_room(log) && write_piece(log, "\n", 1) == 1)
		log->is_torn = false;
	while (done < lines->nbytes) {
		const char *bytes = lines->bytes + done;
		const size_t n = piece(bytes, lines->nbytes - done);
		size_t n_written;

		if (!wait_for_room(log)) {
			lose(log, count_lines(bytes, lines->nbytes - done), UNREAD);
			return;
		}
		n_written = log->is_torn ? 0 : write_piece(log, bytes, n);
		if (n_written < n) {
			lose(log, count_lines(bytes + n_written, n - n_written), strerror(errno));
			log->is_torn |= n_written > 0 && bytes[n_written - 1] != '\n';
		}
		done += n;
	}
}

static void wait_for_more(struct access_log *log)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += WAIT_MILLISECONDS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	while (!log->stopping && log->lines.nbytes < FULL_NBYTES)
		if (pthread_cond_timedwait(&log->changed, &log->mutex, &until) == ETIMEDOUT)
			return;
}

static void *run(void *context)
{
	struct access_log *log = context;
	struct text lines = {0}, written;

	pthread_mutex_lock(&log->mutex);
	for (;;) {
		while (!log->stopping && log->lines.nbytes == 0)
			pthread_cond_wait(&log->changed, &log->mutex);
		if (log->lines.nbytes == 0)
			break;
		wait_for_more(log);
		written = log->lines;
		log->lines = lines;
		pthread_mutex_unlock(&log->mutex);
		write_lines(log, &written);
		lines = written;
		text_reset(&lines);
		pthread_mutex_lock(&log->mutex);
	}
	pthread_mutex_unlock(&log->mutex);
	text_release(&lines);
	return NULL;
}

/* ---------------------------------------------------------------------- the log */

struct access_log *access_log_open(int fd,
				   void (*put)(struct text *text, const struct log_entry *entry))
{
	struct access_log *log = calloc(1, sizeof(*log));

	if (log) {
		log->fd = fd;
		log->put = put;
		pthread_mutex_init(&log->mutex, NULL);
		pthread_cond_init(&log->changed, NULL);
		if (pthread_create(&log->thread, NULL, run, log) == 0)
			return log;
		free(log);
	}
	complain("the access log cannot be started: out of memory");
	return NULL;
}

void access_log_close(struct access_log *log)
{
	struct timespec until;

	if (!log)
		return;
	pthread_mutex_lock(&log->mutex);
	log->stopping = true;
	pthread_cond_signal(&log->changed);
	pthread_mutex_unlock(&log->mutex);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += LAST_SECONDS;
	/* A terminal may block what poll() says will not; it keeps the log until the process ends.
	 */
	if (pthread_timedjoin_np(log->thread, NULL, &until) != 0)
		return;
	pthread_mutex_destroy(&log->mutex);
	pthread_cond_destroy(&log->changed);
	text_release(&log->lines);
	free(log);
}

void access_log_put(struct access_log *log, const struct log_entry *entry)
{
	size_t before;

	pthread_mutex_lock(&log->mutex);
	before = log->lines.nbytes;
	if (before < MAX_NBYTES)
		log->put(&log->lines, entry);
	if (before >= MAX_NBYTES || log->lines.failed) {
		log->lines.nbytes = before;
		log->lines.failed = false;
		atomic_fetch_add(&log->n_lost, 1);
	} else if (before == 0 || (before < FULL_NBYTES && log->lines.nbytes >= FULL_NBYTES)) {
		pthread_cond_signal(&log->changed);
	}
	pthread_mutex_unlock(&log->mutex);
}

uint64_t access_log_n_lost(const struct access_log *log)
{
	return atomic_load(&log->n_lost);
}
