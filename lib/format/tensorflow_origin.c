/* tensorflow_origin.c - collects what a TensorFlow file says about itself. */
#include <stdlib.h>

#include "tensorflow_origin.h"
#include "tensorflow_variables.h"

/* A tensor with its type and, if known, its shape; dims has room for TRACE_MAX_RANK. */
static struct emnist_tensor_info describe(const char *key, const char *name, int32_t type,
					  const Tensorflow__TensorShapeProto *shape,
					  struct emnist_dim *dims)
{
	struct emnist_tensor_info info = {
		.key = key, .name = name, .type = tensorflow_type_name(type)};

	if (!shape || shape->unknown_rank || shape->n_dim > TRACE_MAX_RANK)
		return info;
	for (size_t i = 0; i < shape->n_dim; i++)
		dims[i] = (struct emnist_dim){shape->dim[i]->size < 0 ? -1 : shape->dim[i]->size,
					      shape->dim[i]->name};
	info.dims = dims;
	info.rank = shape->n_dim;
	return info;
}

static void add_side(struct origin *origin, enum origin_side side,
		     Tensorflow__TensorInfoEntry *const *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const Tensorflow__TensorInfo *value = entries[i]->value;
		struct emnist_dim dims[TRACE_MAX_RANK];
		struct emnist_tensor_info info;

		if (!value)
			continue;
		info = describe(entries[i]->key, value->name, value->dtype, value->tensor_shape,
				dims);
		origin_add_signature_tensor(origin, side, &info);
	}
}

static void add_signatures(struct origin *origin, const Tensorflow__MetaGraphDef *meta)
{
	for (size_t i = 0; i < meta->n_signature_def; i++) {
		const Tensorflow__SignatureEntry *entry = meta->signature_def[i];

		if (!entry->value)
			continue;
		origin_add_signature(origin, entry->key, entry->value->method_name);
		add_side(origin, ORIGIN_INPUT, entry->value->inputs, entry->value->n_inputs);
		add_side(origin, ORIGIN_OUTPUT, entry->value->outputs, entry->value->n_outputs);
	}
}

static void add_meta(struct origin *origin, const Tensorflow__MetaGraphDef *meta)
{
	const Tensorflow__MetaGraphDef__MetaInfoDef *info = meta->meta_info_def;

	if (info) {
		origin_add_text(origin, "tensorflow_version", info->tensorflow_version);
		origin_add_text(origin, "tensorflow_git_version", info->tensorflow_git_version);
		for (size_t i = 0; i < info->n_tags; i++)
			origin_add_text(origin, "tag", info->tags[i]);
	}
	add_signatures(origin, meta);
}

static void add_input(struct origin *origin, const struct tensorflow_graph *graph)
{
	const Tensorflow__AttrValue *type = tensorflow_attribute(graph->input, "dtype");
	const Tensorflow__AttrValue *shape = tensorflow_attribute(graph->input, "shape");
	struct emnist_dim dims[TRACE_MAX_RANK];
	const struct emnist_tensor_info info = describe(
		NULL, graph->input->name, type ? type->type : 0, shape ? shape->shape : NULL, dims);

	origin_add_tensor(origin, ORIGIN_INPUT, &info);
}

struct origin *tensorflow_origin(const struct tensorflow_graph *graph,
				 const Tensorflow__GraphDef *def, const char *output)
{
	const struct model_source *source = graph->source;
	const struct emnist_tensor_info end = {.name = output};
	struct origin *origin =
		origin_new(graph->meta ? EMNIST_FORMAT_SAVED_MODEL : EMNIST_FORMAT_GRAPH_DEF);

	if (graph->meta)
		add_meta(origin, graph->meta);
	if (def->versions)
		origin_add_number(origin, "graph_version", def->versions->producer);
	origin_add_number(origin, "operators", (int64_t)def->n_node);
	if (def->library && def->library->n_function > 0)
		origin_add_number(origin, "functions", (int64_t)def->library->n_function);
	if (!graph->meta && graph->input)
		add_input(origin, graph);
	if (!graph->meta)
		origin_add_tensor(origin, ORIGIN_OUTPUT, &end);
	origin_add_file(origin, source->name, source->bytes, source->nbytes,
			source->options->hash_files);
	tensorflow_variables_origin(graph, origin);
	return origin;
}
