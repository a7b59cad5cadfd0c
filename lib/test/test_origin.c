/*
 * test_origin.c - what a model's file says of itself, and the digest of its bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../base/memory.h"
#include "../base/sha256.h"
#include "models.h"

/* ------------------------------------------------------------------- SHA-256 */

static void assert_digest(const void *bytes, size_t nbytes, const char *expected)
{
	uint8_t digest[SHA256_NBYTES];
	char text[2 * SHA256_NBYTES + 1];

	sha256_of(bytes, nbytes, digest);
	for (size_t i = 0; i < SHA256_NBYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(text, expected);
}

/* FIPS 180-4's examples. */
static void test_digests(void **state)
{
	(void)state;
	assert_digest("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_digest("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
		      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* Every way to end a block:
 * sha256(b"".join(sha256(bytes(range(n))).digest() for n in range(256))).hexdigest() */
static void test_digests_of_every_length(void **state)
{
	uint8_t bytes[256], digests[256][SHA256_NBYTES];

	(void)state;
	for (size_t n = 0; n < sizeof(bytes); n++) {
		bytes[n] = (uint8_t)n;
		sha256_of(bytes, n, digests[n]);
	}
	assert_digest(digests, sizeof(digests),
		      "b93dd1116d1648691c732d2011543b161309b842afef7ecb6f17adf2ebbd3426");
}

/* ---------------------------------------------------------------------- ONNX */

static struct emnist_model *read_model(const char *path, bool hash)
{
	const struct emnist_model_options options = {.hash_files = hash};
	struct emnist_model *model;
	struct emnist_error error;

	if (emnist_model_read(path, &options, &model, &error))
		fail_msg("%s: %s", path, error.message);
	return model;
}

static const struct emnist_origin_fact *find_fact(const struct emnist_origin *origin,
						  const char *key)
{
	for (size_t i = 0; i < origin->n_facts; i++)
		if (strcmp(origin->facts[i].key, key) == 0)
			return &origin->facts[i];
	return NULL;
}

static void assert_text(const struct emnist_origin *origin, const char *key, const char *text)
{
	const struct emnist_origin_fact *fact = find_fact(origin, key);

	assert_non_null(fact);
	assert_non_null(fact->text);
	assert_string_equal(fact->text, text);
}

static void assert_number(const struct emnist_origin *origin, const char *key, int64_t number)
{
	const struct emnist_origin_fact *fact = find_fact(origin, key);

	assert_non_null(fact);
	assert_null(fact->text);
	assert_int_equal(fact->number, number);
}

static void assert_matrix(const struct emnist_tensor_info *tensor, const char *name, int64_t n_rows,
			  const char *rows_name, int64_t n_columns)
{
	assert_null(tensor->key);
	assert_string_equal(tensor->name, name);
	assert_string_equal(tensor->type, "float32");
	assert_int_equal(tensor->rank, 2);
	assert_int_equal(tensor->dims[0].size, n_rows);
	assert_int_equal(tensor->dims[1].size, n_columns);
	assert_null(tensor->dims[1].name);
	if (rows_name)
		assert_string_equal(tensor->dims[0].name, rows_name);
	else
		assert_null(tensor->dims[0].name);
}

/* As Python's onnx prints of it; the digest is sha256sum's. */
static void test_pytorch_file(void **state)
{
	static const uint8_t digest[] = {0x4e, 0x0d, 0x5d, 0x0d, 0x1f, 0x58, 0x82, 0xe6,
					 0xcc, 0x6b, 0xaa, 0xbb, 0xec, 0x52, 0x38, 0x87,
					 0xe1, 0x5f, 0x31, 0x6c, 0x00, 0x58, 0x9f, 0x03,
					 0xc4, 0xa0, 0x52, 0x19, 0x1d, 0x3c, 0x7d, 0xba};
	struct emnist_model *model =
		read_model("testdata/models/torchscript_fixed_batch.onnx", true);
	const struct emnist_origin *origin = emnist_model_origin(model);

	(void)state;
	assert_int_equal(origin->format, EMNIST_FORMAT_ONNX);
	assert_string_equal(emnist_format_name(origin->format), "onnx");
	assert_text(origin, "producer", "pytorch");
	assert_text(origin, "producer_version", "2.15.0");
	assert_number(origin, "ir_version", 8);
	assert_number(origin, "opset", 17);
	assert_text(origin, "graph", "main_graph");
	assert_number(origin, "operators", 6);
	assert_null(find_fact(origin, "domain"));
	assert_null(find_fact(origin, "description"));
	assert_int_equal(origin->n_inputs, 1);
	assert_matrix(&origin->inputs[0], "input", 3, NULL, 6);
	assert_int_equal(origin->n_outputs, 1);
	assert_matrix(&origin->outputs[0], "output", 3, NULL, 10);
	assert_int_equal(origin->n_signatures, 0);
	assert_int_equal(origin->n_files, 1);
	assert_null(origin->files[0].name);
	assert_true(origin->files[0].has_sha256);
	assert_memory_equal(origin->files[0].sha256, digest, sizeof(digest));
	emnist_model_free(model);
}

/* Digests are made for those who ask. */
static void test_no_digest(void **state)
{
	struct emnist_model *model = read_model("testdata/models/dynamo_elu.onnx", false);
	const struct emnist_origin *origin = emnist_model_origin(model);

	(void)state;
	assert_false(origin->files[0].has_sha256);
	assert_matrix(&origin->inputs[0], "input", -1, "N", 6);
	assert_matrix(&origin->outputs[0], "linear_2", -1, "N", 10);
	emnist_model_free(model);
}

/* Files of IR version 3 list their weights among the inputs. */
static void test_old_file(void **state)
{
	struct emnist_model *model = read_model("testdata/models/opset6.onnx", false);
	const struct emnist_origin *origin = emnist_model_origin(model);

	(void)state;
	assert_number(origin, "ir_version", 3);
	assert_number(origin, "opset", 6);
	assert_int_equal(origin->n_inputs, 1);
	assert_matrix(&origin->inputs[0], "x", 1, NULL, 6);
	emnist_model_free(model);
}

static void test_trained_model(void **state)
{
	const uint32_t widths[] = {4, 10};
	struct emnist_model *model = random_model(widths, 2, EMNIST_RELU, 1);

	(void)state;
	assert_null(emnist_model_origin(model));
	assert_null(emnist_format_name(EMNIST_FORMAT_NONE));
	emnist_model_free(model);
}

static void test_embedded_file(void **state)
{
	size_t nbytes;
	const void *bytes = emnist_model_default_file(&nbytes);
	struct emnist_model *model;

	(void)state;
	assert_int_equal(emnist_model_default(&model, NULL), EMNIST_OK);
	assert_int_equal(emnist_model_origin(model)->files[0].nbytes, nbytes);
	assert_text(emnist_model_origin(model), "producer", "emnist");
	emnist_model_free(model);
	assert_int_equal(emnist_model_parse(bytes, nbytes, NULL, &model, NULL), EMNIST_OK);
	emnist_model_free(model);
}

/* ---------------------------------------------------------------- signatures */

/* Which come in any order, and are shown in one. */
static void test_signatures(void **state)
{
	const struct emnist_dim dims[] = {{-1, NULL}, {28, NULL}, {28, NULL}};
	struct origin *origin = origin_new(EMNIST_FORMAT_SAVED_MODEL);
	const struct emnist_signature *shown;

	(void)state;
	origin_add_signature(origin, "serving_default", "tensorflow/serving/predict");
	origin_add_signature_tensor(
		origin, ORIGIN_INPUT,
		&(struct emnist_tensor_info){"images", "Placeholder:0", "float32", dims, 3});
	origin_add_signature_tensor(
		origin, ORIGIN_OUTPUT,
		&(struct emnist_tensor_info){"scores", "Softmax:0", "float32", NULL, 0});
	origin_add_signature_tensor(
		origin, ORIGIN_OUTPUT,
		&(struct emnist_tensor_info){"classes", "Max:0", NULL, dims, 0});
	origin_add_signature(origin, "other", NULL);
	assert_true(origin_settle(origin));
	shown = origin_shown(origin)->signatures;
	assert_int_equal(origin_shown(origin)->n_signatures, 2);
	assert_string_equal(shown[0].name, "other");
	assert_null(shown[0].method);
	assert_int_equal(shown[0].n_inputs, 0);
	assert_string_equal(shown[1].name, "serving_default");
	assert_string_equal(shown[1].inputs[0].key, "images");
	assert_int_equal(shown[1].inputs[0].dims[2].size, 28);
	assert_string_equal(shown[1].outputs[0].key, "classes");
	assert_non_null(shown[1].outputs[0].dims);
	assert_string_equal(shown[1].outputs[1].key, "scores");
	assert_null(shown[1].outputs[1].dims);
	origin_free(origin);
}

/* Where there was no memory for it, it takes all and says so in the end. */
static void test_no_origin(void **state)
{
	(void)state;
	origin_add_text(NULL, "key", "text");
	origin_add_number(NULL, "key", 1);
	origin_add_file(NULL, NULL, "", 0, true);
	origin_add_signature(NULL, "name", NULL);
	origin_add_signature_tensor(NULL, ORIGIN_INPUT, &(struct emnist_tensor_info){0});
	origin_add_tensor(NULL, ORIGIN_INPUT, &(struct emnist_tensor_info){0});
	assert_false(origin_settle(NULL));
	assert_null(origin_shown(NULL));
	origin_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digests),
		cmocka_unit_test(test_digests_of_every_length),
		cmocka_unit_test(test_pytorch_file),
		cmocka_unit_test(test_no_digest),
		cmocka_unit_test(test_old_file),
		cmocka_unit_test(test_trained_model),
		cmocka_unit_test(test_embedded_file),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_no_origin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
