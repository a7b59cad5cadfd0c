/*
 * source.h - where a dataset's images and labels come from: the interface that each format
 * implements, see formats.h for the table of them.
 *
 * A source knows all labels as soon as it is open. Its images come in order, unless they are files
 * of their own; then they come in any order, and one that is damaged takes none of the others with
 * it.
 */
#ifndef DATASET_SOURCE_H
#define DATASET_SOURCE_H

#include "../base/error.h"
#include "../emnist_dataset.h"
#include "../io/file_ids.h"
#include "../io/gzip.h"

/* The most images of one source; EMNIST's largest has 814,255. It bounds what a small packed file
 * that unpacks to endless images can cost. */
#define SOURCE_MAX_COUNT (UINT32_C(1) << 26)

struct source;

struct source_ops {
	/* Reads n images as they are stored. With `separate` one, of any index; else the next ones,
	 * index being the first's, and n at most what is left. pixels: (n, 784). */
	enum emnist_status (*read)(struct source *source, uint32_t index, size_t n, uint8_t *pixels,
				   struct emnist_error *error);
	/* Frees all that is the format's own, and the structure that holds the source. */
	void (*close)(struct source *source);
	/* With `separate`: the path of the image's file, until the next call. NULL: memory is
	 * short.
	 */
	const char *(*path)(struct source *source, uint32_t index);
};

/* Whether images are stored transposed is... */
enum source_orientation {
	SOURCE_ORIENTATION_KNOWN,   /* known by a name, or there is no question */
	SOURCE_ORIENTATION_USUAL,   /* as the format has it, but for exceptions */
	SOURCE_ORIENTATION_UNKNOWN, /* no more than likely */
};

/* The first member of each format's own structure, made zeroed; source_close() frees what its
 * pointers lead to. */
struct source {
	const struct source_ops *ops;
	uint32_t count;   /* of images */
	uint16_t *values; /* (count) what the files call each image's class */
	/* What the values mean, or NULL: they are those of the EMNIST split that has n_classes
	 * classes, or, where that is 0, of the smallest that has all. */
	struct emnist_labels *labels;
	size_t n_classes;
	bool transposed; /* images are stored so, as far as the format or the name tells */
	enum source_orientation orientation; /* how sure that is */
	bool separate;                       /* each image is a file of its own */
	bool takes_all;    /* with `separate`: files that lay in folders, not all of them images */
	bool is_kept;      /* images are in memory, and are read in any order */
	char *images_name; /* what messages about images and labels call their files; NULL: they are
			    */
	char *labels_name; /* the path that was given */
	struct file_ids files;           /* that it is read from, but for those of images */
	char *description;               /* "idx", "images in folders named by characters"; see
					  * emnist_dataset_describe() */
	char *assumed[EMNIST_N_ASSUMED]; /* see emnist_dataset_assumed(); NULL: nothing was */
};

struct source_request;

/* How a folder or an archive opens what it holds, of whatever format that is. */
struct source_openers {
	/* A file or folder that is there; request->given is what the user wrote. */
	enum emnist_status (*found)(const struct source_request *request,
				    struct source **source_ret, struct emnist_error *error);
	/* A stream, as formats_open_stream(). */
	enum emnist_status (*stream)(struct gzip *stream, const struct source_request *request,
				     struct source **source_ret, struct emnist_error *error);
};

/* What is to be opened, and how. */
struct source_request {
	const char *path;                    /* of the file or folder */
	const char *given;                   /* what the user wrote: messages name path where
					      * it is another */
	const char *split;                   /* NULL: none is chosen */
	const struct emnist_labels *mapping; /* the user's own; NULL: there is none */
	const struct emnist_dataset_options *options; /* never NULL */
	bool is_member; /* path is a name within an archive: nothing of it is on the disk */
	const struct source_openers *openers;
};

/* source may be NULL. */
void source_close(struct source *source);

/* ------------------------------------------------------------- for the formats */

/* Frees what the source's pointers lead to: the end of each ops->close(). */
void source_clear(struct source *source);

/* Notes that the source is read from the file at path, too. */
enum emnist_status source_reads(struct source *source, const char *path,
				struct emnist_error *error);

/* Sets source->description; false when memory is short. */
bool source_describe(struct source *source, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Notes what was taken for granted; false when memory is short. */
bool source_assume(struct source *source, enum emnist_assumed kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Finds what the values mean beside the file of the request, by its name, where neither the request
 * nor the source has it. */
enum emnist_status source_find_meaning(struct source *source, const struct source_request *request,
				       struct emnist_error *error);

/* How images in idx format lie, by the name of their file. */
void source_name_orients(struct source *source, const char *name);

/* Puts the name of the request's file before an error's message where the user wrote another. */
enum emnist_status source_blame_other(const struct source_request *request,
				      enum emnist_status status, struct emnist_error *error);

/* Puts the end of the path before an error's message: more than siblings_about() does, where the
 * name alone occurs in many folders. */
enum emnist_status source_blame_path(enum emnist_status status, const char *path,
				     struct emnist_error *error);

#endif
