/*
 * cmd_train.c - `emnist train`: a model from labelled images.
 *
 * Ctrl-C is not the end: the run writes its checkpoint and stops, and the same command goes on from
 * there.
 */
#include "dataset_options.h"
#include "load_model.h"
#include "progress.h"
#include "sink.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_HIDDEN 64
#define MAX_WIDTH  65536

struct train_command {
	/* as given */
	const char *output;
	const char *hidden;
	const char *labels_path;
	const char *frequencies_path;
	const char *checkpoint;
	const char *variants_folder;
	bool no_checkpoint, restart, no_batch_norm, no_augmentation, quiet, no_calibration;
	unsigned verbose;
	int activation;
	struct dataset_settings dataset;
	uint64_t n_epochs, n_rows, seed, n_threads, n_variants;
	double dropout, learning_rate, warmup, weight_decay, ema, freeze_norm, smoothing;
	double rotate, scale, shear, shift, validation, checkpoint_seconds;
	double elastic, anneal, teacher_share, temperature;
	struct text_list teacher_paths, soft_labels_paths;

	/* what becomes of it */
	struct emnist_train_options options;
	uint32_t widths[MAX_HIDDEN];
	struct emnist_labels *labels;
	double *frequencies;
	struct emnist_model **teachers; /* (options.n_teachers) */
	struct emnist_dataset **datasets;
	size_t n_datasets;
	char *checkpoint_made;    /* default name of the checkpoint */
	struct progress progress; /* once the first step is done */
	bool has_begun;
};

static volatile sig_atomic_t interrupted; /* the signal that asked to stop */

static void on_signal(int signal_number)
{
	interrupted = signal_number;
}

/* ----------------------------------------------------------------- options */

