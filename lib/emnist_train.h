/*
 * emnist_train.h - training a model on datasets.
 *
 * See emnist.h for the rules on threads, errors, memory and options. emnist-train(1) explains the
 * training options.
 */
#ifndef EMNIST_TRAIN_H
#define EMNIST_TRAIN_H

#include "emnist_dataset.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ options */

enum emnist_train_switch {
	EMNIST_DEFAULT = 0,
	EMNIST_ON,
	EMNIST_OFF,
};

struct emnist_train_progress {
	unsigned epoch; /* 1..n_epochs */
	unsigned n_epochs;
	uint64_t step; /* 1..n_steps, over all epochs */
	uint64_t n_steps;
	double learning_rate;
	double loss;                /* mean training loss of the epoch so far */
	double seconds;             /* since this run began */
	double seconds_left;        /* estimate */
	bool epoch_done;            /* the figures below are new */
	double validation_accuracy; /* 0..1, of the averaged weights; NAN without validation */
	double validation_loss;     /* likewise */
	uint64_t n_validation;
};

struct emnist_train_options {
	/* The network. */
	const uint32_t *hidden; /* (n_hidden) widths; default 512, 256 */
	size_t n_hidden;
	enum emnist_activation activation;   /* of hidden layers; default EMNIST_RELU */
	enum emnist_train_switch batch_norm; /* default on; folded into the weights at the end */
	double dropout;                      /* of hidden units, 0 to 0.99; default 0 */
	const struct emnist_labels *labels;  /* the model's classes; default: the first dataset's */
	bool leave_out; /* leave out images whose class the model lacks; default: an error */
	/* Start from the weights of this model, whose hidden layers, activation and classes are
	 * then the default, and the only possible ones; without batch normalization. It must
	 * outlive training. NULL: from random weights. */
	const struct emnist_model *init;

	/* The schedule. */
	unsigned n_epochs;      /* up to 100000; default 30 */
	unsigned n_rows;        /* images per step, a multiple of 32 up to 65536; default 256 */
	double learning_rate;   /* peak rate of AdamW, after warm-up, 1e-9 to 10; default 0.002 */
	double warmup_epochs;   /* linear from 0; default 1; negative: none */
	double weight_decay;    /* AdamW's, of weights, not of biases, up to 10; default 0.01;
				 * negative: none */
	double ema_decay;       /* averaging of weights, up to 0.999999; default 0.999; negative:
				 * none */
	double label_smoothing; /* 0 to 0.99; default 0 */
	/* Share of the steps, at the end, in which batch normalization keeps its statistics
	 * constant, like the finished network. Without the noise of small batches, the last steps
	 * find the minimum more precisely. [0,1]; default 0. */
	double freeze_norm;

	/* Augmentation: redrawn for each image and epoch, uniform within these. Negative: none. */
	double rotate; /* +- degrees, up to 180; default 12 */
	double scale;  /* +- share, each axis, up to 0.9; default 0.12 */
	double shear;  /* +- share of the height, up to 2; default 0.12 */
	double shift;  /* +- share of the side, each axis, up to 1; default 0.08 */
	/* Elastic distortion: the standard deviation, in pixels, of each pixel's displacement along
	 * each axis, in a random field that is smooth over about 4 pixels; up to 10; default 0. */
	double elastic;
	/* Share of the variants, at the end, over which all distortions fade out, [0,1]; default 0.
	 */
	double anneal;
	/* The number of distorted variants of each image: epoch e shows variant e modulo
	 * n_variants. Default: one per epoch, or as many as the soft labels have. */
	unsigned n_variants;

	/* Distillation: the network learns the mean output of these models for the distorted image,
	 * in addition to its label. They must have the same classes as the model, and must outlive
	 * training. */
	const struct emnist_model *const *teachers; /* (n_teachers) */
	size_t n_teachers;
	/* Instead of teachers, their recorded probabilities, one file per teacher: uncompressed idx
	 * of 32-bit floats (0x0D), (variants, images of all datasets in their order, classes). Rows
	 * of held-out images are not read. */
	const char *const *soft_labels_paths; /* (n_soft_labels) */
	size_t n_soft_labels;
	double teacher_share; /* of the loss, 0.001 to 1; labels have the rest; default 0.9 */
	double temperature;   /* at which outputs are compared, 0.1 to 100; default 2 */

