/* model_config.c - which models are served, from where, and which of their versions. */
#include "model_config.h"
#include "../../../lib/io/path.h"

#include <stdlib.h>
#include <string.h>

#define BUILT_IN_NAME "emnist"

void model_entry_clear(struct model_entry *entry)
{
	for (size_t i = 0; i < entry->n_labels; i++)
		free(entry->labels[i].name);
	free(entry->name);
	free(entry->base_path);
	free(entry->versions);
	free(entry->labels);
}

void model_config_clear(struct model_config *config)
{
	for (size_t i = 0; i < config->n; i++)
		model_entry_clear(&config->models[i]);
	free(config->models);
	*config = (struct model_config){0};
}

/* Cuts the last part off a path, and returns it; "" if there is none. */
static const char *cut_last(char *path)
{
	size_t n = strlen(path);
	char *slash;

	while (n > 0 && path[n - 1] == '/')
		path[--n] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return "";
	*slash = '\0';
	return slash + 1;
}

static void strip_ending(char *name)
{
	static const char *const endings[] = {".onnx", ".pb", ".safetensors", ".savedmodel"};
	const size_t n = strlen(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		const size_t n_ending = strlen(endings[i]);

		if (n > n_ending && strcmp(name + n - n_ending, endings[i]) == 0) {
			name[n - n_ending] = '\0';
			return;
		}
	}
}

/* As tutorials name models: after the file or directory. That of a SavedModel's file, or of a
 * version, is after its directory. */
static char *name_of(const char *path)
{
	char *absolute = realpath(path, NULL);
	const char *last;
	char *name;

	/* Messages need a name, even if it is not there. */
	if (!absolute)
		absolute = path_join("/", path);
	last = absolute ? cut_last(absolute) : "";
	while (strcmp(last, "saved_model.pb") == 0 ||
	       (*last && last[strspn(last, "0123456789")] == '\0'))
		last = cut_last(absolute);
	name = strdup(*last ? last : BUILT_IN_NAME);
	if (name)
		strip_ending(name);
	free(absolute);
	return name;
}

/* A pipe, which has no name of its own. */
static bool is_nameless(const char *path)
{
	return !path || strcmp(path, "-") == 0 || strncmp(path, "/dev/", 5) == 0;
}

bool model_config_single(const char *path, const char *name, struct model_config *config_ret)
{
	struct model_entry *entry = calloc(1, sizeof(*entry));

	*config_ret = (struct model_config){entry, 1};
	if (!entry)
		return false;
	entry->n_latest = 1;
	entry->name = name                ? strdup(name)
		      : is_nameless(path) ? strdup(BUILT_IN_NAME)
					  : name_of(path);
	entry->base_path = path ? strdup(path) : NULL;
	if (entry->name && (entry->base_path || !path))
		return true;
	model_config_clear(config_ret);
	return false;
}
