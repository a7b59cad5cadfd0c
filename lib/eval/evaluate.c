/*
 * evaluate.c - runs a model over a dataset on several threads.
 *
 * Batches follow the dataset's order, run on any free worker, and are tallied in order again. So
 * results do not depend on the number of threads. Images outside of a view skip the network.
 */
#include "../base/error.h"
#include "../base/memory.h"
#include "../base/ordered.h"
#include "../labels/labels.h"
#include "../labels/view.h"
#include "tally.h"

#include <string.h>

#define DEFAULT_N_ROWS 256
#define MAX_N_ROWS     65536 /* of emnist_session_create() */

struct evaluating {
	const struct emnist_model *model;
	struct emnist_dataset *dataset;
	const struct emnist_eval_options *options;
	struct emnist_view *truth; /* the dataset's classes as options->view sees them, or NULL */
	size_t n_rows;
	size_t n_classes; /* of the model */
	uint64_t n_images;
	uint64_t n_left_out;
	uint64_t n_blank;
	struct tally tally;
	/* What reading came to; the producer's alone until the run is over. */
	uint64_t n_read;
	enum emnist_status read_status;
	struct emnist_error read_error;
	/* What ended the run early on the consumer's side. */
	enum emnist_status run_status;
	struct emnist_error run_error;
};

struct batch {
	uint8_t *pixels;   /* (n, 784) */
	uint16_t *classes; /* (n) positions in the dataset's labels, then (n_kept) in the truth's */
	uint32_t *images;  /* (n_kept) number of images before each; NULL: not wanted */
	float *probabilities; /* (n_kept, n_classes) */
	size_t n;
	size_t n_kept;
	size_t n_blank;
	uint64_t n_before; /* images of the batches before */
	enum emnist_status status;
	struct emnist_error error;
};

struct worker {
	struct emnist_session *session;
	float *vectors; /* (n_rows, 784) */
};

static void batch_free(void *context, void *slot)
{
	struct batch *batch = slot;

	(void)context;
	free(batch->pixels);
	free(batch->classes);
	free(batch->images);
	free(batch->probabilities);
	free(batch);
}

static bool wants_answers(const struct emnist_eval_options *options)
{
	return options->answers || options->answered;
}

static void *batch_make(void *context)
{
	const struct evaluating *run = context;
	struct batch *batch = alloc_zeroed(1, sizeof(*batch));

	if (!batch)
		return NULL;
	batch->pixels = alloc_array(run->n_rows, EMNIST_VECTOR_LENGTH);
	batch->classes = alloc_array(run->n_rows, sizeof(*batch->classes));
	batch->probabilities = alloc_floats(run->n_rows, run->n_classes);
	if (wants_answers(run->options))
		batch->images = alloc_array(run->n_rows, sizeof(*batch->images));
	if (batch->pixels && batch->classes && batch->probabilities &&
	    (batch->images || !wants_answers(run->options)))
		return batch;
	batch_free(context, batch);
	return NULL;
}

static void worker_free(void *context, void *content)
{
	struct worker *worker = content;

	(void)context;
	emnist_session_free(worker->session);
	free(worker->vectors);
	free(worker);
}

static void *worker_make(void *context)
{
	const struct evaluating *run = context;
	const struct emnist_session_options options = {.engine = run->options->engine};
	struct worker *worker = alloc_zeroed(1, sizeof(*worker));

	if (!worker)
		return NULL;
	worker->vectors = alloc_floats(run->n_rows, EMNIST_VECTOR_LENGTH);
	if (worker->vectors &&
	    !emnist_session_create_with(run->model, run->n_rows, &options, &worker->session, NULL))
		return worker;
	worker_free(context, worker);
	return NULL;
}

static bool produce(void *context, void *slot)
{
	struct evaluating *run = context;
	struct batch *batch = slot;

	run->read_status = emnist_dataset_read(run->dataset, run->n_rows, batch->pixels,
					       batch->classes, &batch->n, &run->read_error);
	batch->n_before = run->n_read;
	run->n_read += batch->n;
	return !run->read_status && batch->n;
}

