/*
 * fuzz_query.c - any bytes as the query of a URL. What is accepted is within its range; what is not
 * has an answer that says so.
 */
#include "../../cli/serve/call/query.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

struct settings {
	bool flag;
	char *text;
	int64_t integer;
	double real;
	int choice;
};

static const char *const choices[] = {"one", "two", NULL};

#define TARGET(member) .target = offsetof(struct settings, member)

static const struct query_parameter parameters[] = {
	{"flag", QUERY_FLAG, TARGET(flag)},
	{"text", QUERY_TEXT, TARGET(text)},
	{"integer", QUERY_INTEGER, TARGET(integer), .min = 1, .max = 1000},
	{"real", QUERY_REAL, TARGET(real), .max = 1},
	{"choice", QUERY_CHOICE, TARGET(choice), .choices = choices},
	{.name = NULL},
};

static void require(bool condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct settings settings = {.integer = 1};
	char *query = malloc(nbytes + 1);
	struct call call = {0};

	if (!query)
		return 0;
	memcpy(query, data, nbytes);
	query[nbytes] = '\0';
	call.request.query = query;
	if (query_read(&call, parameters, &settings)) {
		require(call.response.status == 0);
		require(!settings.text || settings.text[0]);
		require(settings.integer >= 1 && settings.integer <= 1000);
		require(settings.real >= 0 && settings.real <= 1);
		require(settings.choice == 0 || settings.choice == 1);
	} else {
		require(call.response.status == 400 && call.response.body.nbytes > 12);
		require(memcmp(call.response.body.bytes, "{\"error\":\"", 10) == 0);
	}
	query_release(parameters, &settings);
	text_release(&call.response.body);
	free(query);
	return 0;
}
