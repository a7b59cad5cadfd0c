/* unpacking.c - the image files of one archive as inputs. */
#include "unpacking.h"
#include "../../lib/base/crc32c.h"
#include "../../lib/base/error.h"
#include "../output/text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Under way at once, but for one file that may be larger: enough for a batch of small images for
 * each of many threads, and for a dozen photographs. */
#define MAX_NBYTES ((uint64_t)64 << 20)

struct unpack {
	const char *path;
	struct emnist_archive *archive;
	struct emnist_error
		failure; /* code is not EMNIST_OK: an archive's failure, not yet reported */
	bool at_end;
	bool is_complete; /* the archive has no more files */
	bool has_changed;
	struct input_place place; /* of the last file */
	struct input_place last;  /* of the last file to be skipped */
	bool has_next;
	struct emnist_archive_file next; /* with has_next */
	struct text name;                /* "PATH!NAME" of it */
	pthread_mutex_t mutex;
	pthread_cond_t less; /* n_bytes has become less, or is_stopped */
	uint64_t n_bytes;    /* that are under way */
	bool is_stopped;
};

struct unpack *unpack_begin(const char *path, int fd, const void *head, size_t head_nbytes,
			    const struct emnist_archive_options *options,
			    const struct input_place *place)
{
	struct unpack *unpack = calloc(1, sizeof(*unpack));

	if (!unpack)
		return NULL;
	unpack->path = path;
	unpack->last = unpack->place = *place;
	unpack->place.member = unpack->place.member_sum = 0;
	pthread_mutex_init(&unpack->mutex, NULL);
	pthread_cond_init(&unpack->less, NULL);
	if (fd < 0)
		emnist_archive_open(path, options, &unpack->archive, &unpack->failure);
	else
		emnist_archive_open_fd(fd, head, head_nbytes, options, &unpack->archive,
				       &unpack->failure);
	return unpack;
}

/* Unpacks the next file, or finds out why there is none. */
static void fetch(struct unpack *unpack)
{
	struct text *name = &unpack->name;

	if (emnist_archive_next(unpack->archive, &unpack->next, &unpack->failure))
		return;
	unpack->at_end = unpack->is_complete = !unpack->next.name;
	if (unpack->at_end)
		return;
	text_reset(name);
	text_puts(name, unpack->path);
	text_putc(name, '!');
	text_add(name, unpack->next.name, strlen(unpack->next.name) + 1);
	if (name->failed)
		error_memory(&unpack->failure);
	unpack->has_next = true;
}

static bool has_room(const struct unpack *unpack, size_t nbytes)
{
	return !unpack->n_bytes || unpack->n_bytes + nbytes <= MAX_NBYTES;
}

/* Adds this many bytes in use; false if that would block, or nothing is wanted any more. */
static bool enter(struct unpack *unpack, size_t nbytes, bool wait)
{
	bool entered;

	pthread_mutex_lock(&unpack->mutex);
	while (wait && !has_room(unpack, nbytes) && !unpack->is_stopped)
		pthread_cond_wait(&unpack->less, &unpack->mutex);
	entered = has_room(unpack, nbytes) && !unpack->is_stopped;
	if (entered)
		unpack->n_bytes += nbytes;
	unpack->at_end = unpack->is_stopped;
	pthread_mutex_unlock(&unpack->mutex);
	return entered;
}

static void give_failure(struct input *input, const char *path, const struct emnist_error *error)
{
	*input = (struct input){.kind = INPUT_FAILED,
				.path = path,
				.error = error->message,
				.limit = error->limit,
				.is_shortage = emnist_error_is_shortage(error)};
}

static enum inputs_result next_file(struct unpack *unpack, bool wait, struct input *input_ret)
{
	const struct emnist_archive_file *file = &unpack->next;

	if (!unpack->at_end && !unpack->has_next && !unpack->failure.code) {
		if (!wait && !emnist_archive_is_ready(unpack->archive))
			return INPUTS_LATER;
		fetch(unpack);
	}
	if (unpack->at_end || unpack->failure.code == EMNIST_ERR_STOPPED)
		return INPUTS_END;
	/* The archive's own failure comes last, under its own name. */
	if (unpack->failure.code) {
		give_failure(input_ret, unpack->path, &unpack->failure);
		unpack->at_end = unpack->is_complete = true;
		return INPUTS_ONE;
	}
	if (!enter(unpack, file->error ? 0 : file->nbytes, wait))
		return unpack->at_end ? INPUTS_END : INPUTS_LATER;
	if (file->error)
		give_failure(input_ret, unpack->name.bytes, file->error);
	else
		*input_ret = (struct input){.kind = INPUT_MEMBER,
					    .path = unpack->name.bytes,
					    .bytes = file->bytes,
					    .nbytes = file->nbytes};
	unpack->has_next = false;
	return INPUTS_ONE;
}

/* Counts the input. */
static void give_place(struct unpack *unpack, struct input *input)
{
	struct input_place *place = &unpack->place;
	uint32_t sum = (uint32_t)place->member_sum;

	place->member++;
	sum = crc32c(sum, input->path, strlen(input->path) + 1);
	place->member_sum = crc32c(sum, &input->nbytes, sizeof(input->nbytes));
	input->place = *place;
}

enum inputs_result unpack_next(struct unpack *unpack, bool wait, struct input *input_ret)
{
	const struct input_place *place = &unpack->place, *last = &unpack->last;

	while (!unpack->has_changed) {
		const enum inputs_result result = next_file(unpack, wait, input_ret);

		unpack->has_changed =
			result == INPUTS_END && unpack->is_complete && place->member < last->member;
		if (result != INPUTS_ONE)
			return result;
		give_place(unpack, input_ret);
		if (place->member > last->member)
			return INPUTS_ONE;
		unpack_done(unpack, input_ret->nbytes);
		unpack->has_changed =
			place->member == last->member && place->member_sum != last->member_sum;
	}
	return INPUTS_END;
}

bool unpack_has_changed(const struct unpack *unpack)
{
	return unpack->has_changed;
}

void unpack_done(struct unpack *unpack, size_t nbytes)
{
	pthread_mutex_lock(&unpack->mutex);
	unpack->n_bytes -= nbytes;
	pthread_cond_signal(&unpack->less);
	pthread_mutex_unlock(&unpack->mutex);
}

void unpack_stop(struct unpack *unpack)
{
	pthread_mutex_lock(&unpack->mutex);
	unpack->is_stopped = true;
	pthread_cond_signal(&unpack->less);
	pthread_mutex_unlock(&unpack->mutex);
	if (unpack->archive)
		emnist_archive_stop(unpack->archive);
}

void unpack_end(struct unpack *unpack)
{
	if (!unpack)
		return;
	emnist_archive_free(unpack->archive);
	text_release(&unpack->name);
	pthread_cond_destroy(&unpack->less);
	pthread_mutex_destroy(&unpack->mutex);
	free(unpack);
}
