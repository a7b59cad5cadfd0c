/*
 * onnx_unpack.c - unpacks bytes into an ONNX model, at a bounded cost (wire.h).
 *
 * Nearly all of a file is its initializers' data, which protobuf-c would copy. So the file is
 * unpacked without the raw_data of large initializers, with the enclosing lengths reduced.
 * Afterwards each tensor points to its data in the file.
 *
 * An unusual file is unpacked as it is: several graphs (protobuf merges them), several raw_data in
 * a tensor (the last one counts), or numbers coded in more bytes than needed.
 */
#include <limits.h>

#include "../base/memory.h"
#include "onnx.h"
#include "wire.h"

/* The keys on the way to the data, one byte each. */
#define KEY_GRAPH       (7 << 3 | WIRE_BYTES)
#define KEY_INITIALIZER (5 << 3 | WIRE_BYTES)
#define KEY_RAW_DATA    (9 << 3 | WIRE_BYTES)

/* Less data is copied as fast as it is left out. */
#define LARGE_NBYTES 64

/* A field of bytes, all of it in the file: its key, length and data. */
struct field {
	size_t offset; /* of its key */
	size_t data;   /* of its data */
	size_t end;    /* of both */
};

/* Data that is left out. */
struct omission {
	size_t i; /* of the initializers */
	struct field tensor;
	struct field data;
};

struct omissions {
	struct field graph;
	struct buffer list; /* of struct omission */
};

static const struct omission *omission_at(const struct omissions *o, size_t i)
{
	return (const struct omission *)(const void *)o->list.data + i;
}

static size_t count(const struct omissions *o)
{
	return o->list.nbytes / sizeof(struct omission);
}

/* ------------------------------------------------------------------- looking */

/* Skips a field that ends before `end`; *is_ret: it has this key and is bytes. False if it is
 * damaged, or has a length coded in a way that protobuf-c would refuse. */
static bool next_field(struct cursor *file, size_t end, unsigned key, struct field *field_ret,
		       bool *is_ret)
{
	const size_t offset = file->offset;
	struct cursor data;
	size_t header_nbytes;

	*is_ret = file->bytes[offset] == key;
	wire_field(file, &data);
	if (file->failed || file->offset > end)
		return false;
	header_nbytes = file->offset - offset - data.nbytes;
	*field_ret = (struct field){offset, offset + header_nbytes, file->offset};
	return !*is_ret || (header_nbytes <= 1 + 5 && data.nbytes <= INT_MAX);
}

/* The only field of this key from begin to end; *n_ret: how many there are. */
static bool find_field(const struct cursor *file, size_t begin, size_t end, unsigned key,
		       struct field *field_ret, size_t *n_ret)
{
	struct cursor in = *file;

	*n_ret = 0;
	for (in.offset = begin; in.offset < end;) {
		struct field field;
		bool is;

		if (!next_field(&in, end, key, &field, &is))
			return false;
		if (is) {
			*field_ret = field;
			++*n_ret;
		}
	}
	return true;
}

/* Finds what can be omitted; false if nothing should be. */
static bool find_omissions(const struct cursor *file, struct omissions *o)
{
	struct cursor in = *file;
	size_t n, i = 0;

	if (!find_field(file, 0, file->nbytes, KEY_GRAPH, &o->graph, &n) || n != 1)
		return false;
	for (in.offset = o->graph.data; in.offset < o->graph.end;) {
		struct omission omission = {.i = i};
		bool is;

		if (!next_field(&in, o->graph.end, KEY_INITIALIZER, &omission.tensor, &is))
			return false;
		if (!is)
			continue;
		i++;
		if (!find_field(file, omission.tensor.data, omission.tensor.end, KEY_RAW_DATA,
				&omission.data, &n))
			return false;
		if (n != 1 || omission.data.end - omission.data.data < LARGE_NBYTES)
			continue;
		if (!buffer_reserve(&o->list, o->list.nbytes + sizeof(omission)))
			return false;
		memcpy(o->list.data + o->list.nbytes, &omission, sizeof(omission));
		o->list.nbytes += sizeof(omission);
	}
	return o->list.nbytes > 0;
}

/* ------------------------------------------------------------------- leaving */

static size_t varint_nbytes(size_t value)
{
	size_t nbytes = 1;

	for (; value > 0x7f; value >>= 7)
		nbytes++;
	return nbytes;
}

static size_t omitted(const struct omission *omission)
{
	return omission->data.end - omission->data.offset;
}

static size_t tensor_nbytes(const struct omission *omission)
{
	return omission->tensor.end - omission->tensor.data - omitted(omission);
}

