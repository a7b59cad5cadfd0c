/* cmd_eval.c - emnist eval: settings, model and dataset around the evaluation. */
#include "../common/commands.h"
#include "../common/dataset_options.h"
#include "../common/engine_option.h"
#include "../common/model_options.h"
#include "../common/options.h"
#include "../common/outputs.h"
#include "../common/processors.h"
#include "../common/progress.h"
#include "../output/text.h"
#include "eval_report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Both are ended by NULL. */
static const struct eval_format *const formats[] = {&eval_text, &eval_json, &eval_csv, &eval_tsv,
						    NULL};
static const char *const format_names[] = {"text", "json", "csv", "tsv", NULL};

struct settings {
	struct model_source source;
	struct dataset_settings dataset;
	struct class_settings classes;
	int format; /* the position in formats */
	const char *output_path;
	bool per_class;
	bool coverage;
	bool calibration;
	uint64_t n_confusions;
	uint64_t n_top;
	const char *compare_path;
	struct eval_files files;
	uint64_t n_rows;
	uint64_t n_threads;
	int engine; /* a position in engine_names */
	bool quiet;
	unsigned verbose;
	struct text_list operands;
	const char *name; /* of all datasets */
};

static const struct option_spec specs[] = {
	OPTION_HEADING("Model:"),
	MODEL_OPTION(source),
	MODEL_SOURCE_OPTIONS(source),
	OPTION_HEADING("Dataset:"),
	DATASET_OPTIONS(dataset, "the model's"),
	DATASET_INDICES_OPTION(dataset),
	OPTION_HEADING("Answers:"),
	CLASSES_OPTIONS(classes),
	OPTION_HEADING("Output:"),
	OPTION_CHOICE('f', "format", "text|json|csv|tsv", format, format_names,
		      "csv and tsv are a table of classes; default: text"),
	OPTION_OUTPUT('o', "output", "FILE", output_path,
		      "write to FILE; default: standard output"),
	OPTION_FLAG(0, "per-class", per_class, "print recall, precision and F1 per class"),
	OPTION_FLAG(0, "coverage", coverage,
		    "print accuracy against coverage: the accuracy on the most confident 100, 99, "
		    "98, 95, 90, 80 % of the images"),
	OPTION_FLAG(0, "calibration", calibration, "print accuracy by confidence, in 15 bins"),
	OPTION_UNSIGNED(0, "most-confused", "N", n_confusions, 1, 1000,
			"print the N most frequent mistakes"),
	OPTION_UNSIGNED(
		'k', "top", "N", n_top, 1, EMNIST_EVAL_RANKS,
		"also print how often one of the N most probable classes is right, 1 to 10"),
	OPTION_INPUT(0, "compare", "MODEL", compare_path,
		     "also evaluate this model on the same images, and test whether the difference "
		     "is significant"),
	OPTION_HEADING("Files:"),
	OPTION_OUTPUT(0, "report", "FILE", files.report,
		      "write an HTML page with all figures, diagrams and the most confident "
		      "mistakes to FILE"),
	OPTION_OUTPUT(0, "confusion", "FILE", files.confusion,
		      "write the confusion matrix to FILE: a heat map if it ends in .png or .svg, "
		      "otherwise CSV with a row per true class and a column per predicted class"),
	OPTION_OUTPUT(0, "errors", "FILE", files.errors, "write the mistakes to FILE as CSV"),
	OPTION_OUTPUT(0, "errors-montage", "FILE", files.montage,
		      "write pictures of the hundred most confident mistakes to FILE as PNG"),
	OPTION_HEADING("Run:"),
	OPTION_UNSIGNED(0, "batch", "N", n_rows, 1, 4096,
			"number of images that go through the network at once; default: 256"),
	OPTION_UNSIGNED('j', "threads", "N", n_threads, 1, 1024,
			"number of threads; default: one per processor"),
	ENGINE_OPTION(engine),
	OPTION_FLAG('q', "quiet", quiet,
		    "no progress, and no warning about classes that the model does not have"),
	OPTION_COUNT('v', "verbose", verbose, "print model, dataset, preprocessing and engine"),
	OPTION_END,
};

static const struct option_table table = {
	.usage = "eval [OPTION]... DATASET...",
	.summary = "Measure a model's accuracy on labeled images. DATASET is a file such as "
		   "emnist-byclass-test-images-idx3-ubyte.gz, its name up to '-images', a folder, "
		   "a tar archive, or - for standard input; see emnist-formats(5). Several, such "
		   "as shards, are evaluated as one.",
	.after = "Exit status: 0 the dataset was evaluated, 1 some image files could not be read, "
		 "2 wrong usage, or the model, dataset or output failed.",
	.specs = specs,
};

static struct emnist_dataset *open_dataset(struct settings *s, const struct emnist_model *model)
{
	struct emnist_dataset *dataset;

