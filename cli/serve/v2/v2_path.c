/* v2_path.c - the paths of the Open Inference Protocol. */
#include "v2_path.h"
#include "../call/percent.h"

#include <string.h>

/* What is left of the path. */
struct rest {
	const char *at, *end;
};

static bool skip(struct rest *rest, const char *text)
{
	const size_t nbytes = strlen(text);

	if ((size_t)(rest->end - rest->at) < nbytes || memcmp(rest->at, text, nbytes) != 0)
		return false;
	rest->at += nbytes;
	return true;
}

/* A part up to the next slash. */
static struct rest take_part(struct rest *rest)
{
	const char *slash = memchr(rest->at, '/', (size_t)(rest->end - rest->at));
	const struct rest part = {rest->at, slash ? slash : rest->end};

	rest->at = part.end;
	return part;
}

static void read_version(struct v2_path *path, struct rest digits)
{
	path->has_version = true;
	path->has_bad_version = digits.at == digits.end;
	for (; digits.at < digits.end; digits.at++)
		if (*digits.at < '0' || *digits.at > '9' ||
		    __builtin_mul_overflow(path->version, 10, &path->version) ||
		    __builtin_add_overflow(path->version, *digits.at - '0', &path->version))
			path->has_bad_version = true;
}

static bool read_verb(struct v2_path *path, struct rest rest)
{
	static const struct {
		const char *text;
		enum v2_verb verb;
	} verbs[] = {
		{"/ready", V2_READY},
		{"/infer", V2_INFER},
		{"", V2_METADATA},
	};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		path->verb = verbs[i].verb;
		if (skip(&rest, verbs[i].text))
			break;
	}
	return rest.at == rest.end;
}

bool v2_path_parse(const struct call *call, struct v2_path *path)
{
	const char *target = call->request.target;
	struct rest rest = {target, target + call->request.path_nbytes};
	struct rest name;

	if (call_path_is(call, "/v2") || call_path_is(call, "/v2/"))
		return true;
	if (!skip(&rest, "/v2/models/"))
		return false;
	name = take_part(&rest);
	if (!percent_decode(&path->name, name.at, (size_t)(name.end - name.at), false))
		return false;
	text_putc(&path->name, '\0');
	if (skip(&rest, "/versions/"))
		read_version(path, take_part(&rest));
	return read_verb(path, rest) && !path->name.failed;
}

void v2_path_release(struct v2_path *path)
{
	text_release(&path->name);
}
