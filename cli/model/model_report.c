/* model_report.c - describes a model and its file, as text for people and as JSON. */
#include "model_report.h"
#include "../../lib/base/utf8.h"
#include "../output/escape.h"
#include "../output/json.h"

#include <emnist_origin.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* How much a layer, or all of them, holds and does. */
struct model_size {
	uint64_t n_weights;
	uint64_t n_biases;
	/* Floating-point operations per image: a product and a sum for each weight; sums start from
	 * the bias. */
	uint64_t flops;
};

static struct model_size model_size_of_layer(const struct emnist_model *model, size_t i)
{
	const struct emnist_layer_info layer = emnist_model_layer(model, i);
	const uint64_t n_weights = (uint64_t)layer.n_inputs * layer.n_outputs;

	return (struct model_size){n_weights, layer.n_outputs, 2 * n_weights};
}

static struct model_size model_size_of_all(const struct emnist_model *model)
{
	struct model_size all = {0};

	for (size_t i = 0; i < emnist_model_n_layers(model); i++) {
		const struct model_size layer = model_size_of_layer(model, i);

		all.n_weights += layer.n_weights;
		all.n_biases += layer.n_biases;
		all.flops += layer.flops;
	}
	return all;
}

/* "auto", "raw" or "normalize". */
static const char *model_preprocess_name(const struct emnist_model *model)
{
	static const char *const names[] = {"auto", "raw", "normalize"};

	return names[emnist_model_preprocess(model)];
}

/* The digest in hexadecimal. */
#define MODEL_DIGEST_NBYTES 65

static void model_digest(const struct emnist_origin_file *file,
			 char text[static MODEL_DIGEST_NBYTES])
{
	for (size_t i = 0; i < sizeof(file->sha256); i++)
		snprintf(text + 2 * i, 3, "%02x", file->sha256[i]);
}

/* ------------------------------------------------------------------- for people */

#define NAME_COLUMNS 16

static void put_name(struct text *text, const char *name)
{
	text_printf(text, "%-*s", NAME_COLUMNS, name);
}

/* A name of the file's own, which may be anything. */
static void put_foreign(struct text *text, const char *name, size_t n_columns)
{
	const size_t before = text->nbytes;

	escape_put(text, name ? name : "");
	while (!text->failed && text->nbytes - before < n_columns)
		text_putc(text, ' ');
	text_putc(text, ' ');
}

static void put_network(struct text *text, const struct emnist_model *model)
{
	const struct model_size size = model_size_of_all(model);
	const uint64_t n = size.n_weights + size.n_biases;
	char digits[DIGITS_NBYTES], bytes[DIGITS_NBYTES];

	put_name(text, "network");
	text_printf(text, "%zu", emnist_model_n_inputs(model));
	for (size_t i = 0; i < emnist_model_n_layers(model); i++)
		text_printf(text, "-%zu", emnist_model_layer(model, i).n_outputs);
	text_puts(text, emnist_model_has_softmax(model) ? ", softmax\n" : "\n");
	put_name(text, "parameters");
	text_printf(text, "%s (%s bytes)\n", with_commas(n, digits),
		    with_commas(n * sizeof(float), bytes));
	put_name(text, "work");
	text_printf(text, "%s FLOPs an image\n", with_commas(size.flops, digits));
}

/* The scaling in the weights, if the file's graph does not take vectors as they are. */
static void put_scaling(struct text *text, const struct emnist_model *model)
{
	const struct emnist_input_scaling scaling = emnist_model_input_scaling(model);

	if (scaling.scale == 1 && scaling.mean == 0 && scaling.std == 1)
		return;
	put_name(text, "input scaling");
	text_printf(text, "(%.10g x - %.10g) / %.10g\n", scaling.scale, scaling.mean, scaling.std);
}

/* Characters in a row; separated by spaces if a label has several. */
static void put_labels(struct text *text, const struct emnist_model *model)
{
	const struct emnist_labels *labels = emnist_model_labels(model);
	const size_t n = emnist_labels_count(labels);
	bool single = true;

	for (size_t i = 0; i < n; i++)
		single = single && utf8_length((const unsigned char *)emnist_labels_text(labels, i),
					       strlen(emnist_labels_text(labels, i))) ==
					   strlen(emnist_labels_text(labels, i));
	put_name(text, "classes");
	text_printf(text, "%zu: ", n);
	for (size_t i = 0; i < n; i++) {
		text_puts(text, i > 0 && !single ? " " : "");
		escape_put(text, emnist_labels_text(labels, i));
	}
	text_putc(text, '\n');
	put_name(text, "preprocessing");
	text_printf(text, "%s\n", model_preprocess_name(model));
	put_scaling(text, model);
}

