/* dataset_options.h - options about datasets that several commands share, and opening one. */
#ifndef CLI_COMMON_DATASET_OPTIONS_H
#define CLI_COMMON_DATASET_OPTIONS_H

#include "messages.h"
#include "options.h"

#include <emnist_dataset.h>

/* {.preprocess = -1} is the default. */
struct dataset_settings {
	const char *split;
	const char *idx_labels_path;
	const char *mapping_path;
	const char *label_column;
	const char *donors, *without_donors; /* of pen strokes; NULL: all, none */
	int transpose;                       /* enum emnist_transpose */
	int preprocess; /* enum emnist_preprocess; negative: the command's default */
	bool fail_fast;
	const char *indices_path;
	uint64_t n_threads; /* threads that read image files; 0: one per processor */
	bool quiet;         /* no messages about single image files, only their number */
	unsigned verbose;

	bool again;     /* a second pass over the same data: bad files are not reported again */
	uint64_t n_bad; /* image files that could not be read, counted during reading */
};

extern const char *const dataset_transpose_names[];
extern const char *const dataset_preprocess_names[];

/*
 * The options, for a command's table; preprocess_default is the default in the help of
 * --preprocess.
 */
#define DATASET_OPTIONS(member, preprocess_default)                                                \
	OPTION_TEXT(0, "split", "NAME", member.split,                                              \
		    "which dataset of a folder or file that holds several, such as test or "       \
		    "byclass-test"),                                                               \
		OPTION_INPUT(0, "idx-labels", "FILE", member.idx_labels_path,                      \
			     "idx file of labels; default: found by the name of the images"),      \
		OPTION_INPUT(                                                                      \
			0, "mapping", "FILE", member.mapping_path,                                 \
			"mapping file with the meaning of the dataset's labels; default: found "   \
			"by the name of the images, or implied by it or by the labels"),           \
		OPTION_TEXT(0, "label-column", "NAME|N", member.label_column,                      \
			    "label column of CSV and lists: its name in the header, or its "       \
			    "number from 1; default: found by its name, or the usual one"),        \
		OPTION_TEXT(0, "donors", "NAME,NAME...", member.donors,                            \
			    "only pen strokes of these donors"),                                   \
		OPTION_TEXT(0, "without-donors", "NAME,NAME...", member.without_donors,            \
			    "leave out pen strokes of these donors"),                              \
		OPTION_CHOICE(0, "transpose", "auto|yes|no", member.transpose,                     \
			      dataset_transpose_names,                                             \
			      "whether images are stored transposed, as EMNIST's are; default: "   \
			      "auto, judged from the images and the format"),                      \
		OPTION_CHOICE(0, "preprocess", "auto|raw|normalize", member.preprocess,            \
			      dataset_preprocess_names,                                            \
			      "how to bring the image files of folders and lists to 28x28; "       \
			      "default: " preprocess_default),                                     \
		OPTION_FLAG(0, "fail-fast", member.fail_fast,                                      \
			    "stop at the first image file that cannot be read")

#define DATASET_INDICES_OPTION(member)                                                             \
	OPTION_INPUT(0, "indices", "FILE", member.indices_path,                                    \
		     "only images whose numbers (from 0) are listed in FILE, one per line; - is "  \
		     "standard input")

/* For commands that mainly read images. */
#define DATASET_RUN_OPTIONS(member, threads_help)                                                  \
	OPTION_HEADING("Run:"),                                                                    \
		OPTION_UNSIGNED('j', "threads", "N", member.n_threads, 1, 1024,                    \
				threads_help "; default: one per processor"),                      \
		OPTION_FLAG(                                                                       \
			'q', "quiet", member.quiet,                                                \
			"no progress, and only the number of image files that cannot be read"),    \
		OPTION_COUNT('v', "verbose", member.verbose,                                       \
			     "print what is read, and its orientation")

/* Opens the dataset at path, "-" being standard input; usual: how image files are preprocessed
 * unless the settings say otherwise. Prints an error and returns NULL on failure. The settings must
 * outlive the dataset: reading it reports and counts unreadable image files. */
struct emnist_dataset *dataset_open(struct dataset_settings *settings, const char *path,
				    enum emnist_preprocess usual);

/* The same for at least one dataset; several are read one after the other as one. With --verbose,
 * each is described. */
struct emnist_dataset *datasets_open(struct dataset_settings *settings,
				     const struct text_list *paths, enum emnist_preprocess usual);

/* What messages and reports call it: the only path, or "a.tar and 2 more", written to name. */
#define DATASETS_NAME_NBYTES 4128
const char *datasets_name(const struct text_list *paths, char name[static DATASETS_NAME_NBYTES]);

/* Prints an error and returns false if options are given that are about one dataset, but there are
 * several. */
bool datasets_check(const struct dataset_settings *settings, size_t n);

/* Describes the dataset at path on stderr. */
void dataset_tell(const struct emnist_dataset *dataset, const char *path);

/* At the end: STATUS_INPUT if image files were skipped, else status. Reports their number unless
 * each was reported. */
enum exit_status dataset_status(const struct dataset_settings *settings, enum exit_status status);

#endif
