/* model_options.c - loads a model according to the command line. */
#include "model_options.h"
#include "outputs.h"

#include <stdlib.h>
#include <string.h>

const char *const activation_choices[] = {"relu",    "elu",  "leaky_relu", "selu",
					  "sigmoid", "tanh", NULL};

enum emnist_activation activation_chosen(int choice)
{
	return (enum emnist_activation)(choice + EMNIST_RELU);
}

static bool is_stdin(const struct model_source *source)
{
	return source->path && strcmp(source->path, "-") == 0;
}

static const char *shown(const struct model_source *source)
{
	return source->path ? source->path : "built-in model";
}

static void warn(const struct emnist_model *model, const struct model_source *source)
{
	const struct emnist_origin *origin = emnist_model_origin(model);

	for (size_t i = 0; origin && i < origin->n_facts; i++)
		if (strcmp(origin->facts[i].key, "assumed_activation") == 0)
			complain("'%s': no activations are recorded: assuming %s; use --activation "
				 "for another",
				 shown(source), origin->facts[i].text);
}

/* 0 is the library's default, for options not given. */
static double or_default(double given)
{
	return isnan(given) ? 0 : given;
}

static enum emnist_status read_model(const struct model_source *source,
				     const struct emnist_model_options *options,
				     struct emnist_model **model_ret, struct emnist_error *error)
{
	const void *bytes;
	size_t nbytes;

	if (source->path)
		return emnist_model_read(is_stdin(source) ? "/dev/stdin" : source->path, options,
					 model_ret, error);
	if (!options->hash_files && !options->labels && options->input_scale == 0 &&
	    options->input_mean == 0 && options->input_std == 0)
		return emnist_model_default(model_ret, error);
	bytes = emnist_model_default_file(&nbytes);
	return emnist_model_parse(bytes, nbytes, options, model_ret, error);
}

static bool is_usable(const struct emnist_model *model, const struct model_source *source,
		      enum model_use use)
{
	if (!outputs_spare_model(model, source->path))
		return false;
	if (use == MODEL_TO_SHOW || emnist_model_n_inputs(model) == EMNIST_VECTOR_LENGTH)
		return true;
	complain("'%s': takes %zu values, not %dx%d pixels", shown(source),
		 emnist_model_n_inputs(model), EMNIST_SIDE, EMNIST_SIDE);
	return false;
}

struct emnist_model *model_load(const struct model_source *source, enum model_use use)
{
	struct emnist_model_options options = {
		.activation = activation_chosen(source->activation),
		.hash_files = use == MODEL_TO_SHOW,
		.input_scale = or_default(source->input_scale),
		.input_mean = or_default(source->input_mean),
		.input_std = or_default(source->input_std),
	};
	struct emnist_labels *labels = NULL;
	struct emnist_model *model = NULL;
	struct emnist_error error;
	enum emnist_status status;

	if (source->input_scale == 0) {
		complain("--input-scale: 0 would make all images the same");
		return NULL;
	}
	if (source->labels_path && emnist_labels_read(source->labels_path, &labels, &error)) {
		complain_of(source->labels_path, &error);
		return NULL;
	}
	options.labels = labels;
	status = read_model(source, &options, &model, &error);
	/* With labels given, they are the only argument that can be wrong. */
	if (status)
		complain_of(labels && status == EMNIST_ERR_ARGUMENT ? source->labels_path
								    : shown(source),
			    &error);
	else
		warn(model, source);
	emnist_labels_free(labels);
	if (model && is_usable(model, source, use))
		return model;
	emnist_model_free(model);
	return NULL;
}

bool model_write(const struct emnist_model *model, const char *path,
		 const struct emnist_save_options *options)
{
	struct emnist_error error;
	size_t nbytes;
	void *bytes;
	bool good;

	if (strcmp(path, "-") != 0) {
		good = !emnist_model_save(model, path, options, &error);
		if (!good)
			complain_of(path, &error);
		return good;
	}
	if (emnist_model_export(model, options, &bytes, &nbytes, &error)) {
		complain("%s", error.message);
		return false;
	}
	good = sink_put(NULL, bytes, nbytes) == STATUS_OK;
	free(bytes);
	return good;
}

/* ---------------------------------------------------------------------- answers */

const char *const blank_names[] = {"report", "answer", NULL};

bool classes_view(const struct class_settings *settings, const struct emnist_labels *labels,
		  struct emnist_view **view_ret)
{
	const struct emnist_view_options options = {
		.set = settings->set,
		.merge_case = settings->merge_case,
	};
	struct emnist_error error;

	*view_ret = NULL;
	if (!settings->set && !settings->merge_case)
		return true;
	if (!emnist_view_create(labels, &options, view_ret, &error))
		return true;
	complain("%s: %s", settings->set ? "--classes" : "--merge-case", error.message);
	return false;
}
