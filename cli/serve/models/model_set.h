/* model_set.h - the models of a configuration, all of them watched. */
#ifndef CLI_SERVE_MODEL_SET_H
#define CLI_SERVE_MODEL_SET_H

#include "attempt.h"
#include "model_config.h"

struct model_set;

/* An empty set. *loading must outlive it. NULL when memory is short. */
struct model_set *model_set_new(const struct loading *loading);

/* NULL is accepted. */
void model_set_free(struct model_set *set);

/* Has the models of this configuration from now on, which it takes. What is loaded of them stays.
 * Prints an error and returns false when memory is short; then nothing changes. */
bool model_set_follow(struct model_set *set, struct model_config *config);

/* Looks at the files of all models, and loads and unloads what that calls for. is_forced: also
 * tries again what failed before. */
void model_set_look(struct model_set *set, bool is_forced);

/* Whether every model has a version that serves, and all labels are assigned. Prints an error if
 * not. */
bool model_set_check(const struct model_set *set);

#endif
