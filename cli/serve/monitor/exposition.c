/* exposition.c - writes Prometheus' text format, version 0.0.4. */
#include "exposition.h"
#include "../../../lib/base/utf8.h"
#include "../../output/escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void exposition_begin(struct text *text, const char *name, const char *type, const char *help)
{
	if (help)
		text_printf(text, "# HELP %s %s\n", name, help);
	text_printf(text, "# TYPE %s %s\n", name, type);
}

/* Texts are UTF-8, with three characters escaped. */
static void put_value(struct text *text, const char *value)
{
	const size_t n = strlen(value);

	for (size_t i = 0, length; i < n; i += length) {
		length = utf8_length(value + i, n - i);
		if (value[i] == '\n')
			text_puts(text, "\\n");
		else if (value[i] == '"' || value[i] == '\\')
			text_printf(text, "\\%c", value[i]);
		else if (length == 0)
			text_puts(text, UTF8_REPLACEMENT);
		else
			text_add(text, value + i, length);
		length += length == 0;
	}
}

void exposition_label(struct text *labels, const char *name, const char *value)
{
	text_printf(labels, "%s%s=\"", labels->nbytes > 0 ? "," : "", name);
	put_value(labels, value);
	text_putc(labels, '"');
}

/* With as many digits as it needs. */
static void put_number(struct text *text, double value)
{
	char digits[32];

	snprintf(digits, sizeof(digits), "%.15g", value);
	if (strtod(digits, NULL) != value)
		snprintf(digits, sizeof(digits), "%.17g", value);
	text_puts(text, digits);
}

void exposition_sample(struct text *text, const char *name, const struct text *labels, double value)
{
	text_puts(text, name);
	if (labels->nbytes > 0) {
		text_putc(text, '{');
		text_add(text, labels->bytes, labels->nbytes);
		text_putc(text, '}');
	}
	text_putc(text, ' ');
	put_number(text, value);
	text_putc(text, '\n');
	text->failed |= labels->failed;
}

void exposition_single(struct text *text, const char *name, const char *type, const char *help,
		       double value)
{
	if (value < 0)
		return;
	exposition_begin(text, name, type, help);
	exposition_sample(text, name, &(struct text){0}, value);
}

/* ------------------------------------------------------------------ histograms */

void buckets_clear(struct buckets *buckets)
{
	memset(buckets->counts, 0, sizeof(buckets->counts));
	buckets->total = 0;
	buckets->seconds = 0;
}

void buckets_add(struct buckets *buckets, const struct metrics *metrics,
		 const struct durations *durations)
{
	for (size_t i = 0; i < buckets->n; i++)
		buckets->counts[i] += metrics_up_to(metrics, durations, buckets->edges[i]);
	buckets->total += metrics_total(durations);
	buckets->seconds += (double)atomic_load(&durations->nanoseconds) * 1e-9;
}

static void put_bucket(struct text *text, const char *name, const struct text *labels,
		       const char *edge, uint64_t count)
{
	text_printf(text, "%s_bucket{", name);
	text_add(text, labels->bytes, labels->nbytes);
	text_printf(text, "%sle=\"%s\"} %llu\n", labels->nbytes > 0 ? "," : "", edge,
		    (unsigned long long)count);
}

/* Requests may be counted between two buckets being read, but a later one may not have less. */
static uint64_t at_least(uint64_t count, uint64_t former)
{
	return count > former ? count : former;
}

void buckets_put(struct text *text, const char *name, const struct text *labels,
		 const struct buckets *buckets)
{
	char part_name[96], edge[32];
	uint64_t count = 0;

	for (size_t i = 0; i < buckets->n; i++) {
		count = at_least(buckets->counts[i], count);
		snprintf(edge, sizeof(edge), "%g", buckets->edges[i] * buckets->scale);
		put_bucket(text, name, labels, edge, count);
	}
	count = at_least(buckets->total, count);
	put_bucket(text, name, labels, "+Inf", count);
	snprintf(part_name, sizeof(part_name), "%s_sum", name);
	exposition_sample(text, part_name, labels, buckets->seconds * buckets->scale);
	snprintf(part_name, sizeof(part_name), "%s_count", name);
	exposition_sample(text, part_name, labels, (double)count);
}
