/* model_set.c - the models of a configuration, all of them watched. */
#include "model_set.h"
#include "../../output/text.h"
#include "watched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct model_set {
	const struct loading *loading;
	struct model_config config;
	struct watched **models; /* in the order of the configuration */
	bool has_labels;         /* of the configuration; else the former ones are still assigned */
	char said[256];          /* what was printed about labels last */
};

struct model_set *model_set_new(const struct loading *loading)
{
	struct model_set *set = calloc(1, sizeof(*set));

	if (set)
		set->loading = loading;
	return set;
}

void model_set_free(struct model_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->config.n; i++)
		watched_free(set->models[i]);
	free(set->models);
	model_config_clear(&set->config);
	free(set);
}

/* ------------------------------------------------------------------- configuration */

/* The model of that name, which is then no longer in the set. */
static struct watched *take_model(struct model_set *set, const char *name)
{
	for (size_t i = 0; i < set->config.n; i++) {
		struct watched *model = set->models[i];

		if (!model || strcmp(set->config.models[i].name, name) != 0)
			continue;
		set->models[i] = NULL;
		return model;
	}
	return NULL;
}

static bool has_model(const struct model_set *set, const char *name)
{
	size_t i = 0;

	while (i < set->config.n && strcmp(set->config.models[i].name, name) != 0)
		i++;
	return i < set->config.n;
}

/* New models, at their places; the others are NULL. */
static struct watched **make_models(struct model_set *set, const struct model_config *config)
{
	struct watched **models = calloc(config->n + 1, sizeof(struct watched *));

	if (!models)
		complain("out of memory");
	for (size_t i = 0; models && i < config->n; i++) {
		if (has_model(set, config->models[i].name))
			continue;
		models[i] = watched_new(set->loading, &config->models[i]);
		if (models[i])
			continue;
		while (i-- > 0)
			if (models[i])
				watched_free(models[i]);
		free(models);
		return NULL;
	}
	return models;
}

bool model_set_follow(struct model_set *set, struct model_config *config)
{
	struct watched **models = make_models(set, config);

	if (!models) {
		model_config_clear(config);
		return false;
	}
	for (size_t i = 0; i < config->n; i++) {
		if (models[i])
			continue;
		models[i] = take_model(set, config->models[i].name);
		watched_follow(models[i], &config->models[i]);
	}
	for (size_t i = 0; i < set->config.n; i++)
		if (set->models[i])
			watched_free(set->models[i]);
	free(set->models);
	model_config_clear(&set->config);
	set->models = models;
	set->config = *config;
	set->has_labels = false;
	*config = (struct model_config){0};
	return true;
}

/* -------------------------------------------------------------------------- labels */

/* The first label of a version that does not serve, or soon will not; NULL: there is none. */
static const struct version_label *find_unready(const struct watched *model,
						const struct model_entry *entry)
{
	for (size_t i = 0; i < entry->n_labels; i++)
		if (!watched_serves_version(model, entry->labels[i].number))
			return &entry->labels[i];
	return NULL;
}

static bool check_labels(struct model_set *set)
{
	char text[sizeof(set->said)];

	for (size_t i = 0; i < set->config.n; i++) {
		const struct model_entry *entry = &set->config.models[i];
		const struct version_label *label = find_unready(set->models[i], entry);

		if (!label)
			continue;
		snprintf(text, sizeof(text),
			 "Request to assign label to version %lld of model %s, which is not "
			 "currently available for inference",
			 (long long)label->number, entry->name);
		if (strcmp(text, set->said) != 0)
			complain("%s", text);
		strcpy(set->said, text);
		return false;
	}
	set->said[0] = '\0';
	return true;
}

/* All or none, so that a label is never moved to what does not serve. Those that cannot be assigned
 * yet are tried again at the next look. */
static void assign_labels(struct model_set *set)
{
	if (set->has_labels || !check_labels(set))
		return;
	set->has_labels = true;
	for (size_t i = 0; i < set->config.n; i++) {
		const struct model_entry *entry = &set->config.models[i];

		if (!registry_set_labels(set->loading->registry, entry->name, entry->labels,
					 entry->n_labels))
			set->has_labels = false;
	}
}

/* ---------------------------------------------------------------------------- look */

/* What is new serves before what it replaces ends. */
void model_set_look(struct model_set *set, bool is_forced)
{
	for (size_t i = 0; i < set->config.n; i++)
		watched_look(set->models[i]);
	for (size_t i = 0; i < set->config.n; i++)
		watched_load(set->models[i], is_forced);
	assign_labels(set);
	for (size_t i = 0; i < set->config.n; i++)
		watched_unload(set->models[i]);
}

bool model_set_check(const struct model_set *set)
{
	struct text names = {0};
	size_t n = 0;

	for (size_t i = 0; i < set->config.n; i++)
		if (!watched_serves(set->models[i]))
			text_printf(&names, n++ > 0 ? ", %s" : "%s", set->config.models[i].name);
	if (n > 0)
		complain("%zu model%s not available: %.*s", n, n == 1 ? "" : "s", (int)names.nbytes,
			 names.bytes);
	text_release(&names);
	return n == 0 && set->has_labels;
}
