/* save.c - writes a model in any of its formats. */
#include "save.h"

#include <limits.h>
#include <string.h>

#include "../io/directory.h"
#include "../io/outfile.h"
#include "../labels/labels.h"

#define MAX_NAME 255

/* The possible options of a format's files. */
static const struct form {
	const char *output; /* the default name; NULL: the file has no graph */
	enum emnist_status (*encode)(const struct save *save, void **bytes_ret, size_t *nbytes_ret,
				     struct emnist_error *error);
	bool has_opset;
	bool is_folder;
} forms[] = {
	[EMNIST_FORMAT_ONNX] = {"probabilities", onnx_encode, true, false},
	[EMNIST_FORMAT_SAVED_MODEL] = {"scores", tensorflow_encode, false, true},
	[EMNIST_FORMAT_GRAPH_DEF] = {"scores", tensorflow_encode, false, false},
	[EMNIST_FORMAT_SAFETENSORS] = {NULL, safetensors_encode, false, false},
};

/* The one file of a SavedModel without variables. */
#define SAVED_MODEL_FILE "saved_model.pb"

/* ------------------------------------------------------------------- options */

/* TensorFlow's rule for the names of operators, which ONNX's and its users' are stricter than only
 * by advice. */
static bool is_name(const char *name)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    ".",
			  others[] = "_/-";
	const size_t n = strlen(name);
	size_t i;

	if (n == 0 || n > MAX_NAME || !strchr(first, name[0]))
		return false;
	for (i = 0; i < n && (strchr(first, name[i]) || strchr(others, name[i])); i++)
		;
	return i == n;
}

static enum emnist_status check_name(const char *name, struct emnist_error *error)
{
	if (!name || is_name(name))
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_ARGUMENT,
			 "'%.80s' is not a valid tensor name: use up to %d letters, digits, '.', "
			 "and after the first '_', '/', '-'",
			 name, MAX_NAME);
}

static enum emnist_status check_options(const struct emnist_save_options *options,
					const struct form *form, struct emnist_error *error)
{
	enum emnist_status status;

	if (options->opset && !form->has_opset)
		return error_set(error, EMNIST_ERR_ARGUMENT, "only ONNX files have an opset");
	if (options->opset &&
	    (options->opset < ONNX_OLDEST_WRITTEN || options->opset > ONNX_NEWEST_WRITTEN))
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "opset %u is not supported, only %d to %d", options->opset,
				 ONNX_OLDEST_WRITTEN, ONNX_NEWEST_WRITTEN);
	if (options->batch > EMNIST_MAX_BATCH)
		return error_set(error, EMNIST_ERR_ARGUMENT, "a batch of %u rows: the limit is %d",
				 options->batch, EMNIST_MAX_BATCH);
	if (!form->output &&
	    (options->batch || options->logits || options->input_name || options->output_name))
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "a safetensors file has only weights: no batch, names or softmax");
	status = check_name(options->input_name, error);
	return status ? status : check_name(options->output_name, error);
}

/* Refuses options that do not apply; save->labels is to be freed. */
static enum emnist_status settle(const struct emnist_model *model,
				 const struct emnist_save_options *options, struct save *save,
				 char **labels_ret, struct emnist_error *error)
{
	const enum emnist_format format = options->format ? options->format : EMNIST_FORMAT_ONNX;
	enum emnist_status status;
	const struct form *form;
	size_t nbytes;

	if ((size_t)format >= sizeof(forms) / sizeof(*forms))
		return error_set(error, EMNIST_ERR_ARGUMENT, "unknown format %d", (int)format);
	form = &forms[format];
	status = check_options(options, form, error);
	if (status)
		return status;
	*save = (struct save){
		.model = model,
		.format = format,
		.opset = options->opset ? options->opset : ONNX_DEFAULT_OPSET,
		.batch = options->batch,
		.input = options->input_name ? options->input_name : "images",
		.output = options->output_name ? options->output_name
			  : form->output       ? form->output
					       : "",
		.softmax = model->softmax && !options->logits,
		.preprocess = preprocess_name(model->preprocess),
	};
	if (options->logits && !model->softmax)
		return error_set(error, EMNIST_ERR_ARGUMENT, "the model has no softmax to omit");
	if (strcmp(save->input, save->output) == 0)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "'%s' cannot be both the input and the output", save->input);
	if (!labels_format(model->labels, labels_ret, &nbytes))
		return error_memory(error);
	save->labels = *labels_ret;
	if (!input_scaling_to_text(&model->input_scaling, save->input_scaling))
		return error_memory(error);
	return EMNIST_OK;
}

/* -------------------------------------------------------------------- public */

/* Protobuf's own limit on a message is 2 GiB, and readers of safetensors have theirs. */
static enum emnist_status check_size(const struct emnist_model *model, struct emnist_error *error)
{
	uint64_t nbytes = 0;

	for (size_t l = 0; l < model->n_layers; l++)
		nbytes += sizeof(float) * ((uint64_t)model->layers[l].n_inputs + 1) *
			  model->layers[l].n_outputs;
	if (nbytes > INT_MAX / 2)
		return error_set(error, EMNIST_ERR_LIMIT, "the model is too large for one file");
	return EMNIST_OK;
}

enum emnist_status emnist_model_export(const struct emnist_model *model,
				       const struct emnist_save_options *options, void **bytes_ret,
				       size_t *nbytes_ret, struct emnist_error *error)
{
	static const struct emnist_save_options defaults = {0};
	enum emnist_status status;
	char *labels = NULL;
	struct save save;

	*bytes_ret = NULL;
	status = check_size(model, error);
	if (!status)
		status = settle(model, options ? options : &defaults, &save, &labels, error);
	if (!status)
		status = forms[save.format].encode(&save, bytes_ret, nbytes_ret, error);
	free(labels);
	return status;
}

/* What TensorFlow and Keras put into a SavedModel's directory. One with anything else has another
 * purpose, and is never replaced. */
static const char *const saved_model_names[] = {
	SAVED_MODEL_FILE, "variables",         "assets", "assets.extra",
	"fingerprint.pb", "keras_metadata.pb", NULL,
};

enum emnist_status emnist_model_save(const struct emnist_model *model, const char *path,
				     const struct emnist_save_options *options,
				     struct emnist_error *error)
{
	enum emnist_status status;
	void *bytes;
	size_t nbytes;

	status = emnist_model_export(model, options, &bytes, &nbytes, error);
	if (!status && options && forms[options->format].is_folder)
		status = directory_replace(path, saved_model_names, bytes, nbytes, options->replace,
					   error);
	else if (!status)
		status = outfile_replace(path, bytes, nbytes, error);
	free(bytes);
	return status;
}
