/*
 * outputs.c - writes results so that a failure is noticed; no output may be an input or written
 * twice.
 *
 * A process runs one command, so there is one list of inputs and one of outputs.
 */
#include "outputs.h"

#include "../../lib/io/mount_point.h"
#include "../../lib/io/write_all.h"
#include "interrupt.h"

#include <emnist_origin.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than any command has. */
#define MAX_OUTPUTS 8

static struct output {
	const char *name, *path;
	bool exists; /* as a regular file or a directory: */
	dev_t dev;
	ino_t ino;
} outputs[MAX_OUTPUTS];
static size_t n_outputs;

/* The recorded inputs. */
static const char **inputs;
static size_t n_inputs;

static bool is_file(const char *path)
{
	return path && *path && strcmp(path, "-") != 0;
}

static bool is_same(const struct output *output, const char *path)
{
	struct stat st;

	return output->exists && stat(path, &st) == 0 && st.st_dev == output->dev &&
	       st.st_ino == output->ino;
}

static const struct output *find(const char *path)
{
	for (size_t i = 0; i < n_outputs; i++)
		if (is_same(&outputs[i], path))
			return &outputs[i];
	return NULL;
}

bool outputs_have(const char *path)
{
	return find(path) != NULL;
}

static void complain_of_input(const struct output *output, const char *path)
{
	complain("%s: refusing to overwrite the input '%s'", output->name, path);
}

void outputs_complain(const char *path)
{
	const struct output *output = find(path);

	if (output)
		complain_of_input(output, path);
	else
		complain("refusing to overwrite the input '%s'", path);
}

/* ------------------------------------------------------------------------ outputs */

