/*
 * models.h - networks and numbers for tests.
 */
#ifndef TEST_MODELS_H
#define TEST_MODELS_H

#include <stddef.h>
#include <stdint.h>

#include "../network/model.h"

/* The next of a fixed sequence of numbers in [-1,1). The generator is Knuth's MMIX one. */
static inline float next_number(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (float)((double)(*state >> 11) * 0x1p-52 - 1);
}

/* A finished model of n_widths - 1 layers with this activation between them and softmax at the end.
 * Its last width must be one that has labels. */
static inline struct emnist_model *random_model(const uint32_t *widths, size_t n_widths,
						enum emnist_activation activation, uint64_t seed)
{
	struct emnist_model *model = model_new(n_widths - 1);

	for (size_t l = 0; model && l < n_widths - 1; l++) {
		struct layer *layer = &model->layers[l];

		if (!layer_init(layer, widths[l], widths[l + 1]))
			break;
		activation_set(layer, l + 2 < n_widths ? activation : EMNIST_IDENTITY);
		for (size_t i = 0; i < (size_t)widths[l] * widths[l + 1]; i++)
			layer->weights[i] = next_number(&seed);
		for (size_t i = 0; i < widths[l + 1]; i++)
			layer->bias[i] = next_number(&seed);
	}
	if (!model)
		return NULL;
	model->softmax = true;
	if (model_finish(model, NULL, NULL, 0, NULL)) {
		emnist_model_free(model);
		return NULL;
	}
	return model;
}

#endif
