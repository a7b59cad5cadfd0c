/*
 * emnist_dataset.h - archives of images; datasets of labeled images, read, written and counted.
 *
 * See emnist.h for the rules on threads, errors, memory and options.
 */
#ifndef EMNIST_DATASET_H
#define EMNIST_DATASET_H

#include "emnist.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- archives */

/*
 * A file of several images, one after the other in the file's order: zip; tar, plain or in gzip,
 * zstd or xz; an idx file of 28x28 images; a TIFF file of several pages; image files put together,
 * as far as their formats show where they end (not TIFF and TGA). idx and TIFF files may be in an
 * archive. Detected from the content. libarchive is loaded when it is needed.
 */
struct emnist_archive;

enum emnist_transpose {
	EMNIST_TRANSPOSE_AUTO = 0, /* as the format has them: see emnist_dataset_open() */
	EMNIST_TRANSPOSE_YES,      /* images are stored transposed, as EMNIST's are */
	EMNIST_TRANSPOSE_NO,
};

struct emnist_archive_options {
	uint64_t file_nbytes; /* of one image file, unpacked; default 256 MiB */
	uint64_t n_files;     /* of all kinds in the archive; default 67108864 (2^26) */
	/* Of an idx file; AUTO: transposed, unless it has one of MNIST's own names. */
	enum emnist_transpose transpose;
};

struct emnist_archive_file {
	/* As in the archive, in any encoding; where it is marked as UTF-8, in Unicode's form C. Of
	 * an idx file, the number of the image, from 0; of a TIFF file, that of the page, from 1;
	 * in an archive, behind the file's name and "!". NULL: no more files. */
	const char *name;
	const void *bytes; /* an image file; PGM for an image of an idx file, TIFF for a page */
	size_t nbytes;
	const struct emnist_error *error; /* why this one cannot be read, or NULL; others may be */
};

/* Opens the archive at path. */
EMNIST_API enum emnist_status emnist_archive_open(const char *path,
						  const struct emnist_archive_options *options,
						  struct emnist_archive **archive_ret,
						  struct emnist_error *error);
EMNIST_API void emnist_archive_free(struct emnist_archive *archive);

/* The same from a file descriptor, which must stay open and is not closed. head: the bytes that
 * were read from it before. */
EMNIST_API enum emnist_status emnist_archive_open_fd(int fd, const void *head, size_t head_nbytes,
						     const struct emnist_archive_options *options,
						     struct emnist_archive **archive_ret,
						     struct emnist_error *error);

/* Such a head: what emnist_read_fd() or emnist_read_file() had read when it failed with
 * EMNIST_ERR_ARCHIVE or EMNIST_ERR_PAGES. Good until the reader reads again. */
EMNIST_API const void *emnist_reader_bytes(const struct emnist_reader *reader, size_t *nbytes_ret);

/* Where emnist_read_file() failed so with what can be read but once, a pipe or a FIFO: its
 * descriptor, for the caller to close; else -1. */
EMNIST_API int emnist_reader_take_fd(struct emnist_reader *reader);

/* The next file; what *file_ret points to is good until the next call. Skips directories, devices,
 * symlinks (in zip they look like text files), __MACOSX, and names that begin with a dot. After a
 * failure nothing more can be read. */
EMNIST_API enum emnist_status emnist_archive_next(struct emnist_archive *archive,
						  struct emnist_archive_file *file_ret,
						  struct emnist_error *error);

/* Whether emnist_archive_next() would return without waiting for a pipe, as far as is known. */
EMNIST_API bool emnist_archive_is_ready(const struct emnist_archive *archive);

/* From any thread: emnist_archive_next() waits for a pipe no longer, but fails with
 * EMNIST_ERR_STOPPED. */
EMNIST_API void emnist_archive_stop(struct emnist_archive *archive);

/* ---------------------------------------------------------------- datasets */