/* The folder of path, existing or not, and its name there. */
static const char *split(const char *path, char folder[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	const size_t n = !slash ? 0 : slash == path ? 1 : (size_t)(slash - path);

	if (n >= PATH_MAX)
		return NULL;
	memcpy(folder, n ? path : ".", n ? n : 1);
	folder[n ? n : 1] = '\0';
	return slash ? slash + 1 : path;
}

/* Whether both are the same file, existing or not. */
static bool lead_to_same(const struct output *a, const struct output *b)
{
	char folder_a[PATH_MAX], folder_b[PATH_MAX];
	const char *name_a = split(a->path, folder_a), *name_b = split(b->path, folder_b);
	struct stat st_a, st_b;

	if (a->exists || b->exists)
		return is_same(a, b->path);
	if (stat(a->path, &st_a) == 0 || stat(b->path, &st_b) == 0)
		return false;
	return name_a && name_b && strcmp(name_a, name_b) == 0 && stat(folder_a, &st_a) == 0 &&
	       stat(folder_b, &st_b) == 0 && st_a.st_dev == st_b.st_dev &&
	       st_a.st_ino == st_b.st_ino;
}

/* Whether the file at path must be overwritten in place, by the library's rule. */
static bool is_fixed(const char *path)
{
	char target[PATH_MAX], folder[PATH_MAX];
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	if (is_mount_point(path))
		return true;
	return realpath(path, target) && split(target, folder) && access(folder, W_OK | X_OK) < 0 &&
	       access(path, W_OK) == 0;
}

/* Examines the output's path. Devices and pipes may be several outputs, and inputs, too. */
static bool look(struct output *output)
{
	struct stat st;

	if (stat(output->path, &st) < 0)
		return true;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return false;
	output->exists = true;
	output->dev = st.st_dev;
	output->ino = st.st_ino;
	return true;
}

bool outputs_add(const char *name, const char *path)
{
	struct output *output = &outputs[n_outputs];

	if (!is_file(path) || n_outputs == MAX_OUTPUTS)
		return true;
	*output = (struct output){.name = name, .path = path};
	if (!look(output))
		return true;
	for (size_t i = 0; i < n_outputs; i++)
		if (lead_to_same(&outputs[i], output)) {
			complain("%s: '%s' is where %s goes", name, path, outputs[i].name);
			return false;
		}
	for (size_t i = 0; i < n_inputs; i++)
		if (is_same(output, inputs[i])) {
			complain_of_input(output, inputs[i]);
			return false;
		}
	n_outputs++;
	if (output->exists && is_fixed(path))
		complain("'%s': cannot be replaced; overwriting it in place", path);
	return true;
}

/* Why no file can be created or replaced at path; 0: it can. */
static int find_obstacle(const char *path)
{
	char target[PATH_MAX], folder[PATH_MAX];
	const char *name = split(realpath(path, target) ? target : path, folder);
	struct stat st;
	const bool exists = stat(path, &st) == 0;

	if (!name)
		return ENAMETOOLONG;
	if ((exists && S_ISDIR(st.st_mode)) || !*name)
		return *path ? EISDIR : ENOENT;
	if ((!exists || S_ISREG(st.st_mode)) && access(folder, W_OK | X_OK) == 0)
		return 0;
	return exists && access(path, W_OK) == 0 ? 0 : errno;
}

bool outputs_can_write(const char *path)
{
	const int failure = find_obstacle(path);

	if (failure)
		complain("'%s': cannot write there: %s", path, strerror(failure));
	return failure == 0;
}

/* ------------------------------------------------------------------------- inputs */

static bool note(const char *path)
{
	const char **more = realloc(inputs, (n_inputs + 1) * sizeof(*inputs));

	if (!more) {
		complain("out of memory");
		return false;
	}
	inputs = more;
	inputs[n_inputs++] = path;
	return true;
}

bool outputs_spare(const char *path)
{
	const struct output *output;

	if (!is_file(path))
		return true;
	output = find(path);
	if (output)
		complain_of_input(output, path);
	return !output && note(path);
}

/* The path of a model's file; name: below the model's directory. */
static bool locate(const char *path, const char *name, char located[PATH_MAX])
{
	char folder[PATH_MAX];
	struct stat st;
	int n;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		n = snprintf(located, PATH_MAX, "%s/%s", path, name);
	else if (split(path, folder))
		n = snprintf(located, PATH_MAX, "%s/%s", folder, name);
	else
		return false;
	return n > 0 && n < PATH_MAX;
}

bool outputs_spare_model(const struct emnist_model *model, const char *path)
{
	const struct emnist_origin *origin = emnist_model_origin(model);
	char located[PATH_MAX];

	if (!is_file(path))
		return true;
	for (size_t i = 0; origin && i < origin->n_files; i++) {
		const char *name = origin->files[i].name;

		if (name && locate(path, name, located) && outputs_have(located)) {
			outputs_complain(located);
			return false;
		}
	}
	return outputs_spare(path);
}

bool outputs_spare_dataset(struct emnist_dataset *dataset)
{
	for (size_t i = 0; i < n_outputs; i++) {
		struct emnist_error error;
		bool reads;

		if (!outputs[i].exists)
			continue;
		if (emnist_dataset_reads(dataset, outputs[i].path, &reads, &error)) {
			complain("%s", error.message);
			return false;
		}
		if (reads) {
			complain_of_input(&outputs[i], outputs[i].path);
			return false;
		}
	}
	return true;
}

bool outputs_spare_statistics(struct emnist_statistics *statistics)
{
	for (size_t i = 0; i < n_outputs; i++)
		if (emnist_statistics_reads(statistics, outputs[i].path)) {
			complain_of_input(&outputs[i], outputs[i].path);
			return false;
		}
	return true;
}

/* --------------------------------------------------------------------- writing */

static void complain_of_sink(const struct sink *sink)
{
	if (sink->path)
		complain_of(sink->path, &sink->error);
	else
		complain("standard output: %s", strerror(sink->failure));
}

bool sink_open_now(struct sink *sink, const char *path)
{
	*sink = (struct sink){.path = path};
	sink->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	if (sink->fd < 0)
		complain("'%s': cannot write: %s", path, strerror(errno));
	return sink->fd >= 0;
}

/* The name is copied, since a signal may come while the file is renamed. */
static void note_temporary(struct sink *sink)
{
	const char *name = outfile_temporary(sink->file);

	sink->temporary = name ? strdup(name) : NULL;
	if (sink->temporary)
		interrupt_remove(sink->temporary);
}

bool sink_open(struct sink *sink, const char *path)
{
	struct stat st;

	*sink = (struct sink){.fd = STDOUT_FILENO};
	if (!path || strcmp(path, "-") == 0)
		return true;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return sink_open_now(sink, path);
	*sink = (struct sink){.fd = -1, .path = path};
	if (outfile_open(path, &sink->file, &sink->error)) {
		complain_of_sink(sink);
		return false;
	}
	note_temporary(sink);
	return true;
}

bool sink_open_behind(struct sink *sink, const char *path, const char *part, uint64_t nbytes)
{
	*sink = (struct sink){.fd = -1, .path = path};
	if (outfile_open_behind(path, part, nbytes, &sink->file, &sink->error)) {
		complain_of_sink(sink);
		return false;
	}
	return true;
}

bool sink_flush(struct sink *sink)
{
	if (sink->file && !sink->failed)
		sink->failed = outfile_flush(sink->file, &sink->error) != EMNIST_OK;
	return !sink->failed;
}

/* failure: an errno; 0: none. */
static void note_failure(struct sink *sink, int failure)
{
	if (!failure)
		return;
	sink->failed = true;
	sink->failure = failure;
	snprintf(sink->error.message, sizeof(sink->error.message), "cannot write: %s",
		 strerror(failure));
}

bool sink_write(struct sink *sink, const void *bytes, size_t nbytes)
{
	if (sink->failed)
		return false;
	if (sink->file) {
		sink->failed = outfile_write(sink->file, bytes, nbytes, &sink->error) != EMNIST_OK;
		return !sink->failed;
	}
	note_failure(sink, write_all(sink->fd, bytes, nbytes));
	return !sink->failed;
}

enum exit_status sink_close(struct sink *sink, enum exit_status status)
{
	if (sink->file && !sink->failed && status != STATUS_FATAL)
		sink->failed = outfile_commit(sink->file, &sink->error) != EMNIST_OK;
	/* Some file systems report a full disk only now. */
	if (!sink->file && close(sink->fd) < 0 && !sink->failed && errno != EINTR)
		note_failure(sink, errno);
	outfile_free(sink->file);
	if (sink->temporary)
		interrupt_keep(sink->temporary);
	free(sink->temporary);
	if (!sink->failed || sink->failure == EPIPE)
		return status;
	complain_of_sink(sink);
	return STATUS_FATAL;
}

enum exit_status sink_put(const char *path, const void *bytes, size_t nbytes)
{
	struct sink sink;

	if (!sink_open(&sink, path))
		return STATUS_FATAL;
	sink_write(&sink, bytes, nbytes);
	return sink_close(&sink, STATUS_OK);
}

enum exit_status sink_put_text(const char *path, struct text *text)
{
	enum exit_status status = STATUS_FATAL;

	if (text->failed)
		complain("out of memory");
	else
		status = sink_put(path, text->bytes, text->nbytes);
	text_release(text);
	return status;
}
