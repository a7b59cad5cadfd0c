/*
 * tensorflow_graph.c - finds the node that makes a tensor.
 *
 * A graph's nodes may be calls of functions, whose bodies are graphs of their own. A frame is one
 * call. A tensor's name is followed through calls and arguments to the node that computes it.
 */
#include <stdlib.h>
#include <string.h>

#include "tensorflow_graph.h"

/* Functions called by functions; Keras makes three or four. */
#define MAX_CALL_DEPTH 32

/* Steps from a tensor's name to a node, in and out of nested calls. */
#define MAX_RESOLVE_STEPS 1024

/* Names of functions' arguments and results compared in all: a second of work, and a thousand times
 * what Keras' models need. */
#define MAX_COMPARED ((size_t)1 << 27)

/* -------------------------------------------------------------------- nodes */

bool tensorflow_is_control(const char *input)
{
	return input[0] == '^';
}

const Tensorflow__NodeDef *tensorflow_node(const struct tensorflow_ref *ref)
{
	return ref->frame->scope->nodes[ref->node];
}

const Tensorflow__AttrValue *tensorflow_attribute(const Tensorflow__NodeDef *node, const char *name)
{
	for (size_t i = 0; i < node->n_attr && i < TENSORFLOW_MAX_PARTS; i++)
		if (node->attr[i]->key && strcmp(node->attr[i]->key, name) == 0)
			return node->attr[i]->value;
	return NULL;
}

int64_t tensorflow_int(const Tensorflow__NodeDef *node, const char *name, int64_t otherwise)
{
	const Tensorflow__AttrValue *value = tensorflow_attribute(node, name);

	return value && value->has_i ? value->i : otherwise;
}

bool tensorflow_flag(const Tensorflow__NodeDef *node, const char *name)
{
	const Tensorflow__AttrValue *value = tensorflow_attribute(node, name);

	return value && value->has_b && value->b;
}

bool tensorflow_is(const Tensorflow__NodeDef *node, const char *op)
{
	return node->op && strcmp(node->op, op) == 0;
}

const char *tensorflow_name(const Tensorflow__NodeDef *node)
{
	return node->name ? node->name : "";
}

const char *tensorflow_callee(const Tensorflow__NodeDef *node)
{
	const Tensorflow__AttrValue *function;

	if (!tensorflow_is(node, "PartitionedCall") &&
	    !tensorflow_is(node, "StatefulPartitionedCall"))
		return NULL;
	function = tensorflow_attribute(node, "f");
	return function && function->func && function->func->name ? function->func->name : "";
}

/* ------------------------------------------------------------------- scopes */

struct name_key {
	const char *name;
	size_t nbytes;
};

/* As strcmp() orders them. */
static int compare_key(const struct name_key *key, const char *name)
{
	const int order = strncmp(key->name, name, key->nbytes);

	return order != 0 ? order : -(name[key->nbytes] != '\0');
}

static int compare_named(const void *a, const void *b)
{
	const struct tensorflow_named *first = a, *second = b;

	return strcmp(first->name, second->name);
}

/* Sorts the names of scope's nodes on first use. */
static enum emnist_status index_scope(struct tensorflow_graph *graph,
				      struct tensorflow_scope *scope)
{
	struct trace *trace = &graph->trace;

	if (scope->by_name)
		return EMNIST_OK;
	if (scope->n_nodes > TENSORFLOW_MAX_NODES)
		return error_set(trace->error, EMNIST_ERR_LIMIT, "%zu operators: the limit is %d",
				 scope->n_nodes, TENSORFLOW_MAX_NODES);
	scope->by_name = arena_alloc(&trace->arena, scope->n_nodes, sizeof(*scope->by_name));
	if (!scope->by_name)
		return trace_memory(trace);
	for (size_t i = 0; i < scope->n_nodes; i++)
		scope->by_name[i] = (struct tensorflow_named){tensorflow_name(scope->nodes[i]), i};
	if (scope->n_nodes > 0)
		qsort(scope->by_name, scope->n_nodes, sizeof(*scope->by_name), compare_named);
	for (size_t i = 1; i < scope->n_nodes; i++)
		if (compare_named(&scope->by_name[i - 1], &scope->by_name[i]) == 0)
			return error_set(trace->error, EMNIST_ERR_CORRUPT,
					 "two nodes are named '%.80s'", scope->by_name[i].name);
	return EMNIST_OK;
}

