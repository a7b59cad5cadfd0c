/* test_http_response.c - responses of servers as their bytes arrive, and those that are refused. */
#include "../../cli/load/http_response.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OK "HTTP/1.1 200 OK\r\n"

/* What becomes of a response after which the connection is closed. */
static const struct response {
	const char *name, *bytes;
	const char *body; /* NULL: it is refused, with this error */
	const char *error;
	unsigned status;
	bool keeps_alive;
} responses[] = {
	{"a length", OK "Content-Length: 5\r\n\r\n[1,2]", "[1,2]", NULL, 200, true},
	{"no body", OK "content-length:0\r\n\r\n", "", NULL, 200, true},
	{"chunks", OK "Transfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2;a=b\r\n2]\r\n0\r\n\r\n",
	 "[1,2]", NULL, 200, true},
	{"trailers", OK "Transfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\nA: b\r\n\r\n", "a", NULL,
	 200, true},
	{"to the end", "HTTP/1.0 200 OK\r\n\r\nabc", "abc", NULL, 200, false},
	{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", "a", NULL, 200, false},
	{"HTTP/1.0 that is kept",
	 "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na", "a", NULL, 200,
	 true},
	{"it closes", OK "Connection: a, Close\r\nContent-Length: 1\r\n\r\na", "a", NULL, 200,
	 false},
	{"100 first", "HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 1\r\n\r\na", "a", NULL,
	 200, true},
	{"no reason", "HTTP/1.1 503\r\nContent-Length: 1\r\n\r\na", "a", NULL, 503, true},
	{"204", "HTTP/1.1 204 No Content\r\n\r\n", "", NULL, 204, true},
	{"more than was asked", OK "Content-Length: 1\r\n\r\nabc", "a", NULL, 200, false},
	{"lines without CR", "HTTP/1.1 200 OK\nContent-Length: 1\n\na", "a", NULL, 200, true},
	{"the same length twice", OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", "a", NULL,
	 200, true},
	{"two lengths", OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", NULL,
	 "two different lengths", 0, false},
	{"a length and chunks",
	 OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", NULL,
	 "both a length and chunks", 0, false},
	{"a negative length", OK "Content-Length: -1\r\n\r\n", NULL,
	 "Content-Length is not a number", 0, false},
	{"a length of 2^64", OK "Content-Length: 18446744073709551616\r\n\r\n", NULL,
	 "Content-Length is not a number", 0, false},
	{"a large body", OK "Content-Length: 67108865\r\n\r\n", NULL,
	 "the body is larger than 64 MiB", 0, false},
	{"a large chunk", OK "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", NULL,
	 "the body is larger than 64 MiB", 0, false},
	{"a chunk a byte too large", OK "Transfer-Encoding: chunked\r\n\r\n4000001\r\n", NULL,
	 "the body is larger than 64 MiB", 0, false},
	{"a chunk longer than its size", OK "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", NULL,
	 "a chunk that is longer than its size", 0, false},
	{"a chunk size of 0x", OK "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n", NULL,
	 "a malformed chunk size", 0, false},
	{"gzip in chunks", OK "Transfer-Encoding: gzip, chunked\r\n\r\n", NULL,
	 "this Transfer-Encoding is not supported", 0, false},
	{"gzip", OK "Content-Encoding: gzip\r\n\r\n", NULL, "a compressed body was not asked for",
	 0, false},
	{"a folded header", OK "A: b\r\n c\r\n\r\n", NULL, "a header without a colon", 0, false},
	{"a blank before the colon", OK "Content-Length : 1\r\n\r\na", NULL, "a malformed header",
	 0, false},
	{"TLS", "\x16\x03\x01\x02\r\n", NULL, "not an HTTP/1.1 response", 0, false},
	{"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", NULL, "not an HTTP/1.1 response", 0, false},
	{"nothing", "", NULL, "the connection was closed without a response", 0, false},
	{"half a head", OK "Content-", NULL, "the connection was closed within the response", 0,
	 false},
	{"half a body", OK "Content-Length: 5\r\n\r\n[1,", NULL,
	 "the connection was closed within the response", 0, false},
	{"another protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n", NULL,
	 "the server wants another protocol", 0, false},
};

#define N_RESPONSES (sizeof(responses) / sizeof(*responses))

/* Reads `step` bytes more at a time. */
static enum http_progress read_in_steps(struct http_response *response, char *bytes, size_t nbytes,
					size_t step)
{
	enum http_progress progress = HTTP_MORE;

	*response = (struct http_response){0};
	for (size_t n = step; progress == HTTP_MORE && n < nbytes + step; n += step)
		progress = http_response_read(response, bytes, n < nbytes ? n : nbytes, false);
	return progress == HTTP_MORE ? http_response_read(response, bytes, nbytes, true) : progress;
}

static void check(const struct response *wanted, size_t step)
{
	const size_t nbytes = strlen(wanted->bytes);
	char *bytes = malloc(nbytes + 1);
	struct http_response response;
	enum http_progress progress;

	assert_non_null(bytes);
	memcpy(bytes, wanted->bytes, nbytes + 1);
	progress = read_in_steps(&response, bytes, nbytes, step);
	if (wanted->error) {
		assert_int_equal(progress, HTTP_BAD);
		assert_string_equal(response.error, wanted->error);
	} else {
		assert_int_equal(progress, HTTP_DONE);
		assert_int_equal(response.status, wanted->status);
		assert_int_equal(response.body_nbytes, strlen(wanted->body));
		assert_memory_equal(bytes + response.body_at, wanted->body, response.body_nbytes);
		/* What comes later is not seen in time. */
		if (step > nbytes)
			assert_int_equal(response.keeps_alive, wanted->keeps_alive);
	}
	free(bytes);
}

static void test_responses(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_RESPONSES; i++) {
		print_message("# %s\n", responses[i].name);
		check(&responses[i], 1000);
		for (size_t step = 1; step <= 5; step++)
			check(&responses[i], step);
	}
}

