/* registry_edit.c - changes the models that are served. */
#include "registry_edit.h"
#include "registry_state.h"

#include <stdlib.h>
#include <string.h>

/* Versions listed that have ended; of more, the lowest are forgotten. */
#define MAX_ENDED 32

struct registry *registry_new(void (*on_unused)(void *context), void *context)
{
	struct registry *registry = calloc(1, sizeof(*registry));

	if (!registry)
		return NULL;
	pthread_mutex_init(&registry->mutex, NULL);
	registry->on_unused = on_unused;
	registry->context = context;
	return registry;
}

static void free_labels(struct version_label *labels, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(labels[i].name);
	free(labels);
}

static void clear_model(struct registry_model *model)
{
	free(model->name);
	free(model->versions);
	free_labels(model->labels, model->n_labels);
}

void registry_free(struct registry *registry)
{
	if (!registry)
		return;
	while (registry->n_models > 0)
		registry_remove_model(registry, registry->models[0].name);
	registry_free_unused(registry);
	pthread_mutex_destroy(&registry->mutex);
	free(registry->models);
	free(registry);
}

bool registry_add_model(struct registry *registry, const char *name)
{
	char *copy = strdup(name);
	struct registry_model *models;
	size_t i = 0;

	pthread_mutex_lock(&registry->mutex);
	models =
		copy ? realloc(registry->models, (registry->n_models + 1) * sizeof(*models)) : NULL;
	if (models) {
		registry->models = models;
		while (i < registry->n_models && strcmp(models[i].name, name) < 0)
			i++;
		memmove(models + i + 1, models + i, (registry->n_models - i) * sizeof(*models));
		models[i] = (struct registry_model){.name = copy};
		registry->n_models++;
	}
	pthread_mutex_unlock(&registry->mutex);
	if (!models)
		free(copy);
	return models != NULL;
}

/* What is unused is freed by the caller's next registry_free_unused(). */
void registry_remove_model(struct registry *registry, const char *name)
{
	struct registry_model *model, removed = {0};

	pthread_mutex_lock(&registry->mutex);
	model = registry_find(registry, name);
	if (model) {
		removed = *model;
		registry->n_models--;
		memmove(model, model + 1,
			(size_t)(registry->models + registry->n_models - model) * sizeof(*model));
	}
	for (size_t i = 0; i < removed.n_versions; i++)
		if (removed.versions[i].status.state == VERSION_AVAILABLE)
			registry_unreference(registry, removed.versions[i].loaded);
	pthread_mutex_unlock(&registry->mutex);
	clear_model(&removed);
}

/* --------------------------------------------------------------------- versions */

static void forget_ended(struct registry_model *model)
{
	size_t n = 0;

	for (size_t i = 0; i < model->n_versions; i++) {
		if (model->versions[i].status.state != VERSION_END || ++n <= MAX_ENDED)
			continue;
		model->n_versions--;
		memmove(model->versions + i, model->versions + i + 1,
			(model->n_versions - i) * sizeof(*model->versions));
		i--;
	}
}

/* The version with this number, listed from now on; NULL when memory is short. */
static struct registry_version *listed(struct registry_model *model, int64_t number)
{
	struct registry_version *version = registry_find_version(model, number);
	size_t i = 0;

	if (version)
		return version;
	if (model->n_versions == model->capacity) {
		const size_t capacity = 2 * model->capacity + 4;

		version = realloc(model->versions, capacity * sizeof(*version));
		if (!version)
			return NULL;
		model->versions = version;
		model->capacity = capacity;
	}
	while (i < model->n_versions && model->versions[i].status.number > number)
		i++;
	version = model->versions + i;
	memmove(version + 1, version, (model->n_versions - i) * sizeof(*version));
	*version = (struct registry_version){.status = {.number = number}};
	model->n_versions++;
	return version;
}

void registry_list_version(struct registry *registry, const char *name, int64_t number,
			   enum version_state state, const struct emnist_error *error)
{
	struct registry_version *version;
	struct registry_model *model;

	pthread_mutex_lock(&registry->mutex);
	model = registry_find(registry, name);
	version = listed(model, number);
	if (version) {
		version->status.state = state;
		version->status.error = error ? *error : (struct emnist_error){0};
		version->loaded = NULL;
		forget_ended(model);
	}
	pthread_mutex_unlock(&registry->mutex);
}

bool registry_put(struct registry *registry, struct loaded *loaded)
{
	struct registry_version *version;
	struct registry_model *model;

	pthread_mutex_lock(&registry->mutex);
	model = registry_find(registry, loaded->name);
	version = listed(model, loaded->served.version);
	if (version) {
		if (version->status.state == VERSION_AVAILABLE)
			registry_unreference(registry, version->loaded);
		version->status.state = VERSION_AVAILABLE;
		version->status.error = (struct emnist_error){0};
		version->loaded = loaded;
		loaded->n_references = 1;
		model->was_ready = true;
	}
	pthread_mutex_unlock(&registry->mutex);
	return version != NULL;
}

void registry_drop(struct registry *registry, const char *name, int64_t number)
{
	struct registry_version *version;

	pthread_mutex_lock(&registry->mutex);
	version = registry_find_version(registry_find(registry, name), number);
	version->status.state = VERSION_UNLOADING;
	registry_unreference(registry, version->loaded);
	pthread_mutex_unlock(&registry->mutex);
}

bool registry_set_labels(struct registry *registry, const char *name,
			 const struct version_label *labels, size_t n)
{
	struct version_label *copies = calloc(n + 1, sizeof(*copies)), *former;
	struct registry_model *model;
	size_t n_former;

	for (size_t i = 0; copies && i < n; i++) {
		copies[i] = (struct version_label){strdup(labels[i].name), labels[i].number};
		if (!copies[i].name) {
			free_labels(copies, i);
			copies = NULL;
		}
	}
	if (!copies)
		return false;
	pthread_mutex_lock(&registry->mutex);
	model = registry_find(registry, name);
	former = model->labels;
	n_former = model->n_labels;
	model->labels = copies;
	model->n_labels = n;
	pthread_mutex_unlock(&registry->mutex);
	free_labels(former, n_former);
	return true;
}

/* ------------------------------------------------------------------------ unused */

/* The list tells that its memory is given back. */
static void end_version(struct registry *registry, const struct loaded *loaded)
{
	struct registry_model *model = registry_find(registry, loaded->name);
	struct registry_version *version =
		model ? registry_find_version(model, loaded->served.version) : NULL;

	if (version && version->loaded == loaded) {
		version->status.state = VERSION_END;
		version->loaded = NULL;
		forget_ended(model);
	}
}

size_t registry_free_unused(struct registry *registry)
{
	struct loaded *unused, *next;
	size_t n = 0;

	pthread_mutex_lock(&registry->mutex);
	unused = registry->unused;
	registry->unused = NULL;
	for (struct loaded *loaded = unused; loaded; loaded = loaded->next)
		end_version(registry, loaded);
	pthread_mutex_unlock(&registry->mutex);
	for (; unused; unused = next, n++) {
		next = unused->next;
		loaded_free(unused);
	}
	return n;
}
