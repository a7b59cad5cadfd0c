/* train.c - a training run: from datasets and options to a model. */
#include "../base/memory.h"
#include "checkpoint.h"
#include "given_models.h"
#include "settings.h"
#include "soft_labels.h"
#include "thread_pool.h"
#include "train_set.h"
#include "validation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Bytes of a file's name shown in a message, so that the reason still fits. */
#define NAME_SHOWN 100

struct run {
	const struct emnist_train_options *options;
	struct settings settings;
	const struct emnist_labels *labels; /* the model's */
	struct train_set set;
	struct soft_labels **soft_labels; /* (n_soft_labels) */
	size_t n_soft_labels;
	size_t n_variants; /* from options or soft labels; 0: neither */
	struct net net;
	struct batch batch;
	struct thread_pool *pool;
	struct job job;
	struct schedule schedule;
	uint64_t steps_per_epoch;
	uint32_t *order; /* (n_training) the images in the order of epoch */
	uint64_t epoch;  /* that order is of; 0-based */
	bool has_order;
	struct checkpoint checkpoint; /* with the number of steps done */
	double started;               /* seconds of the monotonic clock */
	double saved;                 /* time of the last checkpoint, likewise */
	uint64_t first_step;          /* of this run, for the estimate of the time left */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Prefixes a message with a file's path, or the end of it: a run has many files. */
static enum emnist_status about_file(const char *path, enum emnist_status status,
				     struct emnist_error *error)
{
	const size_t nbytes = strlen(path);
	const bool cut = nbytes > NAME_SHOWN;
	char prefix[NAME_SHOWN + 6];

	snprintf(prefix, sizeof(prefix), "'%s%s'", cut ? "..." : "",
		 cut ? path + nbytes - NAME_SHOWN : path);
	return error_prefix(error, status, prefix);
}

/* ------------------------------------------------------------------ set-up */

static enum emnist_status load_data(struct run *run, struct emnist_dataset *const *datasets,
				    size_t n_datasets, struct emnist_error *error)
{
	const struct train_set_options options = {
		.labels = run->labels,
		.leave_out = run->options->leave_out,
		.validation = run->settings.validation,
		.class_frequencies = run->options->class_frequencies,
		.dataset_weights = run->options->dataset_weights,
		.seed = run->settings.seed,
	};
	enum emnist_status status =
		train_set_load(&run->set, datasets, n_datasets, &options, error);

	if (status)
		return status;
	if (run->set.n_training < run->settings.n_rows)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "%zu images to train on: fewer than the %zu of a step",
				 run->set.n_training, run->settings.n_rows);
	run->order = alloc_array(run->set.n_training, sizeof(*run->order));
	return run->order ? EMNIST_OK : error_memory(error);
}

static enum emnist_status open_soft_labels_of(struct run *run, const char *path,
					      struct emnist_error *error)
{
	struct soft_labels **labels = &run->soft_labels[run->n_soft_labels];
	enum emnist_status status = soft_labels_open(labels, path, run->set.n_images,
						     emnist_labels_count(run->labels), error);
	size_t n_variants;

	if (status)
		return about_file(path, status, error);
	n_variants = soft_labels_n_variants(*labels);
	run->n_soft_labels++;
	if (run->n_variants == 0)
		run->n_variants = n_variants;
	if (run->n_variants != n_variants) {
		status = error_set(error, EMNIST_ERR_ARGUMENT,
				   "soft labels for %zu variants instead of %zu", n_variants,
				   run->n_variants);
		return about_file(path, status, error);
	}
	return EMNIST_OK;
}

/* Soft labels determine the number of variants; if options do, too, both must agree. */
static enum emnist_status open_soft_labels(struct run *run, struct emnist_error *error)
{
	const struct emnist_train_options *options = run->options;
	enum emnist_status status = EMNIST_OK;

	if (options->n_soft_labels == 0)
		return EMNIST_OK;
	if (options->n_teachers > 0)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "teachers and soft labels exclude each other");
	run->soft_labels = alloc_zeroed(options->n_soft_labels, sizeof(struct soft_labels *));
	if (!run->soft_labels)
		return error_memory(error);
	run->n_variants = options->n_variants;
	for (size_t t = 0; t < options->n_soft_labels && !status; t++)
		status = open_soft_labels_of(run, options->soft_labels_paths[t], error);
	run->settings.n_variants = (unsigned)run->n_variants;
	return status;
}

