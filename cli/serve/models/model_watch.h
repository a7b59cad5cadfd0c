/* model_watch.h - loads the models to serve, and keeps up with their files. */
#ifndef CLI_SERVE_MODEL_WATCH_H
#define CLI_SERVE_MODEL_WATCH_H

#include "attempt.h"

struct watch_settings {
	struct model_source source; /* of the only model, or a directory of its versions */
	const char *name;           /* of that; NULL: from its path */
	const char *config_path;    /* the models are listed there instead; NULL: they are not */
	double poll_seconds;        /* between two looks at the files; 0: only when asked to */
	int engine, preprocess;     /* preprocess -1: as the model says */
	bool quiet;
};

/* Prints an error and returns false if settings do not go together. */
bool watch_check(const struct watch_settings *settings);

struct watch;

/* Loads all models, and starts a thread that takes no signals. Prints an error and returns NULL if
 * one has no version that can be served. */
struct watch *watch_open(const struct watch_settings *settings);

/* No request may be under way. NULL is accepted. */
void watch_close(struct watch *watch);

struct registry *watch_registry(struct watch *watch);

/* Looks at the files at once, and tries again what failed before. Returns before that is done, and
 * calls done() from another thread when it is; once if it was asked for several times meanwhile. */
void watch_reload(struct watch *watch, void (*done)(void *context), void *context);

#endif
