/*
 * zip_end.c - the record at the end of a zip archive (APPNOTE.TXT 4.3.14 to 4.3.16).
 *
 * The record comes last, except for a comment of arbitrary bytes; so it is searched from the end. A
 * count above 16 bits is in a second record, and a third one just before the last locates that.
 */
#include "zip_end.h"

#include <stdbool.h>
#include <string.h>

#define END_NBYTES     22
#define END_COUNT_AT   10
#define END_SIZE_AT    12 /* of the directory, and its offset */
#define END_OFFSET_AT  16
#define END_COMMENT_AT 20
#define END_COUNT_NONE 0xffff
#define LOCATOR_NBYTES 20
#define END64_NBYTES   56
#define END64_COUNT_AT 32

static uint64_t little_endian(const unsigned char *bytes, size_t nbytes)
{
	uint64_t value = 0;

	while (nbytes-- > 0)
		value = value << 8 | bytes[nbytes];
	return value;
}

/* The start of the record, or NULL. */
static const unsigned char *find_end(const unsigned char *bytes, size_t nbytes)
{
	for (size_t at = nbytes < END_NBYTES ? 0 : nbytes - END_NBYTES + 1; at-- > 0;)
		if (memcmp(bytes + at, "PK\5\6", 4) == 0 &&
		    little_endian(bytes + at + END_COMMENT_AT, 2) <= nbytes - at - END_NBYTES)
			return bytes + at;
	return NULL;
}

/* The number of members in the record at `end`; tail: the start of the bytes. */
static uint64_t count_told(const unsigned char *tail, const unsigned char *end)
{
	const uint64_t count = little_endian(end + END_COUNT_AT, 2);
	const unsigned char *end64 = end - LOCATOR_NBYTES - END64_NBYTES;

	if (count != END_COUNT_NONE || end - tail < LOCATOR_NBYTES + END64_NBYTES ||
	    memcmp(end - LOCATOR_NBYTES, "PK\6\7", 4) != 0 || memcmp(end64, "PK\6\6", 4) != 0)
		return count;
	return little_endian(end64 + END64_COUNT_AT, 8);
}

/* The bytes at the start of an archive that its directory does not know of: another archive, as
 * with `cat a.zip b.zip`. end_offset: of the record. */
static uint64_t count_unlisted(const unsigned char *tail, const unsigned char *end,
			       uint64_t end_offset)
{
	const uint64_t size = little_endian(end + END_SIZE_AT, 4);
	const uint64_t offset = little_endian(end + END_OFFSET_AT, 4);
	const bool is_64 =
		end - tail >= LOCATOR_NBYTES && memcmp(end - LOCATOR_NBYTES, "PK\6\7", 4) == 0;

	return is_64 || offset + size > end_offset ? 0 : end_offset - offset - size;
}

enum emnist_status zip_end_check(const struct feed *feed, uint64_t n_found,
				 struct emnist_error *error)
{
	unsigned char *tail = alloc_array(FEED_TAIL_NBYTES, 1);
	enum emnist_status status = EMNIST_OK;
	const unsigned char *end;
	uint64_t n_told;
	size_t n_tail;

	if (!tail)
		return error_memory(error);
	n_tail = feed_tail(feed, tail);
	end = find_end(tail, n_tail);
	n_told = end ? count_told(tail, end) : 0;
	if (!end)
		status = error_at(error, EMNIST_ERR_CORRUPT, feed->n_read,
				  "damaged zip archive: cut short, the end of its directory is "
				  "missing after %llu files",
				  (unsigned long long)n_found);
	else if (n_told != n_found)
		status = error_at(error, EMNIST_ERR_CORRUPT, feed->n_read,
				  "damaged zip archive: its directory lists %llu files, %llu "
				  "were found",
				  (unsigned long long)n_told, (unsigned long long)n_found);
	else if (count_unlisted(tail, end, feed->n_read - n_tail + (uint64_t)(end - tail)) >=
		 END_NBYTES)
		status = error_at(error, EMNIST_ERR_CORRUPT, feed->n_read,
				  "only the first of several zip archives in a row was read; give "
				  "each by itself");
	free(tail);
	return status;
}
