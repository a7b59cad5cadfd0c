/*
 * siblings.c - which files make up a dataset, told from one name.
 *
 *	emnist-byclass-test-images-idx3-ubyte.gz    the images
 *	emnist-byclass-test-labels-idx1-ubyte.gz    their labels, packed or not
 *	emnist-byclass-mapping.txt                  what the labels mean
 *
 * A name given may stop before "-images". MNIST's own files are train-images-idx3-ubyte and
 * t10k-images-idx3-ubyte, also seen as train-images.idx3-ubyte; they have no mapping.
 */
#include "siblings.h"

#include "../base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *const images_endings[] = {
	"",
	".gz",
	"-images-idx3-ubyte",
	"-images-idx3-ubyte.gz",
	"-images.idx3-ubyte",
	"-images.idx3-ubyte.gz",
	NULL,
};
static const char *const packed_first[] = {".gz", "", NULL};
static const char *const plain_first[] = {"", ".gz", NULL};
static const char *const mapping_endings[] = {"-mapping.txt", NULL};

/* The splits of EMNIST, by the word that names them. */
static const struct {
	const char *word;
	size_t n_classes;
} splits[] = {
	{"byclass", 62}, {"bymerge", 47}, {"balanced", 47},
	{"letters", 26}, {"digits", 10},  {"mnist", 10},
};

#define MNIST_N_CLASSES 10

const char *siblings_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static bool ends_with(const char *text, size_t nbytes, const char *end)
{
	return nbytes >= strlen(end) && memcmp(text + nbytes - strlen(end), end, strlen(end)) == 0;
}

/* The first of the names stem + ending that is there and no directory; NULL in *path_ret where
 * none is. */
static enum emnist_status first_there(const char *stem, size_t stem_nbytes,
				      const char *const *endings, char **path_ret,
				      struct emnist_error *error)
{
	struct stat st;

	*path_ret = NULL;
	for (; *endings; endings++) {
		size_t nbytes = stem_nbytes + strlen(*endings) + 1;
		char *path = alloc_array(nbytes, 1);

		if (!path)
			return error_memory(error);
		memcpy(path, stem, stem_nbytes);
		memcpy(path + stem_nbytes, *endings, strlen(*endings) + 1);
		if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
			*path_ret = path;
			return EMNIST_OK;
		}
		free(path);
	}
	return EMNIST_OK;
}

static enum emnist_status find_images(const char *path, struct siblings *siblings,
				      struct emnist_error *error)
{
	enum emnist_status status;
	struct stat st;
	int failure;

	status = first_there(path, strlen(path), images_endings, &siblings->images, error);
	if (status || siblings->images)
		return status;
	failure = stat(path, &st) == 0 ? EISDIR : errno;
	if (failure == ENOENT)
		return error_errno(error, failure,
				   "neither an images file nor the start of one's name");
	return error_errno(error, failure, NULL);
}

/* Where "images-idx3" or "images.idx3" stands in the last component of path; NULL: nowhere. */
static const char *find_word(const char *path)
{
	const char *word = strstr(siblings_base(path), "images-idx3");

	return word ? word : strstr(siblings_base(path), "images.idx3");
}

static enum emnist_status find_labels(struct siblings *siblings, struct emnist_error *error)
{
	const char *images = siblings->images;
	const char *word = find_word(images);
	size_t nbytes = strlen(images);
	bool packed = ends_with(images, nbytes, ".gz");
	enum emnist_status status;
	char *stem;

	if (!word)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "the labels cannot be found from a name without 'images-idx3'");
	stem = strdup(images);
	if (!stem)
		return error_memory(error);
	memcpy(stem + (word - images), "labels", strlen("labels"));
	stem[(word - images) + (ptrdiff_t)strlen("images.idx")] = '1';
	if (packed)
		nbytes -= strlen(".gz");
	status = first_there(stem, nbytes, packed ? packed_first : plain_first, &siblings->labels,
			     error);
	if (!status && !siblings->labels) {
		char what[160];

		stem[nbytes] = '\0';
		snprintf(what, sizeof(what), "no labels '%.100s', packed or not",
			 siblings_base(stem));
		status = error_errno(error, ENOENT, what);
	}
	free(stem);
	return status;
}

/* How much of the images' path comes before "-images-idx3"; all where that is not in it. */
static size_t stem_nbytes(const char *images)
{
	const char *word = find_word(images);

	if (!word)
		return strlen(images);
	if (word > images && strchr("-_.", word[-1]))
		word--;
	return (size_t)(word - images);
}

static enum emnist_status find_mapping(struct siblings *siblings, struct emnist_error *error)
{
	static const char *const parts[] = {"-train", "-test"};
	const size_t nbytes = stem_nbytes(siblings->images);
	enum emnist_status status;

	status = first_there(siblings->images, nbytes, mapping_endings, &siblings->mapping, error);
	for (size_t i = 0; i < 2 && !status && !siblings->mapping; i++)
		if (ends_with(siblings->images, nbytes, parts[i]))
			status = first_there(siblings->images, nbytes - strlen(parts[i]),
					     mapping_endings, &siblings->mapping, error);
	return status;
}

