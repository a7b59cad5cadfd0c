/*
 * json_speed.c - how fast JSON is read and written, beside the C library.
 *
 *	json_speed DATASET
 *
 * N_IMAGES images of the dataset, an idx file, become documents {"instances": [[...], ...]} as
 * other programs write them; the built-in model's probabilities of them are written as floats.
 *Rounds alternate between emnist and the C library: strtod() of each number, and printf() by the
 * rule of TensorFlow Serving. What is printed are medians, and medians of the ratios of one round.
 */
#include "../base/memory.h"
#include "../base/shortest.h"
#include "../emnist_dataset.h"
#include "../emnist_serve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_IMAGES  128
#define N_CLASSES 62
#define ROUNDS    31

/* The longest number, and the comma and blank behind it. */
#define NUMBER_ROOM 24

struct work {
	const char *name;
	char *body;
	size_t nbytes;
	struct emnist_json *json;
	const float *probabilities; /* (N_IMAGES, N_CLASSES) */
	char *row;                  /* room for one */
};

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "json_speed: %s: %s\n", what, why);
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), compare);
	return values[ROUNDS / 2];
}

/* ------------------------------------------------------------------- documents */

/* json.dumps() of pixels / 255. */
static size_t put_quotient(char *text, uint8_t pixel)
{
	return shortest_text(pixel / 255.0, text);
}

/* The same, rounded to 8 decimals. */
static size_t put_rounded(char *text, uint8_t pixel)
{
	return shortest_text(round(pixel / 255.0 * 1e8) / 1e8, text);
}

static size_t put_integer(char *text, uint8_t pixel)
{
	return (size_t)sprintf(text, "%d", pixel);
}

static const struct {
	const char *name;
	size_t (*put)(char *text, uint8_t pixel);
	const char *comma;
	bool only_ink; /* without zeros */
} documents[] = {
	{"x / 255", put_quotient, ", ", false},
	{"x / 255, no zeros", put_quotient, ", ", true},
	{"x / 255, 8 decimals", put_rounded, ", ", false},
	{"x / 255, 8 decimals, no blanks", put_rounded, ",", false},
	{"x", put_integer, ", ", false},
	{"x, no blanks", put_integer, ",", false},
};

static void write_document(struct work *work, size_t i, const uint8_t *pixels)
{
	const size_t n = N_IMAGES * EMNIST_VECTOR_LENGTH;
	char *to = work->body;

	to += sprintf(to, "{\"instances\": [");
	for (size_t k = 0; k < n; k++) {
		const bool is_first = k % EMNIST_VECTOR_LENGTH == 0;
		const bool is_last = (k + 1) % EMNIST_VECTOR_LENGTH == 0;
		const uint8_t ink = (uint8_t)(1 + k * 7 % 255);
		const uint8_t pixel = documents[i].only_ink && pixels[k] == 0 ? ink : pixels[k];

		if (is_first)
			*to++ = '[';
		to += documents[i].put(to, pixel);
		to += sprintf(to, "%s%s", is_last ? "]" : "", k + 1 < n ? documents[i].comma : "");
	}
	to += sprintf(to, "]}");
	work->name = documents[i].name;
	work->nbytes = (size_t)(to - work->body);
}

/* ------------------------------------------------------------------------ work */

static void read_ours(const struct work *work)
{
	struct emnist_json_tensor tensor;
	struct emnist_error error;

	if (emnist_json_parse(work->json, work->body, work->nbytes, NULL, &error))
		fail(work->name, error.message);
	if (!emnist_json_tensor(
		    work->json,
		    emnist_json_member(work->json, emnist_json_root(work->json), "instances"),
		    &tensor) ||
	    tensor.n_values != N_IMAGES * EMNIST_VECTOR_LENGTH)
		fail(work->name, "not the matrix that was written");
}

static void read_strtod(const struct work *work)
{
	volatile float last;

	for (char *at = work->body, *end; at < work->body + work->nbytes; at++)
		if (*at >= '0' && *at <= '9') {
			last = (float)strtod(at, &end);
			at = end;
		}
	(void)last;
}

static void write_ours(const struct work *work)
{
	for (size_t i = 0; i < N_IMAGES; i++)
		emnist_json_put_floats(work->row, work->probabilities + i * N_CLASSES, N_CLASSES);
}

