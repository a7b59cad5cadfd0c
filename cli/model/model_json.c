/*
 * model_json.c - a model as one JSON object.
 */
#include "../output/json.h"
#include "model_commands.h"

#include <inttypes.h>
#include <string.h>

static void put_key(struct text *text, const char *key)
{
	text_printf(text, ",\"%s\":", key);
}

static void put_string(struct text *text, const char *string)
{
	if (string)
		json_put_string(text, string);
	else
		text_puts(text, "null");
}

static void put_count(struct text *text, const char *key, uint64_t count)
{
	text_printf(text, ",\"%s\":%" PRIu64, key, count);
}

/* Nine digits give a float back. */
static void put_layers(struct text *text, const struct emnist_model *model)
{
	put_key(text, "layers");
	for (size_t i = 0; i < emnist_model_n_layers(model); i++) {
		const struct emnist_layer_info layer = emnist_model_layer(model, i);
		const struct model_size size = model_size_of_layer(model, i);

		text_printf(text, "%s{\"inputs\":%zu,\"outputs\":%zu,\"activation\":\"%s\"",
			    i ? "," : "[", layer.n_inputs, layer.n_outputs,
			    emnist_activation_name(layer.activation));
		if (layer.alpha != 0)
			text_printf(text, ",\"alpha\":%.9g", (double)layer.alpha);
		if (layer.gamma != 0)
			text_printf(text, ",\"gamma\":%.9g", (double)layer.gamma);
		put_count(text, "weights", size.n_weights);
		put_count(text, "biases", size.n_biases);
		put_count(text, "flops", size.flops);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

static void put_labels(struct text *text, const struct emnist_labels *labels)
{
	put_key(text, "labels");
	for (size_t i = 0; i < emnist_labels_count(labels); i++) {
		text_puts(text, i ? "," : "[");
		json_put_string(text, emnist_labels_text(labels, i));
	}
	text_putc(text, ']');
}

static void put_files(struct text *text, const struct emnist_origin *origin)
{
	put_key(text, "files");
	text_putc(text, '[');
	for (size_t i = 0; i < origin->n_files; i++) {
		char digest[MODEL_DIGEST_NBYTES];

		model_digest(&origin->files[i], digest);
		text_puts(text, i ? ",{\"name\":" : "{\"name\":");
		put_string(text, origin->files[i].name);
		put_count(text, "bytes", origin->files[i].nbytes);
		text_printf(text, ",\"sha256\":\"%s\"}", digest);
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
	put_key(text, "origin");
	text_putc(text, '{');
	for (size_t i = 0; i < origin->n_facts; i++) {
		const bool several = next_of(origin, i) < origin->n_facts;

		if (!is_first(origin, i))
			continue;
		text_puts(text, i ? "," : "");
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

		text_puts(text, i ? "," : "");
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
	put_key(text, key);
	text_putc(text, '[');
	for (size_t i = 0; i < n; i++) {
		text_puts(text, i ? ",{" : "{");
		if (tensors[i].key) {
			text_puts(text, "\"key\":");
			json_put_string(text, tensors[i].key);
			text_putc(text, ',');
		}
		text_puts(text, "\"name\":");
		put_string(text, tensors[i].name);
		put_key(text, "type");
		put_string(text, tensors[i].type);
		put_key(text, "shape");
		put_shape(text, &tensors[i]);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

static void put_signatures(struct text *text, const struct emnist_origin *origin)
{
	put_key(text, "signatures");
	text_putc(text, '[');
	for (size_t i = 0; i < origin->n_signatures; i++) {
		const struct emnist_signature *signature = &origin->signatures[i];

		text_puts(text, i ? ",{\"name\":" : "{\"name\":");
		put_string(text, signature->name);
		put_key(text, "method");
		put_string(text, signature->method);
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

	text_puts(text, "{\"model\":");
	put_string(text, path);
	put_key(text, "format");
	put_string(text, emnist_format_name(origin->format));
	put_files(text, origin);
	put_layers(text, model);
	put_key(text, "softmax");
	text_puts(text, emnist_model_has_softmax(model) ? "true" : "false");
	put_count(text, "parameters", size.n_weights + size.n_biases);
	put_count(text, "parameter_bytes", (size.n_weights + size.n_biases) * sizeof(float));
	put_count(text, "flops", size.flops);
	put_count(text, "classes", emnist_model_n_outputs(model));
	put_labels(text, emnist_model_labels(model));
	put_key(text, "preprocess");
	put_string(text, model_preprocess_name(model));
	text_printf(text, ",\"input_scale\":%.10g,\"input_mean\":%.10g,\"input_std\":%.10g",
		    scaling.scale, scaling.mean, scaling.std);
	put_facts(text, origin);
	put_tensors(text, "inputs", origin->inputs, origin->n_inputs);
	put_tensors(text, "outputs", origin->outputs, origin->n_outputs);
	put_signatures(text, origin);
	text_puts(text, "}\n");
}
