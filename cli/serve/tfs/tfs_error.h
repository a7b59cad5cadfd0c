/* tfs_error.h - errors as TensorFlow Serving words them. */
#ifndef CLI_SERVE_TFS_ERROR_H
#define CLI_SERVE_TFS_ERROR_H

#include "../call/call.h"

/* For call->put_error: {"error": "MESSAGE"} as RapidJSON's PrettyWriter lays it out. */
void tfs_put_error(struct response *response, const char *message);

/* Like call_fail(), but nothing is cut off. */
void tfs_fail(struct call *call, unsigned status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
