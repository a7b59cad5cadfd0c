/*
 * registry.h - the models that are served, by name and version.
 *
 * Whoever serves a request acquires a version and releases it at its end. A version that is taken
 * away meanwhile lives until then.
 */
#ifndef CLI_SERVE_REGISTRY_H
#define CLI_SERVE_REGISTRY_H

#include "served.h"

struct registry;

/* Which version of a model is meant. */
struct version_choice {
	const char *label; /* NULL: none */
	int64_t number;    /* with has_number */
	bool has_number;   /* without both: the latest */
};

enum registry_answer {
	REGISTRY_FOUND,
	REGISTRY_NO_MODEL,   /* or it has no version that is ready */
	REGISTRY_NO_VERSION, /* or it is not ready */
	REGISTRY_NO_LABEL,
};

/* Acquires a version. name NULL: the only model, or the one named "default", or the first. Release
 * *served_ret with registry_release(). Thread-safe. */
enum registry_answer registry_acquire(struct registry *registry, const char *name,
				      const struct version_choice *choice,
				      struct served **served_ret);
void registry_release(struct registry *registry, struct served *served);

/* The version that a label of a model means; false without such a label. */
bool registry_label(struct registry *registry, const char *name, const char *label,
		    int64_t *number_ret);

/* Whether every model has a version that is ready; but for those that never had one, which were
 * added while the server ran, and may be wrong. */
bool registry_are_ready(struct registry *registry);

/* The names of all models, sorted, and the versions of one, highest first. Both are copies for the
 * caller to free() (names in one block). False when memory is short, or no such model. */
bool registry_list(struct registry *registry, char ***names_ret, size_t *n_ret);
bool registry_status(struct registry *registry, const char *name,
		     struct version_status **versions_ret, size_t *n_ret);

#endif
