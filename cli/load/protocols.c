/* protocols.c - the protocols by name, and what their answers have in common. */
#include "../../lib/base/error.h"
#include "../../lib/base/numbers.h"
#include "protocol.h"

const struct protocol *const protocols[] = {
	NULL, /* "auto" */
	&protocol_tfs,
	&protocol_tfs_column,
	&protocol_v2,
	&protocol_v2_binary,
	&protocol_graphpipe,
	&protocol_flask,
	&protocol_image,
};

const char *const protocol_names[] = {
	"auto", "tfs", "tfs-column", "v2", "v2-binary", "graphpipe", "flask", "image", NULL,
};

/* More classes than any model has. */
#define MAX_CLASSES (1 << 20)

enum emnist_status answers_from_rows(struct answers *answers, const float *values, size_t n_values,
				     struct emnist_error *error)
{
	const size_t n_classes = n_values / answers->n;

	if (n_classes < 2 || n_classes > MAX_CLASSES || n_values % answers->n)
		return error_set(error, EMNIST_ERR_CORRUPT, "%zu values for %zu images", n_values,
				 answers->n);
	for (size_t i = 0; i < answers->n; i++) {
		uint32_t best;

		emnist_top_k(values + i * n_classes, n_classes, 1, &best);
		answers->items[i] = (struct answer){(uint32_t)n_classes, best, NULL, 0};
	}
	return EMNIST_OK;
}

enum emnist_status answers_from_bytes(struct answers *answers, const void *bytes, size_t nbytes,
				      struct emnist_error *error)
{
	const uint8_t *from = bytes;
	float *values;

	if (nbytes % sizeof(float))
		return error_set(error, EMNIST_ERR_CORRUPT, "%zu bytes are not floats", nbytes);
	if (!buffer_reserve(&answers->floats, nbytes))
		return error_memory(error);
	values = (float *)(void *)answers->floats.data;
	for (size_t i = 0; i < nbytes / sizeof(float); i++)
		values[i] = number_of_float_bits(number_u32(from + i * sizeof(float)));
	return answers_from_rows(answers, values, nbytes / sizeof(float), error);
}
