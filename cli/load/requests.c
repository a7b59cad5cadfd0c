/*
 * requests.c - the bytes of requests, made before they are needed.
 *
 * A head has the length of its body. So the body is made first, behind room for the head, which is
 * then put right in front of it.
 */
#include "requests.h"

#include "../common/interrupt.h"
#include "../common/messages.h"
#include "request_header.h"

#include <stdlib.h>
#include <string.h>

/* Of all requests together, if they are all made at the start. */
#define MAX_NBYTES ((size_t)256 << 20)

/* More than what a head has besides the texts of the options. */
#define HEAD_NBYTES 512

#define NO_INDEX    SIZE_MAX

/* The bytes of a request in a text. */
struct made {
	size_t at, nbytes;
};

struct requests {
	struct requests_options options;
	size_t n;
	size_t head_room;
	struct text head; /* of the request being made */
	struct text all;
	struct made *made; /* (n) in `all`; NULL: they are made as they are needed */
	struct text ahead; /* the request that is made ahead */
	struct made ahead_made;
	size_t ahead_index;
};

size_t requests_count(const struct requests *requests)
{
	return requests->n;
}

struct batch requests_batch(const struct requests *requests, size_t index)
{
	const size_t first = index * requests->options.batch;
	const size_t left = requests->options.images->n - first;

	return (struct batch){requests->options.images, first,
			      left < requests->options.batch ? left : requests->options.batch};
}

/* ----------------------------------------------------------------------- making */

static void put_head(struct text *text, const struct requests_options *options,
		     const struct request_body *body, size_t body_nbytes)
{
	request_header_put(text, "POST", options->target, options->authority, options->header,
			   options->keeps_alive);
	text_printf(text, "Content-Type: %s\r\nContent-Length: %zu\r\n", body->content_type,
		    body_nbytes);
	if (body->json_nbytes)
		text_printf(text, "Inference-Header-Content-Length: %zu\r\n", body->json_nbytes);
	text_puts(text, "\r\n");
}

/* Appends request number `index` to a text. */
static struct made make(struct requests *requests, size_t index, struct text *text)
{
	static const char room[1024];
	const struct batch batch = requests_batch(requests, index);
	struct request_body body = {.text = text};
	size_t body_at, n_head;

	for (size_t n = requests->head_room; n > 0; n -= n < sizeof(room) ? n : sizeof(room))
		text_add(text, room, n < sizeof(room) ? n : sizeof(room));
	body_at = text->nbytes;
	requests->options.protocol->put(&body, &batch, requests->options.input_name);
	text_reset(&requests->head);
	put_head(&requests->head, &requests->options, &body, text->nbytes - body_at);
	n_head = requests->head.nbytes;
	if (requests->head.failed)
		text->failed = true;
	if (text->failed)
		return (struct made){0};
	memcpy(text->bytes + body_at - n_head, requests->head.bytes, n_head);
	return (struct made){body_at - n_head, text->nbytes - body_at + n_head};
}

/* Makes all, unless that takes too much. */
static bool make_all(struct requests *requests)
{
	requests->made = calloc(requests->n, sizeof(*requests->made));
	for (size_t i = 0; requests->made && i < requests->n && !requests->all.failed; i++) {
		requests->made[i] = make(requests, i, &requests->all);
		if (requests->all.nbytes > MAX_NBYTES || interrupt_came()) {
			free(requests->made);
			text_release(&requests->all);
			requests->made = NULL;
			return true;
		}
	}
	if (requests->made && !requests->all.failed)
		return true;
	complain("out of memory");
	return false;
}

struct requests *requests_new(const struct requests_options *options)
{
	struct requests *requests = calloc(1, sizeof(*requests));

	if (!requests) {
		complain("out of memory");
		return NULL;
	}
	requests->options = *options;
	requests->n = (options->images->n + options->batch - 1) / options->batch;
	if (options->n_requests && options->n_requests < requests->n)
		requests->n = (size_t)options->n_requests;
	requests->head_room = strlen(options->target) + strlen(options->authority) +
			      strlen(options->header) + HEAD_NBYTES;
	requests->ahead_index = NO_INDEX;
	if (make_all(requests))
		return requests;
	requests_free(requests);
	return NULL;
}

void requests_free(struct requests *requests)
{
	if (!requests)
		return;
	text_release(&requests->head);
	text_release(&requests->all);
	text_release(&requests->ahead);
	free(requests->made);
	free(requests);
}

/* ---------------------------------------------------------------------- getting */

void requests_prepare(struct requests *requests, size_t index)
{
	if (requests->made || requests->ahead_index == index)
		return;
	text_reset(&requests->ahead);
	requests->ahead_made = make(requests, index, &requests->ahead);
	requests->ahead_index = index;
}

const char *requests_get(struct requests *requests, size_t index, struct text *own,
			 size_t *nbytes_ret)
{
	struct text spare;

	if (requests->made) {
		*nbytes_ret = requests->made[index].nbytes;
		return requests->all.bytes + requests->made[index].at;
	}
	requests_prepare(requests, index);
	requests->ahead_index = NO_INDEX;
	if (requests->ahead.failed)
		return NULL;
	spare = *own;
	*own = requests->ahead;
	requests->ahead = spare;
	*nbytes_ret = requests->ahead_made.nbytes;
	return own->bytes + requests->ahead_made.at;
}
