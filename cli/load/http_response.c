/*
 * http_response.c - reads an HTTP/1.1 response as its bytes arrive.
 *
 * A state per part of the response, and each consumes what it can. The result does not depend on
 * how the bytes were divided. Two different lengths, or a length and chunks, are refused: a client
 * and a server that disagree about the end of a response exchange answers.
 */
#include "http_response.h"

#include <string.h>
#include <strings.h>

/* Of a line with the size of a chunk, whose extensions are ignored. */
#define MAX_CHUNK_LINE 1024

/* A part of the head, without white space around it. */
struct span {
	const char *start;
	size_t n;
};

static bool fail(struct http_response *response, const char *error)
{
	response->error = error;
	return false;
}

static bool is(struct span span, const char *text)
{
	return span.n == strlen(text) && strncasecmp(span.start, text, span.n) == 0;
}

static struct span trim(struct span span)
{
	while (span.n > 0 && (span.start[0] == ' ' || span.start[0] == '\t')) {
		span.start++;
		span.n--;
	}
	while (span.n > 0 && (span.start[span.n - 1] == ' ' || span.start[span.n - 1] == '\t'))
		span.n--;
	return span;
}

/* ---------------------------------------------------------------------- headers */

static bool parse_length(struct span value, uint64_t *length_ret)
{
	uint64_t length = 0;

	for (size_t i = 0; i < value.n; i++)
		if (value.start[i] < '0' || value.start[i] > '9' ||
		    __builtin_mul_overflow(length, 10, &length) ||
		    __builtin_add_overflow(length, (uint64_t)(value.start[i] - '0'), &length))
			return false;
	*length_ret = length;
	return value.n > 0;
}

static bool take_length(struct http_response *response, struct span value)
{
	uint64_t length;

	if (!parse_length(value, &length))
		return fail(response, "Content-Length is not a number");
	if (response->has_length && length != response->left)
		return fail(response, "two different lengths");
	if (length > HTTP_MAX_BODY)
		return fail(response, "the body is larger than 64 MiB");
	response->has_length = true;
	response->left = length;
	return true;
}

static bool take_transfer_encoding(struct http_response *response, struct span value)
{
	if (response->is_chunked || response->is_old || !is(value, "chunked"))
		return fail(response, "this Transfer-Encoding is not supported");
	response->is_chunked = true;
	return true;
}

static bool take_content_encoding(struct http_response *response, struct span value)
{
	return is(value, "identity") || fail(response, "a compressed body was not asked for");
}

static bool take_json_length(struct http_response *response, struct span value)
{
	response->has_json_nbytes = true;
	return parse_length(value, &response->json_nbytes) ||
	       fail(response, "Inference-Header-Content-Length is not a number");
}

/* A list of words; others than these two do not matter. */
static bool take_connection(struct http_response *response, struct span value)
{
	while (value.n > 0) {
		const char *comma = memchr(value.start, ',', value.n);
		const size_t n = comma ? (size_t)(comma - value.start) : value.n;
		const struct span word = trim((struct span){value.start, n});

		if (is(word, "close"))
			response->keeps_alive = false;
		else if (is(word, "keep-alive") && response->is_old)
			response->keeps_alive = true;
		value.start += n + (comma != NULL);
		value.n -= n + (comma != NULL);
	}
	return true;
}

static const struct header {
	const char *name;
	bool (*take)(struct http_response *response, struct span value);
} headers[] = {
	{"content-length", take_length},
	{"transfer-encoding", take_transfer_encoding},
	{"content-encoding", take_content_encoding},
	{"connection", take_connection},
	{"inference-header-content-length", take_json_length},
};

#define N_HEADERS (sizeof(headers) / sizeof(*headers))

static bool is_token(struct span name)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < name.n; i++) {
		const char c = name.start[i];
		const char letter = (char)(c | 0x20);

		if (!(letter >= 'a' && letter <= 'z') && !(c >= '0' && c <= '9') &&
		    !memchr(others, c, sizeof(others) - 1))
			return false;
	}
	return name.n > 0;
}

