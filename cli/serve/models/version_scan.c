/* version_scan.c - the versions of a model on disk. */
#include "version_scan.h"
#include "../../../lib/base/ends_with.h"
#include "../../../lib/base/error.h"
#include "../../../lib/io/path.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Of a model; more would take longer to look through than the time between two looks. */
#define MAX_VERSIONS 65536

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t\n\v\f\r");
}

bool version_number(const char *text, int64_t *number_ret)
{
	const char *p = skip_blanks(text);
	const bool is_negative = *p == '-';
	int64_t number = 0;

	p += *p == '-' || *p == '+';
	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		const int digit = is_negative ? '0' - *p : *p - '0';

		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, digit, &number))
			return false;
	}
	*number_ret = number;
	return *skip_blanks(p) == '\0';
}

void found_versions_clear(struct found_versions *found)
{
	for (size_t i = 0; i < found->n; i++)
		free(found->items[i].name);
	free(found->items);
	free(found->twin);
	free(found->ignored_twin);
	*found = (struct found_versions){0};
}

/* Takes the name. */
static enum emnist_status add(struct found_versions *found, int64_t number, char *name,
			      struct emnist_error *error)
{
	struct found_version *items = found->items;

	/* The array doubles at each power of two. */
	if (name && (found->n & (found->n - 1)) == 0)
		items = realloc(items, 2 * (found->n + 1) * sizeof(*items));
	if (!name || !items) {
		free(name);
		return error_memory(error);
	}
	found->items = items;
	items[found->n++] = (struct found_version){number, name};
	if (found->n <= MAX_VERSIONS)
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_LIMIT, "more than %d versions", MAX_VERSIONS);
}

/* Highest first; of one number, the later name first. */
static int compare(const void *a, const void *b)
{
	const struct found_version *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? 1 : -1;
	return strcmp(y->name, x->name);
}

static void remove_twins(struct found_versions *found)
{
	size_t n = 0;

	for (size_t i = 0; i < found->n; i++) {
		struct found_version *item = &found->items[i];

		if (n == 0 || found->items[n - 1].number != item->number) {
			found->items[n++] = *item;
		} else if (found->twin) {
			free(item->name);
		} else {
			found->twin = strdup(found->items[n - 1].name);
			found->ignored_twin = item->name;
		}
	}
	found->n = n;
}

enum emnist_status version_scan(const char *path, struct found_versions *found,
				struct emnist_error *error)
{
	DIR *directory = opendir(path);
	enum emnist_status status = EMNIST_OK;
	struct found_versions now = {0};
	const struct dirent *entry;
	int64_t number;

	if (!directory)
		return error_errno(error, errno, NULL);
	while (!status && (errno = 0, entry = readdir(directory)))
		if (version_number(entry->d_name, &number))
			status = add(&now, number, strdup(entry->d_name), error);
	if (!status && errno)
		status = error_errno(error, errno, NULL);
	closedir(directory);
	if (status) {
		found_versions_clear(&now);
		return status;
	}
	if (now.n > 0)
		qsort(now.items, now.n, sizeof(*now.items), compare);
	remove_twins(&now);
	found_versions_clear(found);
	*found = now;
	return EMNIST_OK;
}

/* ------------------------------------------------------------------ what to load */

/* A SavedModel in a directory of this name, and files with the other endings, are models. */
#define SAVED_MODEL_ENDING ".savedmodel"
static const char *const endings[] = {".onnx", ".pb", ".safetensors", SAVED_MODEL_ENDING};

static bool is_saved_model(const char *path)
{
	char *file = path_join(path, "saved_model.pb");
	struct stat st;
	const bool is = file && stat(file, &st) == 0;

	free(file);
	return is;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool is_single_model(const char *path)
{
	return !is_directory(path) || is_saved_model(path);
}

static bool is_model_name(const char *name)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (name[0] != '.' && ends_with(name, strlen(name), endings[i]))
			return true;
	return false;
}

/* The only entry with the name of a model. */
static enum emnist_status find_model(const char *path, char **name_ret, struct emnist_error *error)
{
	DIR *directory = opendir(path);
	enum emnist_status status = EMNIST_OK;
	const struct dirent *entry;
	char *name = NULL;

	if (!directory)
		return error_errno(error, errno, NULL);
	while (!status && (entry = readdir(directory))) {
		if (!is_model_name(entry->d_name))
			continue;
		if (name)
			status = error_set(error, EMNIST_ERR_FORMAT,
					   "two models in a directory: %s and %s", name,
					   entry->d_name);
		else if (!(name = strdup(entry->d_name)))
			status = error_memory(error);
	}
	closedir(directory);
	if (!status && !name)
		status = error_set(error, EMNIST_ERR_FORMAT,
				   "no model in the directory: neither saved_model.pb nor a file "
				   "*.onnx, *.pb or *.safetensors");
	if (status)
		free(name);
	else
		*name_ret = name;
	return status;
}

enum emnist_status version_model(const char *path, char **model_ret, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	char *name = NULL;

	*model_ret = NULL;
	if (is_single_model(path)) {
		*model_ret = strdup(path);
	} else {
		status = find_model(path, &name, error);
		if (status)
			return status;
		*model_ret = path_join(path, name);
		free(name);
	}
	return *model_ret ? EMNIST_OK : error_memory(error);
}
