/*
 * source.h - where a dataset's images and labels come from: the interface of each format. formats.h
 * has the table of formats.
 *
 * A source knows all labels once it is open. Its images come in order, or in any order if they are
 * separate files; a damaged one then does not affect the others.
 */
#ifndef DATASET_SOURCE_H
#define DATASET_SOURCE_H

#include "../base/error.h"
#include "../emnist_dataset.h"
#include "../io/file_ids.h"
#include "../io/gzip.h"

/* The most images of one source; EMNIST's largest has 814,255. It bounds the cost of a small packed
 * file that unpacks to endless images. */
#define SOURCE_MAX_COUNT (UINT32_C(1) << 26)

struct source;

struct source_ops {
	/* Reads n images as they are stored. With `separate`: one image of any index. Else the next
	 * n, starting at index, at most those left. pixels: (n, 784). */
	enum emnist_status (*read)(struct source *source, uint32_t index, size_t n, uint8_t *pixels,
				   struct emnist_error *error);
	/* Frees the format's own data, and the structure that holds the source. */
	void (*close)(struct source *source);
	/* With `separate`: the path of the image's file, valid until the next call. NULL when
	 * memory is short. */
	const char *(*path)(struct source *source, uint32_t index);
	/* Draws an image in another way, as emnist_dataset_draw() says. NULL: images are stored. */
	void (*draw)(const struct source *source, uint32_t index, uint64_t drawing,
		     uint8_t *pixels);
};

/* How it is known whether images are stored transposed. */
enum source_orientation {
	SOURCE_ORIENTATION_KNOWN,   /* known from a name, or beyond question */
	SOURCE_ORIENTATION_USUAL,   /* the format's usual way, with exceptions */
	SOURCE_ORIENTATION_UNKNOWN, /* no more than likely */
};

/* The first member of each format's own structure, zeroed at first. source_close() frees what its
 * pointers point to. */
struct source {
	const struct source_ops *ops;
	uint32_t count;   /* of images */
	uint16_t *values; /* (count) each image's class as a number in the file */
	/* The meaning of the values. NULL: the EMNIST split with n_classes classes, or if that is
	 * 0, the smallest one that has all values. */
	struct emnist_labels *labels;
	size_t n_classes;
	bool transposed; /* images are stored transposed, as far as format or name say */
	enum source_orientation orientation; /* how sure that is */
	bool separate;                       /* each image is a file of its own */
	bool takes_all;        /* with `separate`: files found in folders, not all of them images */
	bool is_kept;          /* images are in memory, readable in any order */
	char *images_name;     /* the images' file in messages; NULL: the path given */
	char *labels_name;     /* the labels' file, likewise */
	struct file_ids files; /* the files that it is read from, except images */
	char *description;     /* "idx", "images in folders named by characters"; see
				* emnist_dataset_describe() */
	char *assumed[EMNIST_N_ASSUMED]; /* see emnist_dataset_assumed(); NULL: nothing */
};

struct source_request;

/* How a folder or an archive opens its content, in any format. */
struct source_openers {
	/* Opens an existing file or folder; request->given is what the user wrote. */
	enum emnist_status (*found)(const struct source_request *request,
				    struct source **source_ret, struct emnist_error *error);
	/* Opens a stream, like formats_open_stream(). */
	enum emnist_status (*stream)(struct gzip *stream, const struct source_request *request,
				     struct source **source_ret, struct emnist_error *error);
};

/* What to open, and how. */
struct source_request {
	const char *path;  /* of the file or folder */
	const char *given; /* as the user wrote it: messages name path if it differs */
	const char *split; /* NULL: none is chosen */
	const struct emnist_labels *mapping;          /* the user's own; NULL: none */
	const struct emnist_dataset_options *options; /* never NULL */
	const char *archive; /* of an archive: what to open, path or a copy of a pipe */
	bool is_member;      /* path is a name within an archive, not on the disk */
	const struct source_openers *openers;
};

/* source may be NULL. */
void source_close(struct source *source);

/* ------------------------------------------------------------- for the formats */

/* Frees what the source's pointers point to: the end of each ops->close(). */
void source_clear(struct source *source);

/* Records that the source also reads the file at path. */
enum emnist_status source_reads(struct source *source, const char *path,
				struct emnist_error *error);

/* Sets source->description; false when memory is short. */
bool source_describe(struct source *source, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Records an assumption; false when memory is short. */
bool source_assume(struct source *source, enum emnist_assumed kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Finds the meaning of the values next to the request's file, by its name, if neither the request
 * nor the source has it. */
enum emnist_status source_find_meaning(struct source *source, const struct source_request *request,
				       struct emnist_error *error);

/* Sets the orientation of images in idx format from the name of their file. */
void source_name_orients(struct source *source, const char *name);

/* Prefixes an error's message with the name of the request's file if the user wrote another. */
enum emnist_status source_prefix_other(const struct source_request *request,
				       enum emnist_status status, struct emnist_error *error);

/* Prefixes an error's message with the end of the path. Use it instead of siblings_about() if the
 * name alone occurs in many folders. */
enum emnist_status source_prefix_path(enum emnist_status status, const char *path,
				      struct emnist_error *error);

#endif
