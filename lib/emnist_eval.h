/*
 * emnist_eval.h - how accurate a model is on a dataset, and how two models compare.
 *
 * Shares are 0..1. An answer is right if the predicted class and the true class have a character in
 * common. See emnist.h for the rules on threads, errors, memory and options.
 */
#ifndef EMNIST_EVAL_H
#define EMNIST_EVAL_H

#include "emnist_dataset.h"

#ifdef __cplusplus
extern "C" {
#endif

/* -------------------------------------------------------------- evaluation */

struct emnist_answer;

struct emnist_eval_options {
	unsigned n_threads; /* default 1 */
	size_t n_rows;      /* images per batch; default 256 */
	/* A view of the model's labels. Its classes are predicted, the dataset's classes are merged
	 * in the same way, and images without a character of its set are left out. NULL: none. */
	const struct emnist_view *view;
	bool answers; /* keep the answer for each image, 20 bytes */
	/* Called for each image that is not left out, in the order of the dataset, on the caller's
	 * thread. pixels are those of emnist_dataset_read(), valid until it returns. Non-zero stops
	 * the evaluation. May be NULL. */
	int (*answered)(void *context, const struct emnist_answer *answer, const uint8_t *pixels);
	/* Called from time to time, never by two threads at once; non-zero stops the evaluation. */
	int (*progress)(void *context, uint64_t n_done, uint64_t n_images);
	void *context;     /* for both callbacks */
	bool answer_blank; /* also answer images without ink; else they are counted and left out */
	enum emnist_engine engine; /* default EMNIST_ENGINE_AUTO */
};

/* The bins of calibration, as many as in Guo et al. (2017), and the ranks that are counted. */
#define EMNIST_EVAL_BINS  15
#define EMNIST_EVAL_RANKS 10

/* The rank if the model does not have the true class. */
#define EMNIST_NO_RANK UINT16_MAX

/* Images whose most probable class has a probability in ((b - 1) / 15, b / 15]. */
struct emnist_bin {
	uint64_t n_images;
	uint64_t n_correct;
	double confidence; /* the mean of these probabilities; 0 without images */
};

/* The answer for one image. */
struct emnist_answer {
	uint32_t image;           /* the number of images that the dataset gave before it */
	uint16_t true_class;      /* a position in true_labels */
	uint16_t predicted_class; /* the most probable: a position in predicted_labels */
	float probability;        /* of predicted_class */
	float true_probability;   /* of the true class; for a set of characters, the sum */
	uint16_t rank;            /* the number of classes ranked before the most probable true
				   * one; 0 is a right answer */
};

struct emnist_evaluation {
	uint64_t n_images;
	uint64_t n_left_out;     /* not in n_images: the view's set has none of their characters */
	uint64_t n_not_in_model; /* of n_images: no class of the model has their characters; all
				  * count as wrong, so accuracy says little about the model */
	uint64_t n_correct;
	uint64_t n_top3;             /* the true class is among the three most probable */
	uint64_t n_case_insensitive; /* right if upper and lower case are treated as equal */
	uint64_t n_within[EMNIST_EVAL_RANKS]; /* [k]: it is among the k + 1 most probable */
	double nll; /* mean negative log-likelihood, natural logarithm; of a set of characters, of
		     * the summed probability */
	double ece; /* expected calibration error of the top class over the bins (Guo et al., 2017)
		     */
	struct emnist_bin bins[EMNIST_EVAL_BINS]; /* from the least probable */
	size_t n_true;                     /* classes of the dataset, as the view merges them */
	size_t n_predicted;                /* classes of the model, or the view */
	uint64_t *confusion;               /* (n_true, n_predicted) counts, row-major */
	struct emnist_labels *true_labels; /* (n_true) */
	struct emnist_labels *predicted_labels; /* (n_predicted) */
	struct emnist_confidence *confidence;   /* for emnist_coverage_...() */
	struct emnist_answer *answers; /* (n_images), in the dataset's order; NULL: not kept */
	uint64_t n_blank; /* not in n_images: without ink, see emnist_vector_is_blank() */
};

/* Runs the model over the rest of the dataset. */
EMNIST_API enum emnist_status emnist_evaluate(const struct emnist_model *model,
					      struct emnist_dataset *dataset,
					      const struct emnist_eval_options *options,
					      struct emnist_evaluation *evaluation_ret,
					      struct emnist_error *error);

/* Frees the contents of the evaluation, not the structure itself. */
EMNIST_API void emnist_evaluation_clear(struct emnist_evaluation *evaluation);

/* ----------------------------------------------------------------- figures */

/* Accuracy against coverage: the model answers only if its confidence is high enough. */
struct emnist_coverage {
	double min_probability;
	uint64_t n_answered; /* images whose most probable class has at least min_probability */
	uint64_t n_correct;  /* those of them that are right */
};

/* At this probability. */
EMNIST_API struct emnist_coverage emnist_coverage_at_probability(
	const struct emnist_evaluation *evaluation, double min_probability);

/* At the probability that answers `share` of the images, to the nearest image; images with the same
 * probability are all answered. If none are answered, min_probability is INFINITY. */
EMNIST_API struct emnist_coverage emnist_coverage_at_share(
	const struct emnist_evaluation *evaluation, double share);

/* A 95 % confidence interval. */
struct emnist_interval {
	double low;
	double high;
};

/* Wilson's score interval (1927) for the share part / whole; 0 to 1 if whole is 0. */
EMNIST_API struct emnist_interval emnist_interval_of_share(uint64_t part, uint64_t whole);

/* The scores of one of the dataset's classes. An image counts as predicted for it if the predicted
 * class has a character in common with it. If classes of the dataset share characters, one
 * prediction may count for the precision of several. A share of 0/0 is negative. */
struct emnist_class_scores {
	uint64_t n_images;    /* of the class */
	uint64_t n_predicted; /* images predicted as the class */
	uint64_t n_correct;   /* images of the class predicted as it */
	double recall;        /* n_correct / n_images */
	double precision;     /* n_correct / n_predicted */
	double f1;            /* the harmonic mean of both */
};

/* The scores of true class i, 0 <= i < n_true. */
EMNIST_API struct emnist_class_scores emnist_evaluation_class(
	const struct emnist_evaluation *evaluation, size_t i);

/* The unweighted means over the classes that the dataset has images of. A class that was never
 * predicted has precision 0 here. */
struct emnist_macro_scores {
	size_t n_classes; /* that the dataset has images of */
	double recall;    /* also called balanced accuracy */
	double precision;
	double f1;
};
EMNIST_API struct emnist_macro_scores emnist_evaluation_macro(
	const struct emnist_evaluation *evaluation);

struct emnist_confusion {
	size_t true_class;
	size_t predicted_class;
	uint64_t n_images;
};

/* The nonzero off-diagonal cells of the confusion matrix, that is, the mistakes, largest first,
 * ties by row and column. Returns their number, at most n_max. */
EMNIST_API size_t emnist_evaluation_confusions(const struct emnist_evaluation *evaluation,
					       size_t n_max,
					       struct emnist_confusion *confusions_ret);

/* -------------------------------------------------------------- comparison */

/* Two models on the same images. */
struct emnist_comparison {
	uint64_t n_both;                 /* images that both get right */
	uint64_t n_first;                /* that only the first gets right */
	uint64_t n_second;               /* that only the second gets right */
	uint64_t n_neither;              /* that neither gets right */
	double difference;               /* of the accuracies, first minus second */
	struct emnist_interval interval; /* of the difference: Newcombe's for paired shares (1998,
					  * method 10) */
	double p_value;     /* of McNemar's exact test: two-sided binomial of n_first and n_second;
			     * 0 where it is less than a double can be */
	double chi_squared; /* its statistic with continuity correction (Edwards, 1948), one degree
			     * of freedom; 0 where the models never differ */
};

/* Both evaluations must have kept their answers for the same images; else EMNIST_ERR_ARGUMENT. */
EMNIST_API enum emnist_status emnist_compare(const struct emnist_evaluation *first,
					     const struct emnist_evaluation *second,
					     struct emnist_comparison *comparison_ret,
					     struct emnist_error *error);

#ifdef __cplusplus
}
#endif

#endif