static enum parse_result parse(struct train_command *c, int argc, char **argv,
			       struct text_list *operands)
{
	const struct option_spec specs[] = {
		OPTION_TEXT('o', "output", "FILE", &c->output,
			    "write the model to FILE, as ONNX; - is standard output; required"),
		OPTION_HEADING("The network:"),
		OPTION_TEXT(0, "hidden", "N,N...", &c->hidden,
			    "widths of the hidden layers, or 'none'; default: 512,256"),
		OPTION_CHOICE(0, "activation", "NAME", &c->activation, activation_choices,
			      "of hidden layers: relu, elu, leaky_relu, selu, sigmoid or tanh; "
			      "default: relu"),
		OPTION_FLAG(0, "no-batch-norm", &c->no_batch_norm,
			    "train without batch normalisation"),
		OPTION_REAL(0, "dropout", "P", &c->dropout, 0, 0.99,
			    "drop hidden units with probability P; default: 0.1"),
		OPTION_TEXT(0, "labels", "FILE", &c->labels_path,
			    "mapping file with the model's classes; default: those of the first "
			    "dataset"),
		OPTION_HEADING("The schedule:"),
		OPTION_UNSIGNED(0, "epochs", "N", &c->n_epochs, 1, 100000,
				"passes over the images; default: 30"),
		OPTION_UNSIGNED(0, "batch", "N", &c->n_rows, 32, 65536,
				"images a step, a multiple of 32; default: 256"),
		OPTION_REAL(
			0, "learning-rate", "R", &c->learning_rate, 1e-9, 10,
			"peak rate of AdamW, from which a cosine leads to zero; default: 0.002"),
		OPTION_REAL(0, "warmup", "EPOCHS", &c->warmup, 0, 100000,
			    "epochs in which the rate rises from zero; default: 1"),
		OPTION_REAL(0, "weight-decay", "R", &c->weight_decay, 0, 10,
			    "AdamW's weight decay; default: 0.01"),
		OPTION_REAL(0, "ema", "DECAY", &c->ema, 0, 0.999999,
			    "keep the exponential moving average of the weights with this decay a "
			    "step; 0: keep the last weights; default: 0.999"),
		OPTION_REAL(
			0, "freeze-norm", "SHARE", &c->freeze_norm, 0, 1,
			"share of the steps, at the end, in which batch normalisation keeps its "
			"statistics; default: 0"),
		OPTION_REAL(0, "label-smoothing", "P", &c->smoothing, 0, 0.99,
			    "share of each label spread over all classes; default: 0"),
		OPTION_HEADING("Each image is distorted anew in each epoch, uniformly within:"),
		OPTION_REAL(0, "rotate", "DEGREES", &c->rotate, 0, 180,
			    "rotation to either side; default: 12"),
		OPTION_REAL(0, "scale", "SHARE", &c->scale, 0, 0.9,
			    "larger and smaller, each axis by itself; default: 0.12"),
		OPTION_REAL(0, "shear", "SHARE", &c->shear, 0, 2,
			    "slant to either side, as a share of the height; default: 0.12"),
		OPTION_REAL(0, "shift", "SHARE", &c->shift, 0, 1,
			    "displacement along each axis, as a share of the side; default: 0.08"),
		OPTION_REAL(0, "elastic", "PIXELS", &c->elastic, 0, 10,
			    "standard deviation of a smooth field of displacements; default: 0"),
		OPTION_REAL(
			0, "anneal", "SHARE", &c->anneal, 0, 1,
			"share of the variants, at the end, over which distortions fade to none; "
			"default: 0"),
		OPTION_UNSIGNED(0, "variants", "N", &c->n_variants, 1, 65536,
				"distort each image in N ways, shown in turn; default: anew each "
				"epoch"),
		OPTION_TEXT(0, "write-variants", "DIR", &c->variants_folder,
			    "train nothing: write the variants of all images into DIR, for a "
			    "teacher of "
			    "another kind"),
		OPTION_FLAG(0, "no-augmentation", &c->no_augmentation, "no distortion at all"),
		OPTION_HEADING("Distillation:"),
		OPTION_LIST(0, "teacher", "FILE", &c->teacher_paths,
			    "learn what this ONNX model says of each distorted image, beside its "
			    "label; may be given again: the mean of all is learnt"),
		OPTION_LIST(
			0, "soft-labels", "FILE", &c->soft_labels_paths,
			"in place of --teacher: idx file of what one said of each image in each "
			"variant; may be given again"),
		OPTION_REAL(0, "teacher-share", "P", &c->teacher_share, 0.001, 1,
			    "share of the teachers in the loss, the labels have the rest; default: "
			    "0.9"),
		OPTION_REAL(0, "temperature", "T", &c->temperature, 0.1, 100,
			    "that teachers and network are compared at; default: 2"),
		OPTION_HEADING("The data:"),
		OPTION_REAL(0, "validation", "SHARE", &c->validation, 0, 0.9,
			    "hold out this share of the first dataset, and print the accuracy on "
			    "it after each epoch; with these the model's confidence is calibrated "
			    "in the end; default: 0"),
		OPTION_FLAG(0, "no-calibration", &c->no_calibration,
			    "leave the model's confidence as it was trained"),
		OPTION_TEXT(0, "class-frequencies", "LABELS", &c->frequencies_path,
			    "idx file of labels; images are weighted so that the classes count as "
			    "often as they occur in it"),
		DATASET_OPTIONS(&c->dataset, "auto"),
		OPTION_HEADING("The run:"),
		OPTION_UNSIGNED(0, "seed", "N", &c->seed, 0, 1e15,
				"the same seed, options, data and machine give the same model; "
				"default: 1"),
		OPTION_UNSIGNED('j', "threads", "N", &c->n_threads, 1, 1024,
				"threads; the model does not depend on it; default: one a "
				"processor"),
		OPTION_TEXT(0, "checkpoint", "FILE", &c->checkpoint,
			    "keep the state of the run in FILE, and go on from it when it is "
			    "there; default: the output's name with .checkpoint; removed when the "
			    "model is written"),
		OPTION_REAL(0, "checkpoint-seconds", "N", &c->checkpoint_seconds, 0.001, 1e6,
			    "least time between two checkpoints; default: 30"),
		OPTION_FLAG(0, "no-checkpoint", &c->no_checkpoint, "keep no checkpoint"),
		OPTION_FLAG(0, "restart", &c->restart, "begin anew, whatever checkpoint there is"),
		OPTION_FLAG('q', "quiet", &c->quiet, "no line an epoch, no progress"),
		OPTION_COUNT('v', "verbose", &c->verbose, "say what is trained on"),
		OPTION_END,
	};

	return options_parse(
		"train [OPTION]... -o FILE DATASET...",
		"Trains a multilayer perceptron on labelled 28x28 images and writes it as ONNX.",
		"A DATASET is what 'emnist eval' takes. Classes that stand for several characters "
		"are learnt as \"any of these\". A run that is interrupted goes on when the same "
		"command is given again.\n\n"
		"Exit status: 0 the model was written, 1 it was trained without some image files "
		"that could not be read, 2 wrong usage, or a dataset or the output failed.",
		specs, argc, argv, operands);
}

