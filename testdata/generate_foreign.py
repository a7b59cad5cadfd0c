#!/usr/bin/env python3
"""Makes testdata/models/foreign: TensorFlow graphs, SavedModels and safetensors that must be refused,
and the message of each (expected.tsv). Needs numpy and tensorflow.

    python3 testdata/generate_foreign.py

What is good in them is that of a network of 4 inputs, 3 hidden units and 10 classes.
"""
import json
import os
import shutil
import struct

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import attr_value_pb2, graph_pb2
from tensorflow.core.protobuf import saved_model_pb2

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "models", "foreign")
random = np.random.default_rng(1)
W1, B1 = random.normal(size=(4, 3)).astype("f"), random.normal(size=3).astype("f")
W2, B2 = random.normal(size=(3, 10)).astype("f"), random.normal(size=10).astype("f")


def node(graph, op, name, *inputs, **attributes):
    n = graph.node.add(op=op, name=name, input=list(inputs))
    for key, value in attributes.items():
        n.attr[key].CopyFrom(value)
    return n


def tensor(value):
    return attr_value_pb2.AttrValue(tensor=tf.make_tensor_proto(value))


def const(graph, name, value):
    return node(graph, "Const", name, value=tensor(value))


def placeholder(graph, name="x", shape=(-1, 4)):
    n = node(graph, "Placeholder", name)
    n.attr["dtype"].type = 1
    for size in shape:
        n.attr["shape"].shape.dim.add(size=size)


def network(change=None, activation="Relu", first="x"):
    graph = graph_pb2.GraphDef()
    placeholder(graph)
    for name, value in (("w1", W1), ("b1", B1), ("w2", W2), ("b2", B2)):
        const(graph, name, value)
    node(graph, "MatMul", "dense1", first, "w1")
    node(graph, "BiasAdd", "bias1", "dense1", "b1")
    node(graph, activation, "active", "bias1")
    node(graph, "MatMul", "dense2", "active", "w2")
    node(graph, "BiasAdd", "bias2", "dense2", "b2")
    node(graph, "Softmax", "scores", "bias2")
    if change:
        change(graph, {n.name: n for n in graph.node})
    return graph


CASES = []


def case(name, status, message, data):
    CASES.append((name, status, message,
                  data if isinstance(data, bytes) else data.SerializeToString()))


def changed(name, status, message, change, **options):
    case(name, status, message, network(change, **options))


def set_input(of, i, to):
    return lambda g, n: n[of].input.__setitem__(i, to)


REFUSED = "operator {} (node '{}') is not supported: {}"
ONLY = "only multilayer perceptrons are supported"


