/*
 * emnist.h - recognize single characters in images with a multilayer perceptron.
 *
 * An image (PNG, JPEG, TIFF, WebP, BMP, PNM, GIF, TGA) becomes a vector of 28x28 values in [0,1],
 * and the network gives one probability per class. This header is the core of the library;
 * emnist_classify.h has batches in a call; emnist_dataset.h, emnist_eval.h, emnist_train.h,
 * emnist_origin.h and emnist_serve.h have the rest.
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
 *	    emnist_reader_create(&(struct emnist_reader_options){.model = model}, &reader,
 *				 &error) ||
 *	    emnist_read_file(reader, "scan.png", vector, &error) ||
 *	    emnist_session_run(session, vector, 1, probabilities, &error))
 *		errx(1, "%s", error.message);
 *	emnist_top_k(probabilities, 62, 1, &best);
 *	puts(emnist_labels_text(emnist_model_labels(model), best));
 *
 * Threads. Models, labels and views never change, and any number of threads may share them. Every
 * other object belongs to one thread at a time. The library keeps no state visible to the caller,
 * never prints or exits, and never reads the environment, the command line or a locale.
 *
 * Errors. A function that can fail returns an emnist_status (EMNIST_OK is zero) and fills in
 * *error. error may be NULL. A result returned through a pointer is then NULL or unchanged. A
 * message is one line, without the file name or a period; quoted text is made printable.
 *
 * Memory. What a function returns through a pointer to a pointer belongs to the caller. Free a
 * struct emnist_NAME with emnist_NAME_free(), and bytes with free(); both accept NULL. Any other
 * pointer belongs to the object it was obtained from, and is valid until that is freed.
 *
 * Options. In options structures, zero means the default, and so does NULL for the whole structure.
 * Values out of range are EMNIST_ERR_ARGUMENT.
 *
 * Versions. Until 1.0, each 0.x may change functions and structures, and changes the soname
 * (libemnist.so.0.2); 0.x.y does neither. From 1.0 on, the soname has the major version.
 */
#ifndef EMNIST_H
#define EMNIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EMNIST_API     __attribute__((visibility("default")))
#define EMNIST_VERSION "0.2.0"
EMNIST_API const char *emnist_version(void); /* of the library that is running */

/* The size there of `struct emnist_NAME`; 0 if it has none. A binding for another language compares
 * its own declarations with it. */
EMNIST_API size_t emnist_struct_nbytes(const char *name);

/* A vector: rows from the top, pixels from the left, 0 = background, 1 = ink. */
#define EMNIST_SIDE          28
#define EMNIST_VECTOR_LENGTH 784

/* The BLAS and kernels in use. Texts are constant; NULL: not known. */
struct emnist_backend {
	const char *network; /* the kernels for this processor: "AVX-512", "AVX2", "portable" */
	const char *blas;    /* "OpenBLAS 0.3.21", "BLIS 0.9.0", "unknown BLAS", "none" */
	const char *kernels; /* the processor that BLAS's kernels are made for: "Haswell" */
	const char *better_kernels; /* OpenBLAS's best for this processor, if better; else NULL */
	const char *parallel;       /* how BLAS was built: "sequential", "pthreads", "OpenMP" */
	const char *instructions;   /* the processor's widest: "AVX-512", "AVX2", "AVX", "SSE" */
	const char *loops;          /* instructions used by the library's other loops */
};

/* Loads OpenBLAS, which then reads its environment variables. */
EMNIST_API void emnist_backend_describe(struct emnist_backend *backend_ret);

/* ------------------------------------------------------------------ errors */

enum emnist_status {
	EMNIST_OK = 0,
	EMNIST_ERR_ARGUMENT,    /* an argument or option is out of range */
	EMNIST_ERR_MEMORY,      /* out of memory */
	EMNIST_ERR_IO,          /* a system call failed: see error.sys_errno */
	EMNIST_ERR_FORMAT,      /* unknown format */
	EMNIST_ERR_CORRUPT,     /* damaged or cut short */
	EMNIST_ERR_UNSUPPORTED, /* a feature, or a known image format, that is not supported */
	EMNIST_ERR_LIMIT,       /* a limit on size or count is exceeded */
	EMNIST_ERR_STOPPED,     /* a callback asked to stop */
	EMNIST_ERR_ARCHIVE,     /* an archive of images, not an image: emnist_archive_open() */
	EMNIST_ERR_PAGES,       /* several images in one file: emnist_archive_open() reads them */
};

