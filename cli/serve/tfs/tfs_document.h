/*
 * tfs_document.h - the JSON of a request of TensorFlow Serving's, and its messages about it.
 *
 * Messages are worded as there, to the byte. They are appended to a text.
 */
#ifndef CLI_SERVE_TFS_DOCUMENT_H
#define CLI_SERVE_TFS_DOCUMENT_H

#include "../../output/text.h"

#include <emnist_serve.h>

/* How many bytes of a name a message repeats, whole characters: TensorFlow Serving repeats all. */
size_t tfs_name_shown(const char *name, size_t nbytes);

/* Parses the body; *document_ret is an object. max_images: as in struct emnist_json_options. */
bool tfs_parse(struct emnist_json *json, const void *body, size_t nbytes, size_t max_images,
	       struct emnist_json_value *document_ret, struct text *error);

/* The text of "signature_name" in the document; no bytes if it is not there. */
bool tfs_signature_name(struct emnist_json *json, struct emnist_json_value document,
			const char **name_ret, size_t *nbytes_ret, struct text *error);

/* Appends "JSON Value: VALUE" and why. Returns false. */
bool tfs_refuse_value(const struct emnist_json *json, struct emnist_json_value value,
		      struct text *error, const char *why);

/* Appends a value as messages quote it. */
void tfs_put_quoted(struct text *text, const struct emnist_json *json,
		    struct emnist_json_value value);

/* Whether the value is {"b64": "..."}: bytes. */
bool tfs_is_bytes(const struct emnist_json *json, struct emnist_json_value value);

#endif
