/*
 * tensorflow_bundle.c - reads saved tensors: variables.index and variables.data-00000-of-00001.
 *
 * The index is a table in LevelDB's format. It maps names of tensors to places in the data files. A
 * footer of fixed size at the end locates the index of blocks, which locates each block. Blocks
 * hold entries in key order; each key omits the prefix that it shares with the one before. Each
 * block and each tensor has a checksum, which is checked.
 *
 * (github.com/google/leveldb, doc/table_format.md; tensorflow/core/protobuf/tensor_bundle.proto.)
 */
#include <stdio.h>
#include <string.h>

#include "../base/crc32c.h"
#include "../base/cursor.h"
#include "../io/file.h"
#include "tensorflow.h"
#include "tensorflow_bundle.h"
#include "wire.h"

#define INDEX_NAME    "variables/variables.index"

#define FOOTER_NBYTES 48
#define TABLE_MAGIC   UINT64_C(0xdb4775248b80fb57)

/* After a block: how it is compressed, and its checksum. */
#define TRAILER_NBYTES 5
#define UNCOMPRESSED   0

/* The most data files, and the longest name of a tensor. */
#define MAX_SHARDS     4096
#define MAX_KEY_NBYTES 4096

/* Memory for the entries of an index, per byte of it. */
#define ARENA_NBYTES_PER_BYTE 64
#define ARENA_NBYTES_AT_LEAST ((size_t)1 << 20)

struct entry {
	const unsigned char *key;
	size_t key_nbytes;
	const unsigned char *value;
	size_t value_nbytes;
};

struct tensorflow_bundle {
	const struct model_source *source;
	struct arena arena;
	struct buffer index;
	struct entry *entries; /* sorted */
	size_t n_entries;
	size_t capacity;
	struct buffer *shards; /* (n_shards) data NULL: not read yet */
	size_t n_shards;
};

static enum emnist_status damaged(struct emnist_error *error, const char *what)
{
	return error_set(error, EMNIST_ERR_CORRUPT, INDEX_NAME " is damaged: %s", what);
}

/* -------------------------------------------------------------------- tables */

/* The block that a handle in cursor refers to, without its trailer; empty if there is none. */
static enum emnist_status take_block(const struct tensorflow_bundle *bundle, struct cursor *handle,
				     struct cursor *block_ret, struct emnist_error *error)
{
	const uint64_t offset = wire_varint(handle);
	const uint64_t nbytes = wire_varint(handle);
	const unsigned char *bytes;

	if (handle->failed || offset > bundle->index.nbytes ||
	    nbytes > bundle->index.nbytes - offset ||
	    TRAILER_NBYTES > bundle->index.nbytes - offset - nbytes)
		return damaged(error, "a block is beyond its end");
	bytes = bundle->index.data + offset;
	if (bytes[nbytes] != UNCOMPRESSED)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 INDEX_NAME " has compressed blocks, which are not supported");
	if (crc32c_masked(crc32c(0, bytes, (size_t)nbytes + 1)) != number_u32(bytes + nbytes + 1))
		return damaged(error, "the checksum of a block is wrong");
	*block_ret = cursor_over(bytes, (size_t)nbytes);
	return EMNIST_OK;
}

/* Cuts off the list of restart points at a block's end, which are for searching. */
static bool cut_restarts(struct cursor *block)
{
	uint32_t n;

	if (block->nbytes < 4)
		return false;
	n = number_u32(block->bytes + block->nbytes - 4);
	if (n > (block->nbytes - 4) / 4)
		return false;
	block->nbytes -= 4 + (size_t)n * 4;
	return true;
}

/* Reads an entry; key: the previous one's, updated. False if the entry is damaged. */
static bool take_entry(struct cursor *block, unsigned char *key, size_t *key_nbytes,
		       struct cursor *value_ret)
{
	const uint64_t shared = wire_varint(block);
	const uint64_t own = wire_varint(block);
	const uint64_t value_nbytes = wire_varint(block);
	const unsigned char *bytes;

	if (block->failed || shared > *key_nbytes || own > MAX_KEY_NBYTES - shared)
		return false;
	bytes = cursor_take(block, own);
	if (!bytes)
		return false;
	memcpy(key + shared, bytes, (size_t)own);
	*key_nbytes = (size_t)(shared + own);
	bytes = cursor_take(block, value_nbytes);
	if (!bytes)
		return false;
	*value_ret = cursor_over(bytes, (size_t)value_nbytes);
	return true;
}

static int compare_bytes(const void *a, size_t a_nbytes, const void *b, size_t b_nbytes)
{
	const size_t nbytes = a_nbytes < b_nbytes ? a_nbytes : b_nbytes;
	const int order = nbytes > 0 ? memcmp(a, b, nbytes) : 0;

	return order != 0 ? order : (a_nbytes > b_nbytes) - (a_nbytes < b_nbytes);
}

