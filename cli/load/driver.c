/*
 * driver.c - sends requests over several connections at once and measures the answers.
 *
 * One thread serves all connections: a request costs it a send, a receive and a share of a wait.
 * The latency of a request counts from when it was due. At a given rate that is independent of the
 * server: if it stalls, the requests that could not be sent meanwhile have waited as well.
 */
#include "driver.h"

#include "../common/interrupt.h"
#include "../common/messages.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NS 1e9

/* Events that are taken at once. */
#define N_EVENTS 64

/* Of the timer. */
#define TIMER_KEY UINT64_MAX

/* Milliseconds between looks at what no event announces: time-outs, the end, signals. */
#define LONGEST_WAIT 100

/* After so many failed connections in a row, the server is gone. */
#define MAX_REFUSED 100

/* Of a response's body, in messages. */
#define SHOWN_NBYTES 160

/* A connection and its request. */
struct flight {
	struct connection connection;
	struct text own; /* the request's bytes, if they were not made before */
	size_t index;    /* of the request */
	uint64_t due, begun;
	bool is_second_try;
	struct flight *earlier, *later; /* busy ones, in the order in which they began */
};

struct driver {
	const struct load_plan *plan;
	int epoll_fd, timer_fd;
	struct flight *flights;
	struct flight **idle;
	size_t n_idle;
	struct flight *first_busy, *last_busy;

