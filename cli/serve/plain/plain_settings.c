/* plain_settings.c - the parameters of /classify. */
#include "plain_settings.h"
#include "../../common/model_options.h"

/* In the order of enum plain_format. */
static const char *const format_names[] = {"json", "jsonl", "csv", "tsv", NULL};

#define TARGET(member) .target = offsetof(struct plain_settings, member)

const struct query_parameter plain_parameters[] = {
	{"top", QUERY_INTEGER, TARGET(n_top), .min = 1, .max = 1000},
	{"classes", QUERY_TEXT, TARGET(classes)},
	{"merge_case", QUERY_FLAG, TARGET(merge_case)},
	{"min_probability", QUERY_REAL, TARGET(min_probability), .max = 1},
	{"probabilities", QUERY_FLAG, TARGET(probabilities)},
	{"blank", QUERY_CHOICE, TARGET(blank), .choices = blank_names},
	{"model", QUERY_TEXT, TARGET(model)},
	{"version", QUERY_INTEGER, TARGET(version), .max = INT64_MAX},
	{"format", QUERY_CHOICE, TARGET(format), .choices = format_names},
	{"seen", QUERY_FLAG, TARGET(seen)},
	{.name = NULL},
};
