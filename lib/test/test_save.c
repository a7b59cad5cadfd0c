/*
 * test_save.c - models in each of the forms they are written in.
 *
 * That others read what is written is for lib/test/peers_write.py to show. Here it is that every
 * bit is where the formats' own descriptions have it, and that options do what they say.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../base/memory.h"
#include "../format/onnx_graph.h"
#include "../format/save.h"
#include "../io/directory.h"
#include "models.h"
#include "tensorflow.pb-c.h"

static const uint32_t widths[] = {7, 5, 3, 10};
#define N_LAYERS 3

static const enum emnist_activation all_activations[] = {
	EMNIST_IDENTITY, EMNIST_RELU,    EMNIST_ELU,  EMNIST_LEAKY_RELU,
	EMNIST_SELU,     EMNIST_SIGMOID, EMNIST_TANH,
};
#define N_ACTIVATIONS (sizeof(all_activations) / sizeof(*all_activations))

static struct buffer export(const struct emnist_model *model,
			    const struct emnist_save_options *options)
{
	struct buffer buffer = {0};
	struct emnist_error error;
	void *bytes;

	if (emnist_model_export(model, options, &bytes, &buffer.nbytes, &error))
		fail_msg("%s", error.message);
	buffer.data = bytes;
	return buffer;
}

static float float_at(const uint8_t *bytes)
{
	const uint32_t bits = (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 |
			      (uint32_t)bytes[1] << 8 | bytes[0];
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static void assert_same_floats(const float *a, const float *b, size_t n)
{
	assert_memory_equal(a, b, n * sizeof(*a));
}

/* ------------------------------------------------------------------ round trip */

static void assert_same_model(const struct emnist_model *a, const struct emnist_model *b)
{
	assert_int_equal(a->n_layers, b->n_layers);
	assert_int_equal(a->softmax, b->softmax);
	assert_int_equal(a->preprocess, b->preprocess);
	for (size_t l = 0; l < a->n_layers; l++) {
		const struct layer *left = &a->layers[l], *right = &b->layers[l];

		assert_int_equal(left->n_inputs, right->n_inputs);
		assert_int_equal(left->n_outputs, right->n_outputs);
		assert_int_equal(left->activation, right->activation);
		assert_true(left->alpha == right->alpha);
		assert_true(left->gamma == right->gamma);
		assert_same_floats(left->weights, right->weights,
				   (size_t)left->n_inputs * left->n_outputs);
		assert_same_floats(left->bias, right->bias, left->n_outputs);
	}
	for (size_t i = 0; i < emnist_model_n_outputs(a); i++)
		assert_string_equal(emnist_labels_text(a->labels, i),
				    emnist_labels_text(b->labels, i));
}

/* model, written with options and read again. */
static struct emnist_model *through(const struct emnist_model *model,
				    const struct emnist_save_options *options)
{
	struct buffer bytes = export(model, options);
	struct emnist_model *read;
	struct emnist_error error;

	if (emnist_model_parse(bytes.data, bytes.nbytes, NULL, &read, &error))
		fail_msg("format %d: %s", (int)options->format, error.message);
	free(bytes.data);
	return read;
}

static void test_every_opset(void **state)
{
	(void)state;
	for (unsigned opset = ONNX_OLDEST_WRITTEN; opset <= ONNX_NEWEST_WRITTEN; opset++)
		for (size_t a = 0; a < N_ACTIVATIONS; a++) {
			const struct emnist_save_options options = {.opset = opset,
								    .batch = opset % 3};
			struct emnist_model *model =
				random_model(widths, 4, all_activations[a], opset);
			struct emnist_model *read = through(model, &options);
			const struct emnist_origin *origin = emnist_model_origin(read);

			assert_same_model(model, read);
			assert_int_equal(origin->n_inputs, 1);
			assert_int_equal(origin->inputs[0].dims[0].size,
					 opset % 3 ? (int64_t)(opset % 3) : -1);
			emnist_model_free(model);
			emnist_model_free(read);
		}
}

