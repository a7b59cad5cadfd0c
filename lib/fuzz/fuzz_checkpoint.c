/*
 * fuzz_checkpoint.c - checkpoints of a training run from arbitrary bytes.
 *
 * The checksum would stop nearly every input, so the target repairs it: what is behind it is what
 * should be tried.
 */
#include "../train/checkpoint.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define FINGERPRINT 77

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	static const uint32_t hidden[] = {3};
	const struct net_shape shape = {
		.n_inputs = 2, .hidden = hidden, .n_hidden = 1, .n_outputs = 2, .batch_norm = true};
	struct net net;
	struct checkpoint checkpoint = {.fingerprint = FINGERPRINT, .net = &net};
	struct emnist_error error;
	unsigned char *bytes = malloc(nbytes ? nbytes : 1);
	uint32_t crc;

	if (!bytes || net_init(&net, &shape, 1, NULL))
		abort();
	memcpy(bytes, data, nbytes);
	checkpoint_decode(&checkpoint, bytes, nbytes, &error);
	if (nbytes >= sizeof(crc)) {
		crc = (uint32_t)crc32_z(crc32_z(0, NULL, 0), bytes, nbytes - sizeof(crc));
		memcpy(bytes + nbytes - sizeof(crc), &crc, sizeof(crc));
		checkpoint_decode(&checkpoint, bytes, nbytes, &error);
	}
	net_clear(&net);
	free(bytes);
	return 0;
}
