/*
 * tensorflow_variables.c - finds the saved tensor that a variable is restored from.
 *
 * The restoring operators show it: an output of RestoreV2, whose tensor_names are names in the
 * bundle, is assigned to the variable. TensorFlow 1 keeps these operators in the graph. TensorFlow
 * 2 keeps them in a function that the saver's restore_op_name calls with the variables as
 * arguments.
 *
 * tf.saved_model.save() of a Keras 3 model restores copies of the variables, not the variables
 * themselves. Such a variable is found by its name in the object graph saved with the model.
 */
#include <stdlib.h>
#include <string.h>

#include "tensorflow_bundle.h"
#include "tensorflow_variables.h"
#include "wire.h"

#define OBJECTS_KEY "_CHECKPOINTABLE_OBJECT_GRAPH"

/* Identities between RestoreV2 and the assignment. */
#define MAX_IDENTITIES 16

typedef Tensorflow__TrackableObjectGraph__TrackableObject__SerializedTensor Serialized;

struct assignment {
	const Tensorflow__NodeDef *variable;
	const ProtobufCBinaryData *key;
};

struct tensorflow_variables {
	struct assignment *assignments; /* sorted by variable */
	size_t n;
	size_t capacity;
	struct tensorflow_bundle *bundle;
	/* The graph of objects, and its variables by name; NULL: not read yet. */
	ProtobufCMessage *objects;
	const Serialized **by_name; /* (n_by_name) sorted */
	size_t n_by_name;
};

/* Follows a tensor's name past Identities; false if the node is not found. */
static bool follow(struct tensorflow_graph *graph, struct tensorflow_frame *frame, const char *name,
		   struct tensorflow_ref *ref_ret)
{
	for (size_t i = 0; i < MAX_IDENTITIES; i++) {
		const Tensorflow__NodeDef *node;

		if (tensorflow_resolve(graph, frame, name, ref_ret))
			return false;
		node = tensorflow_node(ref_ret);
		if (!tensorflow_is(node, "Identity") || node->n_input < 1)
			return true;
		frame = ref_ret->frame;
		name = node->input[0];
	}
	return false;
}

/* The text that output i of a RestoreV2 has in its input `which`, a constant; NULL: it has none. */
static const ProtobufCBinaryData *restored(struct tensorflow_graph *graph,
					   const struct tensorflow_ref *restore, size_t which)
{
	const Tensorflow__NodeDef *node = tensorflow_node(restore);
	const Tensorflow__AttrValue *value;
	struct tensorflow_ref names;

	if (!tensorflow_is(node, "RestoreV2") || node->n_input <= which ||
	    !follow(graph, restore->frame, node->input[which], &names) ||
	    !tensorflow_is(tensorflow_node(&names), "Const"))
		return NULL;
	value = tensorflow_attribute(tensorflow_node(&names), "value");
	if (!value || !value->tensor || restore->output >= value->tensor->n_string_val)
		return NULL;
	return &value->tensor->string_val[restore->output];
}

static enum emnist_status add_assignment(struct tensorflow_graph *graph,
					 const Tensorflow__NodeDef *variable,
					 const ProtobufCBinaryData *key)
{
	struct tensorflow_variables *variables = graph->variables;
	struct trace *trace = &graph->trace;

	if (variables->n == variables->capacity) {
		struct assignment *grown;

		variables->capacity = variables->capacity ? 2 * variables->capacity : 64;
		grown = arena_alloc(&trace->arena, variables->capacity, sizeof(*grown));
		if (!grown)
			return trace_memory(trace);
		if (variables->n > 0)
			memcpy(grown, variables->assignments, variables->n * sizeof(*grown));
		variables->assignments = grown;
	}
	variables->assignments[variables->n++] = (struct assignment){variable, key};
	return EMNIST_OK;
}

/* Collects the assignments among frame's nodes. */
static enum emnist_status collect(struct tensorflow_graph *graph, struct tensorflow_frame *frame)
{
	enum emnist_status status = EMNIST_OK;

	for (size_t i = 0; !status && i < frame->scope->n_nodes; i++) {
		const Tensorflow__NodeDef *node = frame->scope->nodes[i];
		struct tensorflow_ref variable, value;
		const ProtobufCBinaryData *key, *slice;

		if ((!tensorflow_is(node, "AssignVariableOp") && !tensorflow_is(node, "Assign")) ||
		    node->n_input < 2 || !follow(graph, frame, node->input[0], &variable) ||
		    !follow(graph, frame, node->input[1], &value))
			continue;
		key = restored(graph, &value, 1);
		slice = restored(graph, &value, 2);
		if (key && slice && slice->len == 0)
			status = add_assignment(graph, tensorflow_node(&variable), key);
	}
	return status;
}

/* The frame of the function that restores, or NULL. */
static struct tensorflow_frame *restoring(struct tensorflow_graph *graph)
{
	const Tensorflow__SaverDef *saver = graph->meta->saver_def;
	const char *name = saver ? saver->restore_op_name : NULL;
	struct tensorflow_ref ref;
	size_t node;

	if (!name)
		return NULL;
	node = tensorflow_find(graph->main->scope, name, strlen(name));
	/* Whatever the call gives leads into it, and from there on into the function's arguments:
	 * its frame is made by that. */
	if (node == SIZE_MAX || !tensorflow_callee(graph->main->scope->nodes[node]))
		return NULL;
	(void)tensorflow_resolve(graph, graph->main, name, &ref);
	return graph->main->callees[node];
}

static int compare_assignments(const void *a, const void *b)
{
	const struct assignment *left = a, *right = b;

	return (left->variable > right->variable) - (left->variable < right->variable);
}

