/* json_tensor.c - arrays of numbers in each other as tensors. */
#include "json_document.h"

static bool misfit(struct emnist_json_tensor *tensor, enum emnist_json_misfit why,
		   struct emnist_json_value value, size_t level, size_t n_elements)
{
	tensor->misfit = why;
	tensor->value = value;
	tensor->level = level;
	tensor->n_elements = n_elements;
	return false;
}

/* The shape of the first elements. */
static bool find_shape(const struct emnist_json *json, struct emnist_json_value value,
		       struct emnist_json_tensor *tensor)
{
	for (; value.type == EMNIST_JSON_ARRAY; value = emnist_json_first(json, value)) {
		const size_t count = emnist_json_count(json, value);

		if (tensor->rank == EMNIST_JSON_MAX_RANK)
			return misfit(tensor, EMNIST_JSON_MAX_LEVELS, value, tensor->rank, count);
		tensor->shape[tensor->rank++] = count;
	}
	return true;
}

/* Whether the value at this level has that shape; recurs at most as often as the rank is high. */
static bool fits(const struct emnist_json *json, struct emnist_json_value value, size_t level,
		 struct emnist_json_tensor *tensor)
{
	const bool is_last = level == tensor->rank;
	const size_t count = emnist_json_count(json, value);

	if (value.type != EMNIST_JSON_ARRAY)
		return (is_last && value.type == EMNIST_JSON_NUMBER) ||
		       misfit(tensor, is_last ? EMNIST_JSON_NOT_NUMBER : EMNIST_JSON_TOO_SHALLOW,
			      value, level, count);
	if (is_last)
		return misfit(tensor, EMNIST_JSON_TOO_DEEP, value, level, count);
	if (count != tensor->shape[level])
		return misfit(tensor, EMNIST_JSON_UNEQUAL, value, level, count);
	if (level + 1 == tensor->rank && json->nodes[value.index].is_flat)
		return true;
	for (value = emnist_json_first(json, value); value.type;
	     value = emnist_json_next(json, value))
		if (!fits(json, value, level + 1, tensor))
			return false;
	return true;
}

bool emnist_json_tensor(const struct emnist_json *json, struct emnist_json_value value,
			struct emnist_json_tensor *tensor_ret)
{
	struct emnist_json_tensor *tensor = tensor_ret;

	*tensor = (struct emnist_json_tensor){0};
	if (!find_shape(json, value, tensor) || !fits(json, value, 0, tensor))
		return false;
	tensor->n_values = 1;
	for (size_t i = 0; i < tensor->rank; i++)
		tensor->n_values *= tensor->shape[i];
	/* The first elements are the next nodes. */
	if (tensor->rank > 0)
		tensor->values = json->values + json->nodes[value.index + tensor->rank - 1].first;
	return true;
}
