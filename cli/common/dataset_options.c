/*
 * dataset_options.c - opens a dataset according to the command line.
 *
 * A bad image never stops a run: it is reported, counted and skipped.
 */
#include "dataset_options.h"
#include "../../lib/base/encoding.h"
#include "outputs.h"
#include "processors.h"
#include "progress.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the order of enum emnist_transpose, and of enum emnist_preprocess. */
const char *const dataset_transpose_names[] = {"auto", "yes", "no", NULL};
const char *const dataset_preprocess_names[] = {"auto", "raw", "normalize", NULL};

/* ---------------------------------------------------------------------- indices */

struct indices {
	uint32_t *values;
	size_t n;
	size_t capacity;
};

static bool indices_add(struct indices *indices, uint32_t value)
{
	if (indices->n == indices->capacity) {
		size_t capacity = indices->capacity ? 2 * indices->capacity : 1024;
		uint32_t *values = realloc(indices->values, capacity * sizeof(*values));

		if (!values)
			return false;
		indices->values = values;
		indices->capacity = capacity;
	}
	indices->values[indices->n++] = value;
	return true;
}

/* A whole line of decimal digits. */
static bool parse_index(const char *line, size_t nbytes, uint32_t *value_ret)
{
	uint64_t value = 0;

	for (size_t i = 0; i < nbytes; i++) {
		if (line[i] < '0' || line[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(line[i] - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*value_ret = (uint32_t)value;
	return true;
}

/*
 * The number of bytes before the first line's text; prints an error and returns false if it is not
 * text.
 */
static bool start_text(const char *path, const char *line, size_t nbytes, size_t *n_ret)
{
	struct emnist_error error;

	if (!encoding_mark(line, nbytes, n_ret, &error))
		return true;
	complain_of(path, &error);
	return false;
}

/* One line, with its end. */
static bool read_index(struct indices *indices, const char *path, size_t number, const char *line,
		       size_t nbytes)
{
	size_t n_mark = 0;
	uint32_t value;

	if (number == 1 && !start_text(path, line, nbytes, &n_mark))
		return false;
	line += n_mark;
	nbytes -= n_mark;
	if (nbytes && line[nbytes - 1] == '\n')
		nbytes--;
	if (nbytes && line[nbytes - 1] == '\r')
		nbytes--;
	if (!nbytes)
		return true;
	if (!parse_index(line, nbytes, &value)) {
		complain("'%s': line %zu: expected the number of an image: '%.*s'", path, number,
			 nbytes < 40 ? (int)nbytes : 40, line);
		return false;
	}
	if (!indices_add(indices, value)) {
		complain("out of memory");
		return false;
	}
	return true;
}

static bool read_indices(struct indices *indices, const char *path, FILE *file)
{
	char *line = NULL;
	size_t capacity = 0;
	bool good = true;
	ssize_t n;

	for (size_t number = 1; good && (n = getline(&line, &capacity, file)) >= 0; number++)
		good = read_index(indices, path, number, line, (size_t)n);
	/* Memory may run out in getline(), which is no error of the file. */
	if (good && !feof(file)) {
		complain("'%s': %s", path, strerror(errno));
		good = false;
	}
	free(line);
	return good;
}

/* Reads --indices, "-" being stdin: one decimal number per line, the first image being 0. Empty
 * lines are skipped; anything else is an error. Always free the values. */
static bool indices_read(struct indices *indices, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	bool good;

	if (!file) {
		complain("'%s': %s", path, strerror(errno));
		return false;
	}
	good = read_indices(indices, path, file);
	if (!is_stdin)
		fclose(file);
	return good;
}

/* ---------------------------------------------------------------------- dataset */

static int on_bad_image(void *context, const char *path, const struct emnist_error *error)
{
	struct dataset_settings *settings = context;

	if (settings->fail_fast)
		return 1;
	if (settings->again)
		return 0;
	settings->n_bad++;
	if (settings->quiet)
		return 0;
	progress_make_way();
	complain_of(path, error);
	return 0;
}

/* Assumptions are always reported: if one is wrong, so are the results. */
static void tell_assumed(const struct emnist_dataset *dataset, const char *path)
{
	static const char *const options[EMNIST_N_ASSUMED] = {
		[EMNIST_ASSUMED_TRANSPOSE] = "; --transpose overrides it",
		[EMNIST_ASSUMED_LABEL_COLUMN] = "; --label-column overrides it",
		[EMNIST_ASSUMED_MAPPING] = "; --mapping overrides it",
		[EMNIST_ASSUMED_HEADER] = "",
	};

	for (int kind = 0; kind < EMNIST_N_ASSUMED; kind++) {
		const char *text = emnist_dataset_assumed(dataset, (enum emnist_assumed)kind);

		if (text)
			complain("'%s': %s%s", path, text, options[kind]);
	}
}

static bool choose_indices(const struct dataset_settings *settings, struct indices *indices,
			   struct emnist_dataset_options *options)
{
	if (!indices_read(indices, settings->indices_path))
		return false;
	if (!indices->n)
		complain("'%s': names no image", settings->indices_path);
	options->indices = indices->values;
	options->n_indices = indices->n;
	return indices->n > 0;
}

struct emnist_dataset *dataset_open(struct dataset_settings *settings, const char *path,
				    enum emnist_preprocess usual)
{
	struct emnist_dataset_options options = {
		.labels_path = settings->idx_labels_path,
		.mapping_path = settings->mapping_path,
		.label_column = settings->label_column,
		.transpose = (enum emnist_transpose)settings->transpose,
		.split = settings->split,
		.donors = settings->donors,
		.without_donors = settings->without_donors,
		.preprocess = settings->preprocess < 0
				      ? usual
				      : (enum emnist_preprocess)settings->preprocess,
		.n_threads = thread_count(settings->n_threads),
		.bad_image = on_bad_image,
		.context = settings,
	};
	struct emnist_dataset *dataset = NULL;
	struct indices indices = {0};
	struct emnist_error error;

	if (settings->indices_path && !choose_indices(settings, &indices, &options))
		goto out;
	if (emnist_dataset_open(strcmp(path, "-") == 0 ? "/dev/stdin" : path, &options, &dataset,
				&error))
		complain_of(path, &error);
	if (dataset && !outputs_spare_dataset(dataset)) {
		emnist_dataset_free(dataset);
		dataset = NULL;
	}
	if (dataset && !settings->again)
		tell_assumed(dataset, path);
out:
	free(indices.values);
	return dataset;
}

bool datasets_check(const struct dataset_settings *settings, size_t n)
{
	const struct {
		const char *name, *value;
	} options[] = {
		{"--idx-labels", settings->idx_labels_path},
		{"--indices", settings->indices_path},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options) && n > 1; i++)
		if (options[i].value) {
			complain("%s: takes one dataset, but %zu are given", options[i].name, n);
			return false;
		}
	return true;
}

struct emnist_dataset *datasets_open(struct dataset_settings *settings,
				     const struct text_list *paths, enum emnist_preprocess usual)
{
	struct emnist_dataset **all = calloc(paths->n, sizeof(*all)), *joined = NULL;
	struct emnist_error error = {.message = "out of memory"};
	bool good = all && datasets_check(settings, paths->n);
	size_t n = 0;

	for (; good && n < paths->n; n += good) {
		all[n] = dataset_open(settings, paths->texts[n], usual);
		good = all[n] != NULL;
		if (good && settings->verbose)
			dataset_tell(all[n], paths->texts[n]);
	}
	if (!all || (good && emnist_dataset_join(all, n, &joined, &error)))
		complain("%s", error.message);
	while (!joined && n > 0)
		emnist_dataset_free(all[--n]);
	free(all);
	return joined;
}

const char *datasets_name(const struct text_list *paths, char name[static DATASETS_NAME_NBYTES])
{
	if (paths->n == 1)
		return paths->texts[0];
	snprintf(name, DATASETS_NAME_NBYTES, "%s and %zu more", paths->texts[0], paths->n - 1);
	return name;
}

void dataset_tell(const struct emnist_dataset *dataset, const char *path)
{
	complain("'%s': %llu images, %zu classes, %s", path,
		 (unsigned long long)emnist_dataset_count(dataset),
		 emnist_labels_count(emnist_dataset_labels(dataset)),
		 emnist_dataset_describe(dataset));
}

enum exit_status dataset_status(const struct dataset_settings *settings, enum exit_status status)
{
	if (settings->n_bad && settings->quiet)
		complain("%llu image file%s could not be read", (unsigned long long)settings->n_bad,
			 settings->n_bad == 1 ? "" : "s");
	return settings->n_bad && status == STATUS_OK ? STATUS_INPUT : status;
}
