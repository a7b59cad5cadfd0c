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
 * A file of several images, read one after the other in the file's order: zip; tar, plain or in
 * gzip, zstd or xz; an idx file of 28x28 images; a TIFF file of several pages; or concatenated
 * image files whose formats show where they end (not TIFF and TGA). An archive may contain idx and
 * TIFF files. The format is detected from the content. libarchive is loaded on first use.
 */
struct emnist_archive;

enum emnist_transpose {
	EMNIST_TRANSPOSE_AUTO = 0, /* the format's usual order: see emnist_dataset_open() */
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
	/* As in the archive, in any encoding; in Unicode normalization form C if marked as UTF-8.
	 * In an idx file, the number of the image, from 0; in a TIFF file, that of the page, from
	 * 1. If such a file is inside an archive, its name and "!" precede the number. NULL: no
	 * more files. */
	const char *name;
	const void *bytes; /* an image file; PGM for an image of an idx file, TIFF for a page */
	size_t nbytes;
	const struct emnist_error *error; /* why this cannot be read, or NULL; others may be */
};

/* Opens the archive at path. */
EMNIST_API enum emnist_status emnist_archive_open(const char *path,
						  const struct emnist_archive_options *options,
						  struct emnist_archive **archive_ret,
						  struct emnist_error *error);
EMNIST_API void emnist_archive_free(struct emnist_archive *archive);

/* The same from a file descriptor, which must stay open and is not closed. head: bytes that were
 * already read from it. */
EMNIST_API enum emnist_status emnist_archive_open_fd(int fd, const void *head, size_t head_nbytes,
						     const struct emnist_archive_options *options,
						     struct emnist_archive **archive_ret,
						     struct emnist_error *error);

/* The head for emnist_archive_open_fd(): what emnist_read_fd() or emnist_read_file() had read when
 * it failed with EMNIST_ERR_ARCHIVE or EMNIST_ERR_PAGES. Valid until the reader reads again. */
EMNIST_API const void *emnist_reader_bytes(const struct emnist_reader *reader, size_t *nbytes_ret);

/* The descriptor, for the caller to close, if emnist_read_file() failed in this way on a file that
 * can be read only once, such as a pipe or a FIFO; else -1. */
EMNIST_API int emnist_reader_take_fd(struct emnist_reader *reader);

/* Reads the next file; what *file_ret points to is valid until the next call. Skips directories,
 * devices, symlinks (in zip they look like text files), __MACOSX, and names that begin with a dot.
 * After a failure, nothing more can be read. */
EMNIST_API enum emnist_status emnist_archive_next(struct emnist_archive *archive,
						  struct emnist_archive_file *file_ret,
						  struct emnist_error *error);

/* Whether emnist_archive_next() is expected to return without waiting for a pipe. */
EMNIST_API bool emnist_archive_is_ready(const struct emnist_archive *archive);

/* May be called from any thread: emnist_archive_next() stops waiting for a pipe and fails with
 * EMNIST_ERR_STOPPED. */
EMNIST_API void emnist_archive_stop(struct emnist_archive *archive);

/* ---------------------------------------------------------------- datasets */

struct emnist_dataset_options {
	const char *labels_path;  /* of idx files; default: found by the name of the images */
	const char *mapping_path; /* default: a file found by the name of the images, else the
				   * mapping that the name implies, else from the largest label */
	enum emnist_transpose transpose;
	/* The label column in CSV and lists: its name in the header, or its number, from 1.
	 * Default: found by name; without a header, the first in CSV, the second in a list. */
	const char *label_column;
	const uint32_t *indices; /* read only these images, in this order; NULL: all */
	size_t n_indices;        /* with indices != NULL */

	/* Which of several datasets to read: "test", "byclass-test". Default: the only one. */
	const char *split;

	/* Of pen strokes: the donors whose characters are read, or are left out, with commas
	 * between their names. NULL: all, or none. Other datasets do not have donors. */
	const char *donors, *without_donors;

