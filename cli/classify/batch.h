/*
 * batch.h - inputs that are read, classified and printed together: the content of a slot.
 */
#ifndef CLI_CLASSIFY_BATCH_H
#define CLI_CLASSIFY_BATCH_H

#include "../output/text.h"
#include "inputs.h"

struct item {
	enum input_kind kind;
	bool failed;
	bool rejected;
	bool blank;       /* no ink was found, and that is no answer */
	bool passed_over; /* no image, and not meant as one: it has no record, and is not counted */
	bool unopened;    /* likewise: an archive in a directory, or in another archive */
	bool is_archive;  /* not one image: it has no record, but those of its files */
	bool is_directory;   /* likewise */
	size_t path;         /* its offset in the batch's paths */
	size_t error;        /* of one that failed: the offset in the batch's errors */
	const char *warning; /* what is doubtful about one that was read, or NULL */
	size_t n_characters; /* that stand side by side in it */
	size_t bytes;        /* of INPUT_MEMBER: the offset in the batch's bytes, */
	size_t nbytes;       /* and how many there are */
	size_t records;      /* where its record begins */
	int fd;              /* of an archive that can be read but once; else -1 */
	void *head;          /* what was read of it; or NULL */
	size_t head_nbytes;
	void *png; /* of what the network saw, where it is dumped; or NULL */
	size_t png_nbytes;
};

struct batch {
	size_t n; /* items in use */
	struct item *items;
	struct text paths;  /* each ended by zero */
	struct text errors; /* likewise */
	struct text bytes;  /* of image files that come from an archive */
	struct text records;
	bool cut;                  /* what follows the last item is not wanted */
	struct emnist_error fatal; /* code is not EMNIST_OK: the run cannot go on */
};

/* NULL: memory is short. */
struct batch *batch_new(size_t n_rows);

void batch_free(struct batch *batch);

void batch_empty(struct batch *batch);

/* Adds an input behind the others; where memory is short, batch->fatal says so. */
void batch_add(struct batch *batch, const struct input *input);

/* The bytes of files from an archive are no longer needed: they were read. */
void batch_drop_bytes(struct batch *batch, struct inputs *inputs);

/* Whether the item is not one image, but stands for others. */
static inline bool item_is_many(const struct item *item)
{
	return item->is_archive || item->is_directory;
}

const char *batch_path(const struct batch *batch, const struct item *item);

/* The item failed, and why; of a limit that an option sets, the option is named. Where memory is
 * short, batch->fatal says so. */
void batch_fail(struct batch *batch, struct item *item, const char *error, enum emnist_limit limit);

/* Why the item failed; NULL: it did not. */
const char *batch_error(const struct batch *batch, const struct item *item);

/* The run cannot go on: the process is short of something, which shows at the item. */
void batch_fail_short(struct batch *batch, const struct item *item, const char *error);

#endif
