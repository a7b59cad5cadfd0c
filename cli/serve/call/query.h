/* query.h - the parameters of a query, "?top=3&merge_case", from a table. */
#ifndef CLI_SERVE_QUERY_H
#define CLI_SERVE_QUERY_H

#include "call.h"

enum query_kind {
	QUERY_FLAG,    /* bool: alone, or with true or false */
	QUERY_TEXT,    /* char *: NULL if not given; not empty */
	QUERY_INTEGER, /* int64_t: decimal, min..max */
	QUERY_REAL,    /* double: decimal, 0..max */
	QUERY_CHOICE,  /* int: the position in choices */
};

struct query_parameter {
	const char *name; /* NULL ends a table */
	enum query_kind kind;
	size_t target; /* offset of its value in the settings */
	int64_t min, max;
	const char *const *choices; /* NULL-terminated */
};

/* Reads the query of a call into the settings. False: it was answered with 400, since a parameter
 * is unknown, wrong, or given twice. Either way, release with query_release(). */
bool query_read(struct call *call, const struct query_parameter *parameters, void *settings);

/* Frees the texts of the settings. */
void query_release(const struct query_parameter *parameters, void *settings);

/* Whether a parameter of the table has this name. */
bool query_knows(const struct query_parameter *parameters, const char *name);

#endif
