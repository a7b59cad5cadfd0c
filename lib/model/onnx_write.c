/*
 * onnx_write.c - encoding a model as ONNX.
 *
 * The messages are built on arrays of one structure, sized for the model and freed as one; only
 * what varies is in them. Opset 17 and IR version 8 belong together (ONNX 1.12): old enough for
 * every runtime in use, and its operators mean the same today.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../base/file.h"
#include "../base/memory.h"
#include "../dataset/labels.h"
#include "onnx.h"

#define IR_VERSION     8
#define OPSET          17

#define MAX_NAME       32
#define MAX_ATTRIBUTES 2

/* A product, an activation and a softmax: the most nodes that one layer makes. */
#define NODES_A_LAYER 3

struct written_node {
	Onnx__NodeProto proto;
	Onnx__AttributeProto attributes[MAX_ATTRIBUTES];
	Onnx__AttributeProto *attribute_pointers[MAX_ATTRIBUTES];
	char *inputs[3];
	char *outputs[1];
	char name[MAX_NAME];
	char output[MAX_NAME];
};

struct written_tensor {
	Onnx__TensorProto proto;
	int64_t dims[2];
	char name[MAX_NAME];
};

struct written_value {
	Onnx__ValueInfoProto proto;
	Onnx__TypeProto type;
	Onnx__TypeProto__Tensor tensor;
	Onnx__TensorShapeProto shape;
	Onnx__TensorShapeProto__Dimension dims[2];
	Onnx__TensorShapeProto__Dimension *dim_pointers[2];
};

struct writer {
	Onnx__ModelProto model;
	Onnx__GraphProto graph;
	Onnx__OperatorSetIdProto opset;
	Onnx__OperatorSetIdProto *opset_pointer;
	Onnx__StringStringEntryProto metadata[2];
	Onnx__StringStringEntryProto *metadata_pointers[2];
	struct written_value input, output;
	Onnx__ValueInfoProto *input_pointer, *output_pointer;
	struct written_node *nodes;
	Onnx__NodeProto **node_pointers;
	struct written_tensor *tensors;
	Onnx__TensorProto **tensor_pointers;
	char *labels; /* the text of a mapping file */
};

/* protobuf-c has no const in its messages, but changes nothing that it packs. */
static char *text(const char *constant)
{
	union {
		const char *constant;
		char *text;
	} pun = {constant};

	return pun.text;
}

static const struct {
	const char *op;
	bool has_alpha;
	bool has_gamma;
} activations[] = {
	[EMNIST_IDENTITY] = {NULL, false, false}, [EMNIST_RELU] = {"Relu", false, false},
	[EMNIST_ELU] = {"Elu", true, false},      [EMNIST_LEAKY_RELU] = {"LeakyRelu", true, false},
	[EMNIST_SELU] = {"Selu", true, true},     [EMNIST_SIGMOID] = {"Sigmoid", false, false},
	[EMNIST_TANH] = {"Tanh", false, false},
};

/* ------------------------------------------------------------------- tensors */

static void store_floats(const float *values, size_t n, uint8_t *bytes)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t bits;

		memcpy(&bits, &values[i], sizeof(bits));
		for (size_t j = 0; j < 4; j++)
			bytes[4 * i + j] = (uint8_t)(bits >> (8 * j));
	}
}

/* Adds an initializer of shape (n_rows, n_columns), or (n_rows) where n_columns is 0. */
static bool add_tensor(struct writer *writer, const char *kind, size_t number, const float *values,
		       size_t n_rows, size_t n_columns)
{
	const size_t n = n_rows * (n_columns ? n_columns : 1);
	struct written_tensor *tensor = &writer->tensors[writer->graph.n_initializer];

	onnx__tensor_proto__init(&tensor->proto);
	snprintf(tensor->name, sizeof(tensor->name), "%s_%zu", kind, number);
	tensor->proto.name = tensor->name;
	tensor->proto.has_data_type = true;
	tensor->proto.data_type = ONNX_FLOAT;
	tensor->dims[0] = (int64_t)n_rows;
	tensor->dims[1] = (int64_t)n_columns;
	tensor->proto.dims = tensor->dims;
	tensor->proto.n_dims = n_columns ? 2 : 1;
	tensor->proto.has_raw_data = true;
	tensor->proto.raw_data.len = n * sizeof(float);
	tensor->proto.raw_data.data = alloc_array(n, sizeof(float));
	writer->tensor_pointers[writer->graph.n_initializer++] = &tensor->proto;
	if (!tensor->proto.raw_data.data)
		return false;
	store_floats(values, n, tensor->proto.raw_data.data);
	return true;
}

