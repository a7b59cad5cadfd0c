/* endings.h - file name extensions and what they say about the content. */
#ifndef CLI_COMMON_ENDINGS_H
#define CLI_COMMON_ENDINGS_H

#include <emnist.h>

#include <stdbool.h>

/* The extension, without the dot; NULL if there is none, as in "scan.001". */
const char *ending_of(const char *path);

enum ending_kind {
	ENDING_IMAGE,   /* an image, supported or not; or a number: "scan.001" */
	ENDING_ARCHIVE, /* "scans.rar" */
	ENDING_OTHER,   /* "labels.csv", "README" */
};

enum ending_kind ending_kind_of(const char *path);

/* Whether content with one of these extensions, "png svg", may be written to path: path has one of
 * them (ignoring case), or none, or is not a file. Otherwise prints an error; what: "--chart". */
bool ending_check(const char *what, const char *path, const char *endings);

/* Whether that is its extension, "png", ignoring case. */
bool has_ending(const char *path, const char *ending);

/* Whether the path ends exactly like this, and is longer. */
bool ends_with(const char *path, const char *end);

/* The format of the name's extension; EMNIST_FORMAT_NONE if it has none. */
enum emnist_format model_format_of(const char *path);

/* Whether path names the file inside a SavedModel instead of its directory; then prints an
 * error. */
bool model_format_is_inner(const char *path);

#endif
