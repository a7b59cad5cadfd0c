/*
 * training.h - a small set of drawn patterns and short training runs on it, for tests.
 */
#ifndef TEST_TRAINING_H
#define TEST_TRAINING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../base/random.h"
#include "../emnist_train.h"
#include "../network/model.h"

#define N_IMAGES  640
#define N_CLASSES 10

static char folder[] = "/tmp/emnist-test-train-XXXXXX";
static char images_path[64], labels_path[64], mapping_path[64];

/* ----------------------------------------------------------------- the data */

static const char digits[] = "0 48\n1 49\n2 50\n3 51\n4 52\n5 53\n6 54\n7 55\n8 56\n9 57\n";

static inline void write_be(FILE *file, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		fputc((int)(value >> shift & 0xff), file);
}

/* A bar whose place tells the class, amid noise. */
static inline void draw(struct random *random, unsigned class, uint8_t *pixels)
{
	for (int i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		pixels[i] = (uint8_t)random_below(random, 90);
	for (int y = 4; y < 24; y++)
		for (unsigned x = 0; x < 3; x++)
			pixels[y * EMNIST_SIDE + 4 + (int)(2 * class + x)] =
				(uint8_t)(150 + random_below(random, 100));
}

static inline int make_data(void **state)
{
	struct random random = random_stream(1, RANDOM_AUGMENT, 0, 0);
	FILE *images, *labels, *mapping;

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(images_path, sizeof(images_path), "%s/bars-images-idx3-ubyte", folder);
	snprintf(labels_path, sizeof(labels_path), "%s/bars-labels-idx1-ubyte", folder);
	snprintf(mapping_path, sizeof(mapping_path), "%s/bars-mapping.txt", folder);
	images = fopen(images_path, "wb");
	labels = fopen(labels_path, "wb");
	mapping = fopen(mapping_path, "w");
	if (!images || !labels || !mapping)
		return -1;
	write_be(images, 0x803);
	write_be(images, N_IMAGES);
	write_be(images, EMNIST_SIDE);
	write_be(images, EMNIST_SIDE);
	write_be(labels, 0x801);
	write_be(labels, N_IMAGES);
	for (unsigned i = 0; i < N_IMAGES; i++) {
		const unsigned class = (unsigned)random_below(&random, N_CLASSES);
		uint8_t pixels[EMNIST_VECTOR_LENGTH];

		draw(&random, class, pixels);
		fwrite(pixels, 1, sizeof(pixels), images);
		fputc((int)class, labels);
	}
	fputs(digits, mapping);
	return fclose(images) | fclose(labels) | fclose(mapping);
}

static inline int remove_data(void **state)
{
	(void)state;
	unlink(images_path);
	unlink(labels_path);
	unlink(mapping_path);
	return rmdir(folder);
}

static inline struct emnist_dataset *open_data(void)
{
	const struct emnist_dataset_options options = {.transpose = EMNIST_TRANSPOSE_NO};
	struct emnist_dataset *dataset;
	struct emnist_error error;

	if (emnist_dataset_open(images_path, &options, &dataset, &error))
		fail_msg("%s", error.message);
	return dataset;
}

/* ----------------------------------------------------------------- running */

static const uint32_t hidden[] = {24, 16};

static inline struct emnist_train_options small_run(void)
{
	return (struct emnist_train_options){
		.hidden = hidden,
		.n_hidden = 2,
		.n_epochs = 4,
		.n_rows = 64,
		.dropout = 0.1,
		.ema_decay = 0.9,
		.seed = 5,
	};
}

static inline enum emnist_status try_train(const struct emnist_train_options *options,
					   struct emnist_model **model_ret,
					   struct emnist_error *error)
{
	struct emnist_dataset *dataset = open_data();
	enum emnist_status status = emnist_train(&dataset, 1, options, model_ret, error);

	emnist_dataset_free(dataset);
	return status;
}

static inline struct emnist_model *train(const struct emnist_train_options *options)
{
	struct emnist_model *model;
	struct emnist_error error;

	if (try_train(options, &model, &error))
		fail_msg("%s", error.message);
	return model;
}

static inline bool same_weights(const struct emnist_model *a, const struct emnist_model *b)
{
	for (size_t l = 0; l < a->n_layers; l++) {
		const struct layer *x = &a->layers[l], *y = &b->layers[l];

		if (memcmp(x->weights, y->weights, sizeof(float) * x->n_inputs * x->n_outputs) !=
			    0 ||
		    memcmp(x->bias, y->bias, sizeof(float) * x->n_outputs) != 0)
			return false;
	}
	return true;
}

static inline void assert_same_and_free(struct emnist_model *a, struct emnist_model *b)
{
	assert_true(same_weights(a, b));
	emnist_model_free(a);
	emnist_model_free(b);
}

struct watch {
	uint64_t stop_at; /* step; 0: never */
	double accuracy;
	unsigned n_epochs_done;
	double last_loss;
	double first_rate, last_rate; /* learning rates */
	double first_loss;
};

static inline int on_progress(void *context, const struct emnist_train_progress *progress)
{
	struct watch *watch = context;

	watch->n_epochs_done += progress->epoch_done;
	watch->last_loss = progress->loss;
	watch->first_rate = watch->first_rate > 0 ? watch->first_rate : progress->learning_rate;
	watch->last_rate = progress->learning_rate;
	watch->first_loss = watch->first_loss > 0 ? watch->first_loss : progress->loss;
	if (progress->epoch_done)
		watch->accuracy = progress->validation_accuracy;
	return progress->step == watch->stop_at;
}

#endif