/* --------------------------------------------------------------------- nodes */

/* Adds a node that takes what the one before it makes. */
static struct written_node *add_node(struct writer *writer, const char *op, size_t number)
{
	struct written_node *node = &writer->nodes[writer->graph.n_node];

	onnx__node_proto__init(&node->proto);
	snprintf(node->name, sizeof(node->name), "%s_%zu", op, number);
	snprintf(node->output, sizeof(node->output), "h_%zu", writer->graph.n_node + 1);
	node->proto.name = node->name;
	node->proto.op_type = text(op);
	node->inputs[0] = writer->graph.n_node > 0 ? writer->nodes[writer->graph.n_node - 1].output
						   : text("images");
	node->proto.input = node->inputs;
	node->proto.n_input = 1;
	node->outputs[0] = node->output;
	node->proto.output = node->outputs;
	node->proto.n_output = 1;
	node->proto.attribute = node->attribute_pointers;
	writer->node_pointers[writer->graph.n_node++] = &node->proto;
	return node;
}

static Onnx__AttributeProto *add_attribute(struct written_node *node, const char *name,
					   enum onnx_attribute_type type)
{
	Onnx__AttributeProto *attribute = &node->attributes[node->proto.n_attribute];

	onnx__attribute_proto__init(attribute);
	attribute->name = text(name);
	attribute->has_type = true;
	attribute->type = (int32_t)type;
	node->attribute_pointers[node->proto.n_attribute++] = attribute;
	return attribute;
}

static void add_int(struct written_node *node, const char *name, int64_t value)
{
	Onnx__AttributeProto *attribute = add_attribute(node, name, ONNX_ATTRIBUTE_INT);

	attribute->has_i = true;
	attribute->i = value;
}

static void add_float(struct written_node *node, const char *name, float value)
{
	Onnx__AttributeProto *attribute = add_attribute(node, name, ONNX_ATTRIBUTE_FLOAT);

	attribute->has_f = true;
	attribute->f = value;
}

static bool add_layer(struct writer *writer, const struct layer *layer, size_t number)
{
	struct written_node *node = add_node(writer, "Gemm", number);

	if (!add_tensor(writer, "weights", number, layer->weights, layer->n_outputs,
			layer->n_inputs))
		return false;
	node->inputs[1] = writer->tensors[writer->graph.n_initializer - 1].name;
	if (!add_tensor(writer, "bias", number, layer->bias, layer->n_outputs, 0))
		return false;
	node->inputs[2] = writer->tensors[writer->graph.n_initializer - 1].name;
	node->proto.n_input = 3;
	add_int(node, "transB", 1);
	if (!activations[layer->activation].op)
		return true;
	node = add_node(writer, activations[layer->activation].op, number);
	if (activations[layer->activation].has_alpha)
		add_float(node, "alpha", layer->alpha);
	if (activations[layer->activation].has_gamma)
		add_float(node, "gamma", layer->gamma);
	return true;
}

static bool add_graph(struct writer *writer, const struct emnist_model *model)
{
	for (size_t l = 0; l < model->n_layers; l++)
		if (!add_layer(writer, &model->layers[l], l + 1))
			return false;
	if (model->softmax)
		add_int(add_node(writer, "Softmax", model->n_layers + 1), "axis", -1);
	snprintf(writer->nodes[writer->graph.n_node - 1].output, MAX_NAME, "probabilities");
	return true;
}

/* ---------------------------------------------------------- all around them */

/* A value of shape (N, width). */
static Onnx__ValueInfoProto *describe(struct written_value *value, const char *name, size_t width)
{
	onnx__value_info_proto__init(&value->proto);
	onnx__type_proto__init(&value->type);
	onnx__type_proto__tensor__init(&value->tensor);
	onnx__tensor_shape_proto__init(&value->shape);
	for (size_t i = 0; i < 2; i++) {
		onnx__tensor_shape_proto__dimension__init(&value->dims[i]);
		value->dim_pointers[i] = &value->dims[i];
	}
	value->dims[0].dim_param = text("N");
	value->dims[1].has_dim_value = true;
	value->dims[1].dim_value = (int64_t)width;
	value->shape.dim = value->dim_pointers;
	value->shape.n_dim = 2;
	value->tensor.has_elem_type = true;
	value->tensor.elem_type = ONNX_FLOAT;
	value->tensor.shape = &value->shape;
	value->type.tensor_type = &value->tensor;
	value->proto.name = text(name);
	value->proto.type = &value->type;
	return &value->proto;
}

