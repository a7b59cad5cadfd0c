/*
 * tfs_status.c - the versions and the signatures of a model, as TensorFlow Serving shows them.
 *
 * They are laid out as protobuf writes JSON: each level is indented by one blank, and integers of
 * 64 bits are strings.
 */
#include "tfs_status.h"
#include "../call/server.h"
#include "../models/tfs_signature.h"
#include "tfs_error.h"

#include <emnist_serve.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put_string(struct text *text, const char *string)
{
	const size_t nbytes = strlen(string);
	char *quoted = malloc(6 * nbytes + 2);

	if (quoted)
		text_add(text, quoted, emnist_json_put_string(quoted, string, nbytes));
	else
		text->failed = true;
	free(quoted);
}

static void finish(struct call *call)
{
	call->response.status = 200;
	call->response.content_type = "application/json";
}

/* --------------------------------------------------------------------- status */

/* The names of google.rpc.Code. */
static const char *code_name(const struct emnist_error *error)
{
	static const char *const names[] = {
		[EMNIST_OK] = "OK",
		[EMNIST_ERR_ARGUMENT] = "INVALID_ARGUMENT",
		[EMNIST_ERR_MEMORY] = "RESOURCE_EXHAUSTED",
		[EMNIST_ERR_IO] = "NOT_FOUND",
		[EMNIST_ERR_FORMAT] = "INVALID_ARGUMENT",
		[EMNIST_ERR_CORRUPT] = "DATA_LOSS",
		[EMNIST_ERR_UNSUPPORTED] = "UNIMPLEMENTED",
		[EMNIST_ERR_LIMIT] = "RESOURCE_EXHAUSTED",
	};
	const size_t code = (size_t)error->code;

	return code < sizeof(names) / sizeof(*names) ? names[code] : "UNKNOWN";
}

static void put_version(struct text *body, const struct version_status *version)
{
	static const char *const states[] = {
		[VERSION_START] = "START",
		[VERSION_LOADING] = "LOADING",
		[VERSION_AVAILABLE] = "AVAILABLE",
		[VERSION_UNLOADING] = "UNLOADING",
		[VERSION_END] = "END",
	};

	text_printf(body, "  {\n   \"version\": \"%" PRId64 "\",\n   \"state\": \"%s\",\n",
		    version->number, states[version->state]);
	text_printf(body, "   \"status\": {\n    \"error_code\": \"%s\",\n    \"error_message\": ",
		    code_name(&version->error));
	put_string(body, version->error.code ? version->error.message : "");
	text_puts(body, "\n   }\n  }");
}

static size_t put_versions(struct text *body, const struct tfs_path *path,
			   const struct version_status *versions, size_t n)
{
	size_t n_put = 0;

	text_puts(body, "{\n \"model_version_status\": [\n");
	for (size_t i = 0; i < n; i++) {
		if (path->has_version && versions[i].number != path->version)
			continue;
		text_puts(body, n_put++ ? ",\n" : "");
		put_version(body, &versions[i]);
	}
	text_puts(body, "\n ]\n}\n");
	return n_put;
}

/* A label in the path is ignored, as it is there. */
void tfs_answer_status(struct call *call, const struct tfs_path *path)
{
	const char *name = path->name.bytes;
	struct version_status *versions;
	size_t n = 0;

	if (!registry_status(call->server->registry, name, &versions, &n))
		versions = NULL;
	if (put_versions(&call->response.body, path, versions, n) > 0)
		finish(call);
	else if (path->has_version)
		tfs_fail(call, 404, "Could not find version %" PRId64 " of model %s", path->version,
			 name);
	else
		tfs_fail(call, 404, "Could not find any versions of model %s", name);
	free(versions);
}

/* ------------------------------------------------------------------- metadata */

static void put_dim(struct text *body, const struct emnist_dim *dim)
{
	text_printf(body,
		    "       {\n        \"size\": \"%" PRId64 "\",\n        \"name\": ", dim->size);
	put_string(body, tfs_text(dim->name));
	text_puts(body, "\n       }");
}

static void put_tensor(struct text *body, const struct emnist_tensor_info *tensor)
{
	text_puts(body, "    ");
	put_string(body, tfs_text(tensor->key));
	text_printf(body,
		    ": {\n     \"dtype\": \"%s\",\n     \"tensor_shape\": {\n      \"dim\": [",
		    tfs_type_name(tensor, true));
	for (size_t i = 0; tensor->dims && i < tensor->rank; i++) {
		text_puts(body, i > 0 ? ",\n" : "\n");
		put_dim(body, &tensor->dims[i]);
	}
	text_printf(body, "%s],\n      \"unknown_rank\": %s\n     },\n     \"name\": ",
		    tensor->dims && tensor->rank > 0 ? "\n      " : "",
		    tensor->dims ? "false" : "true");
	put_string(body, tfs_text(tensor->name));
	text_puts(body, "\n    }");
}

static void put_side(struct text *body, const char *name, const struct emnist_tensor_info *tensors,
		     size_t n)
{
	text_printf(body, "   \"%s\": {", name);
	for (size_t i = 0; i < n; i++) {
		text_puts(body, i > 0 ? ",\n" : "\n");
		put_tensor(body, &tensors[i]);
	}
	text_puts(body, n > 0 ? "\n   },\n" : "},\n");
}

static void put_signature(struct text *body, const struct emnist_signature *signature)
{
	text_puts(body, "  ");
	put_string(body, tfs_text(signature->name));
	text_puts(body, ": {\n");
	put_side(body, "inputs", signature->inputs, signature->n_inputs);
	put_side(body, "outputs", signature->outputs, signature->n_outputs);
	text_puts(body, "   \"method_name\": ");
	put_string(body, tfs_text(signature->method));
	text_puts(body, ",\n   \"defaults\": {}\n  }");
}

/* Three texts of protobuf, pasted together as they are there. */
void tfs_answer_metadata(struct call *call, const struct served *served)
{
	struct text *body = &call->response.body;
	struct tfs_signatures signatures;

	tfs_signatures_of(served->model, &signatures);
	text_puts(body, "{\n\"model_spec\":{\n \"name\": ");
	put_string(body, served->name);
	text_printf(body, ",\n \"signature_name\": \"\",\n \"version\": \"%" PRId64 "\"\n}\n,\n",
		    served->version);
	text_puts(body, "\"metadata\": {\"signature_def\": {\n \"signature_def\": {\n");
	for (size_t i = 0; i < signatures.n; i++) {
		text_puts(body, i > 0 ? ",\n" : "");
		put_signature(body, &signatures.list[i]);
	}
	text_puts(body, "\n }\n}\n}\n}\n");
	finish(call);
}
