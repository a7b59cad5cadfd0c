/*
 * origin.h - what a model's file said of itself, while it is read. The result is the public struct
 * emnist_origin.
 *
 * What is added is copied. Where memory is short that is remembered, so that a reader need ask only
 * once, with origin_settle().
 */
#ifndef NETWORK_ORIGIN_H
#define NETWORK_ORIGIN_H

#include "../base/error.h"

struct origin;

/* NULL when memory is short, which all functions below take. Free with origin_free(), or give it to
 * struct emnist_model, which does. */
struct origin *origin_new(enum emnist_format format);

void origin_free(struct origin *origin);

/* Adds a fact; a text that is NULL or empty is none. */
void origin_add_text(struct origin *origin, const char *key, const char *text);
void origin_add_number(struct origin *origin, const char *key, int64_t number);

/* Adds a file of nbytes bytes. name: as in struct emnist_origin_file. With hash, its digest. */
void origin_add_file(struct origin *origin, const char *name, const void *bytes, size_t nbytes,
		     bool hash);

/* Inputs or outputs: of the graph, or of the signature that was added last. */
enum origin_side {
	ORIGIN_INPUT,
	ORIGIN_OUTPUT,
};

void origin_add_tensor(struct origin *origin, enum origin_side side,
		       const struct emnist_tensor_info *tensor);

/* method may be NULL. */
void origin_add_signature(struct origin *origin, const char *name, const char *method);
void origin_add_signature_tensor(struct origin *origin, enum origin_side side,
				 const struct emnist_tensor_info *tensor);

/* Sorts signatures by name and their tensors by key, whose order in a file means nothing. False
 * when memory was short at any time. */
bool origin_settle(struct origin *origin);

/* What has been added; NULL for NULL. */
const struct emnist_origin *origin_shown(const struct origin *origin);

#endif
