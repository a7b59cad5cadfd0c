/* cmd_bench.c - emnist bench: the speed of this machine, and of what. */
#include "../common/commands.h"
#include "../common/engine_option.h"
#include "../common/interrupt.h"
#include "../common/machine.h"
#include "../common/model_options.h"
#include "../common/options.h"
#include "../common/outputs.h"
#include "../common/progress.h"
#include "../output/json.h"
#include "../output/text.h"
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct settings {
	struct model_source source;
	const char *images_path;
	int part; /* the position in part_names; 0: all */
	int format;
	const char *output_path;
	uint64_t n_threads;
	int engine; /* a position in engine_names */
	double seconds;
	bool quiet;
	struct text_list operands;
};

enum part {
	PART_ALL,
	PART_NETWORK,
	PART_DECODE,
	PART_PREPROCESS,
	PART_FILES,
};

static const char *const part_names[] = {"all", "network", "decode", "preprocess", "files", NULL};

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
};

static const char *const format_names[] = {"text", "json", NULL};

/* All that is measured, in order. */
static const struct line {
	enum part part;
	const char *image; /* of JSON; NULL: not of one kind of image */
	const char *shown;
	enum bench_kind kind; /* not with PART_FILES */
	size_t n_rows;        /* 0: not in batches of our choosing */
	bool threaded;        /* measured on several threads too */
} lines[] = {
	{PART_NETWORK, NULL, "network, batch 1", BENCH_NETWORK, 1, true},
	{PART_NETWORK, NULL, "network, batch 128", BENCH_NETWORK, 128, true},
	{PART_NETWORK, NULL, "network, batch 1024", BENCH_NETWORK, BENCH_MAX_BATCH, true},
	{PART_DECODE, "png-28x28", "decode PNG 28x28", BENCH_DECODE_PNG, 0, false},
	{PART_DECODE, "jpeg-500x500", "decode JPEG 500x500", BENCH_DECODE_JPEG, 0, false},
	{PART_PREPROCESS, "28x28", "preprocess 28x28", BENCH_PREPROCESS_SMALL, 0, false},
	{PART_PREPROCESS, "500x500", "preprocess 500x500", BENCH_PREPROCESS_LARGE, 0, false},
	{PART_FILES, "png-28x28", "PNG files to CSV", BENCH_DECODE_PNG, 0, true},
};

#define N_LINES (sizeof(lines) / sizeof(*lines))

/* A line for one number of threads. */
struct figure {
	const struct line *line;
	enum emnist_engine engine; /* not of decoding and preprocessing */
	unsigned n_threads;
	double rate; /* images a second */
};

struct bench {
	const struct settings *settings;
	unsigned n_threads;
	struct bench_data data;
	struct bench_folder folder;
	struct machine machine;
	struct figure figures[4 * N_LINES];
	size_t n_figures;
	struct sink sink;
	struct progress progress;
};

static const struct option_spec specs[] = {
	MODEL_OPTION(source),
	MODEL_SOURCE_OPTIONS(source),
	OPTION_INPUT(0, "images", "DATASET", images_path,
		     "dataset for network and PNG files; default: strokes drawn at random, the "
		     "same in each run"),
	OPTION_CHOICE(0, "only", "all|network|decode|preprocess|files", part, part_names,
		      "measure only this part; default: all"),
	OPTION_REAL(0, "seconds", "N", seconds, 0.1, 3600, "total measuring time; default: 20"),
	OPTION_UNSIGNED(
		'j', "threads", "N", n_threads, 1, 1024,
		"number of threads, measured in addition to one; default: one per processor"),
	OPTION_CHOICE(0, "engine", "auto|blas|kernels", engine, engine_names,
		      "what computes the network, see 'emnist classify --help'; default: auto, "
		      "and the network alone on each engine"),
	OPTION_CHOICE('f', "format", "text|json", format, format_names, "default: text"),
	OPTION_OUTPUT('o', "output", "FILE", output_path,
		      "write to FILE; default: standard output"),
	OPTION_FLAG('q', "quiet", quiet, "no progress"),
	OPTION_END,
};

