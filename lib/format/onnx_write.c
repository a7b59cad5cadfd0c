/*
 * onnx_write.c - encodes a model as ONNX.
 *
 * The messages are built in arrays of one structure, sized for the model and freed together. The
 * operators mean the same in all opsets written, except for the axis of Softmax: since opset 11 it
 * may count from the end. It is 1 here, the last.
 */
#include <stdio.h>
#include <string.h>

#include "../base/memory.h"
#include "onnx.h"
#include "save.h"

/* The IR version of each opset (the table in onnx/helper.py): a reader of the one reads the
 * other. */
static const uint8_t ir_versions[ONNX_NEWEST_WRITTEN + 1] = {
	[7] = 3,   [8] = 3,   [9] = 4,   [10] = 5,  [11] = 6,  [12] = 7, [13] = 7,
	[14] = 7,  [15] = 8,  [16] = 8,  [17] = 8,  [18] = 8,  [19] = 9, [20] = 9,
	[21] = 10, [22] = 10, [23] = 11, [24] = 12, [25] = 13,
};

/* Before it, initializers have to be listed as inputs. */
#define IR_OF_FREE_INITIALIZERS 4

#define MAX_NAME                32
#define MAX_ATTRIBUTES          2

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
	Onnx__StringStringEntryProto metadata[3];
	Onnx__StringStringEntryProto *metadata_pointers[3];
	struct written_value output;
	Onnx__ValueInfoProto *output_pointer;
	struct written_value *inputs;
	Onnx__ValueInfoProto **input_pointers;
	struct written_node *nodes;
	Onnx__NodeProto **node_pointers;
	struct written_tensor *tensors;
	Onnx__TensorProto **tensor_pointers;
	const struct save *save;
};

static const char *const operators[] = {
	[EMNIST_IDENTITY] = NULL, [EMNIST_RELU] = "Relu",
	[EMNIST_ELU] = "Elu",     [EMNIST_LEAKY_RELU] = "LeakyRelu",
	[EMNIST_SELU] = "Selu",   [EMNIST_SIGMOID] = "Sigmoid",
	[EMNIST_TANH] = "Tanh",
};

/* ------------------------------------------------------------------- tensors */

/* Adds an initializer of shape (n_rows, n_columns), or (n_rows) if n_columns is 0. */
static bool add_tensor(struct writer *writer, const char *kind, size_t number,
		       const unaligned_float *values, size_t n_rows, size_t n_columns)
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
	save_floats(values, n, tensor->proto.raw_data.data);
	return true;
}

/* --------------------------------------------------------------------- nodes */

/* Adds a node whose input is the previous node's output. */
static struct written_node *add_node(struct writer *writer, const char *op, size_t number)
{
	struct written_node *node = &writer->nodes[writer->graph.n_node];

	onnx__node_proto__init(&node->proto);
	snprintf(node->name, sizeof(node->name), "%s_%zu", op, number);
	snprintf(node->output, sizeof(node->output), "h_%zu", writer->graph.n_node + 1);
	node->proto.name = node->name;
	node->proto.op_type = save_text(op);
	node->inputs[0] = writer->graph.n_node > 0 ? writer->nodes[writer->graph.n_node - 1].output
						   : save_text(writer->save->input);
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
	attribute->name = save_text(name);
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
	if (!operators[layer->activation])
		return true;
	node = add_node(writer, operators[layer->activation], number);
	if (activation_has_alpha(layer->activation))
		add_float(node, "alpha", layer->alpha);
	if (activation_has_gamma(layer->activation))
		add_float(node, "gamma", layer->gamma);
	return true;
}

/* The default axis is 1 before opset 13 and -1 since. It is written as old readers expect it; -1 is
 * valid from opset 11 on. */
static void add_softmax(struct writer *writer, size_t number)
{
	add_int(add_node(writer, "Softmax", number), "axis", writer->save->opset < 11 ? 1 : -1);
}

static bool add_graph(struct writer *writer, const struct emnist_model *model)
{
	for (size_t l = 0; l < model->n_layers; l++)
		if (!add_layer(writer, &model->layers[l], l + 1))
			return false;
	if (writer->save->softmax)
		add_softmax(writer, model->n_layers + 1);
	writer->nodes[writer->graph.n_node - 1].outputs[0] = save_text(writer->save->output);
	return true;
}

/* ---------------------------------------------------------- all around them */

/* A value of n_dims dimensions. A first one of 0 means any size, and gets a name. */
static Onnx__ValueInfoProto *describe(struct written_value *value, const char *name,
				      const int64_t *dims, size_t n_dims)
{
	onnx__value_info_proto__init(&value->proto);
	onnx__type_proto__init(&value->type);
	onnx__type_proto__tensor__init(&value->tensor);
	onnx__tensor_shape_proto__init(&value->shape);
	for (size_t i = 0; i < n_dims; i++) {
		onnx__tensor_shape_proto__dimension__init(&value->dims[i]);
		value->dims[i].has_dim_value = dims[i] > 0;
		value->dims[i].dim_value = dims[i];
		if (dims[i] == 0)
			value->dims[i].dim_param = save_text("N");
		value->dim_pointers[i] = &value->dims[i];
	}
	value->shape.dim = value->dim_pointers;
	value->shape.n_dim = n_dims;
	value->tensor.has_elem_type = true;
	value->tensor.elem_type = ONNX_FLOAT;
	value->tensor.shape = &value->shape;
	value->type.tensor_type = &value->tensor;
	value->proto.name = save_text(name);
	value->proto.type = &value->type;
	return &value->proto;
}

