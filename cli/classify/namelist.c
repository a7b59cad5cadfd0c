/*
 * namelist.c - reads names from a file or a pipe as they arrive.
 *
 * read(2) fills a buffer of fixed size, so nothing waits for more input than it needs; poll(2)
 * shows whether there is some. Only the start of a name longer than the system allows is kept:
 * memory does not depend on the list's content.
 */
#include "namelist.h"
#include "../../lib/base/encoding.h"
#include "../common/messages.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_NBYTES 65536

struct namelist {
	int fd;
	int stop_fd;
	char separator;
	bool at_end;
	bool has_begun;    /* the first name is complete */
	size_t begin, end; /* the unread part of the buffer */
	size_t n_name;     /* length of the name; `name` may hold only its start */
	char name[PATH_MAX];
	char buffer[BUFFER_NBYTES];
};

struct namelist *namelist_new(int fd, char separator, int stop_fd)
{
	struct namelist *list = calloc(1, sizeof(*list));

	if (!list) {
		close(fd);
		return NULL;
	}
	list->fd = fd;
	list->stop_fd = stop_fd;
	list->separator = separator;
	return list;
}

/* Reads more into the empty buffer. NAMELIST_NAME: there is more, or the end was reached. */
static enum namelist_result fill(struct namelist *list, bool wait)
{
	struct pollfd fds[] = {{list->fd, POLLIN, 0}, {list->stop_fd, POLLIN, 0}};
	ssize_t n;
	int n_ready;

	do
		n_ready = poll(fds, 2, wait ? -1 : 0);
	while (n_ready < 0 && errno == EINTR);
	if (n_ready < 0)
		return NAMELIST_FAILED;
	if (fds[1].revents)
		return NAMELIST_END;
	if (!fds[0].revents)
		return NAMELIST_LATER;
	do
		n = read(list->fd, list->buffer, sizeof(list->buffer));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? NAMELIST_LATER : NAMELIST_FAILED;
	list->begin = 0;
	list->end = (size_t)n;
	list->at_end = n == 0;
	return NAMELIST_NAME;
}

/* Moves bytes up to the next separator from the buffer to the name; true if there was one. */
static bool take(struct namelist *list)
{
	const char *from = list->buffer + list->begin;
	size_t n_left = list->end - list->begin;
	const char *found = n_left ? memchr(from, list->separator, n_left) : NULL;
	size_t n = found ? (size_t)(found - from) : n_left;

	if (list->n_name < sizeof(list->name)) {
		size_t room = sizeof(list->name) - list->n_name;

		memcpy(list->name + list->n_name, from, n < room ? n : room);
	}
	list->n_name += n;
	list->begin += n + (found != NULL);
	return found != NULL;
}

/* Whether a file is called as the name is now. */
static bool is_there(struct namelist *list)
{
	struct stat st;

	list->name[list->n_name] = '\0';
	return lstat(list->name, &st) == 0;
}

/* Programs of other systems begin a text with a mark of UTF-8, and end its lines with CR LF.
 * Neither is part of a name, unless a file is called so. False: it is no such text, which is given
 * in place of a name. */
static bool drop_marks(struct namelist *list)
{
	const bool is_first = !list->has_begun;
	struct emnist_error error;
	size_t n = list->n_name, n_mark = 0;
	bool is_wrong, has_cr;

	list->has_begun = true;
	if (n == 0 || n >= sizeof(list->name))
		return true;
	is_wrong = is_first && encoding_mark(list->name, n, &n_mark, &error);
	has_cr = list->separator == '\n' && list->name[n - 1] == '\r';
	if ((!is_wrong && !n_mark && !has_cr) || is_there(list))
		return true;
	if (is_wrong) {
		memcpy(list->name, error.message, sizeof(error.message));
		return false;
	}
	list->n_name = n - n_mark - has_cr;
	memmove(list->name, list->name + n_mark, list->n_name);
	return true;
}

static enum namelist_result finish_name(struct namelist *list, const char **name_ret)
{
	size_t n = list->n_name;

	list->n_name = 0;
	*name_ret = list->name;
	if (n >= sizeof(list->name)) {
		list->name[sizeof(list->name) - 1] = '\0';
		return NAMELIST_TOO_LONG;
	}
	list->name[n] = '\0';
	return strlen(list->name) == n ? NAMELIST_NAME : NAMELIST_NUL;
}

static enum namelist_result fail(struct namelist *list, const char *why, const char **name_ret)
{
	list->at_end = true;
	list->n_name = 0;
	*name_ret = why;
	return NAMELIST_FAILED;
}

enum namelist_result namelist_next(struct namelist *list, bool wait, const char **name_ret)
{
	while (!list->at_end) {
		enum namelist_result result;

		if (take(list)) {
			if (!drop_marks(list))
				return fail(list, list->name, name_ret);
			if (list->n_name > 0)
				return finish_name(list, name_ret);
			continue;
		}
		result = fill(list, wait);
		if (result == NAMELIST_FAILED)
			return fail(list, strerror(errno), name_ret);
		if (result != NAMELIST_NAME)
			return result;
	}
	if (!drop_marks(list))
		return fail(list, list->name, name_ret);
	return list->n_name > 0 ? finish_name(list, name_ret) : NAMELIST_END;
}

void namelist_free(struct namelist *list)
{
	if (!list)
		return;
	close(list->fd);
	free(list);
}
