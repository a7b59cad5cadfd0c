/* cmd_classify.c - emnist classify: settings, model and output around the pipeline. */
#include "../common/commands.h"
#include "../common/dataset_options.h"
#include "../common/engine_option.h"
#include "../common/model_options.h"
#include "../common/options.h"
#include "../common/outputs.h"
#include "../common/processors.h"
#include "dump.h"
#include "fingerprint.h"
#include "pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Large enough to keep the processor's matrix units busy, small enough that the first answers come
 * at once and that memory stays low. */
#define DEFAULT_BATCH 128

struct settings {
	struct model_source source;
	int preprocess; /* enum emnist_preprocess; -1: from the model */
	struct class_settings classes;
	uint64_t n_top;
	bool probabilities;
	int format; /* the position in output_formats */
	const char *output_path;
	const char *lines_path;
	const char *zeroes_path;
	const char *stdin_name;
	bool recursive;
	bool resumes;
	const char *dump_path;
	bool fail_fast;
	uint64_t n_rows;
	uint64_t n_threads;
	int engine;                                    /* a position in engine_names */
	uint64_t file_nbytes, width, height, n_pixels; /* 0: the library's defaults */
	int transpose;                                 /* enum emnist_transpose */
	bool quiet;
	unsigned verbose;
	struct text_list operands;
};

/* In the order of enum emnist_preprocess. */
static const char *const preprocess_names[] = {"auto", "raw", "normalize", NULL};

static const struct option_spec specs[] = {
	OPTION_HEADING("Model:"),
	MODEL_OPTION(source),
	MODEL_SOURCE_OPTIONS(source),
	OPTION_CHOICE(0, "preprocess", "auto|raw|normalize", preprocess, preprocess_names,
		      "how to bring an image to 28x28: auto uses EMNIST's images as they are and "
		      "normalizes others; raw only scales; default: as the model says, auto for "
		      "the built-in model"),
	OPTION_HEADING("Answers:"),
	CLASSES_OPTIONS(classes),
	OPTION_HEADING("Input:"),
	OPTION_INPUT(0, "files-from", "FILE", lines_path,
		     "also classify the files listed in FILE, one per line; - is standard input"),
	OPTION_INPUT(0, "files0-from", "FILE", zeroes_path,
		     "the same with names that end in a zero byte, as find -print0 writes them"),
	OPTION_TEXT(0, "name", "NAME", stdin_name,
		    "what to call standard input in records: s3://bucket/1.tar!a.png instead of "
		    "-!a.png"),
	OPTION_FLAG('r', "recursive", recursive, "include subdirectories"),
	OPTION_SIZE(0, "max-file-size", "SIZE", file_nbytes, 1, OPTION_NO_MAXIMUM,
		    "refuse larger files; default: 256M"),
	OPTION_SIZE(0, "max-width", "N", width, 1, UINT32_MAX,
		    "refuse wider images; default: 32K pixels"),
	OPTION_SIZE(0, "max-height", "N", height, 1, UINT32_MAX,
		    "refuse taller images; default: 32K pixels"),
	OPTION_SIZE(0, "max-pixels", "N", n_pixels, 1, OPTION_NO_MAXIMUM,
		    "refuse images with more pixels; default: 64M"),
	OPTION_CHOICE(0, "transpose", "auto|yes|no", transpose, dataset_transpose_names,
		      "whether images in idx files are stored transposed, as EMNIST's are; "
		      "default: auto, no only for MNIST's file names"),
	OPTION_HEADING("Output:"),
	OPTION_CHOICE('f', "format", "text|csv|tsv|jsonl", format, output_format_names,
		      "default: text"),
	OPTION_UNSIGNED('k', "top", "N", n_top, 1, 1000,
			"print the N most probable labels; default: 1"),
	OPTION_FLAG(0, "probabilities", probabilities, "print the probability of every class"),
	OPTION_OUTPUT('o', "output", "FILE", output_path,
		      "write to FILE; default: standard output"),
	OPTION_FLAG(0, "resume", resumes,
		    "with -o FILE: keep the records of an interrupted run in FILE.part, and go on "
		    "behind them"),
	OPTION_OUTPUT(0, "dump-preprocessed", "DIR", dump_path,
		      "write what the network saw of each image to DIR as PNG"),
	OPTION_HEADING("Run:"),
	OPTION_FLAG(0, "fail-fast", fail_fast, "stop after the first input that fails"),
	OPTION_UNSIGNED(0, "batch", "N", n_rows, 1, 4096,
			"number of images that go through the network at once; default: 128"),
	OPTION_UNSIGNED('j', "threads", "N", n_threads, 1, 1024,
			"number of threads; default: one per processor"),
	ENGINE_OPTION(engine),
	OPTION_FLAG('q', "quiet", quiet,
		    "no progress, and no message per failed input: records report it, and text "
		    "output ends with a count"),
	OPTION_COUNT('v', "verbose", verbose,
		     "warn about doubtful images; at the end, print what was done and how fast"),
	OPTION_END,
};