static void add_metadata(struct writer *writer, const char *key, const char *value)
{
	Onnx__StringStringEntryProto *entry = &writer->metadata[writer->model.n_metadata_props];

	onnx__string_string_entry_proto__init(entry);
	entry->key = text(key);
	entry->value = text(value);
	writer->metadata_pointers[writer->model.n_metadata_props++] = entry;
}

static void add_frame(struct writer *writer, const struct emnist_model *model)
{
	onnx__operator_set_id_proto__init(&writer->opset);
	writer->opset.domain = text("");
	writer->opset.has_version = true;
	writer->opset.version = OPSET;
	writer->opset_pointer = &writer->opset;
	writer->input_pointer = describe(&writer->input, "images", emnist_model_n_inputs(model));
	writer->output_pointer =
		describe(&writer->output, "probabilities", emnist_model_n_outputs(model));
	add_metadata(writer, "emnist.labels", writer->labels);
	add_metadata(writer, "emnist.preprocess", preprocess_name(model->preprocess));

	writer->graph.name = text("emnist");
	writer->graph.input = &writer->input_pointer;
	writer->graph.n_input = 1;
	writer->graph.output = &writer->output_pointer;
	writer->graph.n_output = 1;
	writer->model.has_ir_version = true;
	writer->model.ir_version = IR_VERSION;
	writer->model.producer_name = text("emnist");
	writer->model.producer_version = text(EMNIST_VERSION);
	writer->model.opset_import = &writer->opset_pointer;
	writer->model.n_opset_import = 1;
	writer->model.metadata_props = writer->metadata_pointers;
	writer->model.graph = &writer->graph;
}

static bool writer_init(struct writer *writer, const struct emnist_model *model)
{
	const size_t n_nodes = NODES_A_LAYER * model->n_layers;
	const size_t n_tensors = 2 * model->n_layers;
	size_t labels_nbytes;

	*writer = (struct writer){0};
	onnx__model_proto__init(&writer->model);
	onnx__graph_proto__init(&writer->graph);
	writer->nodes = alloc_zeroed(n_nodes, sizeof(*writer->nodes));
	writer->node_pointers = alloc_array(n_nodes, sizeof(Onnx__NodeProto *));
	writer->tensors = alloc_zeroed(n_tensors, sizeof(*writer->tensors));
	writer->tensor_pointers = alloc_array(n_tensors, sizeof(Onnx__TensorProto *));
	writer->graph.node = writer->node_pointers;
	writer->graph.initializer = writer->tensor_pointers;
	return labels_format(model->labels, &writer->labels, &labels_nbytes) && writer->nodes &&
	       writer->node_pointers && writer->tensors && writer->tensor_pointers;
}

static void writer_clear(struct writer *writer)
{
	for (size_t i = 0; i < writer->graph.n_initializer; i++)
		free(writer->tensors[i].proto.raw_data.data);
	free(writer->nodes);
	free(writer->node_pointers);
	free(writer->tensors);
	free(writer->tensor_pointers);
	free(writer->labels);
}

/* Protobuf's own limit on a message. */
static enum emnist_status check_size(const struct emnist_model *model, struct emnist_error *error)
{
	uint64_t nbytes = 0;

	for (size_t l = 0; l < model->n_layers; l++)
		nbytes += sizeof(float) * ((uint64_t)model->layers[l].n_inputs + 1) *
			  model->layers[l].n_outputs;
	if (nbytes > INT_MAX / 2)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "the model is too large for an ONNX file");
	return EMNIST_OK;
}

enum emnist_status emnist_model_encode(const struct emnist_model *model, void **bytes_ret,
				       size_t *nbytes_ret, struct emnist_error *error)
{
	enum emnist_status status = check_size(model, error);
	struct writer writer;
	uint8_t *bytes;
	size_t nbytes;

	*bytes_ret = NULL;
	if (status)
		return status;
	if (!writer_init(&writer, model) || !add_graph(&writer, model)) {
		status = error_memory(error);
		goto out;
	}
	add_frame(&writer, model);
	nbytes = onnx__model_proto__get_packed_size(&writer.model);
	bytes = malloc(nbytes);
	if (!bytes) {
		status = error_memory(error);
		goto out;
	}
	onnx__model_proto__pack(&writer.model, bytes);
	*bytes_ret = bytes;
	*nbytes_ret = nbytes;
out:
	writer_clear(&writer);
	return status;
}

enum emnist_status emnist_model_write(const struct emnist_model *model, const char *path,
				      struct emnist_error *error)
{
	enum emnist_status status;
	void *bytes;
	size_t nbytes;

	status = emnist_model_encode(model, &bytes, &nbytes, error);
	if (!status)
		status = file_replace(path, bytes, nbytes, error);
	free(bytes);
	return status;
}
