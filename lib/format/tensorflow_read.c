/*
 * tensorflow_read.c - reads a TensorFlow model: a frozen GraphDef, or a SavedModel with weights in
 * the graph or in separate files.
 *
 * A SavedModel's signatures name the input and the output. A GraphDef names neither: its output is
 * the node that no other node uses.
 */
#include <string.h>

#include "tensorflow_operators.h"
#include "tensorflow_origin.h"
#include "tensorflow_variables.h"
#include "wire.h"

/* --------------------------------------------------------------- signatures */

static bool is_number(const Tensorflow__TensorInfo *info)
{
	enum number_type number;
	enum tensor_type type;

	return info && info->name && tensorflow_type_of(info->dtype, &number, &type);
}

static bool is_float(const Tensorflow__TensorInfo *info)
{
	enum number_type number;
	enum tensor_type type;

	return is_number(info) && tensorflow_type_of(info->dtype, &number, &type) &&
	       type == TENSOR_FLOAT;
}

/* Whether a signature takes numbers and gives floats: others take serialized data, or do setup. */
static bool is_of_numbers(const Tensorflow__SignatureDef *signature)
{
	bool gives_floats = false;

	for (size_t i = 0; i < signature->n_outputs; i++)
		gives_floats |= is_float(signature->outputs[i]->value);
	return gives_floats && signature->n_inputs == 1 && is_number(signature->inputs[0]->value);
}

/* The default signature, else the first by name, or NULL. */
static const Tensorflow__SignatureDef *choose_signature(const Tensorflow__MetaGraphDef *meta)
{
	static const char preferred[] = "serving_default";
	const Tensorflow__SignatureEntry *found = NULL;

	for (size_t i = 0; i < meta->n_signature_def; i++) {
		const Tensorflow__SignatureEntry *entry = meta->signature_def[i];

		if (!entry->key || !entry->value || !is_of_numbers(entry->value))
			continue;
		if (strcmp(entry->key, preferred) == 0)
			return entry->value;
		if (!found || strcmp(entry->key, found->key) < 0)
			found = entry;
	}
	return found ? found->value : NULL;
}

/* Among several outputs, the one named after probabilities. */
static const Tensorflow__TensorInfo *choose_output(const Tensorflow__SignatureDef *signature)
{
	static const char *const names[] = {"probabilities", "scores", "softmax"};
	const Tensorflow__TensorInfo *only = NULL;
	size_t n = 0;

	for (size_t i = 0; i < signature->n_outputs; i++) {
		const Tensorflow__TensorInfoEntry *entry = signature->outputs[i];

		if (!is_float(entry->value))
			continue;
		for (size_t j = 0; entry->key && j < sizeof(names) / sizeof(*names); j++)
			if (strcmp(entry->key, names[j]) == 0)
				return entry->value;
		only = entry->value;
		n++;
	}
	return n == 1 ? only : NULL;
}

/* ------------------------------------------------------------------- outputs */

/* Not used by any node, but not an output either. */
static bool is_aside(const Tensorflow__NodeDef *node)
{
	static const char *const ops[] = {"NoOp",   "Const",       "Placeholder", "Assert",
					  "ArgMax", "VarHandleOp", "SaveV2",      "RestoreV2"};

	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		if (tensorflow_is(node, ops[i]))
			return true;
	return node->n_input == 0;
}

/* The only node that no other node uses; an error if there are several or none. */
static enum emnist_status find_end(struct tensorflow_graph *graph, const char **output_ret)
{
	const struct tensorflow_scope *scope = graph->main->scope;
	struct trace *trace = &graph->trace;
	const Tensorflow__NodeDef *found = NULL, *second = NULL;
	unsigned char *is_taken = arena_alloc(&trace->arena, scope->n_nodes, 1);

