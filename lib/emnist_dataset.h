/*
 * emnist_dataset.h - datasets of labeled images: reading, writing, counting; and archives of
 * images.
 */
#ifndef EMNIST_DATASET_H
#define EMNIST_DATASET_H

#include "emnist.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- archives */

/*
 * A file of many image files, which come one after the other, in the order in which they stand
 * there: zip; tar, as it is or in gzip, zstd or xz; or an idx file of 28x28 images, or a TIFF file
 * of several pages, as it is or in one of these; or image files one after the other, as far as
 * these tell where they end (not TIFF and TGA). Detected from the content, not the
 * file name.
 * Archives are read by libarchive, which is loaded when it is needed.
 */
struct emnist_archive;

enum emnist_transpose {
	EMNIST_TRANSPOSE_AUTO = 0, /* as the format has them: see emnist_dataset_open() */
	EMNIST_TRANSPOSE_YES,      /* images are stored transposed, as EMNIST's are */
	EMNIST_TRANSPOSE_NO,
};

struct emnist_archive_options {
	uint64_t file_nbytes; /* of one image file, unpacked; default 256 MiB */
	uint64_t n_files;     /* in the archive, of all sorts; default 67108864 (2^26) */
	/* Of an idx file; AUTO: transposed, unless it has one of MNIST's own names. */
	enum emnist_transpose transpose;
};

struct emnist_archive_file {
	const char *name;  /* as the archive has it, in any encoding, or, where that is marked as
			    * UTF-8, in Unicode's form C; of an idx file the number of the image,
			    * from 0; of a TIFF file that of the page, from 1, and in an archive
			    * behind the file's name and "!". NULL: there are no more files */
	const void *bytes; /* (nbytes) of an image file; of an image of an idx file as PGM, of a
			    * page as TIFF */
	size_t nbytes;
	const struct emnist_error *error; /* why this file cannot be read, the others perhaps can;
					   * or NULL */
};

/* Opens the archive at path. options may be NULL. Close with emnist_archive_close(). */
EMNIST_API enum emnist_status emnist_archive_open(const char *path,
						  const struct emnist_archive_options *options,
						  struct emnist_archive **archive_ret,
						  struct emnist_error *error);

/* The same from a file descriptor, which is not closed and must stay open; where something of it
 * was read before, that is head, of head_nbytes bytes. */
EMNIST_API enum emnist_status emnist_archive_open_fd(int fd, const void *head, size_t head_nbytes,
						     const struct emnist_archive_options *options,
						     struct emnist_archive **archive_ret,
						     struct emnist_error *error);

/* The next file, what *file_ret points to until the next call. Passed over are directories, devices
 * and symbolic links (which in a zip archive look like files of text), and what no one means when
 * they speak of the images in an archive: names that begin with a dot, and __MACOSX. A failure is
 * of the archive, and nothing more can be read. */
EMNIST_API enum emnist_status emnist_archive_next(struct emnist_archive *archive,
						  struct emnist_archive_file *file_ret,
						  struct emnist_error *error);

/* Whether emnist_archive_next() has something to read; false where it would have to wait for bytes
 * from a pipe, as far as can be told: for who has something else to do until then. */
EMNIST_API bool emnist_archive_is_ready(const struct emnist_archive *archive);

/* From any thread: emnist_archive_next() does not wait for bytes from a pipe any more, but fails
 * with EMNIST_ERR_STOPPED. */
EMNIST_API void emnist_archive_stop(struct emnist_archive *archive);

EMNIST_API void emnist_archive_close(struct emnist_archive *archive);

/* ---------------------------------------------------------------- datasets */

struct emnist_dataset_options {
	const char *labels_path;  /* of idx files; default: found from the images' name */
	const char *mapping_path; /* default: found from the images' name, else known from it, else
				   * from the largest label */
	enum emnist_transpose transpose;
	/* Of CSV and lists: the name of the column of labels in the header, or its number, from 1.
	 * Default: found by its name; without a header, the first of pixels, the second of a list.
	 */
	const char *label_column;
	const uint32_t *indices; /* read only these images, in this order; NULL: all */
	size_t n_indices;        /* with indices != NULL */

