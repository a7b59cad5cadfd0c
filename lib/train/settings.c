/* settings.c - checks and completes the options of a training run. */
#include "settings.h"

#include "given_models.h"

#include <math.h>

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A shard is large enough for the matrix products to be fast, and small enough that a batch of 256
 * occupies two processors. */
#define SHARD_ROWS_MOST  128
#define SHARD_ROWS_LEAST 32

#define MAX_EPOCHS       100000
#define MAX_ROWS         65536

/* The default where the option is zero. */
static double or_default(double value, double otherwise)
{
	return value == 0 ? otherwise : value;
}

/* For options whose negative values mean none. */
static double or_none(double value, double otherwise)
{
	return value < 0 ? 0 : or_default(value, otherwise);
}

static void take_schedule(struct settings *settings, const struct emnist_train_options *options)
{
	settings->n_epochs = options->n_epochs ? options->n_epochs : 30;
	settings->n_rows = options->n_rows ? options->n_rows : 256;
	settings->learning_rate = or_default(options->learning_rate, 0.002);
	settings->warmup_epochs = or_none(options->warmup_epochs, 1);
	settings->weight_decay = or_none(options->weight_decay, 0.01);
	settings->ema_decay = or_none(options->ema_decay, 0.999);
	settings->freeze = options->freeze_norm;
	settings->label_smoothing = options->label_smoothing;
}

static void take_rest(struct settings *settings, const struct emnist_train_options *options)
{
	settings->activation =
		options->activation == EMNIST_IDENTITY ? EMNIST_RELU : options->activation;
	settings->batch_norm = options->init ? options->batch_norm == EMNIST_ON
					     : options->batch_norm != EMNIST_OFF;
	settings->dropout = options->dropout;
	settings->distortion = (struct distortion){
		.rotate = or_none(options->rotate, 12),
		.scale = or_none(options->scale, 0.12),
		.shear = or_none(options->shear, 0.12),
		.shift = or_none(options->shift, 0.08),
		.elastic = or_none(options->elastic, 0),
	};
	settings->anneal = options->anneal;
	settings->n_variants = options->n_variants ? options->n_variants : settings->n_epochs;
	settings->temperature = or_default(options->temperature, 2);
	settings->teacher_share = or_default(options->teacher_share, 0.9);
	settings->calibrate = options->calibrate != EMNIST_OFF && options->validation > 0;
	settings->validation = options->validation;
	settings->seed = options->seed;
	settings->n_threads = options->n_threads ? options->n_threads : 1;
	settings->checkpoint_seconds = or_default(options->checkpoint_seconds, 30);
}

static enum emnist_status take_hidden(struct settings *settings,
				      const struct emnist_train_options *options,
				      struct emnist_error *error)
{
	static const uint32_t hidden[] = {512, 256};
	const uint32_t *from = options->hidden ? options->hidden : hidden;
	const size_t n = options->hidden ? options->n_hidden : ARRAY_LENGTH(hidden);

	if (!options->hidden && options->n_hidden > 0)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "%zu hidden layers, but no list of their widths",
				 options->n_hidden);
	if (n > ARRAY_LENGTH(settings->hidden))
		return error_set(error, EMNIST_ERR_ARGUMENT, "%zu hidden layers: at most %zu", n,
				 ARRAY_LENGTH(settings->hidden));
	settings->n_hidden = n;
	for (size_t l = 0; l < n; l++) {
		if (from[l] < 1 || from[l] > MODEL_MAX_WIDTH)
			return error_set(error, EMNIST_ERR_ARGUMENT,
					 "hidden layer of %u units: must be 1 to %d", from[l],
					 MODEL_MAX_WIDTH);
		settings->hidden[l] = from[l];
	}
	return EMNIST_OK;
}

/* With a model to start from: its layers and activation. */
static enum emnist_status take_initial(struct settings *settings,
				       const struct emnist_train_options *options,
				       struct emnist_error *error)
{
	const struct emnist_model *model = options->init;
	enum emnist_status status;

	if (!model)
		return EMNIST_OK;
	status = given_models_can_start(model, error);
	if (status)
		return status;
	if (settings->batch_norm)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "an initial model is trained without batch normalization");
	if (model->n_layers - 1 > ARRAY_LENGTH(settings->hidden))
		return error_set(error, EMNIST_ERR_ARGUMENT, "%zu hidden layers: at most %zu",
				 model->n_layers - 1, ARRAY_LENGTH(settings->hidden));
	if (options->hidden || (options->activation && model->n_layers > 1 &&
				options->activation != model->layers[0].activation))
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "hidden layers and activation are those of the initial model");
	settings->n_hidden = model->n_layers - 1;
	for (size_t l = 0; l < settings->n_hidden; l++)
		settings->hidden[l] = model->layers[l].n_outputs;
	if (settings->n_hidden > 0)
		settings->activation = model->layers[0].activation;
	return EMNIST_OK;
}

