/*
 * time_photographs.c - what normalizing a photograph of 500x500 costs, beside decoding its JPEG.
 *
 *	time_photographs DATASET
 *
 * Prints microseconds of processor time an image, on one thread, as means over the first images of
 * an idx dataset, of each the best of a few tries: others on the machine only ever take time away.
 */
#include "../base/error.h"
#include "../emnist_dataset.h"
#include "../preprocess/preprocess.h"
#include "photograph.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <jpeglib.h>

#define SIDE     500
#define N_GLYPHS 24
#define N_TRIES  7
#define QUALITY  85

/* Ways to photograph, and in how many channels the result is kept. */
static const struct way {
	const char *name;
	unsigned n_channels;
	double gradient, shadow, noise;
	enum ruling ruling;
	double square; /* EMNIST pixels from side to side */
} ways[] = {
	{"grey", 1, 0, 0, 0, RULING_NONE, 36},
	{"color", 3, 0, 0, 0, RULING_NONE, 36},
	{"color, with noise", 3, 0, 0, 6, RULING_NONE, 36},
	{"color, uneven light", 3, 0.4, 0, 6, RULING_NONE, 36},
	{"color, shadow", 3, 0, 0.4, 6, RULING_NONE, 36},
	{"color, ruled", 3, 0, 0, 6, RULING_BASELINE, 36},
	{"color, wide margins", 3, 0, 0, 6, RULING_NONE, 90},
};

#define N_WAYS (sizeof(ways) / sizeof(*ways))

struct timing {
	struct glyph glyph;
	struct darkroom darkroom;
	struct image image, decoded;
	struct preprocessor preprocessor;
	struct buffer jpeg;
	struct emnist_limits limits;
	struct emnist_error error;
	bool failed;
};

static double processor_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Writes the image as JPEG; libjpeg ends the program where it cannot. */
static void compress(const struct image *image, struct buffer *jpeg)
{
	struct jpeg_error_mgr messages;
	struct jpeg_compress_struct writer = {.err = jpeg_std_error(&messages)};
	unsigned long nbytes = 0;

	buffer_clear(jpeg);
	jpeg_create_compress(&writer);
	jpeg_mem_dest(&writer, &jpeg->data, &nbytes);
	writer.image_width = image->width;
	writer.image_height = image->height;
	writer.input_components = (int)image->channels;
	writer.in_color_space = image->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
	jpeg_set_defaults(&writer);
	jpeg_set_quality(&writer, QUALITY, TRUE);
	jpeg_start_compress(&writer, TRUE);
	for (size_t y = 0; y < image->height; y++) {
		JSAMPROW row = image->pixels.data + y * image->width * image->channels;

		jpeg_write_scanlines(&writer, &row, 1);
	}
	jpeg_finish_compress(&writer);
	jpeg_destroy_compress(&writer);
	jpeg->nbytes = jpeg->capacity = nbytes;
}

/* Takes the photograph, and writes it as JPEG. */
static void prepare(struct timing *timing, const struct way *way, uint64_t seed)
{
	struct photograph photograph = photograph_plain();
	struct image *image = &timing->image;

	photograph.seed = seed;
	photograph.square = way->square;
	photograph.zoom = SIDE / way->square;
	photograph.gradient[0] = way->gradient;
	photograph.gradient[1] = -way->gradient;
	photograph.shadow = way->shadow;
	photograph.shadow_softness = 0.3;
	photograph.noise = way->noise;
	photograph.ruling = way->ruling;
	timing->failed |= !photograph_take(&photograph, &timing->glyph, &timing->darkroom) ||
			  image_decode(timing->darkroom.file.data, timing->darkroom.file.nbytes,
				       &timing->limits, image, &timing->error);
	if (timing->failed)
		return;
	if (way->n_channels == 1) {
		grey_from_image(image, image->pixels.data); /* each after those it is made of */
		image->channels = 1;
	}
	compress(image, &timing->jpeg);
}

/* Adds the least seconds of a few tries to decode and to normalize. */
static void measure(struct timing *timing, double *decode, double *normalize)
{
	float vector[EMNIST_VECTOR_LENGTH];
	double best[2] = {1e9, 1e9};

	for (int k = 0; k < N_TRIES && !timing->failed; k++) {
		const double start = processor_seconds();
		double middle, end;

		/* As the reader has them decoded. */
		timing->decoded.colors = IMAGE_COLORS_NOT_NEEDED;
		timing->failed |= image_decode(timing->jpeg.data, timing->jpeg.nbytes,
					       &timing->limits, &timing->decoded, &timing->error);
		middle = processor_seconds();
		timing->failed |= preprocess_image(&timing->preprocessor, &timing->decoded,
						   EMNIST_PREPROCESS_AUTO, vector, &timing->error);
		end = processor_seconds();
		best[0] = middle - start < best[0] ? middle - start : best[0];
		best[1] = end - middle < best[1] ? end - middle : best[1];
	}
	*decode += best[0];
	*normalize += best[1];
}

static void measure_all(struct timing *timing, const uint8_t *pixels, size_t n)
{
	printf("microseconds a photograph of %dx%d\n\n%-22s %12s %12s\n", SIDE, SIDE, "photograph",
	       "decode JPEG", "normalize");
	for (size_t w = 0; w < N_WAYS && !timing->failed; w++) {
		double decode = 0, normalize = 0;

		for (size_t i = 0; i < n && !timing->failed; i++) {
			glyph_make(&timing->glyph, pixels + i * EMNIST_VECTOR_LENGTH);
			prepare(timing, &ways[w], i);
			measure(timing, &decode, &normalize);
		}
		if (!timing->failed)
			printf("%-22s %12.0f %12.0f\n", ways[w].name, 1e6 * decode / (double)n,
			       1e6 * normalize / (double)n);
	}
}

int main(int argc, char **argv)
{
	static struct timing timing;
	static uint8_t pixels[N_GLYPHS * EMNIST_VECTOR_LENGTH];
	struct emnist_dataset *dataset = NULL;
	uint16_t classes[N_GLYPHS];
	size_t n = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: time_photographs DATASET\n");
		return 2;
	}
	timing.limits = image_limits(&timing.limits);
	error_set(&timing.error, EMNIST_ERR_MEMORY, "out of memory");
	timing.failed = emnist_dataset_open(argv[1], NULL, &dataset, &timing.error) ||
			emnist_dataset_read(dataset, N_GLYPHS, pixels, classes, &n, &timing.error);
	if (!timing.failed)
		measure_all(&timing, pixels, n);
	if (timing.failed)
		fprintf(stderr, "time_photographs: %s\n", timing.error.message);
	emnist_dataset_free(dataset);
	image_clear(&timing.image);
	image_clear(&timing.decoded);
	preprocessor_clear(&timing.preprocessor);
	darkroom_clear(&timing.darkroom);
	buffer_clear(&timing.jpeg);
	return timing.failed || fflush(stdout) ? 2 : 0;
}
