/* cmd_load.c - emnist load: measures servers that classify images. */
#include "../common/commands.h"
#include "../common/interrupt.h"
#include "../common/options.h"
#include "../common/outputs.h"
#include "../output/text.h"
#include "load_report.h"
#include "load_run.h"
#include "request_header.h"

#include <stdlib.h>
#include <string.h>

/* Sizes of a batch that one call can measure. */
#define MAX_BATCHES 16
#define MAX_BATCH   4096

/* URLs that one call can measure. */
#define MAX_RUNS 64

/* Without a dataset. */
#define USUAL_SECONDS 10

enum connection_choice { CONNECTION_KEEP_ALIVE, CONNECTION_CLOSE };

static const char *const connection_names[] = {"keep-alive", "close", NULL};

static void (*const formats[])(struct text *text, const struct load_report *report) = {
	load_report_text, load_report_json, load_report_csv};
static const char *const format_names[] = {"text", "json", "csv", NULL};

struct settings {
	struct text_list protocols, names, headers;
	const char *unix_path, *input_name, *token_path, *labels_path;
	struct dataset_settings dataset;
	struct choice_settings choice;
	const char *batches;
	uint64_t n_connections;
	int connection; /* enum connection_choice */
	uint64_t n_requests;
	double seconds, warm_up, rate, timeout;
	int format; /* the position in formats */
	const char *output_path;
	struct text_list operands;
};

static const struct option_spec specs[] = {
	OPTION_HEADING("Server:"),
	OPTION_LIST(0, "protocol", "NAME", protocols,
		    "tfs, tfs-column, v2, v2-binary, graphpipe, flask or image; default: auto, by "
		    "the path of the URL. Given several times: one for each run"),
	OPTION_LIST(0, "name", "TEXT", names,
		    "what the run is called in results; default: the protocol. Likewise"),
	OPTION_TEXT(0, "unix-socket", "PATH", unix_path,
		    "connect to this socket of the file system, not to the URL's host"),
	OPTION_TEXT(0, "input-name", "NAME", input_name,
		    "name of the model's input, with v2; default: asked from the server"),
	OPTION_INPUT(0, "labels", "FILE", labels_path,
		     "mapping file with the labels of the model's classes; default: EMNIST's"),
	OPTION_INPUT(0, "token", "FILE", token_path,
		     "send the first line of FILE as a bearer token"),
	OPTION_LIST(0, "header", "NAME: VALUE", headers, "send this header, too"),
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
	DATASET_RUN_OPTIONS(dataset, "number of threads that read image files"),
	OPTION_END,
};

static const struct option_table table = {
	.usage = "load [OPTION]... URL... [DATASET]",
	.summary = "Measure the accuracy and speed of a server that classifies images: "
		   "'emnist serve', TensorFlow Serving, Triton, KServe, GraphPipe or a Flask app. "
		   "URL is what is called, such as "
		   "http://localhost:8501/v1/models/emnist:predict. Without DATASET, it is sent "
		   "drawn characters.",
	.after = "Exit status: 0 every request was answered, 1 some failed, 2 wrong usage, the "
		 "server cannot be reached, or the dataset or output failed.",
	.specs = specs,
};

/* ------------------------------------------------------------------------- runs */

/* The runs of one call: each URL, protocol or name with each size of a batch. */
struct plan {
	const char *urls[MAX_RUNS];
	size_t n_urls;
	const char *dataset_path;
	size_t batches[MAX_BATCHES];
	size_t n_batches;
	struct load_run *runs;
	size_t n_runs;
};

static bool take_operands(struct plan *plan, const struct text_list *operands)
{
	for (size_t i = 0; i < operands->n; i++) {
		const char *operand = operands->texts[i];

		if (server_url_is_one(operand) && plan->n_urls < MAX_RUNS) {
			plan->urls[plan->n_urls++] = operand;
		} else if (plan->n_urls > 0 && !plan->dataset_path) {
			plan->dataset_path = operand;
		} else if (plan->n_urls > 0) {
			complain("'%s': one DATASET at a time; see 'emnist load --help'", operand);
			return false;
		} else {
			complain("'%s': not a URL such as http://localhost:8501/classify", operand);
			return false;
		}
	}
	if (!plan->n_urls)
		complain("missing URL; see 'emnist load --help'");
	return plan->n_urls > 0;
}

static bool take_batches(struct plan *plan, const char *list)
{
	const char *at = list ? list : "1";

	while (plan->n_batches < MAX_BATCHES) {
		char *end;
		const unsigned long n = *at >= '0' && *at <= '9' ? strtoul(at, &end, 10) : 0;

		if (n < 1 || n > MAX_BATCH || (*end && *end != ','))
			break;
		plan->batches[plan->n_batches++] = n;
		if (!*end)
			return true;
		at = end + 1;
	}
	complain("--batch: '%s' is not a list of numbers from 1 to %d, at most %d", list, MAX_BATCH,
		 MAX_BATCHES);
	return false;
}

/* The i-th of n, or the only one; NULL if there are none. */
static const char *pick(const struct text_list *list, size_t i)
{
	return list->n == 0 ? NULL : list->texts[list->n == 1 ? 0 : i];
}