#define ACTIVATION_NBYTES 64

static void name_activation(const struct emnist_layer_info *layer,
			    char name[static ACTIVATION_NBYTES])
{
	int n = snprintf(name, ACTIVATION_NBYTES, "%s", emnist_activation_name(layer->activation));

	if (layer->gamma != 0)
		snprintf(name + n, ACTIVATION_NBYTES - (size_t)n, " (%.7g, %.7g)",
			 (double)layer->alpha, (double)layer->gamma);
	else if (layer->alpha != 0)
		snprintf(name + n, ACTIVATION_NBYTES - (size_t)n, " (%.7g)", (double)layer->alpha);
}

static void put_layers(struct text *text, const struct emnist_model *model)
{
	text_printf(text, "\n%5s%9s%9s  %-24s%12s%9s%14s\n", "layer", "inputs", "outputs",
		    "activation", "weights", "biases", "FLOPs");
	for (size_t i = 0; i < emnist_model_n_layers(model); i++) {
		const struct emnist_layer_info layer = emnist_model_layer(model, i);
		const struct model_size size = model_size_of_layer(model, i);
		char weights[DIGITS_NBYTES], biases[DIGITS_NBYTES], flops[DIGITS_NBYTES];
		char activation[ACTIVATION_NBYTES];

		name_activation(&layer, activation);
		text_printf(text, "%5zu%9zu%9zu  %-24s%12s%9s%14s\n", i + 1, layer.n_inputs,
			    layer.n_outputs, activation, with_commas(size.n_weights, weights),
			    with_commas(size.n_biases, biases), with_commas(size.flops, flops));
	}
}

static void put_files(struct text *text, const struct emnist_origin *origin)
{
	for (size_t i = 0; i < origin->n_files; i++) {
		const struct emnist_origin_file *file = &origin->files[i];
		char digest[MODEL_DIGEST_NBYTES], digits[DIGITS_NBYTES];

		model_digest(file, digest);
		put_name(text, i == 0 ? "file" : "");
		if (file->name)
			put_foreign(text, file->name, 0);
		text_printf(text, "%s bytes, SHA-256 %s\n", with_commas(file->nbytes, digits),
			    digest);
	}
}

static void put_shape(struct text *text, const struct emnist_tensor_info *tensor)
{
	text_putc(text, '(');
	for (size_t i = 0; i < tensor->rank; i++) {
		text_puts(text, i > 0 ? ", " : "");
		if (tensor->dims[i].size >= 0)
			text_printf(text, "%lld", (long long)tensor->dims[i].size);
		else if (tensor->dims[i].name && tensor->dims[i].name[0])
			escape_put(text, tensor->dims[i].name);
		else
			text_putc(text, '?');
	}
	text_putc(text, ')');
}

static const char *name_of(const struct emnist_tensor_info *tensor)
{
	const char *name = tensor->key ? tensor->key : tensor->name;

	return name ? name : "";
}

#define LEAST_COLUMNS 20

static size_t widest_name(const struct emnist_tensor_info *inputs, size_t n_inputs,
			  const struct emnist_tensor_info *outputs, size_t n_outputs)
{
	size_t widest = LEAST_COLUMNS;

	for (size_t i = 0; i < n_inputs + n_outputs; i++) {
		const size_t n =
			strlen(name_of(i < n_inputs ? &inputs[i] : &outputs[i - n_inputs]));

		widest = n > widest ? n : widest;
	}
	return widest;
}

static void put_tensors(struct text *text, const char *side,
			const struct emnist_tensor_info *tensors, size_t n, size_t n_columns)
{
	for (size_t i = 0; i < n; i++) {
		const struct emnist_tensor_info *tensor = &tensors[i];

		text_printf(text, "  %-8s", side);
		put_foreign(text, name_of(tensor), n_columns);
		if (!tensor->type && !tensor->dims)
			text_puts(text, "type and shape are not told");
		else
			text_puts(text, tensor->type ? tensor->type : "type not told");
		if (tensor->dims) {
			text_putc(text, ' ');
			put_shape(text, tensor);
		} else if (tensor->type) {
			text_puts(text, ", shape not told");
		}
		if (tensor->key && tensor->name) {
			text_puts(text, "  ");
			escape_put(text, tensor->name);
		}
		text_putc(text, '\n');
	}
}