static void add_input(struct writer *writer, const char *name, const int64_t *dims, size_t n_dims)
{
	const size_t n = writer->graph.n_input++;

	writer->input_pointers[n] = describe(&writer->inputs[n], name, dims, n_dims);
}

static void add_ends(struct writer *writer, const struct emnist_model *model)
{
	const int64_t in[] = {writer->save->batch, (int64_t)emnist_model_n_inputs(model)};
	const int64_t out[] = {writer->save->batch, (int64_t)emnist_model_n_outputs(model)};

	writer->graph.input = writer->input_pointers;
	add_input(writer, writer->save->input, in, 2);
	if (ir_versions[writer->save->opset] < IR_OF_FREE_INITIALIZERS)
		for (size_t i = 0; i < writer->graph.n_initializer; i++)
			add_input(writer, writer->tensors[i].name, writer->tensors[i].dims,
				  writer->tensors[i].proto.n_dims);
	writer->output_pointer = describe(&writer->output, writer->save->output, out, 2);
	writer->graph.output = &writer->output_pointer;
	writer->graph.n_output = 1;
}

static void add_metadata(struct writer *writer, const char *key, const char *value)
{
	Onnx__StringStringEntryProto *entry = &writer->metadata[writer->model.n_metadata_props];

	onnx__string_string_entry_proto__init(entry);
	entry->key = save_text(key);
	entry->value = save_text(value);
	writer->metadata_pointers[writer->model.n_metadata_props++] = entry;
}

static void add_frame(struct writer *writer)
{
	onnx__operator_set_id_proto__init(&writer->opset);
	writer->opset.domain = save_text("");
	writer->opset.has_version = true;
	writer->opset.version = writer->save->opset;
	writer->opset_pointer = &writer->opset;
	add_metadata(writer, SAVE_LABELS, writer->save->labels);
	add_metadata(writer, SAVE_PREPROCESS, writer->save->preprocess);
	if (writer->save->input_scaling[0])
		add_metadata(writer, SAVE_INPUT_SCALING, writer->save->input_scaling);

	writer->graph.name = save_text("emnist");
	writer->model.has_ir_version = true;
	writer->model.ir_version = ir_versions[writer->save->opset];
	writer->model.producer_name = save_text("emnist");
	writer->model.producer_version = save_text(EMNIST_VERSION);
	writer->model.opset_import = &writer->opset_pointer;
	writer->model.n_opset_import = 1;
	writer->model.metadata_props = writer->metadata_pointers;
	writer->model.graph = &writer->graph;
}

static bool writer_init(struct writer *writer, const struct save *save)
{
	const size_t n_nodes = NODES_A_LAYER * save->model->n_layers;
	const size_t n_tensors = 2 * save->model->n_layers;

	*writer = (struct writer){.save = save};
	onnx__model_proto__init(&writer->model);
	onnx__graph_proto__init(&writer->graph);
	writer->nodes = alloc_zeroed(n_nodes, sizeof(*writer->nodes));
	writer->node_pointers = alloc_array(n_nodes, sizeof(Onnx__NodeProto *));
	writer->tensors = alloc_zeroed(n_tensors, sizeof(*writer->tensors));
	writer->tensor_pointers = alloc_array(n_tensors, sizeof(Onnx__TensorProto *));
	writer->inputs = alloc_zeroed(1 + n_tensors, sizeof(*writer->inputs));
	writer->input_pointers = alloc_array(1 + n_tensors, sizeof(Onnx__ValueInfoProto *));
	writer->graph.node = writer->node_pointers;
	writer->graph.initializer = writer->tensor_pointers;
	return writer->nodes && writer->node_pointers && writer->tensors &&
	       writer->tensor_pointers && writer->inputs && writer->input_pointers;
}

static void writer_clear(struct writer *writer)
{
	for (size_t i = 0; i < writer->graph.n_initializer; i++)
		free(writer->tensors[i].proto.raw_data.data);
	free(writer->nodes);
	free(writer->node_pointers);
	free(writer->tensors);
	free(writer->tensor_pointers);
	free(writer->inputs);
	free(writer->input_pointers);
}

static enum emnist_status check_names(const struct writer *writer, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	for (size_t i = 0; !status && i < writer->graph.n_initializer; i++)
		status = save_check_name(writer->save, writer->tensors[i].name, error);
	for (size_t i = 0; !status && i + 1 < writer->graph.n_node; i++)
		status = save_check_name(writer->save, writer->nodes[i].output, error);
	return status;
}

enum emnist_status onnx_encode(const struct save *save, void **bytes_ret, size_t *nbytes_ret,
			       struct emnist_error *error)
{
	enum emnist_status status;
	struct writer writer;
	uint8_t *bytes;

	if (!writer_init(&writer, save) || !add_graph(&writer, save->model)) {
		status = error_memory(error);
		goto out;
	}
	status = check_names(&writer, error);
	if (status)
		goto out;
	add_ends(&writer, save->model);
	add_frame(&writer);
	*nbytes_ret = onnx__model_proto__get_packed_size(&writer.model);
	bytes = malloc(*nbytes_ret);
	if (!bytes) {
		status = error_memory(error);
		goto out;
	}
	onnx__model_proto__pack(&writer.model, bytes);
	*bytes_ret = bytes;
out:
	writer_clear(&writer);
	return status;
}
