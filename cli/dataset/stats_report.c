/* stats_report.c - statistics of datasets, as text for people and as one JSON object. */
#include "stats_report.h"
#include "../output/escape.h"
#include "../output/json.h"

#include <stdio.h>
#include <string.h>

struct stats_groups stats_groups_of(const struct emnist_part *part)
{
	struct stats_groups groups = {0};

	for (size_t i = 0; i < emnist_labels_count(part->labels); i++) {
		const enum label_group group = label_group_of(part->labels, i);

		groups.n_images[group] += part->counts[i];
		groups.n_classes[group]++;
	}
	return groups;
}

double stats_share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

/* ------------------------------------------------------------------ for people */

/* A row for each figure, group and class, with two columns for each dataset. */
#define NAME_WIDTH  26 /* of the first column */
#define COUNT_WIDTH 13
#define SHARE_WIDTH 9

static void put_name(struct text *text, const char *name)
{
	escape_put_padded(text, name, NAME_WIDTH);
}

static void put_count(struct text *text, uint64_t count)
{
	char digits[DIGITS_NBYTES];

	text_printf(text, "%*s", COUNT_WIDTH, with_commas(count, digits));
}

/* In percent; empty for 0/0. */
static void put_share(struct text *text, uint64_t part, uint64_t whole)
{
	if (whole)
		text_printf(text, "%*.2f", SHARE_WIDTH, 100 * stats_share(part, whole));
	else
		text_printf(text, "%*s", SHARE_WIDTH, "-");
}

static void put_real(struct text *text, bool known, int n_decimals, double value)
{
	if (known)
		text_printf(text, "%*.*f%*s", COUNT_WIDTH, n_decimals, value, SHARE_WIDTH, "");
	else
		text_printf(text, "%*s%*s", COUNT_WIDTH, "-", SHARE_WIDTH, "");
}

/* Ends a row: no blanks at its end. */
static void end_row(struct text *text)
{
	while (text->nbytes && text->bytes[text->nbytes - 1] == ' ')
		text->nbytes--;
	text_putc(text, '\n');
}

static void put_header(struct text *text, const struct stats_report *report, const char *name,
		       const char *count, const char *share)
{
	const size_t n_parts = emnist_statistics_n_parts(report->statistics);

	text_putc(text, '\n');
	put_name(text, name);
	for (size_t i = 0; i < n_parts; i++)
		text_printf(text, "%*s%*s", COUNT_WIDTH, count, SHARE_WIDTH, share);
	end_row(text);
}

/* ------------------------------------------------------------------- figures */

enum figure {
	FIGURE_IMAGES,
	FIGURE_CLASSES,
	FIGURE_MEAN,
	FIGURE_DEVIATION,
	FIGURE_NOT_ZERO,
	FIGURE_INK,
	FIGURE_REPEATED,
	FIGURE_CONFLICTING,
};

static const char *const figure_names[] = {
	"images",
	"classes",
	"mean",
	"standard deviation",
	"pixels above 0 %",
	"pixels of ink %",
	"repeated images",
	"  labelled differently",
};

static void put_figure(struct text *text, const struct emnist_part *part, enum figure figure)
{
	switch (figure) {
	case FIGURE_IMAGES:
		put_count(text, part->n_images);
		break;
	case FIGURE_CLASSES:
		put_count(text, emnist_labels_count(part->labels));
		break;
	case FIGURE_MEAN:
		put_real(text, part->has_pixels, 4, part->mean);
		return;
	case FIGURE_DEVIATION:
		put_real(text, part->has_pixels, 4, part->deviation);
		return;
	case FIGURE_NOT_ZERO:
		put_real(text, part->has_pixels, 2, 100 * part->not_zero);
		return;
	case FIGURE_INK:
		put_real(text, part->has_pixels, 2, 100 * part->ink);
		return;
	case FIGURE_REPEATED:
		put_real(text, part->has_pixels, 0, (double)part->n_repeated);
		return;
	case FIGURE_CONFLICTING:
		put_real(text, part->has_pixels, 0, (double)part->n_repeated_conflicting);
		return;
	}
	text_printf(text, "%*s", SHARE_WIDTH, "");
}

static void put_figures(struct text *text, const struct stats_report *report)
{
	for (size_t row = 0; row < sizeof(figure_names) / sizeof(*figure_names); row++) {
		put_name(text, figure_names[row]);
		for (size_t i = 0; i < emnist_statistics_n_parts(report->statistics); i++) {
			const struct emnist_part part =
				emnist_statistics_part(report->statistics, i);

			put_figure(text, &part, (enum figure)row);
		}
		end_row(text);
	}
}

/* -------------------------------------------------------------------- tables */

