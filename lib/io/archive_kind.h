/* archive_kind.h - detects the kind of an archive or a compressed stream from its first bytes. */
#ifndef IO_ARCHIVE_KIND_H
#define IO_ARCHIVE_KIND_H

#include <stddef.h>

enum archive_kind {
	ARCHIVE_KIND_NONE,
	ARCHIVE_KIND_ZIP,
	ARCHIVE_KIND_TAR,
	ARCHIVE_KIND_GZIP, /* its content is detected when it is opened, as for the next two */
	ARCHIVE_KIND_ZSTD,
	ARCHIVE_KIND_XZ,
};

/* The first bytes needed to detect the kind: a block of a tar archive. */
#define ARCHIVE_SNIFF_NBYTES 512

/* Detects the kind from the first bytes, not the name. */
enum archive_kind archive_sniff(const void *bytes, size_t nbytes);

/* "a zip archive", for messages. */
const char *archive_kind_name(enum archive_kind kind);

#endif
