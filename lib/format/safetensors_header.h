/*
 * safetensors_header.h - the header of a safetensors file: which tensors it has, and metadata.
 */
#ifndef FORMAT_SAFETENSORS_HEADER_H
#define FORMAT_SAFETENSORS_HEADER_H

#include "../base/arena.h"
#include "../base/numbers.h"

#define SAFETENSOR_MAX_RANK 8

struct safetensor {
	const char *name;
	enum number_type type;
	size_t rank;
	size_t dims[SAFETENSOR_MAX_RANK];
	size_t n;
	uint64_t begin, end; /* in the data */
};

struct safetensors {
	struct arena arena; /* of all that follows, but the data */
	const unsigned char *data;
	uint64_t data_nbytes;
	struct safetensor *tensors; /* in the order of their data, which they cover */
	size_t n_tensors, capacity;
	/* Of the metadata, or NULL. */
	const char *labels, *preprocess, *input_scaling, *activations, *softmax, *producer;
};

/* Reads the header of a file of at least 9 bytes, which are used as long as the result is. Whether
 * it fails or not, the arena is to be cleared. */
enum emnist_status safetensors_header_read(const unsigned char *bytes, size_t nbytes,
					   struct safetensors *file_ret,
					   struct emnist_error *error);

#endif
