/*
 * safetensors_write.c - writes the weights as PyTorch's state_dict in a safetensors file: the
 * length of a JSON header in eight bytes, the header, and the values in a row.
 *
 * Names are those of torch.nn.Sequential(Linear, activation, Linear, ...), whose modules count from
 * 0: a layer takes two, or one if it has no activation. The metadata holds what weights alone do
 * not say.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "save.h"

#define LENGTH_NBYTES 8

/* Values begin at a multiple of it; the header ends in blanks. */
#define ALIGNMENT 8

static void add_bytes(struct buffer *buffer, bool *failed, const char *bytes, size_t n)
{
	if (*failed || !buffer_reserve(buffer, buffer->nbytes + n)) {
		*failed = true;
		return;
	}
	memcpy(buffer->data + buffer->nbytes, bytes, n);
	buffer->nbytes += n;
}

struct header {
	struct buffer text;
	bool failed;
	uint64_t offset; /* of the next tensor's values */
};

static void put(struct header *header, const char *text)
{
	add_bytes(&header->text, &header->failed, text, strlen(text));
}

/* All strings here are ASCII; only line ends need an escape in JSON. */
static void put_string(struct header *header, const char *text)
{
	put(header, "\"");
	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		add_bytes(&header->text, &header->failed, text, (size_t)(end - text));
		put(header, "\\n");
	}
	put(header, text);
	put(header, "\"");
}

static void put_metadata(struct header *header, const char *key, const char *value)
{
	put(header, ",");
	put_string(header, key);
	put(header, ":");
	put_string(header, value);
}

/* "relu", "elu(1)", "selu(1.67326319,1.05070102)": nine digits give a float back. */
static void put_activation(struct header *header, const struct layer *layer, locale_t locale)
{
	const locale_t before = uselocale(locale);
	char parameters[64] = "";

	if (activation_has_gamma(layer->activation))
		snprintf(parameters, sizeof(parameters), "(%.9g,%.9g)", (double)layer->alpha,
			 (double)layer->gamma);
	else if (activation_has_alpha(layer->activation))
		snprintf(parameters, sizeof(parameters), "(%.9g)", (double)layer->alpha);
	uselocale(before);
	put(header, emnist_activation_name(layer->activation));
	put(header, parameters);
}

static void put_all_metadata(struct header *header, const struct save *save)
{
	const struct emnist_model *model = save->model;
	/* The program's own may have another decimal point. */
	const locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);

	if (!locale) {
		header->failed = true;
		return;
	}
	put(header, "{\"__metadata__\":{\"format\":\"pt\"");
	put_metadata(header, "emnist.producer", "emnist " EMNIST_VERSION);
	put(header, ",\"emnist.activations\":\"");
	for (size_t l = 0; l < model->n_layers; l++) {
		put(header, l > 0 ? "," : "");
		put_activation(header, &model->layers[l], locale);
	}
	put(header, "\"");
	put_metadata(header, "emnist.softmax", model->softmax ? "true" : "false");
	put_metadata(header, SAVE_PREPROCESS, save->preprocess);
	if (save->input_scaling[0])
		put_metadata(header, SAVE_INPUT_SCALING, save->input_scaling);
	put_metadata(header, SAVE_LABELS, save->labels);
	put(header, "}");
	freelocale(locale);
}

static void put_tensor(struct header *header, size_t module, const char *kind, const char *shape,
		       size_t n)
{
	const uint64_t end = header->offset + n * sizeof(float);
	char text[160];

	snprintf(text, sizeof(text),
		 ",\"%zu.%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%llu,%llu]}",
		 module, kind, shape, (unsigned long long)header->offset, (unsigned long long)end);
	put(header, text);
	header->offset = end;
}

static void put_layers(struct header *header, const struct emnist_model *model)
{
	size_t module = 0;

	for (size_t l = 0; l < model->n_layers; l++) {
		const struct layer *layer = &model->layers[l];
		char shape[32];

		snprintf(shape, sizeof(shape), "%u,%u", layer->n_outputs, layer->n_inputs);
		put_tensor(header, module, "weight", shape,
			   (size_t)layer->n_outputs * layer->n_inputs);
		snprintf(shape, sizeof(shape), "%u", layer->n_outputs);
		put_tensor(header, module, "bias", shape, layer->n_outputs);
		module += layer->activation == EMNIST_IDENTITY ? 1 : 2;
	}
	put(header, "}");
	while (!header->failed && header->text.nbytes % ALIGNMENT != 0)
		put(header, " ");
}

enum emnist_status safetensors_encode(const struct save *save, void **bytes_ret, size_t *nbytes_ret,
				      struct emnist_error *error)
{
	const struct emnist_model *model = save->model;
	enum emnist_status status = EMNIST_OK;
	struct header header = {0};
	uint8_t *bytes = NULL, *p;

	put_all_metadata(&header, save);
	put_layers(&header, model);
	*nbytes_ret = LENGTH_NBYTES + header.text.nbytes + (size_t)header.offset;
	bytes = header.failed ? NULL : malloc(*nbytes_ret);
	if (!bytes) {
		status = error_memory(error);
		goto out;
	}
	for (size_t i = 0; i < LENGTH_NBYTES; i++)
		bytes[i] = (uint8_t)((uint64_t)header.text.nbytes >> (8 * i));
	memcpy(bytes + LENGTH_NBYTES, header.text.data, header.text.nbytes);
	p = bytes + LENGTH_NBYTES + header.text.nbytes;
	for (size_t l = 0; l < model->n_layers; l++) {
		const struct layer *layer = &model->layers[l];
		const size_t n = (size_t)layer->n_outputs * layer->n_inputs;

		save_floats(layer->weights, n, p);
		save_floats(layer->bias, layer->n_outputs, p + n * sizeof(float));
		p += (n + layer->n_outputs) * sizeof(float);
	}
	*bytes_ret = bytes;
out:
	buffer_clear(&header.text);
	return status;
}