static void write_printf(const struct work *work)
{
	for (size_t i = 0; i < N_IMAGES * N_CLASSES; i++) {
		const float value = work->probabilities[i];
		int n = sprintf(work->row, "%g", (double)value);

		if (strtof(work->row, NULL) != value)
			n = sprintf(work->row, "%.9g", (double)value);
		if (!strpbrk(work->row, ".e"))
			sprintf(work->row + n, ".0");
	}
}

/* Medians of both ways' seconds, and of how many times longer the second takes. */
static void measure(const struct work *work, void (*ours)(const struct work *),
		    void (*theirs)(const struct work *), double seconds_ret[2], double *ratio_ret)
{
	double seconds[2][ROUNDS], ratios[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++) {
		const double start = now();
		double middle;

		ours(work);
		middle = now();
		theirs(work);
		seconds[0][i] = middle - start;
		seconds[1][i] = now() - middle;
		ratios[i] = seconds[1][i] / seconds[0][i];
	}
	seconds_ret[0] = median(seconds[0]);
	seconds_ret[1] = median(seconds[1]);
	*ratio_ret = median(ratios);
}

/* ---------------------------------------------------------------------- program */

static void read_images(const char *path, uint8_t *pixels)
{
	struct emnist_dataset *dataset;
	struct emnist_error error;
	uint16_t classes[N_IMAGES];
	size_t n;

	if (emnist_dataset_open(path, NULL, &dataset, &error) ||
	    emnist_dataset_read(dataset, N_IMAGES, pixels, classes, &n, &error))
		fail(path, error.message);
	if (n != N_IMAGES)
		fail(path, "too few images");
	emnist_dataset_free(dataset);
}

static void classify(const uint8_t *pixels, float *probabilities)
{
	const size_t n = N_IMAGES * EMNIST_VECTOR_LENGTH;
	float *vectors = alloc_array(n, sizeof(*vectors));
	struct emnist_model *model;
	struct emnist_session *session;
	struct emnist_error error = {.message = "out of memory"};

	for (size_t i = 0; vectors && i < n; i++)
		vectors[i] = (float)pixels[i] / 255;
	if (!vectors || emnist_model_default(&model, &error) ||
	    emnist_session_create(model, N_IMAGES, &session, &error) ||
	    emnist_session_run(session, vectors, N_IMAGES, probabilities, &error))
		fail("the built-in model", error.message);
	emnist_session_free(session);
	emnist_model_free(model);
	free(vectors);
}

int main(int argc, char **argv)
{
	static uint8_t pixels[N_IMAGES * EMNIST_VECTOR_LENGTH];
	static float probabilities[N_IMAGES * N_CLASSES];
	static char row[N_CLASSES * EMNIST_JSON_FLOAT_ROOM];
	struct work work = {.probabilities = probabilities, .row = row};
	double seconds[2], ratio;

	if (argc != 2)
		fail("usage", "json_speed DATASET");
	work.body = malloc(sizeof(pixels) * NUMBER_ROOM + DIGITS_ROOM);
	if (!work.body || emnist_json_create(&work.json, NULL))
		fail("documents", "out of memory");
	read_images(argv[1], pixels);
	classify(pixels, probabilities);
	printf("%-32s %11s %8s %8s\n", "reading", "emnist", "strtod", "ratio");
	for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++) {
		write_document(&work, i, pixels);
		measure(&work, read_ours, read_strtod, seconds, &ratio);
		printf("%-32s %6.0f MB/s %8.0f %7.1fx\n", work.name,
		       (double)work.nbytes / seconds[0] * 1e-6,
		       (double)work.nbytes / seconds[1] * 1e-6, ratio);
	}
	measure(&work, write_ours, write_printf, seconds, &ratio);
	printf("\n%-32s %11s %8s %8s\n", "writing", "emnist", "printf", "ratio");
	printf("%-32s %8.2f us %8.2f %7.1fx\n", "62 probabilities", seconds[0] / N_IMAGES * 1e6,
	       seconds[1] / N_IMAGES * 1e6, ratio);
	emnist_json_free(work.json);
	free(work.body);
	return 0;
}