	/* The data. */
	/* Share of the first dataset that is held out, [0,0.9]; default 0. progress() gets accuracy
	 * and loss on these images. */
	double validation;
	/* Calibrate: divide the logits by the temperature that fits the held-out images best;
	 * default on. */
	enum emnist_train_switch calibrate;
	/* (n of the model's labels) counts or shares, up to 1e18, of the classes where the model
	 * will be used. Images, including held-out ones, are weighted to match these frequencies.
	 * NULL: all images have equal weight.
	 */
	const double *class_frequencies;
	/* (n of datasets) how much an image of each dataset counts, 0.001 to 1000; only ratios
	 * matter. Classes still match the frequencies above. NULL: all count the same. */
	const double *dataset_weights;

	/* The run. */
	uint64_t seed;               /* same seed, options, data and machine: same model */
	enum emnist_engine engine;   /* default EMNIST_ENGINE_AUTO: uses BLAS, if installed, for
				      * products whose inputs have few zeros, for teachers and for
				      * held-out images */
	unsigned n_threads;          /* up to 1024; default 1; the result does not depend on it */
	const char *checkpoint_path; /* NULL: none. An existing checkpoint made with the same
				      * options and data is resumed; it is kept after training. */
	double checkpoint_seconds;   /* minimum time between two checkpoints; default 30 */
	/* Called after each step, by the caller's thread; non-zero stops training: a checkpoint is
	 * written and EMNIST_ERR_STOPPED returned. */
	int (*progress)(void *context, const struct emnist_train_progress *progress);
	void *context;
};

/* For options.class_frequencies: counts the classes in an idx file of labels, plain or gzip, whose
 * values are file indices. frequencies_ret: (count of labels) shares, which sum to 1, or are all 0
 * if the file is empty. */
EMNIST_API enum emnist_status emnist_labels_frequencies(const struct emnist_labels *labels,
							const char *path, double *frequencies_ret,
							struct emnist_error *error);

/* ----------------------------------------------------------------- training */

/* Trains a network on all images of n_datasets datasets. A class that stands for several characters
 * is learned as "any of these": the loss is -log of their summed probability. Messages name the
 * dataset, teacher or soft labels by number from 1, or by file. If training diverges to weights
 * that are not finite, the result is EMNIST_ERR_ARGUMENT. */
EMNIST_API enum emnist_status emnist_train(struct emnist_dataset *const *datasets,
					   size_t n_datasets,
					   const struct emnist_train_options *options,
					   struct emnist_model **model_ret,
					   struct emnist_error *error);

/* Whether path exists, and whether it is a checkpoint, of any run. A program should not remove
 * anything else. */
EMNIST_API enum emnist_status emnist_train_find_checkpoint(const char *path, bool *is_there_ret,
							   bool *is_one_ret,
							   struct emnist_error *error);

/*
 * Writes the images that training would show the network, so that an external teacher can be
 * trained elsewhere and provide soft labels. Uncompressed idx files in folder, which is created if
 * missing:
 *
 *	variantN-images-idx3-ubyte  (images, 28, 28), transposed as EMNIST's, for each of
 *	                            options->n_variants variants, by default one per epoch, from 0
 *	classes-idx2-ubyte          (images, classes): 1 where the image may be of the class
 *	weights-idx1-float          (images): the weight of each, 1 on average
 *	sizes-idx1-int              (datasets): the number of images of each
 *
 * Images are those of all datasets in their order. Held-out images (options->validation) are
 * included undistorted, with weight 0. Of the options for the run, only the seed is used, and
 * progress() is not called.
 */
EMNIST_API enum emnist_status emnist_train_write_variants(
	struct emnist_dataset *const *datasets, size_t n_datasets,
	const struct emnist_train_options *options, const char *folder, struct emnist_error *error);

#ifdef __cplusplus
}
#endif

#endif
