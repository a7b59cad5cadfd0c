/*
 * onnx_unpack.c - bytes to an ONNX model, at a bounded cost (wire.h).
 */
#include "onnx.h"
#include "wire.h"

enum emnist_status onnx_unpack_within(const void *bytes, size_t nbytes, size_t budget_nbytes,
				      Onnx__ModelProto **model_ret, struct emnist_error *error)
{
	ProtobufCMessage *message = NULL;
	enum emnist_status status;

	*model_ret = NULL;
	status = wire_message(&onnx__model_proto__descriptor, "ONNX file", bytes, nbytes,
			      budget_nbytes, &message, error);
	*model_ret = (Onnx__ModelProto *)message;
	if (status || message)
		return status;
	return wire_diagnose("ONNX file", bytes, nbytes, error);
}

enum emnist_status onnx_unpack(const void *bytes, size_t nbytes, Onnx__ModelProto **model_ret,
			       struct emnist_error *error)
{
	return onnx_unpack_within(bytes, nbytes, wire_budget(nbytes), model_ret, error);
}
