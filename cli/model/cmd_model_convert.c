/*
 * cmd_model_convert.c - emnist model convert: a model in a format for another program.
 *
 * A model's path is easily mistaken for the destination, so nothing is overwritten without --force.
 */
#include "../common/commands.h"
#include "../common/endings.h"
#include "../common/interrupt.h"
#include "../common/model_options.h"
#include "../common/outputs.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* In the order of enum emnist_format, from its second on. */
static const char *const format_names[] = {"onnx", "savedmodel", "graphdef", "safetensors", NULL};

struct settings {
	struct model_source source;
	const char *batch;
	int format; /* -1: by OUT's ending */
	uint64_t opset;
	bool force;
	struct emnist_save_options options;
	struct text_list operands;
};

static const struct option_spec specs[] = {
	OPTION_CHOICE('f', "format", "FORMAT", format, format_names,
		      "onnx, savedmodel, graphdef or safetensors; default: by the ending of OUT"),
	OPTION_CHOICE(0, "to", "FORMAT", format, format_names, "the same"),
	OPTION_UNSIGNED(0, "opset", "N", opset, 7, 25, "ONNX operator set, 7 to 25; default: 17"),
	OPTION_TEXT(0, "batch", "N|dynamic", batch,
		    "batch size; default: dynamic, any number of images"),
	OPTION_TEXT(0, "input-name", "NAME", options.input_name,
		    "name of the input, and its key in signatures; default: images"),
	OPTION_TEXT(
		0, "output-name", "NAME", options.output_name,
		"name of the output; default: probabilities in ONNX, scores in TensorFlow formats"),
	OPTION_FLAG(0, "logits", options.logits, "omit the final softmax"),
	MODEL_SOURCE_OPTIONS(source),
	OPTION_FLAG(0, "force", force, "replace OUT if it exists"),
	OPTION_END,
};

static const struct option_table table = {
	.usage = "model convert [OPTION]... [IN] OUT",
	.summary = "Write the model in IN, or the built-in model, to OUT: NAME.onnx is ONNX, "
		   "NAME.pb a frozen TensorFlow graph, NAME.safetensors a PyTorch state_dict, and "
		   "a name without an ending, or ending in /, the directory of a TensorFlow "
		   "SavedModel. - is standard input or output. Weights keep every bit; labels and "
		   "preprocessing are included.",
	.after = "Exit status: 0 the model was written, 2 wrong usage, or the model or the output "
		 "failed.",
	.specs = specs,
};

static bool parse_batch(struct settings *s)
{
	uint64_t value = 0;

	if (!s->batch || strcmp(s->batch, "dynamic") == 0)
		return true;
	for (const char *p = s->batch; *p && value <= EMNIST_MAX_BATCH; p++)
		value = *p >= '0' && *p <= '9' ? 10 * value + (uint64_t)(*p - '0')
					       : EMNIST_MAX_BATCH + 1;
	if (value == 0 || value > EMNIST_MAX_BATCH) {
		complain("--batch: '%s' is neither 'dynamic' nor a number from 1 to %d", s->batch,
			 EMNIST_MAX_BATCH);
		return false;
	}
	s->options.batch = (unsigned)value;
	return true;
}

/* The format of a name's extension; EMNIST_FORMAT_NONE if it has none. */
static enum emnist_format format_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const enum emnist_format format = model_format_of(path);
	struct stat st;

	if (format)
		return format;
	return !strchr(name, '.') || (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		       ? EMNIST_FORMAT_SAVED_MODEL
		       : EMNIST_FORMAT_NONE;
}

static bool settle_format(struct settings *s, const char *out)
{
	const bool to_stdout = strcmp(out, "-") == 0, is_told = s->format >= 0;

	s->options.format = (enum emnist_format)(s->format + 1);
	if (!is_told && to_stdout)
		complain("--format is needed to write to standard output");
	else if (s->options.format == EMNIST_FORMAT_SAVED_MODEL && to_stdout)
		complain("a SavedModel is a directory, and cannot go to standard output");
	else if (!is_told && model_format_is_inner(out))
		return false;
	else if (is_told || (s->options.format = format_of(out)))
		return true;
	else
		complain("'%s': unknown ending; use .onnx, .pb, .safetensors, none for a "
			 "SavedModel, or --format",
			 out);
	return false;
}

/* Whether the model is in the directory to be written. */
static bool is_inside(const char *in, const char *out)
{
	char folder[PATH_MAX];
	const char *slash = in ? strrchr(in, '/') : NULL;
	const int n = slash ? (int)(slash - in) + 1 : 0;
	struct stat here, there;

	return slash && snprintf(folder, sizeof(folder), "%.*s.", n, in) < PATH_MAX &&
	       stat(folder, &here) == 0 && stat(out, &there) == 0 && here.st_dev == there.st_dev &&
	       here.st_ino == there.st_ino;
}

/* Whether writing to out loses nothing. The library decides which directories may be replaced. */
static bool may_write(const struct settings *s, const char *out)
{
	char model[PATH_MAX];
	struct stat st;
	bool exists = stat(out, &st) == 0 && S_ISREG(st.st_mode);

	if (s->force || strcmp(out, "-") == 0)
		return true;
	if (s->options.format == EMNIST_FORMAT_SAVED_MODEL &&
	    (size_t)snprintf(model, sizeof(model), "%s/saved_model.pb", out) < sizeof(model))
		exists = exists || stat(model, &st) == 0;
	if (exists)
		complain("'%s': already exists; use --force to replace it", out);
	return !exists;
}

static enum exit_status convert(struct settings *s)
{
	const char *out = s->operands.texts[s->operands.n - 1];
	struct emnist_model *model;
	bool written;

	s->source.path = s->operands.n == 2 ? s->operands.texts[0] : NULL;
	s->options.opset = (unsigned)s->opset;
	s->options.replace = s->force;
	if (s->source.path && is_inside(s->source.path, out)) {
		complain("OUT: refusing to overwrite the input '%s'", s->source.path);
		return STATUS_FATAL;
	}
	if (!parse_batch(s) || !settle_format(s, out) || !may_write(s, out) ||
	    !outputs_add("OUT", out))
		return STATUS_FATAL;
	model = model_load(&s->source, MODEL_TO_SHOW);
	if (!model)
		return STATUS_FATAL;
	/* What has been begun is finished, or put away. */
	if (strcmp(out, "-") != 0)
		interrupt_catch();
	written = model_write(model, out, &s->options);
	interrupt_obey();
	emnist_model_free(model);
	return written ? STATUS_OK : STATUS_FATAL;
}

enum exit_status cmd_model_convert(int argc, char **argv)
{
	struct settings s = {.source = MODEL_SOURCE_BUILT_IN, .format = -1};
	enum exit_status status = STATUS_FATAL;

	if (!options_parse(&table, argc, argv, &s, &s.operands, &status))
		return status;
	if (s.operands.n < 1 || s.operands.n > 2)
		complain(s.operands.n ? "convert: more than one IN and one OUT; see 'emnist model "
					"convert --help'"
				      : "convert: missing OUT; see 'emnist model convert --help'");
	else
		status = convert(&s);
	free(s.operands.texts);
	return status;
}
