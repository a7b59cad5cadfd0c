/*
 * write_images.c - writes a dataset as PNG files, in one folder per class or all in one, and
 * labels.csv, a list of them.
 *
 * Threads share the files of one call; the list is written in order. It gets its name at the end,
 * so a folder without labels.csv is incomplete.
 */
#include "../base/memory.h"
#include "../base/ordered.h"
#include "../io/write_all.h"
#include "writer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files that a thread takes at once. */
#define SHARE 64

/* "000123-A_caps.png", and the longest number. */
#define FILE_MAX (20 + 1 + WRITER_FOLDER_MAX + 4)

struct class_name {
	char name[WRITER_FOLDER_MAX];
	bool made; /* its folder exists */
};

struct images_writer {
	struct emnist_writer writer;
	bool flat;
	unsigned n_threads;
	char *path;
	struct class_name *names; /* (count of labels) */
	struct outfile *list;
};

/* One call of add(), between its threads. */
struct images_job {
	const struct images_writer *w;
	const struct writer_batch *batch;
	size_t n_produced;
	struct emnist_error error; /* of the first share that failed */
};

/* The content of a slot. */
struct share {
	size_t first, n;
	struct emnist_error error;
};

/* ---------------------------------------------------------------------- folders */

static enum emnist_status make_folder(const char *path, struct emnist_error *error)
{
	struct stat st;