/* *protocol_ret is NULL for auto. */
static bool find_protocol(const char *name, const struct protocol **protocol_ret)
{
	*protocol_ret = NULL;
	for (size_t i = 0; name && protocol_names[i]; i++)
		if (strcmp(protocol_names[i], name) == 0) {
			*protocol_ret = protocols[i];
			return true;
		}
	if (name)
		complain("--protocol: '%s' is not one of auto, tfs, tfs-column, v2, v2-binary, "
			 "graphpipe, flask, image",
			 name);
	return !name;
}

static bool fill_runs(struct plan *plan, const struct settings *s, size_t n)
{
	const struct text_list urls = {plan->urls, plan->n_urls};

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < plan->n_batches; k++) {
			struct load_run *run = &plan->runs[plan->n_runs];

			run->url = pick(&urls, i);
			run->name = pick(&s->names, i);
			run->batch = plan->batches[k];
			if (!find_protocol(pick(&s->protocols, i), &run->protocol))
				return false;
			plan->n_runs++;
		}
	return true;
}

static bool make_runs(struct plan *plan, const struct settings *s)
{
	const size_t counts[] = {plan->n_urls, s->protocols.n, s->names.n};
	size_t n = 0;

	for (size_t i = 0; i < 3; i++)
		n = counts[i] > n ? counts[i] : n;
	for (size_t i = 0; i < 3; i++)
		if (counts[i] > 1 && counts[i] != n) {
			complain("URL, --protocol and --name must be given once, or once for each "
				 "of the %zu runs",
				 n);
			return false;
		}
	if (n > MAX_RUNS) {
		complain("at most %d runs", MAX_RUNS);
		return false;
	}
	plan->runs = calloc(n * plan->n_batches, sizeof(*plan->runs));
	if (!plan->runs)
		complain("out of memory");
	return plan->runs && fill_runs(plan, s, n);
}

/* ---------------------------------------------------------------------- the run */

static size_t largest_batch(const struct plan *plan)
{
	size_t largest = 1;

	for (size_t i = 0; i < plan->n_batches; i++)
		largest = plan->batches[i] > largest ? plan->batches[i] : largest;
	return largest;
}

static bool get_images(struct load_images *images, struct settings *s, const struct plan *plan)
{
	if (!plan->dataset_path)
		return load_images_draw(images, largest_batch(plan));
	return load_images_read(images, &s->dataset, &s->choice, plan->dataset_path);
}

/* Whether a run that got no answer at all is to be told from one with failures. */
static bool was_reached(const struct measurement *m)
{
	return m->n_requests > 0 || failure_count(m) > m->failures[FAILED_CONNECT].n ||
	       failure_count(m) == 0;
}

static enum exit_status report(const struct settings *s, const struct plan *plan,
			       const struct load_settings *settings)
{
	const struct load_report load_report = {plan->runs, plan->n_runs, settings,
						plan->dataset_path};
	enum exit_status status = STATUS_OK;
	struct text text = {0};

	for (size_t i = 0; i < plan->n_runs; i++)
		if (failure_count(&plan->runs[i].measurement) > 0 && status == STATUS_OK)
			status = STATUS_INPUT;
	formats[s->format](&text, &load_report);
	return sink_put_text(s->output_path, &text) == STATUS_OK ? status : STATUS_FATAL;
}

static enum exit_status measure(struct settings *s, struct plan *plan,
				struct load_settings *settings)
{
	const size_t n_runs = plan->n_runs;

	interrupt_catch();
	if (!get_images(&settings->images, s, plan))
		return STATUS_FATAL;
	for (plan->n_runs = 0; plan->n_runs < n_runs && !interrupt_came(); plan->n_runs++) {
		struct load_run *run = &plan->runs[plan->n_runs];

		if (!load_run(run, settings))
			return STATUS_FATAL;
		if (!was_reached(&run->measurement)) {
			complain("'%s': %s", run->url, run->measurement.failures[0].first);
			return STATUS_FATAL;
		}
	}
	return dataset_status(&s->dataset, report(s, plan, settings));
}

static enum exit_status run(struct settings *s)
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
		.quiet = s->dataset.quiet,
	};
	struct plan plan = {0};
	struct emnist_labels *labels = NULL;
	struct text header = {0};
	struct emnist_error error;
	enum exit_status status = STATUS_FATAL;

	if (!take_operands(&plan, &s->operands) || !take_batches(&plan, s->batches) ||
	    !make_runs(&plan, s) || !request_header_make(&header, &s->headers, s->token_path))
		goto out;
	if (s->labels_path && emnist_labels_read(s->labels_path, &labels, &error)) {
		complain_of(s->labels_path, &error);
		goto out;
	}
	settings.labels = labels;
	settings.header = header.bytes;
	settings.is_once = plan.dataset_path && !s->n_requests && s->seconds <= 0;
	if (!settings.is_once && !s->n_requests && s->seconds <= 0)
		settings.seconds = USUAL_SECONDS;
	status = measure(s, &plan, &settings);
out:
	load_images_release(&settings.images);
	emnist_labels_free(labels);
	text_release(&header);
	free(plan.runs);
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
	free(s.operands.texts);
	interrupt_obey();
	return status;
}
