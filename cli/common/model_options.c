/* model_options.c - loads a model according to the command line. */
#include "model_options.h"
#include "../../lib/base/error.h"
#include "outputs.h"

#include <emnist_origin.h>
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

void model_warn(const struct emnist_model *model, const struct model_source *source)
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

/* Sets the error of a model that cannot be run on images. */
static enum emnist_status check_inputs(const struct emnist_model *model, struct emnist_error *error)
{
	const size_t n = emnist_model_n_inputs(model);

	if (n == EMNIST_VECTOR_LENGTH)
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_UNSUPPORTED, "takes %zu values, not %dx%d pixels", n,
			 EMNIST_SIDE, EMNIST_SIDE);
}

static enum emnist_status read_labeled(const struct model_source *source, enum model_use use,
				       const struct emnist_labels *labels,
				       struct emnist_model **model_ret, struct emnist_error *error)
{
	const struct emnist_model_options options = {
		.labels = labels,
		.activation = activation_chosen(source->activation),
		.hash_files = use == MODEL_TO_SHOW,
		.input_scale = or_default(source->input_scale),
		.input_mean = or_default(source->input_mean),
		.input_std = or_default(source->input_std),
	};
	enum emnist_status status = read_model(source, &options, model_ret, error);

	if (!status && use == MODEL_TO_RUN)
		status = check_inputs(*model_ret, error);
	if (status) {
		emnist_model_free(*model_ret);
		*model_ret = NULL;
	}
	return status;
}

enum emnist_status model_read(const struct model_source *source, enum model_use use,
			      struct emnist_model **model_ret, const char **about_ret,
			      struct emnist_error *error)
{
	struct emnist_labels *labels = NULL;
	enum emnist_status status;

	*model_ret = NULL;
	*about_ret = source->labels_path;
	if (source->labels_path) {
		status = emnist_labels_read(source->labels_path, &labels, error);
		if (status)
			return status;
	}
	status = read_labeled(source, use, labels, model_ret, error);
	/* With labels given, they are the only argument that can be wrong. */
	if (!labels || status != EMNIST_ERR_ARGUMENT)
		*about_ret = shown(source);
	emnist_labels_free(labels);
	return status;
}

bool model_source_check(const struct model_source *source)
{
	if (source->input_scale != 0)
		return true;
	complain("--input-scale: 0 would make all images the same");
	return false;
}

struct emnist_model *model_load(const struct model_source *source, enum model_use use)
{
	struct emnist_model *model;
	struct emnist_error error;
	const char *about;

	if (!model_source_check(source))
		return NULL;
	if (model_read(source, use, &model, &about, &error)) {
		complain_of(about, &error);
		return NULL;
	}
	model_warn(model, source);
	if (outputs_spare_model(model, source->path))
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
