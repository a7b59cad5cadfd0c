/*
 * export_photographs.c - a dataset as its images look when they were photographed and normalized.
 *
 *	export_photographs [-n N] [-s SEED] [-j N] [--most N] [--pens] [--zoom N] [--held-out SHARE]
 *			   [--held-out-seed N] [--donors LIST] [--without-donors LIST]
 *			   DATASET PREFIX
 *
 * Each image of a dataset is drawn, photographed with what lib/bench/distortion.c has for
 * learning, and read back as `emnist classify` reads files. What the network would see is written
 * as a dataset of its own, PREFIX-images-idx3-ubyte, PREFIX-labels-idx1-ubyte and
 * PREFIX-mapping.txt, for `emnist train` to take beside the one it was made from. The same options
 * give the same bytes, whatever -j is.
 *
 *	-n N                N photographs, from images spread evenly over the dataset, from the same
 *	                    one more than once where N is larger; default: one of each
 *	-s SEED             of all that is drawn by chance; default 1
 *	-j N                threads; default 2
 *	--most N            up to N distortions on each, 0..7; default 2
 *	--pens              each is drawn with another pen, before these; pen strokes always are
 *	--zoom N            pictures of N to 20 pixels to one of EMNIST's; default 4
 *	--held-out SHARE    leave out what `emnist train --validation SHARE` holds out of DATASET as
 *	                    its first; default 0
 *	--held-out-seed N   the --seed of that run; default 1
 *	--donors LIST, --without-donors LIST    as those of `emnist train`
 */
#include "../base/ordered.h"
#include "../emnist.h"
#include "../labels/labels.h"
#include "../train/train_set.h"
#include "distortion.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* idx files: the type of bytes, and the number of dimensions. */
#define IDX_IMAGES      0x803
#define IDX_LABELS      0x801

#define MAX_PHOTOGRAPHS 50000000
#define MAX_THREADS     1024

enum output { IMAGES, LABELS, MAPPING, N_OUTPUTS };

static const char *const endings[N_OUTPUTS] = {"-images-idx3-ubyte", "-labels-idx1-ubyte",
					       "-mapping.txt"};

struct export
{
	const char *dataset_path, *prefix;
	uint64_t n_wanted, seed, n_threads, n_most, held_out_seed;
	double held_out, least_zoom;
	const char *donors, *without_donors;
	bool pens;

	struct emnist_dataset *dataset;
	struct emnist_labels *labels;
	struct train_set set;
	size_t n, next; /* photographs, and the one to make next */
	char paths[N_OUTPUTS][4096];
	FILE *files[N_OUTPUTS];
	bool failed;
	struct emnist_error error; /* why */
};

struct slot {
	size_t number, image;
	uint8_t pixels[EMNIST_VECTOR_LENGTH]; /* transposed, as EMNIST's files have them */
	bool failed;
	struct emnist_error error;
};

struct worker {
	struct emnist_reader *reader;
	struct glyph glyph;
	struct darkroom darkroom;
};

/* -------------------------------------------------------------- photographs */

static void work(void *context, void *worker_, void *slot_)
{
	const struct export *export = context;
	struct worker *worker = worker_;
	struct slot *slot = slot_;
	const struct photograph photograph =
		distortion_mix(export->seed, slot->image, slot->number, export->least_zoom,
			       (unsigned)export->n_most, export->pens);
	float vector[EMNIST_VECTOR_LENGTH];
	uint8_t drawn[EMNIST_VECTOR_LENGTH];

	glyph_make(&worker->glyph,
		   train_set_show(&export->set, slot->image, export->seed, slot->number, drawn));
	slot->failed = true;
	if (!photograph_take(&photograph, &worker->glyph, &worker->darkroom)) {
		snprintf(slot->error.message, sizeof(slot->error.message), "out of memory");
		return;
	}
	if (emnist_read_bytes(worker->reader, worker->darkroom.file.data,
			      worker->darkroom.file.nbytes, vector, &slot->error))
		return;
	for (size_t y = 0; y < EMNIST_SIDE; y++)
		for (size_t x = 0; x < EMNIST_SIDE; x++)
			slot->pixels[x * EMNIST_SIDE + y] =
				(uint8_t)(255 * vector[y * EMNIST_SIDE + x] + 0.5f);
	slot->failed = false;
}

