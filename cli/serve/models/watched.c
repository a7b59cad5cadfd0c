/* watched.c - a model whose directory is watched for versions. */
#include "watched.h"
#include "../../../lib/base/error.h"
#include "../../../lib/io/path.h"
#include "../../output/text.h"
#include "version_scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum kind {
	KIND_UNKNOWN,
	KIND_VERSIONS, /* a directory of versions */
	KIND_SINGLE,   /* one model, as version 1 */
	KIND_FIXED,    /* one that is read once: the built-in one, or from a pipe */
};

struct watched {
	const struct loading *loading;
	const struct model_entry *entry;
	enum kind kind;
	struct found_versions found;
	bool is_there;    /* found is what is there now */
	size_t n_serving; /* of those wanted */
	struct attempt *attempts;
	size_t n_attempts;
	struct text said; /* what was printed last about the versions found */
};

struct watched *watched_new(const struct loading *loading, const struct model_entry *entry)
{
	struct watched *watched = calloc(1, sizeof(*watched));

	if (watched && registry_add_model(loading->registry, entry->name)) {
		watched->loading = loading;
		watched->entry = entry;
		return watched;
	}
	free(watched);
	complain("out of memory");
	return NULL;
}

void watched_free(struct watched *watched)
{
	registry_remove_model(watched->loading->registry, watched->entry->name);
	found_versions_clear(&watched->found);
	for (size_t i = 0; i < watched->n_attempts; i++)
		attempt_clear(&watched->attempts[i]);
	free(watched->attempts);
	text_release(&watched->said);
	free(watched);
}

void watched_follow(struct watched *watched, const struct model_entry *entry)
{
	if (strcmp(entry->base_path, watched->entry->base_path) != 0)
		watched->kind = KIND_UNKNOWN;
	watched->entry = entry;
}

/* -------------------------------------------------------------------------- look */

static enum emnist_status find_kind(struct watched *watched, struct emnist_error *error)
{
	const char *path = watched->entry->base_path;
	struct stat st;

	if (!path || strcmp(path, "-") == 0)
		watched->kind = KIND_FIXED;
	if (watched->kind == KIND_FIXED)
		return EMNIST_OK;
	if (stat(path, &st) < 0)
		return error_errno(error, errno, NULL);
	if (watched->kind != KIND_UNKNOWN)
		return EMNIST_OK;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		watched->kind = KIND_FIXED;
	else
		watched->kind = is_single_model(path) ? KIND_SINGLE : KIND_VERSIONS;
	return EMNIST_OK;
}

static enum emnist_status find_versions(struct watched *watched, struct emnist_error *error)
{
	struct found_versions *found = &watched->found;
	enum emnist_status status = find_kind(watched, error);

	if (status)
		return status;
	if (watched->kind == KIND_VERSIONS)
		return version_scan(watched->entry->base_path, found, error);
	found_versions_clear(found);
	found->items = calloc(1, sizeof(*found->items));
	if (!found->items)
		return error_memory(error);
	found->items[0].number = 1;
	found->n = 1;
	return EMNIST_OK;
}

static bool is_specific(const struct model_entry *entry, int64_t number)
{
	size_t i = 0;

	while (i < entry->n_versions && entry->versions[i] != number)
		i++;
	return entry->policy != POLICY_SPECIFIC || i < entry->n_versions;
}

static bool is_found(const struct watched *watched, int64_t number)
{
	size_t i = 0;

	while (i < watched->found.n && watched->found.items[i].number != number)
		i++;
	return i < watched->found.n;
}

/* What a person should know about the versions found, in TensorFlow Serving's words. */
static void describe(const struct watched *watched, struct text *text)
{
	const struct model_entry *entry = watched->entry;
	const struct found_versions *found = &watched->found;

	if (found->n == 0)
		text_printf(text,
			    "No versions of servable %s found under base path %s. Did you forget "
			    "to name your leaf directory as a number (eg. '/1/')?",
			    entry->name, entry->base_path);
	if (found->twin)
		text_printf(text,
			    "Duplicate version directories detected. Version of servable %s will "
			    "be loaded from %s, %s will be ignored.",
			    entry->name, found->twin, found->ignored_twin);
	for (size_t i = 0; found->n > 0 && i < entry->n_versions; i++)
		if (!is_found(watched, entry->versions[i]))
			text_printf(text,
				    "Version %lld of servable %s, which was requested to be served "
				    "as a 'specific' version in the servable's version policy, was "
				    "not found in the file system. ",
				    (long long)entry->versions[i], entry->name);
}