/* Each form gives the same model back, one after the other; with ELUs and SELUs of their own. */
static void test_every_form(void **state)
{
	static const enum emnist_format formats[] = {EMNIST_FORMAT_SAVED_MODEL,
						     EMNIST_FORMAT_SAFETENSORS,
						     EMNIST_FORMAT_GRAPH_DEF, EMNIST_FORMAT_ONNX};

	(void)state;
	for (size_t a = 0; a < N_ACTIVATIONS; a++) {
		struct emnist_model *model = random_model(widths, 4, all_activations[a], a + 1);
		struct emnist_model *read = model;

		if (all_activations[a] == EMNIST_ELU)
			model->layers[1].alpha = 0.3f;
		model->preprocess = EMNIST_PREPROCESS_NORMALIZE;
		for (size_t f = 0; f < sizeof(formats) / sizeof(*formats); f++) {
			const struct emnist_save_options options = {.format = formats[f]};
			struct emnist_model *next = through(read, &options);

			assert_int_equal(emnist_model_origin(next)->format, formats[f]);
			assert_same_model(model, next);
			if (read != model)
				emnist_model_free(read);
			read = next;
		}
		emnist_model_free(read);
		emnist_model_free(model);
	}
}

/* What is written without options is what was written before there were any. */
static void test_defaults(void **state)
{
	struct emnist_model *model = random_model(widths, 4, EMNIST_RELU, 1);
	struct buffer plain = export(model, NULL);
	struct buffer told =
		export(model, &(struct emnist_save_options){.format = EMNIST_FORMAT_ONNX,
							    .opset = 17,
							    .input_name = "images",
							    .output_name = "probabilities"});
	size_t nbytes;
	void *bytes;

	(void)state;
	assert_int_equal(plain.nbytes, told.nbytes);
	assert_memory_equal(plain.data, told.data, told.nbytes);
	assert_int_equal(emnist_model_export(model, NULL, &bytes, &nbytes, NULL), EMNIST_OK);
	assert_int_equal(plain.nbytes, nbytes);
	assert_memory_equal(plain.data, bytes, nbytes);
	free(plain.data);
	free(told.data);
	free(bytes);
	emnist_model_free(model);
}

/* ------------------------------------------------------------------------ ONNX */

/* IR versions before 4 want every initializer among the inputs. */
static void check_inputs(unsigned opset, int64_t ir_version, size_t n_inputs, int64_t axis)
{
	struct emnist_model *model = random_model(widths, 4, EMNIST_ELU, 1);
	struct buffer bytes = export(model, &(struct emnist_save_options){.opset = opset});
	struct emnist_error error;
	Onnx__ModelProto *proto;
	const Onnx__NodeProto *last;

	assert_int_equal(onnx_unpack(bytes.data, bytes.nbytes, &proto, &error), EMNIST_OK);
	assert_int_equal(proto->ir_version, ir_version);
	assert_int_equal(proto->graph->n_input, n_inputs);
	last = proto->graph->node[proto->graph->n_node - 1];
	assert_string_equal(last->op_type, "Softmax");
	assert_int_equal(onnx_node_int(last, "axis", 0), axis);
	onnx_unpacked_free(proto, bytes.data, bytes.nbytes);
	free(bytes.data);
	emnist_model_free(model);
}

static void test_old_opsets(void **state)
{
	(void)state;
	check_inputs(7, 3, 1 + 2 * N_LAYERS, 1);
	check_inputs(8, 3, 1 + 2 * N_LAYERS, 1);
	check_inputs(9, 4, 1, 1);
	check_inputs(11, 6, 1, -1);
	check_inputs(25, 13, 1, -1);
}

/* ------------------------------------------------------------------ TensorFlow */

static const Tensorflow__NodeDef *find_node(const Tensorflow__GraphDef *graph, const char *name)
{
	for (size_t i = 0; i < graph->n_node; i++)
		if (strcmp(graph->node[i]->name, name) == 0)
			return graph->node[i];
	fail_msg("no node %s", name);
	return NULL;
}

static const Tensorflow__AttrValue *find_attribute(const Tensorflow__NodeDef *node, const char *key)
{
	for (size_t i = 0; i < node->n_attr; i++)
		if (strcmp(node->attr[i]->key, key) == 0)
			return node->attr[i]->value;
	fail_msg("no attribute %s", key);
	return NULL;
}

static void assert_text_node(const Tensorflow__GraphDef *graph, const char *name, const char *text)
{
	const Tensorflow__TensorProto *tensor =
		find_attribute(find_node(graph, name), "value")->tensor;

	assert_int_equal(tensor->n_string_val, 1);
	assert_int_equal(tensor->string_val[0].len, strlen(text));
	assert_memory_equal(tensor->string_val[0].data, text, strlen(text));
}