static bool produce(void *context, void *slot_)
{
	struct export *export = context;
	struct slot *slot = slot_;

	if (export->next == export->n)
		return false;
	slot->number = export->next++;
	slot->image = export->set.training[slot->number * export->set.n_training / export->n];
	return true;
}

static bool fail_output(struct export *export, enum output k)
{
	snprintf(export->error.message, sizeof(export->error.message), "'%.150s': %s",
		 export->paths[k], strerror(errno));
	export->failed = true;
	return false;
}

static bool consume(void *context, void *slot_)
{
	struct export *export = context;
	const struct slot *slot = slot_;
	const size_t class = export->set.target[slot->image];

	if (slot->failed) {
		export->error = slot->error;
		export->failed = true;
		return false;
	}
	if (fwrite(slot->pixels, 1, EMNIST_VECTOR_LENGTH, export->files[IMAGES]) !=
	    EMNIST_VECTOR_LENGTH)
		return fail_output(export, IMAGES);
	if (putc((int)labels_index(export->labels, class), export->files[LABELS]) == EOF)
		return fail_output(export, LABELS);
	return true;
}

static void free_worker(void *context, void *worker_)
{
	struct worker *worker = worker_;

	(void)context;
	if (!worker)
		return;
	emnist_reader_free(worker->reader);
	darkroom_clear(&worker->darkroom);
	free(worker);
}

static void *make_worker(void *context)
{
	struct worker *worker = calloc(1, sizeof(*worker));

	if (worker && emnist_reader_create(NULL, &worker->reader, NULL)) {
		free_worker(context, worker);
		return NULL;
	}
	return worker;
}

static bool photograph_all(struct export *export)
{
	const struct ordered_options options = {
		.n_workers = (unsigned)export->n_threads,
		.context = export,
		.slot_nbytes = sizeof(struct slot),
		.worker_make = make_worker,
		.worker_free = free_worker,
		.produce = produce,
		.work = work,
		.consume = consume,
	};
	struct emnist_error error;
	const enum emnist_status status = ordered_run(&options, &error);

	if (status && !export->failed) /* else the consumer has said why it stopped */
		export->error = error;
	return status == EMNIST_OK;
}

/* -------------------------------------------------------------------- files */

/* The dataset's images, whose targets are its own classes. */
static bool load(struct export *export)
{
	struct train_set_options options = {.validation = export->held_out,
					    .seed = export->held_out_seed};
	const struct emnist_dataset_options dataset_options = {
		.donors = export->donors, .without_donors = export->without_donors};
	size_t n_classes;

	if (emnist_dataset_open(export->dataset_path, &dataset_options, &export->dataset,
				&export->error))
		return false;
	export->labels = labels_copy(emnist_dataset_labels(export->dataset));
	if (!export->labels) {
		error_memory(&export->error);
		return false;
	}
	n_classes = emnist_labels_count(export->labels);
	options.labels = export->labels;
	if (train_set_load(&export->set, &export->dataset, 1, &options, &export->error))
		return false;
	if (export->set.n_training == 0)
		error_set(&export->error, EMNIST_ERR_ARGUMENT, "no images are left");
	else if (labels_index(export->labels, n_classes - 1) > UINT8_MAX)
		error_set(&export->error, EMNIST_ERR_LIMIT, "labels above 255");
	else
		return true;
	return false;
}

static bool write_numbers(FILE *file, const uint32_t *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (int shift = 24; shift >= 0; shift -= 8)
			if (putc((int)(numbers[i] >> shift & 0xff), file) == EOF)
				return false;
	return true;
}

/* Opens all files and writes what comes before the images. */
static bool begin_files(struct export *export)
{
	const uint32_t n = (uint32_t) export->n;
	const uint32_t images[] = {IDX_IMAGES, n, EMNIST_SIDE, EMNIST_SIDE};
	const uint32_t labels[] = {IDX_LABELS, n};
	size_t nbytes = 0;
	char *text = NULL;
	bool written;

	for (int k = 0; k < N_OUTPUTS; k++) {
		snprintf(export->paths[k], sizeof(export->paths[k]), "%s%s", export->prefix,
			 endings[k]);
		export->files[k] = fopen(export->paths[k], "wb");
		if (!export->files[k])
			return fail_output(export, (enum output)k);
	}
	if (!labels_format(export->labels, &text, &nbytes)) {
		error_memory(&export->error);
		return false;
	}
	written = fwrite(text, 1, nbytes, export->files[MAPPING]) == nbytes;
	free(text);
	if (!written)
		return fail_output(export, MAPPING);
	if (!write_numbers(export->files[IMAGES], images, 4))
		return fail_output(export, IMAGES);
	return write_numbers(export->files[LABELS], labels, 2) || fail_output(export, LABELS);
}