/* Teachers and images held out use the dense engine although their rows have zeros, so that a seed
 * still gives the same result as before. */
static enum emnist_status choose_engines(struct run *run, struct emnist_error *error)
{
	struct batch *batch = &run->batch;
	const enum emnist_engine wanted = run->options->engine;
	enum emnist_status status = engine_find(wanted, batch->kernel, &batch->engine, error);

	return status ? status : engine_find_dense(wanted, &batch->dense, error);
}

static enum emnist_status make_net(struct run *run, struct emnist_error *error)
{
	const struct settings *settings = &run->settings;
	const struct net_shape shape = {
		.n_inputs = EMNIST_VECTOR_LENGTH,
		.hidden = settings->hidden,
		.n_hidden = settings->n_hidden,
		.n_outputs = emnist_labels_count(run->labels),
		.activation = settings->activation,
		.batch_norm = settings->batch_norm,
	};
	enum emnist_status status = net_init(&run->net, &shape, settings->seed, error);

	if (!status && run->options->init)
		given_models_start(run->options->init, &run->net);
	if (!status)
		status = batch_init(&run->batch, &run->net, settings->n_rows, settings->shard_rows,
				    settings->dropout,
				    run->options->n_teachers > 0 || run->n_soft_labels > 0, error);
	if (!status)
		status = choose_engines(run, error);
	run->batch.label_smoothing = settings->label_smoothing;
	run->batch.teacher_share = settings->teacher_share;
	run->batch.temperature = settings->temperature;
	run->batch.seed = settings->seed;
	return status;
}

static uint64_t fingerprint(const struct run *run)
{
	uint64_t hash = settings_fingerprint(&run->settings);

	for (size_t t = 0; t < run->set.n_targets; t++) {
		hash = random_mix_float(hash, run->set.targets[t].weight);
		for (uint32_t i = 0; i < run->set.targets[t].n; i++)
			hash = random_mix(hash ^ run->set.targets[t].classes[i]);
	}
	hash = given_models_fingerprint(run->options, hash);
	for (size_t t = 0; t < run->n_soft_labels; t++)
		hash = random_mix(hash ^ soft_labels_fingerprint(run->soft_labels[t]));
	return random_mix(hash ^ run->set.fingerprint);
}

static void plan(struct run *run)
{
	const struct settings *settings = &run->settings;

	run->steps_per_epoch = run->set.n_training / settings->n_rows;
	run->schedule = (struct schedule){
		.n_steps = run->steps_per_epoch * settings->n_epochs,
		.peak = settings->learning_rate,
		.weight_decay = settings->weight_decay,
		.ema_decay = settings->ema_decay,
	};
	run->schedule.n_warmup =
		(uint64_t)fmin(settings->warmup_epochs * (double)run->steps_per_epoch,
			       (double)(run->schedule.n_steps - 1));
	run->schedule.n_frozen = (uint64_t)(settings->freeze * (double)run->schedule.n_steps);
	run->checkpoint = (struct checkpoint){.fingerprint = fingerprint(run), .net = &run->net};
}

static enum emnist_status resume(struct run *run, struct emnist_error *error)
{
	bool found = false;
	enum emnist_status status;

	if (!run->options->checkpoint_path)
		return EMNIST_OK;
	status = checkpoint_read(&run->checkpoint, run->options->checkpoint_path, &found, error);
	if (!status && run->checkpoint.step > run->schedule.n_steps)
		status = error_set(error, EMNIST_ERR_CORRUPT,
				   "not a usable checkpoint: it is beyond the last step");
	run->first_step = run->checkpoint.step;
	return status ? about_file(run->options->checkpoint_path, status, error) : EMNIST_OK;
}

static enum emnist_status start_threads(struct run *run, struct emnist_error *error)
{
	run->job = (struct job){
		.set = &run->set,
		.teachers = run->options->teachers,
		.n_teachers = run->options->n_teachers,
		.soft_labels = run->soft_labels,
		.n_soft_labels = run->n_soft_labels,
		.net = &run->net,
		.batch = &run->batch,
		.seed = run->settings.seed,
		.draws = !distortion_is_none(&run->settings.distortion),
	};
	return thread_pool_create(&run->job, run->settings.n_threads, &run->pool, error);
}

/* -------------------------------------------------------------- validation */

