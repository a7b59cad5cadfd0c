/*
 * page_answer.c - an answer as people read it: the character and its name, how probable it is, what
 * the network saw, and the scores of all classes as bars.
 *
 * The page's policy forbids inline styles, so bars are drawn in SVG: their length is an attribute.
 */
#include "page_answer.h"
#include "../../output/escape.h"

#include <stdlib.h>
#include <string.h>

/* Shown in large and as long bars. */
#define N_TOP 5

/* No label of a model is shown in large beyond this. */
#define MAX_LABEL 8

/* U+202F, a narrow space where no line ends. */
#define THIN_SPACE "\xe2\x80\xaf"

/* --------------------------------------------------------------- characters */

enum kind { DIGIT, CAPITAL, SMALL, LETTER, OTHER, N_KINDS };

static const struct {
	const char *name, *heading;
} kinds[N_KINDS] = {
	[DIGIT] = {"digit", "Digits"},
	[CAPITAL] = {"capital letter", "Capital letters"},
	[SMALL] = {"small letter", "Small letters"},
	[LETTER] = {"letter", "Letters of either case"},
	[OTHER] = {"character", "Other characters"},
};

static bool is_small(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static enum kind kind_of(const char *label, bool merge_case)
{
	const bool is_letter = is_small(label[0]) || is_capital(label[0]);

	if (is_letter && label[1] && !label[2] && (label[0] ^ 32) == label[1])
		return LETTER;
	if (!label[0] || label[1])
		return OTHER;
	if (label[0] >= '0' && label[0] <= '9')
		return DIGIT;
	if (!is_letter)
		return OTHER;
	if (merge_case)
		return LETTER;
	return is_capital(label[0]) ? CAPITAL : SMALL;
}

/* ------------------------------------------------------------------- numbers */

/* As people read it: "98.7 %". */
static void put_percent(struct text *text, double share)
{
	if (share >= 0.9995)
		text_puts(text, "&gt;" THIN_SPACE "99.9" THIN_SPACE "%");
	else if (share < 0.0005)
		text_puts(text, "&lt;" THIN_SPACE "0.1" THIN_SPACE "%");
	else
		text_printf(text, "%.1f" THIN_SPACE "%%", 100 * share);
}

static void begin_data(struct text *text, double share)
{
	text_puts(text, "<data value=\"");
	text_share(text, share, 4);
	text_puts(text, "\">");
}

static void put_bar(struct text *text, double share)
{
	text_puts(text, "</data><svg aria-hidden=\"true\">");
	if (share >= 0.00005)
		text_printf(text, "<rect width=\"%.2f%%\" height=\"100%%\"/>", 100 * share);
	text_puts(text, "</svg></li>\n");
}

/* ------------------------------------------------------------------ pictures */

/* Images within the page. Browsers look at the bytes, whatever image type is given. */
static void put_image(struct text *text, const void *bytes, size_t nbytes)
{
	text_puts(text, "<img src=\"data:image/png;base64,");
	base64_put(text, bytes, nbytes);
}

static bool put_pictures(struct text *text, const struct page_answer *answer)
{
	void *png;
	size_t nbytes;

	if (emnist_vector_to_png(answer->vector, &png, &nbytes, NULL))
		return false;
	text_puts(text, "<div class=\"pictures\">\n");
	if (answer->picture) {
		text_puts(text, "<figure>");
		put_image(text, answer->picture, answer->picture_nbytes);
		text_puts(text, "\" alt=\"Your picture\"><figcaption>Your picture</figcaption>"
				"</figure>\n");
	}
	text_puts(text, "<figure class=\"seen\">");
	put_image(text, png, nbytes);
	text_puts(text, "\" decoding=\"sync\" width=\"28\" height=\"28\" alt=\"28 by 28 pixels\">"
			"<figcaption>What the network saw</figcaption></figure>\n</div>\n");
	free(png);
	return true;
}

/* -------------------------------------------------------------------- scores */

static void put_top(struct text *text, const struct page_answer *answer, const uint32_t *top,
		    size_t n)
{
	text_puts(text, "<h2>Most probable</h2>\n<ol class=\"top\">\n");
	for (size_t i = 0; i < n; i++) {
		text_puts(text, "<li><b>");
		html_put(text, emnist_labels_text(answer->labels, top[i]));
		text_puts(text, "</b>");
		begin_data(text, answer->probabilities[top[i]]);
		put_percent(text, answer->probabilities[top[i]]);
		put_bar(text, answer->probabilities[top[i]]);
	}
	text_puts(text, "</ol>\n");
}

/* In a cell, which is small. */
static void put_short_percent(struct text *text, double share)
{
	if (share < 0.00005)
		text_putc(text, '0');
	else if (share >= 0.99995)
		text_puts(text, "100");
	else
		text_printf(text, "%.2f", 100 * share);
}

/* Those of one kind, if there are any. */
static void put_cells(struct text *text, const struct page_answer *answer, enum kind kind,
		      uint32_t best)
{
	size_t n_put = 0;

	for (size_t i = 0; i < emnist_labels_count(answer->labels); i++) {
		const char *label = emnist_labels_text(answer->labels, i);

		if (kind_of(label, answer->merge_case) != kind)
			continue;
		if (n_put++ == 0)
			text_printf(text, "<h3>%s</h3>\n<ul class=\"cells\">\n",
				    kinds[kind].heading);
		text_puts(text, i == best ? "<li class=\"best\"><b>" : "<li><b>");
		html_put(text, label);
		text_puts(text, "</b> ");
		begin_data(text, answer->probabilities[i]);
		put_short_percent(text, answer->probabilities[i]);
		put_bar(text, answer->probabilities[i]);
	}
	if (n_put)
		text_puts(text, "</ul>\n");
}

/* ----------------------------------------------------------------- the whole */

static void put_warnings(struct text *text, const struct page_answer *answer)
{
	if (answer->n_characters > 1)
		text_printf(text,
			    "<p class=\"warning\">There are %zu characters side by side. "
			    "Only one is expected, so the answer is likely wrong.</p>\n",
			    answer->n_characters);
	if (answer->warning)
		text_printf(text, "<p class=\"warning\">Warning: %s.</p>\n", answer->warning);
}

static void put_verdict(struct text *text, const struct page_answer *answer, uint32_t best)
{
	const char *label = emnist_labels_text(answer->labels, best);

	text_puts(text, "<p class=\"label\" aria-hidden=\"true\">");
	html_put_start(text, label, MAX_LABEL);
	text_printf(text, "</p>\n<p class=\"words\"><b>%s ",
		    kinds[kind_of(label, answer->merge_case)].name);
	html_put(text, label);
	text_puts(text, "</b> ");
	put_percent(text, answer->probabilities[best]);
	text_puts(text, "</p>\n");
}

bool page_put_answer(struct text *text, const struct page_answer *answer)
{
	const size_t n = emnist_labels_count(answer->labels);
	const size_t n_top = n < N_TOP ? n : N_TOP;
	uint32_t top[N_TOP];

	emnist_top_k(answer->probabilities, n, n_top, top);
	put_warnings(text, answer);
	text_puts(text, "<div class=\"verdict\">\n");
	put_verdict(text, answer, top[0]);
	if (!put_pictures(text, answer))
		return false;
	text_puts(text, "</div>\n");
	put_top(text, answer, top, n_top);
	text_printf(text, "<h2>All %zu characters, in percent</h2>\n", n);
	for (enum kind kind = 0; kind < N_KINDS; kind++)
		put_cells(text, answer, kind, top[0]);
	return !text->failed;
}

void page_put_problem(struct text *text, const char *message)
{
	text_puts(text, "<p class=\"problem\">");
	html_put(text, message);
	text_puts(text, "</p>\n");
}