/* A response of n bytes of one kind after its beginning. */
static const char *error_of(const char *start, char filler, size_t n)
{
	struct http_response response = {0};
	const size_t n_start = strlen(start);
	char *bytes = malloc(n_start + n);

	assert_non_null(bytes);
	memcpy(bytes, start, n_start);
	memset(bytes + n_start, filler, n);
	http_response_read(&response, bytes, n_start + n, false);
	free(bytes);
	return response.error;
}

static void test_limits(void **state)
{
	static const char too_long[] = "a head or a chunk header that is too long";
	static const char chunked[] = OK "Transfer-Encoding: chunked\r\n\r\n";
	static const char trailers[] = OK "Transfer-Encoding: chunked\r\n\r\n0\r\nA: ";

	(void)state;
	assert_null(error_of(OK "A: ", 'a', HTTP_MAX_HEAD - 100));
	assert_string_equal(error_of(OK "A: ", 'a', HTTP_MAX_HEAD), too_long);
	assert_string_equal(error_of(chunked, '0', 2000), too_long);
	assert_string_equal(error_of(trailers, 'a', HTTP_MAX_HEAD), too_long);
	assert_string_equal(error_of("HTTP/1.1 200 OK\r\n\r\n", 'a', HTTP_MAX_BODY + 1),
			    "the body is larger than 64 MiB");
}

static void test_binary(void **state)
{
	char bytes[] = OK "Inference-Header-Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}\0\1";
	struct http_response response = {0};

	(void)state;
	assert_int_equal(http_response_read(&response, bytes, sizeof(bytes) - 1, false), HTTP_DONE);
	assert_true(response.has_json_nbytes);
	assert_int_equal(response.json_nbytes, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_responses),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_binary),
	};

	return cmocka_run_group_tests_name("http response", tests, NULL, NULL);
}
