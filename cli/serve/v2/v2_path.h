/*
 * v2_path.h - the paths of the Open Inference Protocol.
 *
 *	GET  /v2
 *	GET  /v2/models/NAME[/versions/N][/ready]
 *	POST /v2/models/NAME[/versions/N]/infer
 */
#ifndef CLI_SERVE_V2_PATH_H
#define CLI_SERVE_V2_PATH_H

#include "../call/call.h"

enum v2_verb { V2_SERVER, V2_METADATA, V2_READY, V2_INFER };

/* {0} before; release with v2_path_release(). */
struct v2_path {
	enum v2_verb verb;
	struct text name; /* decoded, with a zero behind */
	int64_t version;
	bool has_version;
	bool has_bad_version; /* no number: nobody's */
};

/* Whether the path is one of these. */
bool v2_path_parse(const struct call *call, struct v2_path *path);
void v2_path_release(struct v2_path *path);

#endif
