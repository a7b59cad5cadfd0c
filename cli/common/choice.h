/* choice.h - selects images of a dataset: --range, --classes, --sample. */
#ifndef CLI_COMMON_CHOICE_H
#define CLI_COMMON_CHOICE_H

#include "dataset_options.h"

#include <emnist_dataset.h>

#include <stdint.h>

/* {.seed = 1} is the default: all images. */
struct choice_settings {
	const char *range; /* "A..B", inclusive; either may be missing */
	const char *set;   /* characters, as in --classes of other commands */
	uint64_t n_sample; /* 0: all */
	uint64_t seed;
};

/* The options, for a command's table. */
#define CHOICE_OPTIONS(member)                                                                     \
	OPTION_TEXT(0, "range", "A..B", member.range,                                              \
		    "images A to B, inclusive, numbered from 0; either end can be omitted"),       \
		OPTION_TEXT(0, "classes", "SET", member.set,                                       \
			    "images of these characters: digits, upper, lower, letters, alnum, "   \
			    "or characters and ranges such as 0-9A-F, separated by commas"),       \
		OPTION_UNSIGNED(0, "sample", "N", member.n_sample, 1, OPTION_NO_MAXIMUM,           \
				"a random sample of N images, in their order"),                    \
		OPTION_UNSIGNED(0, "seed", "S", member.seed, 0, OPTION_NO_MAXIMUM,                 \
				"seed of --sample; default: 1")

/* The selected images of a dataset, in its order. */
struct choice;

/* Prints an error and returns NULL on failure. The dataset and the settings must outlive the
 * choice; path is for messages. */
struct choice *choice_open(const struct choice_settings *settings, struct emnist_dataset *dataset,
			   const char *path);

/* The selected classes. Owned by the choice or the dataset. */
const struct emnist_labels *choice_labels(const struct choice *choice);

/* Images read at once: enough for all threads that write image files. */
#define CHOICE_BATCH 2048

struct choice_batch {
	size_t n; /* 0: there are no more */
	uint8_t pixels[CHOICE_BATCH * EMNIST_VECTOR_LENGTH];
	uint16_t classes[CHOICE_BATCH]; /* positions in the chosen labels */
	uint64_t numbers[CHOICE_BATCH]; /* that the images have in the dataset */
};

/* Allocates a batch, which is too large for a stack. Free with free(). Prints an error and returns
 * NULL when memory is short. */
struct choice_batch *choice_batch_new(void);

/* Reads the next images. Prints an error and returns false on failure. */
bool choice_read(struct choice *choice, struct choice_batch *batch);

/* How many images were examined: for progress. */
uint64_t choice_n_seen(const struct choice *choice);

/* choice may be NULL. */
void choice_free(struct choice *choice);

#endif
