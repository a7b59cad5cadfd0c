/* tensor_rows.c - the rows of tensors in requests. */
#include "tensor_rows.h"

#include "../base/memory.h"
#include "../base/numbers.h"

#include <stdio.h>

size_t rows_value_nbytes(enum rows_type type)
{
	static const uint8_t nbytes[] = {
		[ROWS_FLOAT] = 4,
		[ROWS_DOUBLE] = 8,
		[ROWS_UINT8] = 1,
	};

	return nbytes[type];
}

/* Whether the product of n sizes is `wanted`. */
static bool is_product(const int64_t *sizes, size_t n, size_t wanted)
{
	size_t product = 1;

	for (size_t i = 0; i < n; i++)
		if (sizes[i] < 0 || size_mul_overflows(product, (uint64_t)sizes[i], &product))
			return false;
	return product == wanted;
}

bool rows_of_shape(const int64_t *shape, size_t rank, size_t width, size_t *n_rows_ret)
{
	const bool is_row = rank == 1 || (rank == 2 && shape[0] == shape[1]);

	if (rank == 0 || shape[0] < 0)
		return false;
	*n_rows_ret = 1;
	if (is_row && is_product(shape, rank, width))
		return true;
	*n_rows_ret = size_clamped((uint64_t)shape[0]);
	return is_product(shape + 1, rank - 1, width);
}

enum emnist_status rows_check_limit(const struct emnist_serve_model *model, size_t n_rows,
				    struct emnist_error *error)
{
	if (model->max_rows == 0 || n_rows <= model->max_rows)
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_LIMIT, "%zu images in a request; the limit is %zu",
			 n_rows, model->max_rows);
}

void rows_swap_bytes(float *values, size_t n)
{
	uint32_t bits;

	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		return;
	for (size_t i = 0; i < n; i++) {
		memcpy(&bits, values + i, sizeof(bits));
		bits = __builtin_bswap32(bits);
		memcpy(values + i, &bits, sizeof(bits));
	}
}

void rows_decode(enum rows_type type, const uint8_t *bytes, size_t n, float *values)
{
	if (type == ROWS_FLOAT) {
		memcpy(values, bytes, n * sizeof(*values));
		rows_swap_bytes(values, n);
	} else if (type == ROWS_DOUBLE) {
		for (size_t i = 0; i < n; i++)
			values[i] = (float)number_of_double_bits(number_u64(bytes + 8 * i));
	} else {
		for (size_t i = 0; i < n; i++)
			values[i] = (float)bytes[i] / 255;
	}
}

const char *rows_quote_shape(const int64_t *shape, size_t rank, char *text)
{
	size_t n = 1;

	text[0] = '[';
	for (size_t i = 0; i < rank; i++)
		n += (size_t)snprintf(text + n, ROWS_SHAPE_NBYTES - n, i ? ",%lld" : "%lld",
				      (long long)shape[i]);
	snprintf(text + n, ROWS_SHAPE_NBYTES - n, "]");
	return text;
}
