/* writer.h - the output formats of datasets, one file each. */
#ifndef DATASET_WRITER_H
#define DATASET_WRITER_H

#include "../emnist_dataset.h"
#include "../io/outfile.h"

/* What all formats share; a format's own structure begins with it. */
struct emnist_writer {
	const struct writer_form *form;
	struct emnist_labels *labels;
	struct emnist_dataset *const *inputs; /* (n_inputs) */
	size_t n_inputs;
	bool failed;
};

/* Images to write. */
struct writer_batch {
	size_t n;
	const uint8_t *pixels;   /* (n, 784), upright */
	const uint16_t *classes; /* (n) */
	const uint64_t *numbers; /* (n) */
};

struct writer_form {
	/* path is not empty; labels are set. After a failure, free() frees what was made. */
	enum emnist_status (*open)(struct emnist_writer *writer, const char *path,
				   const struct emnist_writer_options *options,
				   struct emnist_error *error);
	enum emnist_status (*add)(struct emnist_writer *writer, const struct writer_batch *batch,
				  struct emnist_error *error);
	/* Gives all files their names. */
	enum emnist_status (*finish)(struct emnist_writer *writer, struct emnist_error *error);
	/* Frees what open() made, but not the structure. */
	void (*free)(struct emnist_writer *writer);
	size_t nbytes; /* of the form's own structure */
};

extern const struct writer_form writer_idx, writer_csv, writer_npy, writer_npz, writer_folders,
	writer_flat, writer_shards;

/* stem + ending; NULL when memory is short. Free with free(). */
char *writer_name(const char *stem, size_t stem_nbytes, const char *ending);

/* Checks that writing to path destroys nothing that is read. Thread-safe after the first call. */
enum emnist_status writer_spare(const struct emnist_writer *writer, const char *path,
				struct emnist_error *error);

/* Begins the file stem + ending; an error's message names it unless ending is empty. */
enum emnist_status writer_open(const struct emnist_writer *writer, const char *stem,
			       size_t stem_nbytes, const char *ending, struct outfile **file_ret,
			       struct emnist_error *error);

/* Begins the mapping file STEM-mapping.txt with the characters of the labels. */
enum emnist_status writer_mapping(const struct emnist_writer *writer, const char *stem,
				  size_t stem_nbytes, struct outfile **file_ret,
				  struct emnist_error *error);

/* Encodes an image as PNG. Free *png_ret with free(). */
enum emnist_status writer_png(const uint8_t *pixels, void **png_ret, size_t *nbytes_ret,
			      struct emnist_error *error);

/* rows and columns exchanged. */
void writer_transpose(const uint8_t *pixels, uint8_t *transposed);

/* The longest name of a class's folder, with its terminator. */
#define WRITER_FOLDER_MAX 160

/* The name of a class's folder: 0 to 9, A_caps, a_small, A_both, U+00E9, and several characters as
 * U+0031_U+006C. All of EMNIST's differ even if case is ignored. False if it is too long. */
bool writer_folder_name(const struct emnist_labels *labels, size_t i,
			char name[static WRITER_FOLDER_MAX]);

#endif