/* What is not whole does not stay. */
static bool end_files(struct export *export, bool whole)
{
	for (int k = 0; k < N_OUTPUTS; k++)
		if (export->files[k] && fclose(export->files[k]) != 0 && whole)
			whole = fail_output(export, (enum output)k);
	for (int k = 0; k < N_OUTPUTS && !whole; k++)
		if (export->files[k])
			remove(export->paths[k]);
	return whole;
}

/* --------------------------------------------------------------------- main */

static const char usage[] =
	"usage: export_photographs [-n N] [-s SEED] [-j N] [--most N] [--pens] [--zoom N]\n"
	"                          [--held-out SHARE] [--held-out-seed N] [--donors LIST]\n"
	"                          [--without-donors LIST] DATASET PREFIX\n";

/* A whole number from least to most. */
static bool parse_count(const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *value >= least && *value <= most;
}

static bool parse_real(const char *text, double least, double most, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return *text && !*end && *value >= least && *value <= most;
}

static bool parse_arguments(struct export *export, int argc, char **argv)
{
	static const struct option long_options[] = {
		{"most", required_argument, NULL, 'M'},
		{"pens", no_argument, NULL, 'P'},
		{"zoom", required_argument, NULL, 'Z'},
		{"held-out", required_argument, NULL, 'H'},
		{"held-out-seed", required_argument, NULL, 'S'},
		{"donors", required_argument, NULL, 'D'},
		{"without-donors", required_argument, NULL, 'W'},
		{NULL, 0, NULL, 0}};
	bool good = true;
	int c;

	while (good && (c = getopt_long(argc, argv, "n:s:j:", long_options, NULL)) != -1) {
		if (c == 'n')
			good = parse_count(optarg, 1, MAX_PHOTOGRAPHS, &export->n_wanted);
		else if (c == 's')
			good = parse_count(optarg, 0, UINT64_MAX, &export->seed);
		else if (c == 'j')
			good = parse_count(optarg, 1, MAX_THREADS, &export->n_threads);
		else if (c == 'M')
			good = parse_count(optarg, 0, 7, &export->n_most);
		else if (c == 'P')
			export->pens = true;
		else if (c == 'H')
			good = parse_real(optarg, 0, 0.9, &export->held_out);
		else if (c == 'Z')
			good = parse_real(optarg, 1, 20, &export->least_zoom);
		else if (c == 'D')
			export->donors = optarg;
		else if (c == 'W')
			export->without_donors = optarg;
		else if (c == 'S')
			good = parse_count(optarg, 0, UINT64_MAX, &export->held_out_seed);
		else
			return false;
		if (!good)
			fprintf(stderr, "export_photographs: '%s' is out of range\n", optarg);
	}
	if (!good || optind + 2 != argc)
		return false;
	export->dataset_path = argv[optind];
	export->prefix = argv[optind + 1];
	return strlen(export->prefix) < sizeof(export->paths[0]) - sizeof("-images-idx3-ubyte");
}

int main(int argc, char **argv)
{
	static struct export export = {
		.seed = 1, .n_threads = 2, .n_most = 2, .held_out_seed = 1, .least_zoom = 4};
	bool whole = false;

	if (!parse_arguments(&export, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	if (load(&export)) {
		export.n = export.n_wanted ? export.n_wanted : export.set.n_training;
		whole = begin_files(&export) && photograph_all(&export);
		whole = end_files(&export, whole);
	}
	if (!whole)
		fprintf(stderr, "export_photographs: %s\n", export.error.message);
	train_set_clear(&export.set);
	emnist_dataset_free(export.dataset);
	emnist_labels_free(export.labels);
	return whole ? 0 : 2;
}
