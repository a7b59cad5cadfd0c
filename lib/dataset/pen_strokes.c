/*
 * pen_strokes.c - pen strokes in JSON Lines as a dataset.
 *
 *	{"label": "A", "donor": "apa", "strokes": [[x, y, x, y, ...], ...]}
 *
 * The strokes are kept, at four bytes per point, and drawn whenever an image is requested: so one
 * character gives any number of images.
 */
#include "pen_strokes.h"

#include "../base/encoding.h"
#include "../base/memory.h"
#include "../draw/ink.h"
#include "../emnist_serve.h"
#include "../labels/class_names.h"
#include "label_names.h"
#include "lines.h"

#include <math.h>
#include <string.h>

/* The longest line, and the most points of a character: UNIPEN's have 3,400 bytes and 436 points.
 */
#define MAX_LINE_NBYTES ((size_t)1 << 20)
#define MAX_POINTS      16384

/* Of arrays in an object, and whatever other members have. */
#define MAX_DEPTH 8

struct pen_strokes {
	struct source source;
	struct buffer points; /* of uint16_t: strokes as ink_draw() takes them, one after another */
	struct buffer starts; /* of size_t: each character's first in points */
	struct buffer classes; /* of uint16_t: numbers of labels */
};

/* A file that is being read. */
struct reading {
	struct pen_strokes *strokes;
	const struct emnist_dataset_options *options;
	struct lines lines;
	struct emnist_json *json; /* a line */
	struct label_names labels, donors;
};

/* ------------------------------------------------------------------- drawing */

static const uint16_t *strokes_of(const struct source *source, uint32_t index)
{
	const struct pen_strokes *strokes = (const struct pen_strokes *)source;

	return (const uint16_t *)(const void *)strokes->points.data +
	       ((const size_t *)(const void *)strokes->starts.data)[index];
}

static enum emnist_status read_plain(struct source *source, uint32_t index, size_t n,
				     uint8_t *pixels, struct emnist_error *error)
{
	(void)error;
	for (size_t i = 0; i < n; i++)
		ink_draw(strokes_of(source, index + (uint32_t)i), 0,
			 pixels + i * EMNIST_VECTOR_LENGTH);
	return EMNIST_OK;
}

static void draw(const struct source *source, uint32_t index, uint64_t drawing, uint8_t *pixels)
{
	ink_draw(strokes_of(source, index), drawing, pixels);
}

static void close_strokes(struct source *source)
{
	struct pen_strokes *strokes = (struct pen_strokes *)source;

	buffer_clear(&strokes->points);
	buffer_clear(&strokes->starts);
	buffer_clear(&strokes->classes);
	source_clear(source);
	free(strokes);
}

static const struct source_ops ops = {.read = read_plain, .close = close_strokes, .draw = draw};

/* --------------------------------------------------------------------- lines */

static enum emnist_status refuse(const struct reading *reading, const char *what,
				 struct emnist_error *error)
{
	return error_set(error, EMNIST_ERR_CORRUPT, "line %llu: %s",
			 (unsigned long long)reading->lines.number, what);
}

static bool is_blank(const unsigned char *line, size_t nbytes)
{
	for (size_t i = 0; i < nbytes; i++)
		if (!memchr(" \t\r", line[i], 3))
			return false;
	return true;
}

/* -------------------------------------------------------------------- donors */

/* Whether a name is in a list of names between commas; all are in NULL. */
static bool is_listed(const char *list, const char *name, size_t nbytes)
{
	while (list) {
		const char *end = list + strcspn(list, ",");

		if ((size_t)(end - list) == nbytes && memcmp(list, name, nbytes) == 0)
			return true;
		list = *end ? end + 1 : NULL;
	}
	return false;
}

/* *wanted_ret: whether the options select characters of the donor that the object names. */
static enum emnist_status check_donor(struct reading *reading, bool *wanted_ret,
				      struct emnist_error *error)
{
	const struct emnist_dataset_options *options = reading->options;
	const struct emnist_json_value donor =
		emnist_json_member(reading->json, emnist_json_root(reading->json), "donor");
	size_t nbytes = 0;
	uint16_t number;
	const char *name;

	*wanted_ret = true;
	if (!options->donors && !options->without_donors)
		return EMNIST_OK;
	name = emnist_json_string(reading->json, donor, &nbytes);
	if (!name && donor.type == EMNIST_JSON_STRING)
		return error_memory(error);
	if ((donor.type != EMNIST_JSON_NONE && !name) || (name && memchr(name, '\0', nbytes)))
		return refuse(reading, "'donor' is not a name", error);
	name = name ? name : "";
	*wanted_ret = (!options->donors || is_listed(options->donors, name, nbytes)) &&
		      !is_listed(options->without_donors, name, nbytes);
	return label_names_add(&reading->donors, "donors", name, nbytes, reading->lines.number,
			       &number, error);
}

