/*
 * pipeline.c - from names to records, on the library's ordered workers.
 *
 * The producer fills batches with names, in order; workers read the images, run the network and
 * format the records; the consumer writes the batches in order.
 *
 * That a name is of an archive shows when a worker finds no image there, for to look beforehand
 * would cost as much as to read a small image. It leaves the archive to the consumer, who, where
 * its turn has come, runs another pipeline over the files in it: with a producer that unpacks them,
 * and workers of its own, which have the processors to themselves, since those of the names can be
 * ahead by no more than their slots. So it is with a directory that was taken for a file.
 *
 * An image's scores depend on that image alone, and so it is the same where the input was cut into
 * batches: slow names are answered at once, with the output that fast ones would give, whatever the
 * number of threads.
 */
#include "pipeline.h"
#include "../../lib/base/ordered.h"
#include "../common/endings.h"
#include "../common/processors.h"
#include "batch.h"
#include "dump.h"
#include "unpacking.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first batches take this part of the rows: of the default, five images. */
#define LEAST_SHARE 32

/* A batch takes no more files from an archive when it has so many bytes of them: it is a batch of
 * one where they are photographs, so that each thread has its own. */
#define ENOUGH_NBYTES ((size_t)1 << 20)

/* The room of a large file is given back. */
#define KEEP_NBYTES ((size_t)4 << 20)

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
	const struct pipeline_options *of_many; /* options for the files behind one name */
	struct inputs *inputs;                  /* names, or else: */
	struct unpack *unpack;                  /* files in an archive */
	struct sink *sink;
	struct pipeline_totals *totals;
	bool in_turn;              /* without threads */
	bool at_end;               /* of the inputs; the producer's */
	uint64_t n_produced;       /* items in all batches; the producer's */
	bool told_failure;         /* the consumer's, who complained */
	struct emnist_error fatal; /* the consumer's, and of what is made before the run */
};

static void *slot_make(void *context)
{
	const struct pipeline *pipeline = context;

	return batch_new(pipeline->options->n_rows);
}

static void slot_free(void *context, void *slot)
{
	(void)context;
	batch_free(slot);
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
	    !emnist_session_create_with(options->model, options->n_rows, &options->session,
					&station->session, &pipeline->fatal))
		return station;
	station_free(context, station);
	return NULL;
}

/* ---------------------------------------------------------------- producing */

/* How many names a batch takes: all rows, but few at first and then a share of what went before, so
 * that a run of a dozen large photographs keeps all threads busy too. */
static size_t batch_limit(const struct pipeline *pipeline)
{
	const size_t n_rows = pipeline->options->n_rows;
	uint64_t limit = pipeline->n_produced / (2 * pipeline->options->n_threads);

	if (pipeline->in_turn)
		return n_rows;
	if (limit < n_rows / LEAST_SHARE + 1)
		limit = n_rows / LEAST_SHARE + 1;
	return limit < n_rows ? (size_t)limit : n_rows;
}

static enum inputs_result next_input(struct pipeline *pipeline, bool wait, struct input *input_ret)
{
	return pipeline->unpack ? unpack_next(pipeline->unpack, wait, input_ret)
				: inputs_next(pipeline->inputs, wait, input_ret);
}

