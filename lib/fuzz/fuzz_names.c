/*
 * fuzz_names.c - any bytes as names, labels and messages through the writers of records, and back
 * through readers of each format that accept nothing but what its definition allows.
 *
 * The input: a byte of settings, then texts ended by zero: path, error (none where empty), labels.
 */
#include "../../cli/output/records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

#define N_CLASSES  3
#define MAX_FIELDS (2 + 2 * N_CLASSES + N_CLASSES + 1)

/* What the writers were given, for the readers to find again. */
struct given {
	const char *path;
	const char *error; /* or NULL */
	const char *labels[N_CLASSES];
	struct output_schema schema;
	bool rejecting; /* records say whether they are rejected */
	bool rejected;
};

static const float probabilities[N_CLASSES] = {0.25F, 0.5F, 0.125F};
static const uint32_t ranking[N_CLASSES] = {1, 0, 2};
static const char *const shown[N_CLASSES] = {"0.250000", "0.500000", "0.125000"};

static void require(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static bool is_text(const struct text *text, const char *wanted)
{
	return text->nbytes == strlen(wanted) &&
	       (text->nbytes == 0 || memcmp(text->bytes, wanted, text->nbytes) == 0);
}

/* The length of the UTF-8 sequence at p, or 0: decoded, and its value looked at, which is another
 * way than the writers'. */
static size_t sequence_length(const char *p, size_t n)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *bytes = (const unsigned char *)p;
	size_t length = 0;
	uint32_t value;

	while (length < 5 && bytes[0] & 0x80U >> length)
		length++;
	if (length == 0)
		return 1;
	if (length == 1 || length == 5 || length > n)
		return 0;
	value = bytes[0] & (0x7fU >> length);
	for (size_t i = 1; i < length; i++) {
		if (bytes[i] >> 6 != 2)
			return 0;
		value = value << 6 | (bytes[i] & 0x3f);
	}
	if (value < smallest[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	return length;
}

/* Reading goes on at p and never beyond end. */
struct reader {
	const char *p, *end;
};

static bool at(const struct reader *reader, char c)
{
	return reader->p < reader->end && *reader->p == c;
}

static char next(struct reader *reader)
{
	require(reader->p < reader->end, "the output ends too soon");
	return *reader->p++;
}

static void expect(struct reader *reader, const char *wanted)
{
	for (; *wanted; wanted++)
		require(next(reader) == *wanted, "another character was expected");
}

/* ---------------------------------------------------------------- csv, tsv */

static void read_csv_field(struct reader *reader, struct text *field)
{
	if (!at(reader, '"')) {
		while (!at(reader, ',') && !at(reader, '\n')) {
			char c = next(reader);

			require(c != '"' && c != '\r', "a field that must be quoted is not");
			text_putc(field, c);
		}
		return;
	}
	next(reader);
	for (;;) {
		char c = next(reader);

		if (c == '"' && !at(reader, '"'))
			break;
		if (c == '"')
			next(reader);
		text_putc(field, c);
	}
	require(at(reader, ',') || at(reader, '\n'), "something follows the closing quote");
}

static void read_tsv_field(struct reader *reader, struct text *field)
{
	static const char letters[] = "tnr\\", meant[] = "\t\n\r\\";

	while (!at(reader, '\t') && !at(reader, '\n')) {
		char c = next(reader);

		require(c != '\r', "a carriage return in a field");
		if (c == '\\') {
			const char *letter = memchr(letters, next(reader), sizeof(letters) - 1);

			require(letter != NULL, "an unknown escape");
			c = meant[letter - letters];
		}
		text_putc(field, c);
	}
}

struct table {
	char separator;
	void (*read_field)(struct reader *reader, struct text *field);
};

static const struct table comma = {',', read_csv_field};
static const struct table tab = {'\t', read_tsv_field};

static void read_row(const struct table *table, struct reader *reader, const char *const *wanted,
		     size_t n_wanted)
{
	struct text field = {0};

	for (size_t i = 0; i < n_wanted; i++) {
		text_reset(&field);
		table->read_field(reader, &field);
		require(is_text(&field, wanted[i]), "a field is not what was written");
		require(next(reader) == (i + 1 < n_wanted ? table->separator : '\n'),
			"a row has too many or too few fields");
	}
	text_release(&field);
}

static void read_table(const struct table *table, const struct given *given, struct reader *reader)
{
	static const char *const columns[] = {"path",    "label",        "probability",
					      "error",   "label_2",      "probability_2",
					      "label_3", "probability_3"};
	const size_t n_first = 4 + 2 * (given->schema.n_top - 1);
	const size_t n_classes = given->schema.probabilities ? N_CLASSES : 0;
	const size_t n = n_first + n_classes + given->rejecting;
	const char *header[MAX_FIELDS], *row[MAX_FIELDS];
	struct text names[N_CLASSES] = {0};

	for (size_t i = 0; i < n; i++) {
		header[i] = i < n_first ? columns[i] : "";
		row[i] = "";
	}
	for (size_t i = 0; i < n_classes; i++) {
		text_puts(&names[i], "p_");
		text_add(&names[i], given->labels[i], strlen(given->labels[i]) + 1);
		header[n_first + i] = names[i].bytes;
	}
	row[0] = given->path;
	if (given->error)
		row[3] = given->error;
	for (size_t i = 0; !given->error && i < given->schema.n_top; i++) {
		size_t column = i == 0 ? 1 : 2 + 2 * i;

		row[column] = given->labels[ranking[i]];
		row[column + 1] = shown[ranking[i]];
	}
	for (size_t i = 0; !given->error && i < n_classes; i++)
		row[n_first + i] = shown[i];
	if (given->rejected)
		row[1] = "";
	if (given->rejecting) {
		header[n - 1] = "rejected";
		row[n - 1] = given->error ? "" : given->rejected ? "true" : "false";
	}
	read_row(table, reader, header, n);
	read_row(table, reader, row, n);
	for (size_t i = 0; i < N_CLASSES; i++)
		text_release(&names[i]);
}

/* -------------------------------------------------------------------- jsonl */

static unsigned read_hex(struct reader *reader)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = memchr(digits, next(reader), 16);

		require(digit != NULL, "not a digit");
		value = value * 16 + (unsigned)(digit - digits);
	}
	return value;
}

