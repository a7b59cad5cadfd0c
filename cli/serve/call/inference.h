/* inference.h - runs a served model on the rows of a request. */
#ifndef CLI_SERVE_INFERENCE_H
#define CLI_SERVE_INFERENCE_H

#include "../models/registry.h"
#include "call.h"

/* An image file of a request, and what became of it. */
struct picture {
	const void *bytes;
	size_t nbytes;
	struct emnist_error error; /* code 0: its vector was read */
	const char *warning;       /* as emnist_reader_warning() */
	size_t n_characters;       /* as emnist_reader_n_characters() */
	bool blank;                /* no ink: its answer means nothing */
};

/* Whether a request may have n images; if not, it has a response. */
bool inference_check_number(struct call *call, size_t n);

/* The status of an answer for this one alone: 200, or what its error is. */
unsigned picture_status(const struct picture *picture);

/* Decodes n pictures to vectors (n, EMNIST_VECTOR_LENGTH); those with an error become zeros. False:
 * return from the handler at once, the call is deferred or has a response. */
bool inference_read(struct call *call, const struct served *served, struct picture *pictures,
		    size_t n, float *vectors);

/* Runs the model on finite vectors (n, EMNIST_VECTOR_LENGTH). probabilities: (n, n_classes). Uses
 * all processors for many rows. False: as above. Checks n against the limit of images. */
bool inference_run(struct call *call, struct served *served, const float *vectors, size_t n,
		   float *probabilities);

#endif
