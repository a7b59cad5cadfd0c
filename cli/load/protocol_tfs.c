/*
 * protocol_tfs.c - TensorFlow Serving's two formats of JSON, by rows and by columns, and the blog's
 * Flask app, which has the first.
 */
#include "../../lib/base/error.h"
#include "pixel_text.h"
#include "protocol.h"

/* --------------------------------------------------------------------- requests */

/* [[0.0, ...], [0.0, ...]] */
static void put_rows(struct text *text, const struct batch *batch)
{
	text_putc(text, '[');
	for (size_t i = 0; i < batch->n; i++) {
		text_puts(text, i ? "], [" : "[");
		pixel_text_put(text, batch_pixels(batch, i), EMNIST_VECTOR_LENGTH);
	}
	text_puts(text, "]]");
}

static void put_instances(struct request_body *body, const struct batch *batch,
			  const char *input_name)
{
	(void)input_name;
	body->content_type = "application/json";
	text_puts(body->text, "{\"instances\": ");
	put_rows(body->text, batch);
	text_putc(body->text, '}');
}

static void put_inputs(struct request_body *body, const struct batch *batch, const char *input_name)
{
	(void)input_name;
	body->content_type = "application/json";
	text_puts(body->text, "{\"inputs\": ");
	put_rows(body->text, batch);
	text_putc(body->text, '}');
}

/* ---------------------------------------------------------------------- answers */

static enum emnist_status parse(struct answers *answers, const struct response_body *body,
				struct emnist_json_value *root_ret, struct emnist_error *error)
{
	/* As TensorFlow Serving prints scores that are no numbers. */
	const struct emnist_json_options options = {.allow_nonfinite = true, .max_depth = 64};
	enum emnist_status status =
		emnist_json_parse(answers->json, body->bytes, body->nbytes, &options, error);

	*root_ret = emnist_json_root(answers->json);
	return status ? error_prefix(error, status, "the answer is not JSON") : EMNIST_OK;
}

/* An object of outputs by name: the first with several numbers. */
static struct emnist_json_value first_output(const struct emnist_json *json,
					     struct emnist_json_value value)
{
	struct emnist_json_value output;
	struct emnist_json_tensor tensor;

	if (value.type != EMNIST_JSON_OBJECT)
		return value;
	for (output = emnist_json_first(json, value); output.type;
	     output = emnist_json_next(json, output))
		if (emnist_json_tensor(json, output, &tensor) && tensor.rank > 0)
			break;
	return output;
}

static enum emnist_status read_tensor(struct answers *answers, struct emnist_json_value value,
				      struct emnist_error *error)
{
	struct emnist_json_tensor tensor;

	if (!emnist_json_tensor(answers->json, value, &tensor) || tensor.rank < 1)
		return error_set(error, EMNIST_ERR_CORRUPT, "the answer is not a tensor");
	if (tensor.rank > 1 && tensor.shape[0] != answers->n)
		return error_set(error, EMNIST_ERR_CORRUPT, "answers for %zu images, not %zu",
				 tensor.shape[0], answers->n);
	return answers_from_rows(answers, tensor.values, tensor.n_values, error);
}

/* [{"scores": [...], ...}, ...] */
static enum emnist_status read_objects(struct answers *answers, struct emnist_json_value list,
				       struct emnist_error *error)
{
	struct emnist_json_value item = emnist_json_first(answers->json, list);
	struct answers one = {.n = 1, .json = answers->json};
	enum emnist_status status = EMNIST_OK;

	if (emnist_json_count(answers->json, list) != answers->n)
		return error_set(error, EMNIST_ERR_CORRUPT, "answers for %zu images, not %zu",
				 emnist_json_count(answers->json, list), answers->n);
	for (size_t i = 0; i < answers->n && !status; i++) {
		one.items = answers->items + i;
		status = read_tensor(&one, first_output(answers->json, item), error);
		item = emnist_json_next(answers->json, item);
	}
	return status;
}

static enum emnist_status read_predictions(struct answers *answers,
					   const struct response_body *body,
					   struct emnist_error *error)
{
	struct emnist_json_value root, list;
	enum emnist_status status = parse(answers, body, &root, error);

	if (status)
		return status;
	list = emnist_json_member(answers->json, root, "predictions");
	if (list.type != EMNIST_JSON_ARRAY)
		return error_set(error, EMNIST_ERR_CORRUPT, "the answer has no \"predictions\"");
	if (emnist_json_first(answers->json, list).type == EMNIST_JSON_OBJECT)
		return read_objects(answers, list, error);
	return read_tensor(answers, list, error);
}

static enum emnist_status read_outputs(struct answers *answers, const struct response_body *body,
				       struct emnist_error *error)
{
	struct emnist_json_value root, outputs;
	enum emnist_status status = parse(answers, body, &root, error);

	if (status)
		return status;
	outputs = emnist_json_member(answers->json, root, "outputs");
	if (!outputs.type)
		return error_set(error, EMNIST_ERR_CORRUPT, "the answer has no \"outputs\"");
	return read_tensor(answers, first_output(answers->json, outputs), error);
}

const struct protocol protocol_tfs = {
	"tfs", "TensorFlow Serving, rows", false, false, put_instances, read_predictions,
};

const struct protocol protocol_tfs_column = {
	"tfs-column", "TensorFlow Serving, columns", false, false, put_inputs, read_outputs,
};

const struct protocol protocol_flask = {
	"flask", "Flask app", false, false, put_instances, read_predictions,
};
