/*
 * test_ordered.c - the ordered workers: order, bounds, and every way to end. Runs under
 * ThreadSanitizer too (make check-tsan).
 */
#include "../base/ordered.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

struct slot {
	uint64_t number;
	uint64_t result;
};

struct worker {
	uint32_t random;
};

struct run {
	uint64_t n_to_produce;
	uint64_t stop_at;   /* consume() says no to this number; UINT64_MAX: to none */
	unsigned max_delay; /* microseconds that work takes, at random */
	bool slow_seventh;  /* every seventh piece of work takes 2 ms */
	unsigned fail_slot; /* 1-based: the slot_make() that fails; 0: none */
	unsigned fail_worker;

	uint64_t n_produced;
	uint64_t n_consumed;
	uint64_t n_out_of_order;
	uint64_t n_wrong;
	unsigned n_slots_made, n_slots_freed;
	unsigned n_workers_made, n_workers_freed;
	uint64_t n_after_end; /* produce() calls after it said that there is no more */
	bool ended;
	atomic_uint n_under_way, most_under_way;
	atomic_uint n_worked;
};

static void *slot_make(void *context)
{
	struct run *run = context;

	if (++run->n_slots_made == run->fail_slot) {
		run->n_slots_made--;
		return NULL;
	}
	return calloc(1, sizeof(struct slot));
}

static void slot_free(void *context, void *slot)
{
	struct run *run = context;

	run->n_slots_freed++;
	free(slot);
}

static void *worker_make(void *context)
{
	struct run *run = context;
	struct worker *worker;

	if (++run->n_workers_made == run->fail_worker) {
		run->n_workers_made--;
		return NULL;
	}
	worker = calloc(1, sizeof(*worker));
	if (worker)
		worker->random = run->n_workers_made;
	return worker;
}

static void worker_free(void *context, void *worker)
{
	struct run *run = context;

	run->n_workers_freed++;
	free(worker);
}

static bool produce(void *context, void *content)
{
	struct run *run = context;
	struct slot *slot = content;
	unsigned now;

	run->n_after_end += run->ended;
	if (run->n_produced == run->n_to_produce) {
		run->ended = true;
		return false;
	}
	*slot = (struct slot){run->n_produced++, 0};
	now = atomic_fetch_add(&run->n_under_way, 1) + 1;
	/* Only this thread raises the number. */
	if (now > atomic_load(&run->most_under_way))
		atomic_store(&run->most_under_way, now);
	return true;
}

static void sleep_us(unsigned us)
{
	const struct timespec time = {.tv_nsec = (long)us * 1000};

	nanosleep(&time, NULL);
}

static void work(void *context, void *content, void *slot_content)
{
	struct run *run = context;
	struct worker *worker = content;
	struct slot *slot = slot_content;

	worker->random = worker->random * 1664525 + 1013904223;
	if (run->slow_seventh && slot->number % 7 == 0)
		sleep_us(2000);
	else if (run->max_delay)
		sleep_us((worker->random >> 8) % run->max_delay);
	slot->result = slot->number * slot->number;
	atomic_fetch_add(&run->n_worked, 1);
}

static bool consume(void *context, void *content)
{
	struct run *run = context;
	const struct slot *slot = content;

	if (slot->number == run->stop_at)
		return false;
	run->n_out_of_order += slot->number != run->n_consumed;
	run->n_wrong += slot->result != slot->number * slot->number;
	run->n_consumed++;
	atomic_fetch_sub(&run->n_under_way, 1);
	return true;
}

/* Runs, and checks what must hold however it ends. */
static enum emnist_status run_ordered_as(struct run *run, unsigned n_workers, unsigned n_slots,
					 bool in_turn, struct emnist_error *error)
{
	const struct ordered_options options = {
		.n_workers = n_workers,
		.n_slots = n_slots,
		.in_turn = in_turn,
		.context = run,
		.slot_make = slot_make,
		.slot_free = slot_free,
		.worker_make = worker_make,
		.worker_free = worker_free,
		.produce = produce,
		.work = work,
		.consume = consume,
	};
	enum emnist_status status = ordered_run(&options, error);

	assert_int_equal(run->n_slots_freed, run->n_slots_made);
	assert_int_equal(run->n_workers_freed, run->n_workers_made);
	assert_int_equal(run->n_out_of_order, 0);
	assert_int_equal(run->n_wrong, 0);
	assert_int_equal(run->n_after_end, 0);
	return status;
}

static enum emnist_status run_ordered(struct run *run, unsigned n_workers, unsigned n_slots,
				      struct emnist_error *error)
{
	return run_ordered_as(run, n_workers, n_slots, false, error);
}

static void test_order_under_random_delays(void **state)
{
	static const unsigned n_workers[] = {1, 2, 3, 8};

	(void)state;
	for (size_t i = 0; i < sizeof(n_workers) / sizeof(n_workers[0]); i++)
		for (unsigned n_slots = 0; n_slots <= 5; n_slots++) {
			struct run run = {
				.n_to_produce = 200, .stop_at = UINT64_MAX, .max_delay = 100};

			assert_int_equal(run_ordered(&run, n_workers[i], n_slots, NULL), EMNIST_OK);
			assert_int_equal(run.n_consumed, 200);
			assert_int_equal(run.n_worked, 200);
			assert_int_equal(run.n_workers_made, n_workers[i]);
			assert_int_equal(run.n_slots_made, n_slots ? n_slots : 4 * n_workers[i]);
		}
}

