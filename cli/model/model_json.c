/*
 * model_json.c - a model as one JSON object.
 */
#include "../output/json.h"
#include "model_commands.h"

#include <inttypes.h>
#include <string.h>

/* Nine digits give a float back. */
static void put_layers(struct text *text, const struct emnist_model *model)
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

static void put_labels(struct text *text, const struct emnist_labels *labels)
{
	json_begin_array(text, "labels");
	for (size_t i = 0; i < emnist_labels_count(labels); i++) {
		json_put_comma(text);
		json_put_string(text, emnist_labels_text(labels, i));
	}
	text_putc(text, ']');
}

static void put_files(struct text *text, const struct emnist_origin *origin)
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

/* The next fact by the same name as i, or n_facts; there are few facts. */
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

/* An object has a key but once: what the file says several times is an array. */
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

/* A size that may be any is its name, or -1 where it has none. */
static void put_shape(struct text *text, const struct emnist_tensor_info *tensor)
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

static void put_tensors(struct text *text, const char *key,
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
		put_shape(text, &tensors[i]);
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
		put_tensors(text, "inputs", signature->inputs, signature->n_inputs);
		put_tensors(text, "outputs", signature->outputs, signature->n_outputs);
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
	put_files(text, origin);
	put_layers(text, model);
	json_put_bool(text, "softmax", emnist_model_has_softmax(model));
	json_put_count(text, "parameters", size.n_weights + size.n_biases);
	json_put_count(text, "parameter_bytes", (size.n_weights + size.n_biases) * sizeof(float));
	json_put_count(text, "flops", size.flops);
	json_put_count(text, "classes", emnist_model_n_outputs(model));
	put_labels(text, emnist_model_labels(model));
	json_put_text(text, "preprocess", model_preprocess_name(model));
	text_printf(text, ",\"input_scale\":%.10g,\"input_mean\":%.10g,\"input_std\":%.10g",
		    scaling.scale, scaling.mean, scaling.std);
	put_facts(text, origin);
	put_tensors(text, "inputs", origin->inputs, origin->n_inputs);
	put_tensors(text, "outputs", origin->outputs, origin->n_outputs);
	put_signatures(text, origin);
	text_puts(text, "}\n");
}