/* Weights lie as (inputs, outputs), and every bit is there. */
static void assert_weights(const Tensorflow__GraphDef *graph, const struct layer *layer,
			   const char *name)
{
	const Tensorflow__TensorProto *tensor =
		find_attribute(find_node(graph, name), "value")->tensor;

	assert_int_equal(tensor->tensor_shape->n_dim, 2);
	assert_int_equal(tensor->tensor_shape->dim[0]->size, layer->n_inputs);
	assert_int_equal(tensor->tensor_shape->dim[1]->size, layer->n_outputs);
	assert_int_equal(tensor->tensor_content.len, 4 * layer->n_inputs * layer->n_outputs);
	for (size_t i = 0; i < layer->n_inputs; i++)
		for (size_t o = 0; o < layer->n_outputs; o++) {
			const float value = float_at(tensor->tensor_content.data +
						     4 * (i * layer->n_outputs + o));

			assert_same_floats(&value, &layer->weights[o * layer->n_inputs + i], 1);
		}
}

static void assert_end(const Tensorflow__TensorInfoEntry *entry, const char *key, const char *name,
		       int64_t batch, int64_t width)
{
	assert_string_equal(entry->key, key);
	assert_string_equal(entry->value->name, name);
	assert_int_equal(entry->value->dtype, 1);
	assert_int_equal(entry->value->tensor_shape->n_dim, 2);
	assert_int_equal(entry->value->tensor_shape->dim[0]->size, batch);
	assert_int_equal(entry->value->tensor_shape->dim[1]->size, width);
}

static void test_saved_model(void **state)
{
	const struct emnist_save_options options = {
		.format = EMNIST_FORMAT_SAVED_MODEL, .batch = 4, .output_name = "classes/scores"};
	struct emnist_model *model = random_model(widths, 4, EMNIST_TANH, 1);
	struct buffer bytes = export(model, &options);
	Tensorflow__SavedModel *saved =
		tensorflow__saved_model__unpack(NULL, bytes.nbytes, bytes.data);
	const Tensorflow__MetaGraphDef *meta;

	(void)state;
	assert_non_null(saved);
	assert_int_equal(saved->saved_model_schema_version, 1);
	assert_int_equal(saved->n_meta_graphs, 1);
	meta = saved->meta_graphs[0];
	assert_int_equal(meta->meta_info_def->n_tags, 1);
	assert_string_equal(meta->meta_info_def->tags[0], "serve");
	assert_int_equal(meta->n_signature_def, 2);
	assert_string_equal(meta->signature_def[0]->key, "serving_default");
	assert_string_equal(meta->signature_def[1]->key, "predict_images");
	for (size_t i = 0; i < 2; i++) {
		const Tensorflow__SignatureDef *signature = meta->signature_def[i]->value;

		assert_string_equal(signature->method_name, "tensorflow/serving/predict");
		assert_int_equal(signature->n_inputs, 1);
		assert_end(signature->inputs[0], "images", "images:0", 4, 7);
		assert_int_equal(signature->n_outputs, 1);
		assert_end(signature->outputs[0], "classes/scores", "classes/scores:0", 4, 10);
	}
	assert_weights(meta->graph_def, &model->layers[0], "weights_1");
	assert_weights(meta->graph_def, &model->layers[2], "weights_3");
	assert_string_equal(find_node(meta->graph_def, "classes/scores")->op, "Softmax");
	assert_text_node(meta->graph_def, "emnist_preprocess", "auto");
	tensorflow__saved_model__free_unpacked(saved, NULL);
	free(bytes.data);
	emnist_model_free(model);
}

/* An ELU of another alpha, and no softmax: the operators in their order. */
static void test_graph(void **state)
{
	static const char *const operators[] = {
		"Placeholder", "Const",  "MatMul",  "Const",   "BiasAdd", "Elu",       "LeakyRelu",
		"Const",       "MatMul", "Const",   "BiasAdd", "Elu",     "LeakyRelu", "Const",
		"MatMul",      "Const",  "BiasAdd", "Const",   "Const",
	};
	const struct emnist_save_options options = {.format = EMNIST_FORMAT_GRAPH_DEF,
						    .logits = true};
	struct emnist_model *model = random_model(widths, 4, EMNIST_ELU, 1);
	Tensorflow__GraphDef *graph;
	struct buffer bytes;

	(void)state;
	model->layers[0].alpha = 0.25f;
	model->layers[1].alpha = 0.5f;
	bytes = export(model, &options);
	graph = tensorflow__graph_def__unpack(NULL, bytes.nbytes, bytes.data);
	assert_non_null(graph);
	assert_int_equal(graph->n_node, sizeof(operators) / sizeof(*operators));
	/* Weights come before the operator that takes them. */
	for (size_t i = 0; i < graph->n_node; i++)
		assert_string_equal(graph->node[i]->op, operators[i]);
	assert_true(find_attribute(find_node(graph, "LeakyRelu_2"), "alpha")->f == 0.5f);
	assert_string_equal(find_node(graph, "scores")->op, "BiasAdd");
	tensorflow__graph_def__free_unpacked(graph, NULL);
	free(bytes.data);
	emnist_model_free(model);
}