/* Every seventh piece of work is slow: others overtake it, but only as far as there are slots. */
static void test_slots_are_bounded(void **state)
{
	(void)state;
	for (unsigned n_slots = 1; n_slots <= 6; n_slots += 5) {
		struct run run = {.n_to_produce = 70, .stop_at = UINT64_MAX, .slow_seventh = true};

		assert_int_equal(run_ordered(&run, 4, n_slots, NULL), EMNIST_OK);
		assert_int_equal(run.n_consumed, 70);
		assert_int_equal(run.most_under_way, n_slots);
	}
}

static void test_empty_input(void **state)
{
	struct run run = {.stop_at = UINT64_MAX};

	(void)state;
	assert_int_equal(run_ordered(&run, 4, 0, NULL), EMNIST_OK);
	assert_true(run.ended);
	assert_int_equal(run.n_consumed, 0);
	assert_int_equal(run.n_worked, 0);
}

static void test_one_piece(void **state)
{
	struct run run = {.n_to_produce = 1, .stop_at = UINT64_MAX};

	(void)state;
	assert_int_equal(run_ordered(&run, 8, 0, NULL), EMNIST_OK);
	assert_int_equal(run.n_consumed, 1);
}

static void test_consume_stops(void **state)
{
	(void)state;
	for (uint64_t stop_at = 0; stop_at < 40; stop_at += 13) {
		struct run run = {.n_to_produce = UINT64_MAX, .stop_at = stop_at, .max_delay = 200};
		struct emnist_error error = {0};

		assert_int_equal(run_ordered(&run, 3, 5, &error), EMNIST_ERR_STOPPED);
		assert_int_equal(error.code, EMNIST_ERR_STOPPED);
		assert_int_equal(run.n_consumed, stop_at);
		/* The producer went no further than the slots that were free. */
		assert_true(run.n_produced <= stop_at + 5);
	}
}

static void test_make_fails(void **state)
{
	(void)state;
	for (unsigned fail = 1; fail <= 3; fail++) {
		struct run slots = {.n_to_produce = 9, .fail_slot = fail};
		struct run workers = {.n_to_produce = 9, .fail_worker = fail};
		struct emnist_error error = {0};

		assert_int_equal(run_ordered(&slots, 3, 3, &error), EMNIST_ERR_MEMORY);
		assert_int_equal(error.code, EMNIST_ERR_MEMORY);
		assert_int_equal(slots.n_slots_made, fail - 1);
		assert_int_equal(run_ordered(&workers, 3, 3, NULL), EMNIST_ERR_MEMORY);
		assert_int_equal(workers.n_workers_made, fail - 1);
		assert_int_equal(slots.n_produced + workers.n_produced, 0);
	}
}

static pthread_t the_caller;
static unsigned n_elsewhere;

static bool produce_here(void *context, void *slot)
{
	n_elsewhere += !pthread_equal(pthread_self(), the_caller);
	return produce(context, slot);
}

static void work_here(void *context, void *worker, void *slot)
{
	n_elsewhere += !pthread_equal(pthread_self(), the_caller);
	work(context, worker, slot);
}

/* One after the other on the caller's thread, with all that holds otherwise. */
static void test_in_turn(void **state)
{
	struct run whole = {.n_to_produce = 9, .stop_at = UINT64_MAX};
	struct run stopped = {.n_to_produce = 9, .stop_at = 4};
	struct run refused = {.n_to_produce = 9, .stop_at = UINT64_MAX};
	struct emnist_error error;
	const struct ordered_options options = {
		.n_workers = 1,
		.in_turn = true,
		.context = &whole,
		.slot_make = slot_make,
		.slot_free = slot_free,
		.worker_make = worker_make,
		.worker_free = worker_free,
		.produce = produce_here,
		.work = work_here,
		.consume = consume,
	};

	(void)state;
	the_caller = pthread_self();
	assert_int_equal(ordered_run(&options, NULL), EMNIST_OK);
	assert_int_equal(n_elsewhere, 0);
	assert_int_equal(whole.n_consumed, 9);
	assert_int_equal(whole.n_worked, 9);
	assert_int_equal(whole.most_under_way, 1);
	assert_int_equal(whole.n_slots_made, 1);
	assert_int_equal(whole.n_slots_freed + whole.n_workers_freed, 2);
	assert_int_equal(run_ordered_as(&stopped, 1, 1, true, &error), EMNIST_ERR_STOPPED);
	assert_int_equal(error.code, EMNIST_ERR_STOPPED);
	assert_int_equal(stopped.n_consumed, 4);
	assert_int_equal(run_ordered_as(&refused, 2, 0, true, NULL), EMNIST_ERR_ARGUMENT);
	assert_int_equal(run_ordered_as(&refused, 1, 2, true, NULL), EMNIST_ERR_ARGUMENT);
	assert_int_equal(refused.n_slots_made + refused.n_workers_made + refused.n_produced, 0);
}

static void test_arguments(void **state)
{
	struct run run = {.n_to_produce = 1};
	struct emnist_error error;

	(void)state;
	assert_int_equal(run_ordered(&run, 0, 0, &error), EMNIST_ERR_ARGUMENT);
	assert_int_equal(run_ordered(&run, 1025, 0, &error), EMNIST_ERR_ARGUMENT);
	assert_int_equal(run_ordered(&run, 1, 65537, &error), EMNIST_ERR_ARGUMENT);
	assert_int_equal(run.n_slots_made + run.n_workers_made + run.n_produced, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_under_random_delays),
		cmocka_unit_test(test_slots_are_bounded),
		cmocka_unit_test(test_empty_input),
		cmocka_unit_test(test_one_piece),
		cmocka_unit_test(test_consume_stops),
		cmocka_unit_test(test_make_fails),
		cmocka_unit_test(test_in_turn),
		cmocka_unit_test(test_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
