/*
 * tensorflow_write.c - encodes a model as a TensorFlow graph, alone (GraphDef) or in a SavedModel
 * with its signatures.
 *
 * The weights are constants of the graph: no variables need restoring, and one file is enough. The
 * operators are those of TensorFlow 1.11, which every later version runs. Labels and preprocessing
 * are constants too, unused by the rest of the graph.
 */
#include <stdio.h>
#include <string.h>

#include "save.h"
#include "tensorflow.pb-c.h"

/* What graphs of TensorFlow 1.11 say. */
#define GRAPH_VERSION 27

/* tensorflow/core/framework/types.proto. */
enum data_type {
	DT_FLOAT = 1,
	DT_STRING = 7,
};

#define MAX_NAME       32
#define MAX_ATTRIBUTES 3

/* A product with its weights, a sum with its bias, and SELU as four operators. Besides the layers:
 * an input, a softmax, and two texts. */
#define NODES_A_LAYER 8
#define OTHER_NODES   5

struct shape {
	Tensorflow__TensorShapeProto proto;
	Tensorflow__TensorShapeProto__Dim dims[2];
	Tensorflow__TensorShapeProto__Dim *dim_pointers[2];
};

struct written_node {
	Tensorflow__NodeDef proto;
	Tensorflow__AttrEntry attributes[MAX_ATTRIBUTES];
	Tensorflow__AttrEntry *attribute_pointers[MAX_ATTRIBUTES];
	Tensorflow__AttrValue values[MAX_ATTRIBUTES];
	Tensorflow__TensorProto tensor; /* of a constant */
	ProtobufCBinaryData text;
	struct shape shape;
	char *inputs[2];
	char name[MAX_NAME];
};

/* One side of the signatures. */
struct end {
	Tensorflow__TensorInfoEntry entry;
	Tensorflow__TensorInfoEntry *pointer;
	Tensorflow__TensorInfo info;
	struct shape shape;
	char *tensor; /* "images:0" */
};

#define N_SIGNATURES 2

/* TensorFlow Serving's default, and the name that a series of articles uses. */
static const char *const signature_names[N_SIGNATURES] = {"serving_default", "predict_images"};

struct writer {
	const struct save *save;
	Tensorflow__GraphDef graph;
	Tensorflow__VersionDef versions;
	struct written_node *nodes;
	Tensorflow__NodeDef **node_pointers;
	bool failed; /* memory was short */

	Tensorflow__SavedModel saved;
	Tensorflow__MetaGraphDef meta;
	Tensorflow__MetaGraphDef *meta_pointer;
	Tensorflow__MetaGraphDef__MetaInfoDef info;
	char *tag;
	Tensorflow__SignatureEntry signatures[N_SIGNATURES];
	Tensorflow__SignatureEntry *signature_pointers[N_SIGNATURES];
	Tensorflow__SignatureDef signature;
	struct end input, output;
};

/* A first dimension of -1 is any. */
static Tensorflow__TensorShapeProto *set_shape(struct shape *shape, size_t rank, int64_t n_rows,
					       int64_t n_columns)
{
	tensorflow__tensor_shape_proto__init(&shape->proto);
	for (size_t i = 0; i < rank; i++) {
		tensorflow__tensor_shape_proto__dim__init(&shape->dims[i]);
		shape->dims[i].has_size = true;
		shape->dims[i].size = i == 0 ? n_rows : n_columns;
		shape->dim_pointers[i] = &shape->dims[i];
	}
	shape->proto.dim = shape->dim_pointers;
	shape->proto.n_dim = rank;
	return &shape->proto;
}

/* ---------------------------------------------------------------------- nodes */

/* number 0: the name is kind alone. */
static struct written_node *add_node(struct writer *writer, const char *op, const char *kind,
				     size_t number)
{
	struct written_node *node = &writer->nodes[writer->graph.n_node];

	tensorflow__node_def__init(&node->proto);
	snprintf(node->name, sizeof(node->name), number ? "%s_%zu" : "%s", kind, number);
	node->proto.name = node->name;
	node->proto.op = save_text(op);
	node->proto.input = node->inputs;
	node->proto.attr = node->attribute_pointers;
	writer->node_pointers[writer->graph.n_node++] = &node->proto;
	return node;
}

