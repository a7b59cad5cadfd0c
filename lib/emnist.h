/*
 * emnist.h - classify images of single characters with a multilayer perceptron.
 *
 * An image (PNG, JPEG, TIFF, WebP, BMP, PNM, GIF, TGA) is decoded, brought to a vector of 28x28
 * values in [0,1], and run through a network that answers with one probability a class:
 *
 *	struct emnist_model *model;
 *	struct emnist_session *session;
 *	struct emnist_reader *reader;
 *	struct emnist_error error;
 *	float vector[EMNIST_VECTOR_LENGTH], probabilities[62];
 *	uint32_t best;
 *
 *	if (emnist_model_default(&model, &error) ||
 *	    emnist_session_create(model, 1, &session, &error) ||
 *	    emnist_reader_create(NULL, &reader, &error) ||
 *	    emnist_read_file(reader, "scan.png", vector, &error) ||
 *	    emnist_session_run(session, vector, 1, probabilities, &error))
 *		errx(1, "%s", error.message);
 *	emnist_top_k(probabilities, 62, 1, &best);
 *	puts(emnist_labels_text(emnist_model_labels(model), best));
 *
 * Threads. A model, once loaded, a set of labels and a view never change and may be shared by any
 * number of threads. A reader, a session, a dataset belong to one thread at a time. The library
 * keeps no state that a caller can see, never prints, never exits, and never reads the environment,
 * the command line or a locale.
 *
 * Errors. A function that can fail returns an emnist_status, EMNIST_OK being zero, and describes
 * the failure in *error where error is not NULL. What a function was to return through a pointer
 * is then NULL or untouched. Messages are one line, without the file's name and without a full
 * stop; they may quote bytes of the input, made printable.
 *
 * Memory. A struct emnist_NAME that a function hands over is the caller's, to be freed with
 * emnist_NAME_free(), an archive with emnist_archive_close(); these take NULL as well. What is
 * freed otherwise, or is not the caller's, is said where it is returned.
 *
 * Options. In every options structure a zero means "the default", so that `= {0}` is the default
 * of all, and a NULL pointer to options means the same. Values out of range are refused with
 * EMNIST_ERR_ARGUMENT, never silently corrected.
 */
#ifndef EMNIST_H
#define EMNIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EMNIST_VERSION "0.1.0"

#define EMNIST_API     __attribute__((visibility("default")))

/* The side of the square that every image is brought to, and the length of its vector: rows from
 * the top, pixels from the left, 0 = background, 1 = ink. */
#define EMNIST_SIDE          28
#define EMNIST_VECTOR_LENGTH 784

/* The version of the library that is running, as EMNIST_VERSION. */
EMNIST_API const char *emnist_version(void);

/* What does the arithmetic, for people who wonder how fast it is. Nothing of it can be set here:
 * OpenBLAS, which only training computes with, reads the environment when training or
 * emnist_backend_describe() loads it. */
struct emnist_backend {
	const char *network; /* the kernels that models run on: "AVX-512", "AVX2", "portable" */
	const char *blas;    /* that models are trained with: "OpenBLAS 0.3.21", "BLIS 0.9.0",
			      * "unknown BLAS", or "none" */
	const char *kernels; /* "Haswell": the processor that the BLAS library's kernels are made
			      * for; NULL: not known */
	/* OpenBLAS's best kernels for what this processor can do, where those that it runs make do
	 * with less, as when it does not know the processor; else NULL. */
	const char *better_kernels;
	const char *parallel; /* how it is built: "sequential", "pthreads" or "OpenMP"; NULL: not
			       * known. It uses one thread for each that calls it, in each case */
	const char *instructions; /* this processor's widest: "AVX-512", "AVX2", "AVX", "SSE"; NULL:
				   * not known */
	const char *loops;        /* those that the library's other loops use, likewise */
};

/* Texts are never freed, and stay as they are. */
EMNIST_API void emnist_backend_describe(struct emnist_backend *backend_ret);

/* ------------------------------------------------------------------ errors */

enum emnist_status {
	EMNIST_OK = 0,
	EMNIST_ERR_ARGUMENT,    /* an argument or option is out of its range */
	EMNIST_ERR_MEMORY,      /* memory is exhausted */
	EMNIST_ERR_IO,          /* a system call failed: error.sys_errno says why */
	EMNIST_ERR_FORMAT,      /* the bytes are of no format that is read here */
	EMNIST_ERR_CORRUPT,     /* the format is known, but the bytes are damaged or cut short */
	EMNIST_ERR_UNSUPPORTED, /* the bytes are valid, but use what is not read here; or they are
				 * of an image format that is known but not read */
	EMNIST_ERR_LIMIT,       /* a limit on size or count is exceeded */
	EMNIST_ERR_STOPPED,     /* a callback asked to stop */
	EMNIST_ERR_ARCHIVE,     /* not one image, but an archive of them: emnist_archive_open() */
	EMNIST_ERR_PAGES,       /* not one image, but an image file of several: likewise */
};

#define EMNIST_NO_OFFSET UINT64_MAX

/* The limits of struct emnist_limits. */
enum emnist_limit {
	EMNIST_LIMIT_OTHER, /* none of them */
	EMNIST_LIMIT_FILE_NBYTES,
	EMNIST_LIMIT_WIDTH,
	EMNIST_LIMIT_HEIGHT,
	EMNIST_LIMIT_PIXELS,
};