	s->dataset.n_threads = s->n_threads;
	s->dataset.quiet = s->quiet;
	dataset = datasets_open(&s->dataset, &s->operands, emnist_model_preprocess(model));
	if (dataset && !emnist_dataset_count(dataset)) {
		complain("'%s': has no images", s->name);
		emnist_dataset_free(dataset);
		dataset = NULL;
	}
	return dataset;
}

/* One model and its results. */
struct contender {
	const char *path; /* NULL: the built-in model */
	struct emnist_model *model;
	struct emnist_view *view;
	struct emnist_evaluation evaluation;
};

/* What happens while a model is evaluated. */
struct watch {
	struct progress progress;
	struct eval_pictures *mistakes;        /* NULL: not wanted */
	const struct emnist_evaluation *first; /* the answers before; NULL: there are none */
	struct eval_other *other;              /* with first */
	uint64_t n_answered;
};

static int on_progress(void *context, uint64_t n_done, uint64_t n_images)
{
	struct watch *watch = context;

	progress_update(&watch->progress, n_done, n_images);
	return 0;
}

/* Keeps the images that are shown. */
static int on_answered(void *context, const struct emnist_answer *answer, const uint8_t *pixels)
{
	struct watch *watch = context;
	const struct emnist_answer *before;

	if (watch->mistakes && answer->rank)
		eval_pictures_add(watch->mistakes, answer->probability, answer, NULL, pixels);
	if (!watch->first || watch->n_answered >= watch->first->n_images)
		return 0;
	before = &watch->first->answers[watch->n_answered++];
	if (!before->rank && answer->rank)
		eval_pictures_add(&watch->other->first_alone, before->probability, before, answer,
				  pixels);
	else if (before->rank && !answer->rank)
		eval_pictures_add(&watch->other->second_alone, answer->probability, before, answer,
				  pixels);
	return 0;
}

/* An accuracy that is low because the model knows fewer characters is no news of the model. */
static void note_missing(const struct settings *s, const struct contender *contender)
{
	const struct emnist_evaluation *e = &contender->evaluation;
	char missing[DIGITS_NBYTES], all[DIGITS_NBYTES];

	if (e->n_not_in_model && !s->quiet)
		complain("'%s': %s of %s images (%.1f %%) are of classes that '%s' does not have, "
			 "and count as wrong",
			 s->name, with_commas(e->n_not_in_model, missing),
			 with_commas(e->n_images, all),
			 100 * (double)e->n_not_in_model / (double)e->n_images,
			 contender->path ? contender->path : "built-in model");
}

static void tell_of(const struct settings *s, const struct contender *contender,
		    const struct emnist_dataset *dataset, unsigned n_threads)
{
	complain("model %s, %zu classes; dataset of %llu images, %zu classes, %s; %u threads, "
		 "engine %s",
		 eval_model_name(contender->path), emnist_model_n_outputs(contender->model),
		 (unsigned long long)emnist_dataset_count(dataset),
		 emnist_labels_count(emnist_dataset_labels(dataset)),
		 emnist_dataset_describe(dataset), n_threads, engine_names[s->engine]);
}

static bool evaluate(const struct settings *s, struct contender *contender,
		     struct emnist_dataset *dataset, struct watch *watch)
{
	const struct emnist_eval_options options = {
		.n_threads = thread_count(s->n_threads),
		.n_rows = (size_t)s->n_rows,
		.engine = (enum emnist_engine)s->engine,
		.answer_blank = s->classes.blank == BLANK_ANSWER,
		.view = contender->view,
		.answers = s->files.errors || s->compare_path,
		.answered = watch->mistakes || watch->first ? on_answered : NULL,
		.progress = on_progress,
		.context = watch,
	};
	struct emnist_error error;
	enum emnist_status status;

	if (s->verbose)
		tell_of(s, contender, dataset, options.n_threads);
	progress_start(&watch->progress, "images", s->quiet);
	progress_end_on_interrupt(&watch->progress);
	status = emnist_evaluate(contender->model, dataset, &options, &contender->evaluation,
				 &error);
	progress_clear(&watch->progress);
	if (status) {
		complain_of(s->name, &error);
	} else if (!contender->evaluation.n_images) {
		complain(contender->evaluation.n_blank ? "'%s': all of its images are blank"
			 : s->dataset.n_bad            ? "'%s': none of its images can be read"
						       : "'%s': has no images of these classes",
			 s->name);
		return false;
	} else {
		note_missing(s, contender);
	}
	return !status;
}

/* Nothing is written, and no old file lost, before the evaluation is done. */
static enum exit_status report_all(const struct settings *s, const struct eval_report *report,
				   struct emnist_dataset *dataset)
{
	enum exit_status status = eval_files_write(&s->files, report, dataset);
	struct text text = {0};

	if (status != STATUS_OK)
		return status;
	formats[s->format]->put(&text, report);
	return sink_put_text(s->output_path, &text);
}

