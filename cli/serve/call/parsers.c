/* parsers.c - parsers of JSON that wait for the next request. */
#include "parsers.h"

#include <pthread.h>
#include <stdlib.h>

/* A parser holds several times the memory of its largest document. So those of large ones are not
 * kept; beside such a document, making a parser is nothing. */
#define MAX_KEPT        64
#define MAX_KEPT_NBYTES 262144

struct parsers {
	pthread_mutex_t mutex;
	struct emnist_json *kept[MAX_KEPT];
	size_t n;
};

struct parsers *parsers_new(void)
{
	struct parsers *parsers = calloc(1, sizeof(*parsers));

	if (parsers)
		pthread_mutex_init(&parsers->mutex, NULL);
	return parsers;
}

void parsers_free(struct parsers *parsers)
{
	if (!parsers)
		return;
	while (parsers->n > 0)
		emnist_json_free(parsers->kept[--parsers->n]);
	pthread_mutex_destroy(&parsers->mutex);
	free(parsers);
}

struct emnist_json *parsers_take(struct parsers *parsers)
{
	struct emnist_json *json = NULL;

	pthread_mutex_lock(&parsers->mutex);
	if (parsers->n > 0)
		json = parsers->kept[--parsers->n];
	pthread_mutex_unlock(&parsers->mutex);
	if (!json)
		emnist_json_create(&json, NULL);
	return json;
}

void parsers_give(struct parsers *parsers, struct emnist_json *json, size_t nbytes)
{
	pthread_mutex_lock(&parsers->mutex);
	if (json && nbytes <= MAX_KEPT_NBYTES && parsers->n < MAX_KEPT) {
		parsers->kept[parsers->n++] = json;
		json = NULL;
	}
	pthread_mutex_unlock(&parsers->mutex);
	emnist_json_free(json);
}
