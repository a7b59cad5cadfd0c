/*
 * model_list.c - reads TensorFlow Serving's configuration file: a list of models.
 *
 * The messages are those of its model_server_config.proto and
 * file_system_storage_path_source.proto. Unlike there, base paths may be relative, and a model's
 * platform is found from its files.
 */
#include "model_list.h"
#include "../../../lib/base/error.h"
#include "../../../lib/base/memory.h"
#include "../../../lib/io/file.h"
#include "../../../lib/io/path.h"
#include "text_proto.h"

#include <string.h>

#define MAX_NBYTES (1 << 20)
#define MAX_ITEMS  1000 /* models, and versions and labels of a model */

/* A message's fields, as a table of its own size. */
#define MESSAGE(name_, fields_)                                                                    \
	{                                                                                          \
		.name = (name_), .fields = (fields_), .n = sizeof(fields_) / sizeof(*(fields_))    \
	}

struct reading {
	struct model_config config;
	const char *folder;
	bool has_list;
};

/* Makes room for one more item in an array of n. NULL after an error: the array is as it was. */
static void *grow(struct text_proto *text, void *items, size_t n, size_t nbytes)
{
	if (n == MAX_ITEMS) {
		text_proto_fail(text, EMNIST_ERR_LIMIT, "more than %d in a list", MAX_ITEMS);
		return NULL;
	}
	/* Twice as large at each power of two. */
	if ((n & (n - 1)) == 0)
		items = realloc(items, 2 * (n + 1) * nbytes);
	if (!items)
		text_proto_fail(text, EMNIST_ERR_MEMORY, "out of memory");
	return items;
}

/* ------------------------------------------------------------------------ policies */

static bool read_n_latest(struct text_proto *text, void *target)
{
	struct model_entry *entry = target;
	int64_t n;

	if (!text_proto_integer(text, 0, UINT32_MAX, &n))
		return false;
	entry->n_latest = n > 0 ? (uint32_t)n : 1;
	return true;
}

static bool read_version(struct text_proto *text, void *target)
{
	struct model_entry *entry = target;
	int64_t number, *versions;

	if (!text_proto_integer(text, INT64_MIN, INT64_MAX, &number))
		return false;
	versions = grow(text, entry->versions, entry->n_versions, sizeof(number));
	if (!versions)
		return false;
	entry->versions = versions;
	versions[entry->n_versions++] = number;
	return true;
}

static const struct text_field latest_fields[] = {
	{.name = "num_versions", .read = read_n_latest},
};
static const struct text_field specific_fields[] = {
	{.name = "versions", .is_repeated = true, .read = read_version},
};
static const struct text_message latest_message = MESSAGE("latest", latest_fields);
static const struct text_message all_message = {.name = "all"};
static const struct text_message specific_message = MESSAGE("specific", specific_fields);

static bool read_policy_of(struct text_proto *text, struct model_entry *entry,
			   enum version_policy policy, const struct text_message *message)
{
	entry->policy = policy;
	return text_proto_message(text, message, entry);
}

static bool read_latest(struct text_proto *text, void *target)
{
	return read_policy_of(text, target, POLICY_LATEST, &latest_message);
}

static bool read_all(struct text_proto *text, void *target)
{
	return read_policy_of(text, target, POLICY_ALL, &all_message);
}

static bool read_specific(struct text_proto *text, void *target)
{
	return read_policy_of(text, target, POLICY_SPECIFIC, &specific_message);
}

static const struct text_field policy_fields[] = {
	{.name = "latest", .kind = TEXT_MESSAGE, .choice = 1, .read = read_latest},
	{.name = "all", .kind = TEXT_MESSAGE, .choice = 1, .read = read_all},
	{.name = "specific", .kind = TEXT_MESSAGE, .choice = 1, .read = read_specific},
};
static const struct text_message policy_message = MESSAGE("model_version_policy", policy_fields);

static bool read_policy(struct text_proto *text, void *target)
{
	return text_proto_message(text, &policy_message, target);
}

/* -------------------------------------------------------------------------- labels */

static bool read_key(struct text_proto *text, void *target)
{
	struct version_label *label = target;

	return text_proto_string(text, &label->name);
}

static bool read_number(struct text_proto *text, void *target)
{
	struct version_label *label = target;

	return text_proto_integer(text, INT64_MIN, INT64_MAX, &label->number);
}

static const struct text_field label_fields[] = {
	{.name = "key", .read = read_key},
	{.name = "value", .read = read_number},
};
static const struct text_message label_message = MESSAGE("version_labels", label_fields);

/* As in all maps, the later of two with one name counts. */
static bool put_label(struct text_proto *text, struct model_entry *entry,
		      const struct version_label *label)
{
	struct version_label *labels;
	size_t i = 0;

	while (i < entry->n_labels && strcmp(entry->labels[i].name, label->name) != 0)
		i++;
	if (i < entry->n_labels) {
		free(entry->labels[i].name);
	} else {
		labels = grow(text, entry->labels, i, sizeof(*labels));
		if (!labels)
			return false;
		entry->labels = labels;
		entry->n_labels++;
	}
	entry->labels[i] = *label;
	return true;
}

static bool read_label(struct text_proto *text, void *target)
{
	struct version_label label = {0};

	if (text_proto_message(text, &label_message, &label)) {
		if (!label.name || !*label.name)
			text_proto_fail(text, EMNIST_ERR_CORRUPT, "the label has no key");
		else if (put_label(text, target, &label))
			return true;
	}
	free(label.name);
	return false;
}

