/*
 * files.c - a dataset whose images are separate files, decoded when they are read.
 *
 * An image is first preprocessed into a vector, and then turned into bytes as in all datasets. An
 * image that is EMNIST's already comes out unchanged.
 *
 * If images are read in order and threads are available, these read ahead. Each image's result,
 * pixels or an error, waits until it is requested.
 *
 * Files in an archive come in its order, not in the dataset's. They are kept in memory as they are,
 * at half a kilobyte per character.
 */
#include "files.h"

#include "../base/memory.h"
#include "../base/ordered.h"
#include "../io/path.h"
#include "../labels/class_names.h"
#include "../labels/labels.h"
#include "listing.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Images that are read ahead, a thread, and those of them that a thread takes at once. */
#define AHEAD 64
#define SHARE 8

/* What was read of the images from `first` on. */
struct ahead {
	unsigned n_threads;
	uint32_t first, n;
	uint32_t next;               /* the next index expected when images are read in order */
	uint8_t *pixels;             /* (AHEAD x n_threads, 784) */
	struct emnist_error *errors; /* (AHEAD x n_threads); code EMNIST_OK: there are pixels */
};

/* An image in an archive. */
struct held {
	enum { HELD_MISSING, HELD_BYTES, HELD_FAULT } kind;
	size_t at, nbytes; /* in bytes, or in faults */
};

struct files {
	struct source source;
	struct emnist_reader *reader;
	struct emnist_reader_options reader_options;
	struct ahead ahead;
	char *root;
	char *path;            /* of the image requested last */
	struct buffer paths;   /* terminated, one after the other */
	struct buffer offsets; /* of size_t: each one's start in paths */
	struct buffer classes; /* of uint16_t */
	uint64_t n_passed_over;
	char *archive;        /* its path; NULL: images are files on the disk */
	struct held *held;    /* (count), in an archive */
	struct buffer bytes;  /* of the images in it */
	struct buffer faults; /* of struct emnist_error */
};

/* Freed with free(). */
static char *join_path(const struct files *files, uint32_t index)
{
	const char *path = (const char *)files->paths.data +
			   ((const size_t *)(const void *)files->offsets.data)[index];

	return *path == '/' || !*files->root ? strdup(path) : path_join(files->root, path);
}

static const char *path_of(struct source *source, uint32_t index)
{
	struct files *files = (struct files *)source;
	char *name = join_path(files, index);

	free(files->path);
	files->path = name;
	if (name && files->archive) {
		if (asprintf(&files->path, "%s!%s", files->archive, name) < 0)
			files->path = NULL;
		free(name);
	}
	return files->path;
}

static enum emnist_status read_held(const struct files *files, struct emnist_reader *reader,
				    uint32_t index, float *vector, struct emnist_error *error)
{
	const struct held *held = &files->held[index];
	struct emnist_error fault;

	if (held->kind == HELD_BYTES)
		return emnist_read_bytes(reader, files->bytes.data + held->at, held->nbytes, vector,
					 error);
	if (held->kind == HELD_MISSING)
		return error_set(error, EMNIST_ERR_CORRUPT, "not in the archive");
	memcpy(&fault, files->faults.data + held->at, sizeof(fault));
	if (error)
		*error = fault;
	return fault.code;
}

static enum emnist_status read_disk(const struct files *files, struct emnist_reader *reader,
				    uint32_t index, float *vector, struct emnist_error *error)
{
	char *path = join_path(files, index);
	const enum emnist_status status =
		path ? emnist_read_file(reader, path, vector, error) : error_memory(error);

	free(path);
	return status;
}

static enum emnist_status read_one(const struct files *files, struct emnist_reader *reader,
				   uint32_t index, uint8_t *pixels, struct emnist_error *error)
{
	float vector[EMNIST_VECTOR_LENGTH];
	const enum emnist_status status =
		(files->archive ? read_held : read_disk)(files, reader, index, vector, error);

	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH && !status; i++)
		pixels[i] = (uint8_t)lrintf(vector[i] * 255);
	return status;
}

/* --------------------------------------------------------------------- ahead */

/* The content of a slot: some of the images that are read ahead. */
struct share {
	uint32_t first, n;
};

struct ahead_job {
	struct files *files;
	uint32_t n_produced;
};

static void *reader_make(void *context)
{
	const struct ahead_job *job = context;
	struct emnist_reader *reader;

	return emnist_reader_create(&job->files->reader_options, &reader, NULL) ? NULL : reader;
}

static void reader_free(void *context, void *worker)
{
	(void)context;
	emnist_reader_free(worker);
}

