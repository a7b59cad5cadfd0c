/*
 * tfs_path.c - the paths of TensorFlow Serving's REST API.
 *
 * There they are two regular expressions that ignore case and that the whole target must match,
 * query included; names are decoded after that. Each of their optional parts is tried first with,
 * then without, as a matcher of regular expressions does: /v1/models/metadata is the status of a
 * model called "metadata".
 */
#include "tfs_path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A part of the target. */
struct span {
	const char *at;
	size_t nbytes;
};

struct parts {
	struct span name, version, label, end; /* end: the verb or "metadata" */
};

/* Skips this text, whatever its case. */
static bool skip(const char **at, const char *text)
{
	const size_t nbytes = strlen(text);

	if (strncasecmp(*at, text, nbytes) != 0)
		return false;
	*at += nbytes;
	return true;
}

/* [^/:]+ */
static bool take_name(const char **at, struct span *span)
{
	*span = (struct span){*at, strcspn(*at, "/:")};
	*at += span->nbytes;
	return span->nbytes > 0;
}

static bool take_digits(const char **at, struct span *span)
{
	*span = (struct span){*at, strspn(*at, "0123456789")};
	*at += span->nbytes;
	return span->nbytes > 0;
}

/* (/versions/(\d+)|/labels/([^/:]+)) */
static bool take_choice(const char **at, struct parts *parts)
{
	const char *p = *at;

	if (skip(&p, "/versions/") && take_digits(&p, &parts->version)) {
		*at = p;
		return true;
	}
	parts->version = (struct span){0};
	p = *at;
	if (skip(&p, "/labels/") && take_name(&p, &parts->label)) {
		*at = p;
		return true;
	}
	parts->label = (struct span){0};
	return false;
}

static bool match_end(const char *at, struct parts *parts)
{
	parts->end = (struct span){0};
	if (*at == '\0')
		return true;
	if (!skip(&at, "/"))
		return false;
	parts->end.at = at;
	parts->end.nbytes = strlen(at);
	return skip(&at, "metadata") && *at == '\0';
}

static bool match_choice_and_end(const char *at, struct parts *parts)
{
	const char *p = at;

	if (take_choice(&p, parts) && match_end(p, parts))
		return true;
	parts->version = parts->label = (struct span){0};
	return match_end(at, parts);
}

static bool match_get(const char *target, struct parts *parts)
{
	const char *at = target, *p;

	if (!skip(&at, "/v1/models"))
		return false;
	p = at;
	if (skip(&p, "/") && take_name(&p, &parts->name) && match_choice_and_end(p, parts))
		return true;
	parts->name = (struct span){0};
	return match_choice_and_end(at, parts);
}

static bool match_post(const char *target, struct parts *parts)
{
	const char *at = target;

	if (!skip(&at, "/v1/models/") || !take_name(&at, &parts->name))
		return false;
	take_choice(&at, parts);
	if (!skip(&at, ":"))
		return false;
	parts->end = (struct span){at, strlen(at)};
	return true;
}

/* --------------------------------------------------------------------- values */

static int hexadecimal(char c)
{
	const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *digit = c ? strchr(digits, c) : NULL;

	return digit ? (int)((digit - digits) % 16) : -1;
}

/* As curl decodes, a '%' that is not followed by two digits stands for itself. A name with a zero
 * byte is nobody's. */
static bool decode(struct span span, struct text *text)
{
	for (size_t i = 0; i < span.nbytes; i++) {
		char c = span.at[i];

		if (c == '%' && i + 2 < span.nbytes && hexadecimal(span.at[i + 1]) >= 0 &&
		    hexadecimal(span.at[i + 2]) >= 0) {
			c = (char)(hexadecimal(span.at[i + 1]) * 16 + hexadecimal(span.at[i + 2]));
			i += 2;
		}
		if (c == '\0')
			return false;
		text_putc(text, c);
	}
	text_putc(text, '\0');
	return true;
}

static bool set_version(struct tfs_path *path, struct span digits)
{
	char *end;

	errno = 0;
	path->version = strtoll(digits.at, &end, 10);
	path->has_version = true;
	return errno == 0;
}

/* The verb's case matters, though the expression ignores it. */
static bool set_verb(struct tfs_path *path, struct span end, bool is_post)
{
	static const struct {
		const char *text;
		enum tfs_verb verb;
		bool is_post;
	} verbs[] = {
		{"predict", TFS_PREDICT, true},
		{"classify", TFS_CLASSIFY, true},
		{"regress", TFS_REGRESS, true},
		{"metadata", TFS_METADATA, false},
	};

	path->verb = TFS_STATUS;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (verbs[i].is_post == is_post && strlen(verbs[i].text) == end.nbytes &&
		    memcmp(verbs[i].text, end.at, end.nbytes) == 0) {
			path->verb = verbs[i].verb;
			return true;
		}
	}
	return !is_post;
}

static bool refuse(struct text *error, const char *why, struct span span, const char *end)
{
	text_puts(error, why);
	text_add(error, span.at, span.nbytes);
	text_puts(error, end);
	return false;
}

/* ------------------------------------------------------------------ interface */

bool tfs_path_is(const char *target)
{
	return skip(&target, "/v1/");
}

bool tfs_path_parse(struct tfs_path *path, const char *method, const char *target,
		    struct text *error)
{
	const bool is_post = strcmp(method, "POST") == 0;
	struct parts parts = {0};

	if (!(is_post                      ? match_post(target, &parts)
	      : strcmp(method, "GET") == 0 ? match_get(target, &parts)
					   : false) ||
	    !set_verb(path, parts.end, is_post)) {
		text_puts(error, "Malformed request: ");
		text_puts(error, method);
		return refuse(error, " ", (struct span){target, strlen(target)}, "");
	}
	if (parts.name.nbytes > 0 && !decode(parts.name, &path->name))
		return refuse(error, "Failed to decode model name:", parts.name, "");
	if (parts.version.nbytes > 0 && !set_version(path, parts.version))
		return refuse(error, "Failed to convert version: ", parts.version, " to numeric.");
	if (parts.label.nbytes > 0 && !decode(parts.label, &path->label))
		return refuse(error, "Failed to decode model version label:", parts.label, "");
	return parts.name.nbytes > 0 ||
	       refuse(error, "Missing model name in request.", parts.name, "");
}

void tfs_path_release(struct tfs_path *path)
{
	text_release(&path->name);
	text_release(&path->label);
}