static void put_groups_rows(struct text *text, const struct stats_report *report)
{
	const size_t n_parts = emnist_statistics_n_parts(report->statistics);

	put_header(text, report, "group", "images", "%");
	for (size_t group = 0; group < N_LABEL_GROUPS; group++) {
		size_t n_classes = 0;

		for (size_t i = 0; i < n_parts; i++) {
			const struct emnist_part part =
				emnist_statistics_part(report->statistics, i);

			n_classes += stats_groups_of(&part).n_classes[group];
		}
		if (!n_classes)
			continue;
		put_name(text, label_group_name((enum label_group)group));
		for (size_t i = 0; i < n_parts; i++) {
			const struct emnist_part part =
				emnist_statistics_part(report->statistics, i);
			const uint64_t n_images = stats_groups_of(&part).n_images[group];

			put_count(text, n_images);
			put_share(text, n_images, part.n_images);
		}
		end_row(text);
	}
}

/* The class of a part that is called `label`, searched from `*from` on, where the one after the
 * last that was found most often is; SIZE_MAX: none is. */
static size_t class_called(const struct emnist_part *part, const char *label, size_t *from)
{
	const size_t n = emnist_labels_count(part->labels);

	for (size_t k = 0; k < n; k++) {
		const size_t i = (*from + k) % n;

		if (strcmp(emnist_labels_text(part->labels, i), label) == 0) {
			*from = i + 1;
			return i;
		}
	}
	return SIZE_MAX;
}

/* The row of class `class` of part `first`, unless a part before it has one so called. */
static void put_class(struct text *text, const struct stats_report *report, size_t first,
		      size_t class)
{
	const struct emnist_part own = emnist_statistics_part(report->statistics, first);
	const char *label = emnist_labels_text(own.labels, class);

	for (size_t i = 0; i < first; i++) {
		const struct emnist_part part = emnist_statistics_part(report->statistics, i);

		if (class_called(&part, label, &(size_t){class}) != SIZE_MAX)
			return;
	}
	put_name(text, label);
	for (size_t i = 0; i < emnist_statistics_n_parts(report->statistics); i++) {
		const struct emnist_part part = emnist_statistics_part(report->statistics, i);
		const size_t found = class_called(&part, label, &(size_t){class});

		if (found == SIZE_MAX) {
			text_printf(text, "%*s%*s", COUNT_WIDTH, "-", SHARE_WIDTH, "-");
		} else {
			put_count(text, part.counts[found]);
			put_share(text, part.counts[found], part.n_images);
		}
	}
	end_row(text);
}

static void put_classes_rows(struct text *text, const struct stats_report *report)
{
	put_header(text, report, "label", "images", "%");
	for (size_t i = 0; i < emnist_statistics_n_parts(report->statistics); i++) {
		const struct emnist_part part = emnist_statistics_part(report->statistics, i);

		for (size_t k = 0; k < emnist_labels_count(part.labels); k++)
			put_class(text, report, i, k);
	}
}

/* Images that two datasets share, for each two of them that have pixels. */
static void put_common_rows(struct text *text, const struct stats_report *report)
{
	const size_t n_parts = emnist_statistics_n_parts(report->statistics);
	bool begun = false;

	for (size_t i = 0; i < n_parts; i++)
		for (size_t k = i + 1; k < n_parts; k++) {
			struct emnist_common common;
			char digits[4][DIGITS_NBYTES];

			if (!emnist_statistics_part(report->statistics, i).has_pixels ||
			    !emnist_statistics_part(report->statistics, k).has_pixels)
				continue;
			if (!begun)
				text_puts(text, "\nin both\n");
			begun = true;
			common = emnist_statistics_common(report->statistics, i, k);
			text_printf(text,
				    "%zu and %zu: %s different images, %s labelled differently; "
				    "%s of %zu, %s of %zu\n",
				    i + 1, k + 1, with_commas(common.n_distinct, digits[0]),
				    with_commas(common.n_conflicting, digits[1]),
				    with_commas(common.n_first, digits[2]), i + 1,
				    with_commas(common.n_second, digits[3]), k + 1);
		}
}

static void put_text(struct text *text, const struct stats_report *report)
{
	const size_t n_parts = emnist_statistics_n_parts(report->statistics);

	for (size_t i = 0; i < n_parts; i++) {
		char name[32] = "dataset";

		if (n_parts > 1)
			snprintf(name, sizeof(name), "%zu", i + 1);
		put_name(text, name);
		text_puts(text, "     ");
		escape_put(text, report->paths[i]);
		text_putc(text, '\n');
	}
	if (n_parts > 1) {
		text_putc(text, '\n');
		put_name(text, "");
		for (size_t i = 0; i < n_parts; i++)
			text_printf(text, "%*zu%*s", COUNT_WIDTH, i + 1, SHARE_WIDTH, "");
		end_row(text);
	}
	put_figures(text, report);
	put_common_rows(text, report);
	put_groups_rows(text, report);
	put_classes_rows(text, report);
}

