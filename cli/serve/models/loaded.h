/* loaded.h - a version of a model in memory, with its sessions. */
#ifndef CLI_SERVE_LOADED_H
#define CLI_SERVE_LOADED_H

#include "served.h"

struct loaded {
	struct served served; /* first, so that one is the other */
	struct emnist_model *model;
	enum emnist_engine engine;
	char *name;
	struct sessions *sessions;
	/* The registry's, under its lock. */
	size_t n_references;
	struct loaded *next;
};

/* A name for a version. */
struct version_label {
	char *name;
	int64_t number;
};

/* preprocess: -1: as the model says. The model is its own, unless NULL is returned: memory is
 * short. */
struct loaded *loaded_new(const char *name, int64_t version, struct emnist_model *model, int engine,
			  int preprocess);

/* NULL is accepted. */
void loaded_free(struct loaded *loaded);

#endif
