/*
 * load_model.c - the model that a command works with.
 */
#include "load_model.h"
#include "cli.h"
#include "outputs.h"

#include <stdlib.h>
#include <string.h>

const char *const activation_choices[] = {"relu",    "elu",  "leaky_relu", "selu",
					  "sigmoid", "tanh", NULL};

enum emnist_activation activation_chosen(int choice)
{
	return (enum emnist_activation)(choice + EMNIST_RELU);
}

void load_model_warn(const struct emnist_model *model, const char *path)
{
	const struct emnist_origin *origin = emnist_model_origin(model);

	for (size_t i = 0; origin && i < origin->n_facts; i++)
		if (strcmp(origin->facts[i].key, "assumed_activation") == 0)
			complain("'%s': does not say its activations: %s is assumed, "
				 "--activation tells another",
				 path, origin->facts[i].text);
}

/* The built-in model with other labels: it goes through its file's form, where labels are given. */
static enum emnist_status relabel_built_in(const struct emnist_model_options *options,
					   struct emnist_model **model_ret,
					   struct emnist_error *error)
{
	struct emnist_model *model;
	enum emnist_status status;
	size_t nbytes;
	void *bytes;

	status = emnist_model_default(&model, error);
	if (status)
		return status;
	status = emnist_model_encode(model, &bytes, &nbytes, error);
	emnist_model_free(model);
	if (status)
		return status;
	status = emnist_model_parse(bytes, nbytes, options, model_ret, error);
	free(bytes);
	return status;
}

/* labels: what is at labels_path; both are NULL where the model's own are wanted. */
static struct emnist_model *read_model(const char *path, const char *labels_path,
				       const struct emnist_labels *labels,
				       enum emnist_activation activation)
{
	const struct emnist_model_options options = {.labels = labels, .activation = activation};
	const char *shown = path ? path : "built-in model";
	struct emnist_model *model = NULL;
	struct emnist_error error;
	enum emnist_status status;

	if (path)
		status = emnist_model_read(path, &options, &model, &error);
	else if (labels)
		status = relabel_built_in(&options, &model, &error);
	else
		status = emnist_model_default(&model, &error);
	if (status) {
		/* With labels given, they are the only argument that can be wrong. */
		complain_of(labels && status == EMNIST_ERR_ARGUMENT ? labels_path : shown, &error);
	} else if (emnist_model_n_inputs(model) != EMNIST_VECTOR_LENGTH) {
		complain("'%s': takes %zu values, not %dx%d pixels", shown,
			 emnist_model_n_inputs(model), EMNIST_SIDE, EMNIST_SIDE);
		emnist_model_free(model);
		model = NULL;
	} else if (outputs_spare_model(model, path)) {
		load_model_warn(model, shown);
	} else {
		emnist_model_free(model);
		model = NULL;
	}
	return model;
}

struct emnist_model *load_model(const char *path, const char *labels_path,
				enum emnist_activation activation)
{
	struct emnist_labels *labels = NULL;
	struct emnist_model *model = NULL;
	struct emnist_error error;

	if (labels_path && emnist_labels_read(labels_path, &labels, &error))
		complain_of(labels_path, &error);
	else
		model = read_model(path, labels_path, labels, activation);
	emnist_labels_free(labels);
	return model;
}
