/*
 * load.h - what the readers of model files have in common.
 */
#ifndef FORMAT_LOAD_H
#define FORMAT_LOAD_H

#include "../network/model.h"

/* A file that is to be read. */
struct model_source {
	const void *bytes;
	size_t nbytes;
	bool is_lasting; /* the bytes live as long as the model, which may borrow from them */
	/* The panels of its layers, one after the other, as they were packed before from a model
	 * that had been checked; they live as long, too. NULL: there are none. */
	const float *panels;
	size_t n_panels;    /* floats */
	const char *folder; /* that it lies in, for the files beside it; NULL: there are none */
	const char *name;   /* below the directory that the model is; NULL: the model is the file */
	const struct emnist_model_options *options; /* never NULL */
};

/* The reader of a format: all that stands in the file, up to and with model_finish(). error is
 * never NULL. */
typedef enum emnist_status model_reader(const struct model_source *source,
					struct emnist_model **model_ret,
					struct emnist_error *error);

model_reader onnx_read;
model_reader tensorflow_read_graph;
model_reader tensorflow_read_saved_model;
model_reader safetensors_read;

/* Reads a model of any format, told by its content. error is never NULL. */
enum emnist_status load_source(const struct model_source *source, struct emnist_model **model_ret,
			       struct emnist_error *error);

/* folder/name, freed with free(); NULL when memory is short. */
char *load_path(const char *folder, const char *name);

/* The largest file that source's options allow. */
uint64_t load_limit(const struct model_source *source);

/* Reads the file called name beside source's. The name may lead through folders, but not out of
 * that of source. */
struct buffer;
enum emnist_status load_beside(const struct model_source *source, const char *name,
			       struct buffer *buffer, struct emnist_error *error);

#endif
