/* batch.h - inputs that are read, classified and printed together: the content of a slot. */
#ifndef CLI_CLASSIFY_BATCH_H
#define CLI_CLASSIFY_BATCH_H

#include "../output/text.h"
#include "inputs.h"

struct item {
	enum input_kind kind;
	bool failed;
	bool rejected;
	bool blank;        /* no ink was found; not answered */
	bool passed_over;  /* not an image, and not meant as one: no record, not counted */
	bool unopened;     /* the same for an archive in a directory, or in another archive */
	bool is_archive;   /* holds several images: no record of its own, but for its files */
	bool is_directory; /* likewise */
	size_t archive;    /* the name is that of a file in an archive: the length of the
			    * archive's path; else 0 */
	struct input_place place;
	size_t path;         /* its offset in the batch's paths */
	size_t error;        /* if it failed: offset in the batch's errors */
	const char *warning; /* a doubt about an image that was read, or NULL */
	size_t n_characters; /* side by side in the image */
	size_t bytes;        /* of INPUT_MEMBER: the offset in the batch's bytes, */
	size_t nbytes;       /* and how many there are */
	size_t records;      /* start of its record */
	int fd;              /* of an archive that can only be read once; else -1 */
	void *head;          /* what was read of it; or NULL */
	size_t head_nbytes;
	void *png; /* what the network saw, if dumped; or NULL */
	size_t png_nbytes;
};

struct batch {
	size_t n; /* items in use */
	struct item *items;
	struct text paths;  /* each ended by zero */
	struct text errors; /* likewise */
	struct text bytes;  /* of image files that come from an archive */
	struct text records;
	bool cut;                  /* nothing after the last item is wanted */
	struct emnist_error fatal; /* code is not EMNIST_OK: the run must end */
};

/* NULL: memory is short. */
struct batch *batch_new(size_t n_rows);

void batch_free(struct batch *batch);

void batch_empty(struct batch *batch);

/* Appends an input; when memory is short, batch->fatal says so. */
void batch_add(struct batch *batch, const struct input *input);

/* Releases the bytes of files from an archive once they are read. */
void batch_drop_bytes(struct batch *batch, struct inputs *inputs);

/* Whether the item holds several images. */
static inline bool item_is_many(const struct item *item)
{
	return item->is_archive || item->is_directory;
}

const char *batch_path(const struct batch *batch, const struct item *item);

/* Marks the item as failed; the message names the option that sets a limit. When memory is short,
 * batch->fatal says so. */
void batch_fail(struct batch *batch, struct item *item, const char *error, enum emnist_limit limit);

/* Why the item failed; NULL: it did not. */
const char *batch_error(const struct batch *batch, const struct item *item);

/* Ends the run: the process is short of a resource, as the item shows. */
void batch_fail_short(struct batch *batch, const struct item *item, const char *error);

#endif
