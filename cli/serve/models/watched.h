/* watched.h - a model whose directory is watched for versions. */
#ifndef CLI_SERVE_WATCHED_H
#define CLI_SERVE_WATCHED_H

#include "attempt.h"
#include "model_config.h"

struct watched;

/* Adds the model of the entry to the registry. The entry and *loading must outlive it. Prints an
 * error and returns NULL when memory is short. */
struct watched *watched_new(const struct loading *loading, const struct model_entry *entry);

/* Removes the model from the registry, too. */
void watched_free(struct watched *watched);

/* From now on the entry, for the same name, is this. */
void watched_follow(struct watched *watched, const struct model_entry *entry);

/* A round in three steps. First, looks which versions there are. */
void watched_look(struct watched *watched);

/* Loads what is wanted, see attempt_load(): the highest versions, and lower ones in place of those
 * that cannot be loaded. */
void watched_load(struct watched *watched, bool is_forced);

/* Whether a version serves, of those that were wanted last. */
bool watched_serves(const struct watched *watched);

/* The same of this version. */
bool watched_serves_version(const struct watched *watched, int64_t number);

/* Ends the service of what is not wanted any more, unless that would leave nothing. */
void watched_unload(struct watched *watched);

#endif
