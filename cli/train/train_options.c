/* train_options.c - the options of `emnist train`, converted to those of the library. */
#include "train_options.h"
#include "../../lib/base/decimal.h"
#include "../common/engine_option.h"
#include "../common/model_options.h"
#include "../common/processors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct settings defaults = {
	.dataset = {.preprocess = -1},
	.n_epochs = 30,
	.n_rows = 256,
	.seed = 1,
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

static const struct option_spec specs[] = {
	OPTION_OUTPUT(
		'o', "output", "FILE", output,
		"write the model to FILE: .onnx or no ending is ONNX, .pb a frozen TensorFlow "
		"graph, .safetensors a PyTorch state_dict; - is standard output; required"),
	OPTION_HEADING("The network:"),
	OPTION_TEXT(0, "hidden", "N,N...", hidden,
		    "widths of the hidden layers, or 'none'; default: 512,256"),
	OPTION_CHOICE(0, "activation", "NAME", activation, activation_choices,
		      "activation of hidden layers: relu, elu, leaky_relu, selu, sigmoid or tanh; "
		      "default: relu"),
	OPTION_FLAG(0, "no-batch-norm", no_batch_norm, "train without batch normalization"),
	OPTION_REAL(0, "dropout", "P", dropout, 0, 0.99,
		    "drop hidden units with probability P; default: 0.1"),
	OPTION_INPUT(0, "init", "FILE", init_path,
		     "start from the weights of this model, whose layers, activation and classes "
		     "are kept, without batch normalization"),
	OPTION_INPUT(0, "labels", "FILE", labels_path,
		     "mapping file with the model's classes; default: those of the model to start "
		     "from, else of the datasets"),
	OPTION_TEXT(0, "classes", "SET", set,
		    "keep only classes of these characters, and leave out other images: digits, "
		    "upper, lower, letters, alnum, or characters and ranges such as 0-9A-F, "
		    "separated by commas"),
	OPTION_HEADING("The schedule:"),
	OPTION_UNSIGNED(0, "epochs", "N", n_epochs, 1, 100000,
			"passes over the images; default: 30"),
	OPTION_UNSIGNED(0, "batch", "N", n_rows, 32, 65536,
			"images per step, a multiple of 32; default: 256"),
	OPTION_REAL(0, "learning-rate", "R", learning_rate, 1e-9, 10,
		    "peak learning rate, followed by cosine decay to zero; default: 0.002"),
	OPTION_REAL(0, "warmup", "EPOCHS", warmup, 0, 100000,
		    "epochs over which the rate rises from zero; default: 1"),
	OPTION_REAL(0, "weight-decay", "R", weight_decay, 0, 10,
		    "weight decay of AdamW; default: 0.01"),
	OPTION_REAL(0, "ema", "DECAY", ema, 0, 0.999999,
		    "decay per step of the exponential moving average of the weights; 0 uses the "
		    "last weights; default: 0.999"),
	OPTION_REAL(0, "freeze-norm", "SHARE", freeze_norm, 0, 1,
		    "share of the steps, at the end, with constant batch normalization statistics; "
		    "default: 0"),
	OPTION_REAL(0, "label-smoothing", "P", smoothing, 0, 0.99,
		    "share of each label spread over all classes; default: 0"),
	OPTION_HEADING("Distortion of each image in each epoch, uniformly distributed within:"),
	OPTION_REAL(0, "rotate", "DEGREES", rotate, 0, 180,
		    "rotation in either direction; default: 12"),
	OPTION_REAL(0, "scale", "SHARE", scale, 0, 0.9,
		    "enlargement and reduction, each axis separately; default: 0.12"),
	OPTION_REAL(0, "shear", "SHARE", shear, 0, 2,
		    "slant in either direction, as a share of the height; default: 0.12"),
	OPTION_REAL(0, "shift", "SHARE", shift, 0, 1,
		    "displacement along each axis, as a share of the side; default: 0.08"),
	OPTION_REAL(0, "elastic", "PIXELS", elastic, 0, 10,
		    "standard deviation of a smooth random displacement field; default: 0"),
	OPTION_REAL(0, "anneal", "SHARE", anneal, 0, 1,
		    "share of the variants, at the end, over which distortions fade to none; "
		    "default: 0"),
	OPTION_UNSIGNED(0, "variants", "N", n_variants, 1, 65536,
			"distort each image in N ways, shown in turn; default: anew each epoch"),
	OPTION_TEXT(
		0, "write-variants", "DIR", variants_folder,
		"do not train; write the variants of all images to DIR for an external teacher"),
	OPTION_FLAG(0, "no-augmentation", no_augmentation, "do not distort"),
	OPTION_HEADING("Distillation:"),
	OPTION_INPUTS(0, "teacher", "FILE", teacher_paths,
		      "also learn the probabilities that this model gives each distorted image; if "
		      "repeated, the mean is learned"),
	OPTION_INPUTS(0, "soft-labels", "FILE", soft_labels_paths,
		      "instead of --teacher: idx file of probabilities for each variant of each "
		      "image; may be repeated"),
	OPTION_REAL(0, "teacher-share", "P", teacher_share, 0.001, 1,
		    "share of the teachers in the loss; labels have the rest; default: 0.9"),
	OPTION_REAL(0, "temperature", "T", temperature, 0.1, 100,
		    "temperature at which teachers and network are compared; default: 2"),
	OPTION_HEADING("The data:"),
	OPTION_REAL(0, "validation", "SHARE", validation, 0, 0.9,
		    "hold out this share of the first dataset, print the accuracy on it after each "
		    "epoch, and calibrate the model's confidence on it at the end; default: 0"),
	OPTION_FLAG(0, "no-calibration", no_calibration, "do not calibrate"),
	OPTION_INPUT(0, "class-frequencies", "LABELS", frequencies_path,
		     "weight images so that classes count as often as they occur in this idx file "
		     "of labels"),
	OPTION_TEXT(0, "weights", "W,W...", weights,
		    "how much an image of each DATASET counts, in their order; default: all the "
		    "same"),
	DATASET_OPTIONS(dataset, "auto"),
	OPTION_HEADING("The run:"),
	OPTION_UNSIGNED(0, "seed", "N", seed, 0, 1e15, "seed of all random choices; default: 1"),
	OPTION_UNSIGNED('j', "threads", "N", n_threads, 1, 1024,
			"number of threads; does not change the model; default: one per processor"),
	ENGINE_OPTION(engine),
	OPTION_TEXT(0, "checkpoint", "FILE", checkpoint,
		    "keep the state of the run in FILE, and resume from it if it exists; default: "
		    "the name of the output with .checkpoint; removed when the model is written"),
	OPTION_REAL(0, "checkpoint-seconds", "N", checkpoint_seconds, 0.001, 1e6,
		    "minimum time between two checkpoints; default: 30"),
	OPTION_FLAG(0, "no-checkpoint", no_checkpoint, "neither write nor read a checkpoint"),
	OPTION_FLAG(0, "restart", restart, "start again: remove an existing checkpoint"),
	OPTION_FLAG('q', "quiet", quiet, "no line per epoch, no progress"),
	OPTION_COUNT('v', "verbose", verbose, "print datasets, engine and BLAS"),
	OPTION_END,
};