static bool produce(void *context, void *slot)
{
	struct ahead_job *job = context;
	struct share *share = slot;
	const uint32_t left = job->files->ahead.n - job->n_produced;

	*share = (struct share){job->n_produced, left < SHARE ? left : SHARE};
	job->n_produced += share->n;
	return share->n > 0;
}

static void work(void *context, void *worker, void *slot)
{
	const struct ahead_job *job = context;
	const struct ahead *ahead = &job->files->ahead;
	const struct share *share = slot;

	for (uint32_t i = share->first; i < share->first + share->n; i++) {
		ahead->errors[i].code = EMNIST_OK;
		read_one(job->files, worker, ahead->first + i,
			 ahead->pixels + (size_t)i * EMNIST_VECTOR_LENGTH, &ahead->errors[i]);
	}
}

static bool consume(void *context, void *slot)
{
	(void)context;
	(void)slot;
	return true;
}

/* Reads ahead from index on. */
static enum emnist_status read_ahead(struct files *files, uint32_t index,
				     struct emnist_error *error)
{
	struct ahead_job job = {.files = files};
	struct ahead *ahead = &files->ahead;
	const uint32_t most = AHEAD * ahead->n_threads, left = files->source.count - index;
	const struct ordered_options options = {
		.n_workers = ahead->n_threads,
		.context = &job,
		.slot_nbytes = sizeof(struct share),
		.worker_make = reader_make,
		.worker_free = reader_free,
		.produce = produce,
		.work = work,
		.consume = consume,
	};
	enum emnist_status status;

	if (!ahead->pixels) {
		ahead->pixels = alloc_array(most, EMNIST_VECTOR_LENGTH);
		ahead->errors = alloc_zeroed(most, sizeof(*ahead->errors));
	}
	if (!ahead->pixels || !ahead->errors)
		return error_memory(error);
	ahead->first = index;
	ahead->n = left < most ? left : most;
	status = ordered_run(&options, error);
	if (status)
		ahead->n = 0;
	return status;
}

static enum emnist_status read_image(struct files *files, uint32_t index, uint8_t *pixels,
				     struct emnist_error *error)
{
	struct ahead *ahead = &files->ahead;
	const bool in_order = index == ahead->next;
	enum emnist_status status = EMNIST_OK;
	uint32_t at;

	ahead->next = index + 1;
	if (ahead->n_threads < 2 || !in_order)
		return read_one(files, files->reader, index, pixels, error);
	if (index < ahead->first || index - ahead->first >= ahead->n)
		status = read_ahead(files, index, error);
	if (status)
		return status;
	at = index - ahead->first;
	if (ahead->errors[at].code) {
		if (error)
			*error = ahead->errors[at];
		return ahead->errors[at].code;
	}
	memcpy(pixels, ahead->pixels + (size_t)at * EMNIST_VECTOR_LENGTH, EMNIST_VECTOR_LENGTH);
	return EMNIST_OK;
}

static enum emnist_status read_files(struct source *source, uint32_t index, size_t n,
				     uint8_t *pixels, struct emnist_error *error)
{
	struct files *files = (struct files *)source;
	enum emnist_status status = EMNIST_OK;

	for (size_t k = 0; k < n && !status; k++)
		status = read_image(files, index + (uint32_t)k, pixels + k * EMNIST_VECTOR_LENGTH,
				    error);
	return status;
}

static void close_files(struct source *source)
{
	struct files *files = (struct files *)source;

	emnist_reader_free(files->reader);
	free(files->ahead.pixels);
	free(files->ahead.errors);
	free(files->root);
	free(files->path);
	buffer_clear(&files->paths);
	buffer_clear(&files->offsets);
	buffer_clear(&files->classes);
	free(files->archive);
	free(files->held);
	buffer_clear(&files->bytes);
	buffer_clear(&files->faults);
	source_clear(source);
	free(files);
}

static const struct source_ops ops = {.read = read_files, .close = close_files, .path = path_of};

enum emnist_status files_create(const char *root, const struct emnist_dataset_options *options,
				struct files **files_ret, struct emnist_error *error)
{
	const struct emnist_reader_options reader = {.limits = options->limits,
						     .preprocess = options->preprocess};
	struct files *files = alloc_zeroed(1, sizeof(*files));
	enum emnist_status status;

	*files_ret = NULL;
	if (!files)
		return error_memory(error);
	files->reader_options = reader;
	files->ahead.n_threads = options->n_threads;
	files->source.ops = &ops;
	files->source.separate = true;
	files->root = strdup(root);
	status = files->root ? emnist_reader_create(&reader, &files->reader, error)
			     : error_memory(error);
	if (status)
		close_files(&files->source);
	else
		*files_ret = files;
	return status;
}

