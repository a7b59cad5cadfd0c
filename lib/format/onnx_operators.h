/*
 * onnx_operators.h - what each operator that is read does to the layers that are being made.
 */
#ifndef FORMAT_ONNX_OPERATORS_H
#define FORMAT_ONNX_OPERATORS_H

#include "onnx_fold.h"

/* What is known of an operator. */
struct onnx_operator {
	const char *name;
	const char *domain; /* NULL: ONNX's own */
	enum emnist_status (*fold)(struct fold *fold, const struct onnx_step *step, int which);
	int which; /* of the functions that fold() has: an arithmetic or an emnist_activation */
	bool is_layer;
	bool has_two_operands; /* either of which may be the computed one */
	bool keeps_values;     /* and so may follow the softmax */
	bool takes_integers;   /* of the input, and so may come before these are cast to floats */
};

/* The operator of node, or NULL for one that is not read. */
const struct onnx_operator *onnx_operator_of(const Onnx__NodeProto *node);

/* Those that only change the shape or the order of the values: onnx_shapes.c. */
enum emnist_status fold_flatten(struct fold *fold, const struct onnx_step *step, int unused);
enum emnist_status fold_squeeze(struct fold *fold, const struct onnx_step *step, int unused);
enum emnist_status fold_unsqueeze(struct fold *fold, const struct onnx_step *step, int unused);
enum emnist_status fold_reshape(struct fold *fold, const struct onnx_step *step, int unused);
enum emnist_status fold_transpose(struct fold *fold, const struct onnx_step *step, int unused);

#endif
