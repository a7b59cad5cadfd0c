/*
 * checkpoint.c - layout: a header of fixed size, the network's five arrays as they are in memory,
 * and the CRC-32 of everything before it. Numbers are in the machine's byte order.
 */
#include "checkpoint.h"

#include "../emnist_train.h"
#include "../io/file.h"
#include "../io/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define MAGIC_OF_ALL "emnist training "
#define MAGIC        MAGIC_OF_ALL "2\n" /* to be counted up when the layout changes */

struct header {
	char magic[24];
	uint64_t fingerprint;
	uint64_t step;
	double loss_sum;
	uint64_t n_parameters;
	uint64_t n_stats;
};

struct section {
	float *values;
	size_t n;
};

#define N_SECTIONS 5

static void sections_of(const struct net *net, struct section *sections)
{
	sections[0] = (struct section){net->parameters, net->n_parameters};
	sections[1] = (struct section){net->momentum, net->n_parameters};
	sections[2] = (struct section){net->velocity, net->n_parameters};
	sections[3] = (struct section){net->average, net->n_parameters};
	sections[4] = (struct section){net->stats, net->n_stats};
}

static size_t encoded_nbytes(const struct net *net)
{
	return sizeof(struct header) + (4 * net->n_parameters + net->n_stats) * sizeof(float) +
	       sizeof(uint32_t);
}

static uint32_t crc_of(const void *bytes, size_t nbytes)
{
	return (uint32_t)crc32_z(crc32_z(0, NULL, 0), bytes, nbytes);
}

enum emnist_status checkpoint_encode(const struct checkpoint *checkpoint, void **bytes_ret,
				     size_t *nbytes_ret, struct emnist_error *error)
{
	const struct net *net = checkpoint->net;
	const size_t nbytes = encoded_nbytes(net);
	struct header header = {.magic = MAGIC,
				.fingerprint = checkpoint->fingerprint,
				.step = checkpoint->step,
				.loss_sum = checkpoint->loss_sum,
				.n_parameters = net->n_parameters,
				.n_stats = net->n_stats};
	struct section sections[N_SECTIONS];
	unsigned char *bytes = malloc(nbytes), *at = bytes;
	uint32_t crc;

	if (!bytes)
		return error_memory(error);
	memcpy(at, &header, sizeof(header));
	at += sizeof(header);
	sections_of(net, sections);
	for (int i = 0; i < N_SECTIONS; i++) {
		memcpy(at, sections[i].values, sections[i].n * sizeof(float));
		at += sections[i].n * sizeof(float);
	}
	crc = crc_of(bytes, (size_t)(at - bytes));
	memcpy(at, &crc, sizeof(crc));
	*bytes_ret = bytes;
	*nbytes_ret = nbytes;
	return EMNIST_OK;
}

static enum emnist_status damaged(struct emnist_error *error, const char *why)
{
	return error_set(error, EMNIST_ERR_CORRUPT, "not a usable checkpoint: %s", why);
}

static enum emnist_status foreign(struct emnist_error *error)
{
	return error_set(error, EMNIST_ERR_ARGUMENT,
			 "the checkpoint was made with other options or data");
}

/* Whether bytes are a whole checkpoint of this very run. */
static enum emnist_status check(const struct checkpoint *checkpoint, const struct header *header,
				const unsigned char *bytes, size_t nbytes,
				struct emnist_error *error)
{
	const struct net *net = checkpoint->net;
	uint32_t crc;

	if (memcmp(header->magic, MAGIC, sizeof(MAGIC)) != 0)
		return damaged(error, "it does not begin like one");
	if (header->fingerprint != checkpoint->fingerprint ||
	    header->n_parameters != net->n_parameters || header->n_stats != net->n_stats)
		return foreign(error);
	if (nbytes != encoded_nbytes(net))
		return damaged(error, "its size is wrong");
	memcpy(&crc, bytes + nbytes - sizeof(crc), sizeof(crc));
	if (crc != crc_of(bytes, nbytes - sizeof(crc)))
		return damaged(error, "its checksum is wrong");
	return EMNIST_OK;
}

enum emnist_status checkpoint_decode(struct checkpoint *checkpoint, const void *bytes,
				     size_t nbytes, struct emnist_error *error)
{
	const unsigned char *at = bytes;
	struct section sections[N_SECTIONS];
	struct header header;
	enum emnist_status status;

	if (nbytes < sizeof(header))
		return damaged(error, "it is cut short");
	memcpy(&header, at, sizeof(header));
	status = check(checkpoint, &header, at, nbytes, error);
	if (status)
		return status;
	at += sizeof(header);
	sections_of(checkpoint->net, sections);
	for (int i = 0; i < N_SECTIONS; i++) {
		memcpy(sections[i].values, at, sections[i].n * sizeof(float));
		at += sections[i].n * sizeof(float);
	}
	checkpoint->step = header.step;
	checkpoint->loss_sum = header.loss_sum;
	return EMNIST_OK;
}

enum emnist_status checkpoint_write(const struct checkpoint *checkpoint, const char *path,
				    struct emnist_error *error)
{
	void *bytes;
	size_t nbytes;
	enum emnist_status status = checkpoint_encode(checkpoint, &bytes, &nbytes, error);

	if (status)
		return status;
	status = outfile_replace(path, bytes, nbytes, error);
	free(bytes);
	return status;
}

enum emnist_status checkpoint_read(struct checkpoint *checkpoint, const char *path, bool *found_ret,
				   struct emnist_error *error)
{
	struct buffer buffer = {0};
	struct emnist_error why;
	enum emnist_status status = file_read(path, encoded_nbytes(checkpoint->net), &buffer, &why);

	*found_ret = false;
	if (status == EMNIST_ERR_IO && why.sys_errno == ENOENT)
		return EMNIST_OK;
	if (status && error)
		*error = why;
	if (status == EMNIST_ERR_LIMIT) /* larger than this run's, so it is another run's */
		status = foreign(error);
	else if (!status)
		status = checkpoint_decode(checkpoint, buffer.data, buffer.nbytes, error);
	*found_ret = status == EMNIST_OK;
	buffer_clear(&buffer);
	return status;
}

enum emnist_status emnist_train_find_checkpoint(const char *path, bool *is_there_ret,
						bool *is_one_ret, struct emnist_error *error)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char magic[sizeof(MAGIC_OF_ALL) - 1];
	ssize_t n;

	*is_there_ret = *is_one_ret = false;
	if (fd < 0)
		return errno == ENOENT ? EMNIST_OK : error_errno(error, errno, NULL);
	n = read(fd, magic, sizeof(magic));
	*is_there_ret = true;
	*is_one_ret =
		n == (ssize_t)sizeof(magic) && memcmp(magic, MAGIC_OF_ALL, sizeof(magic)) == 0;
	if (n < 0)
		error_errno(error, errno, NULL);
	close(fd);
	return n < 0 ? EMNIST_ERR_IO : EMNIST_OK;
}
