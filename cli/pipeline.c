/*
 * pipeline.c - from names to records, on the library's ordered workers.
 *
 * The producer fills batches with names, in order; workers read the images, run the network and
 * format the records; the consumer writes the batches in order.
 *
 * An image's scores depend on that image alone, and so it is the same where the input was cut into
 * batches: slow names are answered at once, with the output that fast ones would give, whatever the
 * number of threads.
 */
#include "pipeline.h"
#include "dump.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first batches take this part of the rows: of the default, five images. */
#define LEAST_SHARE 32

struct item {
	enum input_kind kind;
	bool failed;
	bool rejected;
	size_t path; /* its offset in the batch's paths */
	void *png;   /* of what the network saw, where it is dumped; or NULL */
	size_t png_nbytes;
	char error[sizeof(((struct emnist_error *)0)->message)];
};

/* The content of a slot. */
struct batch {
	size_t n; /* items in use */
	struct item *items;
	struct text paths; /* each ended by zero */
	struct text records;
	bool cut;                  /* what follows the last item is not wanted */
	struct emnist_error fatal; /* code is not EMNIST_OK: the run cannot go on */
};

/* What a worker holds. */
struct station {
	struct emnist_reader *reader;
	struct emnist_session *session;
	float *vectors;       /* (n_rows, EMNIST_VECTOR_LENGTH) */
	float *probabilities; /* (n_rows, n_classes) of the model, then of the view */
	uint32_t *top;        /* (n_top) */
};

struct pipeline {
	const struct pipeline_options *options;
	struct inputs *inputs;
	struct sink *sink;
	struct pipeline_totals *totals;
	bool at_end;               /* of the inputs; the producer's */
	uint64_t n_produced;       /* items in all batches; the producer's */
	bool dump_failed;          /* the consumer's, who complained */
	struct emnist_error fatal; /* the consumer's, and of what is made before the run */
};

static const char *path_of(const struct batch *batch, const struct item *item)
{
	return batch->paths.bytes + item->path;
}

static void set_no_memory(struct emnist_error *error)
{
	*error = (struct emnist_error){EMNIST_ERR_MEMORY, 0, EMNIST_NO_OFFSET, "out of memory"};
}

/* --------------------------------------------------------- slots and workers */

static void batch_empty(struct batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		free(batch->items[i].png);
	batch->n = 0;
	batch->cut = false;
	batch->fatal.code = EMNIST_OK;
	text_reset(&batch->paths);
	text_reset(&batch->records);
}

static void *batch_make(void *context)
{
	const struct pipeline *pipeline = context;
	struct batch *batch = calloc(1, sizeof(*batch));

	if (!batch)
		return NULL;
	batch->items = calloc(pipeline->options->n_rows, sizeof(*batch->items));
	if (!batch->items) {
		free(batch);
		return NULL;
	}
	return batch;
}

static void batch_free(void *context, void *slot)
{
	struct batch *batch = slot;

	(void)context;
	batch_empty(batch);
	text_release(&batch->paths);
	text_release(&batch->records);
	free(batch->items);
	free(batch);
}

static void station_free(void *context, void *worker)
{
	struct station *station = worker;

	(void)context;
	emnist_reader_free(station->reader);
	emnist_session_free(station->session);
	free(station->vectors);
	free(station->probabilities);
	free(station->top);
	free(station);
}

static void *station_make(void *context)
{
	struct pipeline *pipeline = context;
	const struct pipeline_options *options = pipeline->options;
	const struct output_schema *schema = &options->schema;
	struct station *station = calloc(1, sizeof(*station));

	if (!station)
		return NULL;
	station->vectors = calloc(options->n_rows, EMNIST_VECTOR_LENGTH * sizeof(float));
	station->probabilities =
		calloc(options->n_rows, emnist_model_n_outputs(options->model) * sizeof(float));
	station->top = calloc(schema->n_top, sizeof(*station->top));
	if (station->vectors && station->probabilities && station->top &&
	    !emnist_reader_create(&options->reader, &station->reader, &pipeline->fatal) &&
	    !emnist_session_create(options->model, options->n_rows, &station->session,
				   &pipeline->fatal))
		return station;
	station_free(context, station);
	return NULL;
}

/* ---------------------------------------------------------------- producing */