static void fill_vector(float *vector, const uint8_t *pixels)
{
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		vector[i] = (float)pixels[i] / 255.0F;
}

static bool is_blank(const uint8_t *pixels)
{
	return pixels[0] == 0 && memcmp(pixels, pixels + 1, EMNIST_VECTOR_LENGTH - 1) == 0;
}

/* Takes the images that are not left out, and their classes in the truth's order. */
static void take_images(const struct evaluating *run, struct worker *worker, struct batch *batch)
{
	batch->n_kept = 0;
	batch->n_blank = 0;
	for (size_t i = 0; i < batch->n; i++) {
		const uint8_t *pixels = batch->pixels + i * EMNIST_VECTOR_LENGTH;
		uint32_t row = batch->classes[i];

		if (run->truth)
			row = view_class_of(run->truth, row);
		if (row == VIEW_NONE)
			continue;
		if (!run->options->answer_blank && is_blank(pixels)) {
			batch->n_blank++;
			continue;
		}
		fill_vector(worker->vectors + batch->n_kept * EMNIST_VECTOR_LENGTH, pixels);
		if (batch->images)
			batch->images[batch->n_kept] = (uint32_t)(batch->n_before + i);
		batch->classes[batch->n_kept++] = (uint16_t)row;
	}
}

static void work(void *context, void *content, void *slot)
{
	const struct evaluating *run = context;
	struct worker *worker = content;
	struct batch *batch = slot;

	take_images(run, worker, batch);
	batch->status = EMNIST_OK;
	if (batch->n_kept)
		batch->status = emnist_session_run(worker->session, worker->vectors, batch->n_kept,
						   batch->probabilities, &batch->error);
	if (!batch->status && run->options->view)
		emnist_view_apply(run->options->view, batch->probabilities, batch->n_kept);
}

/* Passes on the answers for a batch's images, the last ones that the tally kept. */
static bool hand_on(struct evaluating *run, const struct batch *batch)
{
	const struct emnist_eval_options *options = run->options;
	struct buffer *kept = &run->tally.answers;
	const size_t nbytes = batch->n_kept * sizeof(struct emnist_answer);
	bool go_on = true;

	for (size_t i = 0; i < batch->n_kept && options->answered && go_on; i++) {
		struct emnist_answer answer;

		memcpy(&answer, kept->data + kept->nbytes - nbytes + i * sizeof(answer),
		       sizeof(answer));
		go_on = !options->answered(options->context, &answer,
					   batch->pixels + (answer.image - batch->n_before) *
								   EMNIST_VECTOR_LENGTH);
	}
	if (!options->answers)
		kept->nbytes = 0;
	return go_on;
}

static bool consume(void *context, void *slot)
{
	struct evaluating *run = context;
	const struct emnist_eval_options *options = run->options;
	const struct batch *batch = slot;

	if (batch->status) {
		run->run_status = batch->status;
		run->run_error = batch->error;
		return false;
	}
	if (!tally_add(&run->tally, batch->probabilities, batch->classes, batch->images,
		       batch->n_kept)) {
		run->run_status = error_memory(&run->run_error);
		return false;
	}
	if (!hand_on(run, batch))
		return false;
	run->n_left_out += batch->n - batch->n_kept - batch->n_blank;
	run->n_blank += batch->n_blank;
	return !options->progress ||
	       !options->progress(options->context,
				  run->tally.n_images + run->n_left_out + run->n_blank,
				  run->n_images);
}

static enum emnist_status check_arguments(const struct evaluating *run, struct emnist_error *error)
{
	enum emnist_engine engine;

