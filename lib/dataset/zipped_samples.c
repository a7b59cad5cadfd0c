/*
 * zipped_samples.c - labeled image files in an archive, as webdataset has them.
 *
 * Files whose names are the same up to the first dot are a sample: KEY.png is the image, and
 * KEY.json (its member "label"), KEY.cls or KEY.txt is the label, the first of these that there is.
 *
 * The archive is read three times: names, labels, images. So it does not matter which comes first.
 */
#include "zipped_samples.h"

#include "../base/memory.h"
#include "../emnist_serve.h"
#include "file_names.h"
#include "label_names.h"
#include "siblings.h"
#include "zipped_images.h"

#include <stdio.h>
#include <string.h>

/* Of a label's file. */
#define LABEL_MAX_NBYTES 65536
#define JSON_MAX_DEPTH   64

/* The first that there is counts. */
static const char *const label_endings[] = {".json", ".cls", ".txt"};
#define N_ENDINGS (sizeof(label_endings) / sizeof(*label_endings))

struct sample {
	const struct zipped_entry *image, *label; /* label: NULL if there is none */
	bool is_json;
	bool is_read;   /* the label */
	uint16_t class; /* number of the label */
};

struct samples {
	const struct source_request *request;
	struct sample *items; /* (n) */
	size_t n;
	struct label_names labels;
	struct emnist_json *json;
	struct buffer bytes; /* of a label's file */
};

/* ---------------------------------------------------------------------- finding */

/* Whether the file is an image; *n_key_ret: how much of its name is the key. */
static bool is_image(const char *name, size_t *n_key_ret)
{
	const char *base = siblings_base(name), *dot = strchr(base, '.');

	*n_key_ret = dot ? (size_t)(dot - name) : 0;
	return dot && dot > base && file_name_is_image(base);
}

static struct sample find_sample(const struct zipped_listing *listing,
				 const struct zipped_entry *image, size_t n_key)
{
	struct sample sample = {.image = image};
	char name[MEMBERS_NAME_MAX + 8];

	for (size_t i = 0; i < N_ENDINGS && !sample.label; i++) {
		const int n = snprintf(name, sizeof(name), "%.*s%s", (int)n_key, image->name,
				       label_endings[i]);

		sample.label = zipped_find(listing, name, (size_t)n);
		sample.is_json = i == 0;
	}
	return sample;
}

bool zipped_has_samples(const struct zipped_listing *listing)
{
	size_t n_with = 0, n_without = 0, n_key;

	for (size_t i = 0; i < listing->n; i++) {
		if (!is_image(listing->entries[i].name, &n_key))
			continue;
		if (find_sample(listing, &listing->entries[i], n_key).label)
			n_with++;
		else
			n_without++;
	}
	return n_with > n_without;
}

/* Several archives in a row may have files of the same names, whose labels cannot be told apart. */
static enum emnist_status check_names(const struct zipped_listing *listing,
				      struct emnist_error *error)
{
	for (size_t i = 1; i < listing->n; i++)
		if (strcmp(listing->entries[i - 1].name, listing->entries[i].name) == 0)
			return error_set(error, EMNIST_ERR_CORRUPT,
					 "two files in the archive are called '%.150s'",
					 listing->entries[i].name);
	return EMNIST_OK;
}

static int by_image(const void *a, const void *b)
{
	const struct sample *first = a, *second = b;

	return (first->image->number > second->image->number) -
	       (first->image->number < second->image->number);
}

static int by_label(const void *a, const void *b)
{
	const struct sample *first = a, *second = b;

	if (!first->label || !second->label)
		return (second->label != NULL) - (first->label != NULL);
	return (first->label->number > second->label->number) -
	       (first->label->number < second->label->number);
}

static enum emnist_status find_all(struct samples *samples, const struct zipped_listing *listing,
				   struct emnist_error *error)
{
	size_t n_key;

	samples->items = alloc_array(listing->n ? listing->n : 1, sizeof(*samples->items));
	if (!samples->items)
		return error_memory(error);
	for (size_t i = 0; i < listing->n; i++)
		if (is_image(listing->entries[i].name, &n_key))
			samples->items[samples->n++] =
				find_sample(listing, &listing->entries[i], n_key);
	return check_names(listing, error);
}

/* ----------------------------------------------------------------------- labels */

/* The label in a JSON document; NULL after a failure. */
static const char *label_in_json(struct samples *samples, size_t *nbytes_ret,
				 struct emnist_error *error)
{
	static const struct emnist_json_options options = {.max_depth = JSON_MAX_DEPTH};
	struct emnist_json_value label;
	const char *text = NULL;
	int64_t number;

	if (emnist_json_parse(samples->json, samples->bytes.data, samples->bytes.nbytes, &options,
			      error))
		return NULL;
	label = emnist_json_member(samples->json, emnist_json_root(samples->json), "label");
	if (emnist_json_integer(samples->json, label, &number))
		text = emnist_json_source(samples->json, label, nbytes_ret);
	else if (label.type == EMNIST_JSON_STRING)
		text = emnist_json_string(samples->json, label, nbytes_ret);
	else
		error_set(error, EMNIST_ERR_CORRUPT,
			  "no member 'label' that is a string or an integer");
	if (!text && label.type == EMNIST_JSON_STRING)
		error_memory(error);
	return text;
}

/* All of a text file, without blanks and line ends behind it. */
static const char *label_in_text(const struct samples *samples, size_t *nbytes_ret)
{
	size_t n = samples->bytes.nbytes;

	while (n && strchr(" \t\r\n", samples->bytes.data[n - 1]) && samples->bytes.data[n - 1])
		n--;
	*nbytes_ret = n;
	return (const char *)samples->bytes.data;
}

