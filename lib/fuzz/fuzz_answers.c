/*
 * fuzz_answers.c - any bytes as the answer of a server, in each protocol.
 *
 * The input: a byte for the protocol, one for the number of images, one for the length of the JSON
 * before binary tensors, then the body.
 */
#include "../../cli/load/protocol.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

#define HEAD_NBYTES  3
#define MAX_IMAGES   8
#define N_PROTOCOLS  7
#define NO_JSON_SIZE 255

static void check(const struct answers *answers)
{
	static volatile char last;

	for (size_t i = 0; i < answers->n; i++) {
		const struct answer *answer = &answers->items[i];

		if (answer->n_classes && answer->class >= answer->n_classes)
			abort();
		if (answer->label && answer->label_nbytes > 0)
			last = answer->label[answer->label_nbytes - 1];
	}
	(void)last;
}

/* Bytes of exactly their size, so that a read beyond shows. */
static void read_all(const uint8_t *data, size_t nbytes, const char *bytes)
{
	struct answer items[MAX_IMAGES] = {{0}};
	struct answers answers = {.n = 1 + data[1] % MAX_IMAGES, .items = items};
	const struct protocol *protocol = protocols[1 + data[0] % N_PROTOCOLS];
	const struct response_body body = {bytes, nbytes, data[2] != NO_JSON_SIZE, data[2]};
	struct emnist_error error = {0};
	char name[16] = "before";

	if (emnist_json_create(&answers.json, NULL))
		abort();
	if (!protocol->read(&answers, &body, &error))
		check(&answers);
	else if (!error.code || !*error.message)
		abort();
	v2_read_input_name(bytes, nbytes, name, sizeof(name));
	if (!memchr(name, 0, sizeof(name)) || !*name)
		abort();
	graphpipe_is_metadata(bytes, nbytes);
	emnist_json_free(answers.json);
	buffer_clear(&answers.floats);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	char *bytes;

	if (nbytes < HEAD_NBYTES)
		return 0;
	bytes = malloc(nbytes > HEAD_NBYTES ? nbytes - HEAD_NBYTES : 1);
	if (!bytes)
		abort();
	if (nbytes > HEAD_NBYTES)
		memcpy(bytes, data + HEAD_NBYTES, nbytes - HEAD_NBYTES);
	read_all(data, nbytes - HEAD_NBYTES, bytes);
	free(bytes);
	return 0;
}