struct emnist_error {
	enum emnist_status code;
	int sys_errno;           /* errno of the failed call with EMNIST_ERR_IO, else 0 */
	uint64_t offset;         /* byte offset of the fault in its input, or EMNIST_NO_OFFSET */
	char message[256];       /* never empty, always terminated */
	enum emnist_limit limit; /* which one is exceeded, with EMNIST_ERR_LIMIT; else 0 */
};

/* Whether the process is short of memory, descriptors or threads: no fault of what was read. */
EMNIST_API bool emnist_error_is_shortage(const struct emnist_error *error);

/* ------------------------------------------------------------------- files */

/*
 * A file that is written piece by piece and takes its name only when it is whole and on the disk:
 * whatever happens, path holds what it held or all that is new, with the permissions that it had.
 * Two writers of one path do not meet. A symbolic link stays, and what it leads to is replaced.
 *
 * What cannot be replaced by rename() is written to directly: a device or a pipe at once; a file
 * that is the root of a mount, or whose folder may not be written to, in emnist_outfile_commit().
 */
struct emnist_outfile;

/* Free with emnist_outfile_free(). */
EMNIST_API enum emnist_status emnist_outfile_open(const char *path,
						  struct emnist_outfile **file_ret,
						  struct emnist_error *error);

/* The path that it has until it is committed; NULL: none, for where the file system can do that it
 * has no name. A program that is ended by a signal may remove it. Until it is committed or freed.
 */
EMNIST_API const char *emnist_outfile_temporary(const struct emnist_outfile *file);

/* Appends. After a failure the file can only be freed. */
EMNIST_API enum emnist_status emnist_outfile_write(struct emnist_outfile *file, const void *bytes,
						   size_t nbytes, struct emnist_error *error);

/* Gives it its name. After that the file can only be freed. */
EMNIST_API enum emnist_status emnist_outfile_commit(struct emnist_outfile *file,
						    struct emnist_error *error);

/* Removes what was not committed. file may be NULL. */
EMNIST_API void emnist_outfile_free(struct emnist_outfile *file);

/* All in one, for what is in memory. */
EMNIST_API enum emnist_status emnist_file_replace(const char *path, const void *bytes,
						  size_t nbytes, struct emnist_error *error);

/* How a text begins that people or other programs wrote: *mark_nbytes_ret is how much of it is the
 * byte order mark of UTF-8, 0 without one. UTF-16 and UTF-32 are named: EMNIST_ERR_UNSUPPORTED. */
EMNIST_API enum emnist_status emnist_text_start(const void *text, size_t nbytes,
						size_t *mark_nbytes_ret,
						struct emnist_error *error);

/* ------------------------------------------------------------------ labels */

/*
 * What each class of a model or of a dataset stands for: an ordered list of entries, each with
 * the index that files use for the class and the set of one or more characters (Unicode code
 * points) that it means. A set of several characters means "any of these": EMNIST Letters knows a
 * letter, but not its case.
 */
struct emnist_labels;

/* The labels of EMNIST's own splits, chosen by the number of classes: 62 (ByClass: 0-9 A-Z a-z),
 * 47 (Balanced and ByMerge, whose 15 merged letters stand for both cases), 26 (Letters: both
 * cases each, indices 1..26), 10 (Digits, MNIST). Other counts: EMNIST_ERR_ARGUMENT.
 * Free with emnist_labels_free(). */
EMNIST_API enum emnist_status emnist_labels_default(size_t n_classes,
						    struct emnist_labels **labels_ret,
						    struct emnist_error *error);

/* Parses the text of a mapping file as EMNIST ships them: a line an entry, the index and then one
 * or more code points, all decimal, separated by blanks; indices rise. A file whose entries are
 * exactly EMNIST's 47 merged classes is given both cases for the 15 merged letters. */
EMNIST_API enum emnist_status emnist_labels_parse(const void *text, size_t nbytes,
						  struct emnist_labels **labels_ret,
						  struct emnist_error *error);

/* Reads a mapping file; see emnist_labels_parse(). */
EMNIST_API enum emnist_status emnist_labels_read(const char *path,
						 struct emnist_labels **labels_ret,
						 struct emnist_error *error);

/* The number of entries. */
EMNIST_API size_t emnist_labels_count(const struct emnist_labels *labels);

/* All characters of entry i, 0 <= i < count, as UTF-8 ("A", or "Aa" for a set; letters that a view
 * merged as upper case alone). Owned by labels. */
EMNIST_API const char *emnist_labels_text(const struct emnist_labels *labels, size_t i);

/* The position of the entry whose file index is `index`, or SIZE_MAX. */
EMNIST_API size_t emnist_labels_find(const struct emnist_labels *labels, uint32_t index);

/* Whether entry i of a and entry j of b have a character in common; with ignore_case, whether
 * they have when A-Z and a-z are not told apart. */
EMNIST_API bool emnist_labels_match(const struct emnist_labels *a, size_t i,
				    const struct emnist_labels *b, size_t j, bool ignore_case);

/* Reads an idx file of labels (plain or gzip), whose values are file indices of labels, and counts
 * how often each class occurs. frequencies_ret: (count) shares, which add up to 1 unless the file
 * is empty. */
EMNIST_API enum emnist_status emnist_labels_frequencies(const struct emnist_labels *labels,
							const char *path, double *frequencies_ret,
							struct emnist_error *error);

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

