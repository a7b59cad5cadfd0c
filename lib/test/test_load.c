/*
 * test_load.c - models that other programs made today against what those said of the same vectors
 * (lib/test/peers_read.py), models that must be refused against their message
 * (testdata/generate_foreign.py), and all of them cut short or with a bit turned.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "../base/crc32c.h"
#include "../emnist_origin.h"
#include "answers.h"
#include "bytes.h"

#define PEERS   "testdata/models/peers/"
#define FOREIGN "testdata/models/foreign/"

/* ------------------------------------------------------------------- answers */

static void test_answers(void **state)
{
	FILE *table = open_table(PEERS "outputs.tsv");
	char line[4096], path[256], *fields[3];
	size_t n = 0;

	(void)state;
	for (; next_line(table, line, sizeof(line), fields, 3); n++) {
		struct emnist_model *model;
		struct emnist_error error;

		snprintf(path, sizeof(path), PEERS "%s", fields[0]);
		if (emnist_model_read(path, NULL, &model, &error))
			fail_msg("%s: %s", fields[0], error.message);
		check_answer(model, fields[0], fields[1], fields[2]);
		emnist_model_free(model);
	}
	assert_int_equal(n, 5 * 20);
	fclose(table);
}

/* ------------------------------------------------------------------ refusals */

static void test_refusals(void **state)
{
	(void)state;
	check_refused(FOREIGN, "expected.tsv", "", 50);
}

/* -------------------------------------------------------------------- damage */

static const char *const whole_files[] = {
	"keras_vector_frozen.pb",
	"tensorflow_elu_of_parts.pb",
	"torch_state.safetensors",
};

static void test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t f = 0; f < sizeof(whole_files) / sizeof(*whole_files); f++) {
		char path[256];
		struct buffer file;

		snprintf(path, sizeof(path), PEERS "%s", whole_files[f]);
		file = read_bytes(path);
		for (size_t n = 0; n < file.nbytes; n += n < 64 ? 1 : 7) {
			struct emnist_model *model;
			struct emnist_error error;
			void *copy = malloc(n ? n : 1);

			assert_non_null(copy);
			memcpy(copy, file.data, n);
			if (emnist_model_parse(copy, n, NULL, &model, &error) == EMNIST_OK)
				emnist_model_free(model); /* between two nodes, of the graph */
			else
				assert_true(error.message[0] != '\0');
			free(copy);
		}
		buffer_clear(&file);
	}
}

static void test_turned_bits(void **state)
{
	(void)state;
	for (size_t f = 0; f < sizeof(whole_files) / sizeof(*whole_files); f++) {
		char path[256];
		struct buffer file;

		snprintf(path, sizeof(path), PEERS "%s", whole_files[f]);
		file = read_bytes(path);
		for (size_t i = 0; i < file.nbytes; i++) {
			struct emnist_model *model;

			file.data[i] ^= (unsigned char)(1u << i % 8);
			emnist_model_parse(file.data, file.nbytes, NULL, &model, NULL);
			emnist_model_free(model);
			file.data[i] ^= (unsigned char)(1u << i % 8);
		}
		buffer_clear(&file);
	}
}

/* ----------------------------------------------------------- files beside files */

/* A copy of a SavedModel of which one file has one byte changed, or is cut short by some. */
static void damage(const char *from, const char *which, size_t offset, size_t n_cut,
		   enum emnist_status expected, const char *message)
{
	static const char *const files[] = {"saved_model.pb", "variables/variables.index",
					    "variables/variables.data-00000-of-00001"};
	char folder[] = "/tmp/emnist-load-XXXXXX", path[512];
	struct emnist_error error = {.message = "none"};
	struct emnist_model *model;
	enum emnist_status status;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/variables", folder);
	assert_int_equal(mkdir(path, 0777), 0);
	for (size_t i = 0; i < 3; i++) {
		struct buffer file;

		snprintf(path, sizeof(path), PEERS "%s/%s", from, files[i]);
		file = read_bytes(path);
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		if (strcmp(files[i], which) == 0 && n_cut == 0)
			file.data[offset < file.nbytes ? offset : file.nbytes - 1] ^= 1;
		if (strcmp(files[i], which) == 0)
			file.nbytes -= n_cut;
		write_bytes(path, file.data, file.nbytes);
		buffer_clear(&file);
	}
	status = emnist_model_read(folder, NULL, &model, &error);
	assert_string_equal(status ? error.message : "", message);
	assert_int_equal(status, expected);
	emnist_model_free(model);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/variables", folder);
	rmdir(path);
	rmdir(folder);
}

