/*
 * distort.c - how well pictures are read that look as people's do, not as EMNIST's.
 *
 *	distort [-m MODEL] [-n N] [-j N] [-d NAME] [-s SEED] [--digits] [--json] [--answers]
 *	        [--dump DIR] DATASET
 *
 * The images that `emnist train --seed 1 --validation 0.1 DATASET` holds out are carried through
 * each distortion, written as image files in memory, read back the way all files are, and
 * classified. Beside the accuracy stands what was lost of that of the same images untouched, with
 * the standard error of the difference, and the processor time that reading a picture took.
 *
 * Pictures of one image fail together, so that chance is in the images, not in their pictures: the
 * standard error is that of the sum of what each image lost in all its pictures together.
 *
 *	-m MODEL    ONNX model; default: the built-in one
 *	-n N        only the first N images
 *	-j N        threads; default 2
 *	-d NAME     only distortions whose names contain NAME
 *	-s SEED     of everything that is drawn by chance; default 1
 *	--digits    only digits, and no other answers
 *	--json      one object with the shares, 0..1
 *	--answers   a line for each picture: distortion, image, draw, and whether it is right (1 or
 *	            0), also ignoring case; of two programs, diff shows what was won and lost
 *	--dump DIR  writes pictures that were mistaken, though right when untouched, to DIR, and
 *	            what the network saw of them
 */
#include "../base/error.h"
#include "../base/ordered.h"
#include "../train/train_set.h"
#include "distortion.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_DISTORTIONS 128
#define MAX_CLASSES     512

/* What the recipe of the built-in model holds out. */
#define HELD_OUT      0.1
#define HELD_OUT_SEED 1

struct bench {
	const char *model_path, *only, *dump;
	const char *dataset_path;
	uint64_t seed;
	size_t n_images;
	unsigned n_threads;
	bool json, digits, answers;

	struct emnist_model *model;
	const struct emnist_labels *labels; /* of the model */
	struct train_set set;
	size_t next; /* image to hand out */
	size_t n_taken;
	bool failed; /* known to the consumer, as is why */
	struct emnist_error error;
};

/* Counts of one distortion; [0] as is, [1] ignoring case. */
struct tally {
	uint64_t n, n_right[2];
	uint64_t n_clean[2]; /* right when untouched */
	uint64_t squares[2]; /* of the right answers that each image lost, less those it won */
	double seconds;
};

static struct tally tallies[MAX_DISTORTIONS];

/* What one image gives. */
struct slot {
	size_t image; /* position in the set */
	struct tally tallies[MAX_DISTORTIONS];
	bool failed;
	struct emnist_error error;
};

struct worker {
	struct emnist_session *session;
	struct emnist_reader *reader;
	struct glyph glyph;
	struct darkroom darkroom;
};

/* ---------------------------------------------------------------- one image */

static double processor_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool is_digit(const struct bench *bench, size_t class)
{
	const char *text = emnist_labels_text(bench->labels, class);

	return text[0] >= '0' && text[0] <= '9';
}

/* The class that is most probable. */
static size_t classify(const struct bench *bench, const struct worker *worker, const float *vector,
		       struct slot *slot)
{
	float probabilities[MAX_CLASSES];
	const size_t n = emnist_labels_count(bench->labels);
	uint32_t best = 0;

	if (emnist_session_run(worker->session, vector, 1, probabilities, &slot->error))
		slot->failed = true;
	for (size_t c = 0; bench->digits && !slot->failed && c < n; c++)
		if (!is_digit(bench, c))
			probabilities[c] = 0;
	if (!slot->failed)
		emnist_top_k(probabilities, n, 1, &best);
	return best;
}

/* Whether the class is what the image shows. */
static void judge(const struct bench *bench, size_t image, size_t class, bool right[2])
{
	const struct target *target = &bench->set.targets[bench->set.target[image]];

	right[0] = right[1] = false;
	for (uint32_t k = 0; k < target->n; k++)
		for (int any_case = 0; any_case < 2; any_case++)
			right[any_case] |= emnist_labels_match(bench->labels, target->classes[k],
							       bench->labels, class, any_case);
}