	/* Which of the datasets that a folder or a file holds: "test", "byclass-test". Default: the
	 * only one. */
	const char *split;

	/* Image files, in folders and lists. */
	enum emnist_preprocess preprocess; /* how they become 28x28 */
	struct emnist_limits limits;
	unsigned n_threads; /* that read ahead, where all images are read in order; 0..1024,
			     * default 1 */
	/* Called for a file that cannot be read, with its path, by the thread that reads: zero
	 * leaves the image out, and reading goes on; else reading ends with its error. NULL:
	 * reading ends.
	 */
	int (*bad_image)(void *context, const char *path, const struct emnist_error *error);
	void *context;
};

/* Labelled 28x28 images, read in order from the start. */
struct emnist_dataset;

/*
 * Opens the dataset at path, whose format is told by its content:
 *
 * an idx file of images, plain or gzip, whose labels lie beside it, or a folder of such pairs;
 *
 * a MATLAB file (version 5) as NIST's, with the splits "train" and "test";
 *
 * NumPy's arrays of images and labels, in an .npz file or as .npy files beside each other;
 *
 * CSV, plain or gzip: a line an image, its label and 784 values;
 *
 * a folder with a folder of image files for each class, which are named by characters, class
 * numbers or codes: emnist-formats(5) has the rules;
 *
 * CSV or TSV: a list of image files, "path,label" a line;
 *
 * a zip archive of idx, MATLAB, .npy or CSV files, or of image files: in a folder for each class,
 * or with a CSV or TSV list of them, which then names files in the archive alone.
 *
 * Where nothing is at path, it may be the beginning of a file's name, as "emnist-byclass-test" of
 * "emnist-byclass-test-images-idx3-ubyte.gz". idx and MATLAB files, and CSV without a header, hold
 * their images transposed as EMNIST's do, unless they have MNIST's own names, or look otherwise to
 * the built-in model. Nothing of headers is
 * trusted: what is missing or too much shows when it is read. The message of an error names the
 * file that it is about where that is not path itself. Free with emnist_dataset_free().
 */
EMNIST_API enum emnist_status emnist_dataset_open(const char *path,
						  const struct emnist_dataset_options *options,
						  struct emnist_dataset **dataset_ret,
						  struct emnist_error *error);

/* What was opened, and by which rule the names of classes were read, for people: "idx", "image
 * files in folders named by characters". Owned by the dataset. */
EMNIST_API const char *emnist_dataset_describe(const struct emnist_dataset *dataset);

/* What was taken for granted, since the files do not say it: to be shown to people. */
enum emnist_assumed {
	EMNIST_ASSUMED_TRANSPOSE,    /* options.transpose says otherwise */
	EMNIST_ASSUMED_LABEL_COLUMN, /* options.label_column does */
	EMNIST_ASSUMED_MAPPING,      /* options.mapping_path does */
	EMNIST_ASSUMED_HEADER,       /* nothing does: the file is to be mended */
};
#define EMNIST_N_ASSUMED 4

/* Such as "assuming transposed images, ..."; NULL: nothing was. Owned by the dataset. */
EMNIST_API const char *emnist_dataset_assumed(const struct emnist_dataset *dataset,
					      enum emnist_assumed kind);

/* The number of images that reading will give, those included that bad_image() leaves out. */
EMNIST_API uint64_t emnist_dataset_count(const struct emnist_dataset *dataset);

/* What the classes stand for. Owned by the dataset. */
EMNIST_API const struct emnist_labels *emnist_dataset_labels(const struct emnist_dataset *dataset);

/* Reads up to n_max images. pixels: (n_max, 784) bytes, upright, row-major, 0 = background.
 * classes: (n_max) positions in the dataset's labels. *n_ret is less than n_max only at the end,
 * and 0 after it. */
EMNIST_API enum emnist_status emnist_dataset_read(struct emnist_dataset *dataset, size_t n_max,
						  uint8_t *pixels, uint16_t *classes, size_t *n_ret,
						  struct emnist_error *error);