static Tensorflow__AttrValue *add_attribute(struct written_node *node, const char *key)
{
	const size_t i = node->proto.n_attr++;

	tensorflow__attr_entry__init(&node->attributes[i]);
	tensorflow__attr_value__init(&node->values[i]);
	node->attributes[i].key = save_text(key);
	node->attributes[i].value = &node->values[i];
	node->attribute_pointers[i] = &node->attributes[i];
	return &node->values[i];
}

static void add_type(struct written_node *node, const char *key, enum data_type type)
{
	Tensorflow__AttrValue *value = add_attribute(node, key);

	value->has_type = true;
	value->type = (int32_t)type;
}

static struct written_node *add_constant(struct writer *writer, const char *kind, size_t number,
					 enum data_type type)
{
	struct written_node *node = add_node(writer, "Const", kind, number);

	add_type(node, "dtype", type);
	tensorflow__tensor_proto__init(&node->tensor);
	node->tensor.has_dtype = true;
	node->tensor.dtype = (int32_t)type;
	node->tensor.tensor_shape = set_shape(&node->shape, 0, 0, 0);
	add_attribute(node, "value")->tensor = &node->tensor;
	return node;
}

static void add_text(struct writer *writer, const char *name, const char *text)
{
	struct written_node *node = add_constant(writer, name, 0, DT_STRING);

	node->text = (ProtobufCBinaryData){strlen(text), (uint8_t *)save_text(text)};
	node->tensor.string_val = &node->text;
	node->tensor.n_string_val = 1;
}

/* Room for n floats in the file's order; NULL when memory is short, which is remembered. */
static uint8_t *add_floats(struct writer *writer, struct written_node *node, size_t n)
{
	uint8_t *bytes = alloc_array(n, sizeof(float));

	writer->failed |= !bytes;
	node->tensor.has_tensor_content = bytes != NULL;
	node->tensor.tensor_content = (ProtobufCBinaryData){n * sizeof(float), bytes};
	return bytes;
}

/* Weights go out as (n_inputs, n_outputs), which is how TensorFlow multiplies by them. */
static struct written_node *add_weights(struct writer *writer, const struct layer *layer,
					size_t number)
{
	struct written_node *node = add_constant(writer, "weights", number, DT_FLOAT);
	const size_t n_inputs = layer->n_inputs, n_outputs = layer->n_outputs;
	uint8_t *bytes = add_floats(writer, node, n_inputs * n_outputs);

	set_shape(&node->shape, 2, (int64_t)n_inputs, (int64_t)n_outputs);
	for (size_t i = 0; bytes && i < n_inputs; i++)
		for (size_t o = 0; o < n_outputs; o++, bytes += sizeof(float))
			save_floats(&layer->weights[o * n_inputs + i], 1, bytes);
	return node;
}

/* A vector, or a scalar if n is 0. */
static struct written_node *add_values(struct writer *writer, const char *kind, size_t number,
				       const float *values, size_t n)
{
	struct written_node *node = add_constant(writer, kind, number, DT_FLOAT);
	uint8_t *bytes = add_floats(writer, node, n ? n : 1);

	set_shape(&node->shape, n ? 1 : 0, (int64_t)n, 0);
	if (bytes)
		save_floats(values, n ? n : 1, bytes);
	return node;
}

/* Operators of one input or two, all floats. */
static struct written_node *add_operator(struct writer *writer, const char *op, size_t number,
					 struct written_node *a, struct written_node *b)
{
	struct written_node *node = add_node(writer, op, op, number);

	node->inputs[0] = a->proto.name;
	node->inputs[1] = b ? b->proto.name : NULL;
	node->proto.n_input = b ? 2 : 1;
	add_type(node, "T", DT_FLOAT);
	return node;
}

