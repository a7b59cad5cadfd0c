/* cmd_dataset_stats.c - emnist dataset stats: settings and files around the statistics. */
#include "../../lib/draw/chart.h"
#include "../common/commands.h"
#include "../common/dataset_options.h"
#include "../common/endings.h"
#include "../common/outputs.h"
#include "stats_report.h"

#include <stdlib.h>
#include <string.h>

struct settings {
	struct dataset_settings dataset;
	int format; /* the position in stats_formats */
	const char *output_path;
	const char *chart_path;
	struct text_list operands;
};

static const struct option_spec specs[] = {
	OPTION_HEADING("Dataset:"),
	DATASET_OPTIONS(dataset, "auto"),
	OPTION_HEADING("Output:"),
	OPTION_CHOICE('f', "format", "text|json", format, stats_format_names, "default: text"),
	OPTION_OUTPUT('o', "output", "FILE", output_path,
		      "write to FILE; default: standard output"),
	OPTION_OUTPUT(
		0, "chart", "FILE", chart_path,
		"draw a bar chart of images per class: PNG if FILE ends in .png, otherwise SVG"),
	DATASET_RUN_OPTIONS(dataset, "threads that read image files"),
	OPTION_END,
};

static const struct option_table table = {
	.usage = "dataset stats [OPTION]... DATASET...",
	.summary = "Count the images per class and group of classes, measure their pixels, and "
		   "find duplicate images within a dataset and between datasets. An idx file of "
		   "labels is enough for the counts.",
	.after = "Exit status: 0 everything was counted, 1 some image files could not be read, 2 "
		 "wrong usage, or a dataset or the output failed.",
	.specs = specs,
};

static bool count(struct settings *s, const char *path, struct emnist_statistics *statistics)
{
	struct emnist_dataset *dataset = NULL;
	struct emnist_error error;
	enum emnist_status status;

	if (emnist_is_labels_file(path)) {
		status = emnist_statistics_add_labels(statistics, path, s->dataset.mapping_path,
						      &error);
	} else {
		dataset = dataset_open(&s->dataset, path, EMNIST_PREPROCESS_AUTO);
		if (!dataset)
			return false;
		if (s->dataset.verbose)
			dataset_tell(dataset, path);
		status = emnist_statistics_add(statistics, dataset, &error);
	}
	emnist_dataset_free(dataset);
	if (status)
		complain_of(path, &error);
	return !status && outputs_spare_statistics(statistics);
}

static bool count_all(struct settings *s, struct emnist_statistics *statistics)
{
	for (size_t i = 0; i < s->operands.n; i++)
		if (!count(s, s->operands.texts[i], statistics))
			return false;
	return true;
}

/* More than a sheet can show. */
static bool check_chart(const struct settings *s, const struct emnist_statistics *statistics)
{
	for (size_t i = 0; s->chart_path && i < emnist_statistics_n_parts(statistics); i++) {
		const struct emnist_part part = emnist_statistics_part(statistics, i);

		if (emnist_labels_count(part.labels) > STATS_CHART_MAX_CLASSES) {
			complain("--chart: '%s' has %zu classes; the limit is %d",
				 s->operands.texts[i], emnist_labels_count(part.labels),
				 STATS_CHART_MAX_CLASSES);
			return false;
		}
	}
	return true;
}

static enum exit_status write_svg(const char *path, const struct stats_report *report)
{
	struct text text = {0};

	stats_put_chart(&text, report);
	return sink_put_text(path, &text);
}

/* The panels' titles are the names without their folders. */
static enum exit_status write_png(const char *path, const struct stats_report *report)
{
	const size_t n_parts = emnist_statistics_n_parts(report->statistics);
	const char **names = calloc(n_parts, sizeof(*names));
	struct emnist_error error = {.message = "out of memory"};
	enum exit_status status = STATUS_FATAL;
	size_t nbytes;
	void *png = NULL;

	for (size_t i = 0; i < n_parts && names; i++) {
		const char *slash = strrchr(report->paths[i], '/');

		names[i] = slash && slash[1] ? slash + 1 : report->paths[i];
	}
	if (names && !chart_encode(report->statistics, names, &png, &nbytes, &error))
		status = sink_put(path, png, nbytes);
	else
		complain_of(path, &error);
	free(png);
	free(names);
	return status;
}

static enum exit_status write_chart(const char *path, const struct stats_report *report)
{
	return has_ending(path, "png") ? write_png(path, report) : write_svg(path, report);
}

static enum exit_status write_report(const struct settings *s, const struct stats_report *report)
{
	struct text text = {0};

	stats_formats[s->format]->put(&text, report);
	return sink_put_text(s->output_path, &text);
}

static enum exit_status run(struct settings *s)
{
	struct emnist_statistics *statistics;
	enum exit_status status = STATUS_FATAL;
	struct emnist_error error;

	if (emnist_statistics_create(&statistics, &error)) {
		complain("%s", error.message);
		return STATUS_FATAL;
	}
	if (count_all(s, statistics) && check_chart(s, statistics)) {
		const struct stats_report report = {s->operands.texts, statistics};

		if (!s->chart_path || write_chart(s->chart_path, &report) == STATUS_OK)
			status = write_report(s, &report);
	}
	emnist_statistics_free(statistics);
	return dataset_status(&s->dataset, status);
}

enum exit_status cmd_dataset_stats(int argc, char **argv)
{
	struct settings s = {.dataset = {.preprocess = -1}};
	enum exit_status status = STATUS_FATAL;

	if (!options_parse(&table, argc, argv, &s, &s.operands, &status))
		return status;
	if (!s.operands.n)
		complain("missing DATASET; see 'emnist dataset stats --help'");
	else if (s.chart_path && strcmp(s.chart_path, "-") == 0)
		complain("--chart: needs a file; standard output is for the figures");
	else if (ending_check("--chart", s.chart_path, "png svg"))
		status = run(&s);
	free(s.operands.texts);
	return status;
}
