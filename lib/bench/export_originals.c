/*
 * export_originals.c - a dataset of bilevel characters, distorted before EMNIST's own conversion.
 *
 *	export_originals [-n N] [-s SEED] [--plain] BITS LABELS PREFIX
 *
 * BITS is an idx file of 128x128 pixels, a bit each, (characters, 128, 16), upright, as rendered
 * from fonts by lib/builtin/sources.py or scanned by NIST. LABELS is its idx file of labels, those
 * of EMNIST ByClass. Both may be gzip. The dataset is written as `emnist dataset export` writes
 * idx, under PREFIX. The same options give the same bytes.
 *
 *	-n N        N images, of characters spread evenly over the file, of each more than one if N
 *	            is larger; default: one of each
 *	-s SEED     of all that is drawn by chance; default 1
 *	--plain     the characters as they are
 *
 * Distorted pixels look different from those of a distorted character: its outline, as a distance
 * from it, is looked up at the place where each pixel of the new one comes from. So lines get
 * thicker or thinner by any amount, and stay sharp.
 */
#include "../base/memory.h"
#include "../draw/conversion.h"
#include "../draw/look.h"
#include "../emnist_dataset.h"
#include "../io/gzip.h"
#include "../preprocess/distance.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SIDE         128
#define ROW_NBYTES   (SIDE / 8)
#define BITS_NBYTES  (SIDE * ROW_NBYTES)
#define N_CLASSES    62
#define BITS_MAGIC   0x803
#define LABELS_MAGIC 0x801

/* How much a line's width changes at most, as a share. */
#define LEAST_THICKER (-0.3)
#define MOST_THICKER  0.5

/* Of lines, pixels: thinner ones are rare in EMNIST, and a small character is drawn larger. */
#define LEAST_WIDTH 3.2

/* Empty pixels around a distorted character. */
#define MARGIN 2

struct export
{
	const char *bits_path, *labels_path, *prefix;
	uint64_t n_wanted, seed;
	bool plain;

	uint32_t n; /* characters */
	uint8_t *bits;
	uint8_t *labels;
	struct emnist_labels *classes;
	struct emnist_error error;
};

struct character {
	uint8_t mask[SIDE * SIDE];
	float distances[SIDE * SIDE]; /* how far inside of the ink, negative outside */
	double width;                 /* of its lines */
};

struct box {
	double left, right, top, bottom;
};

/* ------------------------------------------------------------------- reading */

