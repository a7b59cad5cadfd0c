/*
 * network.c - how fast the network alone is: beside ONNX Runtime, and beside what a core can do.
 *
 *	network MODEL.onnx DATASET [LIBONNXRUNTIME.so]
 *
 * DATASET is an idx file of images; N_IMAGES of them are brought to vectors before anything is
 * measured. For each batch size, number of threads and engine, rounds alternate between a loop of
 * multiply-adds, emnist and the rival, and what is printed are medians: of times, and of the ratios
 * of one round. Two threads are two callers with a session each; the rival's two threads are those,
 * or two of its own for one caller, whichever is faster.
 *
 * Then, in turn, two threads and one, and what a second thread adds to that loop: no program gains
 * more from a second core.
 *
 * "of peak" holds the multiply-adds of the whole network against the loop's: what is zero and left
 * out is counted as if it had been done. "done" are those that are really done: BLAS does all.
 */
#include "../base/memory.h"
#include "../emnist_dataset.h"
#include "../network/model.h"
#include "peak.h"
#include "rival.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_IMAGES    2048
#define ROUNDS      9
#define MAX_THREADS 2
#define MAX_BATCHES N_IMAGES

/* Each measurement takes about this long. */
#define SECONDS 0.03

/* The rival's threads spin for a while when their work is done. They are let come to rest, which
 * they have when a pause of 10 ms takes less than 1 ms of a processor. */
#define PAUSE_NS   10000000
#define MAX_PAUSES 50

static const size_t batch_sizes[] = {1, 8, 128, 1024};

/* One way to run batches. */
struct contender {
	int (*run)(const struct contender *contender, unsigned thread, size_t batch);
	unsigned n_callers;
	void *sessions[MAX_THREADS];
	const struct rival *rival;
	struct rival_batch *batches[MAX_BATCHES];
	size_t passes; /* over all images, that take SECONDS */
};

struct bench {
	struct emnist_model *model;
	const char *model_path;
	size_t n_inputs, n_outputs;
	size_t n_rows;        /* a batch */
	float *vectors;       /* (N_IMAGES, n_inputs) */
	float *probabilities; /* (N_IMAGES, n_outputs) */
};

static struct bench bench;

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "network: %s: %s\n", what, why);
	exit(1);
}

/* ------------------------------------------------------------------- measuring */

static int run_ours(const struct contender *contender, unsigned thread, size_t batch)
{
	return (int)emnist_session_run(
		contender->sessions[thread], bench.vectors + batch * bench.n_rows * bench.n_inputs,
		bench.n_rows, bench.probabilities + batch * bench.n_rows * bench.n_outputs, NULL);
}

static int run_rival(const struct contender *contender, unsigned thread, size_t batch)
{
	return rival_run(contender->rival, contender->sessions[thread], contender->batches[batch]);
}

struct caller {
	pthread_t id;
	const struct contender *contender;
	unsigned thread;
};

/* Its part of the batches, again and again. */
static void *call(void *context)
{
	const struct caller *caller = context;
	const struct contender *contender = caller->contender;
	const size_t n_batches = N_IMAGES / bench.n_rows;
	const size_t begin = caller->thread * n_batches / contender->n_callers;
	const size_t end = (caller->thread + 1) * n_batches / contender->n_callers;

	for (size_t pass = 0; pass < contender->passes; pass++)
		for (size_t batch = begin; batch < end; batch++)
			if (contender->run(contender, caller->thread, batch))
				fail("a batch", "cannot be run");
	return NULL;
}

static void let_rest(void)
{
	const struct timespec pause = {0, PAUSE_NS};

	for (unsigned i = 0; i < MAX_PAUSES; i++) {
		const clock_t before = clock();

		nanosleep(&pause, NULL);
		if (clock() - before < CLOCKS_PER_SEC / 1000)
			return;
	}
}

/* Seconds an image. */
static double measure(const struct contender *contender)
{
	struct caller callers[MAX_THREADS];
	double start;

	let_rest();
	start = now();
	for (unsigned t = 0; t < contender->n_callers; t++) {
		callers[t] = (struct caller){.contender = contender, .thread = t};
		if (t > 0 && pthread_create(&callers[t].id, NULL, call, &callers[t]))
			fail("a thread", "cannot be started");
	}
	call(&callers[0]);
	for (unsigned t = 1; t < contender->n_callers; t++)
		pthread_join(callers[t].id, NULL);
	return (now() - start) / (double)(N_IMAGES * contender->passes);
}