def graphs():
    def add(*args, **attributes):
        return lambda g, n: (node(g, *args, **attributes), set_input("dense1", 0, args[1])(g, n))

    def both(*changes):
        return lambda g, n: [c(g, n) for c in changes]

    changed("convolution.pb", "UNSUPPORTED", REFUSED.format("Conv2D", "conv", ONLY),
            add("Conv2D", "conv", "x", "w1"))
    changed("relu6.pb", "UNSUPPORTED", REFUSED.format("Relu6", "active", ONLY), None,
            activation="Relu6")
    changed("unknown_activation.pb", "UNSUPPORTED",
            REFUSED.format("Exp", "active", "it is not a supported activation"),
            None, activation="Exp")
    changed("activation_first.pb", "UNSUPPORTED",
            REFUSED.format("Relu", "r", "no fully connected layer precedes it"),
            add("Relu", "r", "x"))
    changed("residual.pb", "UNSUPPORTED",
            REFUSED.format("AddV2", "sum", "it combines two computed values"),
            both(lambda g, n: node(g, "AddV2", "sum", "active", "x"),
                 set_input("dense2", 0, "sum")))
    changed("circle.pb", "CORRUPT", "operators form a cycle", set_input("dense1", 0, "active"))
    changed("own_input.pb", "CORRUPT", "operators form a cycle", set_input("dense1", 0, "dense1"))
    changed("made_never.pb", "CORRUPT", "tensor 'gone' is not computed by any operator",
            set_input("dense1", 0, "gone"))
    changed("made_twice.pb", "CORRUPT", "two nodes are named 'w1'",
            lambda g, n: const(g, "w1", W1))
    changed("two_inputs.pb", "UNSUPPORTED",
            REFUSED.format("MatMul", "dense2", "an operand that should be a constant is computed"),
            set_input("dense2", 1, "bias1"))
    changed("two_placeholders.pb", "UNSUPPORTED",
            "the model has two inputs, 'x' and 'y'; only one is supported",
            both(lambda g, n: placeholder(g, "y"),
                 lambda g, n: node(g, "AddV2", "sum", "x", "y"), set_input("dense1", 0, "sum")))
    changed("two_ends.pb", "UNSUPPORTED",
            "the graph ends in two nodes, 'scores' and 'more'; only one is supported",
            lambda g, n: node(g, "Relu", "more", "bias1"))
    changed("no_end.pb", "UNSUPPORTED", "the graph has no output",
            lambda g, n: set_input("dense1", 0, "scores")(g, n))
    changed("mismatch.pb", "UNSUPPORTED",
            REFUSED.format("MatMul", "dense2", "it takes 4 values, but gets 3"),
            set_input("dense2", 1, "w1"))
    changed("bias_mismatch.pb", "UNSUPPORTED",
            REFUSED.format("BiasAdd", "bias1", "the shape of its constant does not match rows of 3"),
            set_input("bias1", 1, "b2"))
    changed("after_softmax.pb", "UNSUPPORTED",
            REFUSED.format("MatMul", "late", "it follows the softmax"),
            both(lambda g, n: const(g, "w3", np.zeros((10, 10), "f")),
                 lambda g, n: node(g, "MatMul", "late", "scores", "w3")))
    changed("batch_moved.pb", "UNSUPPORTED",
            REFUSED.format("Transpose", "t", "it moves the batch"),
            both(lambda g, n: const(g, "p", np.array([1, 0])), add("Transpose", "t", "x", "p")))
    changed("rows_mixed.pb", "UNSUPPORTED",
            REFUSED.format("Reshape", "r", "it makes rows of 2 values from rows of 4"),
            both(lambda g, n: const(g, "s", np.array([-1, 2])), add("Reshape", "r", "x", "s")))
    changed("lacks_input.pb", "CORRUPT", "operator BiasAdd (node 'bias1') lacks its input 2",
            lambda g, n: n["bias1"].input.__delitem__(1))
    changed("no_value.pb", "CORRUPT", "tensor 'w1' has no value",
            lambda g, n: n["w1"].attr.__delitem__("value"))
    changed("not_frozen.pb", "UNSUPPORTED",
            "variable 'v' has no value: the graph is not frozen",
            both(lambda g, n: node(g, "VariableV2", "v"), set_input("dense1", 1, "v")))
    changed("no_function.pb", "CORRUPT", "node 'f' calls the missing function 'f_1'",
            both(lambda g, n: node(g, "PartitionedCall", "f", "x", f=attr_value_pb2.AttrValue(
                func=attr_value_pb2.NameAttrList(name="f_1"))), set_input("dense1", 0, "f")))

    def recursion(g, n):
        f = g.library.function.add()
        f.signature.name = "f_1"
        f.signature.input_arg.add(name="x", type=1)
        f.signature.output_arg.add(name="y", type=1)
        inner = f.node_def.add(op="PartitionedCall", name="f", input=["x"])
        inner.attr["f"].func.name = "f_1"
        f.ret["y"] = "f:output:0"
    changed("recursion.pb", "LIMIT", "functions call each other more than 32 deep",
            both(recursion, lambda g, n: node(g, "PartitionedCall", "f", "x",
                 f=attr_value_pb2.AttrValue(func=attr_value_pb2.NameAttrList(name="f_1"))),
                 set_input("dense1", 0, "f")))

    def dims(*sizes):
        def change(g, n):
            shape = n["w1"].attr["value"].tensor.tensor_shape
            del shape.dim[:]
            for size in sizes:
                shape.dim.add(size=size)
        return change
    changed("long_data.pb", "CORRUPT", "tensor 'w1' should have 6 values, but has 12", dims(2, 3))
    changed("negative_dim.pb", "CORRUPT", "tensor 'w1' has a dimension of -4", dims(-4, 3))
    changed("huge_dims.pb", "LIMIT", "a tensor has dimensions that do not fit in memory",
            dims(1 << 40, 1 << 40))
    changed("large_dims.pb", "LIMIT", "the model needs too much memory for its size",
            dims(1 << 15, 1 << 15))

    def splat(g, n):
        t = n["w1"].attr["value"].tensor
        t.tensor_content = b""
        t.float_val.append(1)
        dims(1 << 13, 1 << 13)(g, n)
    changed("splat.pb", "LIMIT", "the model needs too much memory for its size", splat)
    changed("bad_type.pb", "UNSUPPORTED", "tensor 'w1' has the unsupported type complex64",
            lambda g, n: setattr(n["w1"].attr["value"].tensor, "dtype", 8))
    changed("texts.pb", "UNSUPPORTED",
            REFUSED.format("MatMul", "dense1", "its input 2 is not a tensor of numbers"),
            lambda g, n: n["w1"].attr["value"].tensor.CopyFrom(tf.make_tensor_proto("text")))
    changed("nan_weight.pb", "CORRUPT", "layer 1 has weights that are infinite or NaN",
            lambda g, n: n["w1"].attr["value"].tensor.CopyFrom(
                tf.make_tensor_proto(np.full((4, 3), np.nan, "f"))))
    changed("nan_bias.pb", "CORRUPT",
            "operator BiasAdd (node 'bias1') takes values that are infinite or NaN",
            lambda g, n: n["b1"].attr["value"].tensor.CopyFrom(
                tf.make_tensor_proto(np.full(3, np.nan, "f"))))
    cut = network().SerializeToString()
    case("cut_short.pb", "CORRUPT", "the TensorFlow graph is damaged or cut short in its part at "
         "byte %d" % (cut.index(b"scores") - 4), cut[:-8])


