/*
 * fuzz_model_config.c - any bytes as a list of models. What is accepted must come back the same
 * from a text that is written here, in another style.
 */
#include "../../cli/serve/models/model_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* Every byte as an escape. */
static void put_string(FILE *file, const char *string)
{
	fputc('\'', file);
	for (; *string; string++)
		fprintf(file, (unsigned char)*string % 2 ? "\\%03o" : "\\x%02x",
			(unsigned)(unsigned char)*string);
	fputs("' '' ", file);
}

static void put_policy(FILE *file, const struct model_entry *entry)
{
	fputs("model_version_policy < ", file);
	if (entry->policy == POLICY_LATEST)
		fprintf(file, "latest { num_versions: %#" PRIx32 " }", entry->n_latest);
	else if (entry->policy == POLICY_ALL)
		fputs("all: {}", file);
	else
		fputs("specific { versions: [", file);
	for (size_t i = 0; i < entry->n_versions; i++)
		fprintf(file, "%s%" PRId64, i > 0 ? ", " : "", entry->versions[i]);
	fputs(entry->policy == POLICY_SPECIFIC ? "] } >;" : ">", file);
}

static void put_model(FILE *file, const struct model_entry *entry)
{
	fputs("config: { name: ", file);
	put_string(file, entry->name);
	fputs(", base_path: ", file);
	put_string(file, entry->base_path);
	put_policy(file, entry);
	for (size_t i = 0; i < entry->n_labels; i++) {
		fputs("version_labels { key: # a comment\n", file);
		put_string(file, entry->labels[i].name);
		fprintf(file, "value: %" PRId64 " }", entry->labels[i].number);
	}
	fputs("}\n", file);
}

static void require_same(const struct model_entry *a, const struct model_entry *b)
{
	require(strcmp(a->name, b->name) == 0 && strcmp(a->base_path, b->base_path) == 0);
	require(a->policy == b->policy && a->n_versions == b->n_versions);
	require(a->policy != POLICY_LATEST || a->n_latest == b->n_latest);
	for (size_t i = 0; i < a->n_versions; i++)
		require(a->versions[i] == b->versions[i]);
	require(a->n_labels == b->n_labels);
	for (size_t i = 0; i < a->n_labels; i++)
		require(strcmp(a->labels[i].name, b->labels[i].name) == 0 &&
			a->labels[i].number == b->labels[i].number);
}

static void try_again(const struct model_config *config)
{
	struct model_config again;
	struct emnist_error error;
	size_t nbytes;
	char *text;
	FILE *file = open_memstream(&text, &nbytes);

	require(file != NULL);
	fputs("\xef\xbb\xbfmodel_config_list:<", file);
	for (size_t i = 0; i < config->n; i++)
		put_model(file, &config->models[i]);
	fputs(">", file);
	require(fclose(file) == 0);
	require(!model_list_parse(text, nbytes, "/elsewhere", &again, &error));
	require(again.n == config->n);
	for (size_t i = 0; i < config->n; i++)
		require_same(&config->models[i], &again.models[i]);
	model_config_clear(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct model_config config;
	struct emnist_error error;

	if (model_list_parse(data, nbytes, "/folder", &config, &error)) {
		require(config.n == 0 && !config.models && error.message[0]);
		return 0;
	}
	try_again(&config);
	model_config_clear(&config);
	return 0;
}