static enum emnist_status add_entry(struct tensorflow_bundle *bundle, const unsigned char *key,
				    size_t key_nbytes, const struct cursor *value,
				    struct emnist_error *error)
{
	const struct entry *last =
		bundle->n_entries > 0 ? &bundle->entries[bundle->n_entries - 1] : NULL;
	unsigned char *copy = arena_alloc(&bundle->arena, key_nbytes, 1);

	if (!copy)
		return arena_error(&bundle->arena, error);
	if (last && compare_bytes(last->key, last->key_nbytes, key, key_nbytes) >= 0)
		return damaged(error, "its entries are not in order");
	if (bundle->n_entries == bundle->capacity) {
		struct entry *grown;

		bundle->capacity = bundle->capacity ? 2 * bundle->capacity : 64;
		grown = arena_alloc(&bundle->arena, bundle->capacity, sizeof(*grown));
		if (!grown)
			return arena_error(&bundle->arena, error);
		if (last)
			memcpy(grown, bundle->entries, bundle->n_entries * sizeof(*grown));
		bundle->entries = grown;
	}
	if (key_nbytes > 0)
		memcpy(copy, key, key_nbytes);
	bundle->entries[bundle->n_entries++] =
		(struct entry){copy, key_nbytes, value->bytes, value->nbytes};
	return EMNIST_OK;
}

static enum emnist_status read_block(struct tensorflow_bundle *bundle, struct cursor *handle,
				     struct emnist_error *error)
{
	unsigned char key[MAX_KEY_NBYTES];
	size_t key_nbytes = 0;
	struct cursor block, value;
	enum emnist_status status = take_block(bundle, handle, &block, error);

	if (!status && !cut_restarts(&block))
		status = damaged(error, "a block is cut short");
	while (!status && cursor_left(&block) > 0)
		status = take_entry(&block, key, &key_nbytes, &value)
				 ? add_entry(bundle, key, key_nbytes, &value, error)
				 : damaged(error, "an entry is cut short");
	return status;
}

static enum emnist_status read_table(struct tensorflow_bundle *bundle, struct emnist_error *error)
{
	unsigned char key[MAX_KEY_NBYTES];
	struct cursor footer, blocks, handle;
	enum emnist_status status;
	size_t key_nbytes = 0;

	if (bundle->index.nbytes < FOOTER_NBYTES)
		return damaged(error, "it is cut short");
	footer = cursor_over(bundle->index.data + bundle->index.nbytes - FOOTER_NBYTES,
			     FOOTER_NBYTES);
	if (number_u64(footer.bytes + FOOTER_NBYTES - 8) != TABLE_MAGIC)
		return error_set(error, EMNIST_ERR_FORMAT,
				 INDEX_NAME " is not a table of saved tensors, or is cut short");
	/* The first handle is of the meta index, which is empty. */
	wire_varint(&footer);
	wire_varint(&footer);
	status = take_block(bundle, &footer, &blocks, error);
	if (!status && !cut_restarts(&blocks))
		status = damaged(error, "its index is cut short");
	while (!status && cursor_left(&blocks) > 0)
		status = take_entry(&blocks, key, &key_nbytes, &handle)
				 ? read_block(bundle, &handle, error)
				 : damaged(error, "its index is cut short");
	return status;
}

/* ------------------------------------------------------------------- entries */

static enum emnist_status unpack_entry(const ProtobufCMessageDescriptor *descriptor,
				       const struct entry *entry, ProtobufCMessage **message_ret,
				       struct emnist_error *error)
{
	const enum emnist_status status =
		wire_message(descriptor, INDEX_NAME, entry->value, entry->value_nbytes,
			     wire_budget(entry->value_nbytes), message_ret, error);

	return status || *message_ret ? status : damaged(error, "an entry is not a message");
}

/* The first entry has an empty key and describes the whole bundle. */
static enum emnist_status read_header(struct tensorflow_bundle *bundle, struct emnist_error *error)
{
	ProtobufCMessage *message = NULL;
	const Tensorflow__BundleHeaderProto *header;
	enum emnist_status status;

	if (bundle->n_entries == 0 || bundle->entries[0].key_nbytes != 0)
		return damaged(error, "it has no header");
	status = unpack_entry(&tensorflow__bundle_header_proto__descriptor, &bundle->entries[0],
			      &message, error);
	if (status)
		return status;
	header = (const Tensorflow__BundleHeaderProto *)message;
	if (header->endianness != 0)
		status = error_set(error, EMNIST_ERR_UNSUPPORTED,
				   INDEX_NAME
				   " is from a big-endian machine, which is not supported");
	else if (header->num_shards < 1 || header->num_shards > MAX_SHARDS)
		status = error_set(error, EMNIST_ERR_LIMIT,
				   INDEX_NAME " has %d data files: 1 to %d are supported",
				   header->num_shards, MAX_SHARDS);
	else
		bundle->n_shards = (size_t)header->num_shards;
	protobuf_c_message_free_unpacked(message, NULL);
	if (status)
		return status;
	bundle->shards = alloc_zeroed(bundle->n_shards, sizeof(*bundle->shards));
	return bundle->shards ? EMNIST_OK : error_memory(error);
}