/* Which image the n-th that reading gave was, from 0: its number in the dataset, as `indices` takes
 * it, and the path of its file, NULL where it has none of its own. The path is the dataset's, until
 * the next call. */
EMNIST_API enum emnist_status emnist_dataset_origin(struct emnist_dataset *dataset, uint64_t n,
						    uint32_t *index_ret, const char **path_ret,
						    struct emnist_error *error);

/* Whether the file at path, by whatever name, is one that the dataset is read from: images, labels,
 * what they mean, a list, an archive. Whoever writes to it destroys what is read. */
EMNIST_API enum emnist_status emnist_dataset_reads(struct emnist_dataset *dataset, const char *path,
						   bool *reads_ret, struct emnist_error *error);

EMNIST_API void emnist_dataset_free(struct emnist_dataset *dataset);

/* ------------------------------------------------- labels of several datasets */

/* The classes of n sets of labels as one: an entry for each set of characters that there is, with
 * the indices that they have where all n are alike, else those of EMNIST ByClass where all are
 * classes of it, else from 0 in the order of their first characters.
 * maps: (n) arrays, each (count of labels[i]), which get the positions in the new labels. */
EMNIST_API enum emnist_status emnist_labels_join(const struct emnist_labels *const *labels,
						 size_t n, struct emnist_labels **labels_ret,
						 uint16_t *const *maps, struct emnist_error *error);

/* What emnist_labels_choose() maps a class to that is not chosen. */
#define EMNIST_NO_CLASS UINT16_MAX

/* The classes that have a character of the set, which is written as emnist_view_options.set, with
 * their indices and all their characters. map_ret: (count of labels) positions in the new ones. */
EMNIST_API enum emnist_status emnist_labels_choose(const struct emnist_labels *labels,
						   const char *set,
						   struct emnist_labels **chosen_ret,
						   uint16_t *map_ret, struct emnist_error *error);

/* --------------------------------------------------------- datasets written */

/* The forms that a dataset is written in. What stands for DEST is the path that is given. */
enum emnist_write_form {
	/* EMNIST's own: STEM-images-idx3-ubyte, transposed but where that is one of MNIST's names,
	 * STEM-labels-idx1-ubyte and STEM-mapping.txt. STEM is DEST without "-images-idx3-ubyte"
	 * and ".gz", where it ends so; with the latter, the first two are gzip and end so too.
	 * Indices above 255 are refused. */
	EMNIST_WRITE_IDX = 0,
	/* DEST: a line an image, without a header: its class's index and 784 values, transposed;
	 * and STEM-mapping.txt, STEM being DEST without ".csv". */
	EMNIST_WRITE_CSV,
	/* DEST: NumPy's array (n, 28, 28) of bytes, upright; STEM-labels.npy: (n), its classes'
	 * indices; and STEM-mapping.txt, STEM being DEST without ".npy". */
	EMNIST_WRITE_NPY,
	/* DEST: those two arrays, "images" and "labels", in one compressed file; and, in place of a
	 * mapping file, "indices" and "characters", an entry a class. At most 4 GiB. */
	EMNIST_WRITE_NPZ,
	/* DEST: a folder with a folder a class, DEST/A_caps/000123-A_caps.png, and DEST/labels.csv,
	 * a list of "path,label" lines under such a header, paths being below DEST. A class is
	 * called 0 to 9, A_caps, a_small, A_both, else U+00E9, several characters U+0031_U+006C. */
	EMNIST_WRITE_FOLDERS,
	/* The same without folders: DEST/000123-A_caps.png. */
	EMNIST_WRITE_FLAT,
};

struct emnist_writer_options {
	enum emnist_write_form form;
	bool into_filled;   /* write PNG files into a folder that is not empty; else refused */
	unsigned n_threads; /* that write PNG files; default 1. What is written is the same */
	/* (n_inputs) that are read meanwhile: none of their files is replaced */
	struct emnist_dataset *const *inputs;
	size_t n_inputs;
};

/* A dataset that is being written. Single files take their names in emnist_writer_finish(), those
 * that were there before being replaced; PNG files stay whatever happens, but their list. */
struct emnist_writer;

/* labels are what classes mean, and are not needed afterwards. options may be NULL. Free with
 * emnist_writer_free(). */
