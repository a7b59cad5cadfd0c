/* tfs_answer.h - answers of TensorFlow Serving, laid out as there, to the byte. */
#ifndef CLI_SERVE_TFS_ANSWER_H
#define CLI_SERVE_TFS_ANSWER_H

#include "../../output/text.h"

#include <emnist.h>

/* What a model gave. */
struct tfs_scores {
	const float *probabilities; /* (n, n_classes) */
	size_t n, n_classes;
	const char *output; /* its name, if the signature has several; else NULL */
};

/* {"predictions": [[...], ...]} */
void tfs_put_predictions(struct text *body, const struct tfs_scores *scores);

/* {"outputs": [[...], ...]}, a number on a line. */
void tfs_put_outputs(struct text *body, const struct tfs_scores *scores);

/* {"results": [[["A", 0.5], ...], ...]}, the highest scores first. */
void tfs_put_results(struct text *body, const struct tfs_scores *scores,
		     const struct emnist_labels *labels);

#endif