/* Accuracy and mean loss of the averaged weights on the images held out. */
static enum emnist_status validate(const struct run *run, struct emnist_train_progress *progress,
				   struct emnist_error *error)
{
	struct validation validation = {0};
	struct emnist_model *model;
	enum emnist_status status = net_to_model(&run->net, run->labels, &model, error);

	if (status)
		return status;
	status = validation_run(&validation, &run->set, model, run->batch.dense->id, error);
	if (!status) {
		progress->validation_accuracy = validation_accuracy(&validation);
		progress->validation_loss = validation_loss(&validation, 1);
	}
	validation_clear(&validation);
	emnist_model_free(model);
	return status;
}

/* Divides the model's logits by the best temperature for the images held out. */
static enum emnist_status calibrate(const struct run *run, struct emnist_model *model,
				    struct emnist_error *error)
{
	struct layer *last = &model->layers[model->n_layers - 1];
	struct validation validation;
	enum emnist_status status =
		validation_run(&validation, &run->set, model, run->batch.dense->id, error);

	if (!status) {
		const float factor = (float)(1 / validation_temperature(&validation));

		for (size_t i = 0; i < (size_t)last->n_outputs * last->n_inputs; i++)
			last->weights[i] *= factor;
		for (size_t i = 0; i < last->n_outputs; i++)
			last->bias[i] *= factor;
		if (!model_pack(model, model->kernel))
			status = error_memory(error);
	}
	validation_clear(&validation);
	return status;
}

static enum emnist_status make_model(const struct run *run, struct emnist_model **model_ret,
				     struct emnist_error *error)
{
	struct emnist_model *model;
	enum emnist_status status = net_to_model(&run->net, run->labels, &model, error);

	if (status)
		return status;
	if (run->settings.calibrate && run->set.n_validation > 0)
		status = calibrate(run, model, error);
	if (status) {
		emnist_model_free(model);
		return status;
	}
	*model_ret = model;
	return EMNIST_OK;
}

/* ------------------------------------------------------------------- steps */

/* The order of the images in an epoch: a shuffle that depends on seed and epoch alone. */
static void shuffle(struct run *run, uint64_t epoch)
{
	struct random random = random_stream(run->settings.seed, RANDOM_SHUFFLE, epoch, 0);

	memcpy(run->order, run->set.training, run->set.n_training * sizeof(*run->order));
	for (size_t i = run->set.n_training; i > 1; i--) {
		const size_t k = (size_t)random_below(&random, i);
		const uint32_t image = run->order[k];

		run->order[k] = run->order[i - 1];
		run->order[i - 1] = image;
	}
	run->epoch = epoch;
	run->has_order = true;
}

static enum emnist_status step(struct run *run, struct emnist_error *error)
{
	const uint64_t n = run->checkpoint.step;
	const uint64_t epoch = n / run->steps_per_epoch;
	const uint64_t step_of_epoch = n % run->steps_per_epoch;
	enum emnist_status status;

	if (!run->has_order || run->epoch != epoch)
		shuffle(run, epoch);
	if (step_of_epoch == 0)
		run->checkpoint.loss_sum = 0;
	run->job.optimizer = schedule_at(&run->schedule, n);
	run->job.images = run->order + step_of_epoch * run->settings.n_rows;
	run->job.variant = epoch % run->settings.n_variants;
	run->job.distortion = settings_distortion(&run->settings, run->job.variant);
	run->batch.step = n;
	run->batch.keeps_statistics = schedule_freezes(&run->schedule, n);
	status = thread_pool_step(run->pool, error);
	if (status)
		return status;
	for (size_t s = 0; s < run->batch.n_shards; s++)
		run->checkpoint.loss_sum += run->batch.losses[s] / (double)run->batch.n_rows;
	run->checkpoint.step++;
	return EMNIST_OK;
}

static enum emnist_status report(struct run *run, bool *stop_ret, struct emnist_error *error)
{
	const uint64_t n = run->checkpoint.step;
	const uint64_t in_epoch = (n - 1) % run->steps_per_epoch + 1;
	const double seconds = now() - run->started;
	struct emnist_train_progress progress = {
		.epoch = (unsigned)((n - 1) / run->steps_per_epoch + 1),
		.n_epochs = run->settings.n_epochs,
		.step = n,
		.n_steps = run->schedule.n_steps,
		.learning_rate = (double)run->job.optimizer.learning_rate,
		.loss = run->checkpoint.loss_sum / (double)in_epoch,
		.seconds = seconds,
		.seconds_left = seconds / (double)(n - run->first_step) *
				(double)(run->schedule.n_steps - n),
		.epoch_done = in_epoch == run->steps_per_epoch,
		.validation_accuracy = NAN,
		.validation_loss = NAN,
		.n_validation = run->set.n_validation,
	};
	enum emnist_status status = EMNIST_OK;

