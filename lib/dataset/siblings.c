/*
 * siblings.c - finds the files that make up a dataset from the name of one.
 *
 *	emnist-byclass-test-images-idx3-ubyte.gz    the images
 *	emnist-byclass-test-labels-idx1-ubyte.gz    their labels, gzipped or not
 *	emnist-byclass-mapping.txt                  the characters of the labels
 *
 * A given name may stop before "-images". MNIST's files are train-images-idx3-ubyte and
 * t10k-images-idx3-ubyte, also found as train-images.idx3-ubyte; they have no mapping.
 */
#include "siblings.h"

#include "../base/ends_with.h"
#include "../base/memory.h"
#include "../labels/labels.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *const file_endings[] = {
	"",
	".gz",
	"-images-idx3-ubyte",
	"-images-idx3-ubyte.gz",
	"-images.idx3-ubyte",
	"-images.idx3-ubyte.gz",
	".csv",
	".csv.gz",
	".jsonl",
	".jsonl.gz",
	".mat",
	".npz",
	".npy",
	".npy.gz",
	NULL,
};
static const char *const packed_first[] = {".gz", "", NULL};
static const char *const plain_first[] = {"", ".gz", NULL};
static const char *const mapping_endings[] = {"-mapping.txt", NULL};

/* EMNIST's splits, by the words that name them. */
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

/* The first existing file among the names stem + ending; *path_ret is NULL if there is none. */
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

/* path, then path-split: possible from the names of folder and split. */
static enum emnist_status locate_split(const char *path, const char *split, char **file_ret,
				       struct emnist_error *error)
{
	const size_t nbytes = strlen(path) + 1 + strlen(split) + 1;
	char *stem = alloc_array(nbytes, 1);
	enum emnist_status status;

	*file_ret = NULL;
	if (!stem)
		return error_memory(error);
	snprintf(stem, nbytes, "%s-%s", path, split);
	status = first_there(stem, nbytes - 1, file_endings, file_ret, error);
	free(stem);
	return status;
}

enum emnist_status siblings_locate(const char *path, const char *split, char **file_ret,
				   struct emnist_error *error)
{
	enum emnist_status status;
	struct stat st;
	int failure;

	*file_ret = NULL;
	/* An exact name comes first: a file q.csv does not hide the folder q. */
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return error_errno(error, EISDIR, NULL);
	status = first_there(path, strlen(path), file_endings, file_ret, error);
	if (!status && !*file_ret && split)
		status = locate_split(path, split, file_ret, error);
	if (status || *file_ret)
		return status;
	failure = stat(path, &st) == 0 ? ENOENT : errno;
	if (failure != ENOENT)
		return error_errno(error, failure, NULL);
	error_set(error, EMNIST_ERR_IO, "no such file, folder or dataset");
	error->sys_errno = failure;
	return EMNIST_ERR_IO;
}

const char *siblings_images_word(const char *path)
{
	static const char *const words[] = {"images-idx3", "images.idx3"};
	const char *last = NULL;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (const char *at = siblings_base(path); (at = strstr(at, words[i])); at++)
			last = last && last > at ? last : at;
	return last;
}

static enum emnist_status find_labels(const char *images, char **labels_ret,
				      struct emnist_error *error)
{
	const char *word = siblings_images_word(images);
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
	status = first_there(stem, nbytes, packed ? packed_first : plain_first, labels_ret, error);
	if (!status && !*labels_ret) {
		char what[160];

		stem[nbytes] = '\0';
		snprintf(what, sizeof(what), "no labels file '%.100s', compressed or not",
			 siblings_base(stem));
		status = error_errno(error, ENOENT, what);
	}
	free(stem);
	return status;
}

size_t siblings_stem(const char *images)
{
	const char *word = siblings_images_word(images);

	if (!word)
		return strlen(images);
	if (word > images && strchr("-_.", word[-1]))
		word--;
	return (size_t)(word - images);
}

/* The same without the ending of another format's name. */
static size_t stem_nbytes(const char *path)
{
	static const char *const endings[] = {".gz",    ".csv", ".tsv", ".txt",
					      ".jsonl", ".mat", ".npz", ".npy"};
	size_t nbytes = siblings_stem(path);

	if (path[nbytes])
		return nbytes;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (ends_with(path, nbytes, endings[i]))
			nbytes -= strlen(endings[i]);
	return nbytes;
}

enum emnist_status siblings_find_mapping(const char *path, char **mapping_ret,
					 struct emnist_error *error)
{
	static const char *const parts[] = {"-train", "-test"};
	const size_t nbytes = stem_nbytes(path);
	enum emnist_status status;

	status = first_there(path, nbytes, mapping_endings, mapping_ret, error);
	for (size_t i = 0; i < 2 && !status && !*mapping_ret; i++)
		if (ends_with(path, nbytes, parts[i]))
			status = first_there(path, nbytes - strlen(parts[i]), mapping_endings,
					     mapping_ret, error);
	return status;
}

bool siblings_is_upright(const char *name)
{
	const char *base = siblings_base(name);

	return starts_with(base, "train-images") || starts_with(base, "t10k-images");
}

