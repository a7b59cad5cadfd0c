/*
 * fuzz_http_response.c - any bytes as an HTTP response. Pieces of any size must give what the whole
 * gives.
 *
 * The input: a byte that says how the rest is divided, then the response.
 */
#include "../../cli/load/http_response.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

struct reading {
	struct http_response response;
	enum http_progress progress;
	char *bytes;
};

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* Reads up to `step` bytes more at a time; step grows by one each time, if it may. */
static struct reading read_in_steps(const uint8_t *data, size_t nbytes, size_t step, bool grows)
{
	struct reading reading = {.progress = HTTP_MORE, .bytes = malloc(nbytes + 1)};
	size_t n = 0;

	require(reading.bytes != NULL);
	while (reading.progress == HTTP_MORE && n < nbytes) {
		const size_t more = step < nbytes - n ? step : nbytes - n;

		memcpy(reading.bytes + n, data + n, more);
		n += more;
		step += grows;
		reading.progress = http_response_read(&reading.response, reading.bytes, n, false);
		require(reading.response.at <= n);
		require(reading.response.body_at + reading.response.body_nbytes <= n);
	}
	if (reading.progress == HTTP_MORE)
		reading.progress = http_response_read(&reading.response, reading.bytes, n, true);
	require(reading.progress != HTTP_MORE);
	return reading;
}

static void require_same(const struct reading *a, const struct reading *b)
{
	require(a->progress == b->progress);
	require(!a->response.error == !b->response.error);
	require(!a->response.error || strcmp(a->response.error, b->response.error) == 0);
	if (a->progress == HTTP_BAD)
		return;
	require(a->response.status >= 200 && a->response.status < 600);
	require(a->response.status == b->response.status);
	require(a->response.at == b->response.at);
	require(a->response.has_json_nbytes == b->response.has_json_nbytes);
	require(a->response.json_nbytes == b->response.json_nbytes);
	require(a->response.body_nbytes == b->response.body_nbytes);
	require(memcmp(a->bytes + a->response.body_at, b->bytes + b->response.body_at,
		       a->response.body_nbytes) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct reading whole, pieces;

	if (nbytes < 1)
		return 0;
	whole = read_in_steps(data + 1, nbytes - 1, nbytes, false);
	pieces = read_in_steps(data + 1, nbytes - 1, 1 + data[0] % 16, data[0] & 128);
	require_same(&whole, &pieces);
	free(whole.bytes);
	free(pieces.bytes);
	return 0;
}