/* That each donor of a list has written something: a typing error must not pass unnoticed. */
static enum emnist_status check_list(const struct reading *reading, const char *list,
				     struct emnist_error *error)
{
	while (list) {
		const size_t nbytes = strcspn(list, ",");

		if (!label_names_have(&reading->donors, list, nbytes))
			return error_set(error, EMNIST_ERR_ARGUMENT, "no donor '%.*s'",
					 nbytes < 40 ? (int)nbytes : 40, list);
		list = list[nbytes] ? list + nbytes + 1 : NULL;
	}
	return EMNIST_OK;
}

/* ------------------------------------------------------------------- reading */

/* The bounding box of a character's points. */
struct box {
	double left, right, top, bottom;
	size_t n_points;
};

static enum emnist_status measure_stroke(const struct reading *reading,
					 struct emnist_json_value stroke, struct box *box,
					 struct emnist_error *error)
{
	struct emnist_json_tensor points;

	if (!emnist_json_tensor(reading->json, stroke, &points) || points.rank != 1)
		return refuse(reading, "a stroke is not an array of numbers", error);
	if (points.n_values == 0 || points.n_values % 2 != 0)
		return refuse(reading, "a stroke is not pairs of x and y", error);
	box->n_points += points.n_values / 2;
	if (box->n_points > MAX_POINTS)
		return error_set(error, EMNIST_ERR_LIMIT, "line %llu: more than %d points",
				 (unsigned long long)reading->lines.number, MAX_POINTS);
	for (size_t i = 0; i < points.n_values; i += 2) {
		const double x = points.values[i], y = points.values[i + 1];

		if (!isfinite(x) || !isfinite(y))
			return refuse(reading, "a number is too large", error);
		box->left = fmin(box->left, x);
		box->right = fmax(box->right, x);
		box->top = fmin(box->top, y);
		box->bottom = fmax(box->bottom, y);
	}
	return EMNIST_OK;
}

static enum emnist_status measure(const struct reading *reading, struct emnist_json_value strokes,
				  struct box *box, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	*box = (struct box){INFINITY, -INFINITY, INFINITY, -INFINITY, 0};
	if (strokes.type != EMNIST_JSON_ARRAY || emnist_json_count(reading->json, strokes) == 0)
		return refuse(reading, "'strokes' is not an array of strokes", error);
	for (struct emnist_json_value stroke = emnist_json_first(reading->json, strokes);
	     stroke.type && !status; stroke = emnist_json_next(reading->json, stroke))
		status = measure_stroke(reading, stroke, box, error);
	return status;
}

/* Appends the strokes, the longer side of their box being INK_RANGE. to: room for them. */
static void put(const struct reading *reading, struct emnist_json_value strokes,
		const struct box *box, uint16_t *to)
{
	const double side = fmax(box->right - box->left, box->bottom - box->top);
	const double scale = side > 0 ? INK_RANGE / side : 0;

	for (struct emnist_json_value stroke = emnist_json_first(reading->json, strokes);
	     stroke.type; stroke = emnist_json_next(reading->json, stroke)) {
		struct emnist_json_tensor points;

		emnist_json_tensor(reading->json, stroke, &points);
		*to++ = (uint16_t)(points.n_values / 2);
		for (size_t i = 0; i < points.n_values; i += 2) {
			*to++ = (uint16_t)((points.values[i] - box->left) * scale + 0.5);
			*to++ = (uint16_t)((points.values[i + 1] - box->top) * scale + 0.5);
		}
	}
	*to = 0;
}

static enum emnist_status add_strokes(struct reading *reading, struct emnist_json_value strokes,
				      uint16_t class, struct emnist_error *error)
{
	struct pen_strokes *to = reading->strokes;
	const uint32_t n = to->source.count;
	const size_t start = to->points.nbytes / sizeof(uint16_t);
	struct box box;
	enum emnist_status status = measure(reading, strokes, &box, error);
	size_t n_values;

	if (status)
		return status;
	if (n == SOURCE_MAX_COUNT)
		return error_set(error, EMNIST_ERR_LIMIT, "more than %u images", SOURCE_MAX_COUNT);
	n_values = emnist_json_count(reading->json, strokes) + 2 * box.n_points + 1;
	if (!buffer_reserve(&to->points, to->points.nbytes + n_values * sizeof(uint16_t)) ||
	    !buffer_reserve(&to->starts, (n + 1) * sizeof(size_t)) ||
	    !buffer_reserve(&to->classes, (n + 1) * sizeof(uint16_t)))
		return error_memory(error);
	put(reading, strokes, &box, (uint16_t *)(void *)to->points.data + start);
	to->points.nbytes += n_values * sizeof(uint16_t);
	((size_t *)(void *)to->starts.data)[n] = start;
	((uint16_t *)(void *)to->classes.data)[n] = class;
	to->starts.nbytes += sizeof(size_t);
	to->classes.nbytes += sizeof(uint16_t);
	to->source.count++;
	return EMNIST_OK;
}

