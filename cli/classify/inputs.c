/*
 * inputs.c - the inputs to classify: names, or the files in an archive.
 *
 * There are up to three sources, in order: operands and two lists. Any name may be a directory,
 * which is walked before the next name. But checking costs a quarter of opening and reading a small
 * file. So after many files in a row further names are taken for files, too; whoever opens a
 * directory then hands it back.
 */
#include "inputs.h"
#include "../../lib/base/crc32c.h"
#include "../../lib/base/file_time.h"
#include "../../lib/io/wakeup.h"
#include "../common/outputs.h"
#include "dump.h"
#include "member_path.h"
#include "unpacking.h"
#include "walk.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files with this many bytes in all take as long to classify as two threads take to start: a dozen
 * of EMNIST's images. */
#define FEW_NBYTES 6144

/* After this many files in a row, names are not checked for directories. */
#define MANY_FILES 16

struct inputs {
	const struct inputs_options *options;
	struct unpack *unpack; /* of an archive, which has no names; else NULL */
	struct named *named;   /* files that are wanted of one; else NULL */
	struct given given;
	bool sums_files; /* as in the options */
	size_t n_files_in_row;
	atomic_bool missed_directory; /* a directory's name was taken for a file's */
	const char *directory;        /* to be walked first, or NULL */
	struct walk walk;
	struct wakeup stop; /* sent when no more names are wanted; none without lists */
	struct inputs_walked walked;
	struct input_place place; /* of the last input */
	struct input_place last;  /* of the last to be skipped; {0}: none */
	bool has_changed;         /* those to be skipped were others */
	char *taken;              /* the path of an input that is an output; NULL: none */
};

/* Only lists may have to be waited for. */
static bool open_stop(struct inputs *inputs)
{
	inputs->stop = WAKEUP_NONE;
	if ((!inputs->options->lines_path && !inputs->options->zeroes_path) ||
	    wakeup_open(&inputs->stop))
		return true;
	complain("cannot open a descriptor to stop at: %s", strerror(errno));
	return false;
}

struct inputs *inputs_open(const struct inputs_options *options)
{
	struct inputs *inputs = calloc(1, sizeof(*inputs));

	if (!inputs) {
		complain("out of memory");
		return NULL;
	}
	inputs->options = options;
	inputs->walk.recursive = options->recursive;
	inputs->sums_files = options->sums_files;
	if (open_stop(inputs) && given_open(&inputs->given, options, inputs->stop.fd))
		return inputs;
	inputs_close(inputs, STATUS_FATAL);
	return NULL;
}

void inputs_skip(struct inputs *inputs, const struct input_place *place)
{
	inputs->last = *place;
}

bool inputs_are_in_archive(const struct inputs *inputs, const struct input_place *place)
{
	const struct input_place *last = &inputs->last;

	return last->member > 0 && place->member == 0 && place->given == last->given &&
	       place->found == last->found;
}

static const struct inputs_options no_names = {.recursive = false};

struct inputs *inputs_open_directory(struct inputs *given, const char *path,
				     const struct input_place *place)
{
	static const struct inputs_options nor_image = {.output_is_image = true};
	struct inputs *inputs = calloc(1, sizeof(*inputs));

	given->missed_directory = true;
	if (!inputs)
		return NULL;
	inputs->options = given->options->output_is_image ? &nor_image : &no_names;
	inputs->given.options = inputs->options;
	inputs->stop = WAKEUP_NONE;
	inputs->walk.recursive = given->walk.recursive;
	inputs->sums_files = given->sums_files;
	for (size_t i = 0; i < given->walk.n_spared; i++)
		walk_spare(&inputs->walk, given->walk.spared[i].dev, given->walk.spared[i].ino);
	inputs->directory = path;
	inputs->place = *place;
	return inputs;
}

/* Inputs that are not names. */
static struct inputs *without_names(void)
{
	struct inputs *inputs = calloc(1, sizeof(*inputs));

	if (inputs) {
		inputs->options = inputs->given.options = &no_names;
		inputs->stop = WAKEUP_NONE;
	}
	return inputs;
}

/* Where to go on in the archive at this place. */
static const struct input_place *place_within(const struct inputs *given,
					      const struct input_place *place)
{
	return inputs_are_in_archive(given, place) ? &given->last : place;
}

struct inputs *inputs_open_archive(const struct inputs *given, const char *path, int fd,
				   const void *head, size_t head_nbytes,
				   const struct emnist_archive_options *options,
				   const struct input_place *place)
{
	struct inputs *inputs = without_names();

	if (inputs)
		inputs->unpack = unpack_begin(path, fd, head, head_nbytes, options,
					      place_within(given, place));
	if (inputs && inputs->unpack)
		return inputs;
	free(inputs);
	return NULL;
}

