/*
 * write_shards.c - writes a dataset as tar archives, as webdataset reads them: for each image
 * 000123.png, 000123.cls with the class's index, and 000123.json with its label.
 *
 * Headers are those of POSIX's ustar, without owners and times: the same dataset makes the same
 * bytes. Threads encode shares of the images, which are written in order.
 */
#include "../base/memory.h"
#include "../base/ordered.h"
#include "../labels/labels.h"
#include "writer.h"

#include <stdio.h>
#include <string.h>

#define BLOCK_NBYTES 512
#define END_NBYTES   ((size_t)2 * BLOCK_NBYTES)

/* Each is an open file until all get their names. */
#define MAX_SHARDS 512

/* Images that a thread takes at once. */
#define SHARE 64

/* Of a label in JSON; each of its bytes may take six. */
#define JSON_MAX_NBYTES (6 * 1024 + 64)

struct shards_writer {
	struct emnist_writer writer;
	unsigned n_threads;
	char *stem; /* of several shards, or the path of the only one */
	uint64_t shard_nbytes;
	struct outfile *shards[MAX_SHARDS]; /* (n) */
	size_t n;
};

/* One call of add(), between its threads. */
struct shards_job {
	struct shards_writer *w;
	const struct writer_batch *batch;
	size_t n_produced;
	struct emnist_error error; /* of the first share that failed */
};

/* The content of a slot. */
struct share {
	size_t first, n;
	struct buffer bytes;
	size_t ends[SHARE]; /* (n) where the files of each image end */
	struct emnist_error error;
};

/* ---------------------------------------------------------------------- headers */

struct tar_header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type;
	char link[100], magic[6], version[2], rest[247];
};
_Static_assert(sizeof(struct tar_header) == BLOCK_NBYTES, "one block");

static bool put_file(struct buffer *buffer, uint64_t number, const char *ending, const void *bytes,
		     size_t nbytes)
{
	const size_t padded = (nbytes + BLOCK_NBYTES - 1) / BLOCK_NBYTES * BLOCK_NBYTES;
	struct tar_header header = {.mode = "0000644",
				    .uid = "0000000",
				    .gid = "0000000",
				    .mtime = "00000000000",
				    .checksum = "       ",
				    .type = '0',
				    .magic = "ustar",
				    .version = {'0', '0'}};
	const unsigned char *at = (const unsigned char *)&header;
	unsigned sum = 0;

	if (!buffer_reserve(buffer, buffer->nbytes + sizeof(header) + padded))
		return false;
	snprintf(header.name, sizeof(header.name), "%06llu.%s", (unsigned long long)number, ending);
	snprintf(header.size, sizeof(header.size), "%011zo", nbytes);
	header.checksum[7] = ' ';
	for (size_t i = 0; i < sizeof(header); i++)
		sum += at[i];
	snprintf(header.checksum, sizeof(header.checksum), "%06o", sum);
	memcpy(buffer->data + buffer->nbytes, &header, sizeof(header));
	buffer->nbytes += sizeof(header);
	memcpy(buffer->data + buffer->nbytes, bytes, nbytes);
	memset(buffer->data + buffer->nbytes + nbytes, 0, padded - nbytes);
	buffer->nbytes += padded;
	return true;
}

/* {"label":"A"} */
static int put_json(char json[static JSON_MAX_NBYTES], const char *label)
{
	char *at = json + sprintf(json, "{\"label\":\"");

	for (; *label && at - json < JSON_MAX_NBYTES - 16; label++) {
		if ((unsigned char)*label < 0x20)
			at += sprintf(at, "\\u%04x", (unsigned)*label);
		else if (*label == '"' || *label == '\\')
			at += sprintf(at, "\\%c", *label);
		else
			*at++ = *label;
	}
	at += sprintf(at, "\"}\n");
	return (int)(at - json);
}

/* The three files of image i. */
static enum emnist_status put_sample(const struct shards_job *job, size_t i, struct buffer *buffer,
				     struct emnist_error *error)
{
	const struct writer_batch *batch = job->batch;
	const struct emnist_labels *labels = job->w->writer.labels;
	const uint64_t number = batch->numbers[i];
	char index[16], json[JSON_MAX_NBYTES];
	enum emnist_status status;
	size_t nbytes;
	void *png;
	bool good;

	status = writer_png(batch->pixels + i * EMNIST_VECTOR_LENGTH, &png, &nbytes, error);
	if (status)
		return status;
	good = put_file(buffer, number, "png", png, nbytes);
	free(png);
	nbytes = (size_t)sprintf(index, "%u\n", labels_index(labels, batch->classes[i]));
	good = good && put_file(buffer, number, "cls", index, nbytes);
	nbytes = (size_t)put_json(json, emnist_labels_text(labels, batch->classes[i]));
	good = good && put_file(buffer, number, "json", json, nbytes);
	return good ? EMNIST_OK : error_memory(error);
}

