/*
 * evaluate.c - runs a model over a dataset with several threads.
 *
 * Batches are cut from the dataset's order, run by whichever worker is free, and tallied in order
 * again, so that the figures do not depend on the number of threads.
 */
#include "../base/error.h"
#include "../base/memory.h"
#include "tally.h"

#define DEFAULT_N_ROWS 256
#define MAX_N_ROWS     65536 /* of emnist_session_create() */

struct evaluating {
	const struct emnist_model *model;
	struct emnist_dataset *dataset;
	const struct emnist_eval_options *options;
	size_t n_rows;
	size_t n_classes;
	uint64_t n_images;
	struct tally tally;
	/* What reading came to; the producer's alone until the run is over. */
	enum emnist_status read_status;
	struct emnist_error read_error;
	/* What ended the run early on the consumer's side. */
	enum emnist_status run_status;
	struct emnist_error run_error;
};

struct batch {
	uint8_t *pixels; /* (n, 784) */
	uint16_t *classes;
	float *probabilities; /* (n, n_classes) */
	size_t n;
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
	free(batch->probabilities);
	free(batch);
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
	if (batch->pixels && batch->classes && batch->probabilities)
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
	struct worker *worker = alloc_zeroed(1, sizeof(*worker));

	if (!worker)
		return NULL;
	worker->vectors = alloc_floats(run->n_rows, EMNIST_VECTOR_LENGTH);
	if (worker->vectors &&
	    !emnist_session_create(run->model, run->n_rows, &worker->session, NULL))
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
	return !run->read_status && batch->n;
}

static void work(void *context, void *content, void *slot)
{
	struct worker *worker = content;
	struct batch *batch = slot;
	const size_t n_values = batch->n * EMNIST_VECTOR_LENGTH;

	(void)context;
	for (size_t i = 0; i < n_values; i++)
		worker->vectors[i] = (float)batch->pixels[i] / 255.0F;
	batch->status = emnist_session_run(worker->session, worker->vectors, batch->n,
					   batch->probabilities, &batch->error);
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
	tally_add(&run->tally, batch->probabilities, batch->classes, batch->n);
	return !options->progress ||
	       !options->progress(options->context, run->tally.n_images, run->n_images);
}

static enum emnist_status check_arguments(const struct evaluating *run, struct emnist_error *error)
{
	if (run->n_rows > MAX_N_ROWS)
		return error_set(error, EMNIST_ERR_ARGUMENT, "%zu images a batch: must be 1 to %d",
				 run->n_rows, MAX_N_ROWS);
	if (emnist_model_n_inputs(run->model) != EMNIST_VECTOR_LENGTH)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "the model takes %zu values, but an image has %d",
				 emnist_model_n_inputs(run->model), EMNIST_VECTOR_LENGTH);
	return EMNIST_OK;
}

static enum emnist_status run_all(struct evaluating *run, struct emnist_error *error)
{
	const struct emnist_ordered_options ordered = {
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
	enum emnist_status status = emnist_ordered_run(&ordered, error);

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

enum emnist_status emnist_evaluate(const struct emnist_model *model, struct emnist_dataset *dataset,
				   const struct emnist_eval_options *options,
				   struct emnist_evaluation *evaluation_ret,
				   struct emnist_error *error)
{
	static const struct emnist_eval_options defaults;
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
		status = tally_init(&run.tally, emnist_dataset_labels(dataset),
				    emnist_model_labels(model), error);
	if (!status)
		status = run_all(&run, error);
	if (!status)
		tally_finish(&run.tally, evaluation_ret);
	tally_clear(&run.tally);
	return status;
}

void emnist_evaluation_clear(struct emnist_evaluation *evaluation)
{
	free(evaluation->confusion);
	*evaluation = (struct emnist_evaluation){0};
}