static enum emnist_status add_label(struct reading *reading, struct emnist_json_value label,
				    uint16_t *class_ret, struct emnist_error *error)
{
	size_t nbytes;
	const char *text;

	if (label.type != EMNIST_JSON_STRING)
		return refuse(reading, "'label' is not a string", error);
	text = emnist_json_string(reading->json, label, &nbytes);
	if (!text)
		return error_memory(error);
	if (!nbytes || memchr(text, '\0', nbytes))
		return refuse(reading, "the label is empty, or has a zero", error);
	return label_names_add(&reading->labels, "labels", text, nbytes, reading->lines.number,
			       class_ret, error);
}

static enum emnist_status add_line(struct reading *reading, const unsigned char *line,
				   size_t nbytes, struct emnist_error *error)
{
	static const struct emnist_json_options options = {.max_depth = MAX_DEPTH};
	struct emnist_json_value root;
	struct emnist_error fault;
	enum emnist_status status =
		emnist_json_parse(reading->json, line, nbytes, &options, &fault);
	bool wanted;
	uint16_t class;

	if (status == EMNIST_ERR_MEMORY)
		return error_memory(error);
	if (status)
		return error_set(error, status, "line %llu, byte %llu: %s",
				 (unsigned long long)reading->lines.number,
				 (unsigned long long)fault.offset + 1, fault.message);
	root = emnist_json_root(reading->json);
	if (root.type != EMNIST_JSON_OBJECT)
		return refuse(reading, "not an object", error);
	status = check_donor(reading, &wanted, error);
	if (status || !wanted)
		return status;
	status =
		add_label(reading, emnist_json_member(reading->json, root, "label"), &class, error);
	return status ? status
		      : add_strokes(reading, emnist_json_member(reading->json, root, "strokes"),
				    class, error);
}

static enum emnist_status read_all(struct reading *reading, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	while (!status) {
		const unsigned char *line;
		size_t nbytes;

		status = lines_next(&reading->lines, &line, &nbytes, error);
		if (status || !line)
			break;
		if (!is_blank(line, nbytes))
			status = add_line(reading, line, nbytes, error);
	}
	if (!status)
		status = check_list(reading, reading->options->donors, error);
	if (!status)
		status = check_list(reading, reading->options->without_donors, error);
	if (!status && !reading->strokes->source.count)
		status = error_set(error, EMNIST_ERR_ARGUMENT, "no characters are left");
	return status;
}

/* Converts the numbers of labels to values. */
static enum emnist_status name_classes(struct reading *reading, const struct emnist_labels *mapping,
				       struct emnist_error *error)
{
	struct source *source = &reading->strokes->source;
	const char **names = label_names_texts(&reading->labels);
	uint16_t *values = alloc_array(reading->labels.n, sizeof(*values));
	enum emnist_status status;
	const char *rule;

	if (names && values)
		status = class_names_read(names, reading->labels.n, mapping, values,
					  &source->labels, &rule, error);
	else
		status = error_memory(error);
	if (!status) {
		source->values = (uint16_t *)(void *)reading->strokes->classes.data;
		reading->strokes->classes = (struct buffer){0};
		for (uint32_t i = 0; i < source->count; i++)
			source->values[i] = values[source->values[i]];
		if (!source_describe(source, "pen strokes, labels are %s", rule))
			status = error_memory(error);
	}
	free(names);
	free(values);
	return status;
}

/* ------------------------------------------------------------------- opening */

bool pen_strokes_begin(const unsigned char *bytes, size_t nbytes)
{
	size_t n_mark = 0;

	if (encoding_mark(bytes, nbytes, &n_mark, NULL))
		return false;
	while (n_mark < nbytes && memchr(" \t\r\n", bytes[n_mark], 4))
		n_mark++;
	return n_mark < nbytes && bytes[n_mark] == '{' &&
	       memmem(bytes, nbytes, "\"strokes\"", strlen("\"strokes\""));
}

enum emnist_status pen_strokes_open(struct gzip *stream, const struct source_request *request,
				    struct source **source_ret, struct emnist_error *error)
{
	struct pen_strokes *strokes = alloc_zeroed(1, sizeof(*strokes));
	struct reading reading = {
		.strokes = strokes,
		.options = request->options,
		.lines = {.stream = stream, .max_nbytes = MAX_LINE_NBYTES},
	};
	enum emnist_status status;

	*source_ret = NULL;
	if (!strokes) {
		gzip_close(stream);
		return error_memory(error);
	}
	strokes->source.ops = &ops;
	strokes->source.is_kept = true;
	status = emnist_json_create(&reading.json, error);
	if (!status)
		status = read_all(&reading, error);
	if (!status)
		status = name_classes(&reading, request->mapping, error);
	if (status)
		source_prefix_other(request, status, error);
	if (!status)
		status = source_find_meaning(&strokes->source, request, error);
	if (status)
		close_strokes(&strokes->source);
	else
		*source_ret = &strokes->source;
	emnist_json_free(reading.json);
	label_names_clear(&reading.labels);
	label_names_clear(&reading.donors);
	lines_clear(&reading.lines);
	gzip_close(stream);
	return status;
}