	/* Of the current run. */
	struct measurement *measurement;
	uint64_t start, end; /* end: UINT64_MAX if there is none */
	uint64_t n_wanted;   /* UINT64_MAX: any number */
	uint64_t n_begun;
	uint64_t timer_due; /* what the timer is set to */
	unsigned n_refused; /* in a row */
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static double processor_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* ---------------------------------------------------------------- ends of requests */

static void add_busy(struct driver *driver, struct flight *flight)
{
	flight->earlier = driver->last_busy;
	flight->later = NULL;
	if (driver->last_busy)
		driver->last_busy->later = flight;
	else
		driver->first_busy = flight;
	driver->last_busy = flight;
}

static void remove_busy(struct driver *driver, struct flight *flight)
{
	if (flight->earlier)
		flight->earlier->later = flight->later;
	else
		driver->first_busy = flight->later;
	if (flight->later)
		flight->later->earlier = flight->earlier;
	else
		driver->last_busy = flight->earlier;
}

/* The request has ended, well or not. */
static void end(struct driver *driver, struct flight *flight, bool keeps_alive)
{
	struct connection *connection = &flight->connection;

	driver->measurement->n_bytes_in += connection->n_in;
	driver->measurement->n_bytes_out += connection->n_out;
	connection->n_in = connection->n_out = 0;
	if (!keeps_alive)
		connection_close(connection);
	remove_busy(driver, flight);
	driver->idle[driver->n_idle++] = flight;
}

static void note_status(struct measurement *measurement, const struct http_response *response,
			const char *body)
{
	const size_t n =
		response->body_nbytes < SHOWN_NBYTES ? response->body_nbytes : SHOWN_NBYTES;

	failure_add(measurement, FAILED_STATUS, "HTTP status %u%s%.*s", response->status,
		    n ? ": " : "", (int)n, body);
}

static void take_answer(struct driver *driver, struct flight *flight)
{
	const struct load_plan *plan = driver->plan;
	struct measurement *measurement = driver->measurement;
	const struct http_response *response = &flight->connection.response;
	const char *body = connection_body(&flight->connection);
	const uint64_t now = now_ns();
	struct emnist_error error;

	driver->n_refused = 0;
	if (response->status != 200) {
		note_status(measurement, response, body);
	} else if (!plan->judge(plan->context, flight->index, response, body, measurement,
				&error)) {
		failure_add(measurement, FAILED_ANSWER, "%s", error.message);
	} else {
		measurement->n_requests++;
		measurement->n_images += requests_batch(plan->requests, flight->index).n;
		histogram_add(&measurement->latency, now - flight->due);
	}
	end(driver, flight, plan->keeps_alive && response->keeps_alive);
}

static void note_lost(struct measurement *measurement, const struct connection *connection)
{
	failure_add(measurement, FAILED_CONNECTION, "%s",
		    connection->failure ? strerror(connection->failure)
					: connection->response.error);
}

/* A server may close a connection that it thinks idle while a request is on its way. */
static bool deserves_second_try(const struct flight *flight)
{
	return flight->connection.was_used && flight->connection.n_received == 0 &&
	       !flight->is_second_try;
}

static enum connection_progress send_request(struct driver *driver, struct flight *flight,
					     const char *bytes, size_t nbytes)
{
	driver->measurement->n_connections += flight->connection.fd < 0;
	return connection_send(&flight->connection, &driver->plan->address, driver->epoll_fd,
			       (uint64_t)(flight - driver->flights), bytes, nbytes);
}

static void go_on(struct driver *driver, struct flight *flight, enum connection_progress progress)
{
	struct connection *connection = &flight->connection;
	struct measurement *measurement = driver->measurement;

	if (progress == CONNECTION_LOST && deserves_second_try(flight)) {
		connection_close(connection);
		flight->is_second_try = true;
		progress = send_request(driver, flight, connection->request,
					connection->request_nbytes);
	}
	if (progress == CONNECTION_WAITS)
		return;
	if (progress == CONNECTION_ANSWERED) {
		take_answer(driver, flight);
		return;
	}
	if (progress == CONNECTION_REFUSED) {
		failure_add(measurement, FAILED_CONNECT, "%s", strerror(connection->failure));
		measurement->gave_up = ++driver->n_refused >= MAX_REFUSED;
	} else if (progress == CONNECTION_LOST) {
		note_lost(measurement, connection);
	} else {
		failure_add(measurement, FAILED_ANSWER, "%s", connection->response.error);
	}
	end(driver, flight, false);
}

/* ----------------------------------------------------------- beginnings of requests */

static uint64_t due_of(const struct driver *driver, uint64_t n)
{
	return driver->start + (uint64_t)((double)n / driver->plan->rate * NS);
}

/* Whether there is another request, and when it is due: with a rate, a given time. */
static bool find_next(const struct driver *driver, uint64_t now, uint64_t *due_ret)
{
	*due_ret = driver->plan->rate > 0 ? due_of(driver, driver->n_begun) : now;
	return driver->n_begun < driver->n_wanted && *due_ret < driver->end && now < driver->end &&
	       !driver->measurement->gave_up && !interrupt_came();
}

static size_t next_index(const struct driver *driver)
{
	return (size_t)(driver->n_begun % requests_count(driver->plan->requests));
}

static void begin(struct driver *driver, uint64_t due)
{
	struct flight *flight = driver->idle[--driver->n_idle];
	const char *bytes;
	size_t nbytes;

	flight->index = next_index(driver);
	flight->is_second_try = false;
	bytes = requests_get(driver->plan->requests, flight->index, &flight->own, &nbytes);
	driver->n_begun++;
	add_busy(driver, flight);
	flight->begun = now_ns();
	flight->due = driver->plan->rate > 0 ? due : flight->begun;
	if (bytes) {
		go_on(driver, flight, send_request(driver, flight, bytes, nbytes));
		return;
	}
	failure_add(driver->measurement, FAILED_CONNECT, "out of memory");
	driver->measurement->gave_up = true;
	end(driver, flight, false);
}

/* Begins what is due, as far as there are connections. Returns whether anything is left. */
static bool begin_due(struct driver *driver)
{
	uint64_t due, now = now_ns();
	bool is_left;

	while ((is_left = find_next(driver, now, &due)) && driver->n_idle > 0 && due <= now) {
		begin(driver, due);
		now = now_ns();
	}
	return is_left;
}

/* -------------------------------------------------------------------------- waiting */

static void set_timer(struct driver *driver)
{
	const uint64_t due = due_of(driver, driver->n_begun);
	struct itimerspec when = {
		.it_value = {(time_t)(due / 1000000000), (long)(due % 1000000000)}};

	if (due == driver->timer_due)
		return;
	driver->timer_due = due;
	timerfd_settime(driver->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

/* The earliest request that is on its way ends soonest. */
static void end_overdue(struct driver *driver)
{
	const uint64_t timeout = (uint64_t)(driver->plan->timeout * NS), now = now_ns();

	while (driver->first_busy && now - driver->first_busy->begun > timeout) {
		failure_add(driver->measurement, FAILED_TIMEOUT, "no answer within %g s",
			    driver->plan->timeout);
		end(driver, driver->first_busy, false);
	}
}

static void take_event(struct driver *driver, const struct epoll_event *event)
{
	struct flight *flight;

	if (event->data.u64 == TIMER_KEY)
		return;
	flight = &driver->flights[event->data.u64];
	if (flight->connection.state == CONNECTION_OPENING ||
	    flight->connection.state == CONNECTION_BUSY)
		go_on(driver, flight, connection_go_on(&flight->connection));
	else if (event->events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		connection_close(&flight->connection); /* nothing was asked */
}

static void wait(struct driver *driver, bool is_left)
{
	struct epoll_event events[N_EVENTS];
	int n;

	if (is_left && driver->plan->rate > 0 && driver->n_idle > 0)
		set_timer(driver);
	if (is_left)
		requests_prepare(driver->plan->requests, next_index(driver));
	n = epoll_wait(driver->epoll_fd, events, N_EVENTS, LONGEST_WAIT);
	for (int i = 0; i < n; i++) {
		take_event(driver, &events[i]);
		begin_due(driver);
	}
	end_overdue(driver);
	driver->plan->progress(driver->plan->context, driver->measurement);
}

/* ------------------------------------------------------------------------ the run */

/* Requests that were due, and never got a connection, have waited until now. */
static void count_unsent(struct driver *driver, uint64_t now)
{
	const uint64_t stop = now < driver->end ? now : driver->end;
	uint64_t due;

	for (uint64_t n = driver->n_begun; n < driver->n_wanted; n++) {
		due = due_of(driver, n);
		if (due >= stop)
			break;
		failure_add(driver->measurement, FAILED_UNSENT,
			    "more connections (-c) or a lower --rate would be needed");
		histogram_add(&driver->measurement->latency, stop - due);
	}
}

/* Those whose answers nobody waits for any more. */
static void drop_busy(struct driver *driver)
{
	while (driver->first_busy)
		end(driver, driver->first_busy, false);
}

void driver_run(struct driver *driver, uint64_t n_requests, double seconds,
		struct measurement *measurement)
{
	const double before = processor_seconds();
	bool is_left;

	driver->measurement = measurement;
	driver->start = now_ns();
	driver->end = seconds > 0 ? driver->start + (uint64_t)(seconds * NS) : UINT64_MAX;
	driver->n_wanted = n_requests ? n_requests : UINT64_MAX;
	driver->n_begun = 0;
	driver->n_refused = 0;
	driver->timer_due = 0;
	for (;;) {
		is_left = begin_due(driver);
		if (interrupt_came() || measurement->gave_up || (!is_left && !driver->first_busy))
			break;
		wait(driver, is_left);
	}
	measurement->seconds += (double)(now_ns() - driver->start) / NS;
	measurement->processor_seconds += processor_seconds() - before;
	if (driver->plan->rate > 0)
		count_unsent(driver, now_ns());
	drop_busy(driver);
}

/* Raises the limit on open files, as far as it may. */
static void allow_connections(size_t n)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= n + 64)
		return;
	limit.rlim_cur = n + 64 < limit.rlim_max ? n + 64 : limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static bool open_descriptors(struct driver *driver)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = TIMER_KEY};

	driver->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	driver->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return driver->epoll_fd >= 0 && driver->timer_fd >= 0 &&
	       epoll_ctl(driver->epoll_fd, EPOLL_CTL_ADD, driver->timer_fd, &event) == 0;
}

struct driver *driver_new(const struct load_plan *plan)
{
	struct driver *driver = calloc(1, sizeof(*driver));
	size_t n = plan->n_connections;

