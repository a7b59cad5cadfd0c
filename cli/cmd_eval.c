/*
 * cmd_eval.c - emnist eval: settings, model and dataset around the evaluation.
 */
#include "classes.h"
#include "dataset_options.h"
#include "eval_report.h"
#include "load_model.h"
#include "options.h"
#include "progress.h"
#include "sink.h"

#include <stdlib.h>
#include <string.h>

struct settings {
	const char *model_path; /* NULL: the built-in model */
	const char *labels_path;
	struct dataset_settings dataset;
	struct class_settings classes;
	int format; /* the position in eval_formats */
	const char *output_path;
	bool per_class;
	bool coverage;
	const char *confusion_path;
	uint64_t n_rows;
	uint64_t n_threads;
	bool quiet;
	unsigned verbose;
	struct text_list operands;
};

static enum parse_result parse(struct settings *s, int argc, char **argv)
{
	const struct option_spec specs[] = {
		OPTION_HEADING("Model:"),
		OPTION_TEXT('m', "model", "FILE", &s->model_path,
			    "ONNX model; default: the built-in one"),
		OPTION_TEXT(0, "labels", "FILE", &s->labels_path,
			    "mapping file that says what the model's classes mean, in EMNIST's "
			    "format"),
		OPTION_HEADING("Dataset:"),
		DATASET_OPTIONS(&s->dataset, "the model's"),
		DATASET_INDICES_OPTION(&s->dataset),
		OPTION_HEADING("Answers:"),
		CLASSES_OPTIONS(&s->classes),
		OPTION_HEADING("Output:"),
		OPTION_CHOICE('f', "format", "text|json", &s->format, eval_format_names,
			      "default: text"),
		OPTION_TEXT('o', "output", "FILE", &s->output_path,
			    "write to FILE; default: standard output"),
		OPTION_FLAG(0, "per-class", &s->per_class,
			    "print recall, precision and F1 of each class"),
		OPTION_FLAG(0, "coverage", &s->coverage,
			    "print the accuracy when only the surest 100, 99, 98, 95, 90, 80 % of "
			    "the images are answered"),
		OPTION_TEXT(0, "confusion", "FILE", &s->confusion_path,
			    "write the confusion matrix to FILE, as CSV: a row for each true "
			    "class, a column for each predicted one"),
		OPTION_HEADING("Run:"),
		OPTION_UNSIGNED(0, "batch", "N", &s->n_rows, 1, 4096,
				"images that go through the network at once; default: 256"),
		OPTION_UNSIGNED('j', "threads", "N", &s->n_threads, 1, 1024,
				"threads; default: one a processor"),
		OPTION_FLAG('q', "quiet", &s->quiet, "no progress"),
		OPTION_COUNT('v', "verbose", &s->verbose, "say what is evaluated on what"),
		OPTION_END,
	};

	return options_parse(
		"eval [OPTION]... DATASET",
		"Measure a model's accuracy on labelled images. DATASET is a file of them, such as "
		"emnist-byclass-test-images-idx3-ubyte.gz or that name up to '-images', or a "
		"folder; "
		"emnist-formats(5) says what is read.",
		"Exit status: 0 the dataset was evaluated, 1 without some image files that could "
		"not be read, 2 wrong usage, or the model, the dataset or the output failed.",
		specs, argc, argv, &s->operands);
}

static struct emnist_dataset *open_dataset(struct settings *s, const struct emnist_model *model,
					   const char *path)
{
	struct emnist_dataset *dataset =
		dataset_open(&s->dataset, path, emnist_model_preprocess(model));

	if (dataset && !emnist_dataset_count(dataset)) {
		complain("'%s': has no images", path);
		emnist_dataset_free(dataset);
		dataset = NULL;
	}
	return dataset;
}

static int on_progress(void *context, uint64_t n_done, uint64_t n_images)
{
	progress_update(context, n_done, n_images);
	return 0;
}

