/*
 * net.h - the network while it learns.
 *
 * Layer l computes z = x W^T (+ b), then, in hidden layers, batch normalization (where wanted), the
 * activation and dropout; the last layer's z are the logits. All parameters of all layers lie in
 * one array, so that the optimizer, the checkpoint and the averaging of weights each see one run of
 * numbers.
 *
 * Weights are packed in panels of PANEL_COLUMNS outputs (panels.h). What fills the
 * last panel, and biases, scales and statistics up to there, takes part in everything and stays
 * zero: no loss hangs on it.
 */
#ifndef TRAIN_NET_H
#define TRAIN_NET_H

#include "../network/model.h"
#include "random.h"

/* Where a layer's parameters lie in the array of all. */
struct net_layer {
	size_t n_inputs;
	size_t n_outputs;
	size_t width;   /* n_outputs, rounded up to whole panels */
	size_t weights; /* offset of (width / PANEL_COLUMNS, n_inputs, PANEL_COLUMNS) */
	size_t bias;    /* offset of (width): the bias, or batch normalization's shift */
	size_t scale;   /* offset of (width): batch normalization's scale; hidden layers */
	size_t stats;   /* offset of (2, width) means and variances in struct net's stats */
	bool batch_norm;
	enum emnist_activation activation;
	float alpha, gamma; /* as in struct layer */
};

struct net {
	size_t n_layers;
	struct net_layer *layers;
	size_t n_parameters;
	size_t n_stats;
	float *parameters; /* (n_parameters), what is learned */
	float *momentum;   /* (n_parameters), AdamW's mean of gradients */
	float *velocity;   /* (n_parameters), AdamW's mean of squared gradients */
	float *average;    /* (n_parameters), the averaged weights that are kept in the end */
	float *stats;      /* (n_stats), running averages for batch normalization */
};

/* Where a weight lies among the parameters. */
static inline size_t net_weight(const struct net_layer *layer, size_t output, size_t input)
{
	return layer->weights + panels_place(layer->n_inputs, output, input);
}

/* The variance that batch normalization adds, PyTorch's default. */
#define NET_EPSILON 1e-5F

struct net_shape {
	size_t n_inputs;
	const uint32_t *hidden; /* (n_hidden) */
	size_t n_hidden;
	size_t n_outputs;
	enum emnist_activation activation;
	bool batch_norm;
};

/* Allocates a network and draws its weights; all zero but weights, scales and variances. Release
 * with net_clear(), also after a failure. */
enum emnist_status net_init(struct net *net, const struct net_shape *shape, uint64_t seed,
			    struct emnist_error *error);

/* The averaged network as a model with these labels, batch normalization folded into the weights.
 * Free with emnist_model_free(). */
enum emnist_status net_to_model(const struct net *net, const struct emnist_labels *labels,
				struct emnist_model **model_ret, struct emnist_error *error);

void net_clear(struct net *net);

#endif