static void write_file(const char *path, const void *bytes, size_t nbytes)
{
	FILE *file = fopen(path, "wb");

	if (!file || fwrite(bytes, 1, nbytes, file) != nbytes || fclose(file) != 0)
		perror(path);
}

/* The picture, and as PNG what became of it, named by distortion, image, truth and answer. */
static void dump(const struct bench *bench, const struct worker *worker, size_t d, size_t image,
		 size_t class, const float *vector)
{
	const struct target *target = &bench->set.targets[bench->set.target[image]];
	char name[64], path[4096];
	size_t nbytes;
	void *png;

	snprintf(name, sizeof(name), "%s", distortions[d].name);
	for (char *c = name; *c; c++)
		*c = *c == ' ' || *c == '%' ? '_' : *c;
	snprintf(path, sizeof(path), "%s/%s-%05zu-%s-%s.%s", bench->dump, name, image,
		 emnist_labels_text(bench->labels, target->classes[0]),
		 emnist_labels_text(bench->labels, class),
		 worker->darkroom.file.data[0] == 'P' ? "ppm" : "tga");
	write_file(path, worker->darkroom.file.data, worker->darkroom.file.nbytes);
	if (emnist_vector_to_png(vector, &png, &nbytes, NULL))
		return;
	memcpy(path + strlen(path) - 3, "png", 3);
	write_file(path, png, nbytes);
	free(png);
}

/* One picture of an image; clean: whether it was right untouched. */
static void try_picture(const struct bench *bench, struct worker *worker, size_t d, unsigned draw,
			const bool clean[2], struct slot *slot)
{
	const struct photograph photograph = distortion_draw(d, bench->seed, slot->image, draw);
	struct tally *tally = &slot->tallies[d];
	float vector[EMNIST_VECTOR_LENGTH];
	bool right[2];
	double start;
	size_t class;

	if (!photograph_take(&photograph, &worker->glyph, &worker->darkroom)) {
		error_memory(&slot->error);
		slot->failed = true;
		return;
	}
	start = processor_seconds();
	if (emnist_read_bytes(worker->reader, worker->darkroom.file.data,
			      worker->darkroom.file.nbytes, vector, &slot->error)) {
		slot->failed = true;
		return;
	}
	tally->seconds += processor_seconds() - start;
	class = classify(bench, worker, vector, slot);
	judge(bench, slot->image, class, right);
	tally->n++;
	for (int k = 0; k < 2; k++) {
		tally->n_right[k] += right[k];
		tally->n_clean[k] += clean[k];
	}
	if (bench->answers)
		printf("%s\t%zu\t%u\t%d\t%d\n", distortions[d].name, slot->image, draw, right[0],
		       right[1]);
	if (bench->dump && clean[1] && !right[1])
		dump(bench, worker, d, slot->image, class, vector);
}

/* As a file of its own, an image passes through untouched. */
static void try_untouched(const struct bench *bench, struct worker *worker, struct slot *slot,
			  bool clean[2])
{
	static const char header[] = "P5 28 28 255\n";
	uint8_t file[sizeof(header) - 1 + EMNIST_VECTOR_LENGTH];
	float vector[EMNIST_VECTOR_LENGTH];

	memcpy(file, header, sizeof(header) - 1);
	memcpy(file + sizeof(header) - 1, bench->set.pixels + slot->image * EMNIST_VECTOR_LENGTH,
	       EMNIST_VECTOR_LENGTH);
	if (emnist_read_bytes(worker->reader, file, sizeof(file), vector, &slot->error))
		slot->failed = true;
	else
		judge(bench, slot->image, classify(bench, worker, vector, slot), clean);
}

static void work(void *context, void *worker_, void *slot_)
{
	const struct bench *bench = context;
	struct worker *worker = worker_;
	struct slot *slot = slot_;
	bool clean[2];

	memset(slot->tallies, 0, sizeof(slot->tallies));
	slot->failed = false;
	try_untouched(bench, worker, slot, clean);
	glyph_make(&worker->glyph, bench->set.pixels + slot->image * EMNIST_VECTOR_LENGTH);
	for (size_t d = 0; d < n_distortions && !slot->failed; d++)
		for (unsigned draw = 0; draw < distortions[d].n_draws && !slot->failed; draw++)
			if (!bench->only || strstr(distortions[d].name, bench->only))
				try_picture(bench, worker, d, draw, clean, slot);
}