struct emnist_dataset_options {
	const char *labels_path;  /* of idx files; default: found by the images' name */
	const char *mapping_path; /* default: found by the images' name, else known from it, else
				   * from the largest label */
	enum emnist_transpose transpose;
	/* The column of labels in CSV and lists: its name in the header, or its number, from 1.
	 * Default: by its name; without a header, the first of pixels, the second of a list. */
	const char *label_column;
	const uint32_t *indices; /* read only these images, in this order; NULL: all */
	size_t n_indices;        /* with indices != NULL */

	/* Which dataset, where there are several: "test", "byclass-test". Default: the only one. */
	const char *split;

	/* Image files, in folders and lists. */
	enum emnist_preprocess preprocess;
	struct emnist_limits limits;
	unsigned n_threads; /* that read ahead, where all images are read in order; 0..1024,
			     * default 1 */
	/* Called for a file that cannot be read, with its path, by the thread that reads: zero
	 * leaves the image out; else, and where it is NULL, reading ends with the error. */
	int (*bad_image)(void *context, const char *path, const struct emnist_error *error);
	void *context;
};

/* Labeled 28x28 images, read in order from the start. */
struct emnist_dataset;

/*
 * Opens the dataset at path; its format is detected from the content:
 *
 * an idx file of images, plain or gzip, with its labels beside it, or a folder of such pairs;
 *
 * a MATLAB file (version 5) as NIST's, with the splits "train" and "test";
 *
 * NumPy's arrays of images and labels, in an .npz file or as .npy files beside each other;
 *
 * CSV, plain or gzip: a line per image, its label and 784 values;
 *
 * a folder with a folder of image files per class, named by characters, class numbers or codes:
 * emnist-formats(5) has the rules;
 *
 * a list of image files in CSV or TSV, "path,label" a line;
 *
 * a zip archive of idx, MATLAB, .npy or CSV files, or of image files: in a folder per class, or
 * with a list, which then names files of the archive.
 *
 * Where nothing is at path, it may be the beginning of a name: "emnist-byclass-test" of
 * "emnist-byclass-test-images-idx3-ubyte.gz". idx and MATLAB files, and CSV without a header, hold
 * images transposed as EMNIST's, unless they have MNIST's own names or look otherwise to the
 * built-in model. Headers are checked against the data as it is read. Messages name the file they
 * are about where it is not path.
 */
EMNIST_API enum emnist_status emnist_dataset_open(const char *path,
						  const struct emnist_dataset_options *options,
						  struct emnist_dataset **dataset_ret,
						  struct emnist_error *error);
EMNIST_API void emnist_dataset_free(struct emnist_dataset *dataset);

/* What was opened, for people: "idx", "image files in folders named by characters". */
EMNIST_API const char *emnist_dataset_describe(const struct emnist_dataset *dataset);

/* What was assumed since the files do not record it, to be shown to people; and the option that
 * sets it. */
enum emnist_assumed {
	EMNIST_ASSUMED_TRANSPOSE,    /* transpose */
	EMNIST_ASSUMED_LABEL_COLUMN, /* label_column */
	EMNIST_ASSUMED_MAPPING,      /* mapping_path */
	EMNIST_ASSUMED_HEADER,       /* none: the file has to be corrected */
};
#define EMNIST_N_ASSUMED 4

/* Such as "assuming transposed images, ..."; NULL: nothing was assumed. */
EMNIST_API const char *emnist_dataset_assumed(const struct emnist_dataset *dataset,
					      enum emnist_assumed kind);

/* The number of images, including those that bad_image() leaves out. */
EMNIST_API uint64_t emnist_dataset_count(const struct emnist_dataset *dataset);

/* The classes. */
EMNIST_API const struct emnist_labels *emnist_dataset_labels(const struct emnist_dataset *dataset);

/* Reads up to n_max images. pixels: (n_max, 784) bytes, upright, row-major, 0 = background.
 * classes: (n_max) positions in the dataset's labels. *n_ret is less than n_max only at the end,
 * and 0 after it. */
EMNIST_API enum emnist_status emnist_dataset_read(struct emnist_dataset *dataset, size_t n_max,
						  uint8_t *pixels, uint16_t *classes, size_t *n_ret,
						  struct emnist_error *error);

