/*
 * named.c - files of one archive that were given by their names, as inputs.
 *
 * A name stands for the first file of that name in the archive, wherever the archive is being read.
 * So the names of this pass are remembered: one that was passed is found in the next pass.
 */
#include "named.h"
#include "../../lib/base/error.h"
#include "name_set.h"

#include <stdlib.h>
#include <string.h>

/* Of files that are kept until their turn: enough for a group of small images. */
#define MAX_NBYTES ((size_t)16 << 20)

/* What became of a wanted file. */
struct found {
	enum { FOUND_NOT_YET, FOUND_NEXT_PASS, FOUND_BYTES, FOUND_FAILURE } kind;
	void *bytes; /* (nbytes) */
	size_t nbytes;
	struct emnist_error failure;
};

struct named {
	char *path;
	struct emnist_archive_options options;
	struct emnist_archive *archive; /* NULL: not open */
	struct name_set passed;         /* names of this pass */
	struct emnist_error end;        /* with a code: why the pass has no more */
	const struct wanted *wanted;    /* (n) */
	struct found *found;            /* (n) */
	size_t n, n_given;
	size_t n_kept; /* bytes */
};

struct named *named_open(const char *path, size_t nbytes,
			 const struct emnist_archive_options *options)
{
	struct named *named = calloc(1, sizeof(*named));

	if (!named)
		return NULL;
	named->options = *options;
	named->path = strndup(path, nbytes);
	if (named->path)
		return named;
	free(named);
	return NULL;
}

bool named_is(const struct named *named, const char *path, size_t nbytes)
{
	return named && strlen(named->path) == nbytes && memcmp(named->path, path, nbytes) == 0;
}

static void forget_group(struct named *named)
{
	for (size_t i = 0; i < named->n; i++)
		free(named->found[i].bytes);
	free(named->found);
	named->found = NULL;
	named->n = named->n_given = named->n_kept = 0;
}

/* The wanted file's name in the archive. */
static const char *name_of(const struct named *named, size_t i)
{
	return named->wanted[i].name + strlen(named->path) + 1;
}

bool named_want(struct named *named, const struct wanted *wanted, size_t n)
{
	forget_group(named);
	named->found = calloc(n, sizeof(*named->found));
	if (!named->found)
		return false;
	named->wanted = wanted;
	named->n = n;
	for (size_t i = 0; i < n; i++)
		if (name_set_has(&named->passed, name_of(named, i)))
			named->found[i].kind = FOUND_NEXT_PASS;
	return true;
}

static void fail(struct found *found, const struct emnist_error *failure)
{
	found->kind = FOUND_FAILURE;
	found->failure = *failure;
}

/* Keeps the file if it is the next one, or there is room. */
static void keep(struct named *named, size_t i, const struct emnist_archive_file *file)
{
	struct found *found = &named->found[i];
	struct emnist_error shortage;

	found->kind = FOUND_NEXT_PASS;
	if (i > named->n_given && named->n_kept + file->nbytes > MAX_NBYTES)
		return;
	found->bytes = malloc(file->nbytes ? file->nbytes : 1);
	if (!found->bytes) {
		error_memory(&shortage);
		fail(found, &shortage);
		return;
	}
	memcpy(found->bytes, file->bytes, file->nbytes);
	found->kind = FOUND_BYTES;
	found->nbytes = file->nbytes;
	named->n_kept += file->nbytes;
}

static void take(struct named *named, const struct emnist_archive_file *file)
{
	struct emnist_error shortage;

	for (size_t i = named->n_given; i < named->n; i++) {
		if (named->found[i].kind != FOUND_NOT_YET ||
		    strcmp(name_of(named, i), file->name) != 0)
			continue;
		if (file->error)
			fail(&named->found[i], file->error);
		else
			keep(named, i, file);
	}
	if (!name_set_add(&named->passed, file->name)) {
		error_memory(&shortage);
		fail(&named->found[named->n_given], &shortage);
	}
}

/* What was not there, neither behind the place where the group began nor before it. */
static void fail_missing(struct named *named, const struct emnist_error *failure)
{
	for (size_t i = named->n_given; i < named->n; i++)
		if (named->found[i].kind == FOUND_NOT_YET)
			fail(&named->found[i], failure);
}

static void begin_pass(struct named *named)
{
	emnist_archive_free(named->archive);
	name_set_clear(&named->passed);
	for (size_t i = named->n_given; i < named->n; i++)
		if (named->found[i].kind == FOUND_NEXT_PASS)
			named->found[i].kind = FOUND_NOT_YET;
	named->end.code = EMNIST_OK;
	emnist_archive_open(named->path, &named->options, &named->archive, &named->end);
}

static void read_on(struct named *named)
{
	struct emnist_archive_file file;

	if (!named->end.code && !emnist_archive_next(named->archive, &file, &named->end)) {
		if (file.name) {
			take(named, &file);
			return;
		}
		error_set(&named->end, EMNIST_ERR_FORMAT, "no such file in the archive");
	}
	fail_missing(named, &named->end);
}

enum inputs_result named_next(struct named *named, struct input *input_ret)
{
	const struct wanted *wanted;
	struct found *found;

	if (named->n_given > 0) {
		found = &named->found[named->n_given - 1];
		free(found->bytes);
		found->bytes = NULL;
		named->n_kept -= found->nbytes;
	}
	if (named->n_given == named->n)
		return INPUTS_END;
	wanted = &named->wanted[named->n_given];
	found = &named->found[named->n_given];
	while (found->kind < FOUND_BYTES)
		if ((!named->archive && !named->end.code) || found->kind == FOUND_NEXT_PASS)
			begin_pass(named);
		else
			read_on(named);
	named->n_given++;
	*input_ret =
		(struct input){.kind = found->kind == FOUND_BYTES ? INPUT_MEMBER : INPUT_FAILED,
			       .path = wanted->name,
			       .error = found->failure.message,
			       .limit = found->failure.limit,
			       .place = wanted->place,
			       .is_shortage = found->kind == FOUND_FAILURE &&
					      emnist_error_is_shortage(&found->failure),
			       .bytes = found->bytes,
			       .nbytes = found->nbytes};
	return INPUTS_ONE;
}

void named_close(struct named *named)
{
	if (!named)
		return;
	forget_group(named);
	name_set_clear(&named->passed);
	emnist_archive_free(named->archive);
	free(named->path);
	free(named);
}