static const struct option_table table = {
	.usage = "classify [OPTION]... [FILE|DIRECTORY|ARCHIVE|-]...",
	.summary = "Recognize the character in each image, and print its label and probability. A "
		   "directory stands for the files in it, a zip or tar archive or an idx file for "
		   "the images in it, - for standard input.",
	.after = "Exit status: 0 everything was classified, 1 at least one input failed, 2 wrong "
		 "usage, or the model or the output failed.",
	.specs = specs,
};

/* A model, and what its classes are called. */
struct knowledge {
	struct emnist_model *model;
	struct emnist_view *view; /* of the classes that may be answered, or NULL: all */
	const char **names;       /* (n_classes) of the view */
	size_t n_classes;
};

static bool knowledge_load(struct knowledge *k, const struct settings *s)
{
	const struct emnist_labels *labels;

	k->model = model_load(&s->source, MODEL_TO_RUN);
	if (!k->model || !classes_view(&s->classes, emnist_model_labels(k->model), &k->view))
		return false;
	labels = k->view ? emnist_view_labels(k->view) : emnist_model_labels(k->model);
	k->n_classes = emnist_labels_count(labels);
	k->names = calloc(k->n_classes, sizeof(*k->names));
	if (!k->names) {
		complain("out of memory");
		return false;
	}
	for (size_t i = 0; i < k->n_classes; i++)
		k->names[i] = emnist_labels_text(labels, i);
	return true;
}

static void knowledge_release(struct knowledge *k)
{
	free(k->names);
	emnist_view_free(k->view);
	emnist_model_free(k->model);
}

static struct pipeline_options plan(const struct settings *s, const struct knowledge *k)
{
	struct pipeline_options options = {
		.model = k->model,
		.view = k->view,
		.reader = {.limits = {.file_nbytes = s->file_nbytes,
				      .width = (uint32_t)s->width,
				      .height = (uint32_t)s->height,
				      .n_pixels = s->n_pixels},
			   .preprocess = s->preprocess < 0 ? emnist_model_preprocess(k->model)
							   : (enum emnist_preprocess)s->preprocess},
		.archive = {.file_nbytes = s->file_nbytes,
			    .transpose = (enum emnist_transpose)s->transpose},
		.format = output_formats[s->format],
		.schema = {.labels = k->names,
			   .n_classes = k->n_classes,
			   .n_top = s->n_top < k->n_classes ? (size_t)s->n_top : k->n_classes,
			   .probabilities = s->probabilities,
			   .min_probability = s->classes.min_probability},
		.session = {.engine = (enum emnist_engine)s->engine},
		.n_rows = (size_t)s->n_rows,
		.n_threads = (unsigned)s->n_threads,
		.fail_fast = s->fail_fast,
		.quiet = s->quiet,
		.warns = s->verbose > 0,
		.answers_blank = s->classes.blank == BLANK_ANSWER,
		.dump_path = s->dump_path,
	};

	/* People are shown all probabilities in the order that matters to them. */
	if (options.format == &output_text && s->probabilities)
		options.schema.n_top = k->n_classes;
	return options;
}

static void start_progress(struct progress *progress, const struct settings *s, int output_fd)
{
	/* On the same terminal, results and progress would mix. */
	progress_start(progress, "images", s->quiet || isatty(output_fd));
	progress_end_on_interrupt(progress);
}

