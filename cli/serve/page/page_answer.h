/* page_answer.h - the part of the web page that answers. */
#ifndef CLI_SERVE_PAGE_ANSWER_H
#define CLI_SERVE_PAGE_ANSWER_H

#include "../../output/text.h"

#include <emnist.h>

/* What is known about an image. */
struct page_answer {
	const struct emnist_labels *labels;
	const float *probabilities; /* one per label */
	const float *vector;        /* EMNIST_VECTOR_LENGTH: what the network saw */
	size_t n_characters;        /* as emnist_reader_n_characters() */
	const char *warning;        /* as emnist_reader_warning() */
	bool merge_case;            /* a letter stands for both cases */
	const void *picture;        /* the image file, to be shown again; NULL: not shown */
	size_t picture_nbytes;
};

/* Appends it in HTML; no bytes of the picture's name or the labels become markup. False when memory
 * is short. */
bool page_put_answer(struct text *text, const struct page_answer *answer);

/* Appends why there is no answer. */
void page_put_problem(struct text *text, const char *message);

#endif
