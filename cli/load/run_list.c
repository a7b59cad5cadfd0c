/* run_list.c - the runs of one call: each URL, protocol or name with each size of a batch. */
#include "run_list.h"

#include "../common/messages.h"

#include <stdlib.h>
#include <string.h>

/* Sizes of a batch that one call can measure, and the largest. */
#define MAX_BATCHES 16
#define MAX_BATCH   4096

/* URLs that one call can measure. */
#define MAX_RUNS 64

/* What is found in the command line before there are runs. */
struct parts {
	const char *urls[MAX_RUNS];
	size_t n_urls;
	size_t batches[MAX_BATCHES];
	size_t n_batches;
	const char *dataset_path;
};

static bool take_operand(struct parts *parts, const char *operand)
{
	if (server_url_is_one(operand)) {
		if (parts->n_urls == MAX_RUNS) {
			complain("more than %d URLs", MAX_RUNS);
			return false;
		}
		parts->urls[parts->n_urls++] = operand;
		return true;
	}
	if (parts->n_urls == 0)
		complain("'%s': not a URL such as http://localhost:8501/classify", operand);
	else if (parts->dataset_path)
		complain("'%s': one DATASET at a time; see 'emnist load --help'", operand);
	else
		parts->dataset_path = operand;
	return parts->dataset_path == operand;
}

static bool take_operands(struct parts *parts, const struct run_list_options *options)
{
	for (size_t i = 0; i < options->operands->n; i++)
		if (!take_operand(parts, options->operands->texts[i]))
			return false;
	if (parts->n_urls > 0 || options->may_be_empty)
		return true;
	complain("missing URL; see 'emnist load --help'");
	return false;
}

static bool take_batches(struct parts *parts, const char *list)
{
	const char *at = list ? list : "1";

	while (parts->n_batches < MAX_BATCHES) {
		char *end;
		const unsigned long n = *at >= '0' && *at <= '9' ? strtoul(at, &end, 10) : 0;

		if (n < 1 || n > MAX_BATCH || (*end && *end != ','))
			break;
		parts->batches[parts->n_batches++] = n;
		if (!*end)
			return true;
		at = end + 1;
	}
	complain("--batch: '%s' is not a list of numbers from 1 to %d, at most %d", list, MAX_BATCH,
		 MAX_BATCHES);
	return false;
}

/* The i-th of n, or the only one; NULL if there are none. */
static const char *pick(const struct text_list *list, size_t i)
{
	return list->n == 0 ? NULL : list->texts[list->n == 1 ? 0 : i];
}

/* *protocol_ret is NULL for auto. */
static bool find_protocol(const char *name, const struct protocol **protocol_ret)
{
	*protocol_ret = NULL;
	for (size_t i = 0; name && protocol_names[i]; i++)
		if (strcmp(protocol_names[i], name) == 0) {
			*protocol_ret = protocols[i];
			return true;
		}
	if (name)
		complain("--protocol: '%s' is not one of auto, tfs, tfs-column, v2, v2-binary, "
			 "graphpipe, flask, image",
			 name);
	return !name;
}

/* n: of each size of a batch. */
static bool fill(struct run_list *list, const struct parts *parts,
		 const struct run_list_options *options, size_t n)
{
	const struct text_list urls = {(const char **)(uintptr_t)parts->urls, parts->n_urls};

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < parts->n_batches; k++) {
			struct load_run *run = &list->runs[list->n++];

			run->url = pick(&urls, i);
			run->name = pick(options->names, i);
			run->batch = parts->batches[k];
			if (run->batch > list->largest_batch)
				list->largest_batch = run->batch;
			if (!find_protocol(pick(options->protocols, i), &run->protocol))
				return false;
		}
	return true;
}

/* How many runs there are of each size of a batch; SIZE_MAX after an error. */
static size_t count(const struct parts *parts, const struct run_list_options *options)
{
	const size_t counts[] = {parts->n_urls, options->protocols->n, options->names->n};
	size_t n = 0;

	if (parts->n_urls == 0)
		return 0;
	for (size_t i = 0; i < 3; i++)
		n = counts[i] > n ? counts[i] : n;
	for (size_t i = 0; i < 3; i++)
		if (counts[i] > 1 && counts[i] != n) {
			complain("URL, --protocol and --name must be given once, or once for each "
				 "of the %zu runs",
				 n);
			return SIZE_MAX;
		}
	if (n <= MAX_RUNS)
		return n;
	complain("more than %d runs", MAX_RUNS);
	return SIZE_MAX;
}

bool run_list_make(struct run_list *list, const struct run_list_options *options)
{
	struct parts parts = {0};
	size_t n;

	*list = (struct run_list){0};
	if (!take_operands(&parts, options) || !take_batches(&parts, options->batches))
		return false;
	n = count(&parts, options);
	if (n == SIZE_MAX)
		return false;
	list->dataset_path = parts.dataset_path;
	list->runs = calloc(n * parts.n_batches + 1, sizeof(*list->runs));
	if (!list->runs)
		complain("out of memory");
	return list->runs && fill(list, &parts, options, n);
}
