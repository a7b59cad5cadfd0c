/*
 * graph_scale.h - values as a model's graph takes them.
 *
 * The graph of a SavedModel may take pixels from 0 to 255, or normalized otherwise. Other servers
 * hand it what the client sends, so clients send that. A model here takes [0,1].
 */
#ifndef CLI_SERVE_GRAPH_SCALE_H
#define CLI_SERVE_GRAPH_SCALE_H

#include <emnist.h>

/* Whether the graph takes other values than the model; then *scaling_ret is its scaling. */
bool graph_scale_of(const struct emnist_model *model, struct emnist_input_scaling *scaling_ret);

/* Converts n values of the graph. vectors may be values. */
void graph_scale_undo(const struct emnist_input_scaling *scaling, const float *values, size_t n,
		      float *vectors);

#endif