static void test_damaged_variables(void **state)
{
	static const char *const index = "variables/variables.index";
	static const char *const data = "variables/variables.data-00000-of-00001";

	(void)state;
	damage("tensorflow1_saved", "none", 0, 0, EMNIST_OK, "");
	damage("tensorflow1_saved", index, 8, 0, EMNIST_ERR_CORRUPT,
	       "variables/variables.index is damaged: the checksum of a block is wrong");
	damage("tensorflow1_saved", index, SIZE_MAX, 0, EMNIST_ERR_FORMAT,
	       "variables/variables.index is not a table of saved tensors, or is cut short");
	damage("tensorflow1_saved", index, 0, 200, EMNIST_ERR_CORRUPT,
	       "variables/variables.index is damaged: it is cut short");
	damage("tensorflow1_saved", data, 0, 0, EMNIST_ERR_CORRUPT,
	       "the checksum of tensor 'Variable' is wrong");
	damage("tensorflow1_saved", data, SIZE_MAX, 0, EMNIST_ERR_CORRUPT,
	       "the checksum of tensor 'Variable_3' is wrong");
	damage("tensorflow1_saved", data, 0, 4, EMNIST_ERR_CORRUPT,
	       "tensor 'Variable_3' is beyond the end of its data file");
}

static void test_missing_files(void **state)
{
	struct emnist_error error;
	struct emnist_model *model;

	(void)state;
	assert_int_equal(emnist_model_read("lib", NULL, &model, &error), EMNIST_ERR_IO);
	assert_string_equal(error.message, "saved_model.pb: No such file or directory");
	assert_int_equal(emnist_model_read("nowhere", NULL, &model, &error), EMNIST_ERR_IO);
	assert_string_equal(error.message, "No such file or directory");
}

/* ONNX's external data may lie below the model's folder, nowhere else. */
static void check_location(const char *location, enum emnist_status expected, const char *message)
{
	static const char name[] = "torch_external.onnx.data";
	struct buffer file = read_bytes(PEERS "torch_external.onnx");
	char folder[] = "/tmp/emnist-load-XXXXXX", path[512];
	struct emnist_error error = {.message = "none"};
	struct emnist_model *model;

	/* As long as the name that stands there. */
	assert_int_equal(strlen(location), sizeof(name) - 1);
	for (unsigned char *at = file.data;
	     (at = memmem(at, file.nbytes - (size_t)(at - file.data), name, sizeof(name) - 1));)
		memcpy(at, location, sizeof(name) - 1);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/model.onnx", folder);
	write_bytes(path, file.data, file.nbytes);
	assert_int_equal(emnist_model_read(path, NULL, &model, &error), expected);
	assert_string_equal(error.message, message);
	unlink(path);
	rmdir(folder);
	buffer_clear(&file);
}

static void test_external_data(void **state)
{
	(void)state;
	check_location("torch_external.onnx.none", EMNIST_ERR_IO,
		       "torch_external.onnx.none: No such file or directory");
	check_location("../../../../../etc/group", EMNIST_ERR_CORRUPT,
		       "../../../../../etc/group: it is not a file in the model's folder");
	check_location("/../../../../../dev/null", EMNIST_ERR_CORRUPT,
		       "/../../../../../dev/null: it is not a file in the model's folder");
}

/* The right data, where a symbolic link beside the model leads to it: below the model's folder, and
 * out of it. */
