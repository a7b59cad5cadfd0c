/* archive_kind.c - detects the kind of an archive or a compressed stream. */
#include "archive_kind.h"

#include <stdbool.h>
#include <string.h>

/* The fields of a tar header (POSIX, pax, "ustar Interchange Format"). */
#define TAR_CHECKSUM_AT     148
#define TAR_CHECKSUM_NBYTES 8

/* Whether a block has its own checksum, as in all kinds of tar. A block of zeros, which ends an
 * archive, has not. */
static bool is_tar_header(const unsigned char *block)
{
	unsigned long sum = ' ' * TAR_CHECKSUM_NBYTES, told = 0;
	const unsigned char *digit = block + TAR_CHECKSUM_AT;
	const unsigned char *const end = digit + TAR_CHECKSUM_NBYTES;

	for (size_t i = 0; i < ARCHIVE_SNIFF_NBYTES; i++)
		if (i < TAR_CHECKSUM_AT || i >= TAR_CHECKSUM_AT + TAR_CHECKSUM_NBYTES)
			sum += block[i];
	while (digit < end && *digit == ' ')
		digit++;
	if (digit == end || *digit < '0' || *digit > '7')
		return false;
	for (; digit < end && *digit >= '0' && *digit <= '7'; digit++)
		told = told * 8 + (unsigned long)(*digit - '0');
	return told == sum;
}

/* Bytes and their length, since they may include zeros. */
#define MAGIC(text) (text), sizeof(text) - 1

enum archive_kind archive_sniff(const void *bytes, size_t nbytes)
{
	static const struct {
		const char *magic;
		size_t nbytes;
		enum archive_kind kind;
	} magics[] = {
		{MAGIC("PK\3\4"), ARCHIVE_KIND_ZIP},
		{MAGIC("PK\5\6"), ARCHIVE_KIND_ZIP}, /* without members */
		{MAGIC("PK\7\10PK\3\4"), ARCHIVE_KIND_ZIP},
		{MAGIC("\x1f\x8b"), ARCHIVE_KIND_GZIP},
		{MAGIC("\x28\xb5\x2f\xfd"), ARCHIVE_KIND_ZSTD},
		{MAGIC("\xfd\x37zXZ\0"), ARCHIVE_KIND_XZ},
	};

	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (nbytes >= magics[i].nbytes &&
		    memcmp(bytes, magics[i].magic, magics[i].nbytes) == 0)
			return magics[i].kind;
	return nbytes >= ARCHIVE_SNIFF_NBYTES && is_tar_header(bytes) ? ARCHIVE_KIND_TAR
								      : ARCHIVE_KIND_NONE;
}

const char *archive_kind_name(enum archive_kind kind)
{
	static const char *const names[] = {
		[ARCHIVE_KIND_NONE] = "no archive",   [ARCHIVE_KIND_ZIP] = "a zip archive",
		[ARCHIVE_KIND_TAR] = "a tar archive", [ARCHIVE_KIND_GZIP] = "gzip data",
		[ARCHIVE_KIND_ZSTD] = "zstd data",    [ARCHIVE_KIND_XZ] = "xz data",
	};

	return names[kind];
}