/* Reads the current member as the label of the sample. */
static enum emnist_status read_label(struct samples *samples, struct sample *sample,
				     struct zipped_channel *channel, struct emnist_error *error)
{
	enum emnist_status status =
		members_read_all(channel->members, LABEL_MAX_NBYTES, &samples->bytes, error);
	const char *text;
	size_t nbytes = 0;

	if (status)
		return status;
	text = sample->is_json ? label_in_json(samples, &nbytes, error)
			       : label_in_text(samples, &nbytes);
	if (!text)
		return error->code;
	if (!nbytes || memchr(text, '\0', nbytes))
		return error_set(error, EMNIST_ERR_CORRUPT, "the label is empty, or has a zero");
	status =
		label_names_add(&samples->labels, "labels", text, nbytes, 1, &sample->class, error);
	sample->is_read = !status;
	return status;
}

/* An image without a label is left out if someone receives the report. */
static enum emnist_status leave_out(const struct samples *samples, const struct sample *sample,
				    const struct emnist_error *fault, struct emnist_error *error)
{
	const struct emnist_dataset_options *options = samples->request->options;
	const char *name = (sample->label ? sample->label : sample->image)->name;
	char *path;
	bool stops;

	if (asprintf(&path, "%s!%s", samples->request->path, name) < 0)
		return error_memory(error);
	stops = !options->bad_image || options->bad_image(options->context, path, fault);
	free(path);
	if (!stops)
		return EMNIST_OK;
	if (error)
		*error = *fault;
	return siblings_about(fault->code, name, error);
}

/* Reads the labels of all samples, which are in the order of the labels' files; those without are
 * at the end. */
static enum emnist_status read_labels(struct samples *samples, struct zipped_channel *channel,
				      struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	struct member member = {.name = ""};
	size_t i = 0;

	for (size_t number = 0; !status && i < samples->n && samples->items[i].label; number++) {
		struct sample *sample = &samples->items[i];
		struct emnist_error fault = {0};

		status = members_next(channel->members, &member, error);
		if (status || number != sample->label->number)
			continue;
		if (!member.name || strcmp(member.name, sample->label->name) != 0)
			return error_set(error, EMNIST_ERR_CORRUPT, "the archive has changed");
		if (read_label(samples, sample, channel, &fault)) {
			if (fault.code == EMNIST_ERR_MEMORY || members_failed(channel->members)) {
				*error = fault;
				return fault.code;
			}
			status = leave_out(samples, sample, &fault, error);
		}
		/* Several images may have one label: KEY.png and KEY.jpg. */
		for (i++; i < samples->n && samples->items[i].label == sample->label; i++) {
			samples->items[i].is_read = sample->is_read;
			samples->items[i].class = sample->class;
		}
	}
	for (; !status && i < samples->n; i++) {
		struct emnist_error fault;

		error_set(&fault, EMNIST_ERR_CORRUPT,
			  "no label: no .json, .cls or .txt of that name in the archive");
		status = leave_out(samples, &samples->items[i], &fault, error);
	}
	return status;
}

/* ---------------------------------------------------------------------- opening */

static enum emnist_status name_classes(struct samples *samples, struct files *files,
				       struct emnist_error *error)
{
	const char **names = label_names_texts(&samples->labels);
	enum emnist_status status;

	if (!names)
		return error_memory(error);
	status = files_name_classes(files, names, samples->labels.n, samples->request->mapping,
				    "image files with labels beside them in an archive, named by",
				    error);
	free(names);
	return status;
}

/* Makes a source of the samples with labels. */
static enum emnist_status add_images(struct samples *samples, struct files *files,
				     struct emnist_error *error)
{
	struct zipped_image *images = alloc_array(samples->n, sizeof(*images));
	enum emnist_status status = images ? EMNIST_OK : error_memory(error);
	size_t n = 0;

	qsort(samples->items, samples->n, sizeof(*samples->items), by_image);
	for (size_t i = 0; i < samples->n && !status; i++) {
		const struct sample *sample = &samples->items[i];

		if (!sample->is_read)
			continue;
		images[n] = (struct zipped_image){sample->image, (uint32_t)n};
		n++;
		status = files_add(files, sample->image->name, sample->class, error);
	}
	if (!status)
		status = name_classes(samples, files, error);
	if (!status)
		status = zipped_hold(samples->request, files, images, n, error);
	free(images);
	return status;
}

static enum emnist_status open_samples(struct samples *samples,
				       const struct zipped_listing *listing,
				       struct files **files_ret, struct emnist_error *error)
{
	struct zipped_channel *channel;
	enum emnist_status status = find_all(samples, listing, error);

	if (!status)
		status = emnist_json_create(&samples->json, error);
	if (!status)
		status = zipped_channel_open(samples->request->archive, &channel, error);
	if (status)
		return status;
	qsort(samples->items, samples->n, sizeof(*samples->items), by_label);
	status = read_labels(samples, channel, error);
	zipped_channel_close(channel);
	if (!status)
		status = files_create("", samples->request->options, files_ret, error);
	return status ? status : add_images(samples, *files_ret, error);
}

enum emnist_status zipped_open_samples(const struct source_request *request,
				       const struct zipped_listing *listing,
				       struct source **source_ret, struct emnist_error *error)
{
	struct samples samples = {.request = request};
	struct files *files = NULL;
	struct emnist_error local;
	const enum emnist_status status = open_samples(&samples, listing, &files, &local);

	*source_ret = NULL;
	if (status && error)
		*error = local;
	if (!status)
		*source_ret = files_source(files);
	else if (files)
		source_close(files_source(files));
	emnist_json_free(samples.json);
	label_names_clear(&samples.labels);
	buffer_clear(&samples.bytes);
	free(samples.items);
	return status;
}