/* The n-th image that was read, from 0: its number in the dataset, as `indices` has it, and the
 * path of its own file or NULL, good until the next call. */
EMNIST_API enum emnist_status emnist_dataset_origin(struct emnist_dataset *dataset, uint64_t n,
						    uint32_t *index_ret, const char **path_ret,
						    struct emnist_error *error);

/* Whether the dataset is read from the file at path, by whatever name: images, labels, mapping,
 * list or archive. Writing to it would destroy what is read. */
EMNIST_API enum emnist_status emnist_dataset_reads(struct emnist_dataset *dataset, const char *path,
						   bool *reads_ret, struct emnist_error *error);

/* ----------------------------------------------------- classes of datasets */

/* The position of the entry with this file index, or SIZE_MAX. */
EMNIST_API size_t emnist_labels_find(const struct emnist_labels *labels, uint32_t index);

/* Whether entry i of a and entry j of b have a character in common. ignore_case: A-Z equal a-z. */
EMNIST_API bool emnist_labels_match(const struct emnist_labels *a, size_t i,
				    const struct emnist_labels *b, size_t j, bool ignore_case);

/* The classes of n datasets as one set: an entry per set of characters. Indices are kept where all
 * n are alike; else they are EMNIST ByClass's where it has all classes, else from 0 in the order of
 * first characters.
 * maps: (n) arrays, each (count of labels[i]): the positions in the new labels. */
EMNIST_API enum emnist_status emnist_labels_join(const struct emnist_labels *const *labels,
						 size_t n, struct emnist_labels **labels_ret,
						 uint16_t *const *maps, struct emnist_error *error);

/* In a map: the class is not chosen. */
#define EMNIST_NO_CLASS UINT16_MAX

/* The classes that have a character of the set, written as emnist_view_options.set, with their
 * indices and all their characters. map_ret: (count of labels) positions in the new labels. */
EMNIST_API enum emnist_status emnist_labels_choose(const struct emnist_labels *labels,
						   const char *set,
						   struct emnist_labels **chosen_ret,
						   uint16_t *map_ret, struct emnist_error *error);

/* ----------------------------------------------------------------- writing */

/* The files that a dataset is written to; DEST is the path that is given. */
enum emnist_write_form {
	/* EMNIST's own: STEM-images-idx3-ubyte, transposed unless that is one of MNIST's names,
	 * STEM-labels-idx1-ubyte and STEM-mapping.txt. STEM is DEST without "-images-idx3-ubyte"
	 * and ".gz"; with ".gz" the first two are gzip. Indices are at most 255. */
	EMNIST_WRITE_IDX = 0,
	/* DEST: a line per image, no header: the class's index and 784 values, transposed; and
	 * STEM-mapping.txt, STEM being DEST without ".csv". */
	EMNIST_WRITE_CSV,
	/* DEST: a NumPy array (n, 28, 28) of bytes, upright; STEM-labels.npy: (n), the classes'
	 * indices; and STEM-mapping.txt, STEM being DEST without ".npy". */
	EMNIST_WRITE_NPY,
	/* DEST: those arrays, "images" and "labels", in one compressed file; and in place of a
	 * mapping file "indices" and "characters", an entry per class. At most 4 GiB. */
	EMNIST_WRITE_NPZ,
	/* DEST: a folder with a folder per class, DEST/A_caps/000123-A_caps.png, and
	 * DEST/labels.csv, a list of "path,label" lines with that header, paths below DEST. Classes
	 * are called 0 to 9, A_caps, a_small, A_both, else U+00E9, several characters
	 * U+0031_U+006C.
	 */
	EMNIST_WRITE_FOLDERS,
	/* The same without folders: DEST/000123-A_caps.png. */
	EMNIST_WRITE_FLAT,
};

struct emnist_writer_options {
	enum emnist_write_form form;
	bool into_filled;   /* write PNG files into a folder that is not empty; else refused */
	unsigned n_threads; /* that write PNG files; default 1; the result is the same */
	/* (n_inputs) datasets that are being read: none of their files is replaced */
	struct emnist_dataset *const *inputs;
	size_t n_inputs;
};

