/* loaded.c - a version of a model in memory, with its sessions. */
#include "loaded.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Sessions kept of a size; each belongs to one request at a time. */
#define MAX_KEPT 64

struct shelf {
	struct emnist_session *kept[MAX_KEPT];
	size_t n;
};

struct sessions {
	pthread_mutex_t mutex;
	struct shelf single, many; /* for one row, and for more */
};

struct loaded *loaded_new(const char *name, int64_t version, struct emnist_model *model, int engine,
			  int preprocess)
{
	struct loaded *loaded = calloc(1, sizeof(*loaded));
	struct sessions *sessions = calloc(1, sizeof(*sessions));
	char *copy = strdup(name);

	if (!loaded || !sessions || !copy) {
		free(loaded);
		free(sessions);
		free(copy);
		return NULL;
	}
	pthread_mutex_init(&sessions->mutex, NULL);
	*loaded = (struct loaded){
		.served = {.name = copy,
			   .version = version,
			   .model = model,
			   .preprocess = preprocess < 0 ? emnist_model_preprocess(model)
							: (enum emnist_preprocess)preprocess,
			   .n_classes = emnist_model_n_outputs(model)},
		.model = model,
		.engine = (enum emnist_engine)engine,
		.name = copy,
		.sessions = sessions,
	};
	return loaded;
}

static void clear_shelf(struct shelf *shelf)
{
	while (shelf->n > 0)
		emnist_session_free(shelf->kept[--shelf->n]);
}

void loaded_free(struct loaded *loaded)
{
	if (!loaded)
		return;
	clear_shelf(&loaded->sessions->single);
	clear_shelf(&loaded->sessions->many);
	pthread_mutex_destroy(&loaded->sessions->mutex);
	free(loaded->sessions);
	emnist_model_free(loaded->model);
	free(loaded->name);
	free(loaded);
}

static struct shelf *shelf_of(struct sessions *sessions, size_t max_rows)
{
	return max_rows > 1 ? &sessions->many : &sessions->single;
}

struct emnist_session *served_take_session(struct served *served, size_t max_rows)
{
	struct loaded *loaded = (struct loaded *)served;
	struct sessions *sessions = loaded->sessions;
	struct shelf *shelf = shelf_of(sessions, max_rows);
	const struct emnist_session_options options = {.engine = loaded->engine};
	struct emnist_session *session = NULL;

	pthread_mutex_lock(&sessions->mutex);
	if (shelf->n > 0)
		session = shelf->kept[--shelf->n];
	pthread_mutex_unlock(&sessions->mutex);
	if (!session)
		emnist_session_create_with(loaded->model, max_rows, &options, &session, NULL);
	return session;
}

void served_give_session(struct served *served, struct emnist_session *session, size_t max_rows)
{
	struct sessions *sessions = ((struct loaded *)served)->sessions;
	struct shelf *shelf = shelf_of(sessions, max_rows);

	pthread_mutex_lock(&sessions->mutex);
	if (session && shelf->n < MAX_KEPT) {
		shelf->kept[shelf->n++] = session;
		session = NULL;
	}
	pthread_mutex_unlock(&sessions->mutex);
	emnist_session_free(session);
}