/* ----------------------------------------------------------------- safetensors */

/* The header as it is, in a locale that has another decimal point. */
static void test_safetensors(void **state)
{
	static const char expected[] =
		"{\"__metadata__\":{\"format\":\"pt\",\"emnist.producer\":\"emnist " EMNIST_VERSION
		"\",\"emnist.activations\":\"leaky_relu(0.100000001),elu(1),identity\","
		"\"emnist.softmax\":\"true\",\"emnist.preprocess\":\"auto\","
		"\"emnist.labels\":\"0 48\\n1 49\\n2 50\\n3 51\\n4 52\\n5 53\\n6 54\\n7 55\\n8 "
		"56\\n"
		"9 57\\n\"},"
		"\"0.weight\":{\"dtype\":\"F32\",\"shape\":[5,7],\"data_offsets\":[0,140]},"
		"\"0.bias\":{\"dtype\":\"F32\",\"shape\":[5],\"data_offsets\":[140,160]},"
		"\"2.weight\":{\"dtype\":\"F32\",\"shape\":[3,5],\"data_offsets\":[160,220]},"
		"\"2.bias\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[220,232]},"
		"\"4.weight\":{\"dtype\":\"F32\",\"shape\":[10,3],\"data_offsets\":[232,352]},"
		"\"4.bias\":{\"dtype\":\"F32\",\"shape\":[10],\"data_offsets\":[352,392]}}";
	const struct emnist_save_options options = {.format = EMNIST_FORMAT_SAFETENSORS};
	struct emnist_model *model = random_model(widths, 4, EMNIST_ELU, 1);
	struct buffer bytes;
	const uint8_t *values;
	size_t n_header;

	(void)state;
	setlocale(LC_ALL, "de_DE.UTF-8");
	activation_set(&model->layers[0], EMNIST_LEAKY_RELU);
	model->layers[0].alpha = 0.1f;
	bytes = export(model, &options);
	setlocale(LC_ALL, "C");
	n_header = bytes.data[0] | (size_t)bytes.data[1] << 8;
	assert_int_equal(n_header % 8, 0);
	assert_in_range(n_header, sizeof(expected) - 1, sizeof(expected) + 7);
	assert_memory_equal(bytes.data + 8, expected, sizeof(expected) - 1);
	for (size_t i = sizeof(expected) - 1; i < n_header; i++)
		assert_int_equal(bytes.data[8 + i], ' ');
	assert_int_equal(bytes.nbytes, 8 + n_header + 392);
	values = bytes.data + 8 + n_header;
	for (size_t l = 0; l < N_LAYERS; l++) {
		const struct layer *layer = &model->layers[l];
		const size_t n = (size_t)layer->n_inputs * layer->n_outputs;

		for (size_t i = 0; i < n + layer->n_outputs; i++, values += 4) {
			const float value = float_at(values);

			assert_same_floats(&value, i < n ? &layer->weights[i] : &layer->bias[i - n],
					   1);
		}
	}
	free(bytes.data);
	emnist_model_free(model);
}

/* A layer without an activation is one module of a torch.nn.Sequential, any other two. */
static void test_modules(void **state)
{
	static const char *const names[] = {"\"0.weight\"", "\"1.weight\"", "\"2.weight\""};
	const struct emnist_save_options options = {.format = EMNIST_FORMAT_SAFETENSORS};
	struct emnist_model *model = random_model(widths, 4, EMNIST_IDENTITY, 1);
	struct buffer bytes = export(model, &options);

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_non_null(memmem(bytes.data, bytes.nbytes, names[i], strlen(names[i])));
	free(bytes.data);
	emnist_model_free(model);
}

/* --------------------------------------------------------------------- options */

