/* train_options.h - the options of `emnist train`, converted to those of the library. */
#ifndef CLI_TRAIN_TRAIN_OPTIONS_H
#define CLI_TRAIN_TRAIN_OPTIONS_H

#include "../common/dataset_options.h"

#include <emnist_train.h>

#define TRAIN_MAX_HIDDEN 64
#define TRAIN_MAX_WIDTH  65536

/* As given. */
struct settings {
	const char *output;
	const char *hidden;
	const char *init_path; /* of the model to start from; NULL: none */
	const char *labels_path;
	const char *set; /* of characters; NULL: all */
	const char *frequencies_path;
	const char *weights; /* of the datasets: "1,0.3"; NULL: all count the same */
	const char *checkpoint;
	const char *variants_folder;
	bool no_checkpoint, restart, no_batch_norm, no_augmentation, quiet, no_calibration;
	unsigned verbose;
	int activation;
	struct dataset_settings dataset;
	uint64_t n_epochs, n_rows, seed, n_threads, n_variants;
	int engine; /* a position in engine_names */
	double dropout, learning_rate, warmup, weight_decay, ema, freeze_norm, smoothing;
	double rotate, scale, shear, shift, validation, checkpoint_seconds;
	double elastic, anneal, teacher_share, temperature;
	struct text_list teacher_paths, soft_labels_paths;
	struct text_list operands;
};

/* Release with train_options_release() if it returns true. False: nothing more to do, and the
 * command ends with *status_ret. */
bool train_options_parse(int argc, char **argv, struct settings *s, enum exit_status *status_ret);

/* Reads the weights of n datasets: memory that is freed with free(). Prints an error and returns
 * NULL on failure. */
double *train_options_weights(const struct settings *s, size_t n);

/* Converts the settings to the options of emnist_train(). widths: memory for those of the hidden
 * layers. Prints an error and returns false on failure. The settings and the widths must outlive
 * the options. */
bool train_options_fill(const struct settings *s, uint32_t widths[static TRAIN_MAX_HIDDEN],
			struct emnist_train_options *options);

void train_options_release(struct settings *s);

#endif
