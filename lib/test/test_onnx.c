/*
 * test_onnx.c - models of testdata/models against what ONNX Runtime makes of them, malformed ones
 * against the message they must give; and that writing and reading a model changes no bit of it.
 */
#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../format/onnx.h"
#include "models.h"
#include "tables.h"

#define MODELS "testdata/models/"

/* Parses bytes that end where memory does, so that a read beyond them faults. */
static enum emnist_status parse_guarded(const void *bytes, size_t nbytes,
					struct emnist_model **model_ret, struct emnist_error *error)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t room = (nbytes + page - 1) / page * page;
	unsigned char *memory =
		mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	enum emnist_status status;

	assert_true(memory != MAP_FAILED);
	assert_int_equal(mprotect(memory + room, page, PROT_NONE), 0);
	memcpy(memory + room - nbytes, bytes, nbytes);
	status = emnist_model_parse(memory + room - nbytes, nbytes, NULL, model_ret, error);
	munmap(memory, room + page);
	return status;
}

/* ------------------------------------------------------- what exporters write */

/* Models whose arithmetic the oracle does with fewer digits than we do. */
static double tolerance_of(const char *model)
{
	if (strstr(model, "bfloat16"))
		return 2e-2;
	if (strstr(model, "float16") || strstr(model, "half"))
		return 2e-3;
	return 1e-6;
}

static void check_answer(const char *name, const char *inputs, const char *outputs)
{
	float vector[16], expected[16], probabilities[16];
	struct emnist_model *model;
	struct emnist_session *session;
	struct emnist_error error;
	char path[256];

	snprintf(path, sizeof(path), MODELS "%s.onnx", name);
	if (emnist_model_read(path, NULL, &model, &error))
		fail_msg("%s: %s", name, error.message);
	assert_int_equal(scan_numbers(inputs, vector, 16), emnist_model_n_inputs(model));
	assert_int_equal(scan_numbers(outputs, expected, 16), emnist_model_n_outputs(model));
	assert_int_equal(emnist_session_create(model, 1, &session, NULL), EMNIST_OK);
	assert_int_equal(emnist_session_run(session, vector, 1, probabilities, NULL), EMNIST_OK);
	for (size_t i = 0; i < emnist_model_n_outputs(model); i++) {
		const double difference = fabs((double)probabilities[i] - (double)expected[i]);

		if (!(difference <= tolerance_of(name)))
			fail_msg("%s: output %zu is %.9g, not %.9g", name, i,
				 (double)probabilities[i], (double)expected[i]);
	}
	emnist_session_free(session);
	emnist_model_free(model);
}

static void test_answers(void **state)
{
	FILE *table = open_table(MODELS "outputs.tsv");
	char line[2048];
	char *fields[4];
	size_t n = 0;

	(void)state;
	for (; next_line(table, line, sizeof(line), fields, 4); n++)
		check_answer(fields[0], fields[2], fields[3]);
	assert_true(n >= 200);
	fclose(table);
}

/* What IEEE 754 says that the bits of a binary16 number are. */
static float value_of_half(unsigned bits)
{
	const int exponent = (int)(bits >> 10 & 0x1f);
	const double fraction = (double)(bits & 0x3ff) / 1024;
	double magnitude =
		exponent == 0 ? ldexp(fraction, -14) : ldexp(1 + fraction, exponent - 15);

	if (exponent == 0x1f)
		magnitude = bits & 0x3ff ? NAN : INFINITY;
	return (float)(bits & 0x8000 ? -magnitude : magnitude);
}

static void test_every_half(void **state)
{
	static uint8_t raw[2 * 65536];
	static int32_t fields[65536];
	static float from_raw[65536], from_fields[65536];
	Onnx__TensorProto tensor = ONNX__TENSOR_PROTO__INIT;
	struct onnx_constant constant = {.tensor = &tensor, .n = 65536};

	(void)state;
	for (size_t i = 0; i < 65536; i++) {
		raw[2 * i] = (uint8_t)i;
		raw[2 * i + 1] = (uint8_t)(i >> 8);
		fields[i] = (int32_t)i;
	}
	tensor.data_type = ONNX_FLOAT16;
	tensor.int32_data = fields;
	tensor.n_int32_data = 65536;
	onnx_constant_values(&constant, from_fields);
	tensor.has_raw_data = true;
	tensor.raw_data = (ProtobufCBinaryData){sizeof(raw), raw};
	onnx_constant_values(&constant, from_raw);
	for (unsigned i = 0; i < 65536; i++) {
		const float expected = value_of_half(i);

		if (isnan(expected))
			assert_true(isnan(from_raw[i]) && isnan(from_fields[i]));
		else
			assert_true(from_raw[i] == expected && from_fields[i] == expected &&
				    !signbit(from_raw[i]) == !signbit(expected));
	}
}