static void read_escape(struct reader *reader, struct text *string)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	char c = next(reader);
	const char *letter = memchr(letters, c, sizeof(letters) - 1);

	if (letter) {
		text_putc(string, meant[letter - letters]);
		return;
	}
	require(c == 'u', "an unknown escape");
	c = (char)read_hex(reader);
	require(c > 0 && c < 0x20, "an escape that is not needed");
	text_putc(string, c);
}

static void read_string(struct reader *reader, struct text *string)
{
	text_reset(string);
	expect(reader, "\"");
	while (!at(reader, '"')) {
		size_t length;

		require(reader->p < reader->end && (unsigned char)*reader->p >= 0x20,
			"a control character");
		length = sequence_length(reader->p, (size_t)(reader->end - reader->p));
		require(length > 0, "a string that is not UTF-8");
		if (at(reader, '\\')) {
			next(reader);
			read_escape(reader, string);
		} else {
			text_add(string, reader->p, length);
			reader->p += length;
		}
	}
	next(reader);
}

/* The text with U+FFFD for each byte that is not UTF-8; returns whether there was none. */
static bool make_utf8(const char *from, struct text *to)
{
	size_t n = strlen(from);
	bool valid = true;

	text_reset(to);
	for (size_t i = 0, length; i < n; i += length ? length : 1) {
		length = sequence_length(from + i, n - i);
		if (length > 0)
			text_add(to, from + i, length);
		else
			text_puts(to, "\xef\xbf\xbd");
		valid = valid && length > 0;
	}
	text_putc(to, '\0');
	return valid;
}

/* Returns whether `wanted` is UTF-8. */
static bool expect_string(struct reader *reader, const char *wanted)
{
	struct text got = {0}, utf8 = {0};
	bool valid = make_utf8(wanted, &utf8);

	read_string(reader, &got);
	require(is_text(&got, utf8.bytes), "a string is not what was written");
	text_release(&got);
	text_release(&utf8);
	return valid;
}