EMNIST_API void emnist_labels_free(struct emnist_labels *labels);

/* ------------------------------------------------------------------ images */

enum emnist_preprocess {
	/* A 28x28 grey image that looks like EMNIST (light ink on a black border) becomes value/255
	 * untouched, or, where none is 200 or more, value/the largest; any other image is
	 * normalised. */
	EMNIST_PREPROCESS_AUTO = 0,
	/* Composited on white, luma, scaled to 28x28, value/255; polarity stays. */
	EMNIST_PREPROCESS_RAW,
	/* Always normalised: luma, or that of red, green and blue which shows the ink where luma
	 * hardly does; polarity from the border, background to zero, the ink's bounding box scaled
	 * with its aspect kept, placed and blurred as in EMNIST's files. A page without ink, that
	 * is with none that differs from it by 10 of 255 levels of luma, or by 40 of a color, and
	 * by more than noise, becomes all zeros; fainter ink is seen on clean paper. */
	EMNIST_PREPROCESS_NORMALIZE,
};

/* What an image may cost. Checked against the file's header before anything is allocated. */
struct emnist_limits {
	uint64_t file_nbytes; /* of one file; default 256 MiB */
	uint32_t width;       /* pixels; default 32768 */
	uint32_t height;      /* pixels; default 32768 */
	uint64_t n_pixels;    /* width x height; default 67108864 (2^26) */
};

struct emnist_reader_options {
	struct emnist_limits limits;
	enum emnist_preprocess preprocess;
};

/* Reads images: decodes and preprocesses one after the other, reusing its memory. */
struct emnist_reader;

/* options may be NULL. Free with emnist_reader_free(). */
EMNIST_API enum emnist_status emnist_reader_create(const struct emnist_reader_options *options,
						   struct emnist_reader **reader_ret,
						   struct emnist_error *error);

/* Reads the image in the file at path. vector: EMNIST_VECTOR_LENGTH values in [0,1]; its content
 * is unspecified after a failure. The format is told by content, never by name. */
EMNIST_API enum emnist_status emnist_read_file(struct emnist_reader *reader, const char *path,
					       float *vector, struct emnist_error *error);

/* The same from an open file descriptor, read from where it stands to its end, not closed. Where
 * another image follows the first, as `cat` puts them on a pipe: EMNIST_ERR_PAGES, or
 * EMNIST_ERR_UNSUPPORTED where the first does not tell where it ends. */
EMNIST_API enum emnist_status emnist_read_fd(struct emnist_reader *reader, int fd, float *vector,
					     struct emnist_error *error);

/* What the last emnist_read_fd() took from its file, where it failed with EMNIST_ERR_ARCHIVE or
 * EMNIST_ERR_PAGES: of a pipe, what emnist_archive_open_fd() needs beside the descriptor. Owned by
 * the reader, until it reads again. */
EMNIST_API const void *emnist_reader_bytes(const struct emnist_reader *reader, size_t *nbytes_ret);

/* The same from nbytes bytes of an image file in memory. */
EMNIST_API enum emnist_status emnist_read_bytes(struct emnist_reader *reader, const void *bytes,
						size_t nbytes, float *vector,
						struct emnist_error *error);

/* What is doubtful about the image that was read last, one line that is never freed: that every
 * pixel is transparent, and was read as if it were not. NULL: nothing is. */
EMNIST_API const char *emnist_reader_warning(const struct emnist_reader *reader);

/* How many characters of similar height stand side by side in the image that was read last, clearly
 * apart; 1 where there is only one, or none, or that was not looked for: in an image as EMNIST has
 * it, and with EMNIST_PREPROCESS_RAW. The vector of several is one of all of them together, and
 * what a model makes of it is hardly right. */
EMNIST_API size_t emnist_reader_n_characters(const struct emnist_reader *reader);

/* Whether the vector is that of an image in which no ink was found: all zeros. What a model makes
 * of it is no answer. */
EMNIST_API bool emnist_vector_is_blank(const float *vector);

EMNIST_API void emnist_reader_free(struct emnist_reader *reader);

/* Encodes a vector as a 28x28 8-bit grey PNG (value x 255, rounded), such that reading the PNG
 * with EMNIST_PREPROCESS_RAW gives the vector of rounded values back. *png_ret is freed with
 * free(). */
EMNIST_API enum emnist_status emnist_vector_to_png(const float *vector, void **png_ret,
						   size_t *nbytes_ret, struct emnist_error *error);

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

/* ------------------------------------------------------------------ models */

enum emnist_activation {
	EMNIST_IDENTITY = 0,
	EMNIST_RELU,
	EMNIST_ELU,
	EMNIST_LEAKY_RELU,
	EMNIST_SELU,
	EMNIST_SIGMOID,
	EMNIST_TANH,
};

/* "identity", "relu", "elu", "leaky_relu", "selu", "sigmoid", "tanh". */
EMNIST_API const char *emnist_activation_name(enum emnist_activation activation);

/* The forms of files that models travel in. */
enum emnist_format {
	EMNIST_FORMAT_NONE = 0,    /* of no file: the model was trained */
	EMNIST_FORMAT_ONNX,        /* a file */
	EMNIST_FORMAT_SAVED_MODEL, /* TensorFlow's: a directory, or the saved_model.pb of one */
	EMNIST_FORMAT_GRAPH_DEF,   /* TensorFlow's frozen graph: a file */
	EMNIST_FORMAT_SAFETENSORS, /* PyTorch's state_dict of weights: a file */
};

