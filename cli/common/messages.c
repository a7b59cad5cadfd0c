/* messages.c - messages on stderr, and whether output on stdout arrived. */
#include "messages.h"
#include "../output/escape.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The longest message: a path and some lines of text; longer ones are cut. */
#define MAX_MESSAGE (PATH_MAX + 1024)

void complain(const char *format, ...)
{
	static const char prefix[] = "emnist: ";
	char text[MAX_MESSAGE];
	char line[sizeof(prefix) + ESCAPE_MAX * MAX_MESSAGE];
	size_t n_line = sizeof(prefix) - 1;
	size_t n_text;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	n_text = strlen(text);
	memcpy(line, prefix, n_line);
	for (size_t i = 0, n_taken; i < n_text; i += n_taken)
		n_line += escape_next((const unsigned char *)text + i, n_text - i, line + n_line,
				      &n_taken);
	line[n_line++] = '\n';
	/* If stderr cannot be written, no report is possible. */
	while (write(STDERR_FILENO, line, n_line) < 0 && errno == EINTR)
		;
}

void complain_of(const char *path, const struct emnist_error *error)
{
	complain("'%s': %s", path, error->message);
}

enum exit_status close_stdout(enum exit_status status)
{
	bool failed = ferror(stdout) != 0;
	int failure = failed ? errno : 0;

	if (fclose(stdout) != 0) {
		failed = true;
		failure = errno;
	}
	if (!failed || failure == EPIPE)
		return status;
	complain("standard output: %s", failure ? strerror(failure) : "write failed");
	return STATUS_FATAL;
}