static void test_malformed(void **state)
{
	FILE *table = open_table(MODELS "malformed/expected.tsv");
	char line[1024], path[256];
	char *fields[3];
	size_t n = 0;

	(void)state;
	for (; next_line(table, line, sizeof(line), fields, 3); n++) {
		struct emnist_error error = {.message = "none"};
		struct emnist_model *model;
		struct buffer file;
		enum emnist_status status;

		snprintf(path, sizeof(path), MODELS "malformed/%s.onnx", fields[0]);
		file = read_bytes(path);
		status = parse_guarded(file.data, file.nbytes, &model, &error);
		if (status == EMNIST_OK)
			fail_msg("%s is accepted", fields[0]);
		assert_null(model);
		assert_int_equal(error.code, status);
		if (strcmp(error.message, fields[2]) != 0)
			fail_msg("%s: '%s', not '%s'", fields[0], error.message, fields[2]);
		assert_string_equal(name_of_status(status), fields[1]);
		assert_int_equal(emnist_model_parse(file.data, file.nbytes, NULL, &model, NULL),
				 status);
		buffer_clear(&file);
	}
	assert_true(n >= 65);
	fclose(table);
}

/* No start of a file is a model, and each says so in peace. */
static void test_cut_anywhere(void **state)
{
	struct buffer file = read_bytes(MODELS "torchscript_norm_both.onnx");

	(void)state;
	for (size_t nbytes = 0; nbytes < file.nbytes; nbytes++) {
		struct emnist_model *model;

		assert_int_not_equal(parse_guarded(file.data, nbytes, &model, NULL), EMNIST_OK);
		assert_null(model);
	}
	buffer_clear(&file);
}