/* The classes of the split that a word of the name tells; 0: none does. */
static size_t split_n_classes(const char *images)
{
	const char *const end = images + stem_nbytes(images);
	const char *word = siblings_base(images);

	while (word < end) {
		size_t nbytes = strcspn(word, "-_.");

		if (nbytes > (size_t)(end - word))
			nbytes = (size_t)(end - word);
		for (size_t i = 0; i < sizeof(splits) / sizeof(splits[0]); i++)
			if (nbytes == strlen(splits[i].word) &&
			    memcmp(word, splits[i].word, nbytes) == 0)
				return splits[i].n_classes;
		word += nbytes + 1;
	}
	return 0;
}

/* What the images' name says. */
static void tell_by_name(struct siblings *siblings)
{
	const char *base = siblings_base(siblings->images);

	siblings->upright = starts_with(base, "train-images") || starts_with(base, "t10k-images");
	siblings->n_classes =
		siblings->upright ? MNIST_N_CLASSES : split_n_classes(siblings->images);
}

enum emnist_status siblings_find(const char *path, const char *labels_path,
				 const char *mapping_path, struct siblings *siblings,
				 struct emnist_error *error)
{
	enum emnist_status status;

	*siblings = (struct siblings){0};
	status = find_images(path, siblings, error);
	if (status)
		return status;
	if (labels_path)
		siblings->labels = strdup(labels_path);
	else
		status = find_labels(siblings, error);
	if (status)
		return status;
	if (mapping_path)
		siblings->mapping = strdup(mapping_path);
	else
		status = find_mapping(siblings, error);
	if (status)
		return status;
	if (!siblings->labels || (mapping_path && !siblings->mapping))
		return error_memory(error);
	tell_by_name(siblings);
	return EMNIST_OK;
}

/* The images' path for the labels', which need not be named as EMNIST's are; NULL when memory is
 * short. */
static char *images_of_labels(const char *labels_path)
{
	char *images = strdup(labels_path);
	char *base = images ? images + (siblings_base(images) - images) : NULL;
	char *word = base ? strstr(base, "labels-idx1") : NULL;

	if (base && !word)
		word = strstr(base, "labels.idx1");
	if (word) {
		memcpy(word, "images", strlen("images"));
		word[strlen("images.idx")] = '3';
	}
	return images;
}

enum emnist_status siblings_of_labels(const char *labels_path, const char *mapping_path,
				      struct siblings *siblings, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	*siblings = (struct siblings){0};
	siblings->images = images_of_labels(labels_path);
	siblings->labels = strdup(labels_path);
	if (!siblings->images || !siblings->labels)
		return error_memory(error);
	if (mapping_path) {
		siblings->mapping = strdup(mapping_path);
		status = siblings->mapping ? EMNIST_OK : error_memory(error);
	} else {
		status = find_mapping(siblings, error);
	}
	if (!status)
		tell_by_name(siblings);
	return status;
}

enum emnist_status siblings_about(enum emnist_status status, const char *path,
				  struct emnist_error *error)
{
	char prefix[SIBLINGS_NAME_SHOWN + 3];

	snprintf(prefix, sizeof(prefix), "'%.*s'", SIBLINGS_NAME_SHOWN, siblings_base(path));
	return error_prefix(error, status, prefix);
}

static uint8_t largest(const uint8_t *values, uint32_t n)
{
	uint8_t value = 0;

	for (uint32_t i = 0; i < n; i++)
		value = values[i] > value ? values[i] : value;
	return value;
}

/* The number of classes of the smallest split that has all these labels; 0: none has. */
static size_t guess_n_classes(const uint8_t *values, uint32_t n)
{
	uint8_t max = largest(values, n);

	if (max < 10)
		return 10;
	if (max <= 26 && !memchr(values, 0, n))
		return 26;
	if (max < 47)
		return 47;
	return max < 62 ? 62 : 0;
}

enum emnist_status siblings_meaning(const struct siblings *siblings, const uint8_t *values,
				    uint32_t n, struct emnist_labels **labels_ret,
				    struct emnist_error *error)
{
	enum emnist_status status;
	size_t n_classes = siblings->n_classes;

	if (siblings->mapping) {
		status = emnist_labels_read(siblings->mapping, labels_ret, error);
		return status ? siblings_about(status, siblings->mapping, error) : EMNIST_OK;
	}
	*labels_ret = NULL;
	if (!n_classes)
		n_classes = guess_n_classes(values, n);
	if (!n_classes) {
		status = error_set(error, EMNIST_ERR_UNSUPPORTED,
				   "the labels go up to %u, which needs a mapping file",
				   largest(values, n));
		return siblings_about(status, siblings->labels, error);
	}
	return emnist_labels_default(n_classes, labels_ret, error);
}

void siblings_clear(struct siblings *siblings)
{
	free(siblings->images);
	free(siblings->labels);
	free(siblings->mapping);
	*siblings = (struct siblings){0};
}
