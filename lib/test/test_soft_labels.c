/*
 * test_soft_labels.c - variants written for teachers elsewhere, and learning from what they said.
 */
#include "../emnist_train.h"
#include "../network/model.h"
#include "../train/soft_labels.h"
#include "bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <math.h>

#define IMAGES_PATH "testdata/idx/strokes-byclass-test-images-idx3-ubyte"
#define N_CLASSES   62
#define N_COPIES    3 /* of the same data, to have more images than a shard */

static char folder[] = "/tmp/emnist-test-soft-XXXXXX";
static char soft_path[64], variants_path[64], checkpoint_path[64];
static const char *const soft_paths[] = {soft_path, soft_path};

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(soft_path, sizeof(soft_path), "%s/soft", folder);
	snprintf(variants_path, sizeof(variants_path), "%s/variants", folder);
	snprintf(checkpoint_path, sizeof(checkpoint_path), "%s/checkpoint", folder);
	return 0;
}

static void path_in_variants(const char *name, char path[static 128])
{
	snprintf(path, 128, "%s/%s", variants_path, name);
}

static void remove_variants(void)
{
	static const char *const names[] = {"variant0-images-idx3-ubyte",
					    "variant1-images-idx3-ubyte", "classes-idx2-ubyte",
					    "weights-idx1-float", "sizes-idx1-int"};
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_in_variants(names[i], path);
		unlink(path);
	}
	rmdir(variants_path);
}

static int remove_folder(void **state)
{
	(void)state;
	remove_variants();
	unlink(soft_path);
	unlink(checkpoint_path);
	return rmdir(folder);
}

static struct emnist_dataset *open_data(const char *path, const char *labels_path)
{
	const struct emnist_dataset_options options = {.labels_path = labels_path};
	struct emnist_dataset *dataset;
	struct emnist_error error;

	if (emnist_dataset_open(path, &options, &dataset, &error))
		fail_msg("%s", error.message);
	return dataset;
}

/* A small network, short steps, and images as they are. */
static struct emnist_train_options plain_run(void)
{
	static const uint32_t hidden[] = {16};

	return (struct emnist_train_options){
		.hidden = hidden,
		.n_hidden = 1,
		.n_epochs = 3,
		.n_rows = 32,
		.rotate = -1,
		.scale = -1,
		.shear = -1,
		.shift = -1,
		.seed = 5,
	};
}

static struct emnist_model *train(const char *path, const char *labels_path, size_t n_copies,
				  const struct emnist_train_options *options)
{
	struct emnist_dataset *datasets[N_COPIES] = {0};
	struct emnist_model *model;
	struct emnist_error error;

	for (size_t i = 0; i < n_copies; i++)
		datasets[i] = open_data(path, labels_path);
	if (emnist_train(datasets, n_copies, options, &model, &error))
		fail_msg("%s", error.message);
	for (size_t i = 0; i < n_copies; i++)
		emnist_dataset_free(datasets[i]);
	return model;
}

/* The mean difference between two models' weights. */
static double distance(const struct emnist_model *a, const struct emnist_model *b)
{
	double sum = 0;
	size_t n_weights = 0;

	assert_int_equal(a->n_layers, b->n_layers);
	for (size_t l = 0; l < a->n_layers; l++) {
		const size_t n = (size_t)a->layers[l].n_inputs * a->layers[l].n_outputs;

		for (size_t i = 0; i < n; i++)
			sum += fabs((double)a->layers[l].weights[i] -
				    (double)b->layers[l].weights[i]);
		n_weights += n;
	}
	return sum / (double)n_weights;
}

static void put_u32(FILE *file, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		fputc((int)(value >> shift & 0xff), file);
}

