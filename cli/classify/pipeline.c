/*
 * pipeline.c - from inputs to records, on the library's ordered workers.
 *
 *	inputs ---> batch ---> classifier ---> records, in order
 *	  ^         (producer)  (workers)        (consumer)
 *	  |                                         |
 *	  +---- inputs in an archive, a directory <-+
 *
 * The producer fills batches with names, in order. Workers read the images, run the network and
 * format the records. The consumer writes the batches in order.
 *
 * A worker discovers that a name is an archive, a multi-page file or a directory, and leaves it to
 * the consumer. When its turn comes, the consumer runs another pipeline over the inputs in it. That
 * has its own workers, which have the processors to themselves: those of the names can be ahead by
 * no more than their slots.
 *
 * A producer that opened all files itself, to know what each is, would need no second pipeline. It
 * would take as many instructions (485 million for 5,000 images of EMNIST either way) and system
 * calls. But open, read and close are a sixth of the work on a small file. One thread would do them
 * all, and more than six workers would wait for it.
 */
#include "pipeline.h"
#include "../../lib/base/error.h"
#include "../../lib/base/ordered.h"
#include "../common/processors.h"
#include "batch.h"
#include "classifier.h"
#include "dump.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first batches take this part of the rows: of the default, five images. */
#define LEAST_SHARE 32

/* A batch with this many bytes takes no more files from an archive. So photographs make batches of
 * one, and each thread has its own. */
#define ENOUGH_NBYTES ((size_t)1 << 20)

/* So many archives stay open whose files are given by name: names that change between them do not
 * have each read from its beginning again. */
#define N_NAMED 8

