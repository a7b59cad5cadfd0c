/* tensorflow_shapes.h - operators on shapes, and on parts of tensors. */
#ifndef FORMAT_TENSORFLOW_SHAPES_H
#define FORMAT_TENSORFLOW_SHAPES_H

#include "tensorflow_call.h"

/* tensorflow_shapes.c */
tensorflow_operation tensorflow_shape;
tensorflow_operation tensorflow_rank;
tensorflow_operation tensorflow_size;
tensorflow_operation tensorflow_reshape;
tensorflow_operation tensorflow_transpose;
tensorflow_operation tensorflow_expand_dims;
tensorflow_operation tensorflow_squeeze;

/* tensorflow_parts.c */
tensorflow_operation tensorflow_strided_slice;
tensorflow_operation tensorflow_slice;
tensorflow_operation tensorflow_pack;
tensorflow_operation tensorflow_concatenate;
tensorflow_operation tensorflow_range;
tensorflow_operation tensorflow_fill;
tensorflow_operation tensorflow_gather;
tensorflow_operation tensorflow_reduce;

#endif