static void report(const struct settings *s, const struct pipeline_options *options,
		   const struct pipeline_totals *totals, double seconds)
{
	const unsigned n_threads = thread_count(options->n_threads);
	char rejected[48] = "", blank[48] = "", passed_over[48] = "";

	if (totals->counts.n_blank)
		snprintf(blank, sizeof(blank), ", %" PRIu64 " blank", totals->counts.n_blank);
	if (options->schema.min_probability >= 0)
		snprintf(rejected, sizeof(rejected), ", %" PRIu64 " rejected",
			 totals->counts.n_rejected);
	if (totals->counts.n_passed_over)
		snprintf(passed_over, sizeof(passed_over), ", %" PRIu64 " passed over",
			 totals->counts.n_passed_over);
	complain("%" PRIu64 " image%s in %.2f s, %" PRIu64 " a second, %" PRIu64
		 " failed%s%s%s; model %s, "
		 "%zu classes, preprocess %s, %u thread%s, batch %zu, engine %s",
		 totals->counts.n_inputs, totals->counts.n_inputs == 1 ? "" : "s", seconds,
		 a_second(totals->counts.n_inputs, seconds), totals->counts.n_failed, rejected,
		 blank, passed_over, s->source.path ? s->source.path : "built-in",
		 options->schema.n_classes, preprocess_names[options->reader.preprocess], n_threads,
		 n_threads == 1 ? "" : "s", options->n_rows, engine_names[s->engine]);
}

/* "'PATH' and 3 more: WHY": of n that are alike, the first. */
static void complain_of_first(const char *path, uint64_t n, const char *why)
{
	char others[48] = "";

	if (n > 1)
		snprintf(others, sizeof(others), " and %" PRIu64 " more", n - 1);
	complain("'%s'%s: %s", path, others, why);
}

/* Reports skipped files that the user may have meant. It is a failure if directories and archives
 * held no image at all. */
static enum exit_status tell_of_rest(const struct settings *s, const struct pipeline_totals *totals,
				     enum exit_status status)
{
	const struct inputs_walked *walked = &totals->walked;
	const bool nothing =
		totals->counts.n_inputs == 0 && walked->n_directories + totals->n_archives > 0;
	char passed_over[48] = "";

	if (totals->counts.n_passed_over)
		snprintf(passed_over, sizeof(passed_over), ": %" PRIu64 " file%s passed over",
			 totals->counts.n_passed_over,
			 totals->counts.n_passed_over == 1 ? "" : "s");
	if (status == STATUS_FATAL)
		return status;
	if (walked->not_entered && !s->quiet)
		complain_of_first(walked->not_entered, walked->n_not_entered,
				  "not entered; use -r for directories in directories");
	if (totals->unopened && !s->quiet)
		complain_of_first(totals->unopened, totals->n_unopened,
				  "skipped; archives are not opened inside a directory or archive");
	if (nothing && !s->quiet)
		complain("no image%s", passed_over);
	return nothing ? STATUS_INPUT : status;
}

/* The header is there already if a run is resumed. */
static bool write_header(const struct pipeline_options *options, struct sink *sink)
{
	struct text header = {0};
	const bool is_done = options->resume && resume_nbytes(options->resume) > 0;
	bool failed;

	if (options->format->header && !is_done)
		options->format->header(&header, &options->schema);
	failed = header.failed;
	if (failed)
		complain("out of memory");
	else
		sink_write(sink, header.bytes, header.nbytes);
	if (options->resume)
		resume_wrote(options->resume, header.bytes, header.nbytes);
	text_release(&header);
	return !failed;
}

static enum exit_status run(const struct settings *s, const struct pipeline_options *plan_,
			    struct inputs *inputs, struct sink *sink)
{
	struct pipeline_options options = *plan_;
	struct pipeline_totals totals = {0};
	struct progress progress;
	enum exit_status status = STATUS_FATAL;

	start_progress(&progress, s, sink->fd);
	options.progress = &progress;
	if (options.resume)
		totals.counts = *resume_counts(options.resume);
	if (write_header(&options, sink))
		status = pipeline_run(&options, inputs, sink, &totals);
	status = tell_of_rest(s, &totals, status);
	if (totals.counts.n_failed && s->quiet && options.format == &output_text)
		complain("%" PRIu64 " of %" PRIu64 " images could not be classified",
			 totals.counts.n_failed, totals.counts.n_inputs);
	free(totals.walked.not_entered);
	free(totals.unopened);
	if (s->verbose)
		report(s, &options, &totals, seconds_now() - progress.started);
	return status;
}

/* That no output is among the inputs that were named. */
static bool check_outputs(const struct settings *s)
{
	for (size_t i = 0; i < s->operands.n; i++) {
		const char *path = s->operands.texts[i];

		if (outputs_have(path) ||
		    (s->dump_path && dump_would_replace(s->dump_path, path))) {
			outputs_complain(path);
			return false;
		}
	}
	return true;
}