/* "onnx", "savedmodel", "graphdef", "safetensors"; NULL for EMNIST_FORMAT_NONE. */
EMNIST_API const char *emnist_format_name(enum emnist_format format);

/* A trained network: immutable, shared by threads. */
struct emnist_model;

struct emnist_model_options {
	/* Labels to use in place of the model's own; as many as the model has outputs. Copied. */
	const struct emnist_labels *labels;
	uint64_t file_nbytes; /* the largest file that is read; default 1 GiB */
	/* Of the hidden layers of a file that has weights and nothing else, and does not say it
	 * (safetensors of a state_dict). By default EMNIST_RELU; emnist_model_origin() then has a
	 * fact "assumed_activation". */
	enum emnist_activation activation;
	bool hash_files; /* whether emnist_model_origin() tells the files' SHA-256 */
	/* What the program that trained the model did to its inputs before they came to the graph:
	 * see struct emnist_input_scaling, of which these become the members. 0: 255 where the
	 * graph shows that it takes 0..255, else 1; 0; 1. Finite, and input_std above 0. */
	double input_scale;
	double input_mean;
	double input_std;
};

/* What a value v of a vector, in [0,1], becomes on its way to the graph of a model's file:
 *
 *	(scale v - mean) / std
 *
 * {255, 0, 1} for a graph that takes pixels as they are, {1, 0.1307, 0.3081} for one that was
 * trained on tensors that torchvision normalized so, {255, 127.5, 127.5} for -1 to 1. All of it is
 * in the weights of the first layer: sessions, and the files that are written of the model, take
 * vectors in [0,1]. */
struct emnist_input_scaling {
	double scale;
	double mean;
	double std;
};

/* The model that is built into the library. Free with emnist_model_free(). */
EMNIST_API enum emnist_status emnist_model_default(struct emnist_model **model_ret,
						   struct emnist_error *error);

/* That model's file, an ONNX file as any other. Never freed. */
EMNIST_API const void *emnist_model_default_file(size_t *nbytes_ret);

/*
 * Loads a model from memory; bytes may be freed afterwards. The format is told by content: ONNX, a
 * frozen TensorFlow graph (GraphDef), a TensorFlow SavedModel, or safetensors with the state_dict
 * of a torch.nn.Sequential of Linear layers. What is read are multilayer perceptrons, however they
 * are spelt; an operator that is none of theirs is named in the message, with its node.
 *
 * Labels come from options, else from the model's metadata, else from the number of outputs, see
 * emnist_labels_default(); a model for which all three fail is refused.
 *
 * Vectors are in [0,1] for every model. Where a model's own first step is to scale 0..255 to a
 * small range (Keras' Rescaling(1/255), scikit-learn's StandardScaler fitted to such values), or
 * its input is of bytes, that is taken into account.
 */
EMNIST_API enum emnist_status emnist_model_parse(const void *bytes, size_t nbytes,
						 const struct emnist_model_options *options,
						 struct emnist_model **model_ret,
						 struct emnist_error *error);

/* Loads a model from the file at path, or from the directory of a SavedModel. Files beside it that
 * the model needs are read, too: a SavedModel's variables/, ONNX's external data, which must lie
 * below the model's own folder. */
EMNIST_API enum emnist_status emnist_model_read(const char *path,
						const struct emnist_model_options *options,
						struct emnist_model **model_ret,
						struct emnist_error *error);

/* Encodes the model as ONNX: opset 17, input "images" of shape (N, n_inputs), output
 * "probabilities" of shape (N, n_outputs), labels and preprocessing in its metadata.
 * *bytes_ret is freed with free(). */
EMNIST_API enum emnist_status emnist_model_encode(const struct emnist_model *model,
						  void **bytes_ret, size_t *nbytes_ret,
						  struct emnist_error *error);

/* Writes emnist_model_encode()'s bytes to path, by way of a temporary file beside it that replaces
 * path only when it is whole. */
EMNIST_API enum emnist_status emnist_model_write(const struct emnist_model *model, const char *path,
						 struct emnist_error *error);

/* The largest fixed batch. */
#define EMNIST_MAX_BATCH 65536

struct emnist_save_options {
	enum emnist_format format; /* default EMNIST_FORMAT_ONNX */
	unsigned opset;            /* of ONNX, 7 to 25; default 17 */
	unsigned batch;            /* rows that each run takes, up to EMNIST_MAX_BATCH; default: any
				    * number */
	/* Names of the graph's ends: letters, digits, '.', and not at the beginning '_', '/', '-'.
	 * Defaults: "images"; "probabilities" in ONNX, "scores" in TensorFlow's formats, where they
	 * are the keys of the signatures, too. */
	const char *input_name;
	const char *output_name;
	bool logits;  /* without the softmax */
	bool replace; /* emnist_model_save(): a SavedModel may replace one that is there */
};

/* Encodes the model as one file; of a SavedModel, as its saved_model.pb. All weights keep every
 * bit; labels and preprocessing go with them. *bytes_ret is freed with free(). options may be
 * NULL. */
EMNIST_API enum emnist_status emnist_model_export(const struct emnist_model *model,
						  const struct emnist_save_options *options,
						  void **bytes_ret, size_t *nbytes_ret,
						  struct emnist_error *error);

