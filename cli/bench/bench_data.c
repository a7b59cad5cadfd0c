/*
 * bench_data.c - the data for measurements: a dataset's images, or drawn characters, the same each
 * time.
 */
#include "../common/outputs.h"
#include "../common/strokes.h"
#include "bench.h"

#include <stdlib.h>

/* The drawn character in photograph.jpg. */
#define PHOTOGRAPH 3

/* --------------------------------------------------------------------- drawings */

/* Appends a binary PGM file: the character in dark ink, on slightly unevenly lit paper. */
static void draw_photograph(uint32_t number, size_t side, float *ink, struct text *pgm)
{
	uint64_t state = number;

	strokes_draw(number, side, ink);
	text_printf(pgm, "P5\n%zu %zu\n255\n", side, side);
	for (size_t y = 0; y < side; y++)
		for (size_t x = 0; x < side; x++) {
			const double light = 230 - 40 * (double)(x + y) / (double)(2 * side);
			const double grain = 6 * (strokes_random(&state) - 0.5);
			const double value = light * (1 - 0.75 * (double)ink[y * side + x]) + grain;

			text_putc(pgm, (char)(unsigned char)value);
		}
}

/* ------------------------------------------------------------------------- data */

static bool vectors_from_dataset(float *vectors, const char *path)
{
	uint8_t *pixels = malloc((size_t)BENCH_N_VECTORS * EMNIST_VECTOR_LENGTH);
	uint16_t *classes = malloc(BENCH_N_VECTORS * sizeof(*classes));
	struct emnist_dataset *dataset = NULL;
	struct emnist_error error;
	size_t n = 0;
	bool good = false;

	if (!pixels || !classes)
		complain("out of memory");
	else if (emnist_dataset_open(path, NULL, &dataset, &error) ||
		 emnist_dataset_read(dataset, BENCH_N_VECTORS, pixels, classes, &n, &error))
		complain_of(path, &error);
	else if (!n)
		complain("'%s': has no images", path);
	else
		good = outputs_spare_dataset(dataset);
	for (size_t i = 0; good && i < (size_t)BENCH_N_VECTORS * EMNIST_VECTOR_LENGTH; i++)
		vectors[i] = (float)pixels[i % (n * EMNIST_VECTOR_LENGTH)] / 255.0F;
	emnist_dataset_free(dataset);
	free(classes);
	free(pixels);
	return good;
}

static void vectors_from_drawings(float *vectors)
{
	const size_t n_drawn = (size_t)BENCH_N_FILES * EMNIST_VECTOR_LENGTH;

	for (uint32_t i = 0; i < BENCH_N_FILES; i++)
		strokes_draw(i, EMNIST_SIDE, vectors + i * EMNIST_VECTOR_LENGTH);
	for (size_t i = n_drawn; i < (size_t)BENCH_N_VECTORS * EMNIST_VECTOR_LENGTH; i++)
		vectors[i] = vectors[i - n_drawn];
}

static bool make_files(struct bench_data *data)
{
	struct emnist_error error;

	for (size_t i = 0; i < BENCH_N_FILES; i++)
		if (emnist_vector_to_png(data->vectors + i * EMNIST_VECTOR_LENGTH,
					 &data->files[i].bytes, &data->files[i].nbytes, &error)) {
			complain("%s", error.message);
			return false;
		}
	return true;
}

bool bench_data_make(struct bench_data *data, const struct emnist_model *model, const char *path)
{
	float *ink = calloc((size_t)BENCH_SIDE * BENCH_SIDE, sizeof(*ink));
	bool good = false;

	*data = (struct bench_data){.model = model};
	data->vectors = calloc(BENCH_N_VECTORS, EMNIST_VECTOR_LENGTH * sizeof(*data->vectors));
	if (data->vectors && ink) {
		draw_photograph(PHOTOGRAPH, EMNIST_SIDE, ink, &data->small);
		draw_photograph(PHOTOGRAPH, BENCH_SIDE, ink, &data->large);
		good = !data->small.failed && !data->large.failed;
	}
	free(ink);
	if (!good) {
		complain("out of memory");
		return false;
	}
	if (path && !vectors_from_dataset(data->vectors, path))
		return false;
	if (!path)
		vectors_from_drawings(data->vectors);
	return make_files(data);
}

void bench_data_release(struct bench_data *data)
{
	for (size_t i = 0; i < BENCH_N_FILES; i++)
		free(data->files[i].bytes);
	text_release(&data->small);
	text_release(&data->large);
	free(data->vectors);
}
