/*
 * inject_calls.c - to be preloaded: makes the n-th call of a function fail.
 *
 *	INJECT=read:3:EIO      the third read() fails with that errno; also write, close, malloc,
 *	                       open, thread
 *	INJECT=write:0:SHORT   every write() (or read()) transfers at most one byte
 *	INJECT=read:0:EINTR    every second call is interrupted
 *
 * malloc includes calloc, realloc and aligned allocation; open is opening for reading; thread is
 * pthread_create(). Calls are counted once the program's libraries are initialized. A failed call
 * writes "injected" to the file named by INJECT_LOG. At the end the number of calls is written to
 * the file named by INJECT_COUNT. With INJECT_NO_TMPFILE set, no file can be opened without a name,
 * as on NFS. With INJECT_HIDE=TEXT, libraries with TEXT in their names count as not installed.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum call {
	CALL_NONE,
	CALL_READ,
	CALL_WRITE,
	CALL_CLOSE,
	CALL_MALLOC,
	CALL_OPEN,
	CALL_THREAD,
};

static enum call wanted;
static bool is_short;
static long wanted_number;
static int failure;
static atomic_long n_calls;

void *__libc_malloc(size_t nbytes);
void *__libc_calloc(size_t n, size_t nbytes);
void *__libc_realloc(void *bytes, size_t nbytes);
void *__libc_memalign(size_t alignment, size_t nbytes);

__attribute__((constructor)) static void set_up(void)
{
	static const char *const names[] = {
		"", "read:", "write:", "close:", "malloc:", "open:", "thread:"};
	const char *setting = getenv("INJECT");
	enum call call = CALL_NONE;
	char *end;

	if (!setting)
		return;
	for (enum call i = CALL_READ; i <= CALL_THREAD; i++)
		if (strncmp(setting, names[i], strlen(names[i])) == 0)
			call = i;
	if (call == CALL_NONE)
		return;
	wanted_number = strtol(strchr(setting, ':') + 1, &end, 10);
	is_short = strcmp(end, ":SHORT") == 0;
	failure = strcmp(end, ":ENOSPC") == 0   ? ENOSPC
		  : strcmp(end, ":EINTR") == 0  ? EINTR
		  : strcmp(end, ":EIO") == 0    ? EIO
		  : strcmp(end, ":EMFILE") == 0 ? EMFILE
		  : strcmp(end, ":EAGAIN") == 0 ? EAGAIN
						: ENOMEM;
	wanted = call;
}

static void leave_mark(void)
{
	const char *path = getenv("INJECT_LOG");
	int fd = path ? openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;

	if (fd < 0)
		return;
	syscall(SYS_write, fd, "injected\n", 9);
	syscall(SYS_close, fd);
}

__attribute__((destructor)) static void tell_count(void)
{
	const char *path = getenv("INJECT_COUNT");
	char text[24];
	const int fd =
		path ? openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;

	if (fd < 0)
		return;
	syscall(SYS_write, fd, text, (size_t)snprintf(text, sizeof(text), "%ld\n", n_calls));
	syscall(SYS_close, fd);
}

/* Whether this call is to fail; errno is set then. */
static bool fails(enum call call)
{
	long number;

	if (call != wanted || is_short)
		return false;
	number = atomic_fetch_add(&n_calls, 1) + 1;
	if (wanted_number > 0 ? number != wanted_number : number % 2 == 0)
		return false;
	if (wanted_number > 0)
		leave_mark();
	errno = failure;
	return true;
}

ssize_t read(int fd, void *bytes, size_t nbytes)
{
	if (fails(CALL_READ))
		return -1;
	if (wanted == CALL_READ && is_short && nbytes > 1)
		nbytes = 1;
	return syscall(SYS_read, fd, bytes, nbytes);
}

ssize_t write(int fd, const void *bytes, size_t nbytes)
{
	if (fails(CALL_WRITE))
		return -1;
	if (wanted == CALL_WRITE && is_short && nbytes > 1)
		nbytes = 1;
	return syscall(SYS_write, fd, bytes, nbytes);
}

int close(int fd)
{
	bool failed = fails(CALL_CLOSE);
	int result = (int)syscall(SYS_close, fd);

	if (failed)
		errno = failure;
	return failed ? -1 : result;
}

void *malloc(size_t nbytes)
{
	return fails(CALL_MALLOC) ? NULL : __libc_malloc(nbytes);
}

void *calloc(size_t n, size_t nbytes)
{
	return fails(CALL_MALLOC) ? NULL : __libc_calloc(n, nbytes);
}

void *realloc(void *bytes, size_t nbytes)
{
	return fails(CALL_MALLOC) ? NULL : __libc_realloc(bytes, nbytes);
}

void *aligned_alloc(size_t alignment, size_t nbytes)
{
	return fails(CALL_MALLOC) ? NULL : __libc_memalign(alignment, nbytes);
}

int posix_memalign(void **bytes_ret, size_t alignment, size_t nbytes)
{
	if (fails(CALL_MALLOC))
		return ENOMEM;
	*bytes_ret = __libc_memalign(alignment, nbytes);
	return *bytes_ret ? 0 : ENOMEM;
}

int open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list arguments;

	va_start(arguments, flags);
	if (flags & (O_CREAT | O_TMPFILE))
		mode = va_arg(arguments, mode_t);
	va_end(arguments);
	if ((flags & O_TMPFILE) == O_TMPFILE && getenv("INJECT_NO_TMPFILE")) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if ((flags & O_ACCMODE) == O_RDONLY && fails(CALL_OPEN))
		return -1;
	return openat(AT_FDCWD, path, flags, mode);
}

#if __SIZEOF_POINTER__ == 4
/* What open() is where files may be large. */
int open64(const char *path, int flags, ...) __attribute__((alias("open")));
#endif

void *dlopen(const char *file, int mode)
{
	static __typeof__(dlopen) *real;
	const char *hidden = getenv("INJECT_HIDE");

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "dlopen");
	return real(file && hidden && strstr(file, hidden) ? "libhidden.so.0" : file, mode);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
		   void *argument)
{
	static __typeof__(pthread_create) *real;

	if (fails(CALL_THREAD))
		return failure;
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	return real(thread, attributes, run, argument);
}