/* Evaluates the second model: the dataset is opened again, since it is read once. */
static bool compare(const struct settings *s, const struct contender *first,
		    struct contender *second, struct eval_other *other)
{
	struct settings again = *s;
	struct watch watch = {.first = &first->evaluation, .other = other};
	struct emnist_dataset *dataset;
	struct emnist_error error;
	bool good;

	again.dataset.again = true;
	dataset = open_dataset(&again, second->model);
	if (!dataset)
		return false;
	good = evaluate(&again, second, dataset, &watch);
	if (good &&
	    emnist_compare(&first->evaluation, &second->evaluation, &other->comparison, &error)) {
		complain("--compare: %s", error.message);
		good = false;
	}
	other->model_path = second->path;
	other->evaluation = &second->evaluation;
	emnist_dataset_free(dataset);
	return good;
}

/* Evaluates one model, and the other if there is one, on the dataset. pictures: memory for those
 * shown; other: for the comparison. */
static enum exit_status eval(struct settings *s, struct contender *first, struct contender *second,
			     struct eval_pictures *mistakes, struct eval_other *other)
{
	const double started = seconds_now();
	struct emnist_dataset *dataset = open_dataset(s, first->model);
	struct watch watch = {.mistakes = s->files.report || s->files.montage ? mistakes : NULL};
	enum exit_status status = STATUS_FATAL;
	struct eval_report report;

	if (!dataset)
		return STATUS_FATAL;
	if (evaluate(s, first, dataset, &watch)) {
		report = (struct eval_report){
			.model_path = first->path,
			.model = first->model,
			.dataset_name = s->name,
			.datasets = &s->operands,
			.classes = &s->classes,
			.evaluation = &first->evaluation,
			.seconds = seconds_now() - started,
			.per_class = s->per_class,
			.coverage = s->coverage,
			.calibration = s->calibration,
			.n_confusions = (size_t)s->n_confusions,
			.n_top = (size_t)s->n_top,
			.mistakes = watch.mistakes,
			.other = second->model ? other : NULL,
		};
		if (!second->model || compare(s, first, second, other))
			status = dataset_status(&s->dataset, report_all(s, &report, dataset));
	}
	emnist_dataset_free(dataset);
	return status;
}

static bool load(const struct settings *s, const struct model_source *source,
		 struct contender *contender)
{
	contender->path = source->path;
	contender->model = model_load(source, MODEL_TO_RUN);
	return contender->model &&
	       classes_view(&s->classes, emnist_model_labels(contender->model), &contender->view);
}

static void unload(struct contender *contender)
{
	emnist_evaluation_clear(&contender->evaluation);
	emnist_view_free(contender->view);
	emnist_model_free(contender->model);
}

static bool is_stdin(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

/* Whether the dataset can be read twice. */
static bool is_lasting(const char *path)
{
	struct stat st;

	return !is_stdin(path) &&
	       (stat(path, &st) < 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

static bool check(const struct settings *s)
{
	int n_stdin = is_stdin(s->source.path) + is_stdin(s->compare_path) +
		      is_stdin(s->dataset.indices_path);

	if (!s->operands.n) {
		complain("missing DATASET; see 'emnist eval --help'");
		return false;
	}
	if (s->compare_path && is_stdin(s->dataset.indices_path)) {
		complain("--compare reads the dataset twice: --indices needs a file");
		return false;
	}
	for (size_t i = 0; i < s->operands.n; i++) {
		const char *path = s->operands.texts[i];

		n_stdin += is_stdin(path);
		if (s->compare_path && !is_lasting(path)) {
			complain("--compare reads the dataset twice: '%s' is not a file", path);
			return false;
		}
	}
	if (n_stdin > 1) {
		complain("standard input can be only one of --model, --compare, --indices and "
			 "DATASET");
		return false;
	}
	return eval_files_check(&s->files);
}

enum exit_status cmd_eval(int argc, char **argv)
{
	struct settings s = {.source = MODEL_SOURCE_BUILT_IN,
			     .dataset = {.preprocess = -1},
			     .classes = {.min_probability = -1}};
	struct contender first = {0}, second = {0};
	enum exit_status status = STATUS_FATAL;
	struct eval_pictures *mistakes;
	struct model_source compared = MODEL_SOURCE_BUILT_IN;
	char name[DATASETS_NAME_NBYTES];
	struct eval_other *other;

	if (!options_parse(&table, argc, argv, &s, &s.operands, &status))
		return status;
	s.name = s.operands.n ? datasets_name(&s.operands, name) : NULL;
	compared.path = s.compare_path;
	compared.activation = s.source.activation;
	mistakes = calloc(1, sizeof(*mistakes));
	other = calloc(1, sizeof(*other));
	if (!mistakes || !other)
		complain("out of memory");
	else if (check(&s) && engine_prepare(&s.engine) && load(&s, &s.source, &first) &&
		 (!s.compare_path || load(&s, &compared, &second)))
		status = eval(&s, &first, &second, mistakes, other);
	unload(&first);
	unload(&second);
	free(mistakes);
	free(other);
	free(s.operands.texts);
	return status;
}
