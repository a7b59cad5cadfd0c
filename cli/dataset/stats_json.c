/*
 * stats_json.c - statistics of datasets as one JSON object.
 */
#include "../output/json.h"
#include "stats_report.h"

/* So many digits give the counts back from a share of any dataset there is. */
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

/* Of a group or a class: how many images of the part are of it. */
static void end_object(struct text *text, uint64_t n_images, const struct emnist_part *part)
{
	const double share = stats_share(n_images, part->n_images);

	json_put_count(text, "images", n_images);
	json_put_real(text, "share", part->n_images ? share : -1, DECIMALS);
	text_putc(text, '}');
}

static void put_groups(struct text *text, const struct emnist_part *part)
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

static void put_classes(struct text *text, const struct emnist_part *part)
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
	put_groups(text, part);
	put_classes(text, part);
	text_putc(text, '}');
}

static void put_common(struct text *text, const struct stats_report *report)
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

static void put(struct text *text, const struct stats_report *report)
{
	text_putc(text, '{');
	json_begin_array(text, "datasets");
	for (size_t i = 0; i < emnist_statistics_n_parts(report->statistics); i++) {
		const struct emnist_part part = emnist_statistics_part(report->statistics, i);

		put_dataset(text, report->paths[i], &part);
	}
	text_putc(text, ']');
	put_common(text, report);
	text_puts(text, "}\n");
}

const struct stats_format stats_json = {"json", put};