enum emnist_limit {
	EMNIST_LIMIT_OTHER, /* none of struct emnist_limits */
	EMNIST_LIMIT_FILE_NBYTES,
	EMNIST_LIMIT_WIDTH,
	EMNIST_LIMIT_HEIGHT,
	EMNIST_LIMIT_PIXELS,
};

#define EMNIST_NO_OFFSET UINT64_MAX
struct emnist_error {
	enum emnist_status code;
	int sys_errno;           /* errno of the failed call with EMNIST_ERR_IO, else 0 */
	uint64_t offset;         /* byte offset of the fault in the input, or EMNIST_NO_OFFSET */
	char message[256];       /* never empty, always terminated */
	enum emnist_limit limit; /* the one exceeded, with EMNIST_ERR_LIMIT; else 0 */
};

/* Whether memory, descriptors or threads ran out, which is not the fault of the input. */
EMNIST_API bool emnist_error_is_shortage(const struct emnist_error *error);

/* ------------------------------------------------------------------ labels */

/* The classes of a model or a dataset: an ordered list of entries. Each has its index in files and
 * a set of one or more characters (Unicode code points). Several mean "any of these": EMNIST
 * Letters does not distinguish the case of a letter. */
struct emnist_labels;

/* EMNIST's labels for 62 classes (ByClass), 47 (Balanced, ByMerge: 15 of both cases), 26 (Letters:
 * all of both cases, indices 1..26) or 10 (Digits, MNIST); else EMNIST_ERR_ARGUMENT. */
EMNIST_API enum emnist_status emnist_labels_default(size_t n_classes,
						    struct emnist_labels **labels_ret,
						    struct emnist_error *error);

/* Reads a mapping file in EMNIST's format, in memory or at path. A line per entry: its index and
 * one or more code points in decimal, separated by blanks; indices increase. For EMNIST's own 47
 * merged classes, the 15 merged letters get both cases. */
EMNIST_API enum emnist_status emnist_labels_parse(const void *text, size_t nbytes,
						  struct emnist_labels **labels_ret,
						  struct emnist_error *error);
EMNIST_API enum emnist_status emnist_labels_read(const char *path,
						 struct emnist_labels **labels_ret,
						 struct emnist_error *error);
EMNIST_API void emnist_labels_free(struct emnist_labels *labels);

/* The number of entries, and the characters of entry i < count in UTF-8: "A", or "Aa" for a set.
 * Letters that a view merged appear in upper case only. */
EMNIST_API size_t emnist_labels_count(const struct emnist_labels *labels);
EMNIST_API const char *emnist_labels_text(const struct emnist_labels *labels, size_t i);

/* ------------------------------------------------------------------ reader */

enum emnist_preprocess {
	/* A 28x28 grey image that looks like EMNIST (light ink on a black border) becomes value/255
	 * or, if no value reaches 200, value/largest. Any other image is normalized. */
	EMNIST_PREPROCESS_AUTO = 0,
	/* Placed on white, converted to luma, scaled to 28x28, value/255; polarity is kept. */
	EMNIST_PREPROCESS_RAW,
	/* Always normalized: luma, or the color channel that shows the ink if luma hardly does;
	 * polarity from the border; background set to zero; the ink's bounding box scaled with its
	 * aspect ratio, placed and blurred like EMNIST's images. Without ink, all values are zero.
	 * Ink differs from the page by 10 of 255 levels of luma or 40 of a color, and by more than
	 * noise; on clean paper, less is enough. */
	EMNIST_PREPROCESS_NORMALIZE,
};

/* Limits on an image, checked before anything is allocated. */
struct emnist_limits {
	uint64_t file_nbytes;   /* of one file; default 256 MiB */
	uint32_t width, height; /* pixels; default 32768 each */
	uint64_t n_pixels;      /* width x height; default 67108864 (2^26) */
};

struct emnist_reader_options {
	struct emnist_limits limits;
	enum emnist_preprocess preprocess;
	const struct emnist_model *model; /* if not NULL, its preprocessing is used instead */
};

/* Decodes and preprocesses images, one after the other, and reuses its memory. */
struct emnist_reader;
EMNIST_API enum emnist_status emnist_reader_create(const struct emnist_reader_options *options,
						   struct emnist_reader **reader_ret,
						   struct emnist_error *error);
EMNIST_API void emnist_reader_free(struct emnist_reader *reader);

/* Reads an image file at path, or in memory. The format is detected from the content. vector:
 * EMNIST_VECTOR_LENGTH values in [0,1], undefined after a failure. */