static const struct option_table table = {
	.usage = "bench [OPTION]...",
	.summary = "Measure how fast this machine classifies: the network alone, decoding, "
		   "preprocessing, and everything from image files to CSV.",
	.after = "Exit status: 0 everything was measured, 2 wrong usage, or the model, dataset, "
		 "files or output failed.",
	.specs = specs,
};

/* ---------------------------------------------------------------------- figures */

static bool is_computed(const struct line *line)
{
	return line->part == PART_NETWORK || line->part == PART_FILES;
}

static void add_line(struct bench *bench, const struct line *line, enum emnist_engine engine)
{
	bench->figures[bench->n_figures++] = (struct figure){line, engine, 1, 0};
	if (line->threaded && bench->n_threads > 1)
		bench->figures[bench->n_figures++] =
			(struct figure){line, engine, bench->n_threads, 0};
}

static void add_figures(struct bench *bench)
{
	const enum part wanted = (enum part)bench->settings->part;
	const struct machine *machine = &bench->machine;

	for (size_t i = 0; i < N_LINES; i++) {
		const bool is_each = lines[i].part == PART_NETWORK &&
				     machine->wanted == EMNIST_ENGINE_AUTO && machine->has_blas;

		if (wanted != PART_ALL && wanted != lines[i].part)
			continue;
		add_line(bench, &lines[i], is_each ? EMNIST_ENGINE_KERNELS : machine->engine);
		if (is_each)
			add_line(bench, &lines[i], EMNIST_ENGINE_BLAS);
	}
}

static bool measure(struct bench *bench, struct figure *figure)
{
	const double seconds = bench->settings->seconds / (double)bench->n_figures;
	const struct bench_job job = {figure->line->kind, figure->line->n_rows, figure->engine,
				      &bench->data};
	const struct work work = bench_work(&job);
	struct emnist_error error;

	if (figure->line->part == PART_FILES)
		return bench_files_run(&bench->folder, bench->data.model, figure->engine,
				       figure->n_threads, seconds, &figure->rate);
	if (!stopwatch_run(&work, figure->n_threads, seconds, &figure->rate, &error))
		return true;
	progress_clear(&bench->progress);
	complain("%s", error.message);
	return false;
}

/* ----------------------------------------------------------------------- output */

static void put_figure_text(struct text *text, const struct figure *figure)
{
	char digits[DIGITS_NBYTES];

	text_printf(text, "%-22s %-8s %7u %14s %11.2f\n", figure->line->shown,
		    is_computed(figure->line) ? engine_names[figure->engine] : "",
		    figure->n_threads, with_commas((uint64_t)(figure->rate + 0.5), digits),
		    1e6 / figure->rate);
}

static void put_figure_json(struct text *text, const struct figure *figure)
{
	const struct line *line = figure->line;

	json_begin_object(text);
	json_put_text(text, "name", part_names[line->part]);
	json_put_text(text, "image", line->image);
	json_put_text(text, "engine", is_computed(line) ? engine_names[figure->engine] : NULL);
	if (line->n_rows)
		json_put_count(text, "batch", line->n_rows);
	else
		json_put_text(text, "batch", NULL);
	json_put_count(text, "threads", figure->n_threads);
	json_put_real(text, "images_per_second", figure->rate, 1);
	json_put_real(text, "microseconds", 1e6 / figure->rate, 3);
	text_putc(text, '}');
}

static void put_head(struct text *text, const struct bench *bench)
{
	text_printf(text, "%-13s%s\n", "emnist", emnist_version());
	machine_put_text(text, &bench->machine);
	text_printf(text, "\n%-22s %-8s %7s %14s %12s\n", "", "engine", "threads", "images/s",
		    "µs/image");
}