/* Writes what model says of each image of the data as variant 0, and nonsense as variant 1. */
static void write_soft_labels(const struct emnist_model *model, uint32_t n_copies)
{
	struct emnist_dataset *dataset = open_data(IMAGES_PATH, NULL);
	const size_t n_images = emnist_dataset_count(dataset);
	uint8_t *pixels = calloc(n_images, EMNIST_VECTOR_LENGTH);
	uint16_t *classes = calloc(n_images, sizeof(*classes));
	FILE *file = fopen(soft_path, "wb");
	struct emnist_session *session;
	size_t n;

	assert_true(file && pixels && classes);
	assert_int_equal(emnist_session_create(model, 1, &session, NULL), EMNIST_OK);
	assert_int_equal(emnist_dataset_read(dataset, n_images, pixels, classes, &n, NULL), 0);
	put_u32(file, 0xd03);
	put_u32(file, 2);
	put_u32(file, (uint32_t)n_images * n_copies);
	put_u32(file, N_CLASSES);
	for (size_t i = 0; i < 2 * n_copies * n_images; i++) {
		float vector[EMNIST_VECTOR_LENGTH], scores[N_CLASSES];

		for (size_t p = 0; p < EMNIST_VECTOR_LENGTH; p++)
			vector[p] = (float)pixels[i % n_images * EMNIST_VECTOR_LENGTH + p] / 255.0F;
		assert_int_equal(emnist_session_run(session, vector, 1, scores, NULL), EMNIST_OK);
		for (size_t c = 0; c < N_CLASSES; c++) {
			uint32_t bits;

			memcpy(&bits, &scores[c], sizeof(bits));
			put_u32(file, i < n_copies * n_images ? bits : 0);
		}
	}
	assert_int_equal(fclose(file), 0);
	emnist_session_free(session);
	emnist_dataset_free(dataset);
	free(pixels);
	free(classes);
}

/* What a teacher wrote down teaches what the teacher itself teaches. */
static void soft_labels_are_the_teachers_answers(void **state)
{
	struct emnist_train_options options = plain_run();
	struct emnist_model *teacher, *taught, *read, *alone;

	(void)state;
	options.seed = 9;
	teacher = train(IMAGES_PATH, NULL, N_COPIES, &options);
	options = plain_run();
	options.n_epochs = 1;
	options.n_rows = 96; /* of three shards */
	alone = train(IMAGES_PATH, NULL, N_COPIES, &options);
	options.teachers = (const struct emnist_model *const *)&teacher;
	options.n_teachers = 1;
	taught = train(IMAGES_PATH, NULL, N_COPIES, &options);
	write_soft_labels(teacher, N_COPIES);
	options.n_teachers = 0;
	options.soft_labels_paths = soft_paths;
	options.n_soft_labels = 1;
	options.n_soft_labels = 2; /* the mean of a teacher and itself */
	read = train(IMAGES_PATH, NULL, N_COPIES, &options);
	assert_true(distance(taught, read) < distance(taught, alone) / 100);
	emnist_model_free(teacher);
	emnist_model_free(taught);
	emnist_model_free(read);
	emnist_model_free(alone);
}

static void write_variants(const struct emnist_train_options *options)
{
	struct emnist_dataset *dataset = open_data(IMAGES_PATH, NULL);
	struct emnist_error error;

	if (emnist_train_write_variants(&dataset, 1, options, variants_path, &error))
		fail_msg("%s", error.message);
	emnist_dataset_free(dataset);
}

/* Without distortion, what is written is the dataset's file, to the byte. */
static void undistorted_variants_are_the_images(void **state)
{
	struct emnist_train_options options = plain_run();
	struct buffer images = read_bytes(IMAGES_PATH), variant;
	char path[128];

	(void)state;
	options.n_variants = 2;
	write_variants(&options);
	path_in_variants("variant1-images-idx3-ubyte", path);
	variant = read_bytes(path);
	assert_int_equal(variant.nbytes, images.nbytes);
	assert_memory_equal(variant.data, images.data, images.nbytes);
	buffer_clear(&variant);
	buffer_clear(&images);
	remove_variants();
}

