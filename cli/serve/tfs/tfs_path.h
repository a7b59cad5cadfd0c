/*
 * tfs_path.h - the paths of TensorFlow Serving's REST API.
 *
 *	POST /v1/models/NAME[/versions/N | /labels/LABEL]:classify|regress|predict
 *	GET  /v1/models[/NAME][/versions/N | /labels/LABEL][/metadata]
 */
#ifndef CLI_SERVE_TFS_PATH_H
#define CLI_SERVE_TFS_PATH_H

#include "../../output/text.h"

#include <stdbool.h>
#include <stdint.h>

enum tfs_verb { TFS_PREDICT, TFS_CLASSIFY, TFS_REGRESS, TFS_STATUS, TFS_METADATA };

/* {0} before; release with tfs_path_release(). */
struct tfs_path {
	enum tfs_verb verb;
	struct text name, label; /* decoded, with a zero behind; no bytes: not given */
	int64_t version;
	bool has_version;
};

/* Whether the target, with its query, belongs to this API. */
bool tfs_path_is(const char *target);

/* On failure, returns false and appends to error why, as TensorFlow Serving says it (400). */
bool tfs_path_parse(struct tfs_path *path, const char *method, const char *target,
		    struct text *error);
void tfs_path_release(struct tfs_path *path);

#endif