	/* Image files, in folders and lists. */
	enum emnist_preprocess preprocess;
	struct emnist_limits limits;
	unsigned n_threads; /* that read ahead if all images are read in order; 0..1024, default
			     * 1 */
	/* Called with the path of a file that cannot be read, by the reading thread. If it returns
	 * zero, the image is left out; else, or if it is NULL, reading fails with the error. */
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
 * pen strokes in JSON Lines, plain or gzip;
 *
 * a zip or tar archive of idx, MATLAB, .npy, CSV or JSON Lines files, or of image files: in a
 * folder per class, with a list, which then names files of the archive, or with labels beside them,
 * as webdataset has them: KEY.png with KEY.json (its "label"), KEY.cls or KEY.txt.
 *
 * If nothing exists at path, it may be the beginning of a name: "emnist-byclass-test" for
 * "emnist-byclass-test-images-idx3-ubyte.gz". Images in idx and MATLAB files, and in CSV without a
 * header, are transposed like EMNIST's, unless the files have MNIST's own names or the built-in
 * model finds otherwise. Headers are checked against the data as it is read. Messages name the file
 * that they are about if it is not path.
 */
EMNIST_API enum emnist_status emnist_dataset_open(const char *path,
						  const struct emnist_dataset_options *options,
						  struct emnist_dataset **dataset_ret,
						  struct emnist_error *error);
EMNIST_API void emnist_dataset_free(struct emnist_dataset *dataset);

/* Makes one dataset of n, which gives their images one after the other. They were opened without
 * `indices`, and nothing was read; it takes them over unless it fails. Their classes are joined as
 * emnist_labels_join() does. Images are numbered through; emnist_dataset_is_drawn() is false. */
EMNIST_API enum emnist_status emnist_dataset_join(struct emnist_dataset *const *datasets, size_t n,
						  struct emnist_dataset **joined_ret,
						  struct emnist_error *error);

/* A description for people: "idx", "image files in folders named by characters". */
EMNIST_API const char *emnist_dataset_describe(const struct emnist_dataset *dataset);

/* Assumptions made because the files do not record something, to be shown to people, and the option
 * that sets each. */
enum emnist_assumed {
	EMNIST_ASSUMED_TRANSPOSE,    /* transpose */
	EMNIST_ASSUMED_LABEL_COLUMN, /* label_column */
	EMNIST_ASSUMED_MAPPING,      /* mapping_path */
	EMNIST_ASSUMED_HEADER,       /* no option: the file must be corrected */
};
#define EMNIST_N_ASSUMED 4

/* Text such as "assuming transposed images, ..."; NULL: nothing was assumed. */
EMNIST_API const char *emnist_dataset_assumed(const struct emnist_dataset *dataset,
					      enum emnist_assumed kind);

/* The number of images, including those left out by bad_image(). */
EMNIST_API uint64_t emnist_dataset_count(const struct emnist_dataset *dataset);

/* The classes. */
EMNIST_API const struct emnist_labels *emnist_dataset_labels(const struct emnist_dataset *dataset);

/* Reads up to n_max images. pixels: (n_max, 784) bytes, upright, row-major, 0 = background.
 * classes: (n_max) positions in the dataset's labels. *n_ret is less than n_max only for the last
 * images, and 0 after them. */
EMNIST_API enum emnist_status emnist_dataset_read(struct emnist_dataset *dataset, size_t n_max,
						  uint8_t *pixels, uint16_t *classes, size_t *n_ret,
						  struct emnist_error *error);

/* The origin of the n-th image that was read, from 0: its number in the dataset, as in `indices`,
 * and the path of its own file or NULL, valid until the next call. */
EMNIST_API enum emnist_status emnist_dataset_origin(struct emnist_dataset *dataset, uint64_t n,
						    uint32_t *index_ret, const char **path_ret,
						    struct emnist_error *error);

/* Whether the images are pen strokes, which emnist_dataset_draw() draws in any number of ways. */
EMNIST_API bool emnist_dataset_is_drawn(const struct emnist_dataset *dataset);

/* Draws the n-th image, from 0, whether it was read or not. drawing: 0 is the image that
 * emnist_dataset_read() gives; each other number has its own pen, size, slant and proportions. May
 * be called by several threads at once, but only if emnist_dataset_is_drawn(). pixels: (784). */
EMNIST_API void emnist_dataset_draw(const struct emnist_dataset *dataset, uint64_t n,
				    uint64_t drawing, uint8_t *pixels);

/* Whether the dataset is read from the file at path, under any name: images, labels, mapping, list
 * or archive. Writing to that file would destroy the input. */
EMNIST_API enum emnist_status emnist_dataset_reads(struct emnist_dataset *dataset, const char *path,
						   bool *reads_ret, struct emnist_error *error);

/* ----------------------------------------------------- classes of datasets */

/* The position of the entry with this file index, or SIZE_MAX. */
EMNIST_API size_t emnist_labels_find(const struct emnist_labels *labels, uint32_t index);

/* Whether entry i of a and entry j of b have a character in common. ignore_case: A-Z equal a-z. */
EMNIST_API bool emnist_labels_match(const struct emnist_labels *a, size_t i,
				    const struct emnist_labels *b, size_t j, bool ignore_case);

/* Combines the classes of n datasets into one set, with one entry per set of characters. Indices
 * are kept if they agree in all n. Otherwise they are those of EMNIST ByClass if it has all
 * classes, else from 0 in the order of first characters.
 * maps: (n) arrays, each (count of labels[i]): positions in the new labels. */
EMNIST_API enum emnist_status emnist_labels_join(const struct emnist_labels *const *labels,
						 size_t n, struct emnist_labels **labels_ret,
						 uint16_t *const *maps, struct emnist_error *error);

/* In a map: the class was not selected. */
#define EMNIST_NO_CLASS UINT16_MAX

/* Selects the classes that have a character of the set (see emnist_view_options.set). They keep
 * their indices and all their characters. map_ret: (count of labels) positions in the new
 * labels. */
EMNIST_API enum emnist_status emnist_labels_choose(const struct emnist_labels *labels,
						   const char *set,
						   struct emnist_labels **chosen_ret,
						   uint16_t *map_ret, struct emnist_error *error);

/* ----------------------------------------------------------------- writing */

/* The files that a dataset is written to. DEST is the given path. */
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
	/* DEST: those arrays, "images" and "labels", in one compressed file; instead of a mapping
	 * file, "indices" and "characters" with one entry per class. At most 4 GiB. */
	EMNIST_WRITE_NPZ,
	/* DEST: a folder with a folder per class, DEST/A_caps/000123-A_caps.png, and
	 * DEST/labels.csv, a list of "path,label" lines with that header, paths below DEST. Classes
	 * are called 0 to 9, A_caps, a_small, A_both, else U+00E9, several characters
	 * U+0031_U+006C.
	 */
	EMNIST_WRITE_FOLDERS,
	/* The same in a single folder: DEST/000123-A_caps.png. */
	EMNIST_WRITE_FLAT,
	/* DEST: a tar archive as webdataset reads it, with 000123.png, 000123.cls (the class's
	 * index) and 000123.json ({"label":"A"}). With shard_nbytes several, at most 512:
	 * STEM-000000.tar, STEM-000001.tar..., STEM being DEST without ".tar". */
	EMNIST_WRITE_TAR,
};

