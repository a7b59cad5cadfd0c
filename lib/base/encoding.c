/*
 * encoding.c - detects the encoding of a text from its first bytes; all text input goes through
 * here.
 *
 * Some programs begin UTF-8 with a byte order mark. Windows' shells and spreadsheets write UTF-16,
 * in which every second byte of ASCII text is zero.
 */
#include "encoding.h"

#include <string.h>

static bool begins(const unsigned char *bytes, size_t nbytes, const char *start, size_t n)
{
	return nbytes >= n && memcmp(bytes, start, n) == 0;
}

static bool is_plain(unsigned char c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\r' || c == '\n';
}

/* Whether there are ASCII characters from `first` on in steps of two, with zeros between them. */
static bool is_wide(const unsigned char *bytes, size_t nbytes, size_t first)
{
	for (size_t i = 0; i < 4 && i < nbytes; i++)
		if (i % 2 == first ? !is_plain(bytes[i]) : bytes[i] != 0)
			return false;
	return nbytes >= 2;
}

enum emnist_status encoding_mark(const void *text, size_t nbytes, size_t *mark_nbytes_ret,
				 struct emnist_error *error)
{
	const unsigned char *bytes = text;

	*mark_nbytes_ret = 0;
	if (begins(bytes, nbytes, "\xef\xbb\xbf", 3))
		*mark_nbytes_ret = 3;
	else if (begins(bytes, nbytes, "\xff\xfe\0\0", 4) ||
		 begins(bytes, nbytes, "\0\0\xfe\xff", 4))
		return error_set(error, EMNIST_ERR_UNSUPPORTED, "UTF-32 text; save it as UTF-8");
	else if (begins(bytes, nbytes, "\xff\xfe", 2) || begins(bytes, nbytes, "\xfe\xff", 2) ||
		 is_wide(bytes, nbytes, 0) || is_wide(bytes, nbytes, 1))
		return error_set(error, EMNIST_ERR_UNSUPPORTED, "UTF-16 text; save it as UTF-8");
	return EMNIST_OK;
}