EMNIST_API enum emnist_status emnist_read_file(struct emnist_reader *reader, const char *path,
					       float *vector, struct emnist_error *error);
EMNIST_API enum emnist_status emnist_read_bytes(struct emnist_reader *reader, const void *bytes,
						size_t nbytes, float *vector,
						struct emnist_error *error);

/* The same for pixels in memory, whose vector is that of a PNG file of them, to the bit. */
struct emnist_pixels {
	const void *samples; /* of the top row: uint8_t, or uint16_t if depth is 16 */
	uint32_t width, height;
	unsigned channels; /* 1: grey, 2: grey and alpha, 3: RGB, 4: RGB and alpha */
	unsigned depth;    /* bits of a sample, 8 or 16; default 8 */
	ptrdiff_t stride;  /* bytes from each row to the next; default: no gaps */
};
EMNIST_API enum emnist_status emnist_read_pixels(struct emnist_reader *reader,
						 const struct emnist_pixels *pixels, float *vector,
						 struct emnist_error *error);

/* The same from a file descriptor, which is read to its end and not closed. If another image
 * follows, as `cat` writes them to a pipe: EMNIST_ERR_PAGES, or EMNIST_ERR_UNSUPPORTED if the
 * format of the first image does not show its end. */
EMNIST_API enum emnist_status emnist_read_fd(struct emnist_reader *reader, int fd, float *vector,
					     struct emnist_error *error);

/* A warning about the last image, one constant line: every pixel was transparent, and was read as
 * opaque. NULL: no warning. */
EMNIST_API const char *emnist_reader_warning(const struct emnist_reader *reader);

/* The number of characters side by side in the last image; with several, an answer is unlikely to
 * be right. 1 if not counted: EMNIST-like images, and EMNIST_PREPROCESS_RAW. */
EMNIST_API size_t emnist_reader_n_characters(const struct emnist_reader *reader);

/* Whether no ink was found: all values are zero, and a model's answer is meaningless. */
EMNIST_API bool emnist_vector_is_blank(const float *vector);

/* As a 28x28 8-bit grey PNG (value x 255, rounded), which EMNIST_PREPROCESS_RAW reads back. */
EMNIST_API enum emnist_status emnist_vector_to_png(const float *vector, void **png_ret,
						   size_t *nbytes_ret, struct emnist_error *error);

/* ------------------------------------------------------------------- model */

enum emnist_activation {
	EMNIST_IDENTITY = 0, /* "identity" */
	EMNIST_RELU,         /* "relu" */
	EMNIST_ELU,          /* "elu" */
	EMNIST_LEAKY_RELU,   /* "leaky_relu" */
	EMNIST_SELU,         /* "selu" */
	EMNIST_SIGMOID,      /* "sigmoid" */
	EMNIST_TANH,         /* "tanh" */
};
EMNIST_API const char *emnist_activation_name(enum emnist_activation activation);

enum emnist_format {
	EMNIST_FORMAT_NONE = 0,    /* NULL: a trained model, not read from a file */
	EMNIST_FORMAT_ONNX,        /* "onnx" */
	EMNIST_FORMAT_SAVED_MODEL, /* "savedmodel", TensorFlow's: a directory or saved_model.pb */
	EMNIST_FORMAT_GRAPH_DEF,   /* "graphdef", TensorFlow's frozen graph */
	EMNIST_FORMAT_SAFETENSORS, /* "safetensors", PyTorch's state_dict */
};
EMNIST_API const char *emnist_format_name(enum emnist_format format);

/* The graph of a model's file takes (scale v - mean) / std for a value v of a vector, in [0,1]:
 * {255, 0, 1} for pixels from 0 to 255, {1, 0.1307, 0.3081} for torchvision's MNIST normalization,
 * {255, 127.5, 127.5} for -1 to 1. Loading folds this into the weights of the first layer, so
 * sessions and written files take [0,1]. */
struct emnist_input_scaling {
	double scale, mean, std;
};

struct emnist_model_options {
	const struct emnist_labels *labels; /* instead of the model's own, as many; copied */
	uint64_t file_nbytes;               /* the largest file to read; default 1 GiB */
	/* Activation of hidden layers if the file does not record one (safetensors). Default
	 * EMNIST_RELU; emnist_model_origin() then has a fact "assumed_activation". */
	enum emnist_activation activation;
	bool hash_files; /* compute the SHA-256 of the files for emnist_model_origin() */
	/* The input scaling of its graph, std above 0. 0: as the graph records it, else 1, 0, 1. */
	double input_scale, input_mean, input_std;
};