	if (mkdir(path, 0777) == 0 ||
	    (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return EMNIST_OK;
	return error_errno(error, errno == EEXIST ? ENOTDIR : errno, "cannot make the folder");
}

/* Files of an older export must not mix with those of this one. */
static enum emnist_status check_empty(const char *path, struct emnist_error *error)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	bool empty = true;

	if (!folder)
		return error_errno(error, errno, NULL);
	while ((entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			empty = false;
	closedir(folder);
	return empty ? EMNIST_OK : error_set(error, EMNIST_ERR_ARGUMENT, "the folder is not empty");
}

static enum emnist_status name_classes(struct images_writer *w, struct emnist_error *error)
{
	const size_t n_classes = emnist_labels_count(w->writer.labels);

	w->names = alloc_zeroed(n_classes, sizeof(*w->names));
	if (!w->names)
		return error_memory(error);
	for (size_t i = 0; i < n_classes; i++)
		if (!writer_folder_name(w->writer.labels, i, w->names[i].name))
			return error_set(
				error, EMNIST_ERR_UNSUPPORTED,
				"class %zu has too many characters for the name of a folder", i);
	return EMNIST_OK;
}

static enum emnist_status open_list(struct images_writer *w, struct emnist_error *error)
{
	static const char header[] = "path,label\n";
	enum emnist_status status =
		writer_open(&w->writer, w->path, strlen(w->path), "/labels.csv", &w->list, error);

	return status ? status : outfile_write(w->list, header, sizeof(header) - 1, error);
}

static enum emnist_status images_create(struct emnist_writer *writer, const char *path,
					const struct emnist_writer_options *options,
					struct emnist_error *error)
{
	struct images_writer *w = (struct images_writer *)writer;
	enum emnist_status status;

	w->n_threads = options->n_threads ? options->n_threads : 1;
	w->path = strdup(path);
	status = w->path ? name_classes(w, error) : error_memory(error);
	if (!status)
		status = make_folder(path, error);
	if (!status && !options->into_filled)
		status = check_empty(path, error);
	return status ? status : open_list(w, error);
}

static enum emnist_status folders_create(struct emnist_writer *writer, const char *path,
					 const struct emnist_writer_options *options,
					 struct emnist_error *error)
{
	return images_create(writer, path, options, error);
}

static enum emnist_status flat_create(struct emnist_writer *writer, const char *path,
				      const struct emnist_writer_options *options,
				      struct emnist_error *error)
{
	((struct images_writer *)writer)->flat = true;
	return images_create(writer, path, options, error);
}

/* ------------------------------------------------------------------------ files */

/* The path of an image below the folder; to: 2 x FILE_MAX bytes. */
static void name_file(const struct images_writer *w, const struct writer_batch *batch, size_t i,
		      char *to)
{
	const char *class = w->names[batch->classes[i]].name;

	if (!w->flat)
		to += sprintf(to, "%s/", class);
	sprintf(to, "%06llu-%s.png", (unsigned long long)batch->numbers[i], class);
}

/*
 * Creates a new file, even if one with this name exists: another process may still be writing that.
 */
static enum emnist_status open_new(const struct images_writer *w, const char *path, int *fd_ret,
				   struct emnist_error *error)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY;
	enum emnist_status status;

	*fd_ret = open(path, flags, 0666);
	if (*fd_ret < 0 && errno == EEXIST) {
		status = writer_spare(&w->writer, path, error);
		if (status)
			return status;
		if (unlink(path) == 0 || errno == ENOENT)
			*fd_ret = open(path, flags, 0666);
	}
	return *fd_ret < 0 ? error_errno(error, errno, NULL) : EMNIST_OK;
}

static enum emnist_status write_file(const struct images_writer *w, const char *path,
				     const void *bytes, size_t nbytes, struct emnist_error *error)
{
	int failure, fd;
	const enum emnist_status status = open_new(w, path, &fd, error);

	if (status)
		return status;
	failure = write_all(fd, bytes, nbytes);
	if (close(fd) < 0 && !failure)
		failure = errno;
	if (failure)
		unlink(path);
	return failure ? error_errno(error, failure, NULL) : EMNIST_OK;
}

static enum emnist_status write_image(const struct images_job *job, size_t i,
				      struct emnist_error *error)
{
	const uint8_t *pixels = job->batch->pixels + i * EMNIST_VECTOR_LENGTH;
	char file[2 * FILE_MAX + 1] = "/", *path;
	enum emnist_status status;
	size_t nbytes;
	void *png;

	name_file(job->w, job->batch, i, file + 1);
	path = writer_name(job->w->path, strlen(job->w->path), file);
	status = path ? writer_png(pixels, &png, &nbytes, error) : error_memory(error);
	if (!status) {
		status = write_file(job->w, path, png, nbytes, error);
		if (status)
			status = error_prefix(error, status, file + 1);
		free(png);
	}
	free(path);
	return status;
}

/* ---------------------------------------------------------------------- threads */

/* Workers have no state, but NULL would mean failure. */
static void *worker_make(void *context)
{
	return context;
}

static void worker_free(void *context, void *worker)
{
	(void)context;
	(void)worker;
}

static bool produce(void *context, void *slot)
{
	struct images_job *job = context;
	struct share *share = slot;
	const size_t left = job->batch->n - job->n_produced;

	*share = (struct share){.first = job->n_produced, .n = left < SHARE ? left : SHARE};
	job->n_produced += share->n;
	return share->n > 0;
}

static void work(void *context, void *worker, void *slot)
{
	const struct images_job *job = context;
	struct share *share = slot;

	(void)worker;
	for (size_t i = 0; i < share->n && !share->error.code; i++)
		write_image(job, share->first + i, &share->error);
}

static bool consume(void *context, void *slot)
{
	struct images_job *job = context;
	const struct share *share = slot;

	job->error = share->error;
	return !share->error.code;
}

static enum emnist_status write_images(const struct images_writer *w,
				       const struct writer_batch *batch, struct emnist_error *error)
{
	struct images_job job = {.w = w, .batch = batch};
	const struct ordered_options options = {
		.n_workers = w->n_threads,
		.context = &job,
		.slot_nbytes = sizeof(struct share),
		.worker_make = worker_make,
		.worker_free = worker_free,
		.produce = produce,
		.work = work,
		.consume = consume,
	};
	const enum emnist_status status = ordered_run(&options, error);

	if (job.error.code && error)
		*error = job.error;
	return job.error.code ? job.error.code : status;
}

/* ------------------------------------------------------------------------- list */

/* Makes the folders of the classes that are seen for the first time. */
static enum emnist_status make_folders(struct images_writer *w, const struct writer_batch *batch,
				       struct emnist_error *error)
{
	for (size_t i = 0; i < batch->n && !w->flat; i++) {
		struct class_name *class = &w->names[batch->classes[i]];
		char name[WRITER_FOLDER_MAX + 1] = "/", *path;
		enum emnist_status status;

		if (class->made)
			continue;
		strcat(name, class->name);
		path = writer_name(w->path, strlen(w->path), name);
		status = path ? make_folder(path, error) : error_memory(error);
		free(path);
		if (status)
			return status;
		class->made = true;
	}
	return EMNIST_OK;
}

/* A label as a field of CSV (RFC 4180); at most LABELS_MAX_CHARACTERS characters, each doubled. */
static size_t put_label(char *line, const char *label)
{
	const bool quoted = label[strcspn(label, ",\"")] != '\0';
	char *at = line;

	if (!quoted)
		return (size_t)sprintf(line, "%s", label);
	*at++ = '"';
	for (; *label; label++) {
		if (*label == '"')
			*at++ = '"';
		*at++ = *label;
	}
	*at++ = '"';
	return (size_t)(at - line);
}

static enum emnist_status add_to_list(struct images_writer *w, const struct writer_batch *batch,
				      struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	for (size_t i = 0; i < batch->n && !status; i++) {
		char line[2 * FILE_MAX + 1024];
		size_t n;

		name_file(w, batch, i, line);
		n = strlen(line);
		line[n++] = ',';
		n += put_label(line + n, emnist_labels_text(w->writer.labels, batch->classes[i]));
		line[n++] = '\n';
		status = outfile_write(w->list, line, n, error);
	}
	return status;
}

static enum emnist_status images_add(struct emnist_writer *writer, const struct writer_batch *batch,
				     struct emnist_error *error)
{
	struct images_writer *w = (struct images_writer *)writer;
	enum emnist_status status = make_folders(w, batch, error);

	if (!status)
		status = write_images(w, batch, error);
	return status ? status : add_to_list(w, batch, error);
}

static enum emnist_status images_finish(struct emnist_writer *writer, struct emnist_error *error)
{
	return outfile_commit(((struct images_writer *)writer)->list, error);
}

static void images_free(struct emnist_writer *writer)
{
	struct images_writer *w = (struct images_writer *)writer;

	outfile_free(w->list);
	free(w->names);
	free(w->path);
}

const struct writer_form writer_folders = {folders_create, images_add, images_finish, images_free,
					   sizeof(struct images_writer)};
const struct writer_form writer_flat = {flat_create, images_add, images_finish, images_free,
					sizeof(struct images_writer)};