/* Whether the file holds an image, which a directory or a list may give as an input. */
static bool is_image(const char *path)
{
	float vector[EMNIST_VECTOR_LENGTH];
	struct emnist_reader *reader;
	struct emnist_error error;
	enum emnist_status status;
	struct stat st;

	if (!path || stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	status = emnist_reader_create(NULL, &reader, &error);
	if (!status)
		status = emnist_read_file(reader, path, vector, &error);
	emnist_reader_free(reader);
	return status != EMNIST_ERR_FORMAT;
}

/* Outputs found in directories are skipped. But an image that would be overwritten is not an
 * earlier result. */
static void spare_outputs(const struct settings *s, struct inputs *inputs, bool output_is_image)
{
	const bool to_stdout = !s->output_path || strcmp(s->output_path, "-") == 0;
	struct stat st;

	if ((to_stdout ? fstat(STDOUT_FILENO, &st) : stat(s->output_path, &st)) == 0 &&
	    S_ISREG(st.st_mode) && !output_is_image)
		inputs_spare(inputs, &st);
	if (s->dump_path && stat(s->dump_path, &st) == 0)
		inputs_spare(inputs, &st);
}

static struct inputs_options names_of(const struct settings *s)
{
	return (struct inputs_options){
		.operands = s->operands.texts,
		.n_operands = s->operands.n,
		.lines_path = s->lines_path,
		.zeroes_path = s->zeroes_path,
		.recursive = s->recursive,
		.sums_files = s->resumes,
		.dump_path = s->dump_path,
		.output_is_image = is_image(s->output_path),
		.model_path = s->source.path,
		.stdin_name = s->stdin_name,
	};
}

static bool check(const struct settings *s)
{
	const struct inputs_options names = names_of(s);
	struct stat st;

	if (s->resumes && (!s->output_path || strcmp(s->output_path, "-") == 0 ||
			   (stat(s->output_path, &st) == 0 && !S_ISREG(st.st_mode)))) {
		complain("--resume needs --output with a regular file");
		return false;
	}

	if (s->operands.n > 0 || s->lines_path || s->zeroes_path)
		return given_check_stdin(&names);
	complain("nothing to classify; see 'emnist classify --help'");
	return false;
}

static bool open_output(const struct settings *s, struct pipeline_options *options,
			struct inputs *inputs, struct sink *sink)
{
	uint32_t sum;

	if (!s->resumes)
		return sink_open(sink, s->output_path);
	if (!fingerprint(options, s->recursive, &sum))
		return false;
	options->resume = resume_open(s->output_path, sum, sink);
	if (!options->resume)
		return false;
	resume_spare(options->resume, inputs);
	inputs_skip(inputs, resume_place(options->resume));
	return true;
}

static enum exit_status classify(const struct settings *s, const struct knowledge *k)
{
	const struct inputs_options names = names_of(s);
	struct pipeline_options options = plan(s, k);
	struct inputs *inputs = inputs_open(&names);
	enum exit_status status;
	struct sink sink;

	if (!inputs)
		return STATUS_FATAL;
	if (check_outputs(s) && (!s->dump_path || dump_prepare(s->dump_path)) &&
	    open_output(s, &options, inputs, &sink)) {
		spare_outputs(s, inputs, names.output_is_image);
		status = run(s, &options, inputs, &sink);
		status = inputs_close(inputs, status);
		return options.resume ? resume_close(options.resume, &sink, status)
				      : sink_close(&sink, status);
	}
	return inputs_close(inputs, STATUS_FATAL);
}

enum exit_status cmd_classify(int argc, char **argv)
{
	struct settings s = {.source = MODEL_SOURCE_BUILT_IN,
			     .preprocess = -1,
			     .classes = {.min_probability = -1},
			     .n_top = 1,
			     .n_rows = DEFAULT_BATCH};
	struct knowledge knowledge = {0};
	enum exit_status status = STATUS_FATAL;

	if (!options_parse(&table, argc, argv, &s, &s.operands, &status))
		return status;
	if (check(&s) && engine_prepare(&s.engine) && knowledge_load(&knowledge, &s))
		status = classify(&s, &knowledge);
	knowledge_release(&knowledge);
	free(s.operands.texts);
	return status;
}
