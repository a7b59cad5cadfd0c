/*
 * engine_option.c - --engine, and the environment that OpenBLAS is loaded in.
 *
 * OpenBLAS 0.3.21 does not know Intel's newest Xeons and takes them for a Pentium 4 of 2004, which
 * trains four times slower. Its choice shows only once it is loaded, too late to change it. So a
 * child process loads it and reports.
 */
#include "engine_option.h"
#include "messages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child's report, in one write: small enough for a pipe. */
struct answer {
	char own[32];
	char better[32]; /* "": none are */
};

static void copy_name(char *to, size_t size, const char *name)
{
	if (name && strlen(name) < size)
		strcpy(to, name);
}

static void answer_through(int fd)
{
	struct emnist_backend backend;
	struct answer found = {0};

	emnist_backend_describe(&backend);
	copy_name(found.own, sizeof(found.own), backend.kernels);
	copy_name(found.better, sizeof(found.better), backend.better_kernels);
	_exit(write(fd, &found, sizeof(found)) == (ssize_t)sizeof(found) ? 0 : 1);
}

/* The child's report; none if there is no child, or it sends none. */
static bool ask_child(struct answer *answer_ret)
{
	ssize_t n;
	int fds[2];
	pid_t pid;

	if (pipe(fds) < 0)
		return false;
	pid = fork();
	if (pid == 0)
		answer_through(fds[1]);
	close(fds[1]);
	do
		n = pid > 0 ? read(fds[0], answer_ret, sizeof(*answer_ret)) : 0;
	while (n < 0 && errno == EINTR);
	close(fds[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return n == (ssize_t)sizeof(*answer_ret);
}

/* Threads of OpenBLAS would idle next to ours. And if one cannot be started OpenBLAS raises SIGINT,
 * as if a user had pressed Ctrl-C. */
static void kernels_alone(void)
{
	setenv("OPENBLAS_NUM_THREADS", "1", 1);
}

const char *kernels_choose(void)
{
	static struct answer replacing;
	struct answer found;

	kernels_alone();
	if (!getenv(KERNELS_VARIABLE) && ask_child(&found) && *found.better &&
	    setenv(KERNELS_VARIABLE, found.better, 1) == 0)
		replacing = found;
	return *replacing.own ? replacing.own : NULL;
}

const char *const engine_names[] = {"auto", "blas", "kernels", NULL};

bool engine_prepare(int *engine)
{
	enum emnist_engine found;
	struct emnist_error error;

	/* Loading BLAS takes longer than an image. Auto seldom selects it. */
	if (*engine == EMNIST_ENGINE_BLAS)
		kernels_choose();
	else
		kernels_alone();
	if (emnist_engine_find((enum emnist_engine) * engine, &found, &error)) {
		complain("--engine %s: %s", engine_names[*engine], error.message);
		return false;
	}
	*engine = (int)found;
	return true;
}
