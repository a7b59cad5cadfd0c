/*
 * onnx_fold.h - the layers that come of a chain of operators, while they are made.
 */
#ifndef FORMAT_ONNX_FOLD_H
#define FORMAT_ONNX_FOLD_H

#include "onnx.h"

struct fold {
	const struct onnx_graph *graph;
	struct emnist_model *model;
	size_t n_layers;    /* so far */
	size_t floats_left; /* that the layers to come may hold */
	size_t width;       /* of the values that the chain has come to */
	/* Their shape, of which the first dimension is the batch: 0 where that may be any. Rank 0:
	 * not known, or there is no batch. */
	size_t rank;
	size_t dims[ONNX_MAX_RANK];
	int64_t opset;
	bool is_integer;  /* no floats have been made of the input's whole numbers yet */
	bool takes_bytes; /* as the input's type says */
	/* Before the first layer: which value of the input each is. NULL: the same one. (width)
	 * Freed by fold_forget_order(). */
	uint32_t *order;
	bool is_open;       /* the last layer's activation is yet to come */
	bool is_normalised; /* softmax has come */
	/* Where both are not NULL they wait to be folded. (width) Freed by fold_forget_affine(). */
	double *scale;
	double *shift;
	const Onnx__NodeProto *waiting; /* the node that they are from */
	struct emnist_error *error;
};

/* Makes room for scale and shift where there is none yet, at first of no effect. */
enum emnist_status fold_begin_affine(struct fold *fold, const Onnx__NodeProto *node);

/* The values are brought to another order: value i is the one that was at positions[i]. */
enum emnist_status fold_reorder(struct fold *fold, const size_t *positions);

void fold_forget_order(struct fold *fold);

/* Frees scale and shift. */
void fold_forget_affine(struct fold *fold);

/* The constant that is input i of node. */
enum emnist_status fold_take_constant(struct fold *fold, const Onnx__NodeProto *node, size_t i,
				      struct onnx_constant *constant_ret);

/* Input i of node as one number for each of n values: a scalar goes for all, a vector or what has n
 * elements in a block at its end goes one by one. *values_ret is freed with free(). */
enum emnist_status fold_take_vector(struct fold *fold, const Onnx__NodeProto *node, size_t i,
				    size_t n, float **values_ret);

/* The same of the values that the chain has come to, which must keep their shape. */
enum emnist_status fold_take_operand(struct fold *fold, const Onnx__NodeProto *node, size_t i,
				     float **values_ret);

/* The same shape with other dimensions behind the batch. */
void fold_set_dims(struct fold *fold, size_t rank, const size_t *dims);

/* Makes the next layer from input 1 of node: weights of shape (n_inputs, n_outputs) or, with
 * transposed, the other way round. Its bias is zero, to be set before fold_end_layer(). */
enum emnist_status fold_begin_layer(struct fold *fold, const Onnx__NodeProto *node, bool transposed,
				    struct layer **layer_ret);

/* The layer takes what has been collected before it, and is open for what comes. */
enum emnist_status fold_end_layer(struct fold *fold, struct layer *layer);

/* The last layer takes what has been collected since it; there must be one that still can. */
enum emnist_status fold_close_layer(struct fold *fold);

/* "not supported" because of an input. */
enum emnist_status fold_refuse_computed(struct fold *fold, const Onnx__NodeProto *node);

#endif
