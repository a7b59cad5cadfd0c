/*
 * stats_json.c - statistics of datasets as one JSON object.
 */
#include "../output/json.h"
#include "stats_report.h"

#include <inttypes.h>

static void put_count(struct text *text, const char *key, uint64_t count)
{
	text_printf(text, ",\"%s\":%" PRIu64, key, count);
}

/* n_decimals of 9 give the counts back from a share of any dataset there is. */
static void put_real(struct text *text, const char *key, bool known, double value)
{
	text_printf(text, known ? ",\"%s\":%.9f" : ",\"%s\":null", key, value);
}

static void put_pixels(struct text *text, const struct emnist_part *part)
{
	const bool known = part->has_pixels && part->n_images;

	put_real(text, "mean", known, part->mean);
	put_real(text, "deviation", known, part->deviation);
	put_real(text, "not_zero", known, part->not_zero);
	put_real(text, "ink", known, part->ink);
	if (part->has_pixels) {
		put_count(text, "repeated", part->n_repeated);
		put_count(text, "repeated_conflicting", part->n_repeated_conflicting);
	} else {
		text_puts(text, ",\"repeated\":null,\"repeated_conflicting\":null");
	}
}

static void put_groups(struct text *text, const struct emnist_part *part)
{
	const struct stats_groups groups = stats_groups_of(part);
	bool first = true;

	text_puts(text, ",\"groups\":[");
	for (size_t i = 0; i < EMNIST_N_GROUPS; i++) {
		if (!groups.n_classes[i])
			continue;
		text_printf(text, "%s{\"group\":\"%s\"", first ? "" : ",",
			    emnist_group_name((enum emnist_group)i));
		put_count(text, "classes", groups.n_classes[i]);
		put_count(text, "images", groups.n_images[i]);
		put_real(text, "share", part->n_images > 0,
			 stats_share(groups.n_images[i], part->n_images));
		text_putc(text, '}');
		first = false;
	}
	text_putc(text, ']');
}

static void put_classes(struct text *text, const struct emnist_part *part)
{
	text_puts(text, ",\"per_class\":[");
	for (size_t i = 0; i < emnist_labels_count(part->labels); i++) {
		text_puts(text, i ? ",{\"label\":" : "{\"label\":");
		json_put_string(text, emnist_labels_text(part->labels, i));
		text_printf(text, ",\"group\":\"%s\"",
			    emnist_group_name(emnist_labels_group(part->labels, i)));
		put_count(text, "images", part->counts[i]);
		put_real(text, "share", part->n_images > 0,
			 stats_share(part->counts[i], part->n_images));
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

static void put_dataset(struct text *text, const char *path, const struct emnist_part *part)
{
	text_puts(text, "{\"dataset\":");
	json_put_string(text, path);
	put_count(text, "images", part->n_images);
	put_count(text, "classes", emnist_labels_count(part->labels));
	put_pixels(text, part);
	put_groups(text, part);
	put_classes(text, part);
	text_putc(text, '}');
}

static void put_common(struct text *text, const struct stats_report *report)
{
	const size_t n_parts = emnist_statistics_n_parts(report->statistics);
	bool first = true;

	text_puts(text, "],\"common\":[");
	for (size_t i = 0; i < n_parts; i++)
		for (size_t k = i + 1; k < n_parts; k++) {
			struct emnist_common common;

			if (!emnist_statistics_part(report->statistics, i).has_pixels ||
			    !emnist_statistics_part(report->statistics, k).has_pixels)
				continue;
			common = emnist_statistics_common(report->statistics, i, k);
			text_printf(text, "%s{\"first\":%zu", first ? "" : ",", i);
			put_count(text, "second", k);
			put_count(text, "distinct", common.n_distinct);
			put_count(text, "of_first", common.n_first);
			put_count(text, "of_second", common.n_second);
			put_count(text, "conflicting", common.n_conflicting);
			text_putc(text, '}');
			first = false;
		}
	text_puts(text, "]}\n");
}

static void put(struct text *text, const struct stats_report *report)
{
	text_puts(text, "{\"datasets\":[");
	for (size_t i = 0; i < emnist_statistics_n_parts(report->statistics); i++) {
		const struct emnist_part part = emnist_statistics_part(report->statistics, i);

		text_puts(text, i ? "," : "");
		put_dataset(text, report->paths[i], &part);
	}
	put_common(text, report);
}

const struct stats_format stats_json = {"json", put};
