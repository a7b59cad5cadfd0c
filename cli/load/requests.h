/* requests.h - the bytes of requests, made before they are needed. */
#ifndef CLI_LOAD_REQUESTS_H
#define CLI_LOAD_REQUESTS_H

#include "protocol.h"

struct requests_options {
	const char *target, *authority; /* of the URL */
	const char *header;             /* more lines, each with its end */
	bool keeps_alive;
	const struct protocol *protocol;
	const char *input_name;
	const struct load_images *images;
	size_t batch;        /* images of a request */
	uint64_t n_requests; /* no more are needed; 0: any number */
};

struct requests;

/* One request for each batch of the images, as far as they are needed; the last may have fewer.
 * Makes them all now if they fit in memory. Prints an error and returns NULL on failure. What the
 * options point to must outlive the requests. */
struct requests *requests_new(const struct requests_options *options);
void requests_free(struct requests *requests);

/* The number of different requests, and the images of one. */
size_t requests_count(const struct requests *requests);
struct batch requests_batch(const struct requests *requests, size_t index);

/* In idle moments: makes this one ahead. */
void requests_prepare(struct requests *requests, size_t index);

/* The bytes of a request; own: the caller's memory, which may be used for them. NULL when memory is
 * short. */
const char *requests_get(struct requests *requests, size_t index, struct text *own,
			 size_t *nbytes_ret);

#endif
