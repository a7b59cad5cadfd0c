/* graph_scale.c - values as a model's graph takes them. */
#include "graph_scale.h"

#include <emnist_origin.h>
#include <string.h>

/* Whether the file was written by this library, after the scaling had become part of its weights.
 */
static bool is_folded(const struct emnist_origin *origin)
{
	for (size_t i = 0; i < origin->n_facts; i++)
		if (strcmp(origin->facts[i].key, "folded_input_scaling") == 0)
			return true;
	return false;
}

bool graph_scale_of(const struct emnist_model *model, struct emnist_input_scaling *scaling_ret)
{
	const struct emnist_origin *origin = emnist_model_origin(model);
	const struct emnist_input_scaling scaling = emnist_model_input_scaling(model);

	*scaling_ret = scaling;
	return (scaling.scale != 1 || scaling.mean != 0 || scaling.std != 1) && origin &&
	       origin->format == EMNIST_FORMAT_SAVED_MODEL && !is_folded(origin);
}

void graph_scale_undo(const struct emnist_input_scaling *scaling, const float *values, size_t n,
		      float *vectors)
{
	for (size_t i = 0; i < n; i++)
		vectors[i] = (float)(((double)values[i] * scaling->std + scaling->mean) /
				     scaling->scale);
}