static void put_json(struct text *text, const struct bench *bench)
{
	json_begin_object(text);
	json_put_text(text, "emnist", emnist_version());
	json_put_key(text, "machine");
	machine_put_json(text, &bench->machine);
	json_put_text(text, "model", bench->settings->source.path);
	json_put_text(text, "images", bench->settings->images_path);
	json_put_real(text, "seconds", bench->settings->seconds, 1);
	json_begin_array(text, "figures");
	for (size_t i = 0; i < bench->n_figures; i++)
		put_figure_json(text, &bench->figures[i]);
	text_puts(text, "]}\n");
}

static bool write_text(struct bench *bench, struct text *text)
{
	bool good = !text->failed;

	if (!good)
		complain("out of memory");
	else
		good = sink_write(&bench->sink, text->bytes, text->nbytes);
	text_reset(text);
	return good;
}

/* ---------------------------------------------------------------------- the run */

/* Measures the figures one by one; as text, each is printed at once. */
static bool measure_all(struct bench *bench)
{
	const bool tells = bench->settings->format == FORMAT_TEXT;
	struct text text = {0};
	bool good = true;

	if (tells) {
		put_head(&text, bench);
		good = write_text(bench, &text);
	}
	for (size_t i = 0; i < bench->n_figures && good; i++) {
		good = measure(bench, &bench->figures[i]) && !interrupt_came();
		if (good && tells) {
			progress_clear(&bench->progress);
			put_figure_text(&text, &bench->figures[i]);
			good = write_text(bench, &text);
		}
		progress_update(&bench->progress, i + 1, bench->n_figures);
	}
	progress_clear(&bench->progress);
	if (good && !tells) {
		put_json(&text, bench);
		good = write_text(bench, &text);
	}
	text_release(&text);
	return good;
}

/* Few files for a short run, and never more than are found in caches. */
static size_t count_files(const struct settings *s)
{
	const double n = 400 * s->seconds;

	return n < 64 ? 64 : n > 4096 ? 4096 : (size_t)n;
}

static enum exit_status run(const struct settings *s, const struct emnist_model *model)
{
	struct bench bench = {
		.settings = s,
		.n_threads = thread_count(s->n_threads),
	};
	const bool has_files = s->part == PART_ALL || s->part == PART_FILES;
	enum exit_status status = STATUS_FATAL;

	if (!sink_open(&bench.sink, s->output_path))
		return STATUS_FATAL;
	machine_find(&bench.machine, (enum emnist_engine)s->engine);
	add_figures(&bench);
	interrupt_catch();
	progress_start(&bench.progress, "figures", s->quiet || s->format == FORMAT_TEXT);
	if (bench_data_make(&bench.data, model, s->images_path) &&
	    (!has_files || bench_folder_make(&bench.folder, &bench.data, count_files(s))) &&
	    (measure_all(&bench) || bench.sink.failed))
		status = STATUS_OK; /* sink_close() reports a failure of the sink */
	bench_folder_remove(&bench.folder);
	bench_data_release(&bench.data);
	status = sink_close(&bench.sink, status);
	interrupt_obey();
	return status;
}

enum exit_status cmd_bench(int argc, char **argv)
{
	struct settings s = {.source = MODEL_SOURCE_BUILT_IN, .seconds = 20};
	enum exit_status status = STATUS_FATAL;
	struct emnist_model *model;
	int engine;

	if (!options_parse(&table, argc, argv, &s, &s.operands, &status))
		return status;
	if (s.operands.n > 0) {
		complain("'%s': bench takes no arguments; see 'emnist bench --help'",
			 s.operands.texts[0]);
	} else {
		kernels_choose();
		engine = s.engine;
		model = engine_prepare(&engine) ? model_load(&s.source, MODEL_TO_RUN) : NULL;
		if (model)
			status = run(&s, model);
		emnist_model_free(model);
	}
	free(s.operands.texts);
	return status;
}
