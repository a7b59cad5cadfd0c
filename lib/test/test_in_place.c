/*
 * test_in_place.c - weights that are not copied: who borrows from what, that nothing borrowed is
 * written to or outlived, and that what is left out of a file before it is unpacked comes back.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../format/onnx.h"
#include "../io/file.h"
#include "../network/model.h"
#include "models.h"

#define N_INPUTS 20

/* Whether a file's floats are this machine's. Elsewhere they are copied, and none is borrowed. */
#define BORROWS (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)

static const uint32_t widths[] = {N_INPUTS, 70, 10};

static bool lies_in(const void *pointer, const void *bytes, size_t nbytes)
{
	return (uintptr_t)pointer >= (uintptr_t)bytes &&
	       (uintptr_t)pointer - (uintptr_t)bytes < nbytes;
}

/* The file of a network whose weights are long enough to be left where they are. */
static void *encode(size_t *nbytes_ret)
{
	struct emnist_model *model = random_model(widths, 3, EMNIST_RELU, 3);
	void *bytes;

	assert_int_equal(emnist_model_export(model, NULL, &bytes, nbytes_ret, NULL), EMNIST_OK);
	emnist_model_free(model);
	return bytes;
}

static void write_temporary(char *path, const void *bytes, size_t nbytes)
{
	const int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, nbytes), nbytes);
	assert_int_equal(close(fd), 0);
}

/* The model of a file on disk. */
static struct emnist_model *read_model(const void *bytes, size_t nbytes)
{
	char path[] = "/tmp/emnist-in-place-XXXXXX";
	struct emnist_model *model;
	struct emnist_error error;

	write_temporary(path, bytes, nbytes);
	if (emnist_model_read(path, NULL, &model, &error))
		fail_msg("%s", error.message);
	unlink(path);
	return model;
}

static void check_same_weights(const struct emnist_model *a, const struct emnist_model *b)
{
	assert_int_equal(a->n_layers, b->n_layers);
	for (size_t l = 0; l < a->n_layers; l++) {
		const struct layer *x = &a->layers[l], *y = &b->layers[l];
		size_t n;

		assert_int_equal(x->n_inputs, y->n_inputs);
		assert_int_equal(x->n_outputs, y->n_outputs);
		assert_memory_equal(x->weights, y->weights,
				    sizeof(float) * x->n_inputs * x->n_outputs);
		assert_memory_equal(x->bias, y->bias, sizeof(float) * x->n_outputs);
		assert_true(panels_count(x->n_inputs, x->n_outputs, &n));
		assert_memory_equal(x->panels, y->panels, sizeof(float) * n);
	}
}

/* ----------------------------------------------------------- the built-in one */

/* Left out where nothing could be run to pack them. */
extern const float default_panels[] __attribute__((visibility("hidden")));
extern const float default_panels_end[] __attribute__((visibility("hidden")));

/* All of the built-in model but its biases is the library's, and is what reading its file gives. */
static void test_built_in(void **state)
{
	const bool has_panels = &default_panels[0] != &default_panels_end[0];
	size_t nbytes;
	const void *bytes = emnist_model_default_file(&nbytes);
	struct emnist_model *model, *parsed;

	(void)state;
#ifdef __x86_64__
	assert_true(has_panels);
#endif
	assert_int_equal(emnist_model_default(&model, NULL), EMNIST_OK);
	assert_int_equal(emnist_model_parse(bytes, nbytes, NULL, &parsed, NULL), EMNIST_OK);
	for (size_t l = 0; l < model->n_layers; l++) {
		assert_int_equal(model->layers[l].borrows_weights, BORROWS);
		assert_int_equal(model->layers[l].borrows_panels, has_panels);
		assert_int_equal(lies_in(model->layers[l].weights, bytes, nbytes), BORROWS);
		assert_false(parsed->layers[l].borrows_weights);
		assert_false(parsed->layers[l].borrows_panels);
	}
	assert_null(model->file);
	check_same_weights(model, parsed);
	emnist_model_free(model);
	emnist_model_free(parsed);
}

