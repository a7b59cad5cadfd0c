/* tensorflow_bundle.h - reads tensors saved alongside a graph. */
#ifndef FORMAT_TENSORFLOW_BUNDLE_H
#define FORMAT_TENSORFLOW_BUNDLE_H

#include "../base/cursor.h"
#include "../base/memory.h"
#include "load.h"
#include "trace.h"

struct tensorflow_bundle;

/* Reads the index of the tensor bundle "variables/variables" in source's folder. Release with
 * tensorflow_bundle_free(). */
enum emnist_status tensorflow_bundle_open(const struct model_source *source,
					  struct tensorflow_bundle **bundle_ret,
					  struct emnist_error *error);

/* The same from the index's bytes, which become the bundle's own. */
enum emnist_status tensorflow_bundle_index(const struct model_source *source, struct buffer index,
					   struct tensorflow_bundle **bundle_ret,
					   struct emnist_error *error);

/* The tensor saved under key (nbytes bytes), decoded, with its checksum checked. */
enum emnist_status tensorflow_bundle_tensor(struct tensorflow_bundle *bundle, struct trace *trace,
					    const void *key, size_t nbytes,
					    struct value *value_ret);

/* The only string of the tensor saved under key. *text_ret belongs to the bundle. */
enum emnist_status tensorflow_bundle_text(struct tensorflow_bundle *bundle, struct trace *trace,
					  const char *key, struct cursor *text_ret);

void tensorflow_bundle_origin(const struct tensorflow_bundle *bundle, struct origin *origin,
			      bool hash);

void tensorflow_bundle_free(struct tensorflow_bundle *bundle);

#endif
