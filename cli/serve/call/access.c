/*
 * access.c - who may ask: a token in requests, and pages of other origins in browsers (CORS).
 *
 * A browser asks first whether a page may send a request, without the token; and without these
 * headers a page cannot see that its token is wrong. So CORS comes before the token.
 */
#include "access.h"
#include "../../../lib/io/file.h"
#include "../../common/messages.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define MIN_TOKEN 16
#define MAX_TOKEN 1024

/* How long a browser need not ask again. */
#define MAX_AGE_SECONDS "86400"

struct access {
	const char *const *origins; /* (n_origins) */
	size_t n_origins;
	bool takes_all_origins;
	size_t token_nbytes; /* 0: none is needed */
	char token[MAX_TOKEN];
};

/* ---------------------------------------------------------------------- opening */

/* A scheme, "://", and a host with or without a port: what browsers send, to the byte. */
static bool check_origin(const char *origin)
{
	const char *host = strstr(origin, "://");

	if (strcmp(origin, "*") == 0 || strcmp(origin, "null") == 0)
		return true;
	if (host && host > origin && host[3] && !strpbrk(host + 3, "/?#*") &&
	    !strpbrk(origin, " \t\r\n,") && strlen(origin) < RESPONSE_MAX_VALUE)
		return true;
	complain("--cors %s: not an origin, such as https://example.org, or *", origin);
	return false;
}

/* What may follow "Bearer" (RFC 6750): visible characters, and no space. */
static bool is_token(const unsigned char *bytes, size_t nbytes)
{
	for (size_t i = 0; i < nbytes; i++)
		if (bytes[i] <= ' ' || bytes[i] >= 0x7f)
			return false;
	return true;
}

static bool take_token(struct access *access, const char *path, const struct buffer *file)
{
	const unsigned char *end = file->nbytes ? memchr(file->data, '\n', file->nbytes) : NULL;
	size_t nbytes = end ? (size_t)(end - file->data) : file->nbytes;

	while (nbytes > 0 && strchr(" \t\r", file->data[nbytes - 1]))
		nbytes--;
	if (nbytes < MIN_TOKEN || nbytes > MAX_TOKEN) {
		complain("--token: '%s': its first line has %zu characters; a token has %d to %d",
			 path, nbytes, MIN_TOKEN, MAX_TOKEN);
		return false;
	}
	if (!is_token(file->data, nbytes)) {
		complain("--token: '%s': a token has no spaces, and no characters but ASCII", path);
		return false;
	}
	memcpy(access->token, file->data, nbytes);
	access->token_nbytes = nbytes;
	return true;
}

static bool read_token(struct access *access, const char *path)
{
	struct buffer file = {0};
	struct emnist_error error;
	struct stat st;
	bool good = false;

	if (file_read(path, 1 << 20, &file, &error))
		complain("--token: '%s': %s", path, error.message);
	else
		good = take_token(access, path, &file);
	if (good && stat(path, &st) == 0 && st.st_mode & (S_IRGRP | S_IROTH))
		complain("--token: '%s': warning: others may read it; use chmod 600", path);
	buffer_clear(&file);
	return good;
}

struct access *access_open(const char *token_path, const char *const *origins, size_t n)
{
	struct access *access = calloc(1, sizeof(*access));

	if (!access) {
		complain("out of memory");
		return NULL;
	}
	access->origins = origins;
	access->n_origins = n;
	for (size_t i = 0; i < n; i++) {
		access->takes_all_origins |= strcmp(origins[i], "*") == 0;
		if (!check_origin(origins[i]))
			goto fail;
	}
	if (!token_path || read_token(access, token_path))
		return access;
fail:
	access_close(access);
	return NULL;
}

void access_close(struct access *access)
{
	free(access);
}

/* ------------------------------------------------------------------------- CORS */

static bool takes_origin(const struct access *access, const char *origin)
{
	for (size_t i = 0; i < access->n_origins; i++)
		if (strcmp(access->origins[i], origin) == 0)
			return true;
	return access->takes_all_origins;
}

/* Whether a browser asks what it may ask, and answers. */
static bool answer_preflight(struct call *call, bool is_allowed)
{
	if (strcmp(call->request.method, "OPTIONS") != 0 ||
	    !request_header(&call->request, "Access-Control-Request-Method"))
		return false;
	if (!is_allowed) {
		call_fail(call, 403, "pages of this origin may not ask");
		return true;
	}
	call_add_header(call, "Access-Control-Allow-Methods", "GET, HEAD, POST");
	call_add_header(call, "Access-Control-Allow-Headers",
			"Authorization, Content-Type, Content-Encoding, "
			"Inference-Header-Content-Length");
	call_add_header(call, "Access-Control-Max-Age", MAX_AGE_SECONDS);
	call->response.status = 200;
	return true;
}

/* Returns whether it answered. Caches must know that the answer depends on the origin, also if this
 * one is not allowed. */
static bool check_origin_of(const struct access *access, struct call *call)
{
	const char *origin = request_header(&call->request, "Origin");
	bool is_allowed;

	if (access->n_origins == 0)
		return false;
	if (!access->takes_all_origins)
		call_add_header(call, "Vary", "Origin");
	if (!origin)
		return false;
	is_allowed = takes_origin(access, origin);
	if (is_allowed) {
		call_add_header(call, "Access-Control-Allow-Origin",
				access->takes_all_origins ? "*" : origin);
		call_add_header(call, "Access-Control-Expose-Headers",
				"Inference-Header-Content-Length, Retry-After");
	}
	return answer_preflight(call, is_allowed);
}

/* ------------------------------------------------------------------------ token */

/* Takes the same time whatever the bytes are, so that a token cannot be found byte by byte. Its
 * length may be seen. */
static bool is_same(const char *a, const char *b, size_t nbytes)
{
	volatile unsigned char difference = 0;

	for (size_t i = 0; i < nbytes; i++)
		difference |= (unsigned char)(a[i] ^ b[i]);
	return difference == 0;
}

static bool has_token(const struct access *access, const char *authorization)
{
	static const char scheme[] = "Bearer ";
	const char *token;
	size_t nbytes;

	if (strncasecmp(authorization, scheme, strlen(scheme)) != 0)
		return false;
	token = authorization + strlen(scheme);
	token += strspn(token, " ");
	nbytes = strlen(token);
	while (nbytes > 0 && token[nbytes - 1] == ' ')
		nbytes--;
	return nbytes == access->token_nbytes && is_same(token, access->token, nbytes);
}

/* What a load balancer asks, which knows no token. */
static bool is_health(const struct call *call)
{
	return call_path_is(call, "/healthz") || call_path_is(call, "/v2/health/live") ||
	       call_path_is(call, "/v2/health/ready");
}

static bool check_token(const struct access *access, struct call *call)
{
	const char *authorization = request_header(&call->request, "Authorization");

	if (access->token_nbytes == 0 || is_health(call) ||
	    (authorization && has_token(access, authorization)))
		return true;
	call_add_header(call, "WWW-Authenticate",
			authorization ? "Bearer realm=\"emnist\", error=\"invalid_token\""
				      : "Bearer realm=\"emnist\"");
	call_fail(call, 401, "%s",
		  authorization ? "this is not the token"
				: "a token is needed, as in "
				  "Authorization: Bearer TOKEN");
	return false;
}

bool access_check(const struct access *access, struct call *call)
{
	return !check_origin_of(access, call) && check_token(access, call);
}