/* A trained network. _default() gives the built-in one, _default_file() its file, never freed. */
struct emnist_model;
EMNIST_API enum emnist_status emnist_model_default(struct emnist_model **model_ret,
						   struct emnist_error *error);
EMNIST_API const void *emnist_model_default_file(size_t *nbytes_ret);

/* Loads a multilayer perceptron: ONNX, a TensorFlow SavedModel or GraphDef, or safetensors with the
 * state_dict of a torch.nn.Sequential of Linear layers. The format is detected from the content.
 * _read() takes a file, or the directory of a SavedModel, and also reads the files it refers to:
 * variables/, and ONNX external data below its folder. _parse() takes the bytes of one file, which
 * may be freed afterwards. If an operator is not supported, the message names it and its node.
 * Labels come from options, else from the file's metadata, else from the number of outputs, see
 * emnist_labels_default(); if there are none, the model is refused. Vectors are in [0,1] for every
 * model: an input of bytes, or a scaling at the beginning of the graph (Keras' Rescaling,
 * scikit-learn's StandardScaler), is taken into account. */
EMNIST_API enum emnist_status emnist_model_parse(const void *bytes, size_t nbytes,
						 const struct emnist_model_options *options,
						 struct emnist_model **model_ret,
						 struct emnist_error *error);
EMNIST_API enum emnist_status emnist_model_read(const char *path,
						const struct emnist_model_options *options,
						struct emnist_model **model_ret,
						struct emnist_error *error);
EMNIST_API void emnist_model_free(struct emnist_model *model);

#define EMNIST_MAX_BATCH 65536 /* maximum rows of a fixed batch or of a session */
struct emnist_save_options {
	enum emnist_format format; /* default EMNIST_FORMAT_ONNX */
	unsigned opset;            /* of ONNX, 7 to 25; default 17 */
	unsigned batch;            /* fixed rows per run, up to EMNIST_MAX_BATCH; default: any */
	/* Names of the graph's input and output, and of the signature's in TensorFlow's formats.
	 * Letters, digits and '.'; after the first character also '_', '/' and '-'. Defaults:
	 * "images"; "probabilities" in ONNX, "scores" in TensorFlow's formats. */
	const char *input_name, *output_name;
	bool logits;  /* omit the softmax */
	bool replace; /* emnist_model_save() may replace a SavedModel */
};

/* Encodes the model as one file (for a SavedModel, its saved_model.pb), with labels and
 * preprocessing. Weights keep every bit. In ONNX, "images" is (N, n_inputs) and "probabilities" is
 * (N, n_outputs). _save() writes it to path as a whole or not at all. A SavedModel is a directory,
 * replaced only with options.replace, and only if it is empty or holds nothing but a SavedModel. */
EMNIST_API enum emnist_status emnist_model_export(const struct emnist_model *model,
						  const struct emnist_save_options *options,
						  void **bytes_ret, size_t *nbytes_ret,
						  struct emnist_error *error);
EMNIST_API enum emnist_status emnist_model_save(const struct emnist_model *model, const char *path,
						const struct emnist_save_options *options,
						struct emnist_error *error);

/* The length of a vector, EMNIST_VECTOR_LENGTH for 28x28 images; the number of classes; labels. */
EMNIST_API size_t emnist_model_n_inputs(const struct emnist_model *model);
EMNIST_API size_t emnist_model_n_outputs(const struct emnist_model *model);
EMNIST_API const struct emnist_labels *emnist_model_labels(const struct emnist_model *model);

/* The preprocessing in the metadata, else EMNIST_PREPROCESS_AUTO; and the input scaling folded into
 * the weights: from the options, the graph, or the metadata of a file written by this library. */
EMNIST_API enum emnist_preprocess emnist_model_preprocess(const struct emnist_model *model);
EMNIST_API struct emnist_input_scaling emnist_model_input_scaling(const struct emnist_model *model);

/* The number of fully connected layers, layer i, and whether a softmax follows the last. */
EMNIST_API size_t emnist_model_n_layers(const struct emnist_model *model);
struct emnist_layer_info {
	size_t n_inputs, n_outputs;
	enum emnist_activation activation;
	float alpha; /* slope or scale of ELU, LeakyReLU and SELU, else 0 */
	float gamma; /* SELU's outer scale, else 0 */
};
EMNIST_API struct emnist_layer_info emnist_model_layer(const struct emnist_model *model, size_t i);
EMNIST_API bool emnist_model_has_softmax(const struct emnist_model *model);

/* ----------------------------------------------------------------- session */