static struct written_node *add_leaky_relu(struct writer *writer, const struct layer *layer,
					   size_t number, struct written_node *input)
{
	struct written_node *node = add_operator(writer, "LeakyRelu", number, input, NULL);
	Tensorflow__AttrValue *alpha = add_attribute(node, "alpha");

	alpha->has_f = true;
	alpha->f = layer->alpha;
	return node;
}

/* TensorFlow's Elu and Selu have no parameters: LeakyRelu then scales negative values, and Mul all
 * of them. */
static struct written_node *add_activation(struct writer *writer, const struct layer *layer,
					   size_t number, struct written_node *input)
{
	static const char *const operators[] = {
		[EMNIST_RELU] = "Relu", [EMNIST_ELU] = "Elu",         [EMNIST_SELU] = "Selu",
		[EMNIST_TANH] = "Tanh", [EMNIST_SIGMOID] = "Sigmoid",
	};
	const enum emnist_activation activation = layer->activation;
	struct layer usual = {0};
	struct written_node *node;

	activation_set(&usual, activation);
	if (activation == EMNIST_IDENTITY)
		return input;
	if (activation == EMNIST_LEAKY_RELU)
		return add_leaky_relu(writer, layer, number, input);
	/* The defaults of ONNX and PyTorch are TensorFlow's constants. */
	if (layer->alpha == usual.alpha && layer->gamma == usual.gamma)
		return add_operator(writer, operators[activation], number, input, NULL);
	node = add_operator(writer, "Elu", number, input, NULL);
	node = add_leaky_relu(writer, layer, number, node);
	if (activation == EMNIST_ELU)
		return node;
	return add_operator(writer, "Mul", number, node,
			    add_values(writer, "gamma", number, &layer->gamma, 0));
}

static struct written_node *add_layer(struct writer *writer, const struct layer *layer,
				      size_t number, struct written_node *input)
{
	struct written_node *node =
		add_operator(writer, "MatMul", number, input, add_weights(writer, layer, number));

	node = add_operator(writer, "BiasAdd", number, node,
			    add_values(writer, "bias", number, layer->bias, layer->n_outputs));
	return add_activation(writer, layer, number, node);
}

static int64_t n_rows(const struct save *save)
{
	return save->batch ? (int64_t)save->batch : -1;
}

static void add_graph(struct writer *writer)
{
	const struct emnist_model *model = writer->save->model;
	struct written_node *node = add_node(writer, "Placeholder", "", 0);

	node->proto.name = save_text(writer->save->input);
	add_type(node, "dtype", DT_FLOAT);
	add_attribute(node, "shape")->shape = set_shape(&node->shape, 2, n_rows(writer->save),
							(int64_t)emnist_model_n_inputs(model));
	for (size_t l = 0; l < model->n_layers; l++)
		node = add_layer(writer, &model->layers[l], l + 1, node);
	if (writer->save->softmax)
		node = add_operator(writer, "Softmax", model->n_layers + 1, node, NULL);
	node->proto.name = save_text(writer->save->output);
	add_text(writer, "emnist_labels", writer->save->labels);
	add_text(writer, "emnist_preprocess", writer->save->preprocess);
	if (writer->save->input_scaling[0])
		add_text(writer, "emnist_input_scaling", writer->save->input_scaling);

	tensorflow__version_def__init(&writer->versions);
	writer->versions.has_producer = true;
	writer->versions.producer = GRAPH_VERSION;
	writer->graph.versions = &writer->versions;
}

/* ----------------------------------------------------------------- SavedModel */

static void set_end(struct writer *writer, struct end *end, const char *name, size_t width)
{
	const size_t nbytes = strlen(name) + sizeof(":0");

	tensorflow__tensor_info_entry__init(&end->entry);
	tensorflow__tensor_info__init(&end->info);
	end->tensor = malloc(nbytes);
	writer->failed |= !end->tensor;
	if (end->tensor)
		snprintf(end->tensor, nbytes, "%s:0", name);
	end->info.name = end->tensor;
	end->info.has_dtype = true;
	end->info.dtype = DT_FLOAT;
	end->info.tensor_shape = set_shape(&end->shape, 2, n_rows(writer->save), (int64_t)width);
	end->entry.key = save_text(name);
	end->entry.value = &end->info;
	end->pointer = &end->entry;
}

