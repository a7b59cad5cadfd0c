/*
 * emnist_eval.h - how often a model is right on a dataset.
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
	size_t n_rows;      /* images a batch; default 256 */
	/* Of the model's labels: its classes are those that are predicted, the dataset's are merged
	 * like them, and images of no character in its set are left out. NULL: none. */
	const struct emnist_view *view;
	bool answers; /* keep what was said of each image: 20 bytes an image */
	/* Called for each image that is not left out, in the dataset's order and from the caller's
	 * thread; pixels: as emnist_dataset_read() gave them, until it returns. Non-zero stops the
	 * evaluation. May be NULL. */
	int (*answered)(void *context, const struct emnist_answer *answer, const uint8_t *pixels);
	/* Called now and then, never from two threads at once; non-zero stops the evaluation. */
	int (*progress)(void *context, uint64_t n_done, uint64_t n_images);
	void *context; /* of both */
	/* Images without ink are answered like all others; default: they are counted and left out.
	 */
	bool answer_blank;
	enum emnist_engine engine; /* default EMNIST_ENGINE_AUTO */
};

/* The bins of calibration, as many as Guo et al. (2017) take, and the ranks that are counted. */
#define EMNIST_EVAL_BINS  15
#define EMNIST_EVAL_RANKS 10

/* The rank of a truth that the model has no class for. */
#define EMNIST_NO_RANK UINT16_MAX

/* The images whose most probable class has a probability in ((b - 1) / 15, b / 15]. */
struct emnist_bin {
	uint64_t n_images;
	uint64_t n_correct;
	double confidence; /* the mean of these probabilities; 0 without images */
};

/* What was said of one image. */
struct emnist_answer {
	uint32_t image;           /* how many images the dataset gave before it */
	uint16_t true_class;      /* a position in true_labels */
	uint16_t predicted_class; /* a position in predicted_labels: the most probable one */
	float probability;        /* of predicted_class */
	float true_probability;   /* of the truth; of a set of characters, the sum of all */
	uint16_t rank;            /* how many classes come before the most probable one of the
				   * truth's: 0 is a right answer */
};

/* Shares are 0..1. An image is right when the predicted class and the true one have a character in
 * common. */
struct emnist_evaluation {
	uint64_t n_images;
	uint64_t n_left_out; /* not in n_images: the view's set has none of their characters */
	/* Of n_images those whose class has no character in common with any class of the model: all
	 * of its answers are wrong, and accuracy says little of it. */
	uint64_t n_not_in_model;
	uint64_t n_correct;
	uint64_t n_top3;             /* the true class is among the three most probable */
	uint64_t n_case_insensitive; /* right when upper and lower case are not told apart */
	uint64_t n_within[EMNIST_EVAL_RANKS]; /* [k]: it is among the k + 1 most probable */
	double nll; /* mean negative log-likelihood, natural logarithm; a set of
		     * characters counts with its summed probability */
	double ece; /* expected calibration error of the top class, 15 bins of equal
		     * width (Guo et al., 2017) */
	struct emnist_bin bins[EMNIST_EVAL_BINS]; /* from the least probable */
	size_t n_true;       /* the number of the dataset's classes, as the view sees them */
	size_t n_predicted;  /* the number of the model's classes, or the view's */
	uint64_t *confusion; /* (n_true, n_predicted) counts, row-major */
	struct emnist_labels *true_labels;      /* (n_true) */
	struct emnist_labels *predicted_labels; /* (n_predicted) */
	struct emnist_confidence *confidence;   /* for emnist_coverage_...() */
	struct emnist_answer *answers; /* (n_images), in the dataset's order; NULL: not kept */
	uint64_t n_blank; /* not in n_images: they show no ink, see emnist_vector_is_blank() */
};

/* Runs the model over all that is left of dataset. Release with emnist_evaluation_clear(). */
EMNIST_API enum emnist_status emnist_evaluate(const struct emnist_model *model,
					      struct emnist_dataset *dataset,
					      const struct emnist_eval_options *options,
					      struct emnist_evaluation *evaluation_ret,
					      struct emnist_error *error);

/* What is gained by leaving images unanswered whose most probable class is not probable enough. */
struct emnist_coverage {
	double min_probability;
	uint64_t n_answered; /* images whose most probable class has at least min_probability */
	uint64_t n_correct;  /* those of them that are right */
};

