/* test_workers.c - work that is submitted or shared before and after the workers of the server
 * stop. */
#include "../../cli/serve/call/workers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>

#include <cmocka.h>

#define N_WORKERS 3
#define N_PARTS   100

static void count(void *context)
{
	atomic_fetch_add((atomic_int *)context, 1);
}

static void mark(void *context, size_t i)
{
	atomic_fetch_add((atomic_int *)context + i, 1);
}

static void check_share(struct workers *workers)
{
	atomic_int parts[N_PARTS] = {0};

	workers_share(workers, N_PARTS, mark, parts);
	for (size_t i = 0; i < N_PARTS; i++)
		assert_int_equal(atomic_load(&parts[i]), 1);
}

/* Connections may still be answered when the time to end is over. */
static void test_stop(void **state)
{
	struct workers *workers = workers_start(N_WORKERS);
	struct work works[N_PARTS], late;
	atomic_int n = 0;

	(void)state;
	assert_non_null(workers);
	check_share(workers);
	for (size_t i = 0; i < N_PARTS; i++) {
		works[i] = (struct work){.run = count, .context = &n};
		assert_true(workers_submit(workers, &works[i]));
	}
	workers_stop(workers);
	assert_int_equal(atomic_load(&n), N_PARTS);
	late = (struct work){.run = count, .context = &n};
	assert_false(workers_submit(workers, &late));
	check_share(workers);
	assert_int_equal(atomic_load(&n), N_PARTS);
	workers_free(workers);
}

static void test_none(void **state)
{
	(void)state;
	workers_stop(NULL);
	workers_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