/* ----------------------------------------------------------------------- shards */

static enum emnist_status open_shard(struct shards_writer *w, struct emnist_error *error)
{
	char ending[24] = "";
	enum emnist_status status;

	if (w->n == MAX_SHARDS)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "more than %d shards: choose a larger size", MAX_SHARDS);
	if (w->shard_nbytes)
		snprintf(ending, sizeof(ending), "-%06zu.tar", w->n);
	status = writer_open(&w->writer, w->stem, strlen(w->stem), ending, &w->shards[w->n], error);
	w->n += !status;
	return status;
}

static enum emnist_status end_shard(struct outfile *shard, struct emnist_error *error)
{
	static const unsigned char zeros[END_NBYTES];

	return outfile_write(shard, zeros, sizeof(zeros), error);
}

static enum emnist_status write_sample(struct shards_writer *w, const void *bytes, size_t nbytes,
				       struct emnist_error *error)
{
	struct outfile *shard = w->shards[w->n - 1];
	const uint64_t before = outfile_nbytes(shard);
	enum emnist_status status = EMNIST_OK;

	if (w->shard_nbytes && before > 0 && before + nbytes + END_NBYTES > w->shard_nbytes) {
		status = end_shard(shard, error);
		if (!status)
			status = open_shard(w, error);
	}
	return status ? status : outfile_write(w->shards[w->n - 1], bytes, nbytes, error);
}

static enum emnist_status shards_create(struct emnist_writer *writer, const char *path,
					const struct emnist_writer_options *options,
					struct emnist_error *error)
{
	struct shards_writer *w = (struct shards_writer *)writer;
	const size_t n = strlen(path);
	const bool has_ending = n > 4 && strcmp(path + n - 4, ".tar") == 0;

	w->n_threads = options->n_threads ? options->n_threads : 1;
	w->shard_nbytes = options->shard_nbytes;
	w->stem = strndup(path, has_ending && w->shard_nbytes ? n - 4 : n);
	return w->stem ? open_shard(w, error) : error_memory(error);
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

static void *slot_make(void *context)
{
	(void)context;
	return alloc_zeroed(1, sizeof(struct share));
}

static void slot_free(void *context, void *slot)
{
	struct share *share = slot;

	(void)context;
	buffer_clear(&share->bytes);
	free(share);
}

static bool produce(void *context, void *slot)
{
	struct shards_job *job = context;
	struct share *share = slot;
	const size_t left = job->batch->n - job->n_produced;

	share->first = job->n_produced;
	share->n = left < SHARE ? left : SHARE;
	share->bytes.nbytes = 0;
	share->error.code = EMNIST_OK;
	job->n_produced += share->n;
	return share->n > 0;
}

static void work(void *context, void *worker, void *slot)
{
	const struct shards_job *job = context;
	struct share *share = slot;

	(void)worker;
	for (size_t i = 0; i < share->n && !share->error.code; i++) {
		put_sample(job, share->first + i, &share->bytes, &share->error);
		share->ends[i] = share->bytes.nbytes;
	}
}

static bool consume(void *context, void *slot)
{
	struct shards_job *job = context;
	const struct share *share = slot;
	size_t begin = 0;

	job->error = share->error;
	for (size_t i = 0; i < share->n && !job->error.code; i++) {
		write_sample(job->w, share->bytes.data + begin, share->ends[i] - begin,
			     &job->error);
		begin = share->ends[i];
	}
	return !job->error.code;
}

static enum emnist_status shards_add(struct emnist_writer *writer, const struct writer_batch *batch,
				     struct emnist_error *error)
{
	struct shards_writer *w = (struct shards_writer *)writer;
	struct shards_job job = {.w = w, .batch = batch};
	const struct ordered_options options = {
		.n_workers = w->n_threads,
		.context = &job,
		.slot_make = slot_make,
		.slot_free = slot_free,
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

/* -------------------------------------------------------------------- finishing */

static enum emnist_status shards_finish(struct emnist_writer *writer, struct emnist_error *error)
{
	struct shards_writer *w = (struct shards_writer *)writer;
	const enum emnist_status status = end_shard(w->shards[w->n - 1], error);

	return status ? status : outfile_commit_all(w->shards, w->n, error);
}

static void shards_free(struct emnist_writer *writer)
{
	struct shards_writer *w = (struct shards_writer *)writer;

	for (size_t i = 0; i < w->n; i++)
		outfile_free(w->shards[i]);
	free(w->stem);
}

const struct writer_form writer_shards = {shards_create, shards_add, shards_finish, shards_free,
					  sizeof(struct shards_writer)};
