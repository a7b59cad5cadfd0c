/*
 * input_scaling.c - folds the scaling done outside of a model's graph into its first layer.
 *
 * It goes into the weights, not into the metadata. So every file written of the model takes vectors
 * in [0,1], whichever program runs it. It is computed in double, and each weight is rounded once.
 */
#include <locale.h>
#include <math.h>
#include <stdio.h>

#include "../base/decimal.h"
#include "../base/memory.h"
#include "affine.h"

bool input_scaling_to_text(const struct emnist_input_scaling *scaling,
			   char text[static INPUT_SCALING_NBYTES])
{
	locale_t locale, before;

	text[0] = '\0';
	if (scaling->scale == 1 && scaling->mean == 0 && scaling->std == 1)
		return true;
	/* The process's locale may have another decimal point. */
	locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!locale)
		return false;
	before = uselocale(locale);
	snprintf(text, INPUT_SCALING_NBYTES, "%.10g %.10g %.10g", scaling->scale, scaling->mean,
		 scaling->std);
	uselocale(before);
	freelocale(locale);
	return true;
}

void input_scaling_of_text(const char *text, struct emnist_input_scaling *scaling)
{
	double numbers[3];

	for (size_t i = 0; i < 3; i++) {
		numbers[i] = text ? decimal_take(&text) : 0;
		if (!text || !isfinite(numbers[i]) || *text != (i < 2 ? ' ' : '\0'))
			return;
		text++;
	}
	if (numbers[0] != 0 && numbers[2] > 0)
		*scaling = (struct emnist_input_scaling){numbers[0], numbers[1], numbers[2]};
}

/* The layer takes `found` times a value in [0,1]; scales it to take what `wanted` describes. */
static bool scale_layer(struct layer *layer, double found,
			const struct emnist_input_scaling *wanted)
{
	const size_t n = layer->n_inputs;
	double *scale = alloc_array(n, sizeof(*scale)), *shift = alloc_array(n, sizeof(*shift));
	const bool good = scale && shift && layer_own_weights(layer);

	for (size_t i = 0; good && i < n; i++) {
		scale[i] = wanted->scale / (wanted->std * found);
		shift[i] = -wanted->mean / (wanted->std * found);
	}
	if (good)
		affine_into_columns(layer, scale, shift);
	layer_free_panels(layer);
	free(scale);
	free(shift);
	return good;
}

enum emnist_status input_scaling_settle(struct emnist_model *model,
					const struct emnist_model_options *options,
					struct emnist_error *error)
{
	const double found = model->takes_bytes ? AFFINE_BYTE_MAX : 1;
	struct emnist_input_scaling wanted = {found, 0, 1};

	if (options &&
	    (options->input_scale != 0 || options->input_mean != 0 || options->input_std != 0)) {
		wanted.scale = options->input_scale != 0 ? options->input_scale : found;
		wanted.mean = options->input_mean;
		wanted.std = options->input_std != 0 ? options->input_std : 1;
		if (!isfinite(wanted.scale) || !isfinite(wanted.mean) || !isfinite(wanted.std) ||
		    wanted.std < 0)
			return error_set(error, EMNIST_ERR_ARGUMENT,
					 "the input's scale, mean or deviation is out of range");
		if (!scale_layer(&model->layers[0], found, &wanted))
			return error_memory(error);
		model->input_scaling = wanted;
	} else if (model->input_scaling.scale == 0) {
		model->input_scaling = wanted;
	}
	return EMNIST_OK;
}