enum emnist_status tensorflow_bundle_index(const struct model_source *source, struct buffer index,
					   struct tensorflow_bundle **bundle_ret,
					   struct emnist_error *error)
{
	struct tensorflow_bundle *bundle = alloc_zeroed(1, sizeof(*bundle));
	enum emnist_status status;

	*bundle_ret = bundle;
	if (!bundle) {
		buffer_clear(&index);
		return error_memory(error);
	}
	bundle->source = source;
	bundle->index = index;
	if (size_mul_overflows(index.nbytes, ARENA_NBYTES_PER_BYTE, &bundle->arena.nbytes_left))
		bundle->arena.nbytes_left = SIZE_MAX / 2;
	bundle->arena.nbytes_left += ARENA_NBYTES_AT_LEAST;
	status = read_table(bundle, error);
	return status ? status : read_header(bundle, error);
}

enum emnist_status tensorflow_bundle_open(const struct model_source *source,
					  struct tensorflow_bundle **bundle_ret,
					  struct emnist_error *error)
{
	struct buffer index = {0};
	const enum emnist_status status = load_beside(source, INDEX_NAME, &index, error);

	*bundle_ret = NULL;
	if (!status)
		return tensorflow_bundle_index(source, index, bundle_ret, error);
	buffer_clear(&index);
	return status;
}

void tensorflow_bundle_free(struct tensorflow_bundle *bundle)
{
	if (!bundle)
		return;
	for (size_t i = 0; bundle->shards && i < bundle->n_shards; i++)
		buffer_clear(&bundle->shards[i]);
	free(bundle->shards);
	buffer_clear(&bundle->index);
	arena_clear(&bundle->arena);
	free(bundle);
}

/* ------------------------------------------------------------------- tensors */

#define SHARD_NAME_NBYTES 80

static void name_shard(const struct tensorflow_bundle *bundle, size_t i, char *name)
{
	snprintf(name, SHARD_NAME_NBYTES, "variables/variables.data-%05zu-of-%05zu", i,
		 bundle->n_shards);
}

/*
 * Reads a data file when its first tensor is needed, and raises the allocation limit by its size.
 */
static enum emnist_status read_shard(struct tensorflow_bundle *bundle, struct trace *trace,
				     size_t i)
{
	struct buffer *shard = &bundle->shards[i];
	char name[SHARD_NAME_NBYTES];
	enum emnist_status status;

	if (shard->data)
		return EMNIST_OK;
	name_shard(bundle, i, name);
	status = load_beside(bundle->source, name, shard, trace->error);
	if (!status)
		trace_allow(trace, shard->nbytes);
	return status;
}

/* The bytes of the tensor that entry describes. */
static enum emnist_status find_bytes(struct tensorflow_bundle *bundle, struct trace *trace,
				     const Tensorflow__BundleEntryProto *entry,
				     struct cursor *bytes_ret)
{
	const struct buffer *shard;
	enum emnist_status status;

	/* Of the fields not read here, only slices of a tensor exist. */
	if (entry->base.n_unknown_fields > 0)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				 "tensor '%.80s' is saved in slices, which are not supported",
				 trace->node);
	if (entry->shard_id < 0 || (size_t)entry->shard_id >= bundle->n_shards)
		return damaged(trace->error, "an entry refers to a missing data file");
	status = read_shard(bundle, trace, (size_t)entry->shard_id);
	if (status)
		return status;
	shard = &bundle->shards[entry->shard_id];
	if (entry->offset < 0 || entry->size < 0 || (uint64_t)entry->offset > shard->nbytes ||
	    (uint64_t)entry->size > shard->nbytes - (uint64_t)entry->offset)
		return error_set(trace->error, EMNIST_ERR_CORRUPT,
				 "tensor '%.80s' is beyond the end of its data file", trace->node);
	*bytes_ret = cursor_over(shard->data + entry->offset, (size_t)entry->size);
	return EMNIST_OK;
}

static enum emnist_status wrong_checksum(const struct trace *trace)
{
	return error_set(trace->error, EMNIST_ERR_CORRUPT,
			 "the checksum of tensor '%.80s' is wrong", trace->node);
}

