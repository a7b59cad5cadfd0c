/* error.c - fills in struct emnist_error. */
#include "error.h"
#include "error_text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void make_printable(char *text)
{
	for (unsigned char *p = (unsigned char *)text; *p; p++)
		if (*p < 0x20 || *p == 0x7f)
			*p = '?';
}

static void fill(struct emnist_error *error, enum emnist_status code, uint64_t offset,
		 const char *format, va_list arguments)
{
	if (!error)
		return;
	error->code = code;
	error->sys_errno = 0;
	error->offset = offset;
	error->limit = EMNIST_LIMIT_OTHER;
	vsnprintf(error->message, sizeof(error->message), format, arguments);
	make_printable(error->message);
}

enum emnist_status error_set(struct emnist_error *error, enum emnist_status code,
			     const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fill(error, code, EMNIST_NO_OFFSET, format, arguments);
	va_end(arguments);
	return code;
}

enum emnist_status error_at(struct emnist_error *error, enum emnist_status code, uint64_t offset,
			    const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fill(error, code, offset, format, arguments);
	va_end(arguments);
	return code;
}

enum emnist_status error_limit(struct emnist_error *error, enum emnist_limit limit,
			       const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fill(error, EMNIST_ERR_LIMIT, EMNIST_NO_OFFSET, format, arguments);
	va_end(arguments);
	if (error)
		error->limit = limit;
	return EMNIST_ERR_LIMIT;
}

enum emnist_status error_errno(struct emnist_error *error, int sys_errno, const char *what)
{
	error_set(error, EMNIST_ERR_IO, "%s%s%s", what ? what : "", what ? ": " : "",
		  error_text(sys_errno));
	if (error)
		error->sys_errno = sys_errno;
	return EMNIST_ERR_IO;
}

enum emnist_status error_memory(struct emnist_error *error)
{
	return error_set(error, EMNIST_ERR_MEMORY, "out of memory");
}

bool emnist_error_is_shortage(const struct emnist_error *error)
{
	const int number = error->code == EMNIST_ERR_IO ? error->sys_errno : 0;

	return error->code == EMNIST_ERR_MEMORY || number == EMFILE || number == ENFILE ||
	       number == ENOMEM || number == EAGAIN;
}

enum emnist_status error_prefix(struct emnist_error *error, enum emnist_status code,
				const char *prefix)
{
	char message[sizeof(error->message)];

	if (!error)
		return code;
	memcpy(message, error->message, sizeof(message));
	if (snprintf(error->message, sizeof(error->message), "%s: %s", prefix, message) < 0)
		memcpy(error->message, message, sizeof(message));
	make_printable(error->message);
	return error->code;
}

const char *emnist_version(void)
{
	return EMNIST_VERSION;
}