/* Runs it once for practice, and finds out how much takes SECONDS. */
static void warm_up(struct contender *contender)
{
	double seconds;

	contender->passes = 1;
	measure(contender);
	seconds = measure(contender) * N_IMAGES;
	contender->passes = (size_t)(SECONDS / seconds) + 1;
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

/* ------------------------------------------------------------------ contenders */

static struct contender *make_ours(enum emnist_engine engine, unsigned n_callers)
{
	const struct emnist_session_options options = {.engine = engine};
	struct contender *contender = calloc(1, sizeof(*contender));
	struct emnist_error error;

	if (!contender)
		fail("a session", "out of memory");
	contender->run = run_ours;
	contender->n_callers = n_callers;
	for (unsigned t = 0; t < n_callers; t++) {
		struct emnist_session *session;

		if (emnist_session_create_with(bench.model, bench.n_rows, &options, &session,
					       &error))
			fail("a session", error.message);
		contender->sessions[t] = session;
	}
	return contender;
}

static struct contender *make_rival(const struct rival *rival, float *probabilities,
				    unsigned n_callers, int n_own_threads)
{
	struct contender *contender = calloc(1, sizeof(*contender));

	if (!contender)
		fail("a session", "out of memory");
	contender->run = run_rival;
	contender->rival = rival;
	contender->n_callers = n_callers;
	for (unsigned t = 0; t < n_callers; t++) {
		contender->sessions[t] = rival_session(rival, bench.model_path, n_own_threads);
		if (!contender->sessions[t])
			exit(1);
	}
	for (size_t i = 0; i < N_IMAGES / bench.n_rows; i++) {
		const size_t row = i * bench.n_rows;

		contender->batches[i] = rival_batch(
			rival, bench.vectors + row * bench.n_inputs, bench.n_inputs,
			probabilities + row * bench.n_outputs, bench.n_outputs, bench.n_rows);
		if (!contender->batches[i])
			exit(1);
	}
	return contender;
}

/* -------------------------------------------------------------------- counting */

/* Weights and biases that are subnormal, which cost some processors more than all others. */
static size_t count_subnormal(void)
{
	size_t n, n_subnormal = 0;

	for (size_t l = 0; l < bench.model->n_layers; l++) {
		const struct layer *layer = &bench.model->layers[l];

		if (!panels_count(layer->n_inputs, layer->n_outputs, &n))
			continue;
		for (size_t i = 0; i < n; i++)
			n_subnormal += fpclassify(layer->panels[i]) == FP_SUBNORMAL;
	}
	return n_subnormal;
}

/* The multiply-adds of the network for one image. */
static double count_all(void)
{
	double sum = 0;

	for (size_t l = 0; l < bench.model->n_layers; l++)
		sum += (double)bench.model->layers[l].n_inputs *
		       (double)bench.model->layers[l].n_outputs;
	return sum;
}

/* Those of them that are of inputs that are not zero, for one image. */
static double count_nonzero(const float *vector)
{
	float *values = malloc(MODEL_MAX_WIDTH * sizeof(*values));
	float *next = malloc(MODEL_MAX_WIDTH * sizeof(*next));
	double sum = 0;

	if (!values || !next)
		fail("counting", "out of memory");
	memcpy(values, vector, bench.n_inputs * sizeof(*values));
	for (size_t l = 0; l < bench.model->n_layers; l++) {
		const struct layer *layer = &bench.model->layers[l];

		memcpy(next, layer->bias, layer->n_outputs * sizeof(*next));
		for (size_t k = 0; k < layer->n_inputs; k++) {
			if (values[k] == 0)
				continue;
			sum += layer->n_outputs;
			for (size_t o = 0; o < layer->n_outputs; o++)
				next[o] += values[k] * layer->weights[o * layer->n_inputs + k];
		}
		activation_apply(layer->activation, layer->alpha, layer->gamma, next,
				 layer->n_outputs);
		memcpy(values, next, layer->n_outputs * sizeof(*values));
	}
	free(values);
	free(next);
	return sum;
}

static double mean_nonzero(void)
{
	enum { SAMPLE = 64 };
	double sum = 0;

	for (size_t i = 0; i < SAMPLE; i++)
		sum += count_nonzero(bench.vectors + i * (N_IMAGES / SAMPLE) * bench.n_inputs);
	return sum / SAMPLE;
}

/* -------------------------------------------------------------------- printing */

struct figures {
	double ours[ROUNDS], theirs[ROUNDS], ratio[ROUNDS]; /* seconds an image */
	double of_peak[ROUNDS];
};

static void run_rounds(struct figures *figures, struct contender *ours,
		       struct contender *const *rivals, size_t n_rivals)
{
	const double n_operations = 2e-9 * count_all();

	warm_up(ours);
	for (size_t i = 0; i < n_rivals; i++)
		warm_up(rivals[i]);
	for (size_t round = 0; round < ROUNDS; round++) {
		const double peak = peak_measure();

		figures->ours[round] = measure(ours);
		figures->of_peak[round] = n_operations / figures->ours[round] / peak;
		figures->theirs[round] = INFINITY;
		for (size_t i = 0; i < n_rivals; i++)
			figures->theirs[round] = fmin(figures->theirs[round], measure(rivals[i]));
		figures->ratio[round] = figures->theirs[round] / figures->ours[round];
	}
}

/* done: the multiply-adds of an image that are done. */
static void print_figures(enum emnist_engine engine, unsigned n_threads, struct figures *figures,
			  double done, int has_rival)
{
	const double of_peak = median(figures->of_peak) / n_threads;

	printf("%-7s %7u %6zu %9.2f us", engine == EMNIST_ENGINE_BLAS ? "blas" : "kernels",
	       n_threads, bench.n_rows, 1e6 * median(figures->ours));
	if (has_rival)
		printf(" %9.2f us %6.2fx", 1e6 * median(figures->theirs), median(figures->ratio));
	else
		printf(" %12s %7s", "-", "-");
	printf(" %7.0f %% %5.0f %%\n", 100 * of_peak, 100 * of_peak * done / count_all());
}

static float largest_difference(const float *a, const float *b, size_t n)
{
	float largest = 0;

	for (size_t i = 0; i < n; i++)
		largest = fmaxf(largest, fabsf(a[i] - b[i]));
	return largest;
}

/* One engine on so many threads, in batches of bench.n_rows; theirs: what the rival gives. */
static void run_one(enum emnist_engine engine, const struct rival *rival, unsigned n_threads,
		    float *theirs, double nonzero)
{
	const double done = engine == EMNIST_ENGINE_BLAS ? count_all() : nonzero;
	struct contender *rivals[2], *ours = make_ours(engine, n_threads);
	struct figures figures;
	size_t n_rivals = 0;

	if (rival)
		rivals[n_rivals++] = make_rival(rival, theirs, n_threads, 1);
	if (rival && n_threads > 1)
		rivals[n_rivals++] = make_rival(rival, theirs, 1, (int)n_threads);
	run_rounds(&figures, ours, rivals, n_rivals);
	print_figures(engine, n_threads, &figures, done, rival != NULL);
	fflush(stdout);
}

static void run_all(const struct rival *rival)
{
	const size_t n_sizes = sizeof(batch_sizes) / sizeof(*batch_sizes);
	float *theirs = alloc_floats(N_IMAGES, bench.n_outputs);
	const double nonzero = mean_nonzero();
	enum emnist_engine found;

	if (!theirs)
		fail("probabilities", "out of memory");
	printf("engine  threads  batch       emnist %12s   ratio  of peak    done\n",
	       rival ? "ONNX Runtime" : "no rival");
	for (unsigned n_threads = 1; n_threads <= MAX_THREADS; n_threads++)
		for (size_t i = 0; i < n_sizes; i++) {
			bench.n_rows = batch_sizes[i];
			run_one(EMNIST_ENGINE_KERNELS, rival, n_threads, theirs, nonzero);
			if (!emnist_engine_find(EMNIST_ENGINE_BLAS, &found, NULL))
				run_one(EMNIST_ENGINE_BLAS, rival, n_threads, theirs, nonzero);
		}
	printf("%.0f of %.0f multiply-adds an image are done by the kernels; subnormal weights: "
	       "%zu\n",
	       nonzero, count_all(), count_subnormal());
	if (rival)
		printf("largest difference from ONNX Runtime: %.1e\n",
		       (double)largest_difference(bench.probabilities, theirs,
						  N_IMAGES * bench.n_outputs));
	free(theirs);
}

static void *call_peak(void *context)
{
	*(double *)context = peak_measure();
	return NULL;
}

/* How many times as many multiply-adds two threads do as one. */
static double peak_of_two(void)
{
	double peaks[2];
	pthread_t other;

	let_rest();
	if (pthread_create(&other, NULL, call_peak, &peaks[1]))
		fail("a thread", "cannot be started");
	call_peak(&peaks[0]);
	pthread_join(other, NULL);
	return (peaks[0] + peaks[1]) / peak_measure();
}

/* Two threads over one, in turn, and the loop's in the same round. */
static void print_scaling(size_t n_rows)
{
	struct contender *one, *two;
	double gains[ROUNDS], of_peaks[ROUNDS];

	bench.n_rows = n_rows;
	one = make_ours(EMNIST_ENGINE_KERNELS, 1);
	two = make_ours(EMNIST_ENGINE_KERNELS, 2);
	warm_up(one);
	warm_up(two);
	for (size_t round = 0; round < ROUNDS; round++) {
		of_peaks[round] = peak_of_two();
		gains[round] = measure(one) / measure(two);
	}
	printf("two threads over one, batch %4zu: %.2fx, the loop of multiply-adds %.2fx\n", n_rows,
	       median(gains), median(of_peaks));
	fflush(stdout);
}

/* What is done beside the products, of the whole. */
static void print_beside(void)
{
	const size_t n_outputs = bench.n_outputs, n_rows = 128;
	uint64_t *nonzero =
		alloc_zeroed(n_rows * (bench.n_inputs / KERNEL_WORD + 1), sizeof(*nonzero));
	struct contender *ours;
	double zeros, softmax, top, all;
	uint32_t best;

	if (!nonzero)
		fail("zeros", "out of memory");
	bench.n_rows = n_rows;
	ours = make_ours(EMNIST_ENGINE_KERNELS, 1);
	warm_up(ours);
	all = measure(ours);
	zeros = now();
	for (size_t row = 0; row < N_IMAGES; row += n_rows)
		bench.model->kernel->find_nonzero(bench.vectors + row * bench.n_inputs,
						  bench.n_inputs, n_rows, 0, bench.n_inputs,
						  nonzero, n_rows);
	zeros = now() - zeros;
	top = now();
	for (size_t row = 0; row < N_IMAGES; row++)
		emnist_top_k(bench.probabilities + row * n_outputs, n_outputs, 1, &best);
	top = now() - top;
	softmax = now();
	softmax_rows(bench.probabilities, N_IMAGES, n_outputs);
	softmax = now() - softmax;
	printf("beside the products, of the whole: the images' zeros %.1f %%, softmax %.1f %%, "
	       "the most probable class %.1f %%\n",
	       100 * zeros / N_IMAGES / all, 100 * softmax / N_IMAGES / all,
	       100 * top / N_IMAGES / all);
	free(nonzero);
}

/* --------------------------------------------------------------------- set-up */

static void read_images(const char *path)
{
	static uint8_t pixels[N_IMAGES * EMNIST_VECTOR_LENGTH];
	static uint16_t classes[N_IMAGES];
	struct emnist_dataset *dataset;
	struct emnist_error error;
	size_t n = 0;

	if (emnist_dataset_open(path, NULL, &dataset, &error) ||
	    emnist_dataset_read(dataset, N_IMAGES, pixels, classes, &n, &error))
		fail(path, error.message);
	if (n < N_IMAGES)
		fail(path, "too few images");
	emnist_dataset_free(dataset);
	for (size_t i = 0; i < N_IMAGES * EMNIST_VECTOR_LENGTH; i++)
		bench.vectors[i] = (float)pixels[i] / 255.0F;
}

int main(int argc, char **argv)
{
	struct rival *rival = NULL;
	struct emnist_error error;

	if (argc < 3 || argc > 4) {
		fputs("usage: network MODEL.onnx DATASET [LIBONNXRUNTIME.so]\n", stderr);
		return 2;
	}
	bench.model_path = argv[1];
	if (emnist_model_read(argv[1], NULL, &bench.model, &error))
		fail(argv[1], error.message);
	bench.n_inputs = emnist_model_n_inputs(bench.model);
	bench.n_outputs = emnist_model_n_outputs(bench.model);
	if (bench.n_inputs != EMNIST_VECTOR_LENGTH)
		fail(argv[1], "its inputs are no images of 28x28");
	bench.vectors = alloc_floats(N_IMAGES, bench.n_inputs);
	bench.probabilities = alloc_floats(N_IMAGES, bench.n_outputs);
	if (!bench.vectors || !bench.probabilities)
		fail("images", "out of memory");
	read_images(argv[2]);
	if (argc == 4)
		rival = rival_open(argv[3]);
	printf("the network alone, %s kernels, a core's peak %.0f GFLOP/s; %s%s\n",
	       bench.model->kernel->name, peak_measure(),
	       rival ? "ONNX Runtime " : "left out: ONNX Runtime, whose library is not given",
	       rival ? rival_version(rival) : "");
	run_all(rival);
	print_scaling(128);
	print_scaling(1024);
	print_beside();
	return argc == 4 && !rival;
}