/* Writes emnist_model_export()'s bytes to path, as emnist_model_write() does; a SavedModel is a
 * directory, which is made beside path and renamed when it is whole. One that is there and not
 * empty is refused or, where options.replace allows it and it holds a SavedModel and nothing else,
 * replaced with all that is in it. */
EMNIST_API enum emnist_status emnist_model_save(const struct emnist_model *model, const char *path,
						const struct emnist_save_options *options,
						struct emnist_error *error);

/* The length of an input vector; EMNIST_VECTOR_LENGTH for a model of 28x28 images. */
EMNIST_API size_t emnist_model_n_inputs(const struct emnist_model *model);

/* The number of classes. */
EMNIST_API size_t emnist_model_n_outputs(const struct emnist_model *model);

/* One label a class. Owned by the model. */
EMNIST_API const struct emnist_labels *emnist_model_labels(const struct emnist_model *model);

/* How images are to be brought to the model's input, as its metadata says; EMNIST_PREPROCESS_AUTO
 * where it says nothing. */
EMNIST_API enum emnist_preprocess emnist_model_preprocess(const struct emnist_model *model);

/* The scaling that is in the first layer's weights: that of the options or, without them, what the
 * file's graph showed, or was said in the metadata of a file that was written of such a model. */
EMNIST_API struct emnist_input_scaling emnist_model_input_scaling(const struct emnist_model *model);

/* The number of fully connected layers, and the shape and activation of layer i. */
EMNIST_API size_t emnist_model_n_layers(const struct emnist_model *model);
struct emnist_layer_info {
	size_t n_inputs;
	size_t n_outputs;
	enum emnist_activation activation;
	float alpha; /* slope or scale of ELU, LeakyReLU and SELU, else 0 */
	float gamma; /* SELU's outer scale, else 0 */
};
EMNIST_API struct emnist_layer_info emnist_model_layer(const struct emnist_model *model, size_t i);

/* Whether a softmax follows the last layer. */
EMNIST_API bool emnist_model_has_softmax(const struct emnist_model *model);

/*
 * What a model's file said of itself, as it stood there. All text is the file's own and may be
 * anything that ends in a zero byte; a text that is missing there is NULL here.
 */
struct emnist_dim {
	int64_t size;     /* -1: any */
	const char *name; /* of a size that may be any: "batch" */
};

struct emnist_tensor_info {
	const char *key;               /* in a signature, what those who call it name it by */
	const char *name;              /* in the graph */
	const char *type;              /* of its values, as NumPy names it: "float32" */
	const struct emnist_dim *dims; /* (rank), NULL: of a shape that is not told */
	size_t rank;
};

/* What TensorFlow Serving calls a model by. */
struct emnist_signature {
	const char *name;   /* "serving_default" */
	const char *method; /* "tensorflow/serving/predict" */
	const struct emnist_tensor_info *inputs;
	size_t n_inputs;
	const struct emnist_tensor_info *outputs;
	size_t n_outputs;
};

/* Such as {"producer", "pytorch"}, {"opset", 17}; the first 256 are kept. */
struct emnist_origin_fact {
	const char *key;
	const char *text; /* NULL: number is the fact */
	int64_t number;
};

struct emnist_origin_file {
	const char *name; /* below the model's directory; NULL: the model is this file */
	uint64_t nbytes;
	bool has_sha256; /* as options.hash_files asked for */
	uint8_t sha256[32];
};

struct emnist_origin {
	enum emnist_format format;
	const struct emnist_origin_fact *facts;
	size_t n_facts;
	const struct emnist_origin_file *files; /* that were read */
	size_t n_files;
	const struct emnist_tensor_info *inputs; /* of the graph; constants are none */
	size_t n_inputs;
	const struct emnist_tensor_info *outputs;
	size_t n_outputs;
	const struct emnist_signature *signatures; /* sorted by name, tensors by key */
	size_t n_signatures;
};

/* Owned by the model; NULL for one that was trained. */
EMNIST_API const struct emnist_origin *emnist_model_origin(const struct emnist_model *model);

EMNIST_API void emnist_model_free(struct emnist_model *model);

/* ---------------------------------------------------------------- sessions */

/* Scratch memory to run a model on up to max_rows vectors at once; belongs to one thread and must
 * not outlive its model. */
struct emnist_session;

/* 1 <= max_rows <= 65536. Free with emnist_session_free(). */
EMNIST_API enum emnist_status emnist_session_create(const struct emnist_model *model,
						    size_t max_rows,
						    struct emnist_session **session_ret,
						    struct emnist_error *error);

/* vectors: (n_rows, n_inputs), row-major, finite. probabilities: (n_rows, n_outputs), each row in
 * [0,1] with sum 1 (any sum where the model ends in sigmoids in place of a softmax). A row's
 * probabilities depend on that row alone, to the bit, not on the other rows of the call nor on
 * their number. They are the same on all machines that multiply and add in one step (x86-64 with
 * AVX2 or AVX-512, ARM), and within 1e-5 of that on others. */
EMNIST_API enum emnist_status emnist_session_run(struct emnist_session *session,
						 const float *vectors, size_t n_rows,
						 float *probabilities, struct emnist_error *error);

EMNIST_API void emnist_session_free(struct emnist_session *session);

/* The positions of the k largest of n values, largest first, equal ones by position. k <= n. */
EMNIST_API void emnist_top_k(const float *values, size_t n, size_t k, uint32_t *positions_ret);