enum emnist_status files_add(struct files *files, const char *path, size_t class,
			     struct emnist_error *error)
{
	const size_t n = files->source.count, nbytes = strlen(path) + 1;

	if (n == SOURCE_MAX_COUNT || class >= LABELS_MAX_COUNT)
		return error_set(error, EMNIST_ERR_LIMIT, "more than %u images or %d classes",
				 SOURCE_MAX_COUNT, LABELS_MAX_COUNT);
	if (!buffer_reserve(&files->paths, files->paths.nbytes + nbytes) ||
	    !buffer_reserve(&files->offsets, (n + 1) * sizeof(size_t)) ||
	    !buffer_reserve(&files->classes, (n + 1) * sizeof(uint16_t)))
		return error_memory(error);
	((size_t *)(void *)files->offsets.data)[n] = files->paths.nbytes;
	((uint16_t *)(void *)files->classes.data)[n] = (uint16_t) class;
	memcpy(files->paths.data + files->paths.nbytes, path, nbytes);
	files->paths.nbytes += nbytes;
	files->source.count++;
	return EMNIST_OK;
}

void files_pass_over(struct files *files, uint64_t n_files)
{
	files->n_passed_over = n_files;
	files->source.takes_all = true;
}

/* what: how classes are named. */
static bool describe(struct files *files, const char *what, const char *rule)
{
	const unsigned long long n = files->n_passed_over;

	return n ? source_describe(&files->source, "%s %s, %llu other file%s skipped", what, rule,
				   n, n == 1 ? "" : "s")
		 : source_describe(&files->source, "%s %s", what, rule);
}

enum emnist_status files_name_classes(struct files *files, const char *const *names, size_t n,
				      const struct emnist_labels *mapping, const char *what,
				      struct emnist_error *error)
{
	uint16_t *values = alloc_array(n, sizeof(*values));
	enum emnist_status status;
	const char *rule;

	if (!values)
		return error_memory(error);
	status = class_names_read(names, n, mapping, values, &files->source.labels, &rule, error);
	if (!status) {
		/* The classes are converted to values in place. */
		files->source.values = (uint16_t *)(void *)files->classes.data;
		files->classes = (struct buffer){0};
		for (uint32_t i = 0; i < files->source.count; i++)
			files->source.values[i] = values[files->source.values[i]];
		if (!describe(files, what, rule))
			status = error_memory(error);
	}
	free(values);
	return status;
}

struct source *files_source(struct files *files)
{
	return &files->source;
}

/* --------------------------------------------------------------------- archives */

struct files *files_of(struct source *source)
{
	return (struct files *)source;
}

enum emnist_status files_detach(struct files *files, const char *archive,
				struct emnist_error *error)
{
	files->archive = strdup(archive);
	files->held = alloc_zeroed(files->source.count, sizeof(*files->held));
	return files->archive && files->held ? EMNIST_OK : error_memory(error);
}

char *files_member(const struct files *files, uint32_t index)
{
	return join_path(files, index);
}

/* Appends to bytes or faults. */
static bool hold(struct files *files, uint32_t index, struct buffer *buffer, const void *bytes,
		 size_t nbytes)
{
	files->held[index].at = buffer->nbytes;
	files->held[index].nbytes = nbytes;
	if (!buffer_reserve(buffer, buffer->nbytes + nbytes))
		return false;
	if (nbytes)
		memcpy(buffer->data + buffer->nbytes, bytes, nbytes);
	buffer->nbytes += nbytes;
	return true;
}

enum emnist_status files_hold(struct files *files, uint32_t index, const void *bytes, size_t nbytes,
			      struct emnist_error *error)
{
	if (nbytes > FILES_HELD_MAX_NBYTES - files->bytes.nbytes)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "the image files in the archive have more than %llu bytes",
				 (unsigned long long)FILES_HELD_MAX_NBYTES);
	files->held[index].kind = HELD_BYTES;
	return hold(files, index, &files->bytes, bytes, nbytes) ? EMNIST_OK : error_memory(error);
}

enum emnist_status files_hold_fault(struct files *files, uint32_t index,
				    const struct emnist_error *fault, struct emnist_error *error)
{
	files->held[index].kind = HELD_FAULT;
	return hold(files, index, &files->faults, fault, sizeof(*fault)) ? EMNIST_OK
									 : error_memory(error);
}

void files_hold_same(struct files *files, uint32_t index, uint32_t other)
{
	files->held[index] = files->held[other];
}
