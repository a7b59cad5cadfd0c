/*
 * registry.c - finds models and versions for requests.
 *
 * One lock protects the tables and the reference counts. It is held for the time of a search among
 * a few names, so that requests do not wait for each other, nor for a model that is being loaded.
 */
#include "registry.h"
#include "registry_state.h"

#include <stdlib.h>
#include <string.h>

struct registry_model *registry_find(struct registry *registry, const char *name)
{
	size_t low = 0, high = registry->n_models;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = strcmp(name, registry->models[middle].name);

		if (order == 0)
			return &registry->models[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

struct registry_version *registry_find_version(struct registry_model *model, int64_t number)
{
	for (size_t i = 0; i < model->n_versions; i++)
		if (model->versions[i].status.number == number)
			return &model->versions[i];
	return NULL;
}

/* The model of a request that names none. */
static struct registry_model *usual_model(struct registry *registry)
{
	struct registry_model *model = registry_find(registry, "default");

	return model || registry->n_models == 0 ? model : &registry->models[0];
}

static bool is_available(const struct registry_version *version)
{
	return version && version->status.state == VERSION_AVAILABLE;
}

static struct registry_version *latest(struct registry_model *model)
{
	for (size_t i = 0; i < model->n_versions; i++)
		if (is_available(&model->versions[i]))
			return &model->versions[i];
	return NULL;
}

static const struct version_label *find_label(const struct registry_model *model, const char *name)
{
	for (size_t i = 0; i < model->n_labels; i++)
		if (strcmp(model->labels[i].name, name) == 0)
			return &model->labels[i];
	return NULL;
}

static enum registry_answer choose(struct registry_model *model,
				   const struct version_choice *choice,
				   struct registry_version **version_ret)
{
	const struct version_label *label;

	if (!choice || (!choice->label && !choice->has_number)) {
		*version_ret = latest(model);
		return *version_ret ? REGISTRY_FOUND : REGISTRY_NO_MODEL;
	}
	label = choice->label ? find_label(model, choice->label) : NULL;
	if (choice->label && !label)
		return REGISTRY_NO_LABEL;
	*version_ret = registry_find_version(model, label ? label->number : choice->number);
	return is_available(*version_ret) ? REGISTRY_FOUND : REGISTRY_NO_VERSION;
}

enum registry_answer registry_acquire(struct registry *registry, const char *name,
				      const struct version_choice *choice,
				      struct served **served_ret)
{
	enum registry_answer answer = REGISTRY_NO_MODEL;
	struct registry_version *version = NULL;
	struct registry_model *model;

	*served_ret = NULL;
	pthread_mutex_lock(&registry->mutex);
	model = name ? registry_find(registry, name) : usual_model(registry);
	if (model)
		answer = choose(model, choice, &version);
	if (answer == REGISTRY_FOUND) {
		version->loaded->n_references++;
		*served_ret = &version->loaded->served;
	}
	pthread_mutex_unlock(&registry->mutex);
	return answer;
}

bool registry_label(struct registry *registry, const char *name, const char *label,
		    int64_t *number_ret)
{
	const struct version_label *found = NULL;
	const struct registry_model *model;

	pthread_mutex_lock(&registry->mutex);
	model = registry_find(registry, name);
	if (model)
		found = find_label(model, label);
	if (found)
		*number_ret = found->number;
	pthread_mutex_unlock(&registry->mutex);
	return found != NULL;
}

bool registry_unreference(struct registry *registry, struct loaded *loaded)
{
	if (--loaded->n_references > 0)
		return false;
	loaded->next = registry->unused;
	registry->unused = loaded;
	return true;
}

void registry_release(struct registry *registry, struct served *served)
{
	bool is_last;

	if (!served)
		return;
	pthread_mutex_lock(&registry->mutex);
	is_last = registry_unreference(registry, (struct loaded *)served);
	pthread_mutex_unlock(&registry->mutex);
	if (is_last)
		registry->on_unused(registry->context);
}

bool registry_are_ready(struct registry *registry)
{
	bool are_ready = true;

	pthread_mutex_lock(&registry->mutex);
	for (size_t i = 0; i < registry->n_models; i++)
		are_ready = are_ready &&
			    (!registry->models[i].was_ready || latest(&registry->models[i]));
	pthread_mutex_unlock(&registry->mutex);
	return are_ready;
}

static char **copy_names(const struct registry *registry)
{
	size_t nbytes = sizeof(char *);
	char **names;
	char *room;

	for (size_t i = 0; i < registry->n_models; i++)
		nbytes += sizeof(char *) + strlen(registry->models[i].name) + 1;
	names = malloc(nbytes);
	if (!names)
		return NULL;
	room = (char *)(names + registry->n_models);
	for (size_t i = 0; i < registry->n_models; i++) {
		names[i] = room;
		room = stpcpy(room, registry->models[i].name) + 1;
	}
	return names;
}

bool registry_list(struct registry *registry, char ***names_ret, size_t *n_ret)
{
	pthread_mutex_lock(&registry->mutex);
	*names_ret = copy_names(registry);
	*n_ret = registry->n_models;
	pthread_mutex_unlock(&registry->mutex);
	return *names_ret != NULL;
}

bool registry_status(struct registry *registry, const char *name,
		     struct version_status **versions_ret, size_t *n_ret)
{
	struct registry_model *model;

	*versions_ret = NULL;
	pthread_mutex_lock(&registry->mutex);
	model = registry_find(registry, name);
	if (model)
		*versions_ret = malloc((model->n_versions + 1) * sizeof(**versions_ret));
	if (*versions_ret) {
		for (size_t i = 0; i < model->n_versions; i++)
			(*versions_ret)[i] = model->versions[i].status;
		*n_ret = model->n_versions;
	}
	pthread_mutex_unlock(&registry->mutex);
	return *versions_ret != NULL;
}
