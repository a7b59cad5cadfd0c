/* cmd_load.c - emnist load: measures servers that classify images. */
#include "../common/commands.h"
#include "../common/interrupt.h"
#include "../common/options.h"
#include "../common/outputs.h"
#include "../output/text.h"
#include "load_figures.h"
#include "load_report.h"
#include "load_run.h"
#include "request_header.h"
#include "run_list.h"

#include <stdlib.h>
#include <string.h>

/* Without a dataset. */
#define USUAL_SECONDS 10

enum connection_choice { CONNECTION_KEEP_ALIVE, CONNECTION_CLOSE };

static const char *const connection_names[] = {"keep-alive", "close", NULL};

static void (*const formats[])(struct text *text, const struct load_report *report) = {
	load_report_text, load_report_json, load_report_csv};
static const char *const format_names[] = {"text", "json", "csv", NULL};

struct settings {
	struct text_list protocols, names, headers, compared;
	const char *unix_path, *input_name, *token_path, *labels_path;
	struct dataset_settings dataset;
	struct choice_settings choice;
	const char *batches;
	uint64_t n_connections;
	int connection; /* enum connection_choice */
	uint64_t n_requests;
	double seconds, warm_up, rate, timeout;
	int format; /* the position in formats */
	const char *output_path, *chart_path;
	struct text_list operands;
};

static const struct option_spec specs[] = {
	OPTION_HEADING("Server:"),
	OPTION_LIST(0, "protocol", "NAME", protocols,
		    "tfs, tfs-column, v2, v2-binary, graphpipe, flask or image; default: auto, "
		    "detected from the URL. Given several times: one for each run"),
	OPTION_LIST(
		0, "name", "TEXT", names,
		"what the run is called in results; default: its protocol. Given several times: "
		"one for each run"),
	OPTION_TEXT(0, "unix-socket", "PATH", unix_path,
		    "connect to this socket of the file system, not to the URL's host"),
	OPTION_TEXT(0, "input-name", "NAME", input_name,
		    "name of the model's input, for v2; default: the server is asked"),
	OPTION_INPUT(0, "labels", "FILE", labels_path,
		     "mapping file with the labels of the model's classes; default: EMNIST's"),
	OPTION_INPUT(0, "token", "FILE", token_path,
		     "send the first line of FILE as a bearer token"),
	OPTION_LIST(0, "header", "NAME: VALUE", headers, "send this header as well"),
	OPTION_HEADING("Dataset:"),
	DATASET_OPTIONS(dataset, "auto"),
	DATASET_INDICES_OPTION(dataset),
	CHOICE_OPTIONS(choice),
	OPTION_HEADING("Load:"),
	OPTION_TEXT(0, "batch", "N[,N]...", batches,
		    "images per request, 1 to 4096; several: a run for each; default: 1"),
	OPTION_UNSIGNED('c', "concurrency", "N", n_connections, 1, 10000,
			"connections at a time; default: 1"),
	OPTION_CHOICE(0, "connection", "keep-alive|close", connection, connection_names,
		      "whether a connection serves many requests or one; default: keep-alive"),
	OPTION_UNSIGNED('n', "requests", "N", n_requests, 1, OPTION_NO_MAXIMUM,
			"end a run after N requests"),
	OPTION_REAL(0, "duration", "S", seconds, 0.001, 1e6,
		    "end a run after S seconds; default, without --requests: when every image of "
		    "DATASET was sent once, without DATASET after 10 seconds"),
	OPTION_REAL(0, "warm-up", "S", warm_up, 0, 1e6,
		    "seconds before each run that do not count; default: 0"),
	OPTION_REAL(0, "rate", "R", rate, 0.001, 1e7,
		    "begin R requests per second, however long answers take; latency counts from "
		    "when a request was due; default: the next one when one is answered"),
	OPTION_REAL(0, "timeout", "S", timeout, 0.001, 1e6,
		    "seconds to wait for an answer; default: 30"),
	OPTION_HEADING("Output:"),
	OPTION_CHOICE('f', "format", "text|json|csv", format, format_names, "default: text"),
	OPTION_OUTPUT('o', "output", "FILE", output_path,
		      "write to FILE; default: standard output"),
	OPTION_OUTPUT(0, "chart", "FILE", chart_path,
		      "write a bar chart of the images per second of all runs to FILE, as SVG"),
	OPTION_INPUTS(
		0, "compare", "FILE", compared,
		"also show the runs in FILE, the output of an earlier 'emnist load -f json'; may "
		"be repeated; no URL is needed then"),
	DATASET_RUN_OPTIONS(dataset,
			    "number of threads that read and encode images before the run"),
	OPTION_END,
};

static const struct option_table table = {
	.usage = "load [OPTION]... URL... [DATASET]",
	.summary = "Measure the accuracy and speed of a server that classifies images: "
		   "'emnist serve', TensorFlow Serving, Triton, KServe, GraphPipe or a Flask app. "
		   "URL is where it takes images, such as "
		   "http://localhost:8501/v1/models/emnist:predict. Without DATASET, drawn "
		   "characters are sent.",
	.after = "Exit status: 0 every request was answered, 1 some failed, 2 wrong usage, the "
		 "server cannot be reached, or the dataset or output failed.",
	.specs = specs,
};

