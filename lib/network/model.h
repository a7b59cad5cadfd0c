/*
 * model.h - a network as the rest of the library sees it: a chain of fully connected layers.
 *
 *	h[0] = input,  h[l+1] = activation[l](h[l] W[l]^T + b[l]),  output = softmax(h[n])
 *
 * Whatever a model file spells out differently (separate bias, batch normalization, reshapes) is
 * folded into this form when it is read.
 */
#ifndef NETWORK_MODEL_H
#define NETWORK_MODEL_H

#include "../base/error.h"
#include "kernel.h"
#include "origin.h"

/* The most layers and the widest layer that are read: far beyond any network of 28x28 images, and
 * small enough that no product of two of them overflows. */
#define MODEL_MAX_LAYERS 256
#define MODEL_MAX_WIDTH  65536

/*
 * Weights and panels are the layer's own, or borrowed: of bytes that live as long as the model,
 * which are the library's (default.S) or those of the file that the model keeps. What is borrowed
 * is neither written nor freed, and may lie at any address: layer_own_weights() comes before the
 * first change.
 */
struct layer {
	uint32_t n_inputs;
	uint32_t n_outputs;
	enum emnist_activation activation;
	float alpha;              /* slope or scale of ELU, LeakyReLU, SELU */
	float gamma;              /* SELU's outer scale */
	unaligned_float *weights; /* (n_outputs, n_inputs), row-major */
	float *bias;              /* (n_outputs), always its own */
	const float *panels;      /* both once more, packed: see panels.h */
	bool borrows_weights;
	bool borrows_panels;
};

struct emnist_model {
	size_t n_layers;
	struct layer *layers;
	const struct kernel *kernel; /* that runs it, where the engine is that of kernels */
	bool softmax; /* after the last layer; else its activation gives the probabilities */
	struct emnist_labels *labels;
	enum emnist_preprocess preprocess;
	bool takes_bytes; /* the file's graph takes 0..255, which is in the weights */
	struct emnist_input_scaling input_scaling; /* scale 0: not known yet */
	struct origin *origin;                     /* NULL: trained */
	void *file; /* that weights are borrowed of, or NULL; freed with the model */
};

/* A model of n_layers zeroed layers without weights, to be filled by a reader or a trainer. NULL
 * when memory is short. Free with emnist_model_free(). */
struct emnist_model *model_new(size_t n_layers);

/* Gives layer its shape and zeroed weights and bias; false when memory is short. */
bool layer_init(struct layer *layer, uint32_t n_inputs, uint32_t n_outputs);

/* The same with the weights that lie at `weights`, borrowed. */
bool layer_borrow(struct layer *layer, uint32_t n_inputs, uint32_t n_outputs, const void *weights);

/* Makes borrowed weights the layer's own; false when memory is short. */
bool layer_own_weights(struct layer *layer);

/* The weights, where they are the layer's own, and so lie as floats do. */
static inline float *layer_weights(struct layer *layer)
{
	return (float *)layer->weights;
}

/* Frees what is the layer's own. */
void layer_clear(struct layer *layer);

/* Leaves layer without panels. */
void layer_free_panels(struct layer *layer);

/* Whether an activation has an alpha, and a gamma beside it. */
bool activation_has_alpha(enum emnist_activation activation);
bool activation_has_gamma(enum emnist_activation activation);

/* Gives layer an activation, with ONNX's and PyTorch's default alpha and gamma. */
void activation_set(struct layer *layer, enum emnist_activation activation);

/* Takes the scaling of the input into the first layer, checks that shapes chain and weights are
 * finite, and settles the labels: those that the model has been given, else those of options, which
 * may be NULL, else those of the mapping file's text labels_metadata, else those of EMNIST's split
 * of as many classes; the first of them that is not NULL must fit. The last step of every reader
 * and of the trainer. */
enum emnist_status model_finish(struct emnist_model *model,
				const struct emnist_model_options *options,
				const char *labels_metadata, size_t labels_metadata_nbytes,
				struct emnist_error *error);

/* Zeroes the weights and biases of a model of finite ones that no input in [0,1] can make matter,
 * and those that are subnormal. False when memory is short. Part of model_finish() and
 * model_pack(). */
bool model_zero_negligible(struct emnist_model *model);

/* Packs the weights and biases, and lets kernel run the model. Done by model_finish(), with the
 * best one; to be done again when they have changed. False when memory is short. */
bool model_pack(struct emnist_model *model, const struct kernel *kernel);

/* Gives the layers their panels, one layer's after the other's, if they are n floats in all. The
 * weights that they were made from are known to be finite. */
void model_borrow_panels(struct emnist_model *model, const float *panels, size_t n);

/* The activation of this name, of nbytes bytes; false for a name that is none's. */
bool activation_of_name(const char *name, size_t nbytes, enum emnist_activation *activation_ret);

/* What metadata say of the scaling that is in the weights, "255 0 1", or nothing where it leaves
 * vectors as they are; false when memory is short. */
#define INPUT_SCALING_NBYTES 80
bool input_scaling_to_text(const struct emnist_input_scaling *scaling,
			   char text[static INPUT_SCALING_NBYTES]);

/* The way back: a text that says none changes nothing. */
void input_scaling_of_text(const char *text, struct emnist_input_scaling *scaling);

/* Takes what options ask for into the first layer, a step of model_finish(). */
enum emnist_status input_scaling_settle(struct emnist_model *model,
					const struct emnist_model_options *options,
					struct emnist_error *error);

/* What metadata "emnist.preprocess" calls a way to preprocess, and the way that a name stands for;
 * false for a name that stands for none. */
const char *preprocess_name(enum emnist_preprocess preprocess);
bool preprocess_of_name(const char *name, enum emnist_preprocess *preprocess_ret);

/* values: n numbers, replaced by activation(value). alpha and gamma as in struct layer. */
void activation_apply(enum emnist_activation activation, float alpha, float gamma, float *values,
		      size_t n);

/* Each of n_rows rows of n_columns values replaced by its softmax; stable for any finite input, and
 * for any other the result is still one of probabilities: infinities count as the largest floats,
 * NaN as the least. */
void softmax_rows(float *values, size_t n_rows, size_t n_columns);

/* Makes probabilities of what the last layer gives: the softmax, or else no NaN. */
void probabilities_settle(const struct emnist_model *model, float *values, size_t n_rows);

#endif
