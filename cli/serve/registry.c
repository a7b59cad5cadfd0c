/* registry.c - the models that are served, by name and version. */
#include "registry.h"
#include "../common/messages.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Sessions kept of a size; each belongs to one request at a time. */
#define MAX_KEPT 64

struct shelf {
	size_t max_rows;
	struct emnist_session *kept[MAX_KEPT];
	size_t n;
};

struct loaded {
	struct served served;
	struct emnist_model *model;
	enum emnist_engine engine;
	pthread_mutex_t mutex; /* of the shelves */
	struct shelf shelves[2];
};

struct registry {
	struct loaded loaded;
	char *name;
};

enum registry_answer registry_acquire(struct registry *registry, const char *name,
				      const struct version_choice *choice,
				      struct served **served_ret)
{
	*served_ret = NULL;
	if (name && strcmp(name, registry->name) != 0)
		return REGISTRY_NO_MODEL;
	if (choice && choice->label)
		return REGISTRY_NO_LABEL;
	if (choice && choice->has_number && choice->number != 1)
		return REGISTRY_NO_VERSION;
	*served_ret = &registry->loaded.served;
	return REGISTRY_FOUND;
}

void registry_release(struct registry *registry, struct served *served)
{
	(void)registry;
	(void)served;
}

static struct shelf *shelf_of(struct loaded *loaded, size_t max_rows)
{
	return &loaded->shelves[max_rows > 1];
}

struct emnist_session *served_take_session(struct served *served, size_t max_rows)
{
	struct loaded *loaded = (struct loaded *)served;
	struct shelf *shelf = shelf_of(loaded, max_rows);
	const struct emnist_session_options options = {.engine = loaded->engine};
	struct emnist_session *session = NULL;

	pthread_mutex_lock(&loaded->mutex);
	if (shelf->n > 0)
		session = shelf->kept[--shelf->n];
	pthread_mutex_unlock(&loaded->mutex);
	if (!session)
		emnist_session_create_with(loaded->model, max_rows, &options, &session, NULL);
	return session;
}

void served_give_session(struct served *served, struct emnist_session *session, size_t max_rows)
{
	struct loaded *loaded = (struct loaded *)served;
	struct shelf *shelf = shelf_of(loaded, max_rows);

	pthread_mutex_lock(&loaded->mutex);
	if (session && shelf->n < MAX_KEPT) {
		shelf->kept[shelf->n++] = session;
		session = NULL;
	}
	pthread_mutex_unlock(&loaded->mutex);
	emnist_session_free(session);
}

bool registry_are_ready(struct registry *registry)
{
	return registry->loaded.model != NULL;
}

bool registry_list(struct registry *registry, char ***names_ret, size_t *n_ret)
{
	const size_t nbytes = strlen(registry->name) + 1;
	char **names = malloc(sizeof(*names) + nbytes);

	*names_ret = names;
	if (!names)
		return false;
	names[0] = (char *)(names + 1);
	memcpy(names[0], registry->name, nbytes);
	*n_ret = 1;
	return true;
}

bool registry_status(struct registry *registry, const char *name,
		     struct version_status **versions_ret, size_t *n_ret)
{
	*versions_ret = NULL;
	if (strcmp(name, registry->name) != 0)
		return false;
	*versions_ret = calloc(1, sizeof(**versions_ret));
	if (!*versions_ret)
		return false;
	(*versions_ret)[0] = (struct version_status){.number = 1, .state = VERSION_AVAILABLE};
	*n_ret = 1;
	return true;
}

struct registry *registry_open(const char *path, const char *name, int engine, int preprocess)
{
	struct registry *registry = calloc(1, sizeof(*registry));
	struct emnist_error error;
	enum emnist_status status;

	if (!registry) {
		complain("out of memory");
		return NULL;
	}
	status = path ? emnist_model_read(path, NULL, &registry->loaded.model, &error)
		      : emnist_model_default(&registry->loaded.model, &error);
	if (status) {
		complain_of(path ? path : "built-in model", &error);
		registry_close(registry);
		return NULL;
	}
	registry->name = strdup(name ? name : "emnist");
	registry->loaded.engine = (enum emnist_engine)engine;
	registry->loaded.shelves[0].max_rows = 1;
	registry->loaded.shelves[1].max_rows = 64;
	pthread_mutex_init(&registry->loaded.mutex, NULL);
	registry->loaded.served = (struct served){
		.name = registry->name,
		.version = 1,
		.model = registry->loaded.model,
		.preprocess = preprocess < 0 ? emnist_model_preprocess(registry->loaded.model)
					     : (enum emnist_preprocess)preprocess,
		.n_classes = emnist_model_n_outputs(registry->loaded.model),
	};
	return registry;
}

void registry_close(struct registry *registry)
{
	for (size_t i = 0; i < 2; i++)
		while (registry->loaded.shelves[i].n > 0)
			emnist_session_free(
				registry->loaded.shelves[i].kept[--registry->loaded.shelves[i].n]);
	emnist_model_free(registry->loaded.model);
	free(registry->name);
	free(registry);
}
