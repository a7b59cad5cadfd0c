/* cmd_model_show.c - emnist model show: a model's layers, and what its file says about itself. */
#include "../common/commands.h"
#include "../common/model_options.h"
#include "../common/outputs.h"
#include "model_report.h"

#include <stdlib.h>

static const char *const format_names[] = {"text", "json", NULL};

static void (*const put[])(struct text *text, const struct emnist_model *model,
			   const char *path) = {model_put_text, model_put_json};

struct settings {
	struct model_source source;
	const char *output_path;
	int format;
	struct text_list operands;
};

static const struct option_spec specs[] = {
	OPTION_INPUT('m', "model", "FILE", source.path,
		     "the model, if FILE is not given; default: the built-in model"),
	MODEL_SOURCE_OPTIONS(source),
	OPTION_CHOICE('f', "format", "text|json", format, format_names, "default: text"),
	OPTION_OUTPUT('o', "output", "FILE", output_path,
		      "write to FILE; default: standard output"),
	OPTION_END,
};

static const struct option_table table = {
	.usage = "model show [OPTION]... [FILE]",
	.summary = "Print a model's layers, weights, labels and preprocessing, and the metadata of "
		   "its file: producer, inputs, outputs, signatures, size and SHA-256. FILE is a "
		   "model file, the directory of a SavedModel, or - for standard input.",
	.after = "Exit status: 0 the model was read, 2 wrong usage, or the model or the output "
		 "failed.",
	.specs = specs,
};

static enum exit_status show(const struct settings *s)
{
	struct emnist_model *model = model_load(&s->source, MODEL_TO_SHOW);
	struct text text = {0};

	if (!model)
		return STATUS_FATAL;
	put[s->format](&text, model, s->source.path);
	emnist_model_free(model);
	return sink_put_text(s->output_path, &text);
}

enum exit_status cmd_model_show(int argc, char **argv)
{
	struct settings s = {.source = MODEL_SOURCE_BUILT_IN};
	enum exit_status status = STATUS_FATAL;

	if (!options_parse(&table, argc, argv, &s, &s.operands, &status))
		return status;
	if (s.operands.n > 1 || (s.operands.n == 1 && s.source.path)) {
		complain("one model at a time; see 'emnist model show --help'");
	} else {
		if (s.operands.n)
			s.source.path = s.operands.texts[0];
		status = show(&s);
	}
	free(s.operands.texts);
	return status;
}
