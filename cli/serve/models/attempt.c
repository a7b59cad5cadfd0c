/* attempt.c - loads a version of a model, as often as that is needed. */
#include "attempt.h"
#include "../../../lib/base/error.h"
#include "../../common/trim.h"
#include "file_stamp.h"
#include "version_scan.h"

#include <stdlib.h>
#include <string.h>

/* TensorFlow Serving tries five more times, a minute apart. Here the time doubles from a second on:
 * what ran short is there again soon, or a person has to look at it. */
#define MAX_RETRIES 5

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* What can be read once alone is never looked at again. */
static bool has_files(const char *place)
{
	return place && strcmp(place, "-") != 0;
}

static bool has_waited(const struct attempt *attempt)
{
	return attempt->n_failures <= MAX_RETRIES && now() >= attempt->retry_at;
}

static void fail(struct attempt *attempt, const struct loading *loading, const char *name,
		 const char *about, const struct emnist_error *error)
{
	if (attempt->n_failures < MAX_RETRIES)
		attempt->retry_at = now() + (1 << attempt->n_failures);
	attempt->n_failures++;
	if (!attempt->model)
		registry_list_version(loading->registry, name, attempt->number, VERSION_END, error);
	if (strcmp(attempt->message, error->message) == 0)
		return;
	complain("model '%s', version %lld: '%s': %s", name, (long long)attempt->number, about,
		 error->message);
	memcpy(attempt->message, error->message, sizeof(attempt->message));
}

/* What was read, and from which files. */
struct candidate {
	struct emnist_model *model;
	char *path;
	uint64_t stamp;
	const char *about; /* of errors */
};

/* Files that change while they are read may be half old, half new. */
static enum emnist_status read_candidate(const struct loading *loading, const char *place,
					 uint64_t files, struct candidate *candidate,
					 struct emnist_error *error)
{
	struct model_source source = loading->source;
	enum emnist_status status = EMNIST_OK;

	candidate->about = place ? place : "built-in model";
	if (has_files(place))
		status = version_model(place, &candidate->path, error);
	if (status)
		return status;
	source.path = candidate->path ? candidate->path : place;
	status = model_read(&source, MODEL_TO_RUN, &candidate->model, &candidate->about, error);
	if (status)
		return status;
	model_warn(candidate->model, &source);
	if (!has_files(place))
		return EMNIST_OK;
	candidate->stamp = stamp_model(source.path, candidate->model);
	if (stamp_files(place) == files)
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_CORRUPT, "a file changed while it was read");
}

/* Takes the candidate's model and path, if it succeeds. */
static enum emnist_status serve(struct attempt *attempt, const struct loading *loading,
				const char *name, struct candidate *candidate,
				struct emnist_error *error)
{
	struct loaded *loaded = loaded_new(name, attempt->number, candidate->model, loading->engine,
					   loading->preprocess);

	if (!loaded)
		return error_memory(error);
	candidate->model = NULL;
	if (!registry_put(loading->registry, loaded)) {
		loaded_free(loaded);
		return error_memory(error);
	}
	free(attempt->path);
	attempt->path = candidate->path;
	candidate->path = NULL;
	attempt->model = loaded->served.model;
	attempt->stamp = candidate->stamp;
	attempt->n_failures = 0;
	attempt->message[0] = '\0';
	if (!loading->quiet)
		complain("model '%s', version %lld: ready", name, (long long)attempt->number);
	return EMNIST_OK;
}

static void try_now(struct attempt *attempt, const struct loading *loading, const char *name,
		    const char *place, uint64_t files)
{
	struct candidate candidate = {0};
	struct emnist_error error;
	enum emnist_status status;

	if (!attempt->model)
		registry_list_version(loading->registry, name, attempt->number, VERSION_LOADING,
				      NULL);
	status = read_candidate(loading, place, files, &candidate, &error);
	if (!status)
		status = serve(attempt, loading, name, &candidate, &error);
	if (status)
		fail(attempt, loading, name, candidate.about, &error);
	emnist_model_free(candidate.model);
	free(candidate.path);
	/* The allocator would keep what reading took. */
	trim_memory();
}

/* Whether it was read from there; elsewhere is another version, of the same number. */
static bool is_from(const struct attempt *attempt, const char *place)
{
	const size_t n = strlen(place);

	return strncmp(attempt->path, place, n) == 0 &&
	       (attempt->path[n] == '\0' || attempt->path[n] == '/');
}

static bool is_current(const struct attempt *attempt, const char *place)
{
	if (!attempt->model || !has_files(place))
		return attempt->model != NULL;
	return is_from(attempt, place) &&
	       stamp_model(attempt->path, attempt->model) == attempt->stamp;
}

bool attempt_load(struct attempt *attempt, const struct loading *loading, const char *name,
		  const char *place, bool is_forced)
{
	uint64_t files;

	if (is_current(attempt, place))
		return true;
	files = has_files(place) ? stamp_files(place) : 0;
	if (attempt->n_failures > 0 && files != attempt->tried_stamp)
		attempt->n_failures = 0;
	if (attempt->n_failures == 0 || is_forced || has_waited(attempt)) {
		attempt->tried_stamp = files;
		try_now(attempt, loading, name, place, files);
	}
	return attempt->model != NULL;
}

void attempt_unload(struct attempt *attempt, const struct loading *loading, const char *name)
{
	registry_drop(loading->registry, name, attempt->number);
	attempt->model = NULL;
	if (!loading->quiet)
		complain("model '%s', version %lld: unloaded", name, (long long)attempt->number);
}

void attempt_clear(struct attempt *attempt)
{
	free(attempt->path);
}