static void expect_base64(struct reader *reader, const char *wanted)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct text got = {0};

	expect(reader, "\"");
	while (!at(reader, '"')) {
		unsigned bits = 0;
		int n_padding = 0;

		for (int i = 0; i < 4; i++) {
			char c = next(reader);
			const char *digit = memchr(digits, c, 64);

			require(digit ? n_padding == 0 : c == '=' && i >= 2, "not base64");
			n_padding += !digit;
			bits = bits << 6 | (digit ? (unsigned)(digit - digits) : 0);
		}
		for (int i = 0; i < 3 - n_padding; i++)
			text_putc(&got, (char)(bits >> (16 - 8 * i)));
		require(n_padding == 0 || at(reader, '"'), "padding that is not at the end");
	}
	next(reader);
	require(is_text(&got, wanted), "base64 of something else");
	text_release(&got);
}

static void expect_class(struct reader *reader, const struct given *given, size_t rank)
{
	expect(reader, "\"label\":");
	expect_string(reader, given->labels[ranking[rank]]);
	expect(reader, ",\"probability\":");
	expect(reader, shown[ranking[rank]]);
}

static void read_lists(struct reader *reader, const struct given *given)
{
	if (given->schema.n_top > 1) {
		expect(reader, ",\"top\":[");
		for (size_t i = 0; !given->error && i < given->schema.n_top; i++) {
			expect(reader, i > 0 ? ",{" : "{");
			expect_class(reader, given, i);
			expect(reader, "}");
		}
		expect(reader, "]");
	}
	if (given->schema.probabilities) {
		expect(reader, ",\"probabilities\":{");
		for (size_t i = 0; !given->error && i < N_CLASSES; i++) {
			expect(reader, i > 0 ? "," : "");
			expect_string(reader, given->labels[i]);
			expect(reader, ":");
			expect(reader, shown[i]);
		}
		expect(reader, "}");
	}
}

static void read_jsonl(const struct given *given, struct reader *reader)
{
	bool valid;

	expect(reader, "{\"path\":");
	valid = expect_string(reader, given->path);
	expect(reader, ",");
	if (given->error) {
		expect(reader, "\"label\":null,\"probability\":null,\"error\":");
		expect_string(reader, given->error);
	} else if (given->rejected) {
		expect(reader, "\"label\":null,\"probability\":0.500000,\"error\":null");
	} else {
		expect_class(reader, given, 0);
		expect(reader, ",\"error\":null");
	}
	if (given->rejecting) {
		expect(reader, ",\"rejected\":");
		expect(reader, given->error ? "null" : given->rejected ? "true" : "false");
	}
	read_lists(reader, given);
	if (!valid) {
		expect(reader, ",\"path_base64\":");
		expect_base64(reader, given->path);
	}
	expect(reader, "}\n");
}

/* --------------------------------------------------------------------- text */

static char read_shown_byte(struct reader *reader)
{
	static const char letters[] = "ntr\\", meant[] = "\n\t\r\\";
	char code[3] = "", c = next(reader);
	const char *letter = memchr(letters, c, sizeof(letters) - 1);

	if (letter)
		return meant[letter - letters];
	require(c == 'x', "an unknown escape");
	code[0] = next(reader);
	code[1] = next(reader);
	return (char)strtol(code, NULL, 16);
}

/* Reads what stands for `wanted`. */
static void expect_shown(struct reader *reader, const char *wanted)
{
	for (; *wanted; wanted++) {
		char c = next(reader);

		require((unsigned char)c >= 0x20 && c != 0x7f, "a control character");
		if (c == '\\')
			c = read_shown_byte(reader);
		require(c == *wanted, "something else was shown");
	}
}

/* Whether one of the characters that set the direction of writing, separate lines or have no width
 * begins at p: a few of each. */
static bool is_unseen(const char *p, size_t n)
{
	static const char *const unseen[] = {"\xe2\x80\x8b", "\xe2\x80\x8f", "\xe2\x80\xa8",
					     "\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xae",
					     "\xe2\x81\xa0", "\xe2\x81\xa6", "\xe2\x81\xa9",
					     "\xef\xbb\xbf", "\xc2\x9f",     "\xd8\x9c"};

	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (n >= strlen(unseen[i]) && memcmp(p, unseen[i], strlen(unseen[i])) == 0)
			return true;
	return false;
}

