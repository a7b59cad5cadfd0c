/* save_parts.c - what all writers of models share. */
#include <string.h>

#include "save.h"

char *save_text(const char *constant)
{
	union {
		const char *constant;
		char *text;
	} pun = {constant};

	return pun.text;
}

void save_floats(const unaligned_float *values, size_t n, uint8_t *bytes)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t bits;

		memcpy(&bits, &values[i], sizeof(bits));
		for (size_t j = 0; j < 4; j++)
			bytes[4 * i + j] = (uint8_t)(bits >> (8 * j));
	}
}

enum emnist_status save_check_name(const struct save *save, const char *inner,
				   struct emnist_error *error)
{
	if (strcmp(save->input, inner) != 0 && strcmp(save->output, inner) != 0)
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_ARGUMENT,
			 "'%s' is the name of a tensor inside the network", inner);
}
