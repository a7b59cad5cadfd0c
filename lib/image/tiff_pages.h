/* tiff_pages.h - the pages of a TIFF file, without decoding. */
#ifndef IMAGE_TIFF_PAGES_H
#define IMAGE_TIFF_PAGES_H

#include "image.h"

/* The first bytes that tiff_sniff() needs. */
#define TIFF_SNIFF_NBYTES 4

/* The pages are the directories in the file's chain, except thumbnails and masks of others, unless
 * there are no other directories. */
struct tiff_pages {
	const uint8_t *bytes;
	size_t nbytes;
	bool little_endian;
	bool big; /* BigTIFF: 64-bit offsets */
	bool has_full_images;
	uint64_t first; /* offset of the first directory */
	size_t n;       /* pages */
};

/* Walks the whole chain; EMNIST_ERR_CORRUPT if it is broken. The bytes must outlive *pages_ret. */
enum emnist_status tiff_pages_find(const uint8_t *bytes, size_t nbytes,
				   struct tiff_pages *pages_ret, struct emnist_error *error);

/* The offset of the next page's directory. *next starts as pages->first and advances. There must be
 * a page left. */
uint64_t tiff_pages_next(const struct tiff_pages *pages, uint64_t *next);

/* Whether all strips or tiles of the page with its directory at that offset are in the file. */
bool tiff_page_is_whole(const struct tiff_pages *pages, uint64_t directory);

/* Appends a TIFF file of that page alone. *room limits the bytes used, and decreases: pages that
 * share bytes could make a large file of a small one. */
enum emnist_status tiff_page_extract(const struct tiff_pages *pages, uint64_t directory,
				     struct buffer *file, uint64_t *room,
				     struct emnist_error *error);

/* A file whose pages are read in order; {0}: none. */
struct tiff_queue {
	struct buffer file;
	struct tiff_pages pages;
	uint64_t next; /* see tiff_pages_next() */
	size_t n_taken;
	uint64_t room; /* see tiff_page_extract() */
};

/* Starts on the bytes in queue->file, a TIFF file. */
enum emnist_status tiff_queue_begin(struct tiff_queue *queue, struct emnist_error *error);

bool tiff_queue_has_next(const struct tiff_queue *queue);

/* The next page as a TIFF file, replacing file's content. After a failure there may be others. */
enum emnist_status tiff_queue_next(struct tiff_queue *queue, struct buffer *file,
				   struct emnist_error *error);

/* Frees the file and ends the queue. */
void tiff_queue_clear(struct tiff_queue *queue);

#endif