/* Panels of another number are not taken. */
static void test_panels_that_do_not_fit(void **state)
{
	static const float panels[128];
	struct emnist_model *model = random_model(widths, 3, EMNIST_RELU, 3);

	(void)state;
	for (size_t l = 0; l < model->n_layers; l++)
		layer_free_panels(&model->layers[l]);
	model_borrow_panels(model, panels, 128);
	for (size_t l = 0; l < model->n_layers; l++)
		assert_null(model->layers[l].panels);
	emnist_model_free(model);
}

/* Packed again, a borrowed model has panels of its own. */
static void test_laying_out_again(void **state)
{
	struct emnist_model *model, *other;

	(void)state;
	assert_int_equal(emnist_model_default(&model, NULL), EMNIST_OK);
	assert_int_equal(emnist_model_default(&other, NULL), EMNIST_OK);
	assert_true(model_pack(model, model->kernel));
	for (size_t l = 0; l < model->n_layers; l++) {
		assert_false(model->layers[l].borrows_panels);
		assert_ptr_not_equal(model->layers[l].panels, other->layers[l].panels);
	}
	check_same_weights(model, other);
	emnist_model_free(model);
	emnist_model_free(other);
}

/* --------------------------------------------------------------------- files */

/* Bytes of the caller's may go as soon as they have been parsed. */
static void test_parsed(void **state)
{
	size_t nbytes;
	unsigned char *bytes = encode(&nbytes);
	struct emnist_model *model, *expected = random_model(widths, 3, EMNIST_RELU, 3);

	(void)state;
	assert_int_equal(emnist_model_parse(bytes, nbytes, NULL, &model, NULL), EMNIST_OK);
	memset(bytes, 0xff, nbytes);
	free(bytes);
	for (size_t l = 0; l < model->n_layers; l++)
		assert_false(model->layers[l].borrows_weights);
	assert_null(model->file);
	check_same_weights(model, expected);
	emnist_model_free(model);
	emnist_model_free(expected);
}

/* A file on disk is kept with the model, whatever the address of the weights in it. */
static void test_read(void **state)
{
	struct emnist_model *expected = random_model(widths, 3, EMNIST_RELU, 3);

	(void)state;
	for (size_t i = 1; i <= 4; i++) {
		char name[] = "xxxx";
		const struct emnist_save_options options = {.input_name = name};
		struct emnist_model *model;
		size_t nbytes;
		void *bytes;

		name[i] = '\0';
		assert_int_equal(emnist_model_export(expected, &options, &bytes, &nbytes, NULL),
				 EMNIST_OK);
		model = read_model(bytes, nbytes);
		free(bytes);
		assert_int_equal(model->file != NULL, BORROWS);
		for (size_t l = 0; l < model->n_layers; l++) {
			assert_int_equal(model->layers[l].borrows_weights, BORROWS);
			if (BORROWS)
				assert_true(lies_in(model->layers[l].weights, model->file, nbytes));
			assert_false(model->layers[l].borrows_panels);
		}
		check_same_weights(model, expected);
		emnist_model_free(model);
	}
	emnist_model_free(expected);
}

/* Every model of testdata, however its weights are folded, is the same from disk, where it may
 * borrow, and from bytes, where it may not. */