size_t siblings_n_classes(const char *name)
{
	const char *const end = name + stem_nbytes(name);
	const char *word = siblings_base(name);

	if (siblings_is_upright(name))
		return MNIST_N_CLASSES;
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

static bool is_boundary(char c)
{
	return c == '-' || c == '_' || c == '.';
}

bool siblings_is_split(const char *name, size_t nbytes, const char *split)
{
	const size_t n = strlen(split);

	if (nbytes == strlen("t10k") && memcmp(name, "t10k", nbytes) == 0 &&
	    strcmp(split, "test") == 0)
		return true;
	for (size_t i = 0; n && i + n <= nbytes; i++)
		if (memcmp(name + i, split, n) == 0 && (i == 0 || is_boundary(name[i - 1])) &&
		    (i + n == nbytes || is_boundary(name[i + n])))
			return true;
	return false;
}

enum emnist_status siblings_find(const char *images, const char *labels_path,
				 struct siblings *siblings, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	*siblings = (struct siblings){0};
	if (labels_path)
		siblings->labels = strdup(labels_path);
	else
		status = find_labels(images, &siblings->labels, error);
	if (status)
		return status;
	if (!siblings->labels)
		return error_memory(error);
	siblings->n_classes = siblings_n_classes(images);
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
	char *images = images_of_labels(labels_path);
	enum emnist_status status = EMNIST_OK;

	*siblings = (struct siblings){0};
	siblings->labels = strdup(labels_path);
	if (mapping_path)
		siblings->mapping = strdup(mapping_path);
	if (!images || !siblings->labels || (mapping_path && !siblings->mapping))
		status = error_memory(error);
	else if (!mapping_path)
		status = siblings_find_mapping(images, &siblings->mapping, error);
	if (!status) {
		siblings->n_classes = siblings_n_classes(images);
	}
	free(images);
	return status;
}

enum emnist_status siblings_about(enum emnist_status status, const char *path,
				  struct emnist_error *error)
{
	char prefix[SIBLINGS_NAME_SHOWN + 3];

	snprintf(prefix, sizeof(prefix), "'%.*s'", SIBLINGS_NAME_SHOWN, siblings_base(path));
	return error_prefix(error, status, prefix);
}

struct siblings_values siblings_values_of(const uint16_t *values, uint32_t n)
{
	struct siblings_values found = {.least = UINT32_MAX};
	bool seen[UINT16_MAX + 1] = {false};

	for (uint32_t i = 0; i < n; i++) {
		found.least = values[i] < found.least ? values[i] : found.least;
		found.most = values[i] > found.most ? values[i] : found.most;
		found.n_different += !seen[values[i]];
		seen[values[i]] = true;
	}
	return found;
}

#define N_LETTERS 26

/* A to Z as 0 to 25, in both cases, as in EMNIST Letters. */
static enum emnist_status letters_from_zero(struct emnist_labels **labels_ret,
					    struct emnist_error *error)
{
	struct emnist_labels *labels = labels_new(N_LETTERS, 2 * (size_t)N_LETTERS);

	if (!labels)
		return error_memory(error);
	for (uint32_t i = 0; i < N_LETTERS; i++) {
		labels_add_entry(labels, i);
		labels_add_character(labels, 'A' + i);
		labels_add_character(labels, 'a' + i);
	}
	*labels_ret = labels;
	return EMNIST_OK;
}

enum emnist_status siblings_default_labels(size_t n_classes, const struct siblings_values *values,
					   struct emnist_labels **labels_ret, const char **what_ret,
					   struct emnist_error *error)
{
	const uint32_t most = values->most;
	const char *what = NULL;

	*labels_ret = NULL;
	if (what_ret)
		*what_ret = NULL;
	if (!n_classes && most < 10) {
		n_classes = 10;
	} else if (!n_classes && most == N_LETTERS - 1 && values->n_different == N_LETTERS) {
		what = "the letters A to Z";
	} else if (!n_classes && most <= N_LETTERS && values->least > 0) {
		n_classes = N_LETTERS;
		what = "the letters from 1 on, as in EMNIST Letters";
	} else if (!n_classes && most < 62) {
		n_classes = most < 47 ? 47 : 62;
		/* The last class of Balanced, and values above it, leave little doubt. */
		what = most < 46 ? "the classes of EMNIST Balanced, 0-9 A-Z and some of a-z" : NULL;
	}
	if (!n_classes && !what)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "the labels go up to %u, which needs a mapping file",
				 (unsigned)most);
	if (what_ret)
		*what_ret = what;
	return n_classes ? emnist_labels_default(n_classes, labels_ret, error)
			 : letters_from_zero(labels_ret, error);
}

enum emnist_status siblings_meaning(const struct siblings *siblings, const uint8_t *values,
				    uint32_t n, struct emnist_labels **labels_ret,
				    struct emnist_error *error)
{
	struct siblings_values found;
	enum emnist_status status;
	uint16_t *wide;

	if (siblings->mapping) {
		status = emnist_labels_read(siblings->mapping, labels_ret, error);
		return status ? siblings_about(status, siblings->mapping, error) : EMNIST_OK;
	}
	wide = alloc_array(n, sizeof(*wide));
	if (!wide)
		return error_memory(error);
	for (uint32_t i = 0; i < n; i++)
		wide[i] = values[i];
	found = siblings_values_of(wide, n);
	free(wide);
	status = siblings_default_labels(siblings->n_classes, &found, labels_ret, NULL, error);
	return status == EMNIST_ERR_UNSUPPORTED ? siblings_about(status, siblings->labels, error)
						: status;
}

void siblings_clear(struct siblings *siblings)
{
	free(siblings->labels);
	free(siblings->mapping);
	*siblings = (struct siblings){0};
}