	if (!is_taken)
		return trace_memory(trace);
	for (size_t i = 0; i < scope->n_nodes; i++) {
		const Tensorflow__NodeDef *node = scope->nodes[i];

		for (size_t j = 0; j < node->n_input && !tensorflow_is(node, "ArgMax"); j++) {
			const size_t of = tensorflow_find(scope, node->input[j],
							  strcspn(node->input[j], ":"));

			if (of != SIZE_MAX)
				is_taken[of] = 1;
		}
	}
	for (size_t i = 0; i < scope->n_nodes; i++) {
		if (is_taken[i] || is_aside(scope->nodes[i]))
			continue;
		second = found;
		found = scope->nodes[i];
		if (second)
			return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
					 "the graph ends in two nodes, '%.64s' and '%.64s'; only "
					 "one is supported",
					 second->name ? second->name : "",
					 found->name ? found->name : "");
	}
	if (!found || !found->name)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED, "the graph has no output");
	*output_ret = found->name;
	return EMNIST_OK;
}

/* Settles the name of the output, and which node is the input. */
static enum emnist_status find_ends(struct tensorflow_graph *graph, const char **output_ret)
{
	const Tensorflow__SignatureDef *signature =
		graph->meta ? choose_signature(graph->meta) : NULL;
	const Tensorflow__TensorInfo *input, *output;
	struct tensorflow_ref ref;
	enum emnist_status status;

	if (!signature)
		return find_end(graph, output_ret);
	output = choose_output(signature);
	if (!output)
		return error_set(graph->trace.error, EMNIST_ERR_UNSUPPORTED,
				 "the signature has %zu outputs; only one is supported",
				 signature->n_outputs);
	input = signature->inputs[0]->value;
	status = tensorflow_resolve(graph, graph->main, input->name, &ref);
	if (status)
		return status;
	graph->input = tensorflow_node(&ref);
	if (input->tensor_shape && !input->tensor_shape->unknown_rank)
		graph->input_shape = input->tensor_shape;
	*output_ret = output->name;
	return EMNIST_OK;
}

/* ------------------------------------------------------------------ metadata */

/* The string constant called name, allocated from the arena; NULL: there is none. */
static const char *find_text(struct tensorflow_graph *graph, const char *name)
{
	const struct tensorflow_scope *scope = graph->main->scope;
	const size_t node = tensorflow_find(scope, name, strlen(name));
	const Tensorflow__AttrValue *value =
		node == SIZE_MAX ? NULL : tensorflow_attribute(scope->nodes[node], "value");
	const Tensorflow__TensorProto *tensor = value ? value->tensor : NULL;
	char *text;

	if (!tensor || tensor->dtype != TENSORFLOW_STRING || tensor->n_string_val != 1)
		return NULL;
	text = arena_alloc(&graph->trace.arena, tensor->string_val[0].len + 1, 1);
	if (text && tensor->string_val[0].len > 0)
		memcpy(text, tensor->string_val[0].data, tensor->string_val[0].len);
	return text;
}

static enum emnist_status finish(struct tensorflow_graph *graph, struct emnist_model *model)
{
	const char *labels = find_text(graph, "emnist_labels");
	const char *preprocess = find_text(graph, "emnist_preprocess");
	const char *scaling = find_text(graph, "emnist_input_scaling");

	if (preprocess && !preprocess_of_name(preprocess, &model->preprocess))
		return error_set(graph->trace.error, EMNIST_ERR_UNSUPPORTED,
				 "emnist_preprocess is '%.40s', not auto, raw or normalize",
				 preprocess);
	input_scaling_of_text(scaling, &model->input_scaling);
	if (scaling)
		origin_add_text(model->origin, "folded_input_scaling", scaling);
	return model_finish(model, graph->source->options, labels, labels ? strlen(labels) : 0,
			    graph->trace.error);
}

/* ------------------------------------------------------------------- reading */

/* Evaluates the output, which makes the model's layers. */
static enum emnist_status make_model(struct tensorflow_graph *graph, const char *output,
				     struct emnist_model **model_ret)
{
	struct trace *trace = &graph->trace;
	struct tensorflow_ref ref;
	struct value value;
	enum emnist_status status = tensorflow_resolve(graph, graph->main, output, &ref);

