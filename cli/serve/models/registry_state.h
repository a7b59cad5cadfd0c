/*
 * registry_state.h - the tables behind a registry: registry.c reads them, registry_edit.c changes
 * them.
 */
#ifndef CLI_SERVE_REGISTRY_STATE_H
#define CLI_SERVE_REGISTRY_STATE_H

#include "loaded.h"

#include <pthread.h>

struct registry_version {
	struct version_status status;
	struct loaded *loaded; /* with VERSION_AVAILABLE, a reference; with VERSION_UNLOADING, the
				  one that requests still use */
};

struct registry_model {
	char *name;
	struct registry_version *versions; /* highest first */
	size_t n_versions, capacity;
	bool was_ready; /* a version was available once */
	struct version_label *labels;
	size_t n_labels;
};

struct registry {
	pthread_mutex_t mutex;         /* of all of it; never held during slow work */
	struct registry_model *models; /* sorted by name */
	size_t n_models;
	struct loaded *unused; /* a list of those without references, to be freed */
	void (*on_unused)(void *context);
	void *context;
};

/* The model with this name, or NULL. With the lock held, as the others. */
struct registry_model *registry_find(struct registry *registry, const char *name);

/* The version with this number, or NULL. */
struct registry_version *registry_find_version(struct registry_model *model, int64_t number);

/* Takes a reference away; returns whether it was the last. */
bool registry_unreference(struct registry *registry, struct loaded *loaded);

#endif