/* ------------------------------------------------------------------- views */

/*
 * A view shows some of a model's classes, or takes upper and lower case for one: it turns
 * probabilities of the model's classes into those of its own, which are fewer or as many. It never
 * changes and may be shared by threads.
 *
 * Merging comes first, then the set is asked: what it does not have of a class's characters
 * vanishes, and a class of which none is left. So {"A-F", merge_case} answers A to F for capitals
 * and small letters, and "upper" of EMNIST Letters, whose classes stand for both cases, answers
 * capitals.
 */
struct emnist_view;

struct emnist_view_options {
	/* The characters that may be answered, as UTF-8: items between commas, each a name (digits,
	 * upper, lower, letters, alnum: 0-9, A-Z, a-z), or literal characters and ranges by code
	 * point, such as 0-9A-F. Another word of three or more of a-z is refused; '=' before it
	 * means its letters. A backslash stands before a '-', ',' or '\' that is meant as a
	 * character. Each character at most once; one that is not from a name and that no class
	 * has is refused. NULL: all. */
	const char *set;
	/* Classes that have a letter in common, A-Z and a-z not told apart, are one; the same goes
	 * for the set. Letters then stand for both cases and are shown as upper case. */
	bool merge_case;
};

/* A view of a model's labels, which are needed no longer afterwards. options may be NULL: all
 * classes as they are. A set that cannot be read, or that leaves no class: EMNIST_ERR_ARGUMENT.
 * Free with emnist_view_free(). */
EMNIST_API enum emnist_status emnist_view_create(const struct emnist_labels *labels,
						 const struct emnist_view_options *options,
						 struct emnist_view **view_ret,
						 struct emnist_error *error);

/* What the view's classes stand for, in the order of the first class of the model in each. Owned by
 * the view. */
EMNIST_API const struct emnist_labels *emnist_view_labels(const struct emnist_view *view);

/* probabilities: (n_rows, n of the model's classes), row-major; becomes (n_rows, n of the view's),
 * in the same place. Those of merged classes are summed, to 1 at the most. Where the set leaves
 * classes out, each row is divided by its sum; a row whose sum is 0 becomes uniform. */
EMNIST_API void emnist_view_apply(const struct emnist_view *view, float *probabilities,
				  size_t n_rows);

EMNIST_API void emnist_view_free(struct emnist_view *view);

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
 * CSV, plain or gzip: a line an image, its label and 784 values;
 *
 * a folder with a folder of image files for each class, which are named by characters, class
 * numbers or codes: emnist-formats(5) has the rules;
 *
 * CSV or TSV: a list of image files, "path,label" a line;
 *
 * a zip archive of idx, MATLAB or CSV files, or of image files: in a folder for each class, or with
 * a CSV or TSV list of them, which then names files in the archive alone.
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

/* ---------------------------------------------------------------- montages */

/*
 * A contact sheet: 28x28 pictures in rows, from the left and from the top, with text underneath
 * them, as an 8-bit grey PNG. A montage belongs to one thread at a time; it keeps a copy of what is
 * added, about 1 KiB a picture, and the sheet itself is in memory only as PNG.
 *
 * Text is UTF-8 and shown in a small built-in font that has ASCII, Latin-1, U+2026 and U+2192 (an
 * arrow to the right); any other character is shown as U+XXXX, a byte that is not UTF-8 as \xHH.
 */
struct emnist_montage;

struct emnist_montage_options {
	uint32_t n_columns; /* pictures side by side, up to 65536; default: such that the sheet is
			     * about a third wider than high */
	uint32_t scale;     /* pixels of the sheet a pixel of a picture, 1 to 16; default 2. Text
			     * grows with it from 4 on */
	bool dark; /* light ink on a dark sheet, as datasets have it; default: the reverse */
	const char *title; /* one line above all pictures, cut to the sheet's width; NULL: none */
};

/* options may be NULL. Free with emnist_montage_free(). */
EMNIST_API enum emnist_status emnist_montage_create(const struct emnist_montage_options *options,
						    struct emnist_montage **montage_ret,
						    struct emnist_error *error);

/* Adds a picture. pixels: EMNIST_VECTOR_LENGTH bytes, upright, row-major, 0 = background, as
 * emnist_dataset_read() gives them. label: up to four lines, between line feeds, of up to 32
 * characters each; what is longer is cut; may be NULL. At most 65536 pictures: EMNIST_ERR_LIMIT. */
EMNIST_API enum emnist_status emnist_montage_add(struct emnist_montage *montage,
						 const uint8_t *pixels, const char *label,
						 struct emnist_error *error);

/* The number of pictures so far. */
EMNIST_API size_t emnist_montage_count(const struct emnist_montage *montage);

/* The sheet as it is now. *png_ret is freed with free(). No pictures: EMNIST_ERR_ARGUMENT; more
 * than 32768 pixels a side or 2^26 in all: EMNIST_ERR_LIMIT. */
EMNIST_API enum emnist_status emnist_montage_encode(const struct emnist_montage *montage,
						    void **png_ret, size_t *nbytes_ret,
						    struct emnist_error *error);

EMNIST_API void emnist_montage_free(struct emnist_montage *montage);

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