struct emnist_writer_options {
	enum emnist_write_form form;
	bool into_filled;   /* allow writing PNG files into a folder that is not empty */
	unsigned n_threads; /* that write PNG files; default 1; does not change the result */
	/* Of a tar archive, at most, unless one image takes more; 0: one archive of any size */
	uint64_t shard_nbytes;
	/* (n_inputs) datasets that are being read: none of their files is replaced */
	struct emnist_dataset *const *inputs;
	size_t n_inputs;
};

/* A dataset that is being written. emnist_writer_finish() renames all files into place, replacing
 * existing ones, or none. PNG files exist as soon as they are written. */
struct emnist_writer;

/* labels: of the classes; not needed afterwards. */
EMNIST_API enum emnist_status emnist_writer_create(const char *path,
						   const struct emnist_labels *labels,
						   const struct emnist_writer_options *options,
						   struct emnist_writer **writer_ret,
						   struct emnist_error *error);

/* Removes files that were not finished. */
EMNIST_API void emnist_writer_free(struct emnist_writer *writer);

/* Writes n images. pixels: (n, 784) bytes, upright, row-major, 0 = background; classes: (n)
 * positions in the labels; numbers: (n), for the names of PNG files. */
EMNIST_API enum emnist_status emnist_writer_add(struct emnist_writer *writer, size_t n,
						const uint8_t *pixels, const uint16_t *classes,
						const uint64_t *numbers,
						struct emnist_error *error);

/* Completes the files and renames them into place. Afterwards, and after a failure, the writer can
 * only be freed. */
EMNIST_API enum emnist_status emnist_writer_finish(struct emnist_writer *writer,
						   struct emnist_error *error);

/* -------------------------------------------------------------- statistics */

/* Counts the images of one or several datasets, which are its parts, and finds duplicates. Keeps
 * every distinct image, packed, in about 0.4 KiB. */
struct emnist_statistics;

EMNIST_API enum emnist_status emnist_statistics_create(struct emnist_statistics **statistics_ret,
						       struct emnist_error *error);
EMNIST_API void emnist_statistics_free(struct emnist_statistics *statistics);

/* Reads the rest of the dataset and counts it as the next part, from 0. After a failure, nothing
 * more can be added. */
EMNIST_API enum emnist_status emnist_statistics_add(struct emnist_statistics *statistics,
						    struct emnist_dataset *dataset,
						    struct emnist_error *error);

/* The same for an idx file of labels, plain or gzip, without images. mapping_path: NULL finds it as
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
	bool has_pixels;        /* if false, everything below is 0 */
	/* Of all pixels, which are 0..1: */
	double mean;
	double deviation; /* standard deviation of the population */
	double not_zero;  /* share of those above 0 */
	double ink;       /* share of those closer to 1 than to 0 */
	/* Images that equal an earlier one of the part, pixel for pixel, and how many of them have
	 * a class without a character in common with that of the first such image. */
	uint64_t n_repeated;
	uint64_t n_repeated_conflicting;
};

EMNIST_API size_t emnist_statistics_n_parts(const struct emnist_statistics *statistics);

/* 0 <= i < n_parts. */
EMNIST_API struct emnist_part emnist_statistics_part(const struct emnist_statistics *statistics,
						     size_t i);

/* Images that two parts have in common, pixel for pixel. */
struct emnist_common {
	uint64_t n_distinct;    /* distinct images that are in both */
	uint64_t n_first;       /* images of the first part that are in the second */
	uint64_t n_second;      /* images of the second part that are in the first */
	uint64_t n_conflicting; /* of n_distinct: those whose first copies in the two parts have
				 * classes with no character in common */
};
EMNIST_API struct emnist_common emnist_statistics_common(const struct emnist_statistics *statistics,
							 size_t first, size_t second);

#ifdef __cplusplus
}
#endif

#endif
