/*
 * model.h - the network inside the library: a chain of fully connected layers.
 *
 *	h[0] = input,  h[l+1] = activation[l](h[l] W[l]^T + b[l]),  output = softmax(h[n])
 *
 * Readers fold whatever a model file spells out differently (separate bias, batch normalization,
 * reshapes) into this form.
 */
#ifndef NETWORK_MODEL_H
#define NETWORK_MODEL_H

#include "../base/error.h"
#include "kernel.h"
#include "origin.h"

/* The most layers and the widest layer read: far beyond any network for 28x28 images, and small
 * enough that no product of two of them overflows. */
#define MODEL_MAX_LAYERS 256
#define MODEL_MAX_WIDTH  65536

/*
 * Weights and panels are the layer's own or borrowed. Borrowed ones live as long as the model: they
 * are the library's (default.S) or those of the file that the model keeps. They are neither written
 * nor freed, and may be unaligned; call layer_own_weights() before the first change.
 */
struct layer {
	uint32_t n_inputs;
	uint32_t n_outputs;
	enum emnist_activation activation;
	float alpha;              /* slope or scale of ELU, LeakyReLU, SELU */
	float gamma;              /* SELU's outer scale */
	unaligned_float *weights; /* (n_outputs, n_inputs), row-major */
	float *bias;              /* (n_outputs), always its own */
	const float *panels;      /* weights and biases packed, see panels.h */
	bool borrows_weights;
	bool borrows_panels;
};

struct emnist_model {
	size_t n_layers;
	struct layer *layers;
	const struct kernel *kernel; /* runs the layer if the engine is the kernels */
	bool softmax; /* after the last layer; otherwise its activation gives probabilities */
	struct emnist_labels *labels;
	enum emnist_preprocess preprocess;
	bool takes_bytes; /* the file's graph takes 0..255; the weights are scaled for it */
	struct emnist_input_scaling input_scaling; /* scale 0: not known yet */
	struct origin *origin;                     /* NULL: trained */
	void *file; /* owner of borrowed weights, or NULL; freed with the model */
};

/* A model of n_layers zeroed layers without weights, for a reader or trainer to fill. NULL when
 * memory is short. Free with emnist_model_free(). */
struct emnist_model *model_new(size_t n_layers);

/* Gives layer its shape and zeroed weights and bias; false when memory is short. */
bool layer_init(struct layer *layer, uint32_t n_inputs, uint32_t n_outputs);

/* The same with borrowed weights. */
bool layer_borrow(struct layer *layer, uint32_t n_inputs, uint32_t n_outputs, const void *weights);

/* Copies borrowed weights into the layer's own memory; false when memory is short. */
bool layer_own_weights(struct layer *layer);

/* The layer's own weights, which are aligned. */
static inline float *layer_weights(struct layer *layer)
{
	return (float *)layer->weights;
}

/* Frees the layer's own memory. */
void layer_clear(struct layer *layer);

/* Leaves layer without panels. */
void layer_free_panels(struct layer *layer);

/* Whether an activation has an alpha, or a gamma as well. */
bool activation_has_alpha(enum emnist_activation activation);
bool activation_has_gamma(enum emnist_activation activation);

/* Sets a layer's activation, with the default alpha and gamma of ONNX and PyTorch. */
void activation_set(struct layer *layer, enum emnist_activation activation);

/*
 * The last step of every reader and of the trainer. Folds the input scaling into the first layer,
 * checks that shapes chain and weights are finite, and settles the labels. They are the first that
 * exist of:
 *
 * - those already in the model
 * - those of options, which may be NULL
 * - those of labels_metadata, the text of a mapping file, or NULL
 * - those of EMNIST's split with that many classes
 *
 * Their number must fit.
 */
enum emnist_status model_finish(struct emnist_model *model,
				const struct emnist_model_options *options,
				const char *labels_metadata, size_t labels_metadata_nbytes,
				struct emnist_error *error);

/* Zeroes weights and biases that no input in [0,1] can make matter, and subnormal ones. All must be
 * finite. False when memory is short. Part of model_finish() and model_pack(). */
bool model_zero_negligible(struct emnist_model *model);

/* Packs weights and biases for kernel. model_finish() does it with the best kernel; repeat it after
 * changing weights. False when memory is short. */
bool model_pack(struct emnist_model *model, const struct kernel *kernel);

/* Gives the layers their panels, one layer's after the other's, if they are n floats in all. The
 * weights that they were packed from must be finite. */
void model_borrow_panels(struct emnist_model *model, const float *panels, size_t n);

/* The activation with this name of nbytes bytes; false for an unknown name. */
bool activation_of_name(const char *name, size_t nbytes, enum emnist_activation *activation_ret);

/* The scaling folded into the weights as metadata text, "255 0 1"; empty if vectors are not scaled.
 * False when memory is short. */
#define INPUT_SCALING_NBYTES 80
bool input_scaling_to_text(const struct emnist_input_scaling *scaling,
			   char text[static INPUT_SCALING_NBYTES]);

/* The inverse: reads such a text; any other text changes nothing. */
void input_scaling_of_text(const char *text, struct emnist_input_scaling *scaling);

/* Folds the scaling that options ask for into the first layer, a step of model_finish(). */
enum emnist_status input_scaling_settle(struct emnist_model *model,
					const struct emnist_model_options *options,
					struct emnist_error *error);

/* The name of a preprocessing in metadata "emnist.preprocess", and the inverse; false for an
 * unknown name. */
const char *preprocess_name(enum emnist_preprocess preprocess);
bool preprocess_of_name(const char *name, enum emnist_preprocess *preprocess_ret);

/* values: n numbers, replaced by activation(value). alpha and gamma as in struct layer. */
void activation_apply(enum emnist_activation activation, float alpha, float gamma, float *values,
		      size_t n);

/* Replaces each of n_rows rows of n_columns values by its softmax. Stable for any finite input. For
 * other input the result is still probabilities: infinities count as the largest floats, NaN as the
 * lowest. */
void softmax_rows(float *values, size_t n_rows, size_t n_columns);

/* Turns the last layer's output into probabilities: by softmax, or by removing NaN. */
void probabilities_settle(const struct emnist_model *model, float *values, size_t n_rows);

#endif
