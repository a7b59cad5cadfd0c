/*
 * endings.c - file name extensions and what they say about the content.
 *
 * Images are detected from the content. The name matters only if the content is no image: it
 * distinguishes a damaged image from other files, such as a list. Known are the extensions of
 * archives and of images, including unsupported formats, since users want to hear about such files.
 */
#include "endings.h"
#include "messages.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* No ending is longer. */
#define MAX_NBYTES 8

static const char *const images[] = {
	/* That are read. */
	"png", "apng", "jpg", "jpeg", "jpe", "jfif", "bmp", "dib", "pnm", "pgm", "ppm", "pbm",
	"gif", "tga", "icb", "vda", "vst", "webp", "tif", "tiff",
	/* That are not, and documents that hold a scan. */
	"pam", "heic", "heif", "avif", "jxl", "jp2", "jpx", "j2k", "psd", "xcf", "svg", "ico",
	"pcx", "xbm", "xpm", "exr", "hdr", "pfm", "qoi", "dds", "dng", "raw", "cr2", "cr3", "nef",
	"arw", "orf", "rw2", "raf", "djvu", "pdf", "ps", "eps", NULL};

static const char *const archives[] = {"zip", "tar", "tgz", "tbz", "tbz2", "txz", "tzst",
				       "gz",  "bz2", "xz",  "zst", "7z",   "rar", NULL};

const char *ending_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	bool has_letter = false;

	if (!dot || dot == name || !dot[1] || strlen(dot + 1) > MAX_NBYTES)
		return NULL;
	for (const char *c = dot + 1; *c; c++) {
		if (!isalnum((unsigned char)*c))
			return NULL;
		has_letter = has_letter || isalpha((unsigned char)*c);
	}
	return has_letter ? dot + 1 : NULL;
}

static bool is_among(const char *ending, const char *const *known)
{
	while (*known && strcasecmp(ending, *known) != 0)
		known++;
	return *known != NULL;
}

enum ending_kind ending_kind_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *ending = ending_of(path);

	if (!ending)
		return strchr(slash ? slash : path, '.') ? ENDING_IMAGE : ENDING_OTHER;
	if (is_among(ending, images))
		return ENDING_IMAGE;
	return is_among(ending, archives) ? ENDING_ARCHIVE : ENDING_OTHER;
}

bool ending_check(const char *what, const char *path, const char *endings)
{
	const char *ending = path ? ending_of(path) : NULL;
	char shown[64] = "";
	struct stat st;

	if (!ending || (stat(path, &st) == 0 && !S_ISREG(st.st_mode)))
		return true;
	for (const char *one = endings; *one; one += strspn(one, " ")) {
		const size_t n = strcspn(one, " ");

		if (strlen(ending) == n && strncasecmp(ending, one, n) == 0)
			return true;
		snprintf(shown + strlen(shown), sizeof(shown) - strlen(shown), ".%.*s, ", (int)n,
			 one);
		one += n;
	}
	complain("%s: '%s': the ending must be %sor none", what, path, shown);
	return false;
}

bool has_ending(const char *path, const char *wanted)
{
	const char *ending = ending_of(path);

	return ending && strcasecmp(ending, wanted) == 0;
}

bool ends_with(const char *path, const char *end)
{
	const size_t n = strlen(path), n_end = strlen(end);

	return n > n_end && strcmp(path + n - n_end, end) == 0;
}

enum emnist_format model_format_of(const char *path)
{
	static const struct {
		const char *ending;
		enum emnist_format format;
	} endings[] = {
		{".onnx", EMNIST_FORMAT_ONNX},
		{".pb", EMNIST_FORMAT_GRAPH_DEF},
		{".safetensors", EMNIST_FORMAT_SAFETENSORS},
	};

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (ends_with(path, endings[i].ending))
			return endings[i].format;
	return EMNIST_FORMAT_NONE;
}

bool model_format_is_inner(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(slash ? slash + 1 : path, "saved_model.pb") != 0)
		return false;
	complain("'%s': give the directory of a SavedModel", path);
	return true;
}