static void check_refused(const struct emnist_model *model, struct emnist_save_options options,
			  const char *message)
{
	struct emnist_error error;
	size_t nbytes;
	void *bytes;

	assert_int_equal(emnist_model_export(model, &options, &bytes, &nbytes, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_null(bytes);
	assert_string_equal(error.message, message);
}

static void test_options_refused(void **state)
{
	struct emnist_model *model = random_model(widths, 4, EMNIST_SIGMOID, 1);

	(void)state;
	check_refused(model, (struct emnist_save_options){.opset = 6},
		      "opset 6 is not supported, only 7 to 25");
	check_refused(model, (struct emnist_save_options){.opset = 26},
		      "opset 26 is not supported, only 7 to 25");
	check_refused(model,
		      (struct emnist_save_options){.format = EMNIST_FORMAT_GRAPH_DEF, .opset = 9},
		      "only ONNX files have an opset");
	check_refused(model, (struct emnist_save_options){.batch = 65537},
		      "a batch of 65537 rows: the limit is 65536");
	check_refused(model, (struct emnist_save_options){.format = (enum emnist_format)5},
		      "unknown format 5");
	check_refused(model, (struct emnist_save_options){.input_name = "h_2"},
		      "'h_2' is the name of a tensor inside the network");
	check_refused(model, (struct emnist_save_options){.output_name = "bias_3"},
		      "'bias_3' is the name of a tensor inside the network");
	check_refused(model,
		      (struct emnist_save_options){.format = EMNIST_FORMAT_SAVED_MODEL,
						   .input_name = "emnist_labels"},
		      "'emnist_labels' is the name of a tensor inside the network");
	check_refused(model, (struct emnist_save_options){.input_name = "probabilities"},
		      "'probabilities' cannot be both the input and the output");
	check_refused(
		model,
		(struct emnist_save_options){.format = EMNIST_FORMAT_SAFETENSORS, .logits = true},
		"a safetensors file has only weights: no batch, names or softmax");
	model->softmax = false;
	check_refused(model, (struct emnist_save_options){.logits = true},
		      "the model has no softmax to omit");
	emnist_model_free(model);
}

/* --------------------------------------------------------------------- folders */

static char folder[256];

static const char *inside(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int make_temporary(void **state)
{
	const char *parent = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof(folder), "%s/emnist-save-XXXXXX", parent ? parent : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_temporary(void **state)
{
	(void)state;
	return rmdir(folder);
}

static void write_folder(const char *text, bool replace, enum emnist_status expected)
{
	static const char *const names[] = {"f", "more", NULL};

	assert_int_equal(directory_replace(inside("a"), names, text, strlen(text), replace, NULL),
			 expected);
}

static void assert_file(const char *name, const char *expected)
{
	char text[16] = "";
	FILE *file = fopen(inside(name), "r");

	assert_non_null(file);
	assert_int_equal(fread(text, 1, sizeof(text) - 1, file), strlen(expected));
	assert_string_equal(text, expected);
	fclose(file);
}

static void test_folder(void **state)
{
	(void)state;
	write_folder("one", false, EMNIST_OK);
	assert_file("a/f", "one");
	write_folder("two", false, EMNIST_ERR_ARGUMENT);
	assert_file("a/f", "one");
	assert_int_equal(mkdir(inside("a/more"), 0777), 0);
	/* What does not belong there, beside what does. */
	assert_int_equal(mkdir(inside("a/mine"), 0777), 0);
	write_folder("two", true, EMNIST_ERR_ARGUMENT);
	assert_file("a/f", "one");
	assert_int_equal(rmdir(inside("a/mine")), 0);
	/* A link, to what is not to be removed with it. */
	assert_int_equal(mkdir(inside("b"), 0777), 0);
	assert_int_equal(mkdir(inside("b/kept"), 0777), 0);
	assert_int_equal(symlink("../../b", inside("a/more/link")), 0);
	write_folder("three", true, EMNIST_OK);
	assert_file("a/f", "three");
	assert_int_not_equal(access(inside("a/more"), F_OK), 0);
	assert_int_equal(rmdir(inside("b/kept")), 0);
	assert_int_equal(rmdir(inside("b")), 0);
	assert_int_not_equal(access(inside("a.new"), F_OK), 0);
	unlink(inside("a/f"));
	write_folder("four", false, EMNIST_OK);
	assert_file("a/f", "four");
	unlink(inside("a/f"));
	rmdir(inside("a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_opset),
		cmocka_unit_test(test_every_form),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_old_opsets),
		cmocka_unit_test(test_saved_model),
		cmocka_unit_test(test_graph),
		cmocka_unit_test(test_safetensors),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_options_refused),
		cmocka_unit_test_setup_teardown(test_folder, make_temporary, remove_temporary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