static void batch_add(struct batch *batch, const struct input *input)
{
	struct item *item = &batch->items[batch->n];

	*item = (struct item){.kind = input->kind, .path = batch->paths.nbytes};
	if (input->kind == INPUT_FAILED) {
		item->failed = true;
		strncpy(item->error, input->error, sizeof(item->error) - 1);
	}
	text_add(&batch->paths, input->path, strlen(input->path) + 1);
	if (batch->paths.failed)
		set_no_memory(&batch->fatal);
	else
		batch->n++;
}

/* How many names a batch takes: all rows, but few at first and then a share of what went before, so
 * that a run of a dozen large photographs keeps all threads busy too. */
static size_t batch_limit(const struct pipeline *pipeline)
{
	const size_t n_rows = pipeline->options->n_rows;
	uint64_t limit = pipeline->n_produced / (2 * pipeline->options->n_threads);

	if (limit < n_rows / LEAST_SHARE + 1)
		limit = n_rows / LEAST_SHARE + 1;
	return limit < n_rows ? (size_t)limit : n_rows;
}

/* Fills a batch with names; what has arrived is not kept waiting for what has not. */
static void fill_batch(struct pipeline *pipeline, struct batch *batch)
{
	const size_t limit = batch_limit(pipeline);

	while (batch->n < limit && !batch->fatal.code) {
		struct input input;

		switch (inputs_next(pipeline->inputs, batch->n == 0, &input)) {
		case INPUTS_ONE:
			batch_add(batch, &input);
			break;
		case INPUTS_LATER:
			if (batch->n > 0)
				return;
			break;
		case INPUTS_END:
			pipeline->at_end = true;
			return;
		}
	}
}

static bool produce(void *context, void *slot)
{
	struct pipeline *pipeline = context;
	struct batch *batch = slot;

	batch_empty(batch);
	if (!pipeline->at_end)
		fill_batch(pipeline, batch);
	pipeline->n_produced += batch->n;
	pipeline->at_end = pipeline->at_end || batch->fatal.code;
	return batch->n > 0 || batch->fatal.code;
}

/* ------------------------------------------------------------------ working */

/* Reads the item's image into vector, which is blank where that fails. */
static void read_item(const struct pipeline *pipeline, struct station *station, struct batch *batch,
		      struct item *item, float *vector)
{
	struct emnist_error error = {EMNIST_OK, 0, EMNIST_NO_OFFSET, ""};

	if (item->kind == INPUT_STDIN)
		emnist_read_fd(station->reader, STDIN_FILENO, vector, &error);
	else if (item->kind == INPUT_FILE)
		emnist_read_file(station->reader, path_of(batch, item), vector, &error);
	if (error.code) {
		item->failed = true;
		memcpy(item->error, error.message, sizeof(item->error));
	}
	if (item->failed)
		memset(vector, 0, EMNIST_VECTOR_LENGTH * sizeof(*vector));
	else if (pipeline->options->dump_path)
		emnist_vector_to_png(vector, &item->png, &item->png_nbytes, &batch->fatal);
}

static void read_batch(const struct pipeline *pipeline, struct station *station,
		       struct batch *batch)
{
	float *vector = station->vectors;

	for (size_t i = 0; i < batch->n; i++, vector += EMNIST_VECTOR_LENGTH) {
		read_item(pipeline, station, batch, &batch->items[i], vector);
		if (batch->items[i].failed && pipeline->options->fail_fast) {
			batch->cut = true;
			batch->n = i + 1;
		}
	}
}

static void format_batch(const struct pipeline *pipeline, struct station *station,
			 struct batch *batch)
{
	const struct output_schema *schema = &pipeline->options->schema;
	const float *row = station->probabilities;

	for (size_t i = 0; i < batch->n; i++, row += schema->n_classes) {
		struct item *item = &batch->items[i];
		struct record record = {
			.path = path_of(batch, item),
			.error = item->failed ? item->error : NULL,
			.top = station->top,
			.probabilities = row,
		};

		if (!item->failed) {
			emnist_top_k(row, schema->n_classes, schema->n_top, station->top);
			record.rejected = (double)row[station->top[0]] < schema->min_probability;
			item->rejected = record.rejected;
		}
		pipeline->options->format->record(&batch->records, schema, &record);
	}
	if (batch->records.failed)
		set_no_memory(&batch->fatal);
}

