/*
 * attempt.h - loads a version of a model, as often as that is needed.
 *
 * Files may be written, replaced and removed at any time, and nobody says when they are complete.
 * So a version is loaded when its files differ from those of the last attempt. Until that succeeds,
 * what was loaded before serves on.
 */
#ifndef CLI_SERVE_ATTEMPT_H
#define CLI_SERVE_ATTEMPT_H

#include "../../common/model_options.h"
#include "registry_edit.h"

#include <time.h>

/* How models are loaded. */
struct loading {
	struct registry *registry;
	struct model_source source; /* what files do not record; its path does not count */
	int engine, preprocess;     /* preprocess -1: as the model says */
	bool quiet;                 /* failures alone are reported */
};

/* A version; {.number = N} was never tried. */
struct attempt {
	int64_t number;
	const struct emnist_model *model; /* that serves; NULL: none does */
	char *path;                       /* that it was read from */
	uint64_t stamp;                   /* of its files */
	uint64_t tried_stamp;             /* of all files there when it failed */
	unsigned n_failures;              /* with those */
	time_t retry_at;
	char message[256]; /* of the last failure */
	bool is_wanted;    /* the caller's */
};

/* Loads the version of the model with this name from place, if it was not yet, or other files are
 * there now; returns whether it serves. place: NULL: the built-in model, "-": stdin. What failed is
 * tried again after a while, a few times; and at once if its files have changed, or is_forced. */
bool attempt_load(struct attempt *attempt, const struct loading *loading, const char *name,
		  const char *place, bool is_forced);

/* Ends its service. */
void attempt_unload(struct attempt *attempt, const struct loading *loading, const char *name);

void attempt_clear(struct attempt *attempt);

#endif
