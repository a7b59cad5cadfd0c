/*
 * net.h - the network during training.
 *
 * Layer l computes z = x W^T (+ b). Hidden layers then apply batch normalization (optional), the
 * activation and dropout; the last layer's z are the logits. All parameters of all layers are in
 * one array, so that the optimizer, the checkpoint and weight averaging each work on a single
 * array.
 *
 * Weights are packed in panels of PANEL_COLUMNS outputs (panels.h). The padding of the last panel,
 * and that of biases, scales and statistics, takes part in everything and stays zero, since the
 * loss does not depend on it.
 */
#ifndef TRAIN_NET_H
#define TRAIN_NET_H

#include "../base/random.h"
#include "../network/model.h"

/* The positions of a layer's parameters in the array of all. */
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
	float *parameters; /* (n_parameters), trained */
	float *momentum;   /* (n_parameters), AdamW's first moment */
	float *velocity;   /* (n_parameters), AdamW's second moment */
	float *average;    /* (n_parameters), averaged weights: the result of training */
	float *stats;      /* (n_stats), running averages for batch normalization */
};

/* Position of a weight among the parameters. */
static inline size_t net_weight(const struct net_layer *layer, size_t output, size_t input)
{
	return layer->weights + panels_place(layer->n_inputs, output, input);
}

/* The epsilon of batch normalization, PyTorch's default. */
#define NET_EPSILON 1e-5F

struct net_shape {
	size_t n_inputs;
	const uint32_t *hidden; /* (n_hidden) */
	size_t n_hidden;
	size_t n_outputs;
	enum emnist_activation activation;
	bool batch_norm;
};

/* Allocates a network and draws its weights; everything but weights, scales and variances is zero.
 * Release with net_clear(), even after a failure. */
enum emnist_status net_init(struct net *net, const struct net_shape *shape, uint64_t seed,
			    struct emnist_error *error);

/* The averaged network as a model with these labels; batch normalization is folded into the
 * weights. Free with emnist_model_free(). */
enum emnist_status net_to_model(const struct net *net, const struct emnist_labels *labels,
				struct emnist_model **model_ret, struct emnist_error *error);

void net_clear(struct net *net);

#endif