/* --------------------------------------------------------------- all images */

static void free_worker(void *context, void *worker_)
{
	struct worker *worker = worker_;

	(void)context;
	if (!worker)
		return;
	emnist_session_free(worker->session);
	emnist_reader_free(worker->reader);
	darkroom_clear(&worker->darkroom);
	free(worker);
}

static void *make_worker(void *context)
{
	const struct bench *bench = context;
	struct worker *worker = calloc(1, sizeof(*worker));

	if (!worker || emnist_session_create(bench->model, 1, &worker->session, NULL) ||
	    emnist_reader_create(NULL, &worker->reader, NULL)) {
		free_worker(context, worker);
		return NULL;
	}
	return worker;
}

static bool produce(void *context, void *slot_)
{
	struct bench *bench = context;
	struct slot *slot = slot_;
	const struct target *target;

	do {
		if (bench->next == bench->set.n_validation || bench->n_taken == bench->n_images)
			return false;
		slot->image = bench->set.validation[bench->next++];
		target = &bench->set.targets[bench->set.target[slot->image]];
	} while (bench->digits && !is_digit(bench, target->classes[0]));
	bench->n_taken++;
	return true;
}

static bool consume(void *context, void *slot_)
{
	struct bench *bench = context;
	const struct slot *slot = slot_;

	if (slot->failed) {
		bench->failed = true;
		bench->error = slot->error;
		return false;
	}
	for (size_t d = 0; d < n_distortions; d++) {
		const struct tally *from = &slot->tallies[d];
		struct tally *to = &tallies[d];

		to->n += from->n;
		to->seconds += from->seconds;
		for (int k = 0; k < 2; k++) {
			const int64_t lost = (int64_t)from->n_clean[k] - (int64_t)from->n_right[k];

			to->n_right[k] += from->n_right[k];
			to->n_clean[k] += from->n_clean[k];
			to->squares[k] += (uint64_t)(lost * lost);
		}
	}
	return true;
}

/* ------------------------------------------------------------------- report */

static double percent(uint64_t n, uint64_t of)
{
	return 100 * (double)n / (double)of;
}

/* Percentage points lost, and their standard error: of a picture an image, as of pairs of answers
 * (McNemar's). */
static double points_lost(const struct tally *tally, int any_case, double *error_ret)
{
	*error_ret = 100 * sqrt((double)tally->squares[any_case]) / (double)tally->n;
	return percent(tally->n_clean[any_case], tally->n) -
	       percent(tally->n_right[any_case], tally->n);
}

static void print_text(const struct bench *bench)
{
	printf("%zu images held out, points lost with their standard error\n\n", bench->n_taken);
	printf("%-32s %8s %6s       %9s %6s       %8s\n", "distortion", "accuracy", "lost",
	       "any case", "lost", "ms");
	for (size_t d = 0; d < n_distortions; d++) {
		const struct tally *tally = &tallies[d];
		double errors[2], lost[2];

		if (!tally->n)
			continue;
		for (int k = 0; k < 2; k++)
			lost[k] = points_lost(tally, k, &errors[k]);
		printf("%-32s %6.2f %% %6.2f +-%4.2f %7.2f %% %6.2f +-%4.2f %8.3f\n",
		       distortions[d].name, percent(tally->n_right[0], tally->n), lost[0],
		       errors[0], percent(tally->n_right[1], tally->n), lost[1], errors[1],
		       1000 * tally->seconds / (double)tally->n);
	}
}

