/*
 * tensorflow_bundle.h - tensors that are saved beside a graph.
 */
#ifndef FORMAT_TENSORFLOW_BUNDLE_H
#define FORMAT_TENSORFLOW_BUNDLE_H

#include "../base/cursor.h"
#include "../base/memory.h"
#include "load.h"
#include "trace.h"

struct tensorflow_bundle;

/* Reads the index of the tensor bundle whose files begin with "variables/variables" beside source.
 * Release with tensorflow_bundle_free(). */
enum emnist_status tensorflow_bundle_open(const struct model_source *source,
					  struct tensorflow_bundle **bundle_ret,
					  struct emnist_error *error);

/* The same from the bytes of the index, which become the bundle's own. */
enum emnist_status tensorflow_bundle_index(const struct model_source *source, struct buffer index,
					   struct tensorflow_bundle **bundle_ret,
					   struct emnist_error *error);

/* The tensor that is saved as key (nbytes bytes), decoded and its checksum checked. */
enum emnist_status tensorflow_bundle_tensor(struct tensorflow_bundle *bundle, struct trace *trace,
					    const void *key, size_t nbytes,
					    struct value *value_ret);

/* The only text of the tensor that is saved as key. *text_ret belongs to the bundle. */
enum emnist_status tensorflow_bundle_text(struct tensorflow_bundle *bundle, struct trace *trace,
					  const char *key, struct cursor *text_ret);

void tensorflow_bundle_origin(const struct tensorflow_bundle *bundle, struct origin *origin,
			      bool hash);

void tensorflow_bundle_free(struct tensorflow_bundle *bundle);

#endif