def saved_models():
    def saved(change=None, graph=None):
        s = saved_model_pb2.SavedModel(saved_model_schema_version=1)
        m = s.meta_graphs.add()
        m.meta_info_def.tags.append("serve")
        m.graph_def.CopyFrom(graph or network())
        signature = m.signature_def["serving_default"]
        signature.inputs["images"].name, signature.inputs["images"].dtype = "x:0", 1
        signature.outputs["scores"].name, signature.outputs["scores"].dtype = "scores:0", 1
        if change:
            change(s, m, signature)
        return s

    case("no_serving.saved", "UNSUPPORTED", "the SavedModel has no graph for serving",
         saved(lambda s, m, d: (m.meta_info_def.tags.__setitem__(0, "train"),
                                s.meta_graphs.add().meta_info_def.tags.append("eval"))))
    case("wrong_output.saved", "CORRUPT", "tensor 'gone:0' is not computed by any operator",
         saved(lambda s, m, d: setattr(d.outputs["scores"], "name", "gone:0")))

    def two(s, m, d):
        d.outputs["scores"].name = "bias1:0"
        d.outputs["more"].CopyFrom(d.outputs["scores"])
        d.outputs["other"].CopyFrom(d.outputs["scores"])
        del d.outputs["scores"]
    case("two_outputs.saved", "UNSUPPORTED",
         "the signature has 2 outputs; only one is supported", saved(two))
    variable = network(lambda g, n: (node(g, "VariableV2", "v"), set_input("dense1", 1, "v")(g, n)))
    case("variables.saved", "UNSUPPORTED", "variable 'v' has its value in another file",
         saved(graph=variable))