static float float_at(const unsigned char *bytes)
{
	const uint32_t bits = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
			      (uint32_t)bytes[2] << 8 | bytes[3];
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* Images held out weigh nothing and stay as they are; the others are distorted. */
static void images_held_out_stay_as_they_are(void **state)
{
	struct emnist_train_options options = {.n_variants = 1, .validation = 0.25, .seed = 5};
	struct buffer images = read_bytes(IMAGES_PATH), variant, weights;
	size_t n_images, n_held_out = 0;
	char path[128];

	(void)state;
	write_variants(&options);
	path_in_variants("variant0-images-idx3-ubyte", path);
	variant = read_bytes(path);
	path_in_variants("weights-idx1-float", path);
	weights = read_bytes(path);
	n_images = (weights.nbytes - 8) / 4;
	assert_int_equal(variant.nbytes, images.nbytes);
	assert_int_equal(variant.nbytes, 16 + n_images * EMNIST_VECTOR_LENGTH);
	for (size_t i = 0; i < n_images; i++) {
		const size_t at = 16 + i * EMNIST_VECTOR_LENGTH;
		const float weight = float_at(weights.data + 8 + 4 * i);
		const bool same =
			memcmp(variant.data + at, images.data + at, EMNIST_VECTOR_LENGTH) == 0;

		assert_true(weight == 0 || weight == 1);
		assert_true(same == (weight == 0));
		n_held_out += weight == 0;
	}
	assert_int_equal(n_held_out, n_images / 4);
	buffer_clear(&variant);
	buffer_clear(&weights);
	buffer_clear(&images);
	remove_variants();
}

/* Twice the same dataset of 40 images. */
static void sizes_are_those_of_the_datasets(void **state)
{
	static const unsigned char expected[] = {0, 0, 0x0c, 1,  0, 0, 0, 2,
						 0, 0, 0,    40, 0, 0, 0, 40};
	struct emnist_train_options options = {.n_variants = 1};
	struct emnist_dataset *datasets[] = {open_data(IMAGES_PATH, NULL),
					     open_data(IMAGES_PATH, NULL)};
	struct buffer sizes;
	char path[128];

	(void)state;
	assert_int_equal(emnist_train_write_variants(datasets, 2, &options, variants_path, NULL),
			 EMNIST_OK);
	emnist_dataset_free(datasets[0]);
	emnist_dataset_free(datasets[1]);
	path_in_variants("sizes-idx1-int", path);
	sizes = read_bytes(path);
	assert_int_equal(sizes.nbytes, sizeof(expected));
	assert_memory_equal(sizes.data, expected, sizeof(expected));
	buffer_clear(&sizes);
	remove_variants();
}

/* Each class has one image, which weighs as much as the class is frequent; 1 on average. */
static void weights_are_written(void **state)
{
	struct emnist_train_options options = plain_run();
	struct emnist_dataset *dataset = open_data(IMAGES_PATH, NULL);
	const size_t n_images = emnist_dataset_count(dataset);
	double frequencies[N_CLASSES], sum = 0;
	bool seen[N_CLASSES] = {false};
	struct buffer weights;
	uint16_t classes[64];
	char path[128];

	(void)state;
	for (size_t c = 0; c < N_CLASSES; c++)
		frequencies[c] = (double)(1 + c % 7);
	assert_in_range(n_images, 2, 64);
	for (size_t i = 0; i < n_images; i++) {
		uint8_t pixels[EMNIST_VECTOR_LENGTH];
		size_t n;

		emnist_dataset_read(dataset, 1, pixels, &classes[i], &n, NULL);
		assert_false(seen[classes[i]]);
		seen[classes[i]] = true;
		sum += frequencies[classes[i]];
	}
	options.n_variants = 1;
	options.class_frequencies = frequencies;
	write_variants(&options);
	path_in_variants("weights-idx1-float", path);
	weights = read_bytes(path);
	for (size_t i = 0; i < n_images; i++) {
		const double wanted = frequencies[classes[i]] * (double)n_images / sum;

		assert_true(fabs((double)float_at(weights.data + 8 + 4 * i) / wanted - 1) < 1e-5);
	}
	buffer_clear(&weights);
	emnist_dataset_free(dataset);
	remove_variants();
}

/* Each image may be of the class that its label says. */
static void classes_are_the_labels(void **state)
{
	struct emnist_train_options options = plain_run();
	struct emnist_dataset *dataset = open_data(IMAGES_PATH, NULL);
	const size_t n_images = emnist_dataset_count(dataset);
	uint8_t pixels[EMNIST_VECTOR_LENGTH];
	struct buffer classes;
	char path[128];

	(void)state;
	options.n_variants = 1;
	write_variants(&options);
	path_in_variants("classes-idx2-ubyte", path);
	classes = read_bytes(path);
	assert_int_equal(classes.nbytes, 12 + n_images * N_CLASSES);
	for (size_t i = 0; i < n_images; i++) {
		uint16_t class;
		size_t n;

		emnist_dataset_read(dataset, 1, pixels, &class, &n, NULL);
		for (size_t c = 0; c < N_CLASSES; c++)
			assert_int_equal(classes.data[12 + i * N_CLASSES + c], c == class);
	}
	buffer_clear(&classes);
	emnist_dataset_free(dataset);
	remove_variants();
}

/* Training on distorted images is training on what was written, but for its 256 levels. */
static void what_is_written_is_what_is_shown(void **state)
{
	struct emnist_train_options distorted = plain_run(), plain = plain_run();
	struct emnist_model *shown, *written, *other;
	char path[128];

	(void)state;
	distorted.n_variants = 2;
	distorted.n_epochs = plain.n_epochs = 1;
	distorted.rotate = 20;
	distorted.elastic = 1;
	shown = train(IMAGES_PATH, NULL, 1, &distorted);
	write_variants(&distorted);
	path_in_variants("variant0-images-idx3-ubyte", path);
	written = train(path, "testdata/idx/strokes-byclass-test-labels-idx1-ubyte.gz", 1, &plain);
	path_in_variants("variant1-images-idx3-ubyte", path);
	other = train(path, "testdata/idx/strokes-byclass-test-labels-idx1-ubyte.gz", 1, &plain);
	assert_true(distance(shown, written) < distance(shown, other) / 10);
	emnist_model_free(shown);
	emnist_model_free(written);
	emnist_model_free(other);
	remove_variants();
}

static void bad_soft_labels_are_refused(void **state)
{
	static const struct {
		const char *name;
		enum emnist_status status;
		const char *message;
	} cases[] = {
		{"two-variants", EMNIST_OK, ""},
		{"one-variant", EMNIST_OK, ""},
		{"empty", EMNIST_ERR_CORRUPT, "the soft labels end too soon"},
		{"truncated", EMNIST_ERR_CORRUPT,
		 "109 bytes of soft labels: the header promises 112"},
		{"trailing", EMNIST_ERR_CORRUPT,
		 "113 bytes of soft labels: the header promises 112"},
		{"other-images", EMNIST_ERR_ARGUMENT,
		 "soft labels for 4 images and 4 classes instead of 3 and 4"},
		{"no-variants", EMNIST_ERR_LIMIT, "soft labels for 0 variants: must be 1 to 65536"},
		{"magic-of-bytes", EMNIST_ERR_FORMAT,
		 "not an idx file of soft labels: it begins with 0x00000803 instead of 0x00000d03"},
		{"not-a-number", EMNIST_ERR_CORRUPT,
		 "image 2 of variant 0: values are not probabilities"},
		{"infinite", EMNIST_ERR_CORRUPT,
		 "image 2 of variant 0: values are not probabilities"},
		{"negative", EMNIST_ERR_CORRUPT,
		 "image 2 of variant 0: values are not probabilities"},
		{"sum-of-two", EMNIST_ERR_CORRUPT,
		 "image 2 of variant 0: values are not probabilities"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct emnist_error error = {0};
		struct soft_labels *labels;
		float probabilities[4];
		char path[128];
		enum emnist_status status;

		snprintf(path, sizeof(path), "lib/fuzz/corpus/soft_labels/%s", cases[i].name);
		status = soft_labels_open(&labels, path, 3, 4, &error);
		if (!status)
			status = soft_labels_read(labels, 0, 2, probabilities, &error);
		soft_labels_close(labels);
		assert_int_equal(status, cases[i].status);
		assert_string_equal(error.message, cases[i].message);
	}
}

/* Soft labels of one image and two classes, of which it says this. */
static enum emnist_status read_probabilities(float first, float second)
{
	const float probabilities[] = {first, second};
	struct soft_labels *labels;
	FILE *file = fopen(soft_path, "wb");
	enum emnist_status status;
	float read[2];

	assert_non_null(file);
	put_u32(file, 0xd03);
	put_u32(file, 1);
	put_u32(file, 1);
	put_u32(file, 2);
	for (int c = 0; c < 2; c++) {
		uint32_t bits;

		memcpy(&bits, &probabilities[c], sizeof(bits));
		put_u32(file, bits);
	}
	assert_int_equal(fclose(file), 0);
	assert_int_equal(soft_labels_open(&labels, soft_path, 1, 2, NULL), EMNIST_OK);
	status = soft_labels_read(labels, 0, 0, read, NULL);
	soft_labels_close(labels);
	if (!status)
		assert_memory_equal(read, probabilities, sizeof(read));
	return status;
}

/* As sums of half precision are. */
static void sums_are_1_or_nearly(void **state)
{
	(void)state;
	assert_int_equal(read_probabilities(0.25F, 0.75F), EMNIST_OK);
	assert_int_equal(read_probabilities(0.25F, 0.7595F), EMNIST_OK);
	assert_int_equal(read_probabilities(0.25F, 0.7405F), EMNIST_OK);
	assert_int_equal(read_probabilities(0.25F, 0.761F), EMNIST_ERR_CORRUPT);
	assert_int_equal(read_probabilities(0.25F, 0.739F), EMNIST_ERR_CORRUPT);
	assert_int_equal(read_probabilities(1.001F, -0.001F), EMNIST_ERR_CORRUPT);
}

/* What is no file does not keep training waiting. */
static void soft_labels_are_plain_files(void **state)
{
	struct soft_labels *labels;
	struct emnist_error error;

	(void)state;
	unlink(soft_path);
	assert_int_equal(mkfifo(soft_path, 0600), 0);
	assert_int_equal(soft_labels_open(&labels, soft_path, 3, 4, &error), EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "soft labels must be a regular file");
	unlink(soft_path);
	assert_int_equal(soft_labels_open(&labels, soft_path, 3, 4, &error), EMNIST_ERR_IO);
	assert_string_equal(error.message, "No such file or directory");
	assert_int_equal(soft_labels_open(&labels, folder, 3, 4, &error), EMNIST_ERR_IO);
	assert_string_equal(error.message, "Is a directory");
}

/* A run does not go on with what others say. */
static void checkpoints_are_of_the_soft_labels(void **state)
{
	struct emnist_train_options options = plain_run();
	struct emnist_model *first = train(IMAGES_PATH, NULL, 1, &options), *second, *model;
	struct emnist_dataset *dataset;
	struct emnist_error error;
	char message[sizeof(error.message)];

	(void)state;
	options.seed++;
	second = train(IMAGES_PATH, NULL, 1, &options);
	options.n_epochs = 1;
	options.soft_labels_paths = soft_paths;
	options.n_soft_labels = 1;
	options.checkpoint_path = checkpoint_path;
	write_soft_labels(first, 1);
	emnist_model_free(train(IMAGES_PATH, NULL, 1, &options));
	emnist_model_free(train(IMAGES_PATH, NULL, 1, &options));
	write_soft_labels(second, 1);
	dataset = open_data(IMAGES_PATH, NULL);
	assert_int_equal(emnist_train(&dataset, 1, &options, &model, &error), EMNIST_ERR_ARGUMENT);
	snprintf(message, sizeof(message),
		 "'%s': the checkpoint was made with other options or data", checkpoint_path);
	assert_string_equal(error.message, message);
	emnist_dataset_free(dataset);
	/* Likewise where the teachers themselves are asked. */
	unlink(checkpoint_path);
	options.n_soft_labels = 0;
	options.n_teachers = 1;
	options.teachers = (const struct emnist_model *const *)&first;
	emnist_model_free(train(IMAGES_PATH, NULL, 1, &options));
	options.teachers = (const struct emnist_model *const *)&second;
	dataset = open_data(IMAGES_PATH, NULL);
	assert_int_equal(emnist_train(&dataset, 1, &options, &model, &error), EMNIST_ERR_ARGUMENT);
	emnist_dataset_free(dataset);
	emnist_model_free(first);
	emnist_model_free(second);
}

/* Soft labels that say nothing of the images, and of one of them no probabilities. */
static void write_but_one(uint32_t n_images, uint32_t damaged)
{
	const float uniform = 1.0F / N_CLASSES;
	FILE *file = fopen(soft_path, "wb");
	uint32_t bits;

	assert_non_null(file);
	memcpy(&bits, &uniform, sizeof(bits));
	put_u32(file, 0xd03);
	put_u32(file, 1);
	put_u32(file, n_images);
	put_u32(file, N_CLASSES);
	for (uint32_t i = 0; i < n_images * N_CLASSES; i++)
		put_u32(file, i / N_CLASSES == damaged ? 0 : bits);
	assert_int_equal(fclose(file), 0);
}

/* Of 40 images a step takes 32: which are left over is for chance to say, anew each epoch. */
static void images_left_over_come_later(void **state)
{
	struct emnist_train_options options = plain_run();
	struct emnist_model *model;
	uint32_t n_left_over = 0;

	(void)state;
	options.soft_labels_paths = soft_paths;
	options.n_soft_labels = 1;
	for (uint32_t i = 0; i < 40; i++) {
		struct emnist_dataset *dataset;

		write_but_one(40, i);
		options.n_epochs = 1;
		dataset = open_data(IMAGES_PATH, NULL);
		if (emnist_train(&dataset, 1, &options, &model, NULL) == EMNIST_OK) {
			emnist_model_free(model);
			n_left_over++;
			emnist_dataset_free(dataset);
			options.n_epochs = 12;
			dataset = open_data(IMAGES_PATH, NULL);
			assert_int_equal(emnist_train(&dataset, 1, &options, &model, NULL),
					 EMNIST_ERR_CORRUPT);
		}
		emnist_dataset_free(dataset);
	}
	assert_int_equal(n_left_over, 8);
}

/* A file that is damaged in the middle ends the run with its name and the place. */
static void damage_stops_training(void **state)
{
	struct emnist_train_options options = plain_run();
	struct emnist_model *teacher = train(IMAGES_PATH, NULL, 1, &options), *model;
	struct emnist_dataset *dataset = open_data(IMAGES_PATH, NULL);
	struct emnist_error error;
	FILE *file;

	(void)state;
	write_soft_labels(teacher, 1);
	file = fopen(soft_path, "r+b");
	assert_non_null(file);
	fseek(file, 16 + 4 * N_CLASSES, SEEK_SET);
	put_u32(file, 0x7fc00000);
	assert_int_equal(fclose(file), 0);
	options.soft_labels_paths = soft_paths;
	options.n_soft_labels = 1;
	assert_int_equal(emnist_train(&dataset, 1, &options, &model, &error), EMNIST_ERR_CORRUPT);
	assert_string_equal(error.message,
			    "soft labels 1: image 1 of variant 0: values are not probabilities");
	emnist_dataset_free(dataset);
	emnist_model_free(teacher);
}

/* The second epoch shows the second variant. */
static void variants_take_turns(void **state)
{
	struct emnist_train_options options = plain_run();
	struct emnist_model *teacher = train(IMAGES_PATH, NULL, 1, &options), *model;
	struct emnist_dataset *dataset = open_data(IMAGES_PATH, NULL);
	struct emnist_error error;

	(void)state;
	write_soft_labels(teacher, 1);
	options.soft_labels_paths = soft_paths;
	options.n_soft_labels = 1;
	options.n_epochs = 2;
	assert_int_equal(emnist_train(&dataset, 1, &options, &model, &error), EMNIST_ERR_CORRUPT);
	assert_non_null(strstr(error.message, " of variant 1: values are not probabilities"));
	emnist_dataset_free(dataset);
	emnist_model_free(teacher);
}

static void options_must_agree(void **state)
{
	struct emnist_train_options options = plain_run();
	struct emnist_model *teacher = train(IMAGES_PATH, NULL, 1, &options), *model;
	struct emnist_dataset *dataset;
	struct emnist_error error;
	char message[sizeof(error.message)];

	(void)state;
	write_soft_labels(teacher, 1);
	options.soft_labels_paths = soft_paths;
	options.n_soft_labels = 1;
	options.n_variants = 3;
	dataset = open_data(IMAGES_PATH, NULL);
	assert_int_equal(emnist_train(&dataset, 1, &options, &model, &error), EMNIST_ERR_ARGUMENT);
	snprintf(message, sizeof(message), "'%s': soft labels for 2 variants instead of 3",
		 soft_path);
	assert_string_equal(error.message, message);
	emnist_dataset_free(dataset);
	options.n_variants = 2;
	options.teachers = (const struct emnist_model *const *)&teacher;
	options.n_teachers = 1;
	dataset = open_data(IMAGES_PATH, NULL);
	assert_int_equal(emnist_train(&dataset, 1, &options, &model, &error), EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "teachers and soft labels exclude each other");
	emnist_dataset_free(dataset);
	emnist_model_free(teacher);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(soft_labels_are_the_teachers_answers),
		cmocka_unit_test(undistorted_variants_are_the_images),
		cmocka_unit_test(images_held_out_stay_as_they_are),
		cmocka_unit_test(sizes_are_those_of_the_datasets),
		cmocka_unit_test(weights_are_written),
		cmocka_unit_test(classes_are_the_labels),
		cmocka_unit_test(what_is_written_is_what_is_shown),
		cmocka_unit_test(bad_soft_labels_are_refused),
		cmocka_unit_test(sums_are_1_or_nearly),
		cmocka_unit_test(soft_labels_are_plain_files),
		cmocka_unit_test(checkpoints_are_of_the_soft_labels),
		cmocka_unit_test(variants_take_turns),
		cmocka_unit_test(images_left_over_come_later),
		cmocka_unit_test(damage_stops_training),
		cmocka_unit_test(options_must_agree),
	};

	return cmocka_run_group_tests_name("soft_labels", tests, make_folder, remove_folder);
}
