/*
 * model_formats.c - which form of a model a file's name asks for.
 */
#include "model_formats.h"
#include "cli.h"

#include <string.h>

static const struct {
	const char *ending;
	enum emnist_format format;
} endings[] = {
	{".onnx", EMNIST_FORMAT_ONNX},
	{".pb", EMNIST_FORMAT_GRAPH_DEF},
	{".safetensors", EMNIST_FORMAT_SAFETENSORS},
};

static bool ends_in(const char *name, const char *ending)
{
	const size_t n = strlen(name), n_ending = strlen(ending);

	return n >= n_ending && strcmp(name + n - n_ending, ending) == 0;
}

enum emnist_format model_format_of(const char *path)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (ends_in(path, endings[i].ending))
			return endings[i].format;
	return EMNIST_FORMAT_NONE;
}

bool model_format_is_inner(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(slash ? slash + 1 : path, "saved_model.pb") != 0)
		return false;
	complain("'%s': of a SavedModel, the directory is to be named", path);
	return true;
}