def safetensors():
    def file(header, data=b""):
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + data

    def entry(shape, begin, end, dtype="F32"):
        return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}

    weight = entry([10, 2], 0, 80)
    st = "CORRUPT"
    case("overlap.safetensors", st, "tensor '0.bias' overlaps another",
         file({"0.weight": weight, "0.bias": entry([10], 40, 80)}, bytes(80)))
    case("hole.safetensors", st, "tensor '0.bias' does not follow another",
         file({"0.weight": weight, "0.bias": entry([10], 84, 124)}, bytes(124)))
    case("short_data.safetensors", st, "the tensors should have 80 bytes, but have 79",
         file({"0.weight": weight}, bytes(79)))
    case("long_data.safetensors", st, "the tensors should have 80 bytes, but have 81",
         file({"0.weight": weight}, bytes(81)))
    case("wrong_size.safetensors", st,
         "tensor '0.weight' does not have the size of its shape",
         file({"0.weight": entry([10, 3], 0, 80)}, bytes(80)))
    case("huge_shape.safetensors", st, "tensor '0.weight' has dimensions that do not fit in memory",
         file({"0.weight": entry([1 << 62, 1 << 62], 0, 80)}, bytes(80)))
    case("backwards.safetensors", st,
         "tensor '0.weight' does not have the size of its shape",
         file({"0.weight": entry([10, 2], 80, 0)}, bytes(80)))
    case("long_header.safetensors", st, "the safetensors file is cut short in its header",
         struct.pack("<Q", 1000) + b"{}")
    case("huge_header.safetensors", "LIMIT",
         "the safetensors header has 200000000 bytes: the limit is 100000000",
         struct.pack("<Q", 200000000) + b"{}")
    case("not_json.safetensors", st, "the safetensors header is damaged at byte 15",
         file(b'{"a:{}}' + b" " * 0))
    case("nothing.safetensors", "UNSUPPORTED",
         "the file has no fully connected layer: no matrix named NAME.weight", file({}))
    case("convolution.safetensors", "UNSUPPORTED",
         "tensor 'conv.weight' is not part of a fully connected layer: only multilayer perceptrons are supported",
         file({"0.weight": weight, "conv.weight": entry([1, 1, 2, 2], 80, 96)}, bytes(96)))
    case("batch_norm.safetensors", "UNSUPPORTED",
         "tensor '1.running_mean' is not part of a fully connected layer: only multilayer perceptrons are "
         "supported", file({"0.weight": weight, "1.running_mean": entry([10], 80, 120)}, bytes(120)))
    case("bad_type.safetensors", "UNSUPPORTED",
         "tensor '0.weight' has the unsupported type F8_E4M3",
         file({"0.weight": entry([10, 2], 0, 20, "F8_E4M3")}, bytes(20)))
    case("whole_numbers.safetensors", "UNSUPPORTED", "tensor '0.weight' has integers",
         file({"0.weight": entry([10, 2], 0, 80, "I32")}, bytes(80)))
    case("no_order.safetensors", "UNSUPPORTED",
         "the order of the layers is unclear from their names and sizes",
         file({"a.weight": entry([10, 2], 0, 80), "b.weight": entry([10, 2], 80, 160)},
              bytes(160)))
    case("bad_activations.safetensors", st, "metadata emnist.activations is 'softplus'",
         file({"__metadata__": {"emnist.activations": "softplus"}, "0.weight": weight},
              bytes(80)))


def main():
    graphs()
    saved_models()
    safetensors()
    shutil.rmtree(HERE, ignore_errors=True)
    os.makedirs(HERE)
    with open(os.path.join(HERE, "expected.tsv"), "w") as table:
        table.write("model\tstatus\tmessage\n")
        for name, status, message, data in CASES:
            with open(os.path.join(HERE, name), "wb") as file:
                file.write(data)
            table.write(f"{name}\t{status}\t{message}\n")


if __name__ == "__main__":
    main()