/* What the characters of a class have in common. */
enum emnist_group {
	EMNIST_GROUP_DIGITS = 0, /* 0-9 */
	EMNIST_GROUP_UPPER,      /* A-Z */
	EMNIST_GROUP_LOWER,      /* a-z */
	EMNIST_GROUP_BOTH_CASES, /* letters, A-Z and a-z both among them, as in EMNIST Letters */
	EMNIST_GROUP_OTHER,
};
#define EMNIST_N_GROUPS 5

/* "digits", "upper", "lower", "both cases", "other". */
EMNIST_API const char *emnist_group_name(enum emnist_group group);

/* The group of entry i. */
EMNIST_API enum emnist_group emnist_labels_group(const struct emnist_labels *labels, size_t i);

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

/* The counts of all parts' classes as bars, a panel a part, in PNG. names: (n_parts), what stands
 * above each. *png_ret is freed with free(). */
EMNIST_API enum emnist_status emnist_statistics_to_png(const struct emnist_statistics *statistics,
						       const char *const *names, void **png_ret,
						       size_t *nbytes_ret,
						       struct emnist_error *error);

/* What the axis of a chart from 0 to `most` goes up by, in up to five steps: 1, 2 or 5 times a
 * power of ten, and whole. */
EMNIST_API double emnist_chart_step(uint64_t most);

EMNIST_API void emnist_statistics_free(struct emnist_statistics *statistics);

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
EMNIST_API struct emnist_comparison emnist_compare_counts(uint64_t n_both, uint64_t n_first,
							  uint64_t n_second, uint64_t n_neither);

/* The same from two evaluations, which kept their answers, of the same images: else
 * EMNIST_ERR_ARGUMENT. */
EMNIST_API enum emnist_status emnist_compare(const struct emnist_evaluation *first,
					     const struct emnist_evaluation *second,
					     struct emnist_comparison *comparison_ret,
					     struct emnist_error *error);

/* The color of a level 0..1, red, green and blue of 255 each: from white over lilac and blue to
 * nearly black, in equal steps of lightness (Crameri's "devon", reversed), for heat maps that are
 * read alike in print and by color-blind people. */
EMNIST_API void emnist_heat_color(double level, uint8_t rgb_ret[3]);

/* The level 0..1 at which a heat map shows `part` of `whole`: 0 for none, 1 for all, in between by
 * the logarithm: 0.1 for a 1000th or less, 0.4 for a 100th, 0.7 for a tenth. */
EMNIST_API double emnist_heat_level(uint64_t part, uint64_t whole);

/* The confusion matrix as a heat map, in PNG: a row a true class, a column a predicted one, the
 * color of each cell by its share of the images of its row (see emnist_heat_level()). *png_ret is
 * freed with free(). More classes than fit into 2^24 pixels, about 270 by 270: EMNIST_ERR_LIMIT. */
EMNIST_API enum emnist_status emnist_confusion_to_png(const struct emnist_evaluation *evaluation,
						      void **png_ret, size_t *nbytes_ret,
						      struct emnist_error *error);

/* Frees what the evaluation holds, not the structure itself. */
EMNIST_API void emnist_evaluation_clear(struct emnist_evaluation *evaluation);

/* ---------------------------------------------------------------- training */

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
	double loss;                /* mean training loss since the epoch began */
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
	const struct emnist_labels *labels;  /* classes of the model; default: those of the
					      * first dataset */
	bool leave_out; /* images of no class of the model; default: they are an error */

	/* The schedule. */
	unsigned n_epochs;      /* up to 100000; default 30 */
	unsigned n_rows;        /* images a step, a multiple of 32 up to 65536; default 256 */
	double learning_rate;   /* peak of AdamW's, reached after warm-up, 1e-9 to 10; default
				 * 0.002 */
	double warmup_epochs;   /* linear from 0; default 1; negative: none */
	double weight_decay;    /* AdamW's, of weights, not of biases, up to 10; default 0.01;
				 * negative: none */
	double ema_decay;       /* averaging of weights, up to 0.999999; default 0.999; negative:
				 * none */
	double label_smoothing; /* 0 to 0.99; default 0 */
	/* Share of the steps, at the end, in which batch normalisation no longer looks at the batch
	 * but keeps the statistics that it has, as the finished network does: without the noise of
	 * small batches the last steps find the minimum more exactly. [0,1]; default 0. */
	double freeze_norm;

	/* Augmentation: each image anew each epoch, uniformly within these. Negative: none. */
	double rotate; /* +- degrees, up to 180; default 12 */
	double scale;  /* +- share, each axis, up to 0.9; default 0.12 */
	double shear;  /* +- share of the height, up to 2; default 0.12 */
	double shift;  /* +- share of the side, each axis, up to 1; default 0.08 */
	/* Elastic distortion: the standard deviation, in pixels, of each pixel's displacement along
	 * each axis, in a random field that is smooth over about 4 pixels; up to 10; default 0,
	 * none. */
	double elastic;
	/* Share of the variants, at the end, over which all distortions fade to none, [0,1];
	 * default 0. */
	double anneal;
	/* In how many ways each image is distorted: epoch e shows variant e modulo n_variants.
	 * Default: each epoch has a variant of its own, or as many as the soft labels are for. */
	unsigned n_variants;

	/* Distillation: what these models say of the distorted image, on average, is learnt beside
	 * its label. Their classes must be the model's. Borrowed until training ends. */
	const struct emnist_model *const *teachers; /* (n_teachers) */
	size_t n_teachers;
	/* In place of teachers, what they said of each variant of each image, written down before,
	 * a file a teacher: uncompressed idx of 32-bit floats (0x0D) with the dimensions (variants,
	 * images of all datasets in their order, classes), the probabilities of one image after
	 * those of the other. Rows of images that are held out are not read. */
	const char *const *soft_labels_paths; /* (n_soft_labels) */
	size_t n_soft_labels;
	double teacher_share; /* of the loss; the labels have the rest, 0.001 to 1; default 0.9 */
	double temperature;   /* that all are compared at, 0.1 to 100; default 2 */

	/* The data. */
	/* Share of the first dataset held out, [0,0.9]; default 0. Accuracy and loss on it are
	 * reported to progress(). */
	double validation;
	/* Where images are held out: whether the logits are divided by the temperature that is
	 * best for these in the end, so that probabilities are what they say; default on. */
	enum emnist_train_switch calibrate;
	/* (n of the model's labels) counts or shares, up to 1e18, that the classes occur with where
	 * the model will be used: images, those held out as well, are weighted to restore them.
	 * NULL: images count alike. */
	const double *class_frequencies;

	/* The run. */
	uint64_t seed;               /* same seed, options, data and machine: same model */
	unsigned n_threads;          /* up to 1024; default 1; the result does not depend on it */
	const char *checkpoint_path; /* NULL: none. Continued from when it is there and was made by
				      * the same options and data; kept when training ends. */
	double checkpoint_seconds;   /* least time between two checkpoints; default 30 */
	/* Called after each step, from the caller's thread; non-zero stops training: a checkpoint
	 * is written and EMNIST_ERR_STOPPED returned. */
	int (*progress)(void *context, const struct emnist_train_progress *progress);
	void *context;
};

