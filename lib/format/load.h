/* load.h - what all readers of model files share. */
#ifndef FORMAT_LOAD_H
#define FORMAT_LOAD_H

#include "../network/model.h"

/* A file to read. */
struct model_source {
	const void *bytes;
	size_t nbytes;
	bool is_lasting; /* the bytes live as long as the model, which may borrow from them */
	/* The panels of its layers, one after the other, as they were packed before from a model
	 * that had been checked; they live as long, too. NULL: there are none. */
	const float *panels;
	size_t n_panels;    /* floats */
	const char *folder; /* its folder, to find further files; NULL: there are none */
	const char *name;   /* path below the model's directory; NULL: the model is a single file */
	const struct emnist_model_options *options; /* never NULL */
};

/* The reader of one format: reads the whole file, up to and including model_finish(). error is
 * never NULL. */
typedef enum emnist_status model_reader(const struct model_source *source,
					struct emnist_model **model_ret,
					struct emnist_error *error);

model_reader onnx_read;
model_reader tensorflow_read_graph;
model_reader tensorflow_read_saved_model;
model_reader safetensors_read;

/* Reads a model of any format, detected from its content. error is never NULL. */
enum emnist_status load_source(const struct model_source *source, struct emnist_model **model_ret,
			       struct emnist_error *error);

/* folder/name, freed with free(); NULL when memory is short. */
char *load_path(const char *folder, const char *name);

/* The largest file that source's options allow. */
uint64_t load_limit(const struct model_source *source);

/* Reads another file of source's folder. name may contain folders, but cannot leave source's. */
struct buffer;
enum emnist_status load_beside(const struct model_source *source, const char *name,
			       struct buffer *buffer, struct emnist_error *error);

#endif