/* -------------------------------------------------------------------------- models */

static bool read_name(struct text_proto *text, void *target)
{
	struct model_entry *entry = target;

	return text_proto_string(text, &entry->name);
}

static bool read_base_path(struct text_proto *text, void *target)
{
	struct model_entry *entry = target;

	if (!text_proto_string(text, &entry->base_path))
		return false;
	return !strstr(entry->base_path, "://") ||
	       text_proto_fail(text, EMNIST_ERR_UNSUPPORTED, "base_path must be a local path");
}

/* What a model is shows in its files, whatever this says. */
static bool read_platform(struct text_proto *text, void *target)
{
	char *platform;

	(void)target;
	if (!text_proto_string(text, &platform))
		return false;
	free(platform);
	return true;
}

static bool read_type(struct text_proto *text, void *target)
{
	const char *name;
	size_t nbytes;

	(void)target;
	if (!text_proto_name(text, &name, &nbytes))
		return false;
	return (nbytes == 10 && memcmp(name, "TENSORFLOW", 10) == 0) ||
	       text_proto_fail(text, EMNIST_ERR_UNSUPPORTED, "model_type must be TENSORFLOW");
}

static const struct text_field model_fields[] = {
	{.name = "name", .read = read_name},
	{.name = "base_path", .read = read_base_path},
	{.name = "model_platform", .read = read_platform},
	{.name = "model_version_policy", .kind = TEXT_MESSAGE, .read = read_policy},
	{.name = "version_labels", .kind = TEXT_MESSAGE, .is_repeated = true, .read = read_label},
	{.name = "model_type", .read = read_type},
	{.name = "logging_config", .kind = TEXT_REFUSED},
};
static const struct text_message model_message = MESSAGE("config", model_fields);

static bool check_model(struct text_proto *text, const struct model_config *config,
			const struct model_entry *entry)
{
	if (!entry->name || !*entry->name)
		return text_proto_fail(text, EMNIST_ERR_CORRUPT, "the model has no name");
	if (!entry->base_path || !*entry->base_path)
		return text_proto_fail(text, EMNIST_ERR_CORRUPT, "the model has no base_path");
	for (size_t i = 0; i < config->n; i++)
		if (strcmp(config->models[i].name, entry->name) == 0)
			return text_proto_fail(
				text, EMNIST_ERR_CORRUPT,
				"Illegal to list model %s multiple times in config list",
				entry->name);
	return true;
}

/* Makes the base path one that does not depend on the working directory. */
static bool place_model(struct text_proto *text, const char *folder, struct model_entry *entry)
{
	char *path = entry->base_path;

	if (path[0] == '/')
		return true;
	entry->base_path = path_join(folder, path);
	free(path);
	return entry->base_path || text_proto_fail(text, EMNIST_ERR_MEMORY, "out of memory");
}

static bool add_model(struct text_proto *text, struct model_config *config,
		      const struct model_entry *entry)
{
	struct model_entry *models = grow(text, config->models, config->n, sizeof(*models));

	if (!models)
		return false;
	config->models = models;
	models[config->n++] = *entry;
	return true;
}

static bool read_model(struct text_proto *text, void *target)
{
	struct reading *reading = target;
	struct model_entry entry = {.n_latest = 1};

	if (text_proto_message(text, &model_message, &entry) &&
	    check_model(text, &reading->config, &entry) &&
	    place_model(text, reading->folder, &entry) && add_model(text, &reading->config, &entry))
		return true;
	model_entry_clear(&entry);
	return false;
}

/* --------------------------------------------------------------------------- files */

static const struct text_field list_fields[] = {
	{.name = "config", .kind = TEXT_MESSAGE, .is_repeated = true, .read = read_model},
};
static const struct text_message list_message = MESSAGE("model_config_list", list_fields);

static bool read_list(struct text_proto *text, void *target)
{
	struct reading *reading = target;

	reading->has_list = true;
	return text_proto_message(text, &list_message, target);
}

static const struct text_field server_fields[] = {
	{.name = "model_config_list", .kind = TEXT_MESSAGE, .read = read_list},
	{.name = "custom_model_config", .kind = TEXT_REFUSED},
};
static const struct text_message server_message = MESSAGE("the configuration", server_fields);

enum emnist_status model_list_parse(const void *bytes, size_t nbytes, const char *folder,
				    struct model_config *config_ret, struct emnist_error *error)
{
	struct reading reading = {.folder = folder};
	enum emnist_status status =
		text_proto_read(bytes, nbytes, &server_message, &reading, error);

	if (!status && !reading.has_list)
		status = error_set(error, EMNIST_ERR_CORRUPT, "no model_config_list");
	if (status)
		model_config_clear(&reading.config);
	*config_ret = reading.config;
	return status;
}

enum emnist_status model_list_read(const char *path, struct model_config *config_ret,
				   struct emnist_error *error)
{
	char *folder = path_folder(path);
	struct buffer buffer = {0};
	enum emnist_status status =
		folder ? file_read(path, MAX_NBYTES, &buffer, error) : error_memory(error);

	*config_ret = (struct model_config){0};
	if (!status)
		status = model_list_parse(buffer.data, buffer.nbytes, folder, config_ret, error);
	buffer_clear(&buffer);
	free(folder);
	return status;
}