struct inputs *inputs_open_named(struct named *named)
{
	struct inputs *inputs = without_names();

	if (inputs)
		inputs->named = named;
	return inputs;
}

void inputs_done(struct inputs *inputs, size_t nbytes)
{
	if (inputs->unpack)
		unpack_done(inputs->unpack, nbytes);
}

size_t inputs_at_most(const struct inputs *inputs, size_t limit)
{
	const struct inputs_options *options = inputs->options;
	struct stat st;

	if (options->lines_path || options->zeroes_path || options->n_operands >= limit)
		return limit;
	for (size_t i = 0; i < options->n_operands; i++)
		if (stat(options->operands[i], &st) == 0 && S_ISDIR(st.st_mode))
			return limit;
	return options->n_operands;
}

bool inputs_are_few(const struct inputs *inputs)
{
	const struct inputs_options *options = inputs->options;
	uint64_t nbytes = 0;

	if (options->lines_path || options->zeroes_path)
		return false;
	for (size_t i = 0; i < options->n_operands && nbytes <= FEW_NBYTES; i++) {
		struct stat st;
		const bool is_there = stat(options->operands[i], &st) == 0;

		if (is_there && S_ISDIR(st.st_mode))
			return false;
		nbytes += is_there && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : FEW_NBYTES + 1;
	}
	return options->n_operands == 1 || nbytes <= FEW_NBYTES;
}

void inputs_spare(struct inputs *inputs, const struct stat *st)
{
	walk_spare(&inputs->walk, st->st_dev, st->st_ino);
}

void inputs_count(const struct inputs *inputs, struct inputs_walked *walked)
{
	walked->n_directories += inputs->walked.n_directories;
	walked->n_not_entered += inputs->walked.n_not_entered;
	if (inputs->walked.n_not_entered && !walked->not_entered && !inputs->walk.skipped.failed)
		walked->not_entered = strdup(inputs->walk.skipped.bytes);
}

/* Begins to walk the directory, whose files come next, and returns true; or returns its failure. */
static bool begin_directory(struct inputs *inputs, const char *path, struct input *input)
{
	struct inputs_walked *walked = &inputs->walked;
	uint64_t n_before;
	int failure;

	if (!walked->n_not_entered)
		walk_forget_skipped(&inputs->walk);
	n_before = inputs->walk.n_skipped;
	failure = walk_begin(&inputs->walk, path);
	walked->n_directories++;
	if (!failure && walk_is_at_end(&inputs->walk))
		walked->n_not_entered += inputs->walk.n_skipped - n_before;
	if (failure)
		give_failure(input, path, failure);
	return failure == 0;
}

/* Whether the name is known to be a directory. */
static bool is_directory(struct inputs *inputs, const struct input *input)
{
	struct stat st;

	if (input->kind != INPUT_FILE ||
	    (inputs->n_files_in_row >= MANY_FILES && !inputs->missed_directory))
		return false;
	inputs->n_files_in_row++;
	if (stat(input->path, &st) < 0 || !S_ISDIR(st.st_mode))
		return false;
	inputs->n_files_in_row = 0;
	return true;
}

static uint64_t add_name(uint64_t sum, const char *name)
{
	return crc32c((uint32_t)sum, name, strlen(name) + 1);
}

/* The file at path, or the archive that it names a file of. */
static bool find_file(const char *path, struct stat *st_ret)
{
	char archive[PATH_MAX];
	size_t n;

	if (stat(path, st_ret) == 0)
		return S_ISREG(st_ret->st_mode);
	n = member_path_archive(path);
	memcpy(archive, path, n);
	archive[n] = '\0';
	return n && stat(archive, st_ret) == 0;
}

/* Adds the input's name and, where that is asked for, what tells that its file was changed. */
static uint64_t add_input(const struct inputs *inputs, uint64_t sum, const struct input *input)
{
	int64_t file[3] = {0};
	struct stat st;

	sum = add_name(sum, input->path);
	if (!inputs->sums_files || (input->kind != INPUT_FILE && input->kind != INPUT_FOUND))
		return sum;
	if (find_file(input->path, &st)) {
		file[0] = st.st_size;
		file[1] = file_time(&st).tv_sec;
		file[2] = file_time(&st).tv_nsec;
	}
	return crc32c((uint32_t)sum, file, sizeof(file));
}

static enum inputs_result next_given(struct inputs *inputs, bool wait, struct input *input)
{
	const enum inputs_result result = given_next(&inputs->given, wait, input);
	struct input_place *place = &inputs->place;

	if (result == INPUTS_ONE)
		*place = (struct input_place){.given = place->given + 1,
					      .given_sum =
						      add_input(inputs, place->given_sum, input)};
	return result;
}