static const struct option_table table = {
	.usage = "train [OPTION]... -o FILE DATASET...",
	.summary = "Train a multilayer perceptron on labeled images, and write it as ONNX.",
	.after = "A DATASET is the same as for 'emnist eval'. Classes that stand for several "
		 "characters are learned as \"any of these\". Run the same command again to resume "
		 "an interrupted run.\n\nExit status: 0 the model was written, 1 it was, but some "
		 "image files could not be read, 2 wrong usage, or a dataset or the output failed.",
	.specs = specs,
};

bool train_options_parse(int argc, char **argv, struct settings *s, enum exit_status *status_ret)
{
	*s = defaults;
	s->n_threads = thread_count(0);
	return options_parse(&table, argc, argv, s, &s->operands, status_ret);
}

/* "512,256" or "none". */
static bool parse_hidden(const char *text, uint32_t *widths, struct emnist_train_options *options)
{
	const char *at = text;
	size_t n = 0;

	options->hidden = widths;
	if (strcmp(at, "none") == 0)
		return true;
	for (;;) {
		char *end;
		unsigned long width;

		errno = 0;
		width = *at >= '0' && *at <= '9' ? strtoul(at, &end, 10) : 0;
		if (width < 1 || width > TRAIN_MAX_WIDTH || errno || n == TRAIN_MAX_HIDDEN ||
		    (*end != ',' && *end != '\0')) {
			complain("--hidden: '%s' is not a list of up to %d widths from 1 to %d, "
				 "such as 512,256",
				 text, TRAIN_MAX_HIDDEN, TRAIN_MAX_WIDTH);
			return false;
		}
		widths[n++] = (uint32_t)width;
		options->n_hidden = n;
		if (*end == '\0')
			return true;
		at = end + 1;
	}
}