static void put_ends(struct text *text, const struct emnist_tensor_info *inputs, size_t n_inputs,
		     const struct emnist_tensor_info *outputs, size_t n_outputs)
{
	const size_t n_columns = widest_name(inputs, n_inputs, outputs, n_outputs);

	put_tensors(text, "input", inputs, n_inputs, n_columns);
	put_tensors(text, "output", outputs, n_outputs, n_columns);
}

static void put_origin(struct text *text, const struct emnist_origin *origin)
{
	text_puts(text, "\nThe file says:\n");
	for (size_t i = 0; i < origin->n_facts; i++) {
		const struct emnist_origin_fact *fact = &origin->facts[i];

		text_puts(text, "  ");
		put_foreign(text, fact->key, 22);
		if (fact->text)
			escape_put(text, fact->text);
		else
			text_printf(text, "%lld", (long long)fact->number);
		text_putc(text, '\n');
	}
	put_ends(text, origin->inputs, origin->n_inputs, origin->outputs, origin->n_outputs);
	for (size_t i = 0; i < origin->n_signatures; i++) {
		const struct emnist_signature *signature = &origin->signatures[i];

		text_puts(text, "\nSignature ");
		put_foreign(text, signature->name, 0);
		text_puts(text, "of method ");
		escape_put(text, signature->method ? signature->method : "none");
		text_puts(text, ":\n");
		put_ends(text, signature->inputs, signature->n_inputs, signature->outputs,
			 signature->n_outputs);
	}
}

void model_put_text(struct text *text, const struct emnist_model *model, const char *path)
{
	const struct emnist_origin *origin = emnist_model_origin(model);

	put_name(text, "model");
	escape_put(text, path ? path : "built in");
	text_putc(text, '\n');
	put_name(text, "format");
	text_printf(text, "%s\n", emnist_format_name(origin->format));
	put_files(text, origin);
	put_network(text, model);
	put_labels(text, model);
	put_layers(text, model);
	put_origin(text, origin);
}

/* ------------------------------------------------------------------------- JSON */