/* The next file of the directory that is walked. */
static bool next_found(struct inputs *inputs, struct input *input)
{
	struct input_place *place = &inputs->place;
	int failure;
	const char *path = walk_next(&inputs->walk, &failure);

	if (!path)
		return false;
	if (failure)
		give_failure(input, path, failure);
	else
		give(input, INPUT_FOUND, path, NULL);
	place->found++;
	place->found_sum = add_input(inputs, place->found_sum, input);
	return true;
}

static enum inputs_result next_input(struct inputs *inputs, bool wait, struct input *input_ret)
{
	const char *const directory = inputs->directory;
	enum inputs_result result;

	inputs->directory = NULL;
	if (directory && !begin_directory(inputs, directory, input_ret))
		return INPUTS_ONE;
	do {
		if (next_found(inputs, input_ret))
			return INPUTS_ONE;
		result = next_given(inputs, wait, input_ret);
	} while (result == INPUTS_ONE && is_directory(inputs, input_ret) &&
		 begin_directory(inputs, input_ret->path, input_ret));
	return result;
}

/* Whether the inputs up to the last one to be skipped were others. */
static bool are_others(const struct input_place *place, const struct input_place *last)
{
	return place->given != last->given || place->given_sum != last->given_sum ||
	       place->found != last->found || place->found_sum != last->found_sum;
}

/* Takes names, without reading the files, up to the last input to be skipped. If that is a file
 * in an archive, the archive is the next input. */
static enum inputs_result skip_done(struct inputs *inputs, struct input *input)
{
	const struct input_place *place = &inputs->place, *last = &inputs->last;
	enum inputs_result result = INPUTS_ONE;

	while (result == INPUTS_ONE && place->given < last->given)
		result = next_given(inputs, true, input);
	if (result == INPUTS_ONE && last->found && place->found == 0 &&
	    !begin_directory(inputs, input->path, input))
		result = INPUTS_END;
	while (result == INPUTS_ONE && place->found < last->found)
		result = next_found(inputs, input) ? INPUTS_ONE : INPUTS_END;
	inputs->has_changed = are_others(place, last);
	return inputs->has_changed ? INPUTS_END : INPUTS_ONE;
}

static enum inputs_result next_undone(struct inputs *inputs, bool wait, struct input *input)
{
	const struct input_place *last = &inputs->last;
	enum inputs_result result = INPUTS_ONE;
	const bool skips = last->given > inputs->place.given && !inputs->has_changed;

	if (skips)
		result = skip_done(inputs, input);
	if (result == INPUTS_ONE && !(skips && last->member))
		result = inputs->has_changed ? INPUTS_END : next_input(inputs, wait, input);
	if (result == INPUTS_ONE)
		input->place = inputs->place;
	return result;
}

/* Whether the input must not be an output. Operands were checked before. */
static bool is_in_danger(const struct inputs *inputs, const struct input *input)
{
	return input->kind == INPUT_FILE
		       ? given_is_in_list(&inputs->given)
		       : input->kind == INPUT_FOUND && inputs->options->output_is_image;
}

enum inputs_result inputs_next(struct inputs *inputs, bool wait, struct input *input_ret)
{
	const struct inputs_options *options = inputs->options;
	enum inputs_result result;

	if (inputs->unpack)
		return unpack_next(inputs->unpack, wait, input_ret);
	if (inputs->named)
		return named_next(inputs->named, input_ret);
	result = inputs->taken ? INPUTS_END : next_undone(inputs, wait, input_ret);
	if (result != INPUTS_ONE || !is_in_danger(inputs, input_ret) ||
	    (!outputs_have(input_ret->path) &&
	     !(options->dump_path && dump_would_replace(options->dump_path, input_ret->path))))
		return result;
	inputs->taken = strdup(input_ret->path);
	return inputs->taken ? INPUTS_END : result;
}

void inputs_stop(struct inputs *inputs)
{
	if (inputs->stop.fd >= 0)
		wakeup_send(&inputs->stop);
	if (inputs->unpack)
		unpack_stop(inputs->unpack);
}

enum exit_status inputs_close(struct inputs *inputs, enum exit_status status)
{
	status = given_close(&inputs->given, status);
	if (inputs->has_changed || (inputs->unpack && unpack_has_changed(inputs->unpack))) {
		complain("the inputs are not those of the interrupted run, or have changed since; "
			 "without --resume, all are classified");
		status = STATUS_FATAL;
	}
	if (inputs->taken) {
		outputs_complain(inputs->taken);
		free(inputs->taken);
		status = STATUS_FATAL;
	}
	unpack_end(inputs->unpack);
	walk_release(&inputs->walk);
	wakeup_close(&inputs->stop);
	free(inputs);
	return status;
}