/* ------------------------------------------------------------------------- runs */

/* All that is told of them. */
struct results {
	struct run_list list;
	size_t n_done;
	struct load_figures figures; /* of these runs and of earlier ones */
};

static bool get_images(struct load_images *images, struct settings *s, const struct run_list *list)
{
	if (!list->dataset_path)
		return load_images_draw(images, list->largest_batch);
	return load_images_read(images, &s->dataset, &s->choice, list->dataset_path);
}

/* Whether there was a server at all. */
static bool was_reached(const struct measurement *m)
{
	const uint64_t n_unreached = m->failures[FAILED_CONNECT].n + m->failures[FAILED_UNSENT].n;

	return m->n_requests > 0 || failure_count(m) > n_unreached || n_unreached == 0;
}

static bool measure(struct settings *s, struct load_settings *settings, struct results *results)
{
	if (!get_images(&settings->images, s, &results->list))
		return false;
	for (size_t i = 0; i < results->list.n && !interrupt_came(); i++) {
		struct load_run *run = &results->list.runs[i];

		if (!load_run(run, settings))
			return false;
		if (!was_reached(&run->measurement)) {
			complain("'%s': %s", run->url,
				 run->measurement.failures[FAILED_CONNECT].first);
			return false;
		}
		results->n_done++;
		if (!load_figures_add(&results->figures, run))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------------- results */

static bool write_chart(const struct settings *s, const struct results *results)
{
	struct text text = {0};

	if (!s->chart_path)
		return true;
	load_chart_put(&text, &results->figures);
	return sink_put_text(s->chart_path, &text) == STATUS_OK;
}

static enum exit_status report(const struct settings *s, const struct load_settings *settings,
			       const struct results *results)
{
	const struct load_report load_report = {results->list.runs, results->n_done, settings,
						results->list.dataset_path, &results->figures};
	enum exit_status status = STATUS_OK;
	struct text text = {0};

	for (size_t i = 0; i < results->n_done; i++)
		if (failure_count(&results->list.runs[i].measurement) > 0)
			status = STATUS_INPUT;
	formats[s->format](&text, &load_report);
	if (sink_put_text(s->output_path, &text) != STATUS_OK || !write_chart(s, results))
		return STATUS_FATAL;
	return dataset_status(&s->dataset, status);
}

/* ------------------------------------------------------------------- the command */

static struct load_settings settings_of(const struct settings *s, const struct run_list *list)
{
	struct load_settings settings = {
		.unix_path = s->unix_path,
		.input_name = s->input_name,
		.n_connections = s->n_connections,
		.keeps_alive = s->connection == CONNECTION_KEEP_ALIVE,
		.n_requests = s->n_requests,
		.seconds = s->seconds,
		.warm_up = s->warm_up,
		.rate = s->rate,
		.timeout = s->timeout,
		.n_threads = s->dataset.n_threads,
		.quiet = s->dataset.quiet,
	};

	settings.is_once = list->dataset_path && !s->n_requests && s->seconds <= 0;
	if (!list->dataset_path && !s->n_requests && s->seconds <= 0)
		settings.seconds = USUAL_SECONDS;
	return settings;
}

/* Before anything is measured. Prints an error and returns false on failure. */
static bool read_files(const struct settings *s, struct results *results,
		       struct emnist_labels **labels_ret, struct text *header)
{
	struct emnist_error error;

	for (size_t i = 0; i < s->compared.n; i++)
		if (!load_figures_read(&results->figures, s->compared.texts[i]))
			return false;
	if (s->labels_path && emnist_labels_read(s->labels_path, labels_ret, &error)) {
		complain_of(s->labels_path, &error);
		return false;
	}
	return request_header_make(header, &s->headers, s->token_path);
}

static enum exit_status run(struct settings *s)
{
	const struct run_list_options options = {&s->operands, &s->protocols, &s->names, s->batches,
						 s->compared.n > 0};
	struct results results = {0};
	struct load_settings settings = {0};
	struct emnist_labels *labels = NULL;
	struct text header = {0};
	enum exit_status status = STATUS_FATAL;

	if (run_list_make(&results.list, &options) && read_files(s, &results, &labels, &header)) {
		settings = settings_of(s, &results.list);
		settings.labels = labels;
		settings.header = header.bytes;
		interrupt_catch();
		if (results.list.n == 0 || measure(s, &settings, &results))
			status = report(s, &settings, &results);
	}
	load_images_release(&settings.images);
	emnist_labels_free(labels);
	text_release(&header);
	free(results.figures.items);
	free(results.list.runs);
	return status;
}

enum exit_status cmd_load(int argc, char **argv)
{
	struct settings s = {.dataset = {.preprocess = -1},
			     .choice = {.seed = 1},
			     .n_connections = 1,
			     .timeout = 30};
	enum exit_status status = STATUS_FATAL;

	if (!options_parse(&table, argc, argv, &s, &s.operands, &status))
		return status;
	status = run(&s);
	free(s.protocols.texts);
	free(s.names.texts);
	free(s.headers.texts);
	free(s.compared.texts);
	free(s.operands.texts);
	interrupt_obey();
	return status;
}