static bool is_clean(struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		if (((unsigned char)value.start[i] < 0x20 && value.start[i] != '\t') ||
		    value.start[i] == 0x7f)
			return false;
	return true;
}

static bool take_header(struct http_response *response, struct span line)
{
	const char *colon = memchr(line.start, ':', line.n);
	struct span name, value;

	if (!colon)
		return fail(response, "a header without a colon");
	name = (struct span){line.start, (size_t)(colon - line.start)};
	value = trim((struct span){colon + 1, line.n - name.n - 1});
	if (!is_token(name) || !is_clean(value))
		return fail(response, "a malformed header");
	for (size_t i = 0; i < N_HEADERS; i++)
		if (is(name, headers[i].name))
			return headers[i].take(response, value);
	return true;
}

/* "HTTP/1.1 200 OK"; some servers leave out the text and the blank before it. */
static bool take_status_line(struct http_response *response, struct span line)
{
	const char *c = line.start;

	if (line.n < 12 || memcmp(c, "HTTP/1.", 7) != 0 || (c[7] != '0' && c[7] != '1') ||
	    c[8] != ' ' || c[9] < '1' || c[9] > '5' || c[10] < '0' || c[10] > '9' || c[11] < '0' ||
	    c[11] > '9' || (line.n > 12 && c[12] != ' ') || !is_clean(line))
		return fail(response, "not an HTTP/1.1 response");
	response->is_old = c[7] == '0';
	response->keeps_alive = !response->is_old;
	response->status = (unsigned)((c[9] - '0') * 100 + (c[10] - '0') * 10 + (c[11] - '0'));
	response->state = HTTP_HEADERS;
	return true;
}

/* At the end of a head: what follows it. */
static bool begin_body(struct http_response *response)
{
	if (response->status == 101)
		return fail(response, "the server wants another protocol");
	if (response->is_chunked && response->has_length)
		return fail(response, "both a length and chunks");
	response->body_at = response->at;
	if (response->status < 200)
		*response = (struct http_response){.at = response->at};
	else if (response->status == 204 || response->status == 304)
		response->state = HTTP_COMPLETE;
	else if (response->is_chunked)
		response->state = HTTP_CHUNK_SIZE;
	else
		response->state = response->has_length ? HTTP_BODY : HTTP_BODY_TO_END;
	if (response->state == HTTP_BODY_TO_END)
		response->keeps_alive = false;
	return true;
}

/* ------------------------------------------------------------------------ lines */

/* The next line, without its end. False: it is not all there. */
static bool take_line(struct http_response *response, const char *bytes, size_t nbytes,
		      struct span *line_ret)
{
	const char *start = bytes + response->at;
	const char *end = memchr(start, '\n', nbytes - response->at);

	if (!end)
		return false;
	response->at += (size_t)(end - start) + 1;
	if (end > start && end[-1] == '\r')
		end--;
	*line_ret = (struct span){start, (size_t)(end - start)};
	return true;
}

static bool take_chunk_size(struct http_response *response, struct span line)
{
	const char *semicolon = memchr(line.start, ';', line.n);
	const struct span digits = trim(
		(struct span){line.start, semicolon ? (size_t)(semicolon - line.start) : line.n});
	uint64_t size = 0;

	for (size_t i = 0; i < digits.n; i++) {
		const char c = digits.start[i], letter = (char)(c | 0x20);

		if (size > HTTP_MAX_BODY)
			return fail(response, "the body is larger than 64 MiB");
		if (c >= '0' && c <= '9')
			size = size << 4 | (uint64_t)(c - '0');
		else if (letter >= 'a' && letter <= 'f')
			size = size << 4 | (uint64_t)(letter - 'a' + 10);
		else
			return fail(response, "a malformed chunk size");
	}
	if (digits.n == 0)
		return fail(response, "a malformed chunk size");
	/* The second: chunks of a byte each are refused before their headers fill the memory. */
	if (size > HTTP_MAX_BODY - response->body_nbytes ||
	    response->at - response->body_at > 2 * (size_t)HTTP_MAX_BODY)
		return fail(response, "the body is larger than 64 MiB");
	response->trailers_at = response->at;
	response->left = size;
	response->state = size ? HTTP_CHUNK_DATA : HTTP_TRAILERS;
	return true;
}

