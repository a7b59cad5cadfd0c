/*
 * checkpoint.h - the state of a training run in a file, to go on from.
 *
 * A checkpoint belongs to one run: it is read only by the same options, data and layout of memory,
 * told by a fingerprint, and is no format to keep models in. It is replaced as a whole, so that a
 * run that is killed while writing leaves the one before.
 */
#ifndef TRAIN_CHECKPOINT_H
#define TRAIN_CHECKPOINT_H

#include "net.h"

struct checkpoint {
	uint64_t fingerprint; /* of options and data */
	uint64_t step;        /* steps done */
	double loss_sum;      /* of the steps of the epoch that is under way */
	struct net *net;      /* its arrays are written and read */
};

/* Encodes checkpoint; *bytes_ret is freed with free(). */
enum emnist_status checkpoint_encode(const struct checkpoint *checkpoint, void **bytes_ret,
				     size_t *nbytes_ret, struct emnist_error *error);

/* Fills checkpoint's step, loss_sum and net from bytes. EMNIST_ERR_ARGUMENT where the fingerprint
 * is another, EMNIST_ERR_CORRUPT where the bytes are damaged; the net is then untouched. */
enum emnist_status checkpoint_decode(struct checkpoint *checkpoint, const void *bytes,
				     size_t nbytes, struct emnist_error *error);

/* The same to and from the file at path. A file that is not there is no failure: *found_ret. */
enum emnist_status checkpoint_write(const struct checkpoint *checkpoint, const char *path,
				    struct emnist_error *error);
enum emnist_status checkpoint_read(struct checkpoint *checkpoint, const char *path, bool *found_ret,
				   struct emnist_error *error);

#endif