static bool evaluate(const struct settings *s, const struct emnist_model *model,
		     const struct emnist_view *view, struct emnist_dataset *dataset,
		     const char *path, struct emnist_evaluation *evaluation)
{
	struct progress progress;
	const struct emnist_eval_options options = {
		.n_threads = s->n_threads ? (unsigned)s->n_threads : processor_count(),
		.n_rows = (size_t)s->n_rows,
		.view = view,
		.progress = on_progress,
		.context = &progress,
	};
	struct emnist_error error;
	enum emnist_status status;

	if (s->verbose)
		complain("model %s, %zu classes; dataset of %llu images, %zu classes, %s; %u "
			 "threads",
			 s->model_path ? s->model_path : "built-in", emnist_model_n_outputs(model),
			 (unsigned long long)emnist_dataset_count(dataset),
			 emnist_labels_count(emnist_dataset_labels(dataset)),
			 emnist_dataset_describe(dataset), options.n_threads);
	progress_start(&progress, "images", s->quiet);
	progress_end_on_interrupt(&progress);
	status = emnist_evaluate(model, dataset, &options, evaluation, &error);
	progress_clear(&progress);
	if (status) {
		complain_of(path, &error);
	} else if (!evaluation->n_images) {
		complain("'%s': has no images of these classes", path);
		emnist_evaluation_clear(evaluation);
		return false;
	}
	return !status;
}

/* Writes what put() puts to path, or to standard output where path is NULL. */
static enum exit_status write_out(const char *path, const struct eval_report *report,
				  void (*put)(struct text *text, const struct eval_report *report))
{
	enum exit_status status = STATUS_FATAL;
	struct text text = {0};
	struct sink sink;

	put(&text, report);
	if (text.failed) {
		complain("out of memory");
	} else if (sink_open(&sink, path)) {
		sink_write(&sink, text.bytes, text.nbytes);
		status = sink_close(&sink, STATUS_OK);
	}
	text_release(&text);
	return status;
}

/* Nothing is written, and no old file lost, before the evaluation is done. */
static enum exit_status report_all(const struct settings *s, const struct eval_report *report)
{
	enum exit_status status = STATUS_OK;

	if (s->confusion_path)
		status = write_out(s->confusion_path, report, eval_put_confusion);
	if (status == STATUS_OK)
		status = write_out(s->output_path, report, eval_formats[s->format]->put);
	return status;
}

static enum exit_status eval(struct settings *s, const struct emnist_model *model,
			     const struct emnist_view *view)
{
	const char *path = s->operands.texts[0];
	struct emnist_evaluation evaluation;
	enum exit_status status = STATUS_FATAL;
	const double started = seconds_now();
	struct emnist_dataset *dataset = open_dataset(s, model, path);

	if (!dataset)
		return STATUS_FATAL;
	if (evaluate(s, model, view, dataset, path, &evaluation)) {
		const struct eval_report report = {
			.model_path = s->model_path,
			.dataset_path = path,
			.classes = &s->classes,
			.evaluation = &evaluation,
			.seconds = seconds_now() - started,
			.per_class = s->per_class,
			.coverage = s->coverage,
		};

		status = dataset_status(&s->dataset, report_all(s, &report));
		emnist_evaluation_clear(&evaluation);
	}
	emnist_dataset_free(dataset);
	return status;
}

enum exit_status cmd_eval(int argc, char **argv)
{
	struct settings s = {.dataset = {.preprocess = -1}, .classes = {.min_probability = -1}};
	enum exit_status status = STATUS_FATAL;
	struct emnist_view *view = NULL;
	struct emnist_model *model;

	switch (parse(&s, argc, argv)) {
	case PARSE_HELP:
		return close_stdout(STATUS_OK);
	case PARSE_BAD:
		return STATUS_FATAL;
	case PARSE_RUN:
		break;
	}
	if (s.operands.n != 1) {
		complain(s.operands.n ? "one DATASET at a time; see 'emnist eval --help'"
				      : "no DATASET is given; see 'emnist eval --help'");
	} else if (s.confusion_path && strcmp(s.confusion_path, "-") == 0) {
		complain("--confusion: needs a file; standard output is for the figures");
	} else if (s.confusion_path && s.output_path &&
		   strcmp(s.confusion_path, s.output_path) == 0) {
		complain("--confusion: '%s' is where --output goes", s.confusion_path);
	} else {
		model = load_model(s.model_path, s.labels_path);
		if (model && classes_view(&s.classes, emnist_model_labels(model), &view))
			status = eval(&s, model, view);
		emnist_view_free(view);
		emnist_model_free(model);
	}
	free(s.operands.texts);
	return status;
}
