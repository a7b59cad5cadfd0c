/* bench_files.c - runs the work of `emnist classify -f csv DIRECTORY` on generated files. */
#include "../classify/pipeline.h"
#include "../common/interrupt.h"
#include "../common/messages.h"
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As `emnist classify` has it. */
#define N_ROWS 128

/* The median of this many runs is enough, however short they are. */
#define MAX_RUNS 1001

static void image_path(const struct bench_folder *folder, size_t number, char *path, size_t size)
{
	snprintf(path, size, "%s/images/%06zu.png", folder->path, number);
}

static void part_path(const struct bench_folder *folder, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", folder->path, name);
}

static bool complain_of_errno(const char *path)
{
	complain("'%s': %s", path, strerror(errno));
	return false;
}

static bool write_file(const char *path, const struct bench_file *file)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n;

	if (fd < 0)
		return complain_of_errno(path);
	n = write(fd, file->bytes, file->nbytes);
	if (n >= 0 && (size_t)n < file->nbytes)
		errno = ENOSPC;
	if (close(fd) < 0 || (size_t)n != file->nbytes)
		return complain_of_errno(path);
	return true;
}

bool bench_folder_make(struct bench_folder *folder, const struct bench_data *data, size_t n_files)
{
	const char *parent = getenv("TMPDIR");
	char path[320];

	*folder = (struct bench_folder){.n_files = 0};
	if (!parent || !*parent || strlen(parent) > sizeof(folder->path) - 32)
		parent = "/tmp";
	snprintf(path, sizeof(path), "%s/emnist-bench-XXXXXX", parent);
	if (!mkdtemp(path))
		return complain_of_errno(parent);
	memcpy(folder->path, path, strlen(path) + 1);
	part_path(folder, "images", path, sizeof(path));
	if (mkdir(path, 0700) < 0)
		return complain_of_errno(path);
	while (folder->n_files < n_files && !interrupt_came()) {
		image_path(folder, folder->n_files, path, sizeof(path));
		folder->n_files++;
		if (!write_file(path, &data->files[(folder->n_files - 1) % BENCH_N_FILES]))
			return false;
	}
	return true;
}

void bench_folder_remove(struct bench_folder *folder)
{
	char path[320];

	if (!*folder->path)
		return;
	for (size_t i = 0; i < folder->n_files; i++) {
		image_path(folder, i, path, sizeof(path));
		unlink(path);
	}
	part_path(folder, "images", path, sizeof(path));
	rmdir(path);
	part_path(folder, "out.csv", path, sizeof(path));
	unlink(path);
	rmdir(folder->path);
}

/* One run, and how many files it went through. */
static bool classify(const struct bench_folder *folder, struct pipeline_options *options,
		     uint64_t *n_ret)
{
	char images[320], csv[320];
	const char *operand = images;
	const struct inputs_options names = {.operands = &operand, .n_operands = 1};
	struct progress progress = {.shown = false};
	struct pipeline_totals totals = {0};
	enum exit_status status = STATUS_FATAL;
	struct inputs *inputs;
	struct sink sink;

	part_path(folder, "images", images, sizeof(images));
	part_path(folder, "out.csv", csv, sizeof(csv));
	options->progress = &progress;
	inputs = inputs_open(&names);
	if (!inputs)
		return false;
	if (sink_open_now(&sink, csv)) {
		status = pipeline_run(options, inputs, &sink, &totals);
		status = sink_close(&sink, status);
	}
	*n_ret = totals.counts.n_inputs;
	return inputs_close(inputs, status) == STATUS_OK;
}

/* One run, and how many files a second it went through. */
static bool time_run(const struct bench_folder *folder, struct pipeline_options *options,
		     double *rate_ret)
{
	const double started = seconds_now();
	double elapsed;
	uint64_t n;

	if (!classify(folder, options, &n))
		return false;
	elapsed = seconds_now() - started;
	if (elapsed > 0)
		*rate_ret = (double)n / elapsed;
	else
		complain("%s", STOPWATCH_STANDS_STILL);
	return elapsed > 0;
}

static const char **names_of(const struct emnist_model *model, size_t *n_ret)
{
	const struct emnist_labels *labels = emnist_model_labels(model);
	const char **names;

	*n_ret = emnist_labels_count(labels);
	names = calloc(*n_ret, sizeof(*names));
	for (size_t i = 0; names && i < *n_ret; i++)
		names[i] = emnist_labels_text(labels, i);
	if (!names)
		complain("out of memory");
	return names;
}

bool bench_files_run(const struct bench_folder *folder, const struct emnist_model *model,
		     enum emnist_engine engine, unsigned n_threads, double seconds,
		     double *rate_ret)
{
	struct pipeline_options options = {.model = model,
					   .session = {.engine = engine},
					   .format = &output_csv,
					   .schema = {.n_top = 1, .min_probability = -1},
					   .n_rows = N_ROWS,
					   .n_threads = n_threads};
	const char **names = names_of(model, &options.schema.n_classes);
	const double started = seconds_now();
	bool good = names != NULL;
	double rates[MAX_RUNS];
	size_t n_runs = 0;

	options.schema.labels = names;
	/* The first run finds the files in no cache, and does not count. */
	good = good && time_run(folder, &options, rates);
	while (good && n_runs < MAX_RUNS && !interrupt_came() &&
	       (n_runs == 0 || seconds_now() - started < seconds))
		good = time_run(folder, &options, &rates[n_runs++]);
	free(names);
	*rate_ret = good && n_runs > 0 && !interrupt_came() ? median_of(rates, n_runs) : 0;
	return good;
}