/* Trains a network on all images of n_datasets datasets. A dataset's class that stands for several
 * characters is learnt as "any of these": the loss is -log of their summed probability. The message
 * of an error names what it is about: the dataset, teacher or soft labels by their number from 1,
 * or the file. Training that diverges, to weights that are infinite or no numbers, ends with
 * EMNIST_ERR_ARGUMENT. */
EMNIST_API enum emnist_status emnist_train(struct emnist_dataset *const *datasets,
					   size_t n_datasets,
					   const struct emnist_train_options *options,
					   struct emnist_model **model_ret,
					   struct emnist_error *error);

/* Whether something is at path, and whether it is a checkpoint, of whatever run: what is none is
 * not for a program to remove. */
EMNIST_API enum emnist_status emnist_train_find_checkpoint(const char *path, bool *is_there_ret,
							   bool *is_one_ret,
							   struct emnist_error *error);

/*
 * Writes what training would show the network, so that a teacher of another kind can be trained
 * elsewhere and asked for soft labels: into folder, which is made where it is missing,
 *
 * variantN-images-idx3-ubyte, (images, 28, 28), for each of options->n_variants variants, by
 * default one an epoch, N from 0: transposed as EMNIST's files are;
 *
 * classes-idx2-ubyte, (images, classes): 1 where the image may be of the class;
 *
 * weights-idx1-float, (images): how much the image counts, 1 on average;
 *
 * sizes-idx1-int, (datasets): how many of the images are of each dataset;
 *
 * as uncompressed idx files. Their images are those of all datasets in their order; those that
 * options->validation holds out are there, undistorted, with a weight of 0. Of the options that are
 * about the run only the seed counts, and progress() is not called.
 */
EMNIST_API enum emnist_status emnist_train_write_variants(
	struct emnist_dataset *const *datasets, size_t n_datasets,
	const struct emnist_train_options *options, const char *folder, struct emnist_error *error);

/* ----------------------------------------------------------- ordered workers */

/*
 * Work in three stages: produce() fills slots one after the other, n_workers threads work() on them
 * in any order, consume() takes them in the order in which they were produced. At most n_slots
 * slots are under way at once, so memory is bounded and a slow consumer slows the producer.
 * produce() runs on a thread of its own, consume() on the caller's. With in_turn all three run on
 * the caller's, for one slot after the other: for work that is done before threads have started.
 */
struct emnist_ordered_options {
	unsigned n_workers; /* 1..1024 */
	unsigned n_slots;   /* default 4 x n_workers */
	bool in_turn;       /* n_workers and n_slots are 1 then; default: with threads */
	void *context;      /* handed to every function */

	/* Makes and frees what a slot holds, and what a worker holds; called from the caller's
	 * thread before and after all work. NULL from a make function ends the run with
	 * EMNIST_ERR_MEMORY. */
	void *(*slot_make)(void *context);
	void (*slot_free)(void *context, void *slot);
	void *(*worker_make)(void *context);
	void (*worker_free)(void *context, void *worker);

	/* True: the slot holds work. False: the input is at its end (or failed: the context
	 * knows), and produce() is not called again. */
	bool (*produce)(void *context, void *slot);
	void (*work)(void *context, void *worker, void *slot);
	/* False: no more is wanted; slots under way are dropped. */
	bool (*consume)(void *context, void *slot);
};

/* Returns EMNIST_OK at the end of the input, EMNIST_ERR_STOPPED when consume() said so. A produce()
 * that is blocked in a system call when consume() stops is waited for. */
EMNIST_API enum emnist_status emnist_ordered_run(const struct emnist_ordered_options *options,
						 struct emnist_error *error);

#ifdef __cplusplus
}
#endif

#endif
