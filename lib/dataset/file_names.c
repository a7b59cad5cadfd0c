/* file_names.c - the roles of files and folders in a dataset, by their names. */
#include "file_names.h"

#include <string.h>
#include <strings.h>

/* Extensions of supported images; files with others are skipped. */
static const char *const image_endings[] = {".png",  ".jpg", ".jpeg", ".jpe", ".bmp", ".dib",
					    ".pnm",  ".pgm", ".ppm",  ".pbm", ".gif", ".tga",
					    ".webp", ".tif", ".tiff", NULL};
static const char *const dataset_endings[] = {".csv",      ".tsv", ".csv.gz", ".tsv.gz", ".jsonl",
					      ".jsonl.gz", ".mat", ".npz",    NULL};
static const char *const list_names[] = {"labels.csv", "labels.tsv", NULL};
static const char *const split_names[] = {"train", "training", "test",       "testing",
					  "val",   "valid",    "validation", NULL};

static bool has_name(const char *const *names, const char *text)
{
	while (*names && strcasecmp(*names, text) != 0)
		names++;
	return *names != NULL;
}

/* How long the ending of the name is that is one of these; 0: none is. */
static size_t find_ending(const char *const *endings, const char *name)
{
	const size_t nbytes = strlen(name);

	for (; *endings; endings++) {
		const size_t n = strlen(*endings);

		if (nbytes > n && strcasecmp(name + nbytes - n, *endings) == 0)
			return n;
	}
	return 0;
}

bool file_name_is_image(const char *base)
{
	return !strchr(base, '.') || find_ending(image_endings, base);
}

size_t file_name_dataset_ending(const char *name)
{
	return find_ending(dataset_endings, name);
}

bool file_name_is_list(const char *base)
{
	return has_name(list_names, base);
}

bool file_name_is_split(const char *base)
{
	return has_name(split_names, base);
}