static void test_folded(void **state)
{
	size_t n_borrowing = 0, n_owning = 0;
	glob_t found;

	(void)state;
	assert_int_equal(glob("testdata/models/*.onnx", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct buffer file = {0};
		struct emnist_model *read, *parsed;

		assert_int_equal(file_read(found.gl_pathv[i], 1 << 26, &file, NULL), EMNIST_OK);
		assert_int_equal(emnist_model_read(found.gl_pathv[i], NULL, &read, NULL),
				 EMNIST_OK);
		assert_int_equal(emnist_model_parse(file.data, file.nbytes, NULL, &parsed, NULL),
				 EMNIST_OK);
		check_same_weights(read, parsed);
		if (read->file)
			n_borrowing++;
		else
			n_owning++;
		/* What it was folded from is as it was. */
		if (read->file)
			assert_memory_equal(read->file, file.data, file.nbytes);
		emnist_model_free(read);
		emnist_model_free(parsed);
		buffer_clear(&file);
	}
	globfree(&found);
	assert_true((BORROWS ? n_borrowing > 10 : n_borrowing == 0) && n_owning > 10);
}

/* What changes borrowed weights takes a copy first. */
static void test_own_weights(void **state)
{
	struct emnist_model *model, *other;
	struct layer *layer;

	(void)state;
	assert_int_equal(emnist_model_default(&model, NULL), EMNIST_OK);
	assert_int_equal(emnist_model_default(&other, NULL), EMNIST_OK);
	layer = &model->layers[0];
	assert_true(layer_own_weights(layer));
	assert_false(layer->borrows_weights);
	check_same_weights(model, other);
	layer->weights[0] += 1;
	assert_true(layer->weights[0] != other->layers[0].weights[0]);
	assert_true(layer_own_weights(layer));
	emnist_model_free(model);
	emnist_model_free(other);
}

/* ------------------------------------------------------------- what is left out */

/* Unpacks bytes both ways: what comes of it packs to the same. */
static bool check_unpacking(const char *name, const void *bytes, size_t nbytes)
{
	Onnx__ModelProto *whole = onnx__model_proto__unpack(NULL, nbytes, bytes), *model = NULL;
	struct emnist_error error;
	enum emnist_status status = onnx_unpack(bytes, nbytes, &model, &error);
	bool is_left = false;

	if (!whole != !model || !status != !!model)
		fail_msg("%s: %s", name, model ? "is not unpacked" : error.message);
	if (model) {
		const size_t packed_nbytes = onnx__model_proto__get_packed_size(whole);
		uint8_t *a = malloc(packed_nbytes), *b = malloc(packed_nbytes);

		assert_int_equal(onnx__model_proto__get_packed_size(model), packed_nbytes);
		assert_true(a && b);
		onnx__model_proto__pack(whole, a);
		onnx__model_proto__pack(model, b);
		assert_memory_equal(a, b, packed_nbytes);
		for (size_t i = 0; model->graph && i < model->graph->n_initializer; i++)
			is_left = is_left ||
				  onnx_lies_in(model->graph->initializer[i], bytes, nbytes);
		free(a);
		free(b);
	}
	onnx__model_proto__free_unpacked(whole, NULL);
	onnx_unpacked_free(model, bytes, nbytes);
	return is_left;
}

static void test_unpacking_of_files(void **state)
{
	static const char *const patterns[] = {"testdata/models/*.onnx",
					       "testdata/models/malformed/*.onnx",
					       "lib/fuzz/corpus/onnx/*"};
	size_t n_left = 0, n = 0;

	(void)state;
	for (size_t p = 0; p < sizeof(patterns) / sizeof(*patterns); p++) {
		glob_t found;

		assert_int_equal(glob(patterns[p], 0, NULL, &found), 0);
		for (size_t i = 0; i < found.gl_pathc; i++, n++) {
			struct buffer file = {0};

			assert_int_equal(file_read(found.gl_pathv[i], 1 << 26, &file, NULL),
					 EMNIST_OK);
			n_left += check_unpacking(found.gl_pathv[i], file.data, file.nbytes);
			buffer_clear(&file);
		}
		globfree(&found);
	}
	assert_true(n_left > 20 && n_left < n);
}

/* Bytes that grow. */
struct bytes {
	unsigned char data[4096];
	size_t nbytes;
};

static void put(struct bytes *to, const void *data, size_t nbytes)
{
	assert_true(nbytes <= sizeof(to->data) - to->nbytes);
	memcpy(to->data + to->nbytes, data, nbytes);
	to->nbytes += nbytes;
}

/* A field of bytes whose length takes so many bytes. */
static void put_field(struct bytes *to, unsigned number, const struct bytes *data,
		      size_t length_nbytes)
{
	const unsigned char key = (unsigned char)(number << 3 | 2);

	put(to, &key, 1);
	for (size_t i = 0; i < length_nbytes; i++) {
		const unsigned char more = i + 1 < length_nbytes ? 0x80 : 0;
		const unsigned char byte =
			(unsigned char)((i < 5 ? data->nbytes >> 7 * i & 0x7f : 0) | more);

		put(to, &byte, 1);
	}
	put(to, data->data, data->nbytes);
}

/* Odd forms of a file that protobuf-c takes, merges, or refuses. */
static const struct form {
	const char *name;
	unsigned n_graphs, n_tensors, n_data;
	size_t length_nbytes[3]; /* of graph, tensor, data */
	bool is_left;
} forms[] = {
	{"plain", 1, 1, 1, {2, 2, 2}, true},
	{"three tensors", 1, 3, 1, {2, 2, 2}, true},
	{"two graphs", 2, 1, 1, {2, 2, 2}, false},
	{"data twice", 1, 2, 2, {2, 2, 2}, false},
	{"no data", 1, 2, 0, {2, 2, 2}, false},
	{"long lengths", 1, 2, 1, {5, 5, 5}, true},
	{"too long a length of the data", 1, 1, 1, {2, 2, 6}, false},
	{"too long a length of a tensor", 1, 1, 1, {2, 6, 2}, false},
	{"too long a length of the graph", 1, 1, 1, {6, 2, 2}, false},
};

static void make_form(const struct form *form, struct bytes *file)
{
	struct bytes data = {.nbytes = 200}, tensor = {0}, graph = {0};

	for (size_t i = 0; i < data.nbytes; i++)
		data.data[i] = (unsigned char)(i * 7);
	put(&tensor, "\x08\x32\x10\x01", 4);
	for (unsigned i = 0; i < form->n_data; i++, data.data[0]++)
		put_field(&tensor, 9, &data, form->length_nbytes[2]);
	put(&tensor, "\x42\x01w", 3);
	put(&graph, "\x12\x01g", 3);
	for (unsigned i = 0; i < form->n_tensors; i++)
		put_field(&graph, 5, &tensor, form->length_nbytes[1]);
	put(&graph, "\x0a\x00", 2);
	file->nbytes = 0;
	put(file, "\x08\x08", 2);
	for (unsigned i = 0; i < form->n_graphs; i++)
		put_field(file, 7, &graph, form->length_nbytes[0]);
	put(file, "\x42\x02\x10\x11", 4);
}

static void test_unpacking_of_odd_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct bytes file;

		make_form(&forms[i], &file);
		if (check_unpacking(forms[i].name, file.data, file.nbytes) != forms[i].is_left)
			fail_msg("%s: data is %s", forms[i].name,
				 forms[i].is_left ? "copied" : "left");
		/* Cut short anywhere, and with any of its bytes changed. */
		for (size_t n = 0; n < file.nbytes; n++)
			check_unpacking(forms[i].name, file.data, n);
		for (size_t n = 0; n < file.nbytes; n++)
			for (unsigned bit = 0; bit < 8; bit++) {
				file.data[n] ^= (unsigned char)(1 << bit);
				check_unpacking(forms[i].name, file.data, file.nbytes);
				file.data[n] ^= (unsigned char)(1 << bit);
			}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_built_in),
		cmocka_unit_test(test_panels_that_do_not_fit),
		cmocka_unit_test(test_laying_out_again),
		cmocka_unit_test(test_parsed),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_folded),
		cmocka_unit_test(test_own_weights),
		cmocka_unit_test(test_unpacking_of_files),
		cmocka_unit_test(test_unpacking_of_odd_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