	if (!status && ref.output != 0)
		status = error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				   "the output is not the first of node '%.64s'",
				   tensorflow_node(&ref)->name);
	if (!status)
		status = tensorflow_evaluate(graph, &ref, &value);
	if (status)
		return status;
	if (value.kind != VALUE_ROWS)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				 "the output does not depend on the input");
	return trace_finish(trace, &value.rows, model_ret);
}

static enum emnist_status read_graph(const struct model_source *source,
				     const Tensorflow__GraphDef *def,
				     const Tensorflow__MetaGraphDef *meta,
				     struct emnist_model **model_ret, struct emnist_error *error)
{
	struct tensorflow_graph graph = {.source = source, .meta = meta};
	struct emnist_model *model = NULL;
	const char *output = NULL;
	enum emnist_status status = trace_init(&graph.trace, source->nbytes, error);

	if (!status)
		status = tensorflow_graph_init(&graph, def);
	if (!status)
		status = find_ends(&graph, &output);
	if (!status)
		status = make_model(&graph, output, &model);
	if (!status)
		model->origin = tensorflow_origin(&graph, def, output);
	if (!status)
		status = finish(&graph, model);
	if (!status && !origin_settle(model->origin))
		status = error_memory(error);
	tensorflow_variables_clear(&graph);
	trace_clear(&graph.trace);
	if (status) {
		emnist_model_free(model);
		return status;
	}
	*model_ret = model;
	return EMNIST_OK;
}

static enum emnist_status unpack(const struct model_source *source,
				 const ProtobufCMessageDescriptor *descriptor, const char *what,
				 ProtobufCMessage **message_ret, struct emnist_error *error)
{
	const enum emnist_status status =
		wire_message(descriptor, what, source->bytes, source->nbytes,
			     wire_budget(source->nbytes), message_ret, error);

	return status || *message_ret ? status
				      : wire_diagnose(what, source->bytes, source->nbytes, error);
}

enum emnist_status tensorflow_read_graph(const struct model_source *source,
					 struct emnist_model **model_ret,
					 struct emnist_error *error)
{
	ProtobufCMessage *message = NULL;
	enum emnist_status status = unpack(source, &tensorflow__graph_def__descriptor,
					   "TensorFlow graph", &message, error);

	if (status)
		return status;
	status = read_graph(source, (const Tensorflow__GraphDef *)message, NULL, model_ret, error);
	protobuf_c_message_free_unpacked(message, NULL);
	return status;
}

/* The graph for serving, else the only one. */
static const Tensorflow__MetaGraphDef *choose_meta(const Tensorflow__SavedModel *saved)
{
	for (size_t i = 0; i < saved->n_meta_graphs; i++) {
		const Tensorflow__MetaGraphDef__MetaInfoDef *info =
			saved->meta_graphs[i]->meta_info_def;

		for (size_t j = 0; info && j < info->n_tags; j++)
			if (strcmp(info->tags[j], "serve") == 0)
				return saved->meta_graphs[i];
	}
	return saved->n_meta_graphs == 1 ? saved->meta_graphs[0] : NULL;
}

enum emnist_status tensorflow_read_saved_model(const struct model_source *source,
					       struct emnist_model **model_ret,
					       struct emnist_error *error)
{
	const Tensorflow__MetaGraphDef *meta;
	ProtobufCMessage *message = NULL;
	enum emnist_status status =
		unpack(source, &tensorflow__saved_model__descriptor, "SavedModel", &message, error);

	if (status)
		return status;
	meta = choose_meta((const Tensorflow__SavedModel *)message);
	if (meta && meta->graph_def)
		status = read_graph(source, meta->graph_def, meta, model_ret, error);
	else
		status = error_set(error, EMNIST_ERR_UNSUPPORTED,
				   "the SavedModel has no graph for serving");
	protobuf_c_message_free_unpacked(message, NULL);
	return status;
}
