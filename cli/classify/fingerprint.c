/* fingerprint.c - all that decides what the records of a run look like, as a checksum. */
#include "fingerprint.h"
#include "../../lib/base/crc32c.h"
#include "../common/messages.h"

#include <inttypes.h>
#include <stdlib.h>

static bool sum_up_model(const struct emnist_model *model, uint32_t *sum)
{
	struct emnist_error error;
	void *bytes;
	size_t nbytes;

	if (emnist_model_export(model, NULL, &bytes, &nbytes, &error)) {
		complain("--resume: %s", error.message);
		return false;
	}
	*sum = crc32c(*sum, bytes, nbytes);
	free(bytes);
	return true;
}

bool fingerprint(const struct pipeline_options *options, bool recursive, uint32_t *sum_ret)
{
	const struct emnist_limits *limits = &options->reader.limits;
	const struct output_schema *schema = &options->schema;
	struct text text = {0};

	text_printf(&text, "%s %s %zu %d %.17g %d %d %d %d %d %d %zu ", emnist_version(),
		    options->format->name, schema->n_top, schema->probabilities,
		    schema->min_probability, options->answers_blank,
		    (int)options->reader.preprocess, (int)options->archive.transpose, recursive,
		    options->fail_fast, (int)options->session.engine, options->n_rows);
	text_printf(&text, "%" PRIu64 " %" PRIu32 " %" PRIu32 " %" PRIu64, limits->file_nbytes,
		    limits->width, limits->height, limits->n_pixels);
	for (size_t i = 0; i < schema->n_classes; i++)
		text_printf(&text, " %s", schema->labels[i]);
	*sum_ret = crc32c(0, text.bytes, text.nbytes);
	if (text.failed)
		complain("out of memory");
	text_release(&text);
	return !text.failed && sum_up_model(options->model, sum_ret);
}
