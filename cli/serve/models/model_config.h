/* model_config.h - which models are served, from where, and which of their versions. */
#ifndef CLI_SERVE_MODEL_CONFIG_H
#define CLI_SERVE_MODEL_CONFIG_H

#include "loaded.h"

enum version_policy { POLICY_LATEST, POLICY_ALL, POLICY_SPECIFIC };

struct model_entry {
	char *name;
	char *base_path; /* NULL: the built-in model */
	enum version_policy policy;
	uint32_t n_latest;            /* with POLICY_LATEST */
	int64_t *versions;            /* with POLICY_SPECIFIC */
	struct version_label *labels; /* each name once */
	size_t n_versions, n_labels;
};

/* {0} is empty. */
struct model_config {
	struct model_entry *models; /* each name once */
	size_t n;
};

/* Of one model, the latest version; path: NULL: the built-in one; name: NULL: from path. False when
 * memory is short. */
bool model_config_single(const char *path, const char *name, struct model_config *config_ret);

void model_entry_clear(struct model_entry *entry);
void model_config_clear(struct model_config *config);

#endif
