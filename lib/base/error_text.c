/* error_text.c - glibc alone has strerrordesc_np(); others' strerror() is constant. */
#include "error_text.h"

#include <stddef.h>
#include <string.h>

const char *error_text(int sys_errno)
{
#ifdef __GLIBC__
	const char *text = strerrordesc_np(sys_errno);
#else
	const char *text = strerror(sys_errno);
#endif

	return text ? text : "unknown error";
}
