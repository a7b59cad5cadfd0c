/*
 * layer.c - the memory of a layer, its own or borrowed.
 */
#include "model.h"

#include <string.h>

#include "../base/memory.h"

bool layer_init(struct layer *layer, uint32_t n_inputs, uint32_t n_outputs)
{
	layer->n_inputs = n_inputs;
	layer->n_outputs = n_outputs;
	layer->weights = alloc_floats(n_outputs, n_inputs);
	layer->bias = alloc_floats(n_outputs, 1);
	return layer->weights && layer->bias;
}

bool layer_borrow(struct layer *layer, uint32_t n_inputs, uint32_t n_outputs, const void *weights)
{
	layer->n_inputs = n_inputs;
	layer->n_outputs = n_outputs;
	/* Borrowed weights are never written: see struct layer. */
	layer->weights = (unaligned_float *)(uintptr_t)weights;
	layer->borrows_weights = true;
	layer->bias = alloc_floats(n_outputs, 1);
	return layer->bias != NULL;
}

bool layer_own_weights(struct layer *layer)
{
	float *weights;

	if (!layer->borrows_weights)
		return true;
	weights = alloc_floats(layer->n_outputs, layer->n_inputs);
	if (!weights)
		return false;
	memcpy(weights, layer->weights,
	       (size_t)layer->n_outputs * layer->n_inputs * sizeof(*weights));
	layer->weights = weights;
	layer->borrows_weights = false;
	return true;
}

void layer_free_panels(struct layer *layer)
{
	/* Its own panels come from malloc() and are not constant. */
	if (!layer->borrows_panels)
		free((void *)(uintptr_t)layer->panels);
	layer->panels = NULL;
	layer->borrows_panels = false;
}

void layer_clear(struct layer *layer)
{
	if (!layer->borrows_weights)
		free(layer->weights);
	free(layer->bias);
	layer_free_panels(layer);
}