/* "512,256" or "none". */
static bool parse_hidden(struct train_command *c)
{
	const char *at = c->hidden;
	size_t n = 0;

	c->options.hidden = c->widths;
	if (strcmp(at, "none") == 0)
		return true;
	for (;;) {
		char *end;
		unsigned long width;

		errno = 0;
		width = *at >= '0' && *at <= '9' ? strtoul(at, &end, 10) : 0;
		if (width < 1 || width > MAX_WIDTH || errno || n == MAX_HIDDEN ||
		    (*end != ',' && *end != '\0')) {
			complain("--hidden: '%s' is not a list of up to %d widths from 1 to %d, "
				 "such as 512,256",
				 c->hidden, MAX_HIDDEN, MAX_WIDTH);
			return false;
		}
		c->widths[n++] = (uint32_t)width;
		c->options.n_hidden = n;
		if (*end == '\0')
			return true;
		at = end + 1;
	}
}

/* The library takes zero for its default and a negative number for none. */
static double or_none(double value)
{
	return value == 0 ? -1 : value;
}

static bool fill_options(struct train_command *c)
{
	struct emnist_train_options *options = &c->options;

	if (c->hidden && !parse_hidden(c))
		return false;
	if (c->n_rows % 32 != 0) {
		complain("--batch: '%llu' is not a multiple of 32", (unsigned long long)c->n_rows);
		return false;
	}
	options->activation = activation_chosen(c->activation);
	options->batch_norm = c->no_batch_norm ? EMNIST_OFF : EMNIST_ON;
	options->dropout = c->dropout;
	options->n_epochs = (unsigned)c->n_epochs;
	options->n_rows = (unsigned)c->n_rows;
	options->learning_rate = c->learning_rate;
	options->warmup_epochs = or_none(c->warmup);
	options->weight_decay = or_none(c->weight_decay);
	options->ema_decay = or_none(c->ema);
	options->freeze_norm = c->freeze_norm;
	options->label_smoothing = c->smoothing;
	options->rotate = c->no_augmentation ? -1 : or_none(c->rotate);
	options->scale = c->no_augmentation ? -1 : or_none(c->scale);
	options->shear = c->no_augmentation ? -1 : or_none(c->shear);
	options->shift = c->no_augmentation ? -1 : or_none(c->shift);
	options->elastic = c->no_augmentation ? 0 : c->elastic;
	options->anneal = c->anneal;
	options->n_variants = (unsigned)c->n_variants;
	options->soft_labels_paths = c->soft_labels_paths.texts;
	options->n_soft_labels = c->soft_labels_paths.n;
	options->teacher_share = c->teacher_share;
	options->temperature = c->temperature;
	options->validation = c->validation;
	options->calibrate = c->no_calibration ? EMNIST_OFF : EMNIST_ON;
	options->seed = c->seed;
	options->n_threads = (unsigned)c->n_threads;
	options->checkpoint_seconds = c->checkpoint_seconds;
	return true;
}