	if (!run->options->progress)
		return EMNIST_OK;
	if (progress.epoch_done && run->set.n_validation > 0)
		status = validate(run, &progress, error);
	if (!status)
		*stop_ret = run->options->progress(run->options->context, &progress) != 0;
	return status;
}

/* Checks that the weights are finite. The loss may not show it, since ReLU turns NaN into zero. */
static enum emnist_status check_weights(const struct run *run, struct emnist_error *error)
{
	const struct net *net = &run->net;
	float sum = 0;

	for (size_t i = 0; i < net->n_parameters; i++)
		sum += net->parameters[i] * 0;
	return sum == 0 ? EMNIST_OK
			: error_set(error, EMNIST_ERR_ARGUMENT,
				    "training diverges: after step %llu weights are infinite or "
				    "NaN; a lower learning rate may help",
				    (unsigned long long)run->checkpoint.step);
}

/* Writes a checkpoint, unless no run could go on from it. */
static enum emnist_status save(struct run *run, struct emnist_error *error)
{
	enum emnist_status status;

	run->saved = now();
	if (!run->options->checkpoint_path)
		return EMNIST_OK;
	status = check_weights(run, error);
	if (status)
		return status;
	status = checkpoint_write(&run->checkpoint, run->options->checkpoint_path, error);
	return status ? about_file(run->options->checkpoint_path, status, error) : EMNIST_OK;
}

static enum emnist_status all_steps(struct run *run, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	bool stopped = false;

	run->started = run->saved = now();
	while (!status && !stopped && run->checkpoint.step < run->schedule.n_steps) {
		status = step(run, error);
		if (!status && run->checkpoint.step % run->steps_per_epoch == 0)
			status = check_weights(run, error);
		if (!status)
			status = report(run, &stopped, error);
		if (!status && !stopped && now() - run->saved >= run->settings.checkpoint_seconds)
			status = save(run, error);
	}
	if (!status)
		status = save(run, error);
	if (!status && stopped)
		status = error_set(error, EMNIST_ERR_STOPPED, "stopped at step %llu of %llu",
				   (unsigned long long)run->checkpoint.step,
				   (unsigned long long)run->schedule.n_steps);
	return status;
}

static void run_clear(struct run *run)
{
	thread_pool_free(run->pool);
	batch_clear(&run->batch, &run->net);
	net_clear(&run->net);
	train_set_clear(&run->set);
	for (size_t t = 0; t < run->n_soft_labels; t++)
		soft_labels_close(run->soft_labels[t]);
	free(run->soft_labels);
	free(run->order);
}

enum emnist_status emnist_train(struct emnist_dataset *const *datasets, size_t n_datasets,
				const struct emnist_train_options *options,
				struct emnist_model **model_ret, struct emnist_error *error)
{
	static const struct emnist_train_options defaults = {0};
	struct run run = {.options = options ? options : &defaults};
	enum emnist_status status;

	*model_ret = NULL;
	if (n_datasets == 0)
		return error_set(error, EMNIST_ERR_ARGUMENT, "no dataset to train on");
	status = settings_resolve(&run.settings, run.options, error);
	run.labels = run.options->labels ? run.options->labels
		     : run.options->init ? emnist_model_labels(run.options->init)
					 : emnist_dataset_labels(datasets[0]);
	if (!status)
		status = given_models_check(run.options, run.labels, error);
	if (!status)
		status = load_data(&run, datasets, n_datasets, error);
	if (!status)
		status = open_soft_labels(&run, error);
	if (!status)
		status = make_net(&run, error);
	if (!status) {
		plan(&run);
		status = resume(&run, error);
	}
	if (!status)
		status = start_threads(&run, error);
	if (!status)
		status = all_steps(&run, error);
	if (!status)
		status = make_model(&run, model_ret, error);
	run_clear(&run);
	return status;
}