/* What comes of answering at a probability of min_probability or more. */
EMNIST_API struct emnist_coverage emnist_coverage_at_probability(
	const struct emnist_evaluation *evaluation, double min_probability);

/* What comes of answering the surest `share` (0..1) of the images, to the nearest whole image: the
 * probability that it takes, and with them all images that are as sure. Of no image it is
 * INFINITY. */
EMNIST_API struct emnist_coverage emnist_coverage_at_share(
	const struct emnist_evaluation *evaluation, double share);

/* Both ends of an interval that holds the true value with a probability of 95 %. */
struct emnist_interval {
	double low;
	double high;
};

/* Wilson's score interval (1927) for a share of which part in whole were seen; 0 to 1 where whole
 * is 0. */
EMNIST_API struct emnist_interval emnist_interval_of_share(uint64_t part, uint64_t whole);

/* How one of the dataset's classes fared. "Taken for it": the predicted class has a character in
 * common with it. Where classes of the dataset have characters in common, an image may be taken for
 * several of them, and counts for the precision of each. A share is negative where it would be 0/0.
 */
struct emnist_class_scores {
	uint64_t n_images;    /* of the class */
	uint64_t n_predicted; /* images that were taken for it */
	uint64_t n_correct;   /* images of the class that were taken for it */
	double recall;        /* n_correct / n_images */
	double precision;     /* n_correct / n_predicted */
	double f1;            /* the harmonic mean of both */
};

/* The scores of class i of the truth, 0 <= i < n_true. */
EMNIST_API struct emnist_class_scores emnist_evaluation_class(
	const struct emnist_evaluation *evaluation, size_t i);

/* The plain means of the scores of the classes that the dataset has images of: each class counts
 * alike. The precision of a class that no image was taken for counts as 0. */
struct emnist_macro_scores {
	size_t n_classes; /* that the dataset has images of */
	double recall;    /* also called balanced accuracy */
	double precision;
	double f1;
};
EMNIST_API struct emnist_macro_scores emnist_evaluation_macro(
	const struct emnist_evaluation *evaluation);

/* What was taken for what, wrongly. */
struct emnist_confusion {
	size_t true_class;
	size_t predicted_class;
	uint64_t n_images;
};

/* The wrong cells of the confusion matrix with the most images, the largest first, equal ones by
 * row and column; none that is 0. Returns their number, n_max at the most. */
EMNIST_API size_t emnist_evaluation_confusions(const struct emnist_evaluation *evaluation,
					       size_t n_max,
					       struct emnist_confusion *confusions_ret);

/* Wrong answers, the most probable first, equal ones by image: positions in evaluation->answers,
 * which must be there. Returns their number, n_max at the most. */
EMNIST_API size_t emnist_evaluation_mistakes(const struct emnist_evaluation *evaluation,
					     size_t n_max, size_t *positions_ret);

/* Two models on the same images. */
struct emnist_comparison {
	uint64_t n_both;                 /* images that both have right */
	uint64_t n_first;                /* that the first alone has right */
	uint64_t n_second;               /* that the second alone has right */
	uint64_t n_neither;              /* that neither has */
	double difference;               /* of the accuracies, the first's less the second's */
	struct emnist_interval interval; /* of the difference: Newcombe's for paired shares, from
					  * Wilson's intervals (1998, method 10) */
	double p_value;     /* of McNemar's test, exact: two-sided binomial of n_first and n_second;
			     * 0 where it is less than a double can be */
	double chi_squared; /* its statistic with continuity correction (Edwards, 1948), of one
			     * degree of freedom; 0 where the models never differ */
};

/* Two evaluations, which kept their answers, of the same images: else EMNIST_ERR_ARGUMENT. */
EMNIST_API enum emnist_status emnist_compare(const struct emnist_evaluation *first,
					     const struct emnist_evaluation *second,
					     struct emnist_comparison *comparison_ret,
					     struct emnist_error *error);

/* Frees what the evaluation holds, not the structure itself. */
EMNIST_API void emnist_evaluation_clear(struct emnist_evaluation *evaluation);

#ifdef __cplusplus
}
#endif

#endif