static void add_signatures(struct writer *writer)
{
	const struct emnist_model *model = writer->save->model;

	set_end(writer, &writer->input, writer->save->input, emnist_model_n_inputs(model));
	set_end(writer, &writer->output, writer->save->output, emnist_model_n_outputs(model));
	tensorflow__signature_def__init(&writer->signature);
	writer->signature.inputs = &writer->input.pointer;
	writer->signature.n_inputs = 1;
	writer->signature.outputs = &writer->output.pointer;
	writer->signature.n_outputs = 1;
	writer->signature.method_name = save_text("tensorflow/serving/predict");
	for (size_t i = 0; i < N_SIGNATURES; i++) {
		tensorflow__signature_entry__init(&writer->signatures[i]);
		writer->signatures[i].key = save_text(signature_names[i]);
		writer->signatures[i].value = &writer->signature;
		writer->signature_pointers[i] = &writer->signatures[i];
	}
}

static void add_frame(struct writer *writer)
{
	tensorflow__saved_model__init(&writer->saved);
	tensorflow__meta_graph_def__init(&writer->meta);
	tensorflow__meta_graph_def__meta_info_def__init(&writer->info);
	writer->tag = save_text("serve");
	writer->info.tags = &writer->tag;
	writer->info.n_tags = 1;
	writer->meta.meta_info_def = &writer->info;
	writer->meta.graph_def = &writer->graph;
	writer->meta.signature_def = writer->signature_pointers;
	writer->meta.n_signature_def = N_SIGNATURES;
	writer->meta_pointer = &writer->meta;
	writer->saved.has_saved_model_schema_version = true;
	writer->saved.saved_model_schema_version = 1;
	writer->saved.meta_graphs = &writer->meta_pointer;
	writer->saved.n_meta_graphs = 1;
}

/* ------------------------------------------------------------------------ all */

static bool writer_init(struct writer *writer, const struct save *save)
{
	const size_t n_nodes = NODES_A_LAYER * save->model->n_layers + OTHER_NODES;

	*writer = (struct writer){.save = save};
	tensorflow__graph_def__init(&writer->graph);
	writer->nodes = alloc_zeroed(n_nodes, sizeof(*writer->nodes));
	writer->node_pointers = alloc_array(n_nodes, sizeof(Tensorflow__NodeDef *));
	writer->graph.node = writer->node_pointers;
	return writer->nodes && writer->node_pointers;
}

static void writer_clear(struct writer *writer)
{
	for (size_t i = 0; i < writer->graph.n_node; i++)
		free(writer->nodes[i].tensor.tensor_content.data);
	free(writer->nodes);
	free(writer->node_pointers);
	free(writer->input.tensor);
	free(writer->output.tensor);
}

static enum emnist_status check_names(const struct writer *writer, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	for (size_t i = 0; !status && i < writer->graph.n_node; i++)
		if (writer->nodes[i].proto.name == writer->nodes[i].name)
			status = save_check_name(writer->save, writer->nodes[i].name, error);
	return status;
}

enum emnist_status tensorflow_encode(const struct save *save, void **bytes_ret, size_t *nbytes_ret,
				     struct emnist_error *error)
{
	const bool is_saved_model = save->format == EMNIST_FORMAT_SAVED_MODEL;
	const ProtobufCMessage *message;
	enum emnist_status status = EMNIST_OK;
	struct writer writer;

	if (writer_init(&writer, save)) {
		add_graph(&writer);
		add_signatures(&writer);
		add_frame(&writer);
		status = check_names(&writer, error);
	} else {
		writer.failed = true;
	}
	if (status || writer.failed) {
		status = status ? status : error_memory(error);
		goto out;
	}
	message = is_saved_model ? &writer.saved.base : &writer.graph.base;
	*nbytes_ret = protobuf_c_message_get_packed_size(message);
	*bytes_ret = malloc(*nbytes_ret);
	if (*bytes_ret)
		protobuf_c_message_pack(message, *bytes_ret);
	else
		status = error_memory(error);
out:
	writer_clear(&writer);
	return status;
}