double *train_options_weights(const struct settings *s, size_t n)
{
	double *weights = calloc(n, sizeof(*weights));
	const char *at = s->weights;
	size_t n_read = 0;

	if (!weights) {
		complain("out of memory");
		return NULL;
	}
	for (; at && n_read < n; n_read++) {
		const size_t nbytes = strcspn(at, ",");

		if (!decimal_parse(at, nbytes, &weights[n_read]) ||
		    !(weights[n_read] >= 0.001 && weights[n_read] <= 1000)) {
			complain("--weights: '%.*s' is not a number from 0.001 to 1000",
				 nbytes < 40 ? (int)nbytes : 40, at);
			free(weights);
			return NULL;
		}
		at = at[nbytes] ? at + nbytes + 1 : NULL;
	}
	if (!at && n_read == n)
		return weights;
	complain("--weights: '%s' is not one weight for each of %zu datasets", s->weights, n);
	free(weights);
	return NULL;
}

/* The library takes zero for its default and a negative number for none. */
static double or_none(double value)
{
	return value == 0 ? -1 : value;
}

bool train_options_fill(const struct settings *s, uint32_t widths[static TRAIN_MAX_HIDDEN],
			struct emnist_train_options *options)
{
	if (s->hidden && !parse_hidden(s->hidden, widths, options))
		return false;
	if (s->n_rows % 32 != 0) {
		complain("--batch: '%llu' is not a multiple of 32", (unsigned long long)s->n_rows);
		return false;
	}
	if (!s->init_path || s->activation)
		options->activation = activation_chosen(s->activation);
	if (s->no_batch_norm)
		options->batch_norm = EMNIST_OFF;
	options->dropout = s->dropout;
	options->n_epochs = (unsigned)s->n_epochs;
	options->n_rows = (unsigned)s->n_rows;
	options->learning_rate = s->learning_rate;
	options->warmup_epochs = or_none(s->warmup);
	options->weight_decay = or_none(s->weight_decay);
	options->ema_decay = or_none(s->ema);
	options->freeze_norm = s->freeze_norm;
	options->label_smoothing = s->smoothing;
	options->rotate = s->no_augmentation ? -1 : or_none(s->rotate);
	options->scale = s->no_augmentation ? -1 : or_none(s->scale);
	options->shear = s->no_augmentation ? -1 : or_none(s->shear);
	options->shift = s->no_augmentation ? -1 : or_none(s->shift);
	options->elastic = s->no_augmentation ? 0 : s->elastic;
	options->anneal = s->anneal;
	options->n_variants = (unsigned)s->n_variants;
	options->soft_labels_paths = s->soft_labels_paths.texts;
	options->n_soft_labels = s->soft_labels_paths.n;
	options->teacher_share = s->teacher_share;
	options->temperature = s->temperature;
	options->validation = s->validation;
	options->calibrate = s->no_calibration ? EMNIST_OFF : EMNIST_ON;
	options->seed = s->seed;
	options->engine = (enum emnist_engine)s->engine;
	options->n_threads = (unsigned)s->n_threads;
	options->checkpoint_seconds = s->checkpoint_seconds;
	return true;
}

void train_options_release(struct settings *s)
{
	free(s->teacher_paths.texts);
	free(s->soft_labels_paths.texts);
	free(s->operands.texts);
}
