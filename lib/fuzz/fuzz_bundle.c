/*
 * fuzz_bundle.c - any bytes as a block of a tensor bundle's index and the index of that. No fuzzer
 * finds a checksum, so those are put in here: the input is the length of the first block in two
 * bytes, the block, and the other block. There is no data file, so that each look-up ends in an
 * error.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../base/crc32c.h"
#include "../format/tensorflow_bundle.h"

#define TRAILER_NBYTES 5
#define FOOTER_NBYTES  48

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static size_t put_block(uint8_t *to, const uint8_t *block, size_t nbytes)
{
	uint32_t crc;

	if (nbytes > 0)
		memcpy(to, block, nbytes);
	to[nbytes] = 0;
	crc = crc32c_masked(crc32c(0, to, nbytes + 1));
	for (size_t i = 0; i < 4; i++)
		to[nbytes + 1 + i] = (uint8_t)(crc >> 8 * i);
	return nbytes + TRAILER_NBYTES;
}

static size_t put_varint(uint8_t *to, size_t number)
{
	size_t n = 0;

	for (; number >= 0x80; number >>= 7)
		to[n++] = (uint8_t)(number | 0x80);
	to[n++] = (uint8_t)number;
	return n;
}

/* A table of the two blocks. */
static struct buffer make_table(const uint8_t *data, size_t nbytes)
{
	static const uint8_t magic[] = {0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb};
	size_t first = (size_t)data[0] | (size_t)data[1] << 8, at, second;
	struct buffer table = {0};
	uint8_t *footer;

	first = first < nbytes - 2 ? first : nbytes - 2;
	second = nbytes - 2 - first;
	table.nbytes = nbytes - 2 + 2 * TRAILER_NBYTES + FOOTER_NBYTES;
	table.data = calloc(1, table.nbytes);
	if (!table.data)
		abort();
	at = put_block(table.data, data + 2, first);
	put_block(table.data + at, data + 2 + first, second);
	footer = table.data + table.nbytes - FOOTER_NBYTES;
	footer += 2;
	footer += put_varint(footer, at);
	put_varint(footer, second);
	memcpy(table.data + table.nbytes - sizeof(magic), magic, sizeof(magic));
	return table;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	static const char key[] = "variables/0/.ATTRIBUTES/VARIABLE_VALUE";
	static const struct emnist_model_options options = {0};
	const struct model_source source = {.bytes = "", .options = &options};
	struct tensorflow_bundle *bundle;
	struct emnist_error error = {.message = ""};
	struct buffer table;
	struct trace trace;
	struct value value;
	struct cursor text;

	if (nbytes < 2)
		return 0;
	table = make_table(data, nbytes);
	if (trace_init(&trace, nbytes, &error))
		abort();
	if (tensorflow_bundle_index(&source, table, &bundle, &error) == EMNIST_OK) {
		(void)tensorflow_bundle_tensor(bundle, &trace, key, sizeof(key) - 1, &value);
		(void)tensorflow_bundle_text(bundle, &trace, "_CHECKPOINTABLE_OBJECT_GRAPH", &text);
	}
	if (error.message[0] == '\0')
		abort();
	tensorflow_bundle_free(bundle);
	trace_clear(&trace);
	return 0;
}