static enum emnist_status collect_all(struct tensorflow_graph *graph)
{
	struct trace *trace = &graph->trace;
	struct tensorflow_frame *frame;
	enum emnist_status status;

	graph->variables = arena_alloc(&trace->arena, 1, sizeof(*graph->variables));
	if (!graph->variables)
		return trace_memory(trace);
	status = collect(graph, graph->main);
	frame = restoring(graph);
	if (!status && frame)
		status = collect(graph, frame);
	if (!status && graph->variables->n > 0)
		qsort(graph->variables->assignments, graph->variables->n, sizeof(struct assignment),
		      compare_assignments);
	return status ? status
		      : tensorflow_bundle_open(graph->source, &graph->variables->bundle,
					       trace->error);
}

/* ------------------------------------------------------------- graph of objects */

static int compare_serialized(const void *a, const void *b)
{
	const Serialized *const *left = a, *const *right = b;

	return strcmp((*left)->full_name, (*right)->full_name);
}

static bool is_variable(const Serialized *serialized)
{
	return serialized->name && strcmp(serialized->name, "VARIABLE_VALUE") == 0 &&
	       serialized->full_name && serialized->checkpoint_key;
}

/* Sorts the variables among the objects by name. */
static enum emnist_status index_objects(struct tensorflow_variables *variables, struct trace *trace)
{
	const Tensorflow__TrackableObjectGraph *objects =
		(const Tensorflow__TrackableObjectGraph *)variables->objects;
	size_t n = 0;

	for (size_t i = 0; i < objects->n_nodes; i++)
		n += objects->nodes[i]->n_attributes;
	variables->by_name = arena_alloc(&trace->arena, n, sizeof(const Serialized *));
	if (!variables->by_name)
		return trace_memory(trace);
	n = 0;
	for (size_t i = 0; i < objects->n_nodes; i++)
		for (size_t j = 0; j < objects->nodes[i]->n_attributes; j++)
			if (is_variable(objects->nodes[i]->attributes[j]))
				variables->by_name[n++] = objects->nodes[i]->attributes[j];
	variables->n_by_name = n;
	if (n > 0)
		qsort(variables->by_name, n, sizeof(const Serialized *), compare_serialized);
	return EMNIST_OK;
}

static enum emnist_status read_objects(struct tensorflow_variables *variables, struct trace *trace)
{
	struct cursor text;
	enum emnist_status status =
		tensorflow_bundle_text(variables->bundle, trace, OBJECTS_KEY, &text);

	if (!status)
		status = wire_message(&tensorflow__trackable_object_graph__descriptor, OBJECTS_KEY,
				      text.bytes, text.nbytes, wire_budget(text.nbytes),
				      &variables->objects, trace->error);
	if (!status && !variables->objects)
		status = error_set(trace->error, EMNIST_ERR_CORRUPT, OBJECTS_KEY " is damaged");
	return status ? status : index_objects(variables, trace);
}

/* The value of the object that is called as the variable is. */
static enum emnist_status find_object(struct tensorflow_graph *graph, struct value *value_ret)
{
	struct tensorflow_variables *variables = graph->variables;
	struct trace *trace = &graph->trace;
	Serialized name = {.full_name = NULL};
	const Serialized *key = &name, *const *found = NULL;
	enum emnist_status status = EMNIST_OK;
	union {
		const char *constant;
		char *text;
	} pun = {trace->node};

	if (!variables->by_name)
		status = read_objects(variables, trace);
	if (status)
		return status;
	name.full_name = pun.text;
	if (variables->n_by_name > 0)
		found = bsearch(&key, variables->by_name, variables->n_by_name,
				sizeof(const Serialized *), compare_serialized);
	if (!found)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				 "variable '%.80s' is not restored by any supported operator",
				 trace->node);
	return tensorflow_bundle_tensor(variables->bundle, trace, (*found)->checkpoint_key,
					strlen((*found)->checkpoint_key), value_ret);
}

/* -------------------------------------------------------------------- values */

enum emnist_status tensorflow_variable(struct tensorflow_graph *graph,
				       const Tensorflow__NodeDef *node, struct value *value_ret)
{
	const struct assignment key = {.variable = node};
	struct trace *trace = &graph->trace;
	const struct assignment *found = NULL;
	enum emnist_status status = EMNIST_OK;

	trace->node = node->name ? node->name : "";
	if (!graph->meta)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				 "variable '%.80s' has no value: the graph is not frozen",
				 trace->node);
	if (!graph->source->folder)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				 "variable '%.80s' has its value in another file", trace->node);
	if (!graph->variables)
		status = collect_all(graph);
	if (status)
		return status;
	if (graph->variables->n > 0)
		found = bsearch(&key, graph->variables->assignments, graph->variables->n,
				sizeof(key), compare_assignments);
	if (!found)
		return find_object(graph, value_ret);
	return tensorflow_bundle_tensor(graph->variables->bundle, trace, found->key->data,
					found->key->len, value_ret);
}

void tensorflow_variables_origin(const struct tensorflow_graph *graph, struct origin *origin)
{
	if (graph->variables && graph->variables->bundle)
		tensorflow_bundle_origin(graph->variables->bundle, origin,
					 graph->source->options->hash_files);
}

void tensorflow_variables_clear(struct tensorflow_graph *graph)
{
	if (!graph->variables)
		return;
	if (graph->variables->objects)
		protobuf_c_message_free_unpacked(graph->variables->objects, NULL);
	tensorflow_bundle_free(graph->variables->bundle);
}
