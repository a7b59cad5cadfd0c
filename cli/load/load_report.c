/* load_report.c - the results of runs as text, JSON and CSV. */
#include "load_report.h"

#include "../output/escape.h"
#include "../output/json.h"

#include <inttypes.h>
#include <math.h>

/* The latencies that are shown. */
static const struct point {
	const char *name; /* in JSON and CSV, and without the _ms in text */
	const char *shown;
	double share; /* above 1: the longest */
} points[] = {
	{"p50_ms", "p50", 0.5},       {"p90_ms", "p90", 0.9}, {"p99_ms", "p99", 0.99},
	{"p99_9_ms", "p99.9", 0.999}, {"max_ms", "max", 2},
};

#define N_POINTS (sizeof(points) / sizeof(*points))

static double milliseconds_at(const struct measurement *m, const struct point *point)
{
	const uint64_t ns =
		point->share > 1 ? m->latency.most : histogram_at(&m->latency, point->share);

	return (double)ns / 1e6;
}

/* Microseconds of processor time of this program for each request. */
static double microseconds_each(const struct measurement *m)
{
	return m->n_requests ? 1e6 * m->processor_seconds / (double)m->n_requests : 0;
}

/* ------------------------------------------------------------------------- text */

static void put_count(struct text *text, const char *name, uint64_t n, const struct measurement *m)
{
	text_printf(text, "%-13s", name);
	text_commas(text, n);
	text_puts(text, ", ");
	text_commas(text, (uint64_t)(measured_per_second(m, n) + 0.5));
	text_puts(text, " per second\n");
}

static void put_failures(struct text *text, const struct measurement *m)
{
	text_printf(text, "%-13s", "failed");
	text_commas(text, failure_count(m));
	text_putc(text, '\n');
	for (size_t kind = 0; kind < N_FAILURE_KINDS; kind++) {
		if (!m->failures[kind].n)
			continue;
		text_printf(text, "  %-11s", failure_names[kind]);
		text_commas(text, m->failures[kind].n);
		text_puts(text, ": ");
		escape_put(text, m->failures[kind].first);
		text_putc(text, '\n');
	}
}

static void put_way(struct text *text, const struct load_run *run, const struct load_settings *s)
{
	text_printf(text, "%-13s%" PRIu64 " at a time, %s", "connections", s->n_connections,
		    s->keeps_alive ? "kept alive" : "a new one for each request");
	if (s->rate > 0)
		text_printf(text, ", %g requests per second", s->rate);
	text_printf(text, "\n%-13s%zu image%s per request\n", "batch", run->batch,
		    run->batch == 1 ? "" : "s");
}

static void put_latency(struct text *text, const struct measurement *m)
{
	text_printf(text, "%-13s", "latency, ms");
	for (size_t i = 0; i < N_POINTS; i++)
		text_printf(text, "%s%s %.3f", i ? ", " : "", points[i].shown,
			    milliseconds_at(m, &points[i]));
	text_putc(text, '\n');
}

static void put_run(struct text *text, const struct load_run *run, const struct load_settings *s)
{
	const struct measurement *m = &run->measurement;

	text_printf(text, "%-13s", "server");
	escape_put(text, run->url);
	text_printf(text, "\n%-13s%s (%s)\n", "protocol", run->protocol->name,
		    run->protocol->summary);
	put_way(text, run, s);
	text_printf(text, "%-13s%.2f s\n", "time", m->seconds);
	put_count(text, "requests", m->n_requests, m);
	put_count(text, "images", m->n_images, m);
	if (m->n_graded) {
		text_printf(text, "%-13s%.2f %% (", "accuracy", 100 * measured_accuracy(m));
		text_commas(text, m->n_correct);
		text_puts(text, " of ");
		text_commas(text, m->n_graded);
		text_puts(text, ")\n");
	}
	if (m->n_requests)
		put_latency(text, m);
	text_printf(text, "%-13s%.1f MB sent, %.1f MB received\n", "traffic",
		    (double)m->n_bytes_out / 1e6, (double)m->n_bytes_in / 1e6);
	if (m->n_requests)
		text_printf(text, "%-13s%.1f \xc2\xb5s of processor time per request\n", "client",
			    microseconds_each(m));
	put_failures(text, m);
}

void load_report_text(struct text *text, const struct load_report *report)
{
	for (size_t i = 0; i < report->n_runs; i++) {
		if (i)
			text_putc(text, '\n');
		put_run(text, &report->runs[i], report->settings);
	}
	if (report->figures->n < 2 && report->n_runs > 0)
		return;
	if (report->n_runs > 0)
		text_putc(text, '\n');
	load_figures_put(text, report->figures);
}

