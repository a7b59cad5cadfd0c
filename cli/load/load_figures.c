/* load_figures.c - the main figures of runs, also of earlier ones, side by side. */
#include "load_figures.h"

#include "../../lib/io/file.h"
#include "../common/messages.h"
#include "../output/escape.h"

#include <emnist_serve.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A file of results takes a kilobyte for each run. */
#define MAX_FILE_NBYTES (16 << 20)

/* NULL when memory is short. */
static struct load_figure *append(struct load_figures *figures)
{
	struct load_figure *items =
		realloc(figures->items, (figures->n + 1) * sizeof(*figures->items));

	if (!items) {
		complain("out of memory");
		return NULL;
	}
	figures->items = items;
	items[figures->n] = (struct load_figure){.accuracy = NAN};
	return &items[figures->n++];
}

bool load_figures_add(struct load_figures *figures, const struct load_run *run)
{
	const struct measurement *m = &run->measurement;
	struct load_figure *figure = append(figures);

	if (!figure)
		return false;
	snprintf(figure->name, sizeof(figure->name), "%s", load_run_name(run));
	figure->batch = run->batch;
	figure->requests_per_second = measured_per_second(m, m->n_requests);
	figure->images_per_second = measured_per_second(m, m->n_images);
	figure->accuracy = measured_accuracy(m);
	figure->p50_ms = (double)histogram_at(&m->latency, 0.5) / 1e6;
	figure->p99_ms = (double)histogram_at(&m->latency, 0.99) / 1e6;
	figure->n_failed = failure_count(m);
	return true;
}

/* ---------------------------------------------------------------------- reading */

/* NaN for null. */
static double number(const struct emnist_json *json, struct emnist_json_value run, const char *name)
{
	const struct emnist_json_value value = emnist_json_member(json, run, name);

	return value.type == EMNIST_JSON_NUMBER ? emnist_json_number(json, value) : NAN;
}

static uint64_t count(const struct emnist_json *json, struct emnist_json_value run,
		      const char *name)
{
	const double value = number(json, run, name);

	return value >= 0 && value < 9e15 ? (uint64_t)value : 0;
}

/* False: it is not a run. */
static bool read_run(struct load_figure *figure, struct emnist_json *json,
		     struct emnist_json_value run)
{
	size_t n;
	const char *name = emnist_json_string(json, emnist_json_member(json, run, "name"), &n);

	figure->batch = count(json, run, "batch");
	figure->requests_per_second = number(json, run, "requests_per_second");
	figure->images_per_second = number(json, run, "images_per_second");
	figure->accuracy = number(json, run, "accuracy");
	figure->p50_ms = number(json, run, "p50_ms");
	figure->p99_ms = number(json, run, "p99_ms");
	figure->n_failed = count(json, run, "failed");
	if (!name || figure->batch < 1 || !isfinite(figure->images_per_second) ||
	    !isfinite(figure->requests_per_second) || figure->images_per_second < 0)
		return false;
	snprintf(figure->name, sizeof(figure->name), "%.*s", n < 100 ? (int)n : 100, name);
	return true;
}

static bool read_runs(struct load_figures *figures, struct emnist_json *json)
{
	const struct emnist_json_value runs =
		emnist_json_member(json, emnist_json_root(json), "runs");
	struct emnist_json_value run = emnist_json_first(json, runs);

	for (; run.type; run = emnist_json_next(json, run)) {
		struct load_figure *figure = append(figures);

		if (!figure || !read_run(figure, json, run))
			return false;
	}
	return runs.type == EMNIST_JSON_ARRAY;
}

bool load_figures_read(struct load_figures *figures, const char *path)
{
	const struct emnist_json_options options = {.max_depth = 64};
	struct buffer file = {0};
	struct emnist_json *json = NULL;
	struct emnist_error error;
	bool good = false;

	if (file_read(path, MAX_FILE_NBYTES, &file, &error) || emnist_json_create(&json, &error)) {
		complain_of(path, &error);
	} else {
		good = !emnist_json_parse(json, file.data, file.nbytes, &options, &error) &&
		       read_runs(figures, json);
		if (!good)
			complain("'%s': not a result of 'emnist load --format json'", path);
	}
	emnist_json_free(json);
	buffer_clear(&file);
	return good;
}

/* ------------------------------------------------------------------------ table */

static size_t name_width(const struct load_figures *figures)
{
	size_t width = 12;

	for (size_t i = 0; i < figures->n; i++) {
		const size_t n = escape_width(figures->items[i].name);

		width = n > width ? n : width;
	}
	return width;
}

void load_figures_put(struct text *text, const struct load_figures *figures)
{
	const size_t width = name_width(figures);
	char requests[DIGITS_NBYTES], images[DIGITS_NBYTES], failed[DIGITS_NBYTES], accuracy[16];

	text_printf(text,
		    "%*s  batch  requests/s    images/s  accuracy      p50 ms      p99 ms"
		    "    failed\n",
		    (int)width, "");
	for (size_t i = 0; i < figures->n; i++) {
		const struct load_figure *f = &figures->items[i];

		accuracy[0] = '\0';
		if (isfinite(f->accuracy))
			snprintf(accuracy, sizeof(accuracy), "%.2f %%", 100 * f->accuracy);
		escape_put_padded(text, f->name, width);
		text_printf(text, " %6llu %11s %11s %9s %11.3f %11.3f %9s\n",
			    (unsigned long long)f->batch,
			    with_commas((uint64_t)(f->requests_per_second + 0.5), requests),
			    with_commas((uint64_t)(f->images_per_second + 0.5), images), accuracy,
			    f->p50_ms, f->p99_ms, with_commas(f->n_failed, failed));
	}
}