size_t tensorflow_find(const struct tensorflow_scope *scope, const char *name, size_t nbytes)
{
	const struct name_key key = {name, nbytes};
	size_t low = 0, high = scope->n_nodes;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = compare_key(&key, scope->by_name[middle].name);

		if (order == 0)
			return scope->by_name[middle].i;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return SIZE_MAX;
}

static enum emnist_status new_frame(struct tensorflow_graph *graph, struct tensorflow_scope *scope,
				    struct tensorflow_frame **frame_ret)
{
	struct trace *trace = &graph->trace;
	struct tensorflow_frame *frame;
	enum emnist_status status = index_scope(graph, scope);

	if (status)
		return status;
	frame = arena_alloc(&trace->arena, 1, sizeof(*frame));
	if (!frame)
		return trace_memory(trace);
	frame->scope = scope;
	frame->steps = arena_alloc(&trace->arena, scope->n_nodes, sizeof(*frame->steps));
	frame->callees =
		arena_alloc(&trace->arena, scope->n_nodes, sizeof(struct tensorflow_frame *));
	if (!frame->steps || !frame->callees)
		return trace_memory(trace);
	for (size_t i = 0; i < scope->n_nodes; i++)
		frame->steps[i] = (struct tensorflow_step){.frame = frame, .node = i};
	*frame_ret = frame;
	return EMNIST_OK;
}

static int compare_scopes(const void *a, const void *b)
{
	const struct tensorflow_scope *left = a, *right = b;

	return strcmp(left->name, right->name);
}

enum emnist_status tensorflow_graph_init(struct tensorflow_graph *graph,
					 const Tensorflow__GraphDef *def)
{
	const Tensorflow__FunctionDefLibrary *library = def->library;
	const size_t n_functions = library ? library->n_function : 0;
	struct trace *trace = &graph->trace;

	if (n_functions > TENSORFLOW_MAX_NODES)
		return error_set(trace->error, EMNIST_ERR_LIMIT, "%zu functions: the limit is %d",
				 n_functions, TENSORFLOW_MAX_NODES);
	graph->scopes = arena_alloc(&trace->arena, n_functions + 1, sizeof(*graph->scopes));
	if (!graph->scopes)
		return trace_memory(trace);
	graph->scopes[0] =
		(struct tensorflow_scope){.name = "", .nodes = def->node, .n_nodes = def->n_node};
	for (size_t i = 0; i < n_functions; i++) {
		const Tensorflow__FunctionDef *function = library->function[i];
		const Tensorflow__OpDef *signature = function->signature;

		graph->scopes[i + 1] = (struct tensorflow_scope){
			.name = signature && signature->name ? signature->name : "",
			.function = function,
			.nodes = function->node_def,
			.n_nodes = function->n_node_def,
		};
	}
	graph->n_scopes = n_functions + 1;
	qsort(graph->scopes + 1, n_functions, sizeof(*graph->scopes), compare_scopes);
	return new_frame(graph, &graph->scopes[0], &graph->main);
}

/* ---------------------------------------------------------------- resolving */

static struct tensorflow_scope *find_function(const struct tensorflow_graph *graph,
					      const char *name)
{
	const struct tensorflow_scope key = {.name = name};

	return bsearch(&key, graph->scopes + 1, graph->n_scopes - 1, sizeof(key), compare_scopes);
}

/* The frame of the call that ref is. */
static enum emnist_status enter(struct tensorflow_graph *graph, const struct tensorflow_ref *ref,
				const char *name, struct tensorflow_frame **frame_ret)
{
	struct tensorflow_frame **callee = &ref->frame->callees[ref->node];
	struct trace *trace = &graph->trace;
	struct tensorflow_scope *scope;
	enum emnist_status status;

	*frame_ret = *callee;
	if (*callee)
		return EMNIST_OK;
	if (ref->frame->depth == MAX_CALL_DEPTH)
		return error_set(trace->error, EMNIST_ERR_LIMIT,
				 "functions call each other more than %d deep", MAX_CALL_DEPTH);
	scope = find_function(graph, name);
	if (!scope || !scope->function->signature)
		return error_set(trace->error, EMNIST_ERR_CORRUPT,
				 "node '%.64s' calls the missing function '%.64s'",
				 tensorflow_name(tensorflow_node(ref)), name);
	status = new_frame(graph, scope, callee);
	if (status)
		return status;
	(*callee)->caller = ref->frame;
	(*callee)->call = tensorflow_node(ref);
	(*callee)->depth = ref->frame->depth + 1;
	*frame_ret = *callee;
	return EMNIST_OK;
}