static void work(void *context, void *worker, void *slot)
{
	const struct pipeline *pipeline = context;
	struct station *station = worker;
	struct batch *batch = slot;

	if (!batch->fatal.code)
		read_batch(pipeline, station, batch);
	if (!batch->fatal.code)
		emnist_session_run(station->session, station->vectors, batch->n,
				   station->probabilities, &batch->fatal);
	if (!batch->fatal.code && pipeline->options->view)
		emnist_view_apply(pipeline->options->view, station->probabilities, batch->n);
	if (!batch->fatal.code)
		format_batch(pipeline, station, batch);
}

/* ---------------------------------------------------------------- consuming */

/* What is said of a batch on stderr, and counted. */
static void account(struct pipeline *pipeline, const struct batch *batch)
{
	for (size_t i = 0; i < batch->n; i++) {
		const struct item *item = &batch->items[i];

		pipeline->totals->n_rejected += item->rejected;
		if (!item->failed)
			continue;
		pipeline->totals->n_failed++;
		if (pipeline->options->quiet)
			continue;
		progress_clear(pipeline->options->progress);
		complain("'%s': %s", path_of(batch, item), item->error);
	}
	pipeline->totals->n_inputs += batch->n;
}

static bool dump_batch(struct pipeline *pipeline, const struct batch *batch)
{
	const char *directory = pipeline->options->dump_path;
	uint64_t number = pipeline->totals->n_inputs;

	if (directory)
		progress_clear(pipeline->options->progress);
	for (size_t i = 0; i < batch->n && !pipeline->dump_failed; i++) {
		const struct item *item = &batch->items[i];

		number++;
		if (item->png)
			pipeline->dump_failed = !dump_write(directory, number, path_of(batch, item),
							    item->png, item->png_nbytes);
	}
	return !pipeline->dump_failed;
}

static bool consume_batch(struct pipeline *pipeline, struct batch *batch)
{
	if (batch->fatal.code) {
		pipeline->fatal = batch->fatal;
		return false;
	}
	if (!dump_batch(pipeline, batch) ||
	    !sink_write(pipeline->sink, batch->records.bytes, batch->records.nbytes))
		return false;
	account(pipeline, batch);
	progress_update(pipeline->options->progress, pipeline->totals->n_inputs, 0);
	return !batch->cut;
}

static bool consume(void *context, void *slot)
{
	struct pipeline *pipeline = context;
	bool more = consume_batch(pipeline, slot);

	/* The producer may be waiting for a name that never comes. */
	if (!more)
		inputs_stop(pipeline->inputs);
	return more;
}

/* The options for no more threads and rows than there can be inputs: to start them takes longer
 * than to classify one image. */
static struct pipeline_options fit(const struct pipeline_options *options,
				   const struct inputs *inputs)
{
	struct pipeline_options fitting = *options;

	fitting.n_threads = (unsigned)inputs_at_most(inputs, options->n_threads);
	fitting.n_rows = inputs_at_most(inputs, options->n_rows);
	return fitting;
}

enum exit_status pipeline_run(const struct pipeline_options *options, struct inputs *inputs,
			      struct sink *sink, struct pipeline_totals *totals_ret)
{
	const struct pipeline_options fitting = fit(options, inputs);
	struct pipeline pipeline = {
		.options = &fitting, .inputs = inputs, .sink = sink, .totals = totals_ret};
	const struct emnist_ordered_options workers = {
		.n_workers = fitting.n_threads,
		.context = &pipeline,
		.slot_make = batch_make,
		.slot_free = batch_free,
		.worker_make = station_make,
		.worker_free = station_free,
		.produce = produce,
		.work = work,
		.consume = consume,
	};
	struct emnist_error error;
	enum emnist_status status = emnist_ordered_run(&workers, &error);

	progress_clear(options->progress);
	if (pipeline.fatal.code)
		complain("%s", pipeline.fatal.message);
	else if (status && status != EMNIST_ERR_STOPPED)
		complain("%s", error.message);
	if (pipeline.fatal.code || pipeline.dump_failed || (status && status != EMNIST_ERR_STOPPED))
		return STATUS_FATAL;
	return totals_ret->n_failed > 0 ? STATUS_INPUT : STATUS_OK;
}