	if (!driver)
		goto memory;
	driver->plan = plan;
	driver->epoll_fd = driver->timer_fd = -1;
	driver->flights = calloc(n, sizeof(*driver->flights));
	driver->idle = calloc(n, sizeof(struct flight *));
	if (!driver->flights || !driver->idle)
		goto memory;
	for (driver->n_idle = 0; driver->n_idle < n; driver->n_idle++) {
		/* The first one is used first. */
		driver->flights[driver->n_idle].connection.fd = -1;
		driver->idle[driver->n_idle] = &driver->flights[n - 1 - driver->n_idle];
	}
	allow_connections(n);
	if (open_descriptors(driver))
		return driver;
	complain("cannot wait for connections: %s", strerror(errno));
	driver_free(driver);
	return NULL;
memory:
	complain("out of memory");
	driver_free(driver);
	return NULL;
}

void driver_free(struct driver *driver)
{
	if (!driver)
		return;
	for (size_t i = 0; i < driver->n_idle; i++) {
		connection_release(&driver->idle[i]->connection);
		text_release(&driver->idle[i]->own);
	}
	if (driver->epoll_fd >= 0)
		close(driver->epoll_fd);
	if (driver->timer_fd >= 0)
		close(driver->timer_fd);
	free(driver->flights);
	free(driver->idle);
	free(driver);
}
