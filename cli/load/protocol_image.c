/*
 * protocol_image.c - image files in, labels out: one PNG as the body, or several as a form.
 *
 * The answer to one is {"label": "A", "probability": 0.9}, that to several {"results": [...]} with
 * one such object for each.
 */
#include "../../lib/base/error.h"
#include "../output/records.h"
#include "protocol.h"

/* Of letters and digits that no PNG file has in this order, by all odds. */
#define BOUNDARY "emnist-8fK2vQx0TnW4hZrB7dYs1LcM"

static void put_png(struct text *text, const struct batch *batch, size_t i)
{
	const struct load_images *images = batch->images;
	const size_t at = images->png_offsets[batch->first + i];

	text_add(text, images->pngs.bytes + at, images->png_offsets[batch->first + i + 1] - at);
}

static void put_images(struct request_body *body, const struct batch *batch, const char *input_name)
{
	(void)input_name;
	body->content_type =
		batch->n == 1 ? "image/png" : "multipart/form-data; boundary=" BOUNDARY;
	for (size_t i = 0; i < batch->n; i++) {
		if (batch->n > 1)
			text_printf(body->text,
				    "--" BOUNDARY "\r\nContent-Disposition: form-data; "
				    "name=\"image\"; filename=\"%zu.png\"\r\n"
				    "Content-Type: image/png\r\n\r\n",
				    i);
		put_png(body->text, batch, i);
		if (batch->n > 1)
			text_puts(body->text, "\r\n");
	}
	if (batch->n > 1)
		text_puts(body->text, "--" BOUNDARY "--\r\n");
}

/* Images without ink have no label, and their own error. */
static enum emnist_status read_label(struct answers *answers, size_t i,
				     struct emnist_json_value result, struct emnist_error *error)
{
	const struct emnist_json_value label = emnist_json_member(answers->json, result, "label");
	const struct emnist_json_value fault = emnist_json_member(answers->json, result, "error");
	struct answer *answer = &answers->items[i];
	size_t n = 0;
	const char *what = emnist_json_string(answers->json, fault, &n);

	*answer = (struct answer){0};
	if (what && !emnist_json_equals(answers->json, fault, OUTPUT_BLANK))
		return error_set(error, EMNIST_ERR_CORRUPT, "the server's error: %.*s",
				 n < 200 ? (int)n : 200, what);
	if (label.type == EMNIST_JSON_NULL)
		return EMNIST_OK;
	if (label.type == EMNIST_JSON_STRING)
		answer->label = emnist_json_string(answers->json, label, &answer->label_nbytes);
	if (!answer->label)
		return error_set(error, EMNIST_ERR_CORRUPT, "an answer without a \"label\"");
	return EMNIST_OK;
}

static enum emnist_status read_labels(struct answers *answers, const struct response_body *body,
				      struct emnist_error *error)
{
	const struct emnist_json_options options = {.max_depth = 64};
	enum emnist_status status =
		emnist_json_parse(answers->json, body->bytes, body->nbytes, &options, error);
	struct emnist_json_value list, result;

	if (status)
		return error_prefix(error, status, "the answer is not JSON");
	list = emnist_json_member(answers->json, emnist_json_root(answers->json), "results");
	if (!list.type && answers->n == 1)
		return read_label(answers, 0, emnist_json_root(answers->json), error);
	if (emnist_json_count(answers->json, list) != answers->n)
		return error_set(error, EMNIST_ERR_CORRUPT, "answers for %zu images, not %zu",
				 emnist_json_count(answers->json, list), answers->n);
	result = emnist_json_first(answers->json, list);
	for (size_t i = 0; i < answers->n && !status; i++) {
		status = read_label(answers, i, result, error);
		result = emnist_json_next(answers->json, result);
	}
	return status;
}

const struct protocol protocol_image = {
	"image", "PNG files", true, false, put_images, read_labels,
};