/* Nine digits give a float back. */
static void put_json_layers(struct text *text, const struct emnist_model *model)
{
	json_begin_array(text, "layers");
	for (size_t i = 0; i < emnist_model_n_layers(model); i++) {
		const struct emnist_layer_info layer = emnist_model_layer(model, i);
		const struct model_size size = model_size_of_layer(model, i);

		json_begin_object(text);
		json_put_count(text, "inputs", layer.n_inputs);
		json_put_count(text, "outputs", layer.n_outputs);
		json_put_text(text, "activation", emnist_activation_name(layer.activation));
		if (layer.alpha != 0)
			text_printf(text, ",\"alpha\":%.9g", (double)layer.alpha);
		if (layer.gamma != 0)
			text_printf(text, ",\"gamma\":%.9g", (double)layer.gamma);
		json_put_count(text, "weights", size.n_weights);
		json_put_count(text, "biases", size.n_biases);
		json_put_count(text, "flops", size.flops);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

static void put_json_labels(struct text *text, const struct emnist_labels *labels)
{
	json_begin_array(text, "labels");
	for (size_t i = 0; i < emnist_labels_count(labels); i++) {
		json_put_comma(text);
		json_put_string(text, emnist_labels_text(labels, i));
	}
	text_putc(text, ']');
}

static void put_json_files(struct text *text, const struct emnist_origin *origin)
{
	json_begin_array(text, "files");
	for (size_t i = 0; i < origin->n_files; i++) {
		char digest[MODEL_DIGEST_NBYTES];

		model_digest(&origin->files[i], digest);
		json_begin_object(text);
		json_put_text(text, "name", origin->files[i].name);
		json_put_count(text, "bytes", origin->files[i].nbytes);
		json_put_text(text, "sha256", digest);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

static void put_fact(struct text *text, const struct emnist_origin_fact *fact)
{
	if (fact->text)
		json_put_string(text, fact->text);
	else
		text_printf(text, "%" PRId64, fact->number);
}

/* The next fact with the name of fact i, or n_facts; there are few facts. */
static size_t next_of(const struct emnist_origin *origin, size_t i)
{
	const char *key = origin->facts[i].key;

	while (++i < origin->n_facts && strcmp(origin->facts[i].key, key) != 0)
		;
	return i;
}

static bool is_first(const struct emnist_origin *origin, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(origin->facts[j].key, origin->facts[i].key) == 0)
			return false;
	return true;
}

/* Keys of an object are unique: repeated facts become an array. */
static void put_facts(struct text *text, const struct emnist_origin *origin)
{
	json_put_key(text, "origin");
	text_putc(text, '{');
	for (size_t i = 0; i < origin->n_facts; i++) {
		const bool several = next_of(origin, i) < origin->n_facts;

		if (!is_first(origin, i))
			continue;
		json_put_comma(text);
		json_put_string(text, origin->facts[i].key);
		text_puts(text, several ? ":[" : ":");
		put_fact(text, &origin->facts[i]);
		for (size_t j = next_of(origin, i); j < origin->n_facts; j = next_of(origin, j)) {
			text_putc(text, ',');
			put_fact(text, &origin->facts[j]);
		}
		text_puts(text, several ? "]" : "");
	}
	text_putc(text, '}');
}

/* A variable size is shown by its name, or as -1 without one. */
static void put_json_shape(struct text *text, const struct emnist_tensor_info *tensor)
{
	text_puts(text, tensor->dims ? "[" : "null");
	for (size_t i = 0; tensor->dims && i < tensor->rank; i++) {
		const struct emnist_dim *dim = &tensor->dims[i];

		json_put_comma(text);
		if (dim->size < 0 && dim->name && dim->name[0])
			json_put_string(text, dim->name);
		else
			text_printf(text, "%" PRId64, dim->size);
	}
	text_puts(text, tensor->dims ? "]" : "");
}

static void put_json_tensors(struct text *text, const char *key,
			     const struct emnist_tensor_info *tensors, size_t n)
{
	json_begin_array(text, key);
	for (size_t i = 0; i < n; i++) {
		json_begin_object(text);
		if (tensors[i].key)
			json_put_text(text, "key", tensors[i].key);
		json_put_text(text, "name", tensors[i].name);
		json_put_text(text, "type", tensors[i].type);
		json_put_key(text, "shape");
		put_json_shape(text, &tensors[i]);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

static void put_signatures(struct text *text, const struct emnist_origin *origin)
{
	json_begin_array(text, "signatures");
	for (size_t i = 0; i < origin->n_signatures; i++) {
		const struct emnist_signature *signature = &origin->signatures[i];

		json_begin_object(text);
		json_put_text(text, "name", signature->name);
		json_put_text(text, "method", signature->method);
		put_json_tensors(text, "inputs", signature->inputs, signature->n_inputs);
		put_json_tensors(text, "outputs", signature->outputs, signature->n_outputs);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

void model_put_json(struct text *text, const struct emnist_model *model, const char *path)
{
	const struct emnist_origin *origin = emnist_model_origin(model);
	const struct emnist_input_scaling scaling = emnist_model_input_scaling(model);
	const struct model_size size = model_size_of_all(model);

	json_begin_object(text);
	json_put_text(text, "model", path);
	json_put_text(text, "format", emnist_format_name(origin->format));
	put_json_files(text, origin);
	put_json_layers(text, model);
	json_put_bool(text, "softmax", emnist_model_has_softmax(model));
	json_put_count(text, "parameters", size.n_weights + size.n_biases);
	json_put_count(text, "parameter_bytes", (size.n_weights + size.n_biases) * sizeof(float));
	json_put_count(text, "flops", size.flops);
	json_put_count(text, "classes", emnist_model_n_outputs(model));
	put_json_labels(text, emnist_model_labels(model));
	json_put_text(text, "preprocess", model_preprocess_name(model));
	text_printf(text, ",\"input_scale\":%.10g,\"input_mean\":%.10g,\"input_std\":%.10g",
		    scaling.scale, scaling.mean, scaling.std);
	put_facts(text, origin);
	put_json_tensors(text, "inputs", origin->inputs, origin->n_inputs);
	put_json_tensors(text, "outputs", origin->outputs, origin->n_outputs);
	put_signatures(text, origin);
	text_puts(text, "}\n");
}