/* Each bit of a model is turned: whatever comes of it, nothing breaks. */
static void test_turned_bits(void **state)
{
	struct buffer file = read_bytes(MODELS "arithmetic.onnx");
	size_t n_refused = 0;

	(void)state;
	for (size_t bit = 0; bit < 8 * file.nbytes; bit++) {
		struct emnist_model *model;

		file.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
		n_refused += parse_guarded(file.data, file.nbytes, &model, NULL) != EMNIST_OK;
		emnist_model_free(model);
		file.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	assert_true(n_refused > file.nbytes);
	buffer_clear(&file);
}

/* ------------------------------------------------------------- there and back */

static void assert_same_model(const struct emnist_model *a, const struct emnist_model *b)
{
	assert_int_equal(a->n_layers, b->n_layers);
	assert_int_equal(a->softmax, b->softmax);
	for (size_t l = 0; l < a->n_layers; l++) {
		const struct layer *left = &a->layers[l], *right = &b->layers[l];

		assert_int_equal(left->n_inputs, right->n_inputs);
		assert_int_equal(left->n_outputs, right->n_outputs);
		assert_int_equal(left->activation, right->activation);
		assert_memory_equal(&left->alpha, &right->alpha, sizeof(left->alpha));
		assert_memory_equal(&left->gamma, &right->gamma, sizeof(left->gamma));
		assert_memory_equal(left->weights, right->weights,
				    sizeof(float) * left->n_inputs * left->n_outputs);
		assert_memory_equal(left->bias, right->bias, sizeof(float) * left->n_outputs);
	}
	assert_int_equal(emnist_labels_count(a->labels), emnist_labels_count(b->labels));
	for (size_t i = 0; i < emnist_labels_count(a->labels); i++)
		assert_string_equal(emnist_labels_text(a->labels, i),
				    emnist_labels_text(b->labels, i));
}

static void check_round_trip(const struct emnist_model *model)
{
	struct emnist_model *back;
	struct emnist_error error = {.message = "none"};
	void *bytes, *again;
	size_t nbytes, again_nbytes;

	assert_int_equal(emnist_model_export(model, NULL, &bytes, &nbytes, &error), EMNIST_OK);
	if (parse_guarded(bytes, nbytes, &back, &error))
		fail_msg("%s", error.message);
	assert_same_model(model, back);
	assert_int_equal(emnist_model_export(back, NULL, &again, &again_nbytes, &error), EMNIST_OK);
	assert_int_equal(nbytes, again_nbytes);
	assert_memory_equal(bytes, again, nbytes);
	emnist_model_free(back);
	free(bytes);
	free(again);
}

static void test_round_trip_keeps_every_bit(void **state)
{
	static const float odd[] = {-0.0f, 0x1.000002p-40f, -0x1.fffffep-40f, 0x1.fffffep127f,
				    0x1p-41f};

	(void)state;
	for (int activation = EMNIST_IDENTITY; activation <= EMNIST_TANH; activation++) {
		struct emnist_model *model =
			random_model((uint32_t[]){7, 5, 3, 47}, 4,
				     (enum emnist_activation)activation, (uint64_t)activation);

		assert_non_null(model);
		memcpy(model->layers[0].weights, odd, sizeof(odd));
		memcpy(model->layers[2].bias, odd, sizeof(odd));
		model->layers[1].alpha *= 1.1f;
		if (activation == EMNIST_IDENTITY || activation == EMNIST_RELU ||
		    activation == EMNIST_SIGMOID || activation == EMNIST_TANH)
			model->layers[1].alpha = 0;
		check_round_trip(model);
		emnist_model_free(model);
	}
}

static void test_round_trip_of_other_ends(void **state)
{
	struct emnist_model *model = random_model((uint32_t[]){6, 10}, 2, EMNIST_RELU, 1);

	(void)state;
	assert_non_null(model);
	activation_set(&model->layers[0], EMNIST_SIGMOID);
	model->softmax = false;
	check_round_trip(model);
	model->softmax = true;
	check_round_trip(model);
	activation_set(&model->layers[0], EMNIST_TANH);
	check_round_trip(model);
	emnist_model_free(model);
}

static void test_written_file(void **state)
{
	char folder[] = "/tmp/emnist-test-XXXXXX", path[64];
	struct emnist_model *model = random_model((uint32_t[]){6, 4, 26}, 3, EMNIST_ELU, 1);
	struct emnist_model *back;
	struct emnist_error error;
	struct buffer file;
	void *bytes;
	size_t nbytes;

	(void)state;
	assert_non_null(model);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/written.onnx", folder);
	assert_int_equal(emnist_model_save(model, path, NULL, &error), EMNIST_OK);
	assert_int_equal(emnist_model_export(model, NULL, &bytes, &nbytes, &error), EMNIST_OK);
	file = read_bytes(path);
	assert_int_equal(file.nbytes, nbytes);
	assert_memory_equal(file.data, bytes, nbytes);
	assert_non_null(memmem(bytes, nbytes, "emnist.labels", 13));
	assert_non_null(memmem(bytes, nbytes, "1 65 97\n2 66 98\n", 16));
	assert_non_null(memmem(bytes, nbytes,
			       "\x12\x04"
			       "auto",
			       6));
	assert_int_equal(emnist_model_read(path, NULL, &back, &error), EMNIST_OK);
	assert_same_model(model, back);
	assert_int_equal(emnist_model_preprocess(back), EMNIST_PREPROCESS_AUTO);
	assert_int_equal(emnist_model_save(model, "/nonexistent/model.onnx", NULL, &error),
			 EMNIST_ERR_IO);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	buffer_clear(&file);
	free(bytes);
	emnist_model_free(back);
	emnist_model_free(model);
}

static void test_preprocess_travels(void **state)
{
	struct emnist_model *model, *back;
	struct emnist_error error;
	unsigned char *name;
	void *bytes;
	size_t nbytes;

	(void)state;
	assert_int_equal(emnist_model_read(MODELS "labels.onnx", NULL, &model, &error), EMNIST_OK);
	assert_int_equal(emnist_model_preprocess(model), EMNIST_PREPROCESS_AUTO);
	model->preprocess = EMNIST_PREPROCESS_RAW;
	assert_int_equal(emnist_model_export(model, NULL, &bytes, &nbytes, &error), EMNIST_OK);
	assert_int_equal(emnist_model_parse(bytes, nbytes, NULL, &back, &error), EMNIST_OK);
	assert_int_equal(emnist_model_preprocess(back), EMNIST_PREPROCESS_RAW);
	emnist_model_free(back);
	name = memmem(bytes, nbytes, "\x03raw", 4);
	assert_non_null(name);
	name[1] = 'j';
	assert_int_equal(emnist_model_parse(bytes, nbytes, NULL, &back, &error),
			 EMNIST_ERR_UNSUPPORTED);
	assert_string_equal(error.message,
			    "metadata emnist.preprocess is 'jaw', not auto, raw or normalize");
	free(bytes);
	emnist_model_free(model);
}

/* ------------------------------------------------------------------- options */

static void test_limit_on_file(void **state)
{
	struct buffer file = read_bytes(MODELS "plain.onnx");
	struct emnist_model_options options = {.file_nbytes = file.nbytes};
	struct emnist_model *model;

	(void)state;
	assert_int_equal(emnist_model_read(MODELS "plain.onnx", &options, &model, NULL), EMNIST_OK);
	emnist_model_free(model);
	options.file_nbytes--;
	assert_int_equal(emnist_model_read(MODELS "plain.onnx", &options, &model, NULL),
			 EMNIST_ERR_LIMIT);
	assert_null(model);
	assert_int_equal(emnist_model_read(MODELS "none.onnx", NULL, &model, NULL), EMNIST_ERR_IO);
	assert_null(model);
	buffer_clear(&file);
}

/* Of what a model's first class is called. */
static void check_first_label(const char *path, const struct emnist_labels *wanted,
			      const char *expected)
{
	const struct emnist_model_options options = {.labels = wanted};
	struct emnist_model *model;

	assert_int_equal(emnist_model_read(path, &options, &model, NULL), EMNIST_OK);
	assert_string_equal(emnist_labels_text(emnist_model_labels(model), 0), expected);
	emnist_model_free(model);
}

static void test_labels(void **state)
{
	static const char ten[] = "0 48\n1 49\n2 50\n3 51\n4 52\n5 53\n6 54\n7 55\n8 56\n9 945\n";
	static const char greek[] =
		"0 945\n1 946\n2 947\n3 948\n4 949\n5 950\n6 951\n7 952\n8 953\n"
		"9 954\n";
	struct emnist_labels *labels, *few;
	struct emnist_model_options options = {0};
	struct emnist_model *model;
	struct emnist_error error;

	(void)state;
	assert_int_equal(emnist_labels_parse(greek, strlen(greek), &labels, NULL), EMNIST_OK);
	assert_int_equal(emnist_labels_parse(ten, 10, &few, NULL), EMNIST_OK);
	check_first_label(MODELS "plain.onnx", NULL, "0");
	check_first_label(MODELS "labels.onnx", NULL, "a");
	check_first_label(MODELS "plain.onnx", labels, "\u03b1");
	check_first_label(MODELS "labels.onnx", labels, "\u03b1");
	check_first_label(MODELS "malformed/too_few_labels.onnx", labels, "\u03b1");
	options.labels = few;
	assert_int_equal(emnist_model_read(MODELS "labels.onnx", &options, &model, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "2 labels for a model of 10 outputs");
	assert_null(model);
	emnist_labels_free(labels);
	emnist_labels_free(few);
}

static void test_description(void **state)
{
	struct emnist_model *model;
	struct emnist_layer_info info;

	(void)state;
	assert_int_equal(emnist_model_read(MODELS "torchscript_selu.onnx", NULL, &model, NULL),
			 EMNIST_OK);
	assert_int_equal(emnist_model_n_inputs(model), 6);
	assert_int_equal(emnist_model_n_outputs(model), 10);
	assert_int_equal(emnist_model_n_layers(model), 3);
	info = emnist_model_layer(model, 1);
	assert_int_equal(info.n_inputs, 5);
	assert_int_equal(info.n_outputs, 4);
	assert_int_equal(info.activation, EMNIST_SELU);
	info = emnist_model_layer(model, 2);
	assert_int_equal(info.activation, EMNIST_IDENTITY);
	emnist_model_free(model);
}

static void test_embedded_model(void **state)
{
	struct emnist_model *model;

	(void)state;
	assert_int_equal(emnist_model_default(&model, NULL), EMNIST_OK);
	assert_int_equal(emnist_model_n_inputs(model), EMNIST_VECTOR_LENGTH);
	assert_int_equal(emnist_model_n_outputs(model), 62);
	check_round_trip(model);
	emnist_model_free(model);
}

static void test_models_of_2018(void **state)
{
	static const char *const names[] = {"app/dnn_model_pt.onnx", "models/dnn_model_pt.onnx",
					    "models/dnn_model_pt_128.onnx"};
	const char *data = getenv("EMNIST_DATA");

	(void)state;
	if (!data || !*data)
		skip();
	for (size_t i = 0; i < 3; i++) {
		struct emnist_model *model;
		char path[4096];

		snprintf(path, sizeof(path), "%s/seed/%s", data, names[i]);
		assert_int_equal(emnist_model_read(path, NULL, &model, NULL), EMNIST_OK);
		assert_int_equal(emnist_model_n_inputs(model), 784);
		assert_int_equal(emnist_model_n_outputs(model), 62);
		assert_int_equal(emnist_model_layer(model, 0).activation, EMNIST_ELU);
		assert_string_equal(emnist_labels_text(emnist_model_labels(model), 61), "z");
		check_round_trip(model);
		emnist_model_free(model);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_every_half),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_turned_bits),
		cmocka_unit_test(test_round_trip_keeps_every_bit),
		cmocka_unit_test(test_round_trip_of_other_ends),
		cmocka_unit_test(test_written_file),
		cmocka_unit_test(test_preprocess_travels),
		cmocka_unit_test(test_limit_on_file),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_description),
		cmocka_unit_test(test_embedded_model),
		cmocka_unit_test(test_models_of_2018),
	};

	return cmocka_run_group_tests_name("onnx", tests, NULL, NULL);
}
