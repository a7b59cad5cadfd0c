/* served.h - a version of a model, as those who use it see it. */
#ifndef CLI_SERVE_SERVED_H
#define CLI_SERVE_SERVED_H

#include <emnist.h>

/* A version of a model that is loaded. Immutable, but for its sessions. */
struct served {
	const char *name; /* of the model */
	int64_t version;
	const struct emnist_model *model;
	enum emnist_preprocess preprocess;
	size_t n_classes;
};

/* A session of the version for up to max_rows rows, alone for the caller until it is given back.
 * NULL when memory is short. Thread-safe. */
struct emnist_session *served_take_session(struct served *served, size_t max_rows);
void served_give_session(struct served *served, struct emnist_session *session, size_t max_rows);

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

#endif