/* Prints it unless it was printed before. */
static void say_once(struct watched *watched, struct text *text)
{
	struct text *said = &watched->said;

	if (text->nbytes == said->nbytes &&
	    (text->nbytes == 0 || memcmp(text->bytes, said->bytes, text->nbytes) == 0)) {
		text_release(text);
		return;
	}
	if (text->nbytes > 0)
		complain("%.*s", (int)text->nbytes, text->bytes);
	text_release(said);
	*said = *text;
}

void watched_look(struct watched *watched)
{
	struct emnist_error error;
	struct text text = {0};

	watched->is_there = find_versions(watched, &error) == EMNIST_OK;
	if (watched->is_there)
		describe(watched, &text);
	else
		text_printf(&text, "model '%s': '%s': %s", watched->entry->name,
			    watched->entry->base_path, error.message);
	say_once(watched, &text);
}

/* -------------------------------------------------------------------------- load */

/* Added if it is new; NULL when memory is short. */
static struct attempt *attempt_of(struct watched *watched, int64_t number)
{
	struct attempt *attempts;
	size_t i = 0;

	while (i < watched->n_attempts && watched->attempts[i].number != number)
		i++;
	if (i < watched->n_attempts)
		return &watched->attempts[i];
	attempts = realloc(watched->attempts, (i + 1) * sizeof(*attempts));
	if (!attempts)
		return NULL;
	watched->attempts = attempts;
	watched->n_attempts++;
	attempts[i] = (struct attempt){.number = number};
	registry_list_version(watched->loading->registry, watched->entry->name, number,
			      VERSION_START, NULL);
	return &attempts[i];
}

static bool load(struct watched *watched, const struct found_version *version, bool is_forced)
{
	struct attempt *attempt = attempt_of(watched, version->number);
	const char *base = watched->entry->base_path;
	char *place = version->name ? path_join(base, version->name) : NULL;
	bool serves = false;

	if (attempt && (place || !version->name)) {
		attempt->is_wanted = true;
		serves = attempt_load(attempt, watched->loading, watched->entry->name,
				      place ? place : base, is_forced);
	}
	free(place);
	return serves;
}

/* Nothing is wanted from a directory that is not there; what was loaded serves on. */
void watched_load(struct watched *watched, bool is_forced)
{
	const struct model_entry *entry = watched->entry;
	const size_t most = entry->policy == POLICY_LATEST ? entry->n_latest : SIZE_MAX;
	const size_t n = watched->is_there ? watched->found.n : 0;

	watched->n_serving = 0;
	for (size_t i = 0; i < watched->n_attempts; i++)
		watched->attempts[i].is_wanted = false;
	for (size_t i = 0; i < n && watched->n_serving < most; i++)
		if (is_specific(entry, watched->found.items[i].number))
			watched->n_serving += load(watched, &watched->found.items[i], is_forced);
}

bool watched_serves(const struct watched *watched)
{
	return watched->n_serving > 0;
}

bool watched_serves_version(const struct watched *watched, int64_t number)
{
	for (size_t i = 0; i < watched->n_attempts; i++)
		if (watched->attempts[i].number == number)
			return watched->attempts[i].model && watched->attempts[i].is_wanted;
	return false;
}

/* ------------------------------------------------------------------------ unload */

void watched_unload(struct watched *watched)
{
	const bool keep = !watched->is_there || (watched->n_serving == 0 && watched->found.n > 0);
	size_t n = 0;

	for (size_t i = 0; i < watched->n_attempts; i++) {
		struct attempt *attempt = &watched->attempts[i];

		if (attempt->model && !attempt->is_wanted && !keep)
			attempt_unload(attempt, watched->loading, watched->entry->name);
		if (attempt->model || attempt->is_wanted)
			watched->attempts[n++] = *attempt;
		else
			attempt_clear(attempt);
	}
	watched->n_attempts = n;
}
