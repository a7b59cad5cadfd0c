/*
 * dataset_options.c - opening a dataset as the command line asks for it.
 *
 * A bad image never stops a run: it is said, counted, and left out.
 */
#include "dataset_options.h"
#include "indices.h"
#include "outputs.h"
#include "progress.h"

#include <stdlib.h>

/* In the order of enum emnist_transpose, and of enum emnist_preprocess. */
const char *const dataset_transpose_names[] = {"auto", "yes", "no", NULL};
const char *const dataset_preprocess_names[] = {"auto", "raw", "normalize", NULL};

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

/* What was taken for granted is said always: where it is wrong, so is everything else. */
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

struct emnist_dataset *dataset_open(struct dataset_settings *settings, const char *path,
				    enum emnist_preprocess usual)
{
	struct emnist_dataset_options options = {
		.labels_path = settings->idx_labels_path,
		.mapping_path = settings->mapping_path,
		.label_column = settings->label_column,
		.transpose = (enum emnist_transpose)settings->transpose,
		.split = settings->split,
		.preprocess = settings->preprocess < 0
				      ? usual
				      : (enum emnist_preprocess)settings->preprocess,
		.n_threads =
			settings->n_threads ? (unsigned)settings->n_threads : processor_count(),
		.bad_image = on_bad_image,
		.context = settings,
	};
	struct emnist_dataset *dataset = NULL;
	struct indices indices = {0};
	struct emnist_error error;

	if (settings->indices_path) {
		if (!indices_read(&indices, settings->indices_path))
			goto out;
		if (!indices.n) {
			complain("'%s': names no image", settings->indices_path);
			goto out;
		}
		options.indices = indices.values;
		options.n_indices = indices.n;
	}
	if (emnist_dataset_open(path, &options, &dataset, &error))
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