static uint32_t number_at(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

/* An idx file with these numbers after its count, as item_nbytes each. Freed with free(). */
static uint8_t *read_idx(struct export *export, const char *path, uint32_t magic,
			 size_t header_nbytes, size_t item_nbytes, uint32_t *n_ret)
{
	struct emnist_error *error = &export->error;
	uint8_t header[16] = {0}, *items = NULL;
	struct gzip *file = NULL;
	size_t n = 0, nbytes = 0;
	enum emnist_status status = gzip_open(path, &file, error);

	if (!status)
		status = gzip_read(file, header, header_nbytes, &n, error);
	*n_ret = number_at(header + 4);
	if (!status && (n < header_nbytes || number_at(header) != magic ||
			(header_nbytes == 16 &&
			 (number_at(header + 8) != SIDE || number_at(header + 12) != ROW_NBYTES))))
		status = error_set(error, EMNIST_ERR_FORMAT, "not such an idx file");
	if (!status) {
		items = alloc_array(*n_ret, item_nbytes);
		status = items ? gzip_read(file, items, *n_ret * item_nbytes, &nbytes, error)
			       : error_memory(error);
	}
	if (!status && nbytes < *n_ret * item_nbytes)
		status = error_set(error, EMNIST_ERR_CORRUPT, "cut short");
	gzip_close(file);
	if (!status)
		return items;
	error_prefix(error, status, path);
	free(items);
	return NULL;
}

static bool load(struct export *export)
{
	uint32_t n_labels;

	export->bits = read_idx(export, export->bits_path, BITS_MAGIC, 16, BITS_NBYTES, &export->n);
	export->labels =
		export->bits ? read_idx(export, export->labels_path, LABELS_MAGIC, 8, 1, &n_labels)
			     : NULL;
	if (!export->labels)
		return false;
	if (export->n != n_labels || export->n == 0) {
		error_set(&export->error, EMNIST_ERR_CORRUPT, "%u characters, but %u labels",
			  export->n, n_labels);
		return false;
	}
	for (uint32_t i = 0; i < n_labels; i++)
		if (export->labels[i] >= N_CLASSES) {
			error_set(&export->error, EMNIST_ERR_CORRUPT, "character %u: label %d", i,
				  export->labels[i]);
			return false;
		}
	return emnist_labels_default(N_CLASSES, &export->classes, &export->error) == EMNIST_OK;
}

/* ---------------------------------------------------------------- distortion */

static void unpack(const uint8_t *bits, uint8_t *mask)
{
	for (size_t i = 0; i < SIDE * SIDE; i++)
		mask[i] = bits[i / 8] >> (7 - i % 8) & 1;
}

/* A line of width w has distances of up to w / 2 inside, w / 4 on average. */
static void measure(struct character *character)
{
	static float outside[SIDE * SIDE];
	const uint8_t *mask = character->mask;
	double sum = 0;
	size_t n = 0;

	distance_transform(mask, 0, SIDE, SIDE, INFINITY, character->distances);
	distance_transform(mask, 1, SIDE, SIDE, INFINITY, outside);
	for (size_t i = 0; i < SIDE * SIDE; i++) {
		character->distances[i] =
			mask[i] ? character->distances[i] - 0.5F : 0.5F - outside[i];
		sum += mask[i] ? (double)character->distances[i] : 0;
		n += mask[i];
	}
	character->width = n ? 4 * sum / (double)n : 0;
}

/* The box of the ink, slanted and turned as the look has it, about the middle of the picture. */
static struct box find_box(const struct character *character, const struct look *look)
{
	struct box box = {INFINITY, -INFINITY, INFINITY, -INFINITY};

	for (size_t i = 0; i < SIDE * SIDE; i++) {
		const double x = (double)(i % SIDE) + 0.5 - SIDE / 2.0;
		const double y = (double)(i / SIDE) + 0.5 - SIDE / 2.0;
		const double u = look->xx * x + look->xy * y, v = look->yx * x + look->yy * y;

		if (!character->mask[i])
			continue;
		box.left = fmin(box.left, u);
		box.right = fmax(box.right, u);
		box.top = fmin(box.top, v);
		box.bottom = fmax(box.bottom, v);
	}
	return box;
}

/* Between the four pixels around (x, y); the nearest ones outside. */
static double sample(const float *distances, double x, double y)
{
	const double u = fmin(fmax(x - 0.5, 0), SIDE - 1.001);
	const double v = fmin(fmax(y - 0.5, 0), SIDE - 1.001);
	const float *p = distances + (size_t)v * SIDE + (size_t)u;
	const double a = u - floor(u), b = v - floor(v);
	const double above = (1 - a) * (double)p[0] + a * (double)p[1];
	const double below = (1 - a) * (double)p[SIDE] + a * (double)p[SIDE + 1];

	return (1 - b) * above + b * below;
}

/* Whether a pixel is inked whose center is at (u, v), as in find_box(). */
static bool has_ink(const struct character *character, const struct look *look, double thicker,
		    double u, double v)
{
	const double determinant = look->xx * look->yy - look->xy * look->yx;
	const double x = (look->yy * u - look->xy * v) / determinant;
	const double y = (look->xx * v - look->yx * u) / determinant;

	return sample(character->distances, x + SIDE / 2.0, y + SIDE / 2.0) + thicker > 0;
}

static void distort(struct character *character, struct random *random, uint8_t *pixels)
{
	const struct look look = look_draw(random);
	const double share = LEAST_THICKER + (MOST_THICKER - LEAST_THICKER) * random_unit(random);
	const struct box box = find_box(character, &look);
	static uint8_t mask[SIDE * SIDE];
	double thicker, extent, scale;
	size_t width, height;

	measure(character);
	thicker = share * character->width / 2;
	extent = fmax(box.right - box.left, box.bottom - box.top) + 1 + 2 * fmax(thicker, 0);
	scale = fmax(look.side / extent, LEAST_WIDTH / (character->width + 2 * thicker));
	scale = fmin(scale, LOOK_MOST_SIDE / extent);
	width = (size_t)((box.right - box.left + 2 * fmax(thicker, 0)) * scale) + 2 * MARGIN + 1;
	height = (size_t)((box.bottom - box.top + 2 * fmax(thicker, 0)) * scale) + 2 * MARGIN + 1;
	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++)
			mask[y * width + x] =
				has_ink(character, &look, thicker,
					box.left + ((double)x + 0.5 - (double)width / 2) / scale +
						(box.right - box.left) / 2,
					box.top + ((double)y + 0.5 - (double)height / 2) / scale +
						(box.bottom - box.top) / 2);
	conversion_apply(mask, width, height, pixels);
}

