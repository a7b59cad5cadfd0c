/* access.h - who may ask: a token in requests, and pages of other origins in browsers (CORS). */
#ifndef CLI_SERVE_ACCESS_H
#define CLI_SERVE_ACCESS_H

#include "call.h"

struct access;

/* token_path: a file whose first line is the token that requests need; NULL: none. origins: (n),
 * whose pages may ask, "https://example.org"; "*" is all. Prints an error and returns NULL on
 * failure. origins must live as long. */
struct access *access_open(const char *token_path, const char *const *origins, size_t n);
void access_close(struct access *access);

/* Adds the headers for browsers to the response. False: the request goes no further and has its
 * answer, since it has no token, or is a browser's question what it may ask. */
bool access_check(const struct access *access, struct call *call);

#endif
