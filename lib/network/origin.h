/*
 * origin.h - records what a model's file says about itself, while it is read. The result is the
 * public struct emnist_origin.
 *
 * All texts are copied. A shortage of memory is remembered, so a reader checks once, with
 * origin_settle().
 */
#ifndef NETWORK_ORIGIN_H
#define NETWORK_ORIGIN_H

#include "../base/error.h"
#include "../emnist_origin.h"

struct origin;

/* NULL when memory is short; every function below accepts NULL. Free with origin_free(), or hand it
 * over to struct emnist_model. */
struct origin *origin_new(enum emnist_format format);

void origin_free(struct origin *origin);

/* Adds a fact; does nothing for a NULL or empty text. */
void origin_add_text(struct origin *origin, const char *key, const char *text);
void origin_add_number(struct origin *origin, const char *key, int64_t number);

/*
 * Adds a file of nbytes bytes. name: as in struct emnist_origin_file. hash: whether to compute its
 * digest.
 */
void origin_add_file(struct origin *origin, const char *name, const void *bytes, size_t nbytes,
		     bool hash);

/* Inputs or outputs: of the graph, or of the signature added last. */
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

/* Sorts signatures by name and their tensors by key, since a file's order has no meaning. False if
 * memory was short at any time. */
bool origin_settle(struct origin *origin);

/* The public view of it; NULL for NULL. */
const struct emnist_origin *origin_shown(const struct origin *origin);

#endif