static bool is_stdout(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* What stands at path; zeroed where nothing does. */
static struct stat what_is_at(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		memset(&st, 0, sizeof(st));
	return st;
}

/* By default a checkpoint lies beside the model, where that is a file. */
static bool settle_checkpoint(struct train_command *c)
{
	const mode_t mode = what_is_at(c->output).st_mode;
	const bool is_file = !is_stdout(c->output) && (mode == 0 || S_ISREG(mode));

	if (is_file && !c->no_checkpoint && !c->checkpoint) {
		const size_t nbytes = strlen(c->output) + sizeof(".checkpoint");

		c->checkpoint_made = malloc(nbytes);
		if (!c->checkpoint_made) {
			complain("out of memory");
			return false;
		}
		snprintf(c->checkpoint_made, nbytes, "%s.checkpoint", c->output);
		c->checkpoint = c->checkpoint_made;
	}
	c->options.checkpoint_path = c->no_checkpoint ? NULL : c->checkpoint;
	return true;
}

/* Only once all else is in order: a slip of the pen must not cost the work of hours. */
static bool forget_checkpoint(const struct train_command *c)
{
	const char *path = c->options.checkpoint_path;

	if (!c->restart || !path || unlink(path) == 0 || errno == ENOENT)
		return true;
	complain("'%s': cannot remove: %s", path, strerror(errno));
	return false;
}

/* Finds out now, and not after hours, that the file at path cannot be written, or replaced by one
 * written beside it. */
static bool check_writable(const char *path)
{
	const mode_t mode = what_is_at(path).st_mode;
	char target[PATH_MAX]; /* where a symbolic link leads to */
	const char *written = realpath(path, target) ? target : path;
	const char *slash = strrchr(written, '/');
	char folder[PATH_MAX] = ".";
	int failure = 0;

	if (slash) {
		const size_t n = slash == written ? 1 : (size_t)(slash - written);

		if (n >= sizeof(folder)) {
			complain("'%s': %s", path, strerror(ENAMETOOLONG));
			return false;
		}
		memcpy(folder, written, n);
		folder[n] = '\0';
	}
	if (S_ISDIR(mode) || (slash && !slash[1]))
		failure = EISDIR;
	else if (mode == 0 || S_ISREG(mode))
		failure = access(folder, W_OK | X_OK) < 0 ? errno : 0;
	else
		failure = access(path, W_OK) < 0 ? errno : 0;
	if (failure)
		complain("'%s': cannot write there: %s", path, strerror(failure));
	return failure == 0;
}

static bool check_outputs(const struct train_command *c)
{
	return (is_stdout(c->output) || check_writable(c->output)) &&
	       (!c->options.checkpoint_path || check_writable(c->options.checkpoint_path));
}

/* -------------------------------------------------------------------- data */

static bool open_datasets(struct train_command *c, const struct text_list *operands)
{
	c->datasets = calloc(operands->n, sizeof(*c->datasets));
	if (!c->datasets) {
		complain("out of memory");
		return false;
	}
	if (c->dataset.idx_labels_path && operands->n > 1) {
		complain("--idx-labels: is of one dataset, and %zu are given", operands->n);
		return false;
	}
	c->dataset.n_threads = (unsigned)c->n_threads;
	for (size_t i = 0; i < operands->n; i++) {
		c->datasets[i] =
			dataset_open(&c->dataset, operands->texts[i], EMNIST_PREPROCESS_AUTO);
		if (!c->datasets[i])
			return false;
		c->n_datasets++;
		if (c->verbose)
			complain("'%s': %llu images, %zu classes, %s", operands->texts[i],
				 (unsigned long long)emnist_dataset_count(c->datasets[i]),
				 emnist_labels_count(emnist_dataset_labels(c->datasets[i])),
				 emnist_dataset_describe(c->datasets[i]));
	}
	return true;
}

static bool read_labels(struct train_command *c)
{
	struct emnist_error error;

	if (!c->labels_path)
		return true;
	if (emnist_labels_read(c->labels_path, &c->labels, &error)) {
		complain_of(c->labels_path, &error);
		return false;
	}
	c->options.labels = c->labels;
	return true;
}

static bool read_teachers(struct train_command *c)
{
	const size_t n = c->teacher_paths.n;
	struct emnist_error error;

	if (n == 0)
		return true;
	c->teachers = calloc(n, sizeof(*c->teachers));
	if (!c->teachers) {
		complain("out of memory");
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (emnist_model_read(c->teacher_paths.texts[i], NULL, &c->teachers[i], &error)) {
			complain_of(c->teacher_paths.texts[i], &error);
			return false;
		}
		c->options.n_teachers++;
	}
	c->options.teachers = (const struct emnist_model *const *)c->teachers;
	return true;
}

static bool read_frequencies(struct train_command *c)
{
	const struct emnist_labels *labels =
		c->labels ? c->labels : emnist_dataset_labels(c->datasets[0]);
	struct emnist_error error;

	if (!c->frequencies_path)
		return true;
	c->frequencies = calloc(emnist_labels_count(labels), sizeof(*c->frequencies));
	if (!c->frequencies) {
		complain("out of memory");
		return false;
	}
	if (emnist_labels_frequencies(labels, c->frequencies_path, c->frequencies, &error)) {
		complain_of(c->frequencies_path, &error);
		return false;
	}
	c->options.class_frequencies = c->frequencies;
	return true;
}

/* -------------------------------------------------------------------- run */

static int on_progress(void *context, const struct emnist_train_progress *p)
{
	struct train_command *c = context;

	/* Reading the data took its time, and a run that goes on has steps behind it. */
	if (!c->has_begun) {
		progress_start(&c->progress, "steps", c->quiet);
		c->progress.n_before = p->step;
		c->has_begun = true;
	}
	if (p->epoch_done && !c->quiet) {
		progress_clear(&c->progress);
		fprintf(stderr, "epoch %u/%u  loss %.4f", p->epoch, p->n_epochs, p->loss);
		if (p->n_validation > 0)
			fprintf(stderr, "  validation %.2f %% (loss %.4f)",
				100 * p->validation_accuracy, p->validation_loss);
		fprintf(stderr, "  %.0f s, %.0f s left\n", p->seconds, p->seconds_left);
	} else {
		progress_update(&c->progress, p->step, p->n_steps);
	}
	return interrupted != 0;
}

/* A signal that is ignored stays so: nohup and shells that start jobs in the background mean it.
 * The second of a kind ends the run at once. */
static void catch_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal,
				   .sa_flags = (int)SA_RESETHAND | SA_RESTART};
	struct sigaction before;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