/* A line of the head or between chunks. */
static bool take(struct http_response *response, struct span line)
{
	switch (response->state) {
	case HTTP_STATUS_LINE:
		return take_status_line(response, line);
	case HTTP_HEADERS:
		return line.n > 0 ? take_header(response, line) : begin_body(response);
	case HTTP_CHUNK_SIZE:
		return take_chunk_size(response, line);
	case HTTP_CHUNK_END:
		response->state = HTTP_CHUNK_SIZE;
		return line.n == 0 || fail(response, "a chunk that is longer than its size");
	default:
		if (line.n == 0)
			response->state = HTTP_COMPLETE;
		return true;
	}
}

static bool is_of_lines(enum http_state state)
{
	return state == HTTP_STATUS_LINE || state == HTTP_HEADERS || state == HTTP_CHUNK_SIZE ||
	       state == HTTP_CHUNK_END || state == HTTP_TRAILERS;
}

/* Where the line that begins at `start` must have ended. */
static size_t last_end(const struct http_response *response, size_t start)
{
	if (response->state == HTTP_CHUNK_SIZE || response->state == HTTP_CHUNK_END)
		return start + MAX_CHUNK_LINE;
	return response->state == HTTP_TRAILERS ? response->trailers_at + HTTP_MAX_HEAD
						: HTTP_MAX_HEAD;
}

static enum http_progress read_line(struct http_response *response, const char *bytes,
				    size_t nbytes)
{
	const size_t end = last_end(response, response->at);
	struct span line;
	const bool is_there = take_line(response, bytes, nbytes, &line);

	if ((is_there ? response->at : nbytes) > end) {
		fail(response, "a head or a chunk header that is too long");
		return HTTP_BAD;
	}
	if (!is_there)
		return HTTP_MORE;
	return take(response, line) ? HTTP_DONE : HTTP_BAD;
}

/* ------------------------------------------------------------------------- body */

/* As much of the body as is there. */
static void take_body(struct http_response *response, char *bytes, size_t nbytes)
{
	const size_t there = nbytes - response->at;
	const size_t n = there < response->left ? there : (size_t)response->left;
	char *end = bytes + response->body_at + response->body_nbytes;

	if (response->state == HTTP_CHUNK_DATA && end != bytes + response->at)
		memmove(end, bytes + response->at, n);
	response->body_nbytes += n;
	response->at += n;
	response->left -= n;
	if (response->left == 0)
		response->state = response->is_chunked ? HTTP_CHUNK_END : HTTP_COMPLETE;
}

static enum http_progress take_to_end(struct http_response *response, size_t nbytes, bool at_end)
{
	response->at = nbytes;
	response->body_nbytes = nbytes - response->body_at;
	if (response->body_nbytes > HTTP_MAX_BODY) {
		fail(response, "the body is larger than 64 MiB");
		return HTTP_BAD;
	}
	return at_end ? HTTP_DONE : HTTP_MORE;
}

enum http_progress http_response_read(struct http_response *response, char *bytes, size_t nbytes,
				      bool at_end)
{
	enum http_progress progress = HTTP_DONE;

	while (progress == HTTP_DONE && response->state != HTTP_COMPLETE) {
		if (is_of_lines(response->state)) {
			progress = read_line(response, bytes, nbytes);
		} else if (response->state == HTTP_BODY_TO_END) {
			progress = take_to_end(response, nbytes, at_end);
			break;
		} else {
			take_body(response, bytes, nbytes);
			progress = response->left > 0 ? HTTP_MORE : HTTP_DONE;
		}
	}
	if (progress == HTTP_MORE && at_end) {
		fail(response, nbytes ? "the connection was closed within the response"
				      : "the connection was closed without a response");
		return HTTP_BAD;
	}
	if (response->state == HTTP_COMPLETE && response->at < nbytes)
		response->keeps_alive = false;
	return progress;
}