	if (run->n_rows > MAX_N_ROWS)
		return error_set(error, EMNIST_ERR_ARGUMENT, "batch of %zu images: must be 1 to %d",
				 run->n_rows, MAX_N_ROWS);
	if (emnist_model_n_inputs(run->model) != EMNIST_VECTOR_LENGTH)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "the model takes %zu values, but an image has %d",
				 emnist_model_n_inputs(run->model), EMNIST_VECTOR_LENGTH);
	/* Workers cannot report why they could not be made. */
	return emnist_engine_find(run->options->engine, &engine, error);
}

static enum emnist_status run_all(struct evaluating *run, struct emnist_error *error)
{
	const struct ordered_options ordered = {
		.n_workers = run->options->n_threads ? run->options->n_threads : 1,
		.context = run,
		.slot_make = batch_make,
		.slot_free = batch_free,
		.worker_make = worker_make,
		.worker_free = worker_free,
		.produce = produce,
		.work = work,
		.consume = consume,
	};
	enum emnist_status status = ordered_run(&ordered, error);

	if (status == EMNIST_ERR_STOPPED && run->run_status) {
		status = run->run_status;
		if (error)
			*error = run->run_error;
	} else if (!status && run->read_status) {
		status = run->read_status;
		if (error)
			*error = run->read_error;
	}
	return status;
}

/* The labels of the rows and the columns of the confusion matrix, by which images are tallied. */
static enum emnist_status begin_tally(struct evaluating *run, struct emnist_labels **true_ret,
				      struct emnist_labels **predicted_ret,
				      struct emnist_error *error)
{
	const struct emnist_labels *truth = emnist_dataset_labels(run->dataset);
	const struct emnist_labels *predicted = emnist_model_labels(run->model);
	const struct emnist_view *view = run->options->view;
	enum emnist_status status;

	if (view) {
		status = view_of_others(view, truth, &run->truth, error);
		if (status)
			return error_prefix(error, status, "the dataset");
		truth = emnist_view_labels(run->truth);
		predicted = emnist_view_labels(view);
	}
	*true_ret = labels_copy(truth);
	*predicted_ret = labels_copy(predicted);
	if (!*true_ret || !*predicted_ret)
		return error_memory(error);
	return tally_init(&run->tally, truth, predicted, error);
}

enum emnist_status emnist_evaluate(const struct emnist_model *model, struct emnist_dataset *dataset,
				   const struct emnist_eval_options *options,
				   struct emnist_evaluation *evaluation_ret,
				   struct emnist_error *error)
{
	static const struct emnist_eval_options defaults;
	struct emnist_labels *true_labels = NULL, *predicted_labels = NULL;
	struct evaluating run = {
		.model = model,
		.dataset = dataset,
		.options = options ? options : &defaults,
		.n_classes = emnist_model_n_outputs(model),
		.n_images = emnist_dataset_count(dataset),
	};
	enum emnist_status status;

	run.n_rows = run.options->n_rows ? run.options->n_rows : DEFAULT_N_ROWS;
	status = check_arguments(&run, error);
	if (!status)
		status = begin_tally(&run, &true_labels, &predicted_labels, error);
	if (!status)
		status = run_all(&run, error);
	if (!status) {
		if (!run.options->answers)
			buffer_clear(&run.tally.answers);
		tally_finish(&run.tally, evaluation_ret);
		evaluation_ret->n_left_out = run.n_left_out;
		evaluation_ret->n_blank = run.n_blank;
		evaluation_ret->true_labels = true_labels;
		evaluation_ret->predicted_labels = predicted_labels;
	} else {
		emnist_labels_free(true_labels);
		emnist_labels_free(predicted_labels);
	}
	tally_clear(&run.tally);
	emnist_view_free(run.truth);
	return status;
}

void emnist_evaluation_clear(struct emnist_evaluation *evaluation)
{
	free(evaluation->confusion);
	emnist_labels_free(evaluation->true_labels);
	emnist_labels_free(evaluation->predicted_labels);
	confidence_free(evaluation->confidence);
	free(evaluation->answers);
	*evaluation = (struct emnist_evaluation){0};
}
