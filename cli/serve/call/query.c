/*
 * query.c - the parameters of a query, from a table.
 *
 * A misspelled parameter is an error and not ignored: the answer would look right and be another's.
 */
#include "query.h"
#include "../../../lib/base/decimal.h"
#include "../../../lib/base/nearest.h"
#include "percent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is repeated of a text in a message. */
#define SHOWN "%.80s"

static const struct query_parameter *find(const struct query_parameter *parameters,
					  const char *name)
{
	for (; parameters->name; parameters++)
		if (strcmp(parameters->name, name) == 0)
			return parameters;
	return NULL;
}

bool query_knows(const struct query_parameter *parameters, const char *name)
{
	return find(parameters, name) != NULL;
}

static bool refuse_unknown(struct call *call, const struct query_parameter *parameters,
			   const char *name)
{
	struct nearest nearest = nearest_to(name);
	char known[256] = "";
	size_t n = 0;

	for (; parameters->name; parameters++) {
		nearest_try(&nearest, parameters->name);
		if (n < sizeof(known))
			n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s",
					      n > 0 ? ", " : "", parameters->name);
	}
	if (nearest.best)
		call_fail(call, 400, "unknown parameter '" SHOWN "'; did you mean '%s'?", name,
			  nearest.best);
	else
		call_fail(call, 400, "unknown parameter '" SHOWN "'; known: %s", name, known);
	return false;
}

/* -------------------------------------------------------------------- values */

static bool read_flag(struct call *call, const struct query_parameter *parameter, const char *text,
		      void *target)
{
	const bool is_true = !*text || strcmp(text, "true") == 0 || strcmp(text, "1") == 0;

	if (!is_true && strcmp(text, "false") != 0 && strcmp(text, "0") != 0) {
		call_fail(call, 400, "%s: '" SHOWN "' is not true or false", parameter->name, text);
		return false;
	}
	*(bool *)target = is_true;
	return true;
}

static bool read_text(struct call *call, const struct query_parameter *parameter, const char *text,
		      void *target)
{
	char *copy;

	if (!*text) {
		call_fail(call, 400, "%s: it has no value", parameter->name);
		return false;
	}
	copy = strdup(text);
	if (!copy)
		call_fail(call, 503, "out of memory");
	*(char **)target = copy;
	return copy != NULL;
}

static bool read_integer(struct call *call, const struct query_parameter *parameter,
			 const char *text, void *target)
{
	int64_t value = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *p - '0', &value))
			break;
	if (p == text || *p || value < parameter->min || value > parameter->max) {
		call_fail(call, 400, "%s: '" SHOWN "' is not a whole number from %lld to %lld",
			  parameter->name, text, (long long)parameter->min,
			  (long long)parameter->max);
		return false;
	}
	*(int64_t *)target = value;
	return true;
}

static bool read_real(struct call *call, const struct query_parameter *parameter, const char *text,
		      void *target)
{
	double value;

	if (!decimal_parse(text, strlen(text), &value) || !(value <= (double)parameter->max)) {
		call_fail(call, 400, "%s: '" SHOWN "' is not a number from 0 to %lld",
			  parameter->name, text, (long long)parameter->max);
		return false;
	}
	*(double *)target = value;
	return true;
}

static bool read_choice(struct call *call, const struct query_parameter *parameter,
			const char *text, void *target)
{
	char good[128] = "";
	size_t n = 0;

	for (int i = 0; parameter->choices[i]; i++) {
		if (strcmp(parameter->choices[i], text) == 0) {
			*(int *)target = i;
			return true;
		}
		if (n < sizeof(good))
			n += (size_t)snprintf(good + n, sizeof(good) - n, "%s%s", i > 0 ? ", " : "",
					      parameter->choices[i]);
	}
	call_fail(call, 400, "%s: '" SHOWN "' is not one of %s", parameter->name, text, good);
	return false;
}

static bool read_value(struct call *call, const struct query_parameter *parameter, const char *text,
		       void *settings)
{
	static bool (*const readers[])(struct call *, const struct query_parameter *, const char *,
				       void *) = {
		[QUERY_FLAG] = read_flag,       [QUERY_TEXT] = read_text,
		[QUERY_INTEGER] = read_integer, [QUERY_REAL] = read_real,
		[QUERY_CHOICE] = read_choice,
	};

	return readers[parameter->kind](call, parameter, text,
					(char *)settings + parameter->target);
}

/* --------------------------------------------------------------------- query */

/* Decodes nbytes, and ends them with a zero byte. */
static bool decode(struct call *call, struct text *text, const char *bytes, size_t nbytes)
{
	text_reset(text);
	if (!percent_decode(text, bytes, nbytes, true)) {
		call_fail(call, 400, "the query is not percent-encoded as it should be");
		return false;
	}
	text_putc(text, '\0');
	if (text->failed)
		call_fail(call, 503, "out of memory");
	return !text->failed;
}

/* One "NAME=VALUE" of nbytes. *seen has a bit for each parameter that was given before. */
static bool read_one(struct call *call, const struct query_parameter *parameters, const char *pair,
		     size_t nbytes, uint64_t *seen, void *settings)
{
	const char *equals = memchr(pair, '=', nbytes);
	const size_t n_name = equals ? (size_t)(equals - pair) : nbytes;
	const struct query_parameter *parameter;
	struct text name = {0}, value = {0};
	bool good = false;

	if (!decode(call, &name, pair, n_name) ||
	    !decode(call, &value, pair + n_name + !!equals, nbytes - n_name - !!equals))
		goto out;
	parameter = find(parameters, name.bytes);
	if (!parameter) {
		refuse_unknown(call, parameters, name.bytes);
	} else if (*seen >> (parameter - parameters) & 1) {
		call_fail(call, 400, "%s is given twice", parameter->name);
	} else {
		*seen |= UINT64_C(1) << (parameter - parameters);
		good = read_value(call, parameter, value.bytes, settings);
	}
out:
	text_release(&name);
	text_release(&value);
	return good;
}

bool query_read(struct call *call, const struct query_parameter *parameters, void *settings)
{
	const char *p = call->request.query;
	uint64_t seen = 0;

	while (*p) {
		const size_t n = strcspn(p, "&");

		if (n > 0 && !read_one(call, parameters, p, n, &seen, settings))
			return false;
		p += n + (p[n] == '&');
	}
	return true;
}

void query_release(const struct query_parameter *parameters, void *settings)
{
	for (; parameters->name; parameters++)
		if (parameters->kind == QUERY_TEXT)
			free(*(char **)((char *)settings + parameters->target));
}