/* The engine that computes the matrix products of a network. With the built-in model, the scores of
 * both engines are within 1e-5 of each other. */
enum emnist_engine {
	EMNIST_ENGINE_AUTO = 0, /* the kernels; without AVX2, BLAS if it is installed */
	EMNIST_ENGINE_BLAS,     /* the BLAS library, loaded on first use */
	EMNIST_ENGINE_KERNELS,  /* the library's own kernels, which skip zero inputs */
};

/* The engine that AUTO stands for, else `wanted`. Loads BLAS if that is the engine. BLAS is
 * EMNIST_ERR_UNSUPPORTED if it is not installed, and if address space is limited (RLIMIT_AS,
 * RLIMIT_DATA), because OpenBLAS may then wait forever. */
EMNIST_API enum emnist_status emnist_engine_find(enum emnist_engine wanted,
						 enum emnist_engine *engine_ret,
						 struct emnist_error *error);

struct emnist_session_options {
	enum emnist_engine engine; /* default EMNIST_ENGINE_AUTO */
};

/* Scratch memory to run a model on up to max_rows vectors at once, 1 to EMNIST_MAX_BATCH. A session
 * must not outlive the model. _with() takes options, and fails in the same cases as
 * emnist_engine_find(). */
struct emnist_session;
EMNIST_API enum emnist_status emnist_session_create(const struct emnist_model *model,
						    size_t max_rows,
						    struct emnist_session **session_ret,
						    struct emnist_error *error);
EMNIST_API enum emnist_status emnist_session_create_with(
	const struct emnist_model *model, size_t max_rows,
	const struct emnist_session_options *options, struct emnist_session **session_ret,
	struct emnist_error *error);
EMNIST_API void emnist_session_free(struct emnist_session *session);

/* vectors: (n_rows, n_inputs), row-major, finite. probabilities: (n_rows, n_outputs), in [0,1];
 * each row sums to 1, except for models that end in sigmoids. With the kernels, the result of a row
 * depends only on that row, to the bit, and is the same on all machines with fused multiply-add
 * (x86-64 with AVX2 or AVX-512, ARM). For the built-in model, all other results are within 1e-5 of
 * that. */
EMNIST_API enum emnist_status emnist_session_run(struct emnist_session *session,
						 const float *vectors, size_t n_rows,
						 float *probabilities, struct emnist_error *error);

/* The positions of the k <= n largest of n values, largest first, ties in order of position. */
EMNIST_API void emnist_top_k(const float *values, size_t n, size_t k, uint32_t *positions_ret);

/* -------------------------------------------------------------------- view */

/* Some of a model's classes, or upper and lower case merged. A view converts the probabilities of
 * the model's classes to those of its own, which are fewer or as many.
 * Cases are merged first. Then characters not in the set are removed, and classes that have none
 * left. So {"A-F", merge_case} answers A to F for letters of either case. "upper" with EMNIST
 * Letters, whose classes stand for both cases, answers capitals. */
struct emnist_view;

struct emnist_view_options {
	/* The characters to answer with, in UTF-8; NULL: all. Comma-separated items: names (digits,
	 * upper, lower, letters, alnum: 0-9, A-Z, a-z), or literal characters and ranges by code
	 * point, such as 0-9A-F. Any other word of three or more of a-z is refused unless preceded
	 * by '='. A backslash makes '-', ',' and '\' literal. A character that is given twice, or
	 * that is given literally but is in no class, is refused. */
	const char *set;
	/* Merge classes that have a letter in common, treating A-Z and a-z as equal; they are shown
	 * in upper case. The set ignores case as well. */
	bool merge_case;
};

/* labels: those of a model, not needed afterwards. A set that is malformed or leaves no class is
 * EMNIST_ERR_ARGUMENT. */
EMNIST_API enum emnist_status emnist_view_create(const struct emnist_labels *labels,
						 const struct emnist_view_options *options,
						 struct emnist_view **view_ret,
						 struct emnist_error *error);
EMNIST_API void emnist_view_free(struct emnist_view *view);

/* The view's classes, in the order of the first model class in each. */
EMNIST_API const struct emnist_labels *emnist_view_labels(const struct emnist_view *view);

/* probabilities: (n_rows, classes of the model), row-major, is converted in place to (n_rows,
 * classes of the view). Merged classes are summed, to at most 1. If the set leaves out classes,
 * each row is divided by its sum; a row whose sum is 0 becomes uniform. */
EMNIST_API void emnist_view_apply(const struct emnist_view *view, float *probabilities,
				  size_t n_rows);

#ifdef __cplusplus
}
#endif

#endif