/* The name of the tensor that is output i of a function, or NULL. */
static const char *returned(const Tensorflow__FunctionDef *function, size_t i)
{
	const char *name;

	if (i >= function->signature->n_output_arg)
		return NULL;
	name = function->signature->output_arg[i]->name;
	for (size_t j = 0; name && j < function->n_ret; j++)
		if (function->ret[j]->key && strcmp(function->ret[j]->key, name) == 0)
			return function->ret[j]->value;
	return NULL;
}

/* The caller's name for the argument `name` of nbytes bytes; NULL: no such argument. */
static const char *passed(const struct tensorflow_frame *frame, const char *name, size_t nbytes)
{
	const struct name_key key = {name, nbytes};
	const Tensorflow__OpDef *signature = frame->scope->function->signature;

	for (size_t i = 0; i < signature->n_input_arg && i < frame->call->n_input; i++)
		if (signature->input_arg[i]->name &&
		    compare_key(&key, signature->input_arg[i]->name) == 0)
			return frame->call->input[i];
	return NULL;
}

static enum emnist_status no_such_tensor(struct tensorflow_graph *graph, const char *name)
{
	return error_set(graph->trace.error, EMNIST_ERR_CORRUPT,
			 "tensor '%.80s' is not computed by any operator", name);
}

/* "node", "node:output", or in functions "node:argument:output". All supported operators with
 * several outputs have a single output argument, so its name does not matter. */
static size_t output_of(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? (size_t)strtoul(colon + 1, NULL, 10) : 0;
}

/* Counts the names that looking for one in frame takes, which no index speeds up. */
static enum emnist_status count_compared(struct tensorflow_graph *graph,
					 const struct tensorflow_frame *frame)
{
	if (!frame->caller)
		return EMNIST_OK;
	graph->n_compared +=
		frame->scope->function->signature->n_input_arg + frame->scope->function->n_ret;
	if (graph->n_compared <= MAX_COMPARED)
		return EMNIST_OK;
	return error_set(graph->trace.error, EMNIST_ERR_LIMIT, "functions have too many arguments");
}

enum emnist_status tensorflow_resolve(struct tensorflow_graph *graph,
				      struct tensorflow_frame *frame, const char *name,
				      struct tensorflow_ref *ref_ret)
{
	enum emnist_status status = EMNIST_OK;

	for (size_t step = 0; step < MAX_RESOLVE_STEPS && name && !status; step++) {
		const size_t nbytes = strcspn(name, ":");
		const char *outside = frame->caller ? passed(frame, name, nbytes) : NULL;
		struct tensorflow_ref ref = {.frame = frame, .output = output_of(name)};
		const char *callee;

		status = count_compared(graph, frame);
		if (outside) {
			name = outside;
			frame = frame->caller;
			continue;
		}
		ref.node = tensorflow_find(frame->scope, name, nbytes);
		if (ref.node == SIZE_MAX)
			return no_such_tensor(graph, name);
		callee = tensorflow_callee(tensorflow_node(&ref));
		if (!callee) {
			*ref_ret = ref;
			return status;
		}
		if (!status)
			status = enter(graph, &ref, callee, &frame);
		if (!status)
			name = returned(frame->scope->function, ref.output);
	}
	if (status)
		return status;
	if (!name)
		return error_set(graph->trace.error, EMNIST_ERR_CORRUPT,
				 "a function lacks an output that is used");
	return error_set(graph->trace.error, EMNIST_ERR_CORRUPT, "operators form a cycle");
}

/* An output other than the first gets its own step, so that it is refused only after the node's
 * evaluation. */
enum emnist_status tensorflow_step_of(struct tensorflow_graph *graph,
				      const struct tensorflow_ref *ref,
				      struct tensorflow_step **step_ret)
{
	struct tensorflow_step *step = &ref->frame->steps[ref->node];

	if (ref->output != 0) {
		step = arena_alloc(&graph->trace.arena, 1, sizeof(*step));
		if (!step)
			return trace_memory(&graph->trace);
		*step = (struct tensorflow_step){
			.frame = ref->frame, .node = ref->node, .is_other_output = true};
	}
	*step_ret = step;
	return EMNIST_OK;
}