/* ------------------------------------------------------------------------- JSON */

static void put_failures_json(struct text *text, const struct measurement *m)
{
	json_begin_array(text, "failures");
	for (size_t kind = 0; kind < N_FAILURE_KINDS; kind++) {
		if (!m->failures[kind].n)
			continue;
		json_begin_object(text);
		json_put_text(text, "kind", failure_names[kind]);
		json_put_count(text, "count", m->failures[kind].n);
		json_put_text(text, "first", m->failures[kind].first);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

static void put_run_json(struct text *text, const struct load_run *run,
			 const struct load_settings *s)
{
	const struct measurement *m = &run->measurement;

	json_begin_object(text);
	json_put_text(text, "name", load_run_name(run));
	json_put_text(text, "url", run->url);
	json_put_text(text, "protocol", run->protocol->name);
	json_put_count(text, "batch", run->batch);
	json_put_count(text, "concurrency", s->n_connections);
	json_put_bool(text, "keep_alive", s->keeps_alive);
	json_put_real(text, "rate", s->rate > 0 ? s->rate : NAN, 3);
	json_put_real(text, "seconds", m->seconds, 6);
	json_put_count(text, "requests", m->n_requests);
	json_put_count(text, "failed", failure_count(m));
	json_put_count(text, "images", m->n_images);
	json_put_real(text, "requests_per_second", measured_per_second(m, m->n_requests), 1);
	json_put_real(text, "images_per_second", measured_per_second(m, m->n_images), 1);
	json_put_count(text, "graded", m->n_graded);
	json_put_count(text, "correct", m->n_correct);
	json_put_real(text, "accuracy", measured_accuracy(m), 6);
	for (size_t i = 0; i < N_POINTS; i++)
		json_put_real(text, points[i].name, milliseconds_at(m, &points[i]), 6);
	json_put_count(text, "connections", m->n_connections);
	json_put_count(text, "bytes_sent", m->n_bytes_out);
	json_put_count(text, "bytes_received", m->n_bytes_in);
	json_put_real(text, "client_microseconds", microseconds_each(m), 3);
	put_failures_json(text, m);
	text_putc(text, '}');
}

void load_report_json(struct text *text, const struct load_report *report)
{
	json_begin_object(text);
	json_put_text(text, "emnist", emnist_version());
	json_put_text(text, "dataset", report->dataset_path);
	json_begin_array(text, "runs");
	for (size_t i = 0; i < report->n_runs; i++)
		put_run_json(text, &report->runs[i], report->settings);
	text_puts(text, "]}\n");
}

/* -------------------------------------------------------------------------- CSV */

static void put_row(struct text *text, const struct load_run *run, const struct load_settings *s)
{
	const struct measurement *m = &run->measurement;

	csv_put_field(text, load_run_name(run));
	text_putc(text, ',');
	csv_put_field(text, run->url);
	text_printf(text, ",%s,%zu,%" PRIu64 ",%s,", run->protocol->name, run->batch,
		    s->n_connections, s->keeps_alive ? "keep-alive" : "close");
	if (s->rate > 0)
		text_printf(text, "%.3f", s->rate);
	text_printf(text, ",%.6f,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.1f,%.1f,", m->seconds,
		    m->n_requests, failure_count(m), m->n_images,
		    measured_per_second(m, m->n_requests), measured_per_second(m, m->n_images));
	if (m->n_graded)
		text_printf(text, "%.6f", measured_accuracy(m));
	for (size_t i = 0; i < N_POINTS; i++)
		text_printf(text, ",%.6f", milliseconds_at(m, &points[i]));
	text_printf(text, ",%" PRIu64 ",%" PRIu64 "\n", m->n_bytes_out, m->n_bytes_in);
}

void load_report_csv(struct text *text, const struct load_report *report)
{
	text_puts(text,
		  "name,url,protocol,batch,concurrency,connection,rate,seconds,requests,failed,"
		  "images,requests_per_second,images_per_second,accuracy");
	for (size_t i = 0; i < N_POINTS; i++)
		text_printf(text, ",%s", points[i].name);
	text_puts(text, ",bytes_sent,bytes_received\n");
	for (size_t i = 0; i < report->n_runs; i++)
		put_row(text, &report->runs[i], report->settings);
}
