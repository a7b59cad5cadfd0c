/*
 * stopwatch.c - runs work on several threads at once, repeatedly, for a given time.
 *
 * Each thread's rate is its images by its own time, and the rates are summed: no thread waits for
 * another, or pays for one that began late. The first round, which warms up caches and clocks, does
 * not count.
 */
#include "../../lib/base/error.h"
#include "../common/interrupt.h"
#include "../common/progress.h"
#include "bench.h"

#include <pthread.h>
#include <stdlib.h>

/* That count: enough for the median to pass over one or two that something else disturbed. */
#define N_ROUNDS 5

/* Of the whole time, for the round that does not count. */
#define WARM_UP_SHARE 0.1

/* In this many runs, of 64 images or 16 files each, even the coarsest clock advances. */
#define MAX_STILL_RUNS 1000

struct runner {
	const struct work *work;
	void *worker;
	pthread_t thread;
	bool started;
	double seconds; /* that a round lasts */
	double rate;    /* of the round */
	struct emnist_error error;
};

static void *run_round(void *argument)
{
	struct runner *runner = argument;
	const double started = seconds_now();
	size_t n_images = 0, n_still = 0, n;
	double elapsed = 0, before;

	runner->rate = 0;
	do {
		n = runner->work->run(runner->work->context, runner->worker, &runner->error);
		n_images += n;
		before = elapsed;
		elapsed = seconds_now() - started;
		n_still = elapsed > before ? 0 : n_still + 1;
	} while (n > 0 && elapsed < runner->seconds && n_still < MAX_STILL_RUNS &&
		 !interrupt_came());
	if (n > 0 && n_still == MAX_STILL_RUNS)
		error_set(&runner->error, EMNIST_ERR_IO, "%s", STOPWATCH_STANDS_STILL);
	else if (n > 0 && elapsed > 0)
		runner->rate = (double)n_images / elapsed;
	return NULL;
}

/* One round on all threads; the first works on the caller's. */
static enum emnist_status measure_round(struct runner *runners, unsigned n_threads, double seconds,
					double *rate_ret, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	for (unsigned i = 0; i < n_threads; i++)
		runners[i].seconds = seconds;
	for (unsigned i = 1; i < n_threads; i++) {
		runners[i].started =
			pthread_create(&runners[i].thread, NULL, run_round, &runners[i]) == 0;
		if (!runners[i].started)
			status = error_set(error, EMNIST_ERR_MEMORY, "cannot start a thread");
	}
	run_round(&runners[0]);
	*rate_ret = 0;
	for (unsigned i = 0; i < n_threads; i++) {
		if (i > 0 && runners[i].started)
			pthread_join(runners[i].thread, NULL);
		*rate_ret += runners[i].rate;
		if (!status && runners[i].error.code) {
			*error = runners[i].error;
			status = error->code;
		}
	}
	return status;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median_of(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), compare);
	return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

static enum emnist_status measure(struct runner *runners, unsigned n_threads, double seconds,
				  double *rate_ret, struct emnist_error *error)
{
	enum emnist_status status;
	double rates[N_ROUNDS] = {0};

	status = measure_round(runners, n_threads, WARM_UP_SHARE * seconds, rates, error);
	for (int i = 0; i < N_ROUNDS && !status && !interrupt_came(); i++)
		status = measure_round(runners, n_threads, (1 - WARM_UP_SHARE) * seconds / N_ROUNDS,
				       rates + i, error);
	*rate_ret = status || interrupt_came() ? 0 : median_of(rates, N_ROUNDS);
	return status;
}

enum emnist_status stopwatch_run(const struct work *work, unsigned n_threads, double seconds,
				 double *rate_ret, struct emnist_error *error)
{
	struct runner *runners = calloc(n_threads, sizeof(*runners));
	enum emnist_status status = EMNIST_OK;
	unsigned n_made = 0;

	if (!runners)
		return error_memory(error);
	while (n_made < n_threads && !status) {
		runners[n_made].work = work;
		runners[n_made].worker = work->make(work->context, error);
		if (runners[n_made].worker)
			n_made++;
		else
			status = error->code;
	}
	if (!status)
		status = measure(runners, n_threads, seconds, rate_ret, error);
	while (n_made > 0)
		work->free(runners[--n_made].worker);
	free(runners);
	return status;
}
