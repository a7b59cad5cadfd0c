/*
 * registry_edit.h - changes the models that are served.
 *
 * One thread makes all changes; requests meanwhile see the state before or after each.
 */
#ifndef CLI_SERVE_REGISTRY_EDIT_H
#define CLI_SERVE_REGISTRY_EDIT_H

#include "loaded.h"

struct registry;

/* on_unused() is called from any thread when a version is not used any more, and
 * registry_free_unused() will free it. NULL when memory is short. */
struct registry *registry_new(void (*on_unused)(void *context), void *context);

/* No request may be under way. NULL is accepted. */
void registry_free(struct registry *registry);

/* Adds a model without versions; false when memory is short. There is none of that name. */
bool registry_add_model(struct registry *registry, const char *name);

/* Takes a model away, if it is there, with its versions. */
void registry_remove_model(struct registry *registry, const char *name);

/* Lists a version that is not loaded as this, or lists it with another state. error: with
 * VERSION_END; NULL: none. When memory is short it is not listed. */
void registry_list_version(struct registry *registry, const char *name, int64_t number,
			   enum version_state state, const struct emnist_error *error);

/* Serves a version, from now on and instead of the one with the same number, if there is one. The
 * model is there. False when memory is short, and the caller keeps it. */
bool registry_put(struct registry *registry, struct loaded *loaded);

/* Ends the service of a version that is available. */
void registry_drop(struct registry *registry, const char *name, int64_t number);

/* Replaces the labels of a model, which is there; false when memory is short. */
bool registry_set_labels(struct registry *registry, const char *name,
			 const struct version_label *labels, size_t n);

/* Frees the versions that are not used any more, and returns their number. */
size_t registry_free_unused(struct registry *registry);

#endif
