/*
 * resume.c - --resume: the records of a run that was interrupted are kept.
 *
 * FILE.resume has one state of fixed size, replaced by a single write after the records that it
 * counts. So when the process is killed, FILE.part has at least the bytes of the state; more are
 * cut off. After a power failure it may have fewer or others, which its checksum shows.
 */
#include "resume.h"
#include "../../lib/base/crc32c.h"
#include "../common/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Seconds between two states: what is at most done again. */
#define INTERVAL 0.1

#define MAGIC                                                                                      \
	{                                                                                          \
		'e', 'm', 'n', 'i', 's', 't', 'R', '1'                                             \
	}

struct state {
	char magic[8];
	uint64_t settings;
	uint64_t nbytes;  /* of FILE.part */
	uint64_t content; /* their checksum */
	struct input_place place;
	struct resume_counts counts;
	uint64_t check; /* checksum of all fields before */
};

struct resume {
	char *part_path, *state_path;
	int fd; /* of the state, locked */
	struct state state;
	double next; /* when to write the next state */
};

static uint64_t check_of(const struct state *state)
{
	return crc32c(0, state, offsetof(struct state, check));
}

static bool fail(const char *path, const char *what)
{
	complain("'%s': %s: %s", path, what, strerror(errno));
	return false;
}

/* ------------------------------------------------------------------------- state */

static bool write_state(struct resume *resume)
{
	struct state *state = &resume->state;
	ssize_t n;

	state->check = check_of(state);
	do
		n = pwrite(resume->fd, state, sizeof(*state), 0);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && n != (ssize_t)sizeof(*state))
		errno = ENOSPC;
	return n == (ssize_t)sizeof(*state) || fail(resume->state_path, "cannot write");
}

/* Whether the file holds a state; if it is empty, it is a new one. */
static bool read_state(struct resume *resume)
{
	static const char magic[] = MAGIC;
	struct state *state = &resume->state;
	const ssize_t n = pread(resume->fd, state, sizeof(*state), 0);

	if (n == (ssize_t)sizeof(*state) && memcmp(state->magic, magic, sizeof(magic)) == 0 &&
	    state->check == check_of(state))
		return true;
	if (n < 0)
		return fail(resume->state_path, "cannot read");
	*state = (struct state){.magic = MAGIC};
	if (n > 0)
		complain("'%s': not the state of an interrupted run; remove it",
			 resume->state_path);
	return n == 0;
}

/* Opens and locks the state. The run that had the lock may have removed the file meanwhile. */
static bool open_state(struct resume *resume)
{
	struct stat st;

	do {
		if (resume->fd >= 0)
			close(resume->fd);
		resume->fd =
			open(resume->state_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (resume->fd < 0)
			return fail(resume->state_path, "cannot write");
		if (flock(resume->fd, LOCK_EX | LOCK_NB) < 0) {
			if (errno == EWOULDBLOCK)
				complain("'%s': another process is writing these results",
					 resume->state_path);
			else
				fail(resume->state_path, "cannot lock");
			return false;
		}
		if (fstat(resume->fd, &st) < 0)
			return fail(resume->state_path, "cannot read");
	} while (st.st_nlink == 0);
	return read_state(resume);
}

/* ----------------------------------------------------------------------- records */

/* Extends the checksum of the state by the first nbytes of the file. */
static bool sum_up(int fd, uint64_t nbytes, uint32_t *sum_ret)
{
	unsigned char block[65536];

	*sum_ret = 0;
	while (nbytes) {
		const size_t wanted = nbytes < sizeof(block) ? (size_t)nbytes : sizeof(block);
		const ssize_t n = read(fd, block, wanted);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		*sum_ret = crc32c(*sum_ret, block, (size_t)n);
		nbytes -= (uint64_t)n;
	}
	return true;
}

/* Compares the records with the state, or begins if there are none. */
static bool check_records(struct resume *resume, uint32_t settings)
{
	struct state *state = &resume->state;
	const int fd = open(resume->part_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	const bool is_new = fd < 0 && errno == ENOENT;
	const char *why = NULL;
	uint32_t sum;

	if (fd < 0 && !is_new)
		return fail(resume->part_path, "cannot read");
	if (is_new)
		*state = (struct state){.magic = MAGIC, .settings = settings};
	else if (state->check == 0)
		why = "already exists, without the state of an interrupted run";
	else if (state->settings != settings)
		why = "was begun with other options, another model or another version";
	else if (!sum_up(fd, state->nbytes, &sum) || sum != state->content)
		why = "is damaged";
	if (fd >= 0)
		close(fd);
	if (why)
		complain("'%s': %s; remove it to start over", resume->part_path, why);
	if (why && state->check == 0)
		unlink(resume->state_path);
	return !why && write_state(resume);
}

static void release(struct resume *resume)
{
	if (resume->fd >= 0)
		close(resume->fd);
	free(resume->part_path);
	free(resume->state_path);
	free(resume);
}

/* Next to the file itself, if path is a symlink. */
static bool set_paths(struct resume *resume, const char *path)
{
	char *target = realpath(path, NULL);
	const char *base = target ? target : path;

	if (asprintf(&resume->part_path, "%s.part", base) < 0)
		resume->part_path = NULL;
	if (asprintf(&resume->state_path, "%s.resume", base) < 0)
		resume->state_path = NULL;
	free(target);
	if (!resume->part_path || !resume->state_path)
		complain("out of memory");
	return resume->part_path && resume->state_path;
}

struct resume *resume_open(const char *path, uint32_t settings, struct sink *sink)
{
	struct resume *resume = calloc(1, sizeof(*resume));

	if (!resume) {
		complain("out of memory");
		return NULL;
	}
	resume->fd = -1;
	if (set_paths(resume, path) && open_state(resume) && check_records(resume, settings) &&
	    sink_open_behind(sink, path, resume->part_path, resume->state.nbytes)) {
		resume->next = seconds_now() + INTERVAL;
		return resume;
	}
	release(resume);
	return NULL;
}

const struct input_place *resume_place(const struct resume *resume)
{
	return &resume->state.place;
}

const struct resume_counts *resume_counts(const struct resume *resume)
{
	return &resume->state.counts;
}

uint64_t resume_nbytes(const struct resume *resume)
{
	return resume->state.nbytes;
}

void resume_spare(const struct resume *resume, struct inputs *inputs)
{
	struct stat st;

	if (stat(resume->part_path, &st) == 0)
		inputs_spare(inputs, &st);
	if (fstat(resume->fd, &st) == 0)
		inputs_spare(inputs, &st);
}

void resume_wrote(struct resume *resume, const void *bytes, size_t nbytes)
{
	struct state *state = &resume->state;

	state->content = crc32c((uint32_t)state->content, bytes, nbytes);
	state->nbytes += nbytes;
}

bool resume_reached(struct resume *resume, struct sink *sink, const struct input_place *place,
		    const struct resume_counts *counts)
{
	const double now = seconds_now();

	if (now < resume->next)
		return true;
	resume->next = now + INTERVAL;
	resume->state.place = *place;
	resume->state.counts = *counts;
	return sink_flush(sink) && write_state(resume);
}

enum exit_status resume_close(struct resume *resume, struct sink *sink, enum exit_status status)
{
	status = sink_close(sink, status);
	/* Without FILE.part, which has taken its name, the state is that of no run. */
	if (status != STATUS_FATAL && unlink(resume->state_path) < 0 && errno != ENOENT) {
		fail(resume->state_path, "cannot remove");
		status = STATUS_FATAL;
	}
	release(resume);
	return status;
}
