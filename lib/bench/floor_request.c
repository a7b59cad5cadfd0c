/*
 * floor_request.c - the least time that a server needs for a JSON request besides HTTP: what
 * `emnist serve` is held against.
 *
 *	floor_request BODY...
 *
 * A BODY is a file with {"instances": [[784 numbers], ...]}. In rounds over all of them, each stage
 * runs alone on one thread: parse the body, run the network on what was parsed, print its
 * probabilities. Standard output gets a line per stage, as JSON: its name and the processor time of
 * a body, in microseconds, the median of the rounds.
 */
#include "../base/memory.h"
#include "../emnist_serve.h"
#include "../io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 15

/* A round takes about this long, so that a clock of microseconds suffices. */
#define ROUND_SECONDS 0.02

enum stage { STAGE_PARSE, STAGE_NETWORK, STAGE_PRINT, N_STAGES };

static const char *const stage_names[N_STAGES] = {"parse", "network", "print"};

struct request {
	struct buffer body;
	struct emnist_json *json;
	struct emnist_json_tensor rows; /* in json */
	float *probabilities;
};

struct floor {
	struct request *requests;
	size_t n_requests, n_outputs;
	struct emnist_model *model;
	struct emnist_session *session;
	char *text;
};

static bool parse(struct request *request)
{
	struct emnist_json *json = request->json;

	return !emnist_json_parse(json, request->body.data, request->body.nbytes, NULL, NULL) &&
	       emnist_json_tensor(json,
				  emnist_json_member(json, emnist_json_root(json), "instances"),
				  &request->rows) &&
	       request->rows.rank == 2 && request->rows.shape[1] == EMNIST_VECTOR_LENGTH;
}

static bool run(const struct floor *floor, struct request *request, enum stage stage)
{
	const size_t n_rows = request->rows.shape[0];

	if (stage == STAGE_PARSE)
		return parse(request);
	if (stage == STAGE_NETWORK)
		return emnist_session_run(floor->session, request->rows.values, n_rows,
					  request->probabilities, NULL) == EMNIST_OK;
	return emnist_json_put_floats(floor->text, request->probabilities,
				      n_rows * floor->n_outputs) > 0;
}

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Seconds a body, of so many passes over all; negative: one cannot be done. */
static double time_passes(const struct floor *floor, enum stage stage, size_t n_passes)
{
	const double start = cpu_seconds();

	for (size_t pass = 0; pass < n_passes; pass++)
		for (size_t i = 0; i < floor->n_requests; i++)
			if (!run(floor, &floor->requests[i], stage))
				return -1;
	return (cpu_seconds() - start) / (double)(n_passes * floor->n_requests);
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool time_stage(const struct floor *floor, enum stage stage)
{
	double times[ROUNDS];
	/* The first pass fetches memory, and tells how many make a round. */
	const double first = time_passes(floor, stage, 1);
	const double pass = first * (double)floor->n_requests;
	const size_t n_passes = pass > 0 ? (size_t)(ROUND_SECONDS / pass) + 1 : 1;

	if (first < 0)
		return false;
	for (size_t i = 0; i < ROUNDS; i++)
		times[i] = time_passes(floor, stage, n_passes);
	qsort(times, ROUNDS, sizeof(*times), compare);
	printf("{\"stage\":\"%s\",\"microseconds\":%.3f}\n", stage_names[stage],
	       1e6 * times[ROUNDS / 2]);
	return true;
}

static bool request_open(struct floor *floor, struct request *request, const char *path)
{
	if (file_read(path, UINT64_MAX, &request->body, NULL) ||
	    emnist_json_create(&request->json, NULL) || !parse(request))
		return false;
	request->probabilities =
		alloc_array(request->rows.shape[0], floor->n_outputs * sizeof(float));
	return request->probabilities;
}

static void request_close(struct request *request)
{
	emnist_json_free(request->json);
	buffer_clear(&request->body);
	free(request->probabilities);
}

/* All bodies, and what their stages need. */
static bool floor_open(struct floor *floor, size_t n, char **paths)
{
	size_t most = 0;

	floor->requests = alloc_zeroed(n, sizeof(*floor->requests));
	if (!floor->requests || emnist_model_default(&floor->model, NULL))
		return false;
	floor->n_outputs = emnist_model_n_outputs(floor->model);
	for (; floor->n_requests < n; floor->n_requests++) {
		struct request *request = &floor->requests[floor->n_requests];

		if (!request_open(floor, request, paths[floor->n_requests])) {
			fprintf(stderr, "floor_request: '%s': no instances of 784 numbers\n",
				paths[floor->n_requests]);
			request_close(request);
			return false;
		}
		most = request->rows.shape[0] > most ? request->rows.shape[0] : most;
	}
	floor->text = alloc_array(most * floor->n_outputs, EMNIST_JSON_FLOAT_ROOM);
	return floor->text && !emnist_session_create(floor->model, most, &floor->session, NULL);
}

int main(int argc, char **argv)
{
	struct floor floor = {0};
	bool ok = argc >= 2 && floor_open(&floor, (size_t)argc - 1, argv + 1);

	if (argc < 2)
		fprintf(stderr, "usage: floor_request BODY...\n");
	for (enum stage stage = STAGE_PARSE; ok && stage < N_STAGES; stage++)
		ok = time_stage(&floor, stage);
	for (size_t i = 0; i < floor.n_requests; i++)
		request_close(&floor.requests[i]);
	free(floor.requests);
	free(floor.text);
	emnist_session_free(floor.session);
	emnist_model_free(floor.model);
	return ok ? 0 : 1;
}
