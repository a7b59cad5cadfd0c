/* test_registry.c - the models of `emnist serve`: states, references, and changes while threads use
 * them. Runs under ThreadSanitizer. */
#include "../../cli/serve/models/registry.h"
#include "../../cli/serve/models/registry_edit.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void count(void *context)
{
	atomic_fetch_add((atomic_int *)context, 1);
}

static void put(struct registry *registry, const char *name, int64_t number)
{
	struct emnist_model *model;
	struct loaded *loaded;

	assert_int_equal(emnist_model_default(&model, NULL), EMNIST_OK);
	loaded = loaded_new(name, number, model, EMNIST_ENGINE_KERNELS, -1);
	assert_non_null(loaded);
	assert_true(registry_put(registry, loaded));
}

/* The states of a model's versions, as "3E2A1U". */
static const char *states(struct registry *registry, const char *name)
{
	static char text[512];
	struct version_status *versions;
	size_t n, n_text = 0;

	if (!registry_status(registry, name, &versions, &n))
		return "none";
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		n_text +=
			(size_t)snprintf(text + n_text, sizeof(text) - n_text, "%lld%c",
					 (long long)versions[i].number, "SLAUE"[versions[i].state]);
	free(versions);
	return text;
}

/* The version that a request gets, -1 to -3: enum registry_answer. */
static int64_t chosen(struct registry *registry, const char *name,
		      const struct version_choice *choice)
{
	struct served *served;
	const enum registry_answer answer = registry_acquire(registry, name, choice, &served);
	int64_t number;

	if (answer != REGISTRY_FOUND) {
		assert_null(served);
		return -(int64_t)answer;
	}
	number = served->version;
	registry_release(registry, served);
	return number;
}

static void test_states(void **state)
{
	atomic_int n_unused = 0;
	struct registry *registry = registry_new(count, &n_unused);
	const struct emnist_error error = {.code = EMNIST_ERR_CORRUPT, .message = "broken"};
	struct version_status *versions;
	struct served *first, *second;
	size_t n;

	(void)state;
	assert_true(registry_are_ready(registry));
	assert_true(registry_add_model(registry, "m"));
	assert_true(registry_are_ready(registry));
	registry_list_version(registry, "m", 1, VERSION_START, NULL);
	assert_string_equal(states(registry, "m"), "1S");
	registry_list_version(registry, "m", 1, VERSION_LOADING, NULL);
	registry_list_version(registry, "m", 2, VERSION_END, &error);
	assert_string_equal(states(registry, "m"), "2E1L");
	assert_int_equal(chosen(registry, "m", NULL), -REGISTRY_NO_MODEL);
	put(registry, "m", 1);
	assert_string_equal(states(registry, "m"), "2E1A");
	assert_true(registry_status(registry, "m", &versions, &n));
	assert_string_equal(versions[0].error.message, "broken");
	assert_int_equal(versions[1].error.code, EMNIST_OK);
	free(versions);

	/* What is in use stays. */
	assert_int_equal(registry_acquire(registry, "m", NULL, &first), REGISTRY_FOUND);
	assert_int_equal(registry_acquire(registry, "m", NULL, &second), REGISTRY_FOUND);
	registry_drop(registry, "m", 1);
	assert_string_equal(states(registry, "m"), "2E1U");
	assert_false(registry_are_ready(registry));
	assert_int_equal(chosen(registry, "m", NULL), -REGISTRY_NO_MODEL);
	assert_int_equal(registry_free_unused(registry), 0);
	assert_int_equal(emnist_model_n_outputs(first->model), 62);
	registry_release(registry, first);
	assert_int_equal(n_unused, 0);
	registry_release(registry, second);
	assert_int_equal(n_unused, 1);
	assert_int_equal(registry_free_unused(registry), 1);
	assert_string_equal(states(registry, "m"), "2E1E");

	/* One that comes back while its predecessor is in use. */
	put(registry, "m", 1);
	registry_acquire(registry, "m", NULL, &first);
	registry_drop(registry, "m", 1);
	registry_list_version(registry, "m", 1, VERSION_LOADING, NULL);
	registry_release(registry, first);
	assert_int_equal(registry_free_unused(registry), 1);
	assert_string_equal(states(registry, "m"), "2E1L");
	put(registry, "m", 1);
	registry_acquire(registry, "m", NULL, &first);
	put(registry, "m", 1);
	registry_release(registry, first);
	assert_int_equal(registry_free_unused(registry), 1);
	assert_string_equal(states(registry, "m"), "2E1A");

	/* A model that is removed while it is in use. */
	registry_acquire(registry, "m", NULL, &first);
	registry_remove_model(registry, "m");
	assert_string_equal(states(registry, "m"), "none");
	assert_int_equal(emnist_model_n_outputs(first->model), 62);
	registry_release(registry, first);
	assert_int_equal(registry_free_unused(registry), 1);
	registry_free(registry);
}