static enum emnist_status read_numbers(struct trace *trace,
				       const Tensorflow__BundleEntryProto *entry,
				       const struct cursor *bytes, void *result)
{
	Tensorflow__TensorProto proto = TENSORFLOW__TENSOR_PROTO__INIT;
	union {
		const unsigned char *constant;
		uint8_t *data;
	} pun = {bytes->bytes};

	if (crc32c_masked(crc32c(0, bytes->bytes, bytes->nbytes)) != entry->crc32c)
		return wrong_checksum(trace);
	if (entry->dtype == TENSORFLOW_STRING)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				 "tensor '%.80s' has strings instead of numbers", trace->node);
	proto.dtype = entry->dtype;
	proto.tensor_shape = entry->shape;
	proto.tensor_content.len = bytes->nbytes;
	proto.tensor_content.data = pun.data;
	return tensorflow_constant(trace, &proto, result);
}

/* A text is its length, the checksum of that, and its bytes; the checksum of all counts the length
 * as a number of four bytes. */
static enum emnist_status read_text(struct trace *trace, const Tensorflow__BundleEntryProto *entry,
				    const struct cursor *bytes, void *result)
{
	struct cursor cursor = *bytes;
	const uint64_t nbytes = wire_varint(&cursor);
	const unsigned char *length_checksum = cursor_take(&cursor, 4);
	const unsigned char *text = cursor_take(&cursor, nbytes);
	const unsigned char length[4] = {nbytes & 0xff, nbytes >> 8 & 0xff, nbytes >> 16 & 0xff,
					 nbytes >> 24 & 0xff};
	uint32_t crc = crc32c(0, length, sizeof(length));

	if (!text || entry->dtype != TENSORFLOW_STRING || cursor_left(&cursor) != 0 ||
	    nbytes > UINT32_MAX)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				 "tensor '%.80s' is not one string", trace->node);
	if (crc32c_masked(crc) != number_u32(length_checksum))
		return wrong_checksum(trace);
	crc = crc32c(crc32c(crc, length_checksum, 4), text, (size_t)nbytes);
	if (crc32c_masked(crc) != entry->crc32c)
		return wrong_checksum(trace);
	*(struct cursor *)result = cursor_over(text, (size_t)nbytes);
	return EMNIST_OK;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return compare_bytes(left->key, left->key_nbytes, right->key, right->key_nbytes);
}

/* Applies `read` to the tensor saved under key. */
static enum emnist_status look_up(
	struct tensorflow_bundle *bundle, struct trace *trace, const void *key, size_t nbytes,
	enum emnist_status (*read)(struct trace *trace, const Tensorflow__BundleEntryProto *entry,
				   const struct cursor *bytes, void *result),
	void *result)
{
	const struct entry wanted = {.key = key, .key_nbytes = nbytes};
	const struct entry *found = NULL;
	const Tensorflow__BundleEntryProto *entry;
	ProtobufCMessage *message = NULL;
	struct cursor bytes = {0};
	enum emnist_status status;

	/* The header does not count. */
	if (bundle->n_entries > 1)
		found = bsearch(&wanted, bundle->entries + 1, bundle->n_entries - 1, sizeof(wanted),
				compare_entries);
	if (!found)
		return error_set(trace->error, EMNIST_ERR_CORRUPT, "tensor '%.80s' was not saved",
				 trace->node);
	status = unpack_entry(&tensorflow__bundle_entry_proto__descriptor, found, &message,
			      trace->error);
	if (status)
		return status;
	entry = (const Tensorflow__BundleEntryProto *)message;
	status = find_bytes(bundle, trace, entry, &bytes);
	if (!status)
		status = read(trace, entry, &bytes, result);
	protobuf_c_message_free_unpacked(message, NULL);
	return status;
}

enum emnist_status tensorflow_bundle_tensor(struct tensorflow_bundle *bundle, struct trace *trace,
					    const void *key, size_t nbytes, struct value *value_ret)
{
	return look_up(bundle, trace, key, nbytes, read_numbers, value_ret);
}

enum emnist_status tensorflow_bundle_text(struct tensorflow_bundle *bundle, struct trace *trace,
					  const char *key, struct cursor *text_ret)
{
	return look_up(bundle, trace, key, strlen(key), read_text, text_ret);
}

void tensorflow_bundle_origin(const struct tensorflow_bundle *bundle, struct origin *origin,
			      bool hash)
{
	char name[SHARD_NAME_NBYTES];

	origin_add_file(origin, INDEX_NAME, bundle->index.data, bundle->index.nbytes, hash);
	for (size_t i = 0; i < bundle->n_shards; i++) {
		name_shard(bundle, i, name);
		if (bundle->shards[i].data)
			origin_add_file(origin, name, bundle->shards[i].data,
					bundle->shards[i].nbytes, hash);
	}
}