struct pipeline {
	const struct pipeline_options *options;
	const struct pipeline_options *of_many; /* options for the files behind one name */
	struct inputs *inputs;
	struct sink *sink;
	struct pipeline_totals *totals;
	struct named *named[N_NAMED]; /* archives whose files are given by name, last used first */
	bool in_turn;                 /* without threads */
	bool at_end;                  /* of the inputs; the producer's */
	uint64_t n_produced;          /* items in all batches; the producer's */
	bool told_failure;            /* the consumer failed and printed an error */
	struct emnist_error fatal;    /* of the consumer, and of setup before the run */
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

static void *worker_make(void *context)
{
	struct pipeline *pipeline = context;

	return classifier_new(pipeline->options, &pipeline->fatal);
}

static void worker_free(void *context, void *worker)
{
	(void)context;
	classifier_free(worker);
}

/* ---------------------------------------------------------------- producing */

/* The names that a batch takes: all rows, but few at first and then a share of the ones before. So
 * a run of a dozen large photographs keeps all threads busy, too. */
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

/* Fills a batch with inputs; those that have arrived do not wait for others. */
static void fill_batch(struct pipeline *pipeline, struct batch *batch)
{
	const size_t limit = batch_limit(pipeline);

	while (batch->n < limit && batch->bytes.nbytes < ENOUGH_NBYTES && !batch->fatal.code) {
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

static void work(void *context, void *worker, void *slot)
{
	const struct pipeline *pipeline = context;

	classifier_run(worker, pipeline->inputs, slot);
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

/* Reports the items from begin to end on stderr, and counts them. */
static void account(struct pipeline *pipeline, const struct batch *batch, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++) {
		const struct item *item = &batch->items[i];

		pipeline->totals->counts.n_inputs += !item->passed_over;
		pipeline->totals->counts.n_passed_over += item->passed_over;
		if (item->unopened && pipeline->totals->n_unopened++ == 0)
			pipeline->totals->unopened = strdup(batch_path(batch, item));
		pipeline->totals->counts.n_rejected += item->rejected;
		pipeline->totals->counts.n_failed += item->failed;
		pipeline->totals->counts.n_blank += item->blank;
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
	uint64_t number = pipeline->totals->counts.n_inputs;

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

/* All up to this item is done. */
static bool reach(struct pipeline *pipeline, const struct item *item)
{
	if (pipeline->options->resume)
		pipeline->told_failure = !resume_reached(pipeline->options->resume, pipeline->sink,
							 &item->place, &pipeline->totals->counts);
	return !pipeline->told_failure;
}

static bool run_many(struct pipeline *pipeline, const char *path, const struct item *item);
static bool run_named(struct pipeline *pipeline, const struct batch *batch, size_t begin,
		      size_t end);

/* Prints the items from begin to end, each a single input. */
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
	progress_update(pipeline->options->progress, pipeline->totals->counts.n_inputs, 0);
	if (pipeline->options->resume)
		resume_wrote(pipeline->options->resume, batch->records.bytes + from, to - from);
	return reach(pipeline, &batch->items[end - 1]);
}

/* Prints the inputs that item i holds. */
static bool print_many(struct pipeline *pipeline, const struct batch *batch, size_t i)
{
	const struct item *item = &batch->items[i];

	return run_many(pipeline, batch_path(batch, item), item) && reach(pipeline, item);
}

/* Where those items end that from i on are names of files in the same archive. */
static size_t end_of_named(const struct batch *batch, size_t i)
{
	const size_t n_archive = batch->items[i].archive;
	const char *path = batch_path(batch, &batch->items[i]);

	while (++i < batch->n && batch->items[i].archive == n_archive &&
	       memcmp(batch_path(batch, &batch->items[i]), path, n_archive) == 0)
		;
	return i;
}

/* If some files of an archive were skipped and it is none now, the inputs have changed. */
static bool check_archives(struct pipeline *pipeline, const struct batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		if (!batch->items[i].is_archive &&
		    inputs_are_in_archive(pipeline->inputs, &batch->items[i].place)) {
			complain("'%s': not the archive of the interrupted run",
				 batch_path(batch, &batch->items[i]));
			pipeline->told_failure = true;
		}
	return !pipeline->told_failure;
}

static bool consume_batch(struct pipeline *pipeline, struct batch *batch)
{
	size_t begin = 0;

	if (batch->fatal.code) {
		pipeline->fatal = batch->fatal;
		return false;
	}
	if (!check_archives(pipeline, batch))
		return false;
	for (size_t i = 0; i < batch->n;) {
		const struct item *item = &batch->items[i];
		const size_t end = item->archive ? end_of_named(batch, i) : i + 1;

		if (item_is_many(item) && (!print(pipeline, batch, begin, i) ||
					   !(item->archive ? run_named(pipeline, batch, i, end)
							   : print_many(pipeline, batch, i))))
			return false;
		if (item_is_many(item))
			begin = end;
		i = end;
	}
	return print(pipeline, batch, begin, batch->n) && !batch->cut;
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
				   const struct inputs *inputs, bool in_turn)
{
	struct pipeline_options fitting = *options;

	fitting.n_threads =
		in_turn ? 1 : (unsigned)inputs_at_most(inputs, thread_count(options->n_threads));
	fitting.n_rows = inputs_at_most(inputs, options->n_rows);
	return fitting;
}

/* Runs to the end of the inputs; false if stopped or failed. */
static bool run_workers(struct pipeline *pipeline)
{
	const struct ordered_options workers = {
		.n_workers = pipeline->options->n_threads,
		.in_turn = pipeline->in_turn,
		.context = pipeline,
		.slot_make = slot_make,
		.slot_free = slot_free,
		.worker_make = worker_make,
		.worker_free = worker_free,
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

/* The inputs that the item holds; NULL when memory is short. */
static struct inputs *open_many(const struct pipeline *pipeline, const char *path,
				const struct item *item)
{
	const struct emnist_archive_options *options = &pipeline->of_many->archive;

	if (item->is_directory)
		return inputs_open_directory(pipeline->inputs, path, &item->place);
	return inputs_open_archive(pipeline->inputs, path, item->fd, item->head, item->head_nbytes,
				   options, &item->place);
}

/* Runs inputs that are behind names of the pipeline, and closes them. in_turn: one batch of n_rows
 * at a time. */
static bool run_inner(struct pipeline *pipeline, struct inputs *inputs, bool in_turn, size_t n_rows)
{
	struct pipeline_options options = *pipeline->of_many;
	struct pipeline inner = {
		.options = &options,
		.inputs = inputs,
		.sink = pipeline->sink,
		.totals = pipeline->totals,
		.in_turn = in_turn,
	};
	bool more;

	if (!inputs) {
		error_memory(&pipeline->fatal);
		return false;
	}
	options.n_threads = in_turn ? 1 : thread_count(options.n_threads);
	options.n_rows = n_rows;
	more = run_workers(&inner);
	inputs_count(inner.inputs, &pipeline->totals->walked);
	inner.told_failure |= inputs_close(inner.inputs, STATUS_OK) == STATUS_FATAL;
	pipeline->fatal = inner.fatal;
	pipeline->told_failure = inner.told_failure;
	return more && !inner.told_failure;
}

/* Runs the inputs that the item holds. */
static bool run_many(struct pipeline *pipeline, const char *path, const struct item *item)
{
	pipeline->totals->n_archives += item->is_archive;
	return run_inner(pipeline, open_many(pipeline, path, item), false,
			 pipeline->of_many->n_rows);
}

/* The archive at the first nbytes of path, which is the first of those open then. NULL when memory
 * is short. */
static struct named *use_named(struct pipeline *pipeline, const char *path, size_t nbytes)
{
	struct named **open = pipeline->named, *found;
	size_t i = 0;

	while (i < N_NAMED - 1 && open[i] && !named_is(open[i], path, nbytes))
		i++;
	found = open[i];
	if (!named_is(found, path, nbytes)) {
		named_close(found);
		found = named_open(path, nbytes, &pipeline->of_many->archive);
	}
	memmove(open + 1, open, i * sizeof(*open));
	open[0] = found;
	return found;
}

/* Runs the files of one archive that the items from begin to end name. */
static bool run_named(struct pipeline *pipeline, const struct batch *batch, size_t begin,
		      size_t end)
{
	const struct item *first = &batch->items[begin];
	const char *path = batch_path(batch, first);
	struct named *named = use_named(pipeline, path, first->archive);
	struct wanted *wanted = calloc(end - begin, sizeof(*wanted));
	bool more;

	for (size_t i = begin; wanted && i < end; i++)
		wanted[i - begin] =
			(struct wanted){batch_path(batch, &batch->items[i]), batch->items[i].place};
	pipeline->totals->n_archives++;
	more = run_inner(pipeline,
			 wanted && named && named_want(named, wanted, end - begin)
				 ? inputs_open_named(named)
				 : NULL,
			 true, end - begin);
	free(wanted);
	return more;
}

enum exit_status pipeline_run(const struct pipeline_options *options, struct inputs *inputs,
			      struct sink *sink, struct pipeline_totals *totals)
{
	const bool in_turn = inputs_are_few(inputs);
	const struct pipeline_options fitting = fit(options, inputs, in_turn);
	struct pipeline pipeline = {
		.options = &fitting,
		.of_many = options,
		.inputs = inputs,
		.sink = sink,
		.totals = totals,
		.in_turn = in_turn,
	};

	run_workers(&pipeline);
	for (size_t i = 0; i < N_NAMED; i++)
		named_close(pipeline.named[i]);
	inputs_count(inputs, &totals->walked);
	progress_clear(options->progress);
	if (pipeline.fatal.code)
		complain("%s", pipeline.fatal.message);
	if (pipeline.fatal.code || pipeline.told_failure)
		return STATUS_FATAL;
	return totals->counts.n_failed > 0 ? STATUS_INPUT : STATUS_OK;
}