/* For people: figures, groups and classes in tables with two columns per dataset. */
static const struct stats_format stats_text = {"text", put_text};

/* ------------------------------------------------------------------------ JSON */

/* This many digits recover the counts from a share of any dataset. */
#define DECIMALS 9

static void put_pixels(struct text *text, const struct emnist_part *part)
{
	const bool known = part->has_pixels && part->n_images;

	json_put_real(text, "mean", known ? part->mean : -1, DECIMALS);
	json_put_real(text, "deviation", known ? part->deviation : -1, DECIMALS);
	json_put_real(text, "not_zero", known ? part->not_zero : -1, DECIMALS);
	json_put_real(text, "ink", known ? part->ink : -1, DECIMALS);
	if (part->has_pixels) {
		json_put_count(text, "repeated", part->n_repeated);
		json_put_count(text, "repeated_conflicting", part->n_repeated_conflicting);
	} else {
		json_put_text(text, "repeated", NULL);
		json_put_text(text, "repeated_conflicting", NULL);
	}
}

/* For a group or a class: its number of images in the part. */
static void end_object(struct text *text, uint64_t n_images, const struct emnist_part *part)
{
	const double share = stats_share(n_images, part->n_images);

	json_put_count(text, "images", n_images);
	json_put_real(text, "share", part->n_images ? share : -1, DECIMALS);
	text_putc(text, '}');
}

static void put_json_groups(struct text *text, const struct emnist_part *part)
{
	const struct stats_groups groups = stats_groups_of(part);

	json_begin_array(text, "groups");
	for (size_t i = 0; i < N_LABEL_GROUPS; i++) {
		if (!groups.n_classes[i])
			continue;
		json_begin_object(text);
		json_put_text(text, "group", label_group_name((enum label_group)i));
		json_put_count(text, "classes", groups.n_classes[i]);
		end_object(text, groups.n_images[i], part);
	}
	text_putc(text, ']');
}

static void put_json_classes(struct text *text, const struct emnist_part *part)
{
	const struct emnist_labels *labels = part->labels;

	json_begin_array(text, "per_class");
	for (size_t i = 0; i < emnist_labels_count(labels); i++) {
		json_begin_object(text);
		json_put_text(text, "label", emnist_labels_text(labels, i));
		json_put_text(text, "group", label_group_name(label_group_of(labels, i)));
		end_object(text, part->counts[i], part);
	}
	text_putc(text, ']');
}

static void put_dataset(struct text *text, const char *path, const struct emnist_part *part)
{
	json_begin_object(text);
	json_put_text(text, "dataset", path);
	json_put_count(text, "images", part->n_images);
	json_put_count(text, "classes", emnist_labels_count(part->labels));
	put_pixels(text, part);
	put_json_groups(text, part);
	put_json_classes(text, part);
	text_putc(text, '}');
}

static void put_json_common(struct text *text, const struct stats_report *report)
{
	const size_t n_parts = emnist_statistics_n_parts(report->statistics);

	json_begin_array(text, "common");
	for (size_t i = 0; i < n_parts; i++)
		for (size_t k = i + 1; k < n_parts; k++) {
			struct emnist_common common;

			if (!emnist_statistics_part(report->statistics, i).has_pixels ||
			    !emnist_statistics_part(report->statistics, k).has_pixels)
				continue;
			common = emnist_statistics_common(report->statistics, i, k);
			json_begin_object(text);
			json_put_count(text, "first", i);
			json_put_count(text, "second", k);
			json_put_count(text, "distinct", common.n_distinct);
			json_put_count(text, "of_first", common.n_first);
			json_put_count(text, "of_second", common.n_second);
			json_put_count(text, "conflicting", common.n_conflicting);
			text_putc(text, '}');
		}
	text_putc(text, ']');
}

static void put_json(struct text *text, const struct stats_report *report)
{
	text_putc(text, '{');
	json_begin_array(text, "datasets");
	for (size_t i = 0; i < emnist_statistics_n_parts(report->statistics); i++) {
		const struct emnist_part part = emnist_statistics_part(report->statistics, i);

		put_dataset(text, report->paths[i], &part);
	}
	text_putc(text, ']');
	put_json_common(text, report);
	text_puts(text, "}\n");
}

/* One object on one line. */
static const struct stats_format stats_json = {"json", put_json};

const struct stats_format *const stats_formats[] = {&stats_text, &stats_json, NULL};
const char *const stats_format_names[] = {"text", "json", NULL};
