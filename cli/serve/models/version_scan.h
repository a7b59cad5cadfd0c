/*
 * version_scan.h - the versions of a model on disk.
 *
 * As TensorFlow Serving has them: a directory per version, whose name is a number.
 */
#ifndef CLI_SERVE_VERSION_SCAN_H
#define CLI_SERVE_VERSION_SCAN_H

#include <emnist.h>

struct found_version {
	int64_t number;
	char *name; /* of its directory */
};

/* {0} is empty. */
struct found_versions {
	struct found_version *items; /* highest first, each number once */
	size_t n;
	/* Two names for the same number; the former is in items. NULL: there are none. */
	char *twin, *ignored_twin;
};

/* Whether all of text is a decimal number of 64 bits, as TensorFlow Serving reads the names of
 * directories: with leading zeros, a sign, and blanks around it. */
bool version_number(const char *text, int64_t *number_ret);

/* Replaces *found by the versions in the directory at path; *found stays as it is on failure. */
enum emnist_status version_scan(const char *path, struct found_versions *found,
				struct emnist_error *error);

void found_versions_clear(struct found_versions *found);

/* What to load for the version at path: the file or the directory of a SavedModel itself, or the
 * only model file in the directory. Free with free(). */
enum emnist_status version_model(const char *path, char **model_ret, struct emnist_error *error);

/* Whether the model at path is one model, and not a directory of versions. */
bool is_single_model(const char *path);

#endif