/* The size of the graph without omissions. */
static size_t graph_nbytes(const struct omissions *o)
{
	size_t nbytes = o->graph.end - o->graph.data;

	for (size_t i = 0; i < count(o); i++) {
		const struct omission *omission = omission_at(o, i);
		const size_t length_nbytes = omission->tensor.data - omission->tensor.offset - 1;

		nbytes -=
			omitted(omission) + length_nbytes - varint_nbytes(tensor_nbytes(omission));
	}
	return nbytes;
}

static void add(struct buffer *out, const struct cursor *file, size_t begin, size_t end)
{
	memcpy(out->data + out->nbytes, file->bytes + begin, end - begin);
	out->nbytes += end - begin;
}

/* Adds a field's key and a length. */
static void add_header(struct buffer *out, const struct cursor *file, const struct field *field,
		       size_t length)
{
	add(out, file, field->offset, field->offset + 1);
	for (; length > 0x7f; length >>= 7)
		out->data[out->nbytes++] = (unsigned char)(length | 0x80);
	out->data[out->nbytes++] = (unsigned char)length;
}

/* The file without the omissions; false when memory is short. */
static bool leave_out(const struct cursor *file, const struct omissions *o, struct buffer *out)
{
	size_t done = o->graph.data;

	/* Every length takes at most as many bytes as before. */
	if (!buffer_reserve(out, file->nbytes - (o->graph.end - o->graph.data) + graph_nbytes(o)))
		return false;
	add(out, file, 0, o->graph.offset);
	add_header(out, file, &o->graph, graph_nbytes(o));
	for (size_t i = 0; i < count(o); i++) {
		const struct omission *omission = omission_at(o, i);

		add(out, file, done, omission->tensor.offset);
		add_header(out, file, &omission->tensor, tensor_nbytes(omission));
		add(out, file, omission->tensor.data, omission->data.offset);
		done = omission->data.end;
	}
	add(out, file, done, file->nbytes);
	return true;
}

/* Gives the tensors their data. protobuf-c has no const in its messages. */
static void restore(const struct cursor *file, const struct omissions *o, Onnx__GraphProto *graph)
{
	for (size_t i = 0; i < count(o); i++) {
		const struct omission *omission = omission_at(o, i);
		Onnx__TensorProto *tensor = graph->initializer[omission->i];

		tensor->has_raw_data = true;
		tensor->raw_data.data = (uint8_t *)(uintptr_t)(file->bytes + omission->data.data);
		tensor->raw_data.len = omission->data.end - omission->data.data;
	}
}

/* -------------------------------------------------------------------- public */

enum emnist_status onnx_unpack_within(const void *bytes, size_t nbytes, size_t budget_nbytes,
				      Onnx__ModelProto **model_ret, struct emnist_error *error)
{
	const struct cursor file = cursor_over(bytes, nbytes);
	struct omissions omissions = {0};
	struct buffer rest = {0};
	ProtobufCMessage *message = NULL;
	enum emnist_status status;
	const bool is_less =
		find_omissions(&file, &omissions) && leave_out(&file, &omissions, &rest);

	status = wire_message(&onnx__model_proto__descriptor, "ONNX file",
			      is_less ? rest.data : bytes, is_less ? rest.nbytes : nbytes,
			      budget_nbytes, &message, error);
	*model_ret = (Onnx__ModelProto *)message;
	if (message && is_less)
		restore(&file, &omissions, (*model_ret)->graph);
	buffer_clear(&omissions.list);
	buffer_clear(&rest);
	if (status || message)
		return status;
	return wire_diagnose("ONNX file", bytes, nbytes, error);
}

enum emnist_status onnx_unpack(const void *bytes, size_t nbytes, Onnx__ModelProto **model_ret,
			       struct emnist_error *error)
{
	return onnx_unpack_within(bytes, nbytes, wire_budget(nbytes), model_ret, error);
}

bool onnx_lies_in(const Onnx__TensorProto *tensor, const void *bytes, size_t nbytes)
{
	const uintptr_t data = (uintptr_t)tensor->raw_data.data, begin = (uintptr_t)bytes;

	return tensor->has_raw_data && bytes && data >= begin && data - begin < nbytes;
}

void onnx_unpacked_free(Onnx__ModelProto *model, const void *bytes, size_t nbytes)
{
	Onnx__GraphProto *graph = model ? model->graph : NULL;

	for (size_t i = 0; graph && i < graph->n_initializer; i++)
		if (onnx_lies_in(graph->initializer[i], bytes, nbytes))
			graph->initializer[i]->raw_data = (ProtobufCBinaryData){0};
	onnx__model_proto__free_unpacked(model, NULL);
}
