/*
 * registry.h - the models that are served, by name and version.
 *
 * Whoever serves a request acquires a version and releases it at its end. A version that is taken
 * away meanwhile lives until then.
 */
#ifndef CLI_SERVE_REGISTRY_H
#define CLI_SERVE_REGISTRY_H

#include <emnist.h>

struct registry;

/* A version of a model that is loaded. Immutable, but for its sessions. */
struct served {
	const char *name; /* of the model */
	int64_t version;
	const struct emnist_model *model;
	enum emnist_preprocess preprocess;
	size_t n_classes;
};

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

/* A session of the version for up to max_rows rows, alone for the caller until it is given back.
 * NULL when memory is short. Thread-safe. */
struct emnist_session *served_take_session(struct served *served, size_t max_rows);
void served_give_session(struct served *served, struct emnist_session *session, size_t max_rows);

/* Whether every model has a version that is ready. */
bool registry_are_ready(struct registry *registry);

enum version_state {
	VERSION_START,
	VERSION_LOADING,
	VERSION_AVAILABLE,
	VERSION_UNLOADING,
	VERSION_END
};

struct version_status {
	int64_t number;
	enum version_state state;
	struct emnist_error error; /* with VERSION_END: why it could not be loaded, else code 0 */
};

/* The names of all models, sorted, and the versions of one, highest first. Both are copies for the
 * caller to free() (names in one block). False when memory is short, or no such model. */
bool registry_list(struct registry *registry, char ***names_ret, size_t *n_ret);
bool registry_status(struct registry *registry, const char *name,
		     struct version_status **versions_ret, size_t *n_ret);

/* path: a model file, the directory of a SavedModel, or a directory of versions; NULL: the built-in
 * model. name: NULL: "emnist". Prints an error and returns NULL on failure. */
struct registry *registry_open(const char *path, const char *name, int engine, int preprocess);
void registry_close(struct registry *registry);

#endif