static void print_json(const struct bench *bench)
{
	bool first = true;

	printf("{\"images\":%zu,\"seed\":%llu,\"distortions\":[", bench->n_taken,
	       (unsigned long long)bench->seed);
	for (size_t d = 0; d < n_distortions; d++) {
		const struct tally *tally = &tallies[d];
		double errors[2];

		if (!tally->n)
			continue;
		for (int k = 0; k < 2; k++)
			points_lost(tally, k, &errors[k]);
		printf("%s\n{\"name\":\"%s\",\"pictures\":%llu,\"clean\":%.6f,"
		       "\"clean_case_insensitive\":%.6f,\"accuracy\":%.6f,"
		       "\"case_insensitive\":%.6f,\"standard_error\":%.6f,"
		       "\"standard_error_case_insensitive\":%.6f,\"milliseconds\":%.4f}",
		       first ? "" : ",", distortions[d].name, (unsigned long long)tally->n,
		       (double)tally->n_clean[0] / (double)tally->n,
		       (double)tally->n_clean[1] / (double)tally->n,
		       (double)tally->n_right[0] / (double)tally->n,
		       (double)tally->n_right[1] / (double)tally->n, errors[0] / 100,
		       errors[1] / 100, 1000 * tally->seconds / (double)tally->n);
		first = false;
	}
	printf("]}\n");
}

/* --------------------------------------------------------------------- main */

static bool parse_arguments(struct bench *bench, int argc, char **argv)
{
	static const struct option long_options[] = {{"json", no_argument, NULL, 'J'},
						     {"dump", required_argument, NULL, 'D'},
						     {"digits", no_argument, NULL, 'G'},
						     {"answers", no_argument, NULL, 'A'},
						     {NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "m:n:j:d:s:", long_options, NULL)) != -1)
		switch (c) {
		case 'm':
			bench->model_path = optarg;
			break;
		case 'n':
			bench->n_images = strtoul(optarg, NULL, 10);
			break;
		case 'j':
			bench->n_threads = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'd':
			bench->only = optarg;
			break;
		case 's':
			bench->seed = strtoull(optarg, NULL, 10);
			break;
		case 'J':
			bench->json = true;
			break;
		case 'G':
			bench->digits = true;
			break;
		case 'A':
			bench->answers = true;
			break;
		case 'D':
			bench->dump = optarg;
			break;
		default:
			return false;
		}
	bench->dataset_path = argv[optind];
	return optind + 1 == argc && bench->n_threads > 0;
}

/* Loads the model and the images that are held out. */
static enum emnist_status prepare(struct bench *bench)
{
	struct train_set_options options = {.validation = HELD_OUT, .seed = HELD_OUT_SEED};
	struct emnist_dataset *dataset = NULL;
	struct emnist_error *error = &bench->error;
	enum emnist_status status =
		bench->model_path ? emnist_model_read(bench->model_path, NULL, &bench->model, error)
				  : emnist_model_default(&bench->model, error);

	if (!status)
		status = emnist_dataset_open(bench->dataset_path, NULL, &dataset, error);
	if (status)
		return status;
	options.labels = bench->labels = emnist_model_labels(bench->model);
	if (emnist_labels_count(bench->labels) > MAX_CLASSES)
		status = error_set(error, EMNIST_ERR_LIMIT, "too many classes");
	else
		status = train_set_load(&bench->set, &dataset, 1, &options, error);
	if (bench->n_images > bench->set.n_validation)
		bench->n_images = bench->set.n_validation;
	emnist_dataset_free(dataset);
	return status;
}

int main(int argc, char **argv)
{
	struct bench bench = {.n_images = SIZE_MAX, .n_threads = 2, .seed = 1};
	struct ordered_options options = {
		.context = &bench,
		.slot_nbytes = sizeof(struct slot),
		.worker_make = make_worker,
		.worker_free = free_worker,
		.produce = produce,
		.work = work,
		.consume = consume,
	};
	struct emnist_error error;
	bool failed;

	if (!parse_arguments(&bench, argc, argv)) {
		fprintf(stderr, "usage: distort [-m MODEL] [-n N] [-j N] [-d NAME] [-s SEED] "
				"[--digits] [--json] [--answers] [--dump DIR] DATASET\n");
		return 2;
	}
	options.n_workers = bench.n_threads;
	failed = prepare(&bench);
	if (!failed && ordered_run(&options, &error)) {
		failed = true;
		bench.error = bench.failed ? bench.error : error;
	}
	if (failed)
		fprintf(stderr, "distort: %s\n", bench.error.message);
	else if (bench.json)
		print_json(&bench);
	else if (!bench.answers)
		print_text(&bench);
	train_set_clear(&bench.set);
	emnist_model_free(bench.model);
	return failed || fflush(stdout) ? 2 : 0;
}