static void test_external_data_behind_link(void **state)
{
	static const char name[] = "torch_external.onnx.data";
	struct buffer model_file = read_bytes(PEERS "torch_external.onnx");
	struct buffer data = read_bytes(PEERS "torch_external.onnx.data");
	char folder[] = "/tmp/emnist-load-XXXXXX", paths[4][512];
	struct emnist_error error = {.message = "none"};
	struct emnist_model *model;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(paths[0], sizeof(paths[0]), "%s/model", folder);
	snprintf(paths[1], sizeof(paths[1]), "%s/model/model.onnx", folder);
	snprintf(paths[2], sizeof(paths[2]), "%s/data", folder);
	snprintf(paths[3], sizeof(paths[3]), "%s/model/%s", folder, name);
	assert_int_equal(mkdir(paths[0], 0777), 0);
	write_bytes(paths[1], model_file.data, model_file.nbytes);
	write_bytes(paths[2], data.data, data.nbytes);
	assert_int_equal(symlink("../data", paths[3]), 0);
	assert_int_equal(emnist_model_read(paths[1], NULL, &model, &error), EMNIST_ERR_CORRUPT);
	assert_string_equal(error.message,
			    "torch_external.onnx.data: it is not a file in the model's folder");
	assert_int_equal(unlink(paths[3]), 0);
	assert_int_equal(unlink(paths[2]), 0);
	snprintf(paths[2], sizeof(paths[2]), "%s/model/data", folder);
	write_bytes(paths[2], data.data, data.nbytes);
	assert_int_equal(symlink("data", paths[3]), 0);
	assert_int_equal(emnist_model_read(paths[1], NULL, &model, &error), EMNIST_OK);
	emnist_model_free(model);
	for (size_t i = 4; i-- > 1;)
		assert_int_equal(unlink(paths[i]), 0);
	assert_int_equal(rmdir(paths[0]), 0);
	assert_int_equal(rmdir(folder), 0);
	buffer_clear(&model_file);
	buffer_clear(&data);
}

/* -------------------------------------------------------------------- others */

/* Known answers of RFC 3720, B.4. */
static void test_crc32c(void **state)
{
	uint8_t bytes[32] = {0};

	(void)state;
	assert_int_equal(crc32c(0, bytes, 32), 0x8a9136aa);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(crc32c(0, bytes, 32), 0x62a8ab43);
	for (unsigned i = 0; i < 32; i++)
		bytes[i] = (uint8_t)i;
	assert_int_equal(crc32c(0, bytes, 32), 0x46dd794e);
	assert_int_equal(crc32c(crc32c(0, bytes, 5), bytes + 5, 27), 0x46dd794e);
}

static const char *fact(const struct emnist_model *model, const char *key)
{
	const struct emnist_origin *origin = emnist_model_origin(model);

	for (size_t i = 0; i < origin->n_facts; i++)
		if (strcmp(origin->facts[i].key, key) == 0)
			return origin->facts[i].text;
	return NULL;
}

/* A file of weights alone does not say which activation is between them. */
static void test_given_activation(void **state)
{
	const struct emnist_model_options options = {.activation = EMNIST_TANH};
	const char *path = PEERS "torch_state.safetensors";
	struct emnist_model *model;

	(void)state;
	assert_int_equal(emnist_model_read(path, NULL, &model, NULL), EMNIST_OK);
	assert_int_equal(emnist_model_layer(model, 1).activation, EMNIST_RELU);
	assert_int_equal(emnist_model_layer(model, 2).activation, EMNIST_IDENTITY);
	assert_string_equal(fact(model, "assumed_activation"), "relu");
	emnist_model_free(model);
	assert_int_equal(emnist_model_read(path, &options, &model, NULL), EMNIST_OK);
	assert_int_equal(emnist_model_layer(model, 1).activation, EMNIST_TANH);
	assert_null(fact(model, "assumed_activation"));
	emnist_model_free(model);
}

static void test_origin(void **state)
{
	struct emnist_model *model;
	const struct emnist_origin *origin;

	(void)state;
	assert_int_equal(emnist_model_read(PEERS "keras_small_exported", NULL, &model, NULL),
			 EMNIST_OK);
	origin = emnist_model_origin(model);
	assert_int_equal(origin->format, EMNIST_FORMAT_SAVED_MODEL);
	assert_string_equal(fact(model, "tag"), "serve");
	assert_int_equal(origin->n_files, 3);
	assert_string_equal(origin->files[2].name, "variables/variables.data-00000-of-00001");
	assert_true(origin->n_signatures >= 2);
	emnist_model_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_turned_bits),
		cmocka_unit_test(test_damaged_variables),
		cmocka_unit_test(test_missing_files),
		cmocka_unit_test(test_external_data),
		cmocka_unit_test(test_external_data_behind_link),
		cmocka_unit_test(test_crc32c),
		cmocka_unit_test(test_given_activation),
		cmocka_unit_test(test_origin),
	};

	return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