static void read_text(const struct given *given, struct reader *reader)
{
	static const char *const short_shown[N_CLASSES] = {"0.2500", "0.5000", "0.1250"};
	size_t n = (size_t)(reader->end - reader->p);

	for (size_t i = 0; i < n; i += sequence_length(reader->p + i, n - i)) {
		require(sequence_length(reader->p + i, n - i) > 0, "a line that is not UTF-8");
		require(!is_unseen(reader->p + i, n - i), "a character that nobody sees");
	}
	if (given->error)
		return;
	expect_shown(reader, given->path);
	expect(reader, ":");
	for (size_t i = 0; i < given->schema.n_top; i++) {
		expect(reader, i > 0 ? "  " : " ");
		expect_shown(reader, i == 0 && given->rejected ? "-" : given->labels[ranking[i]]);
		expect(reader, " ");
		expect(reader, short_shown[ranking[i]]);
	}
	expect(reader, "\n");
}

/* ----------------------------------------------------------------- the target */

static void read_csv(const struct given *given, struct reader *reader)
{
	read_table(&comma, given, reader);
}

static void read_tsv(const struct given *given, struct reader *reader)
{
	read_table(&tab, given, reader);
}

static void try_format(const struct output_format *format, const struct given *given,
		       void (*read)(const struct given *given, struct reader *reader))
{
	const struct record record = {
		.path = given->path,
		.error = given->error,
		.top = given->error ? NULL : ranking,
		.probabilities = given->error ? NULL : probabilities,
		.rejected = given->rejected,
	};
	struct text text = {0};
	struct reader reader;

	if (format->header)
		format->header(&text, &given->schema);
	format->record(&text, &given->schema, &record);
	require(!text.failed, "memory is short");
	/* A copy of exactly its size, so that a read beyond shows. */
	reader.p = malloc(text.nbytes ? text.nbytes : 1);
	require(reader.p != NULL, "memory is short");
	if (text.nbytes > 0)
		memcpy((char *)reader.p, text.bytes, text.nbytes);
	reader.end = reader.p + text.nbytes;
	text_release(&text);
	text.bytes = (char *)reader.p;
	read(given, &reader);
	require(reader.p == reader.end, "something was printed after the record");
	free(text.bytes);
}

/* The next text of the input, in memory of its own. */
static char *take_text(const uint8_t **data, size_t *nbytes)
{
	const uint8_t *zero = *nbytes ? memchr(*data, 0, *nbytes) : NULL;
	size_t n = zero ? (size_t)(zero - *data) : *nbytes;
	char *text = malloc(n + 1);

	require(text != NULL, "memory is short");
	if (n > 0)
		memcpy(text, *data, n);
	text[n] = '\0';
	n += zero != NULL;
	*data += n;
	*nbytes -= n;
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	char *texts[2 + N_CLASSES];
	struct given given = {0};
	uint8_t setting;

	if (nbytes < 1)
		return 0;
	setting = data[0];
	given.schema.n_top = 1 + setting % N_CLASSES;
	given.schema.probabilities = setting & 128;
	given.rejecting = setting & 64;
	data++;
	nbytes--;
	for (size_t i = 0; i < 2 + N_CLASSES; i++)
		texts[i] = take_text(&data, &nbytes);
	given.path = texts[0];
	given.error = *texts[1] ? texts[1] : NULL;
	for (size_t i = 0; i < N_CLASSES; i++)
		given.labels[i] = texts[2 + i];
	given.rejected = given.rejecting && !given.error && (setting & 32);
	given.schema.min_probability = given.rejecting ? 0.25 : -1;
	given.schema.labels = given.labels;
	given.schema.n_classes = N_CLASSES;
	try_format(&output_text, &given, read_text);
	try_format(&output_csv, &given, read_csv);
	try_format(&output_tsv, &given, read_tsv);
	try_format(&output_jsonl, &given, read_jsonl);
	for (size_t i = 0; i < 2 + N_CLASSES; i++)
		free(texts[i]);
	return 0;
}