/* A dataset that is being written. Files take their names, replacing others, in
 * emnist_writer_finish(), all or none; PNG files are there as soon as they are written. */
struct emnist_writer;

/* labels: of the classes; not needed afterwards. */
EMNIST_API enum emnist_status emnist_writer_create(const char *path,
						   const struct emnist_labels *labels,
						   const struct emnist_writer_options *options,
						   struct emnist_writer **writer_ret,
						   struct emnist_error *error);

/* Removes what was not finished. */
EMNIST_API void emnist_writer_free(struct emnist_writer *writer);

/* Writes n images. pixels: (n, 784) bytes, upright, row-major, 0 = background; classes: (n)
 * positions in the labels; numbers: (n), for the names of PNG files. */
EMNIST_API enum emnist_status emnist_writer_add(struct emnist_writer *writer, size_t n,
						const uint8_t *pixels, const uint16_t *classes,
						const uint64_t *numbers,
						struct emnist_error *error);

/* Ends the files and gives them their names. Afterwards, and after a failure, the writer can only
 * be freed. */
EMNIST_API enum emnist_status emnist_writer_finish(struct emnist_writer *writer,
						   struct emnist_error *error);

/* -------------------------------------------------------------- statistics */

/* Counts the images of one or several datasets, its parts, and finds duplicates. Keeps every
 * different image, packed, about 0.4 KiB each. */
struct emnist_statistics;

EMNIST_API enum emnist_status emnist_statistics_create(struct emnist_statistics **statistics_ret,
						       struct emnist_error *error);
EMNIST_API void emnist_statistics_free(struct emnist_statistics *statistics);

/* Reads the rest of the dataset and counts it as the next part, from 0. After a failure nothing
 * more can be added. */
EMNIST_API enum emnist_status emnist_statistics_add(struct emnist_statistics *statistics,
						    struct emnist_dataset *dataset,
						    struct emnist_error *error);

/* The same for an idx file of labels, plain or gzip, without images. mapping_path: NULL: found as
 * emnist_dataset_open() does. */
EMNIST_API enum emnist_status emnist_statistics_add_labels(struct emnist_statistics *statistics,
							   const char *labels_path,
							   const char *mapping_path,
							   struct emnist_error *error);

/* Whether the file at path is such a file of labels; false for a pipe, which is not read. */
EMNIST_API bool emnist_is_labels_file(const char *path);

/* Whether emnist_statistics_add_labels() read the file at path, by whatever name. */
EMNIST_API bool emnist_statistics_reads(struct emnist_statistics *statistics, const char *path);

struct emnist_part {
	uint64_t n_images;
	const struct emnist_labels *labels;
	const uint64_t *counts; /* (count of labels) images of each class */
	bool has_pixels;        /* else all that follows is 0 */
	/* Of all pixels, which are 0..1: */
	double mean;
	double deviation; /* standard deviation of the population */
	double not_zero;  /* share of those above 0 */
	double ink;       /* share of those nearer to 1 than to 0 */
	/* Images equal to an earlier one of the part, pixel for pixel, and those of them whose
	 * class has no character in common with the first one's. */
	uint64_t n_repeated;
	uint64_t n_repeated_conflicting;
};

EMNIST_API size_t emnist_statistics_n_parts(const struct emnist_statistics *statistics);

/* 0 <= i < n_parts. */
EMNIST_API struct emnist_part emnist_statistics_part(const struct emnist_statistics *statistics,
						     size_t i);

/* Images that two parts have in common, pixel for pixel. */
struct emnist_common {
	uint64_t n_distinct;    /* different images that are in both */
	uint64_t n_first;       /* images of the first part that are in the second */
	uint64_t n_second;      /* images of the second part that are in the first */
	uint64_t n_conflicting; /* of n_distinct: the classes of its first image in each part have
				 * no character in common */
};
EMNIST_API struct emnist_common emnist_statistics_common(const struct emnist_statistics *statistics,
							 size_t first, size_t second);

#ifdef __cplusplus
}
#endif

#endif
