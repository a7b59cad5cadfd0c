/* plain_settings.h - what the query of /classify asks for. */
#ifndef CLI_SERVE_PLAIN_SETTINGS_H
#define CLI_SERVE_PLAIN_SETTINGS_H

#include "../call/query.h"

enum plain_format { PLAIN_JSON, PLAIN_JSONL, PLAIN_CSV, PLAIN_TSV };

/* As the options of `emnist classify` of the same names. */
struct plain_settings {
	int64_t n_top;
	char *classes; /* NULL: all */
	bool merge_case;
	double min_probability; /* negative: every answer is taken */
	bool probabilities;
	int blank;       /* enum blank_choice */
	char *model;     /* NULL: the usual one */
	int64_t version; /* negative: the latest */
	int format;      /* enum plain_format */
	bool seen;       /* also answer with what the network saw */
};

#define PLAIN_SETTINGS_DEFAULT                                                                     \
	{                                                                                          \
		.n_top = 1, .min_probability = -1, .version = -1                                   \
	}

extern const struct query_parameter plain_parameters[];

#endif
