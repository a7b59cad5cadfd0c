/*
 * cmd_train.c - `emnist train`: a model from labeled images.
 *
 * Ctrl-C writes a checkpoint and stops. Run the same command again to resume.
 */
#include "../common/commands.h"
#include "../common/endings.h"
#include "../common/engine_option.h"
#include "../common/interrupt.h"
#include "../common/machine.h"
#include "../common/model_options.h"
#include "../common/outputs.h"
#include "../common/progress.h"
#include "train_options.h"
#include "union_labels.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct train_command {
	struct settings s; /* as given */

	/* what becomes of it */
	struct emnist_train_options options;
	uint32_t widths[TRAIN_MAX_HIDDEN];
	enum emnist_format format;
	struct emnist_labels *labels;
	double *frequencies, *weights;
	struct emnist_model *init;
	struct emnist_model **teachers; /* (options.n_teachers) */
	struct emnist_dataset **datasets;
	size_t n_datasets;
	char *checkpoint_made;    /* default name of the checkpoint */
	struct progress progress; /* once the first step is done */
	bool has_begun;
};

/* ----------------------------------------------------------------- outputs */

static bool is_stdout(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* The file at path; zeroed if there is none. */
static struct stat what_is_at(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		memset(&st, 0, sizeof(st));
	return st;
}

/* By default the checkpoint is next to the model, if that is a file. */
static bool settle_checkpoint(struct train_command *c)
{
	const mode_t mode = what_is_at(c->s.output).st_mode;
	const bool is_file = !is_stdout(c->s.output) && (mode == 0 || S_ISREG(mode));

	if (is_file && !c->s.no_checkpoint && !c->s.checkpoint) {
		const size_t nbytes = strlen(c->s.output) + sizeof(".checkpoint");

		c->checkpoint_made = malloc(nbytes);
		if (!c->checkpoint_made) {
			complain("out of memory");
			return false;
		}
		snprintf(c->checkpoint_made, nbytes, "%s.checkpoint", c->s.output);
		c->s.checkpoint = c->checkpoint_made;
	}
	c->options.checkpoint_path = c->s.no_checkpoint ? NULL : c->s.checkpoint;
	return true;
}

/* Only once everything else is valid, and only if it is a checkpoint: a typo must not delete hours
 * of work. */
static bool forget_checkpoint(const struct train_command *c)
{
	const char *path = c->options.checkpoint_path;
	struct emnist_error error;
	bool is_one, is_there;

	if (!c->s.restart || !path)
		return true;
	if (emnist_train_find_checkpoint(path, &is_there, &is_one, &error)) {
		complain_of(path, &error);
		return false;
	}
	if (is_there && !is_one) {
		complain("'%s': not a checkpoint; --restart does not remove it", path);
		return false;
	}
	if (!is_there || unlink(path) == 0 || errno == ENOENT)
		return true;
	complain("'%s': cannot remove: %s", path, strerror(errno));
	return false;
}

/* The model's format from its name: ONNX if it has no extension, or is not a file. */
static bool settle_format(struct train_command *c)
{
	const mode_t mode = what_is_at(c->s.output).st_mode;

	c->format = model_format_of(c->s.output);
	if (model_format_is_inner(c->s.output))
		return false;
	if (c->format)
		return true;
	c->format = EMNIST_FORMAT_ONNX;
	if (!ending_of(c->s.output) || (mode != 0 && !S_ISREG(mode)))
		return true;
	complain("'%s': unknown ending; use .onnx, .pb, .safetensors, or none for ONNX",
		 c->s.output);
	return false;
}

/* That both outputs can be written, and are two. A checkpoint is removed when the model is written:
 * that must not be the model. */
static bool check_outputs(const struct train_command *c)
{
	const char *checkpoint = c->options.checkpoint_path;
	mode_t mode;

	if (!is_stdout(c->s.output) && !outputs_can_write(c->s.output))
		return false;
	if (!checkpoint)
		return true;
	if (!outputs_can_write(checkpoint))
		return false;
	mode = what_is_at(checkpoint).st_mode;
	/* Opening a FIFO to examine it would block forever. */
	if (mode != 0 && !S_ISREG(mode)) {
		complain("'%s': a checkpoint must be a regular file", checkpoint);
		return false;
	}
	return outputs_add("--checkpoint", checkpoint);
}

/* -------------------------------------------------------------------- data */

static bool open_datasets(struct train_command *c)
{
	const struct text_list *operands = &c->s.operands;

	c->datasets = calloc(operands->n, sizeof(*c->datasets));
	if (!c->datasets) {
		complain("out of memory");
		return false;
	}
	if (!datasets_check(&c->s.dataset, operands->n))
		return false;
	c->s.dataset.n_threads = c->s.n_threads;
	c->s.dataset.quiet = c->s.quiet;
	for (size_t i = 0; i < operands->n; i++) {
		c->datasets[i] =
			dataset_open(&c->s.dataset, operands->texts[i], EMNIST_PREPROCESS_AUTO);
		if (!c->datasets[i])
			return false;
		c->n_datasets++;
		if (c->s.verbose)
			dataset_tell(c->datasets[i], operands->texts[i]);
	}
	return true;
}

static bool read_labels(struct train_command *c)
{
	struct emnist_error error;

	if (!c->s.labels_path)
		return true;
	if (emnist_labels_read(c->s.labels_path, &c->labels, &error)) {
		complain_of(c->s.labels_path, &error);
		return false;
	}
	c->options.labels = c->labels;
	return true;
}

static bool read_init(struct train_command *c)
{
	struct emnist_error error;

	if (!c->s.init_path)
		return true;
	if (emnist_model_read(c->s.init_path, NULL, &c->init, &error)) {
		complain_of(c->s.init_path, &error);
		return false;
	}
	c->options.init = c->init;
	return outputs_spare_model(c->init, c->s.init_path);
}

static bool join_labels(struct train_command *c)
{
	if (c->labels || c->init)
		return true;
	if (!union_labels(c->datasets, c->n_datasets, &c->labels))
		return false;
	c->options.labels = c->labels;
	return true;
}

/* The classes of the model that is to be trained. */
static const struct emnist_labels *labels_of(const struct train_command *c)
{
	if (c->labels)
		return c->labels;
	return c->init ? emnist_model_labels(c->init) : emnist_dataset_labels(c->datasets[0]);
}

/* Selects the model's classes that are asked for. */
static bool choose_labels(struct train_command *c)
{
	const struct emnist_labels *labels = labels_of(c);
	struct emnist_labels *chosen;
	struct emnist_error error;
	uint16_t *map;

	if (!c->s.set)
		return true;
	map = calloc(emnist_labels_count(labels), sizeof(*map));
	if (!map) {
		complain("out of memory");
		return false;
	}
	if (emnist_labels_choose(labels, c->s.set, &chosen, map, &error)) {
		complain("--classes: %s", error.message);
		free(map);
		return false;
	}
	free(map);
	emnist_labels_free(c->labels);
	c->labels = chosen;
	c->options.labels = chosen;
	c->options.leave_out = true;
	return true;
}

static bool read_teachers(struct train_command *c)
{
	const size_t n = c->s.teacher_paths.n;
	struct emnist_error error;

	if (n == 0)
		return true;
	c->teachers = calloc(n, sizeof(*c->teachers));
	if (!c->teachers) {
		complain("out of memory");
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (emnist_model_read(c->s.teacher_paths.texts[i], NULL, &c->teachers[i], &error)) {
			complain_of(c->s.teacher_paths.texts[i], &error);
			return false;
		}
		c->options.n_teachers++;
		if (!outputs_spare_model(c->teachers[i], c->s.teacher_paths.texts[i]))
			return false;
	}
	c->options.teachers = (const struct emnist_model *const *)c->teachers;
	return true;
}

static bool read_frequencies(struct train_command *c)
{
	const struct emnist_labels *labels = labels_of(c);
	struct emnist_error error;

	if (!c->s.frequencies_path)
		return true;
	c->frequencies = calloc(emnist_labels_count(labels), sizeof(*c->frequencies));
	if (!c->frequencies) {
		complain("out of memory");
		return false;
	}
	if (emnist_labels_frequencies(labels, c->s.frequencies_path, c->frequencies, &error)) {
		complain_of(c->s.frequencies_path, &error);
		return false;
	}
	c->options.class_frequencies = c->frequencies;
	return true;
}

static bool read_weights(struct train_command *c)
{
	if (!c->s.weights)
		return true;
	c->weights = train_options_weights(&c->s, c->s.operands.n);
	c->options.dataset_weights = c->weights;
	return c->weights != NULL;
}

static bool read_data(struct train_command *c)
{
	return read_weights(c) && read_labels(c) && read_init(c) && open_datasets(c) &&
	       join_labels(c) && choose_labels(c) && read_frequencies(c);
}

/* -------------------------------------------------------------------- run */

static int on_progress(void *context, const struct emnist_train_progress *p)
{
	struct train_command *c = context;

	/* Reading the data took time, and a resumed run has steps behind it. */
	if (!c->has_begun) {
		progress_start(&c->progress, "steps", c->s.quiet);
		c->progress.n_before = p->step;
		c->has_begun = true;
	}
	if (p->epoch_done && !c->s.quiet) {
		progress_clear(&c->progress);
		fprintf(stderr, "epoch %u/%u  loss %.4f", p->epoch, p->n_epochs, p->loss);
		if (p->n_validation > 0)
			fprintf(stderr, "  validation %.2f %% (loss %.4f)",
				100 * p->validation_accuracy, p->validation_loss);
		fprintf(stderr, "  %.0f s, %.0f s left\n", p->seconds, p->seconds_left);
	} else {
		progress_update(&c->progress, p->step, p->n_steps);
	}
	return interrupt_came();
}

static bool write_model(const struct train_command *c, const struct emnist_model *model)
{
	const struct emnist_save_options options = {.format = c->format};

	if (!model_write(model, c->s.output, &options))
		return false;
	if (c->options.checkpoint_path)
		unlink(c->options.checkpoint_path);
	return true;
}

/* Makes the engine ready, and if OpenBLAS may be used, selects its kernels for this processor. */
static bool prepare_engine(int wanted, bool verbose)
{
	struct machine machine;
	struct text text = {0};
	int engine = wanted;

	if (wanted == EMNIST_ENGINE_AUTO)
		kernels_choose();
	if (!engine_prepare(&engine))
		return false;
	if (!verbose)
		return true;
	machine_find(&machine, (enum emnist_engine)wanted);
	machine_put_training(&text, &machine);
	fwrite(text.bytes, 1, text.nbytes, stderr);
	text_release(&text);
	return true;
}

/*
 * Whether the error is about a checkpoint that cannot be resumed, and that --restart would remove.
 */
static bool is_about_checkpoint(const struct train_command *c, const struct emnist_error *error)
{
	const char *path = c->options.checkpoint_path;
	const size_t nbytes = path ? strlen(path) : 0;
	bool is_there, is_one;

	return path && !emnist_train_find_checkpoint(path, &is_there, &is_one, NULL) && is_one &&
	       error->code != EMNIST_ERR_IO && error->message[0] == '\'' &&
	       strncmp(error->message + 1, path, nbytes) == 0 && error->message[1 + nbytes] == '\'';
}

static enum exit_status train(struct train_command *c)
{
	struct emnist_model *model = NULL;
	struct emnist_error error;
	enum emnist_status status;
	bool written;

	c->options.progress = on_progress;
	c->options.context = c;
	if (!prepare_engine(c->s.engine, c->s.verbose))
		return STATUS_FATAL;
	interrupt_catch();
	status = emnist_train(c->datasets, c->n_datasets, &c->options, &model, &error);
	progress_clear(&c->progress);
	if (status == EMNIST_ERR_STOPPED) {
		complain("%s%s", error.message,
			 c->options.checkpoint_path ? "; run the same command again to resume"
						    : "");
		return STATUS_FATAL;
	}
	if (status) {
		complain("%s%s", error.message,
			 is_about_checkpoint(c, &error) ? "; use --restart to start again" : "");
		return STATUS_FATAL;
	}
	written = write_model(c, model);
	emnist_model_free(model);
	return dataset_status(&c->s.dataset, written ? STATUS_OK : STATUS_FATAL);
}

/* Writes the images that a teacher of another kind is trained and run on. */
static enum exit_status write_variants(const struct train_command *c)
{
	struct emnist_error error;

	if (!emnist_train_write_variants(c->datasets, c->n_datasets, &c->options,
					 c->s.variants_folder, &error))
		return dataset_status(&c->s.dataset, STATUS_OK);
	complain_of(c->s.variants_folder, &error);
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
	emnist_model_free(c->init);
	free(c->frequencies);
	free(c->weights);
	free(c->checkpoint_made);
	emnist_labels_free(c->labels);
	train_options_release(&c->s);
}

static enum exit_status prepare_and_train(struct train_command *c)
{
	const bool has_output = c->s.output || c->s.variants_folder;

	if (!has_output || c->s.operands.n == 0) {
		complain("train: %s; see 'emnist train --help'",
			 has_output ? "missing DATASET" : "missing -o FILE");
		return STATUS_FATAL;
	}
	if (!train_options_fill(&c->s, c->widths, &c->options))
		return STATUS_FATAL;
	if (c->s.variants_folder)
		return read_data(c) ? write_variants(c) : STATUS_FATAL;
	if (!settle_format(c) || !settle_checkpoint(c) || !check_outputs(c) || !read_data(c) ||
	    !read_teachers(c) || !forget_checkpoint(c))
		return STATUS_FATAL;
	return train(c);
}

enum exit_status cmd_train(int argc, char **argv)
{
	struct train_command c = {0};
	enum exit_status status;

	if (!train_options_parse(argc, argv, &c.s, &status))
		return status;
	status = prepare_and_train(&c);
	release(&c);
	/* A run that was stopped by a signal ends as the signal would have ended it. */
	interrupt_obey();
	return status;
}
