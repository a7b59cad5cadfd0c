/* load_run.c - one run against a server. */
#include "load_run.h"

#include "../common/interrupt.h"
#include "../common/progress.h"
#include "driver.h"
#include "grade.h"

#include <stdlib.h>

/* What the driver's callbacks need. */
struct context {
	struct grader *grader;
	struct requests *requests;
	struct progress progress;
	double started;
	uint64_t n_images; /* to do; 0: unknown */
};

static bool judge(void *context, size_t index, const struct http_response *response,
		  const char *body, struct measurement *measurement, struct emnist_error *error)
{
	const struct context *c = context;

	return grader_grade(c->grader, index, response, body, measurement, error);
}

static void show_progress(void *context, const struct measurement *measurement)
{
	struct context *c = context;

	progress_update(&c->progress, measurement->n_images, c->n_images);
}

static bool measure(struct load_run *run, const struct load_settings *settings,
		    const struct load_plan *plan, struct context *context)
{
	const uint64_t n_once = settings->is_once ? requests_count(plan->requests) : 0;
	struct driver *driver = driver_new(plan);
	struct measurement *warm_up = calloc(1, sizeof(*warm_up));

	if (!driver || !warm_up) {
		driver_free(driver);
		free(warm_up);
		return false;
	}
	progress_start(&context->progress, "images", settings->quiet);
	if (settings->warm_up > 0)
		driver_run(driver, 0, settings->warm_up, warm_up);
	if (!interrupt_came())
		driver_run(driver, n_once ? n_once : settings->n_requests, settings->seconds,
			   &run->measurement);
	progress_clear(&context->progress);
	driver_free(driver);
	free(warm_up);
	return true;
}

static uint64_t images_to_do(const struct load_settings *settings, size_t batch)
{
	return settings->is_once ? settings->images.n : settings->n_requests * batch;
}

/* Of the images, the first. */
static size_t images_needed(const struct load_settings *settings, size_t batch)
{
	const size_t n = settings->images.n;

	return settings->n_requests && settings->n_requests < n / batch
		       ? (size_t)settings->n_requests * batch
		       : n;
}

/* Prints an error and returns false on failure. */
static bool prepare(struct context *context, const struct load_run *run,
		    const struct service *service, const struct load_settings *settings)
{
	const struct requests_options requests_options = {
		.target = service->url.target,
		.authority = service->url.authority,
		.header = settings->header,
		.keeps_alive = settings->keeps_alive,
		.protocol = service->protocol,
		.input_name = service->input_name,
		.images = &settings->images,
		.batch = run->batch,
		.n_requests = settings->n_requests,
	};
	struct grader_options grader_options = {
		.protocol = service->protocol,
		.images = &settings->images,
		.labels = settings->labels,
		.batch = run->batch,
		.repeats = !settings->is_once,
	};

	context->requests = requests_new(&requests_options);
	if (!context->requests)
		return false;
	grader_options.requests = context->requests;
	context->grader = grader_new(&grader_options);
	return context->grader != NULL;
}

static bool run_at(struct load_run *run, const struct load_settings *settings,
		   const struct service *service)
{
	struct context context = {.n_images = images_to_do(settings, run->batch)};
	struct load_plan plan = {
		.address = service->address,
		.n_connections = (size_t)settings->n_connections,
		.keeps_alive = settings->keeps_alive,
		.rate = settings->rate,
		.timeout = settings->timeout,
		.judge = judge,
		.progress = show_progress,
		.context = &context,
	};
	bool good = prepare(&context, run, service, settings);

	plan.requests = context.requests;
	good = good && measure(run, settings, &plan, &context);
	grader_free(context.grader);
	requests_free(context.requests);
	return good;
}

bool load_run(struct load_run *run, struct load_settings *settings)
{
	const struct service_options options = {
		.url = run->url,
		.unix_path = settings->unix_path,
		.protocol = run->protocol,
		.input_name = settings->input_name,
		.header = settings->header,
		.timeout = settings->timeout,
	};
	struct service service;

	if (!service_find(&service, &options))
		return false;
	run->protocol = service.protocol;
	if (service.protocol->needs_pngs &&
	    !load_images_encode(&settings->images, images_needed(settings, run->batch),
				settings->n_threads, settings->quiet))
		return false;
	return run_at(run, settings, &service);
}
