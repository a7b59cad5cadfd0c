/*
 * bench_data.c - the data for measurements: a dataset's images, or random characters of curved
 * strokes, the same each time.
 */
#include "../common/outputs.h"
#include "bench.h"

#include <math.h>
#include <stdlib.h>

/* The drawn character in photograph.jpg. */
#define PHOTOGRAPH 3

/* --------------------------------------------------------------------- drawings */

#define N_STROKES 4
#define N_PIECES  12  /* straight pieces of a stroke */
#define PEN       1.6 /* radius, of 28 */

struct point {
	double x, y;
};

/* Knuth's MMIX generator, whose upper bits are good. 0 to 1. */
static double draw_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)(*state >> 40) / (double)(1 << 24);
}

/* A random point, at a height between two shares of the side. */
static struct point draw_point(uint64_t *state, double from, double to, size_t side)
{
	const double x = 0.14 + 0.72 * draw_random(state);
	const double y = from + (to - from) * draw_random(state);

	return (struct point){x * (double)side, y * (double)side};
}

static double distance_to_piece(struct point p, struct point a, struct point b)
{
	const double dx = b.x - a.x, dy = b.y - a.y;
	const double length = dx * dx + dy * dy;
	double t = length > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length : 0;

	t = t < 0 ? 0 : t > 1 ? 1 : t;
	return hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/* The ink of a pen on its way from a to b; visits nearby pixels only. */
static void draw_piece(struct point a, struct point b, size_t side, float *ink)
{
	const double radius = PEN * (double)side / 28;
	const double left = fmin(a.x, b.x) - radius - 1, right = fmax(a.x, b.x) + radius + 1;
	const double top = fmin(a.y, b.y) - radius - 1, bottom = fmax(a.y, b.y) + radius + 1;
	const size_t x_end = right < (double)side ? (size_t)right : side;
	const size_t y_end = bottom < (double)side ? (size_t)bottom : side;

	for (size_t y = top > 0 ? (size_t)top : 0; y < y_end; y++)
		for (size_t x = left > 0 ? (size_t)left : 0; x < x_end; x++) {
			const struct point p = {(double)x + 0.5, (double)y + 0.5};
			const double value = radius + 0.5 - distance_to_piece(p, a, b);

			if (value > (double)ink[y * side + x])
				ink[y * side + x] = value < 1 ? (float)value : 1;
		}
}

/* From a to c, bent toward b. */
static void draw_stroke(struct point a, struct point b, struct point c, size_t side, float *ink)
{
	struct point before = a;

	for (int i = 1; i <= N_PIECES; i++) {
		const double t = (double)i / N_PIECES, u = 1 - t;
		const struct point next = {u * u * a.x + 2 * u * t * b.x + t * t * c.x,
					   u * u * a.y + 2 * u * t * b.y + t * t * c.y};

		draw_piece(before, next, side, ink);
		before = next;
	}
}

/* Character `number` as ink between 0 and 1, about as much as in EMNIST's images: ink is (side,
 * side), rows from the top. */
static void draw_character(uint32_t number, size_t side, float *ink)
{
	uint64_t state = number;

	for (size_t i = 0; i < side * side; i++)
		ink[i] = 0;
	draw_random(&state);
	for (int i = 0; i < N_STROKES; i++) {
		const struct point a = draw_point(&state, 0.12, 0.4, side);
		const struct point b = draw_point(&state, 0.12, 0.88, side);
		const struct point c = draw_point(&state, 0.6, 0.88, side);

		draw_stroke(a, b, c, side, ink);
	}
}

/* Appends a binary PGM file: the character in dark ink, on slightly unevenly lit paper. */
static void draw_photograph(uint32_t number, size_t side, float *ink, struct text *pgm)
{
	uint64_t state = number;

	draw_character(number, side, ink);
	text_printf(pgm, "P5\n%zu %zu\n255\n", side, side);
	for (size_t y = 0; y < side; y++)
		for (size_t x = 0; x < side; x++) {
			const double light = 230 - 40 * (double)(x + y) / (double)(2 * side);
			const double grain = 6 * (draw_random(&state) - 0.5);
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
		draw_character(i, EMNIST_SIDE, vectors + i * EMNIST_VECTOR_LENGTH);
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