EMNIST_API enum emnist_status emnist_writer_create(const char *path,
						   const struct emnist_labels *labels,
						   const struct emnist_writer_options *options,
						   struct emnist_writer **writer_ret,
						   struct emnist_error *error);

/* Writes n images. pixels: (n, 784) bytes, upright, row-major, 0 = background; classes: (n)
 * positions in the labels; numbers: (n), which PNG files are named by. */
EMNIST_API enum emnist_status emnist_writer_add(struct emnist_writer *writer, size_t n,
						const uint8_t *pixels, const uint16_t *classes,
						const uint64_t *numbers,
						struct emnist_error *error);

/* Ends the files and gives them their names. After that, and after a failure, the writer can only
 * be freed. */
EMNIST_API enum emnist_status emnist_writer_finish(struct emnist_writer *writer,
						   struct emnist_error *error);

/* Removes what was not finished. */
EMNIST_API void emnist_writer_free(struct emnist_writer *writer);

/* -------------------------------------------------------------- statistics */

/* Whether the file at path is an idx file of labels, plain or gzip. False of a pipe, of which
 * nothing is read. */
EMNIST_API bool emnist_labels_file(const char *path);

/* Counts what is in one or several datasets, and finds the images that are there more than once. It
 * keeps every different image, packed: some 0.4 KiB each of EMNIST's. Belongs to one thread at a
 * time. */
struct emnist_statistics;

/* Free with emnist_statistics_free(). */
EMNIST_API enum emnist_status emnist_statistics_create(struct emnist_statistics **statistics_ret,
						       struct emnist_error *error);

/* Reads all that is left of the dataset and counts it as the next part, from 0. After a failure
 * nothing more can be added. */
EMNIST_API enum emnist_status emnist_statistics_add(struct emnist_statistics *statistics,
						    struct emnist_dataset *dataset,
						    struct emnist_error *error);

/* The same for an idx file of labels, plain or gzip, whose images are not needed. mapping_path:
 * what the labels mean; NULL: found and known as emnist_dataset_open() does it for the images of
 * these labels. */
EMNIST_API enum emnist_status emnist_statistics_add_labels(struct emnist_statistics *statistics,
							   const char *labels_path,
							   const char *mapping_path,
							   struct emnist_error *error);

/* Whether the file at path, by whatever name, is one that emnist_statistics_add_labels() read. */
EMNIST_API bool emnist_statistics_read(struct emnist_statistics *statistics, const char *path);

struct emnist_part {
	uint64_t n_images;
	const struct emnist_labels *labels; /* owned by the statistics, as is the next */
	const uint64_t *counts;             /* (count of labels) images of each class */
	bool has_pixels;                    /* without: all that follows is 0 */
	/* Of all pixels, which are 0..1: */
	double mean;
	double deviation; /* standard deviation, of the population */
	double not_zero;  /* share of those above 0 */
	double ink;       /* share of those that are nearer to 1 than to 0 */
	/* Images that are the same as one before them in the part, pixel for pixel, and those of
	 * them whose class has no character in common with that of the first one like them. */
	uint64_t n_repeated;
	uint64_t n_repeated_conflicting;
};

EMNIST_API size_t emnist_statistics_n_parts(const struct emnist_statistics *statistics);

/* 0 <= i < n_parts. */
EMNIST_API struct emnist_part emnist_statistics_part(const struct emnist_statistics *statistics,
						     size_t i);

/* Images that two parts have in common, pixel for pixel. */
struct emnist_common {
	uint64_t n_distinct; /* different images that are in both */
	uint64_t n_first;    /* images of the first part that are in the second */
	uint64_t n_second;   /* images of the second part that are in the first */
	/* Of n_distinct, those that the first image in each part gives classes without a common
	 * character. */
	uint64_t n_conflicting;
};

EMNIST_API struct emnist_common emnist_statistics_common(const struct emnist_statistics *statistics,
							 size_t first, size_t second);

EMNIST_API void emnist_statistics_free(struct emnist_statistics *statistics);

#ifdef __cplusplus
}
#endif

#endif
