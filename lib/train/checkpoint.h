/*
 * checkpoint.h - saves the state of a training run to a file, to resume from.
 *
 * A checkpoint belongs to one run: a fingerprint ties it to the same options, data and memory
 * layout. It is no format to keep models in. It is replaced as a whole: a run killed while writing
 * leaves the previous one.
 */
#ifndef TRAIN_CHECKPOINT_H
#define TRAIN_CHECKPOINT_H

#include "net.h"

struct checkpoint {
	uint64_t fingerprint; /* of options and data */
	uint64_t step;        /* steps done */
	double loss_sum;      /* of the current epoch's steps */
	struct net *net;      /* its arrays are written and read */
};

/* Encodes checkpoint. Free *bytes_ret with free(). */
enum emnist_status checkpoint_encode(const struct checkpoint *checkpoint, void **bytes_ret,
				     size_t *nbytes_ret, struct emnist_error *error);

/* Fills checkpoint's step, loss_sum and net from bytes. EMNIST_ERR_ARGUMENT if the fingerprint
 * differs, EMNIST_ERR_CORRUPT if the bytes are damaged; the net is then unchanged. */
enum emnist_status checkpoint_decode(struct checkpoint *checkpoint, const void *bytes,
				     size_t nbytes, struct emnist_error *error);

/* The same to and from the file at path. A missing file is no failure: *found_ret. */
enum emnist_status checkpoint_write(const struct checkpoint *checkpoint, const char *path,
				    struct emnist_error *error);
enum emnist_status checkpoint_read(struct checkpoint *checkpoint, const char *path, bool *found_ret,
				   struct emnist_error *error);

#endif