static bool print_model(const struct emnist_model *model, struct emnist_error *error)
{
	struct sink sink;
	size_t nbytes;
	void *bytes;

	if (emnist_model_encode(model, &bytes, &nbytes, error)) {
		complain("%s", error->message);
		return false;
	}
	sink_open(&sink, NULL);
	sink_write(&sink, bytes, nbytes);
	free(bytes);
	return sink_close(&sink, STATUS_OK) == STATUS_OK;
}

static bool write_model(const struct train_command *c, const struct emnist_model *model)
{
	struct emnist_error error;

	if (is_stdout(c->output)) {
		if (!print_model(model, &error))
			return false;
	} else if (emnist_model_write(model, c->output, &error)) {
		complain_of(c->output, &error);
		return false;
	}
	if (c->options.checkpoint_path)
		unlink(c->options.checkpoint_path);
	return true;
}

static enum exit_status train(struct train_command *c)
{
	struct emnist_model *model = NULL;
	struct emnist_error error;
	enum emnist_status status;
	bool written;

	c->options.progress = on_progress;
	c->options.context = c;
	catch_signals();
	status = emnist_train(c->datasets, c->n_datasets, &c->options, &model, &error);
	progress_clear(&c->progress);
	if (status == EMNIST_ERR_STOPPED) {
		complain("%s%s", error.message,
			 c->options.checkpoint_path ? "; the same command goes on from there" : "");
		return STATUS_FATAL;
	}
	if (status) {
		complain("%s", error.message);
		return STATUS_FATAL;
	}
	written = write_model(c, model);
	emnist_model_free(model);
	return dataset_status(&c->dataset, written ? STATUS_OK : STATUS_FATAL);
}

/* What a teacher of another kind is to be trained on and asked about. */
static enum exit_status write_variants(const struct train_command *c)
{
	struct emnist_error error;

	if (!emnist_train_write_variants(c->datasets, c->n_datasets, &c->options,
					 c->variants_folder, &error))
		return dataset_status(&c->dataset, STATUS_OK);
	complain_of(c->variants_folder, &error);
	return STATUS_FATAL;
}

static void release(struct train_command *c)
{
	for (size_t i = 0; i < c->n_datasets; i++)
		emnist_dataset_free(c->datasets[i]);
	free(c->datasets);
	for (size_t i = 0; i < c->options.n_teachers; i++)
		emnist_model_free(c->teachers[i]);
	free(c->teachers);
	free(c->teacher_paths.texts);
	free(c->soft_labels_paths.texts);
	free(c->frequencies);
	free(c->checkpoint_made);
	emnist_labels_free(c->labels);
}

static enum exit_status prepare_and_train(struct train_command *c, const struct text_list *operands)
{
	const bool has_output = c->output || c->variants_folder;

	if (!has_output || operands->n == 0) {
		complain("train: %s; see 'emnist train --help'",
			 has_output ? "no dataset is given" : "-o FILE is missing");
		return STATUS_FATAL;
	}
	if (c->variants_folder)
		return fill_options(c) && read_labels(c) && open_datasets(c, operands) &&
				       read_frequencies(c)
			       ? write_variants(c)
			       : STATUS_FATAL;
	if (!fill_options(c) || !settle_checkpoint(c) || !check_outputs(c) || !read_labels(c) ||
	    !open_datasets(c, operands) || !read_teachers(c) || !read_frequencies(c) ||
	    !forget_checkpoint(c))
		return STATUS_FATAL;
	return train(c);
}

enum exit_status cmd_train(int argc, char **argv)
{
	struct train_command c = {
		.dataset = {.preprocess = -1},
		.n_epochs = 30,
		.n_rows = 256,
		.seed = 1,
		.n_threads = processor_count(),
		.dropout = 0.1,
		.learning_rate = 0.002,
		.warmup = 1,
		.weight_decay = 0.01,
		.ema = 0.999,
		.rotate = 12,
		.scale = 0.12,
		.shear = 0.12,
		.shift = 0.08,
		.teacher_share = 0.9,
		.temperature = 2,
		.checkpoint_seconds = 30,
	};
	struct text_list operands = {0};
	enum parse_result result = parse(&c, argc, argv, &operands);
	enum exit_status status = STATUS_FATAL;

	if (result == PARSE_RUN)
		status = prepare_and_train(&c, &operands);
	else if (result == PARSE_HELP)
		status = close_stdout(STATUS_OK);
	free(operands.texts);
	release(&c);
	/* A run that was stopped by a signal ends as the signal would have ended it. */
	if (interrupted)
		raise(interrupted);
	return status;
}