/* Fills a batch with inputs; what has arrived is not kept waiting for what has not. */
static void fill_batch(struct pipeline *pipeline, struct batch *batch)
{
	const size_t limit = batch_limit(pipeline);

	while (batch->n < limit && batch->bytes.nbytes < ENOUGH_NBYTES && !batch->fatal.code) {
		struct input input;

		switch (next_input(pipeline, batch->n == 0, &input)) {
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

/* The item turned out to be an archive: it is opened where its name was given. Of standard input,
 * what was read of it belongs to it. */
static void found_archive(struct station *station, struct batch *batch, struct item *item,
			  const struct emnist_error *error)
{
	const void *bytes;

	item->is_archive = item->kind == INPUT_FILE || item->kind == INPUT_STDIN ||
			   (item->kind == INPUT_FOUND && error->code == EMNIST_ERR_PAGES);
	item->passed_over = item->unopened = !item->is_archive;
	if (item->kind != INPUT_STDIN)
		return;
	bytes = emnist_reader_bytes(station->reader, &item->head_nbytes);
	item->head = malloc(item->head_nbytes);
	if (item->head)
		memcpy(item->head, bytes, item->head_nbytes);
	else
		batch_set_no_memory(&batch->fatal);
}

/* Whether the item is not one input, but stands for others. */
static bool is_many(const struct item *item)
{
	return item->is_archive || item->is_directory;
}

/* Passes over an item that came along with others, and is none of them: a list of labels in their
 * folder. Returns whether it is that. */
static bool pass_over(const struct batch *batch, struct item *item,
		      const struct emnist_error *error)
{
	const enum ending_kind kind = ending_kind_of(batch_path(batch, item));

	if ((item->kind != INPUT_FOUND && item->kind != INPUT_MEMBER) ||
	    error->code != EMNIST_ERR_FORMAT || kind == ENDING_IMAGE)
		return false;
	item->passed_over = true;
	item->unopened = kind == ENDING_ARCHIVE;
	return true;
}

static void read_image(struct station *station, const struct batch *batch, const struct item *item,
		       float *vector, struct emnist_error *error)
{
	switch (item->kind) {
	case INPUT_FILE:
	case INPUT_FOUND:
		emnist_read_file(station->reader, batch_path(batch, item), vector, error);
		break;
	case INPUT_STDIN:
		emnist_read_fd(station->reader, STDIN_FILENO, vector, error);
		break;
	case INPUT_MEMBER:
		emnist_read_bytes(station->reader, batch->bytes.bytes + item->bytes, item->nbytes,
				  vector, error);
		break;
	case INPUT_FAILED:
		break;
	}
}

/* Reads the item's image into vector, which is blank where that fails. */
static void read_item(const struct pipeline *pipeline, struct station *station, struct batch *batch,
		      struct item *item, float *vector)
{
	struct emnist_error error;

	error.code = EMNIST_OK; /* the rest is read only where it is set */
	read_image(station, batch, item, vector, &error);
	if (error.code == EMNIST_ERR_ARCHIVE || error.code == EMNIST_ERR_PAGES) {
		found_archive(station, batch, item, &error);
	} else if (error.code == EMNIST_ERR_IO && error.sys_errno == EISDIR &&
		   item->kind == INPUT_FILE) {
		item->is_directory = true;
	} else if (error.code && emnist_error_is_shortage(&error)) {
		batch_fail_short(batch, item, error.message);
	} else if (error.code && !pass_over(batch, item, &error)) {
		batch_fail(batch, item, error.message,
			   error.code == EMNIST_ERR_LIMIT ? error.limit : EMNIST_LIMIT_OTHER);
	} else if (!item->failed && !item->passed_over) {
		item->warning = emnist_reader_warning(station->reader);
		item->n_characters = emnist_reader_n_characters(station->reader);
		item->blank = !pipeline->options->answers_blank && emnist_vector_is_blank(vector);
	}
	if (item->failed || item->passed_over || is_many(item))
		memset(vector, 0, EMNIST_VECTOR_LENGTH * sizeof(*vector));
	else if (pipeline->options->dump_path)
		emnist_vector_to_png(vector, &item->png, &item->png_nbytes, &batch->fatal);
}

/* The bytes of files from an archive are no longer needed. */
static void drop_bytes(struct unpack *unpack, struct batch *batch)
{
	const size_t nbytes = batch->bytes.nbytes;

	if (batch->bytes.capacity > KEEP_NBYTES)
		text_release(&batch->bytes);
	unpack_done(unpack, nbytes);
}

static void read_batch(const struct pipeline *pipeline, struct station *station,
		       struct batch *batch)
{
	float *vector = station->vectors;

	for (size_t i = 0; i < batch->n && !batch->fatal.code;
	     i++, vector += EMNIST_VECTOR_LENGTH) {
		read_item(pipeline, station, batch, &batch->items[i], vector);
		if (batch->items[i].failed && pipeline->options->fail_fast) {
			batch->cut = true;
			batch->n = i + 1;
		}
	}
	if (pipeline->unpack)
		drop_bytes(pipeline->unpack, batch);
}

static void format_batch(const struct pipeline *pipeline, struct station *station,
			 struct batch *batch)
{
	const struct output_schema *schema = &pipeline->options->schema;
	const float *row = station->probabilities;

	for (size_t i = 0; i < batch->n; i++, row += schema->n_classes) {
		struct item *item = &batch->items[i];
		struct record record = {
			.path = batch_path(batch, item),
			.n_characters = item->n_characters,
			.error = batch_error(batch, item),
			.top = station->top,
			.probabilities = row,
		};

		item->records = batch->records.nbytes;
		if (is_many(item) || item->passed_over)
			continue;
		if (item->blank) {
			record.blank = true;
			record.error = OUTPUT_BLANK;
		} else if (!item->failed) {
			emnist_top_k(row, schema->n_classes, schema->n_top, station->top);
			record.rejected = (double)row[station->top[0]] < schema->min_probability;
			item->rejected = record.rejected;
		}
		pipeline->options->format->record(&batch->records, schema, &record);
	}
	if (batch->records.failed)
		batch_set_no_memory(&batch->fatal);
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

static void warn_of(const struct pipeline *pipeline, const struct batch *batch,
		    const struct item *item)
{
	if (item->warning || item->n_characters > 1)
		progress_clear(pipeline->options->progress);
	if (item->warning)
		complain("'%s': warning: %s", batch_path(batch, item), item->warning);
	if (item->n_characters > 1)
		complain("'%s': warning: %zu characters side by side; only one is expected",
			 batch_path(batch, item), item->n_characters);
}

/* What is said of the items from begin to end on stderr, and counted. */
static void account(struct pipeline *pipeline, const struct batch *batch, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++) {
		const struct item *item = &batch->items[i];

		pipeline->totals->n_inputs += !item->passed_over;
		pipeline->totals->n_passed_over += item->passed_over;
		if (item->unopened && pipeline->totals->n_unopened++ == 0)
			pipeline->totals->unopened = strdup(batch_path(batch, item));
		pipeline->totals->n_rejected += item->rejected;
		pipeline->totals->n_failed += item->failed;
		pipeline->totals->n_blank += item->blank;
		if (item->failed && !pipeline->options->quiet) {
			progress_clear(pipeline->options->progress);
			complain("'%s': %s", batch_path(batch, item), batch_error(batch, item));
		}
		if (pipeline->options->warns)
			warn_of(pipeline, batch, item);
	}
}

static bool dump(struct pipeline *pipeline, const struct batch *batch, size_t begin, size_t end)
{
	const char *directory = pipeline->options->dump_path;
	uint64_t number = pipeline->totals->n_inputs;

	if (directory)
		progress_clear(pipeline->options->progress);
	for (size_t i = begin; i < end && !pipeline->told_failure; i++) {
		const struct item *item = &batch->items[i];

		number += !item->passed_over;
		if (item->png)
			pipeline->told_failure =
				!dump_write(directory, number, batch_path(batch, item), item->png,
					    item->png_nbytes);
	}
	return !pipeline->told_failure;
}

static bool run_many(struct pipeline *pipeline, const char *path, const struct item *item);

/* Prints the items from begin to end, each of which is one input. */
static bool print(struct pipeline *pipeline, const struct batch *batch, size_t begin, size_t end)
{
	const size_t from = begin < batch->n ? batch->items[begin].records : batch->records.nbytes;
	const size_t to = end < batch->n ? batch->items[end].records : batch->records.nbytes;

	if (begin == end)
		return true;
	if (!dump(pipeline, batch, begin, end) ||
	    !sink_write(pipeline->sink, batch->records.bytes + from, to - from))
		return false;
	account(pipeline, batch, begin, end);
	progress_update(pipeline->options->progress, pipeline->totals->n_inputs, 0);
	return true;
}

static bool consume_batch(struct pipeline *pipeline, struct batch *batch)
{
	size_t begin = 0;

	if (batch->fatal.code) {
		pipeline->fatal = batch->fatal;
		return false;
	}
	for (size_t i = 0; i < batch->n; i++) {
		if (!is_many(&batch->items[i]))
			continue;
		if (!print(pipeline, batch, begin, i) ||
		    !run_many(pipeline, batch_path(batch, &batch->items[i]), &batch->items[i]))
			return false;
		begin = i + 1;
	}
	return print(pipeline, batch, begin, batch->n) && !batch->cut;
}

static bool consume(void *context, void *slot)
{
	struct pipeline *pipeline = context;
	bool more = consume_batch(pipeline, slot);

	/* The producer may be waiting for a name that never comes. */
	if (!more && pipeline->unpack)
		unpack_stop(pipeline->unpack);
	else if (!more)
		inputs_stop(pipeline->inputs);
	return more;
}

/* The options for no more threads and rows than there can be inputs: to start them takes longer
 * than to classify one image. */
static struct pipeline_options fit(const struct pipeline_options *options,
				   const struct inputs *inputs, bool in_turn)
{
	struct pipeline_options fitting = *options;

	fitting.n_threads =
		in_turn ? 1 : (unsigned)inputs_at_most(inputs, thread_count(options->n_threads));
	fitting.n_rows = inputs_at_most(inputs, options->n_rows);
	return fitting;
}

/* Runs to the end of the inputs; false where it was stopped, or failed. */
static bool run_workers(struct pipeline *pipeline)
{
	const struct ordered_options workers = {
		.n_workers = pipeline->options->n_threads,
		.in_turn = pipeline->in_turn,
		.context = pipeline,
		.slot_make = slot_make,
		.slot_free = slot_free,
		.worker_make = station_make,
		.worker_free = station_free,
		.produce = produce,
		.work = work,
		.consume = consume,
	};
	struct emnist_error error;
	const enum emnist_status status = ordered_run(&workers, &error);

	if (status && status != EMNIST_ERR_STOPPED && !pipeline->fatal.code)
		pipeline->fatal = error;
	return !status;
}

static bool run_archive(struct pipeline *inner, const char *path, const struct item *item)
{
	const int fd = item->kind == INPUT_STDIN ? STDIN_FILENO : -1;
	struct unpack unpack;
	bool more;

	unpack_begin(&unpack, path, fd, item->head, item->head_nbytes, &inner->options->archive);
	inner->unpack = &unpack;
	inner->totals->n_archives++;
	more = run_workers(inner);
	unpack_end(&unpack);
	return more;
}

static bool run_directory(struct pipeline *inner, struct inputs *given, const char *path)
{
	bool more;

	inner->inputs = inputs_open_directory(given, path);
	if (!inner->inputs) {
		batch_set_no_memory(&inner->fatal);
		return false;
	}
	more = run_workers(inner);
	inputs_count(inner->inputs, &inner->totals->walked);
	inner->told_failure |= inputs_close(inner->inputs, STATUS_OK) == STATUS_FATAL;
	return more && !inner->told_failure;
}

/* Runs the inputs that the item stands for. */
static bool run_many(struct pipeline *pipeline, const char *path, const struct item *item)
{
	struct pipeline_options options = *pipeline->of_many;
	struct pipeline inner = {
		.options = &options,
		.sink = pipeline->sink,
		.totals = pipeline->totals,
	};
	bool more;

	options.n_threads = thread_count(options.n_threads);
	more = item->is_archive ? run_archive(&inner, path, item)
				: run_directory(&inner, pipeline->inputs, path);
	pipeline->fatal = inner.fatal;
	pipeline->told_failure = inner.told_failure;
	return more;
}

enum exit_status pipeline_run(const struct pipeline_options *options, struct inputs *inputs,
			      struct sink *sink, struct pipeline_totals *totals_ret)
{
	const bool in_turn = inputs_are_few(inputs);
	const struct pipeline_options fitting = fit(options, inputs, in_turn);
	struct pipeline pipeline = {
		.options = &fitting,
		.of_many = options,
		.inputs = inputs,
		.sink = sink,
		.totals = totals_ret,
		.in_turn = in_turn,
	};

	run_workers(&pipeline);
	inputs_count(inputs, &totals_ret->walked);
	progress_clear(options->progress);
	if (pipeline.fatal.code)
		complain("%s", pipeline.fatal.message);
	if (pipeline.fatal.code || pipeline.told_failure)
		return STATUS_FATAL;
	return totals_ret->n_failed > 0 ? STATUS_INPUT : STATUS_OK;
}