static void test_choice(void **state)
{
	atomic_int n_unused = 0;
	struct registry *registry = registry_new(count, &n_unused);
	char stable[] = "stable", gone[] = "gone";
	const struct version_label labels[] = {{stable, 2}, {gone, 7}};
	const struct version_choice by_stable = {.label = "stable"}, by_gone = {.label = "gone"},
				    by_other = {.label = "other"},
				    by_2 = {.number = 2, .has_number = true},
				    by_7 = {.number = 7, .has_number = true};
	char **names;
	size_t n;

	(void)state;
	assert_int_equal(chosen(registry, NULL, NULL), -REGISTRY_NO_MODEL);
	registry_add_model(registry, "m");
	registry_add_model(registry, "z");
	registry_add_model(registry, "a");
	put(registry, "a", 1);
	put(registry, "m", 2);
	put(registry, "m", 10);
	put(registry, "m", -3);
	put(registry, "z", 5);
	assert_int_equal(chosen(registry, "m", NULL), 10);
	assert_int_equal(chosen(registry, NULL, NULL), 1);
	registry_add_model(registry, "default");
	put(registry, "default", 6);
	assert_int_equal(chosen(registry, NULL, NULL), 6);
	assert_int_equal(chosen(registry, "n", NULL), -REGISTRY_NO_MODEL);
	assert_int_equal(chosen(registry, "m", &by_2), 2);
	assert_int_equal(chosen(registry, "m", &by_7), -REGISTRY_NO_VERSION);
	assert_int_equal(chosen(registry, "m", &by_stable), -REGISTRY_NO_LABEL);
	assert_true(registry_set_labels(registry, "m", labels, 2));
	assert_int_equal(chosen(registry, "m", &by_stable), 2);
	assert_int_equal(chosen(registry, "m", &by_gone), -REGISTRY_NO_VERSION);
	assert_int_equal(chosen(registry, "m", &by_other), -REGISTRY_NO_LABEL);
	assert_int_equal(chosen(registry, "a", &by_stable), -REGISTRY_NO_LABEL);
	assert_true(registry_set_labels(registry, "m", NULL, 0));
	assert_int_equal(chosen(registry, "m", &by_stable), -REGISTRY_NO_LABEL);
	assert_true(registry_list(registry, &names, &n));
	assert_int_equal(n, 4);
	assert_string_equal(names[0], "a");
	assert_string_equal(names[1], "default");
	assert_string_equal(names[2], "m");
	assert_string_equal(names[3], "z");
	free(names);
	registry_free(registry);
}

/* Of those that ended, the 32 highest are listed. */
static void test_ended(void **state)
{
	atomic_int n_unused = 0;
	struct registry *registry = registry_new(count, &n_unused);
	struct version_status *versions;
	size_t n;

	(void)state;
	registry_add_model(registry, "m");
	put(registry, "m", 0);
	for (int64_t i = 1; i <= 100; i++)
		registry_list_version(registry, "m", i, VERSION_END, NULL);
	assert_true(registry_status(registry, "m", &versions, &n));
	assert_int_equal(n, 33);
	assert_int_equal(versions[0].number, 100);
	assert_int_equal(versions[31].number, 69);
	assert_int_equal(versions[32].number, 0);
	free(versions);
	registry_free(registry);
}

/* ------------------------------------------------------------------------- threads */

#define N_THREADS 4
#define N_CHANGES 200

struct sharing {
	struct registry *registry;
	atomic_bool done;
	atomic_int n_unused, n_answers, n_failures;
};

/* Every request finds a version, whose session runs. */
static void *use(void *context)
{
	static const float vector[EMNIST_VECTOR_LENGTH];
	struct sharing *sharing = context;
	float probabilities[62];

	while (!atomic_load(&sharing->done)) {
		struct emnist_session *session;
		struct served *served;

		if (registry_acquire(sharing->registry, "m", NULL, &served) != REGISTRY_FOUND) {
			atomic_fetch_add(&sharing->n_failures, 1);
			continue;
		}
		session = served_take_session(served, 1);
		if (!session || emnist_session_run(session, vector, 1, probabilities, NULL))
			atomic_fetch_add(&sharing->n_failures, 1);
		served_give_session(served, session, 1);
		registry_release(sharing->registry, served);
		atomic_fetch_add(&sharing->n_answers, 1);
	}
	return NULL;
}

static void count_unused(void *context)
{
	atomic_fetch_add(&((struct sharing *)context)->n_unused, 1);
}

static void test_threads(void **state)
{
	struct sharing sharing = {.registry = registry_new(count_unused, &sharing)};
	pthread_t threads[N_THREADS];
	size_t n_freed = 0;

	(void)state;
	registry_add_model(sharing.registry, "m");
	put(sharing.registry, "m", 0);
	for (size_t i = 0; i < N_THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use, &sharing), 0);
	for (int64_t i = 1; i <= N_CHANGES; i++) {
		put(sharing.registry, "m", i);
		registry_drop(sharing.registry, "m", i - 1);
		n_freed += registry_free_unused(sharing.registry);
		states(sharing.registry, "m");
		while (atomic_load(&sharing.n_answers) < i)
			sched_yield();
	}
	atomic_store(&sharing.done, true);
	for (size_t i = 0; i < N_THREADS; i++)
		pthread_join(threads[i], NULL);
	n_freed += registry_free_unused(sharing.registry);
	assert_int_equal(n_freed, N_CHANGES);
	assert_int_equal(sharing.n_failures, 0);
	registry_free(sharing.registry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_ended),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
