/* tensor_rows.h - the rows of tensors in requests: their number, and their values as floats. */
#ifndef SERVE_TENSOR_ROWS_H
#define SERVE_TENSOR_ROWS_H

#include "../base/error.h"
#include "../emnist_serve.h"

#define ROWS_MAX_RANK 8

/* Of the values of a row. */
enum rows_type { ROWS_FLOAT, ROWS_DOUBLE, ROWS_UINT8 };

/* The bytes of a value. */
size_t rows_value_nbytes(enum rows_type type);

/* The number of rows, of `width` values each, in a tensor of this shape: see emnist_serve.h. False
 * if it has none. */
bool rows_of_shape(const int64_t *shape, size_t rank, size_t width, size_t *n_rows_ret);

/* EMNIST_ERR_LIMIT if a request has more rows than the model's limit. */
enum emnist_status rows_check_limit(const struct emnist_serve_model *model, size_t n_rows,
				    struct emnist_error *error);

/* Decodes n little-endian values. */
void rows_decode(enum rows_type type, const uint8_t *bytes, size_t n, float *values);

/* Between the order of this machine and little-endian. */
void rows_swap_bytes(float *values, size_t n);

/* Quotes a shape: "[2,784]". text: ROWS_SHAPE_NBYTES. */
#define ROWS_SHAPE_NBYTES 200
const char *rows_quote_shape(const int64_t *shape, size_t rank, char *text);

#endif