/* The largest of 128, 64, 32 that divides n_rows, or 0. */
static size_t shard_rows_for(size_t n_rows)
{
	size_t rows = SHARD_ROWS_MOST;

	while (rows >= SHARD_ROWS_LEAST && n_rows % rows != 0)
		rows /= 2;
	return rows >= SHARD_ROWS_LEAST ? rows : 0;
}

static enum emnist_status check_numbers(const struct settings *s,
					const struct emnist_train_options *options,
					struct emnist_error *error)
{
	const struct {
		const char *name;
		double value, min, max;
	} ranges[] = {
		{"activation", s->activation, EMNIST_RELU, EMNIST_TANH},
		{"batch normalization", options->batch_norm, EMNIST_DEFAULT, EMNIST_OFF},
		{"calibration", options->calibrate, EMNIST_DEFAULT, EMNIST_OFF},
		{"dropout", s->dropout, 0, 0.99},
		{"epochs", s->n_epochs, 1, MAX_EPOCHS},
		{"images a step", (double)s->n_rows, SHARD_ROWS_LEAST, MAX_ROWS},
		{"learning rate", s->learning_rate, 1e-9, 10},
		{"warm-up epochs", s->warmup_epochs, 0, MAX_EPOCHS},
		{"weight decay", s->weight_decay, 0, 10},
		{"EMA decay", s->ema_decay, 0, 0.999999},
		{"share with frozen batch normalization", s->freeze, 0, 1},
		{"label smoothing", s->label_smoothing, 0, 0.99},
		{"rotation", s->distortion.rotate, 0, 180},
		{"scale", s->distortion.scale, 0, 0.9},
		{"shear", s->distortion.shear, 0, 2},
		{"shift", s->distortion.shift, 0, 1},
		{"elastic distortion", s->distortion.elastic, 0, 10},
		{"annealing", s->anneal, 0, 1},
		{"variants", s->n_variants, 1, MAX_EPOCHS},
		{"temperature", s->temperature, 0.1, 100},
		{"teachers' share", s->teacher_share, 1e-3, 1},
		{"validation share", s->validation, 0, 0.9},
		{"threads", s->n_threads, 1, 1024},
		{"seconds between checkpoints", s->checkpoint_seconds, 0, 1e9},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(ranges); i++)
		if (!(ranges[i].value >= ranges[i].min && ranges[i].value <= ranges[i].max))
			return error_set(error, EMNIST_ERR_ARGUMENT, "%s of %g: must be %g to %g",
					 ranges[i].name, ranges[i].value, ranges[i].min,
					 ranges[i].max);
	if (s->shard_rows == 0)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "%zu images per step: must be a multiple of %d", s->n_rows,
				 SHARD_ROWS_LEAST);
	return EMNIST_OK;
}

enum emnist_status settings_resolve(struct settings *settings,
				    const struct emnist_train_options *options,
				    struct emnist_error *error)
{
	static const struct emnist_train_options defaults = {0};
	enum emnist_status status;

	if (!options)
		options = &defaults;
	*settings = (struct settings){0};
	take_schedule(settings, options);
	take_rest(settings, options);
	settings->shard_rows = shard_rows_for(settings->n_rows);
	status = take_hidden(settings, options, error);
	if (!status)
		status = take_initial(settings, options, error);
	return status ? status : check_numbers(settings, options, error);
}

struct distortion settings_distortion(const struct settings *settings, uint64_t variant)
{
	const double n_fading = settings->anneal * settings->n_variants;
	const double n_left = (double)(settings->n_variants - 1 - variant);

	return distortion_scaled(&settings->distortion, n_left < n_fading ? n_left / n_fading : 1);
}

/* FNV-1a (Fowler, Noll, Vo) over the bytes of a number. */
static uint64_t stir(uint64_t hash, double value)
{
	const unsigned char *bytes = (const unsigned char *)&value;

	for (size_t i = 0; i < sizeof(value); i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t settings_fingerprint(const struct settings *s)
{
	const double values[] = {
		s->activation,       s->batch_norm,           s->dropout,
		s->n_epochs,         (double)s->n_rows,       s->learning_rate,
		s->warmup_epochs,    s->weight_decay,         s->ema_decay,
		s->label_smoothing,  s->distortion.rotate,    s->distortion.scale,
		s->distortion.shear, s->distortion.shift,     s->distortion.elastic,
		s->anneal,           s->temperature,          s->teacher_share,
		s->validation,       (double)(s->seed >> 32), (double)(s->seed & 0xffffffff),
		(double)s->n_hidden, s->n_variants,           s->freeze,
	};
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < ARRAY_LENGTH(values); i++)
		hash = stir(hash, values[i]);
	for (size_t l = 0; l < s->n_hidden; l++)
		hash = stir(hash, s->hidden[l]);
	return hash;
}