/* ------------------------------------------------------------------- writing */

static enum emnist_status write_all(const struct export *export, struct emnist_writer *writer,
				    struct emnist_error *error)
{
	const uint64_t n = export->n_wanted ? export->n_wanted : export->n;
	enum emnist_status status = EMNIST_OK;

	for (uint64_t i = 0; i < n && !status; i++) {
		static struct character character;
		struct random random = random_stream(export->seed, RANDOM_DRAWING, i, 0);
		const uint64_t k = i * export->n / n;
		const uint16_t class = export->labels[k];
		uint8_t pixels[EMNIST_VECTOR_LENGTH];

		unpack(export->bits + k * BITS_NBYTES, character.mask);
		if (export->plain)
			conversion_apply(character.mask, SIDE, SIDE, pixels);
		else
			distort(&character, &random, pixels);
		status = emnist_writer_add(writer, 1, pixels, &class, &i, error);
	}
	return status ? status : emnist_writer_finish(writer, error);
}

static bool write_dataset(struct export *export)
{
	struct emnist_writer *writer = NULL;
	enum emnist_status status = emnist_writer_create(export->prefix, export->classes, NULL,
							 &writer, &export->error);

	if (!status)
		status = write_all(export, writer, &export->error);
	emnist_writer_free(writer);
	return status == EMNIST_OK;
}

/* --------------------------------------------------------------------- main */

static bool parse_number(const char *text, uint64_t least, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *value >= least;
}

static bool parse_arguments(struct export *export, int argc, char **argv)
{
	static const struct option long_options[] = {{"plain", no_argument, NULL, 'P'},
						     {NULL, 0, NULL, 0}};
	bool good = true;
	int c;

	while (good && (c = getopt_long(argc, argv, "n:s:", long_options, NULL)) != -1) {
		if (c == 'n')
			good = parse_number(optarg, 1, &export->n_wanted);
		else if (c == 's')
			good = parse_number(optarg, 0, &export->seed);
		else if (c == 'P')
			export->plain = true;
		else
			return false;
		if (!good)
			fprintf(stderr, "export_originals: '%s' is out of range\n", optarg);
	}
	if (!good || optind + 3 != argc)
		return false;
	export->bits_path = argv[optind];
	export->labels_path = argv[optind + 1];
	export->prefix = argv[optind + 2];
	return true;
}

int main(int argc, char **argv)
{
	struct export export = {.seed = 1};
	bool done;

	if (!parse_arguments(&export, argc, argv)) {
		fputs("usage: export_originals [-n N] [-s SEED] [--plain] BITS LABELS PREFIX\n",
		      stderr);
		return 2;
	}
	done = load(&export) && write_dataset(&export);
	if (!done)
		fprintf(stderr, "export_originals: %s\n", export.error.message);
	free(export.bits);
	free(export.labels);
	emnist_labels_free(export.classes);
	return done ? 0 : 2;
}
