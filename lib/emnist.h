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

/* What does the arithmetic, for people who wonder how fast it is. OpenBLAS reads the environment
 * when it is loaded: by emnist_engine_find(), by training or by emnist_backend_describe(). */
struct emnist_backend {
	const char *network; /* the kernels for this processor: "AVX-512", "AVX2", "portable" */
	const char *blas;    /* "OpenBLAS 0.3.21", "BLIS 0.9.0", "unknown BLAS", or "none" */
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

/* Writes emnist_model_export()'s bytes to path, by way of a temporary file beside it that replaces
 * path only when it is whole; a SavedModel is a directory, made and renamed likewise. One that is
 * there and not empty is refused or, where options.replace allows it and it holds a SavedModel and
 * nothing else, replaced with all that is in it. */
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

/* What computes the products of a network. Scores of both are within 1e-5 of each other. */
enum emnist_engine {
	/* The kernels where the processor has AVX2 or better; on any other BLAS, or the kernels
	 * where none is installed. In training, products whose inputs have few zeros, teachers and
	 * images held out go through BLAS wherever there is one. */
	EMNIST_ENGINE_AUTO = 0,
	EMNIST_ENGINE_BLAS,    /* the BLAS library, which is loaded when it is first needed */
	EMNIST_ENGINE_KERNELS, /* the library's own, which skip inputs that are zero */
};

/* The engine that is meant: what "auto" stands for here, else `wanted` itself. Loads the BLAS
 * library where that is it. EMNIST_ERR_UNSUPPORTED where BLAS is wanted and there is none, or the
 * process has a limit on its address space (RLIMIT_AS, RLIMIT_DATA), under which OpenBLAS may wait
 * without end. */
EMNIST_API enum emnist_status emnist_engine_find(enum emnist_engine wanted,
						 enum emnist_engine *engine_ret,
						 struct emnist_error *error);

/* Scratch memory to run a model on up to max_rows vectors at once; belongs to one thread and must
 * not outlive its model. */
struct emnist_session;

/* 1 <= max_rows <= 65536. Free with emnist_session_free(). */
EMNIST_API enum emnist_status emnist_session_create(const struct emnist_model *model,
						    size_t max_rows,
						    struct emnist_session **session_ret,
						    struct emnist_error *error);

struct emnist_session_options {
	enum emnist_engine engine; /* default EMNIST_ENGINE_AUTO */
};

/* The same with options, which may be NULL. Fails as emnist_engine_find() does. */
EMNIST_API enum emnist_status emnist_session_create_with(
	const struct emnist_model *model, size_t max_rows,
	const struct emnist_session_options *options, struct emnist_session **session_ret,
	struct emnist_error *error);

/* vectors: (n_rows, n_inputs), row-major, finite. probabilities: (n_rows, n_outputs), each row in
 * [0,1] with sum 1 (any sum where the model ends in sigmoids in place of a softmax). By
 * the kernels, a row's probabilities depend on that row alone, to the bit, not on the other rows of
 * the call nor on their number, and are the same on all machines that multiply and add in one step
 * (x86-64 with AVX2 or AVX-512, ARM). All others are within 1e-5 of that. */
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

#ifdef __cplusplus
}
#endif

#endif
