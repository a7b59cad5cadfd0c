/*
 * archive_kind.h - which kind of archive or packed stream bytes are, by the first of them.
 */
#ifndef IO_ARCHIVE_KIND_H
#define IO_ARCHIVE_KIND_H

#include <stddef.h>

enum archive_kind {
	ARCHIVE_KIND_NONE,
	ARCHIVE_KIND_ZIP,
	ARCHIVE_KIND_TAR,
	ARCHIVE_KIND_GZIP, /* what is in it shows when it is opened; likewise the next two */
	ARCHIVE_KIND_ZSTD,
	ARCHIVE_KIND_XZ,
};

/* As many first bytes as tell the kind: a block of a tar archive. */
#define ARCHIVE_SNIFF_NBYTES 512

/* What begins with these bytes, whatever its name is. */
enum archive_kind archive_sniff(const void *bytes, size_t nbytes);

/* "a zip archive", for messages. */
const char *archive_kind_name(enum archive_kind kind);

#endif
