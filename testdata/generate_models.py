#!/usr/bin/env python3
"""Makes testdata/models: small ONNX models, each of one way to write a perceptron, what they answer,
and malformed ones with the error that each is to give.

    python3 testdata/generate_models.py

needs PyTorch, onnx, onnxscript and onnxruntime; testdata/README.md names the versions that made the
files in the tree. The answers are ONNX Runtime's, or those of onnx's reference implementation where
ONNX Runtime does not run a model (an old opset, a type without kernels).
"""
import os
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto as T
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from torch import nn

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "models")
N_INPUTS, N_CLASSES, N_ROWS = 6, 10, 3

warnings.filterwarnings("ignore")
torch.manual_seed(1)
random = np.random.default_rng(1)
models = {}


# ------------------------------------------------------------- from PyTorch

def settle(net):
    """Batch normalization with statistics that are not 0 and 1."""
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.normal_(module.weight)
            nn.init.normal_(module.bias)
    return net.eval()


def export(name, net, opset=17, dynamo=False, shape=(N_INPUTS,), batch=2, dynamic=True,
           dtype=torch.float32, **options):
    path = os.path.join(FOLDER, name + ".onnx")
    example = torch.zeros((batch, *shape), dtype=dtype)
    net = settle(net).to(dtype)
    if dynamo:
        torch.onnx.export(net, (example,), path, dynamo=True, opset_version=opset, verbose=False,
                          external_data=False,
                          dynamic_shapes=({0: "N"},) if dynamic else None, **options)
    else:
        torch.onnx.export(net, (example,), path, dynamo=False, opset_version=opset,
                          input_names=["input"], output_names=["output"],
                          dynamic_axes={"input": {0: "N"}, "output": {0: "N"}} if dynamic else None,
                          **options)
    model = onnx.load(path)
    # Stack traces and the like say where on our disk the exporter was.
    for node in model.graph.node:
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    for value in list(model.graph.input) + list(model.graph.output) + list(model.graph.value_info):
        value.ClearField("metadata_props")
    for tensor in model.graph.initializer:
        tensor.ClearField("metadata_props")
    model.graph.ClearField("metadata_props")
    add(name, model)


def perceptron(activation, *end, width=5):
    return nn.Sequential(nn.Linear(N_INPUTS, width), activation, nn.Linear(width, 4), activation,
                         nn.Linear(4, N_CLASSES), *end)


class Viewed(nn.Module):
    """The flattening of countless tutorials: its shape is computed in the graph."""

    def __init__(self):
        super().__init__()
        self.net = perceptron(nn.ReLU())

    def forward(self, x):
        return torch.softmax(self.net(x.view(x.size(0), -1)), dim=1)


class Scaled(nn.Module):
    """Inputs brought to mean 0 and deviation 1 in the graph; logits scaled by a temperature."""

    def __init__(self):
        super().__init__()
        self.net = perceptron(nn.ReLU())

    def forward(self, x):
        return self.net((x.flatten(1) - 0.1307) / 0.3081) * 0.5


def make_exported():
    for opset in range(13, 21):
        export(f"torchscript_opset{opset}", perceptron(nn.ReLU(), nn.Softmax(1)), opset)
    for opset in range(18, 21):
        export(f"dynamo_opset{opset}", perceptron(nn.ReLU(), nn.Softmax(1)), opset, dynamo=True)
    activations = {"relu": nn.ReLU(), "elu": nn.ELU(0.7), "leaky_relu": nn.LeakyReLU(0.2),
                   "selu": nn.SELU(), "sigmoid": nn.Sigmoid(), "tanh": nn.Tanh()}
    for name, activation in activations.items():
        export(f"torchscript_{name}", perceptron(activation))
        export(f"dynamo_{name}", perceptron(activation), 18, dynamo=True)
    normalized = {
        "before": nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 10)),
        "after": nn.Sequential(nn.Linear(6, 5), nn.ELU(), nn.BatchNorm1d(5), nn.Linear(5, 10)),
        "first": nn.Sequential(nn.BatchNorm1d(6), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 10)),
        "last": nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 10), nn.BatchNorm1d(10)),
        "both": nn.Sequential(nn.BatchNorm1d(6, eps=0.01), nn.Linear(6, 5), nn.BatchNorm1d(5), nn.SELU(),
                              nn.BatchNorm1d(5), nn.Linear(5, 10), nn.BatchNorm1d(10)),
    }
    for name, net in normalized.items():
        export(f"torchscript_norm_{name}", net, do_constant_folding=False)
        export(f"dynamo_norm_{name}", net, 18, dynamo=True, optimize=False)
    image = (1, 2, 3)
    export("torchscript_norm_image", nn.Sequential(nn.BatchNorm2d(1), nn.Flatten(),
                                                   nn.Linear(6, 10)), shape=image)
    export("torchscript_log_softmax", perceptron(nn.ReLU(), nn.LogSoftmax(1)))
    export("torchscript_log_softmax_last", perceptron(nn.ReLU(), nn.LogSoftmax(-1)))
    export("torchscript_view", Viewed(), shape=image)
    export("dynamo_view", Viewed(), 18, dynamo=True, shape=image)
    export("torchscript_flatten", nn.Sequential(nn.Flatten(), perceptron(nn.ReLU())), shape=(2, 3))
    export("torchscript_scaled", Scaled(), shape=image)
    export("dynamo_scaled", Scaled(), 18, dynamo=True, shape=image)
    export("torchscript_fixed_batch", perceptron(nn.ELU(), nn.Softmax(1)), batch=N_ROWS,
           dynamic=False)
    # Of more than two dimensions a Linear becomes MatMul and Add.
    three = nn.Sequential(perceptron(nn.ReLU()), nn.Flatten(), nn.Softmax(1))
    export("torchscript_matmul", three, shape=(1, N_INPUTS))
    export("torchscript_matmul_unfolded", three, shape=(1, N_INPUTS), do_constant_folding=False)
    export("dynamo_matmul", three, 18, dynamo=True, shape=(1, N_INPUTS))
    export("dynamo_matmul_unfolded", three, 18, dynamo=True, shape=(1, N_INPUTS), optimize=False)
    export("torchscript_dropout",
           nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 10)))
    export("dynamo_dropout",
           nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 10)), 18,
           dynamo=True, optimize=False)
    export("torchscript_no_bias", nn.Sequential(nn.Linear(6, 5, bias=False), nn.ReLU(),
                                                nn.Linear(5, 10, bias=False)))
    export("torchscript_one_layer", nn.Sequential(nn.Linear(6, 10)))
    export("torchscript_no_activation", nn.Sequential(nn.Linear(6, 5), nn.Linear(5, 10)))
    for name, dtype in {"float16": torch.float16, "double": torch.float64,
                        "bfloat16": torch.bfloat16}.items():
        export(f"torchscript_{name}", perceptron(nn.ReLU()), dtype=dtype)
        export(f"dynamo_{name}", perceptron(nn.ReLU()), 18, dynamo=True, dtype=dtype)


# -------------------------------------------------------------- by the hand

W1, B1 = random.normal(size=(5, 6)), random.normal(size=5)
W2, B2 = random.normal(size=(10, 5)), random.normal(size=10)
DTYPES = {T.FLOAT: np.float32, T.DOUBLE: np.float64, T.FLOAT16: np.float16}


def tensor(name, values, data_type=T.FLOAT, raw=True):
    values = np.asarray(values)
    if raw and data_type in DTYPES:
        return numpy_helper.from_array(values.astype(DTYPES[data_type]), name)
    return helper.make_tensor(name, data_type, values.shape, values.flatten().tolist())


def weights(data_type=T.FLOAT, raw=True, transposed=True):
    turn = (lambda w: w) if transposed else np.transpose
    return [tensor("w1", turn(W1), data_type, raw), tensor("b1", B1, data_type, raw),
            tensor("w2", turn(W2), data_type, raw), tensor("b2", B2, data_type, raw)]


def nodes(**attributes):
    attributes = {"transB": 1, **attributes}
    return [helper.make_node("Gemm", ["x", "w1", "b1"], ["h1"], "first", **attributes),
            helper.make_node("Relu", ["h1"], ["h2"], "active"),
            helper.make_node("Gemm", ["h2", "w2", "b2"], ["h3"], "second", **attributes),
            helper.make_node("Softmax", ["h3"], ["y"], "soft", axis=1)]


def build(node_list=None, initializers=None, shape=("N", N_INPUTS), opset=17, ir_version=8,
          data_type=T.FLOAT, metadata=None, inputs=None, outputs=None):
    graph = helper.make_graph(
        nodes() if node_list is None else node_list, "net",
        inputs or [helper.make_tensor_value_info("x", data_type, shape)],
        outputs or [helper.make_tensor_value_info("y", data_type, ("N", N_CLASSES))],
        weights() if initializers is None else initializers)
    model = helper.make_model(graph, producer_name="hand", ir_version=ir_version,
                              opset_imports=[helper.make_opsetid("", opset)])
    for key, value in (metadata or {}).items():
        model.metadata_props.add(key=key, value=value)
    return model


def add(name, model):
    models[name] = model
    onnx.save(model, os.path.join(FOLDER, name + ".onnx"))


def node(op, inputs, output, **attributes):
    return helper.make_node(op, inputs.split(), [output], f"{op}_{output}", **attributes)


def make_by_hand():
    add("plain", build())
    add("float_data", build(initializers=weights(raw=False)))
    for name, data_type in {"double_data": T.DOUBLE, "half_data": T.FLOAT16,
                            "bfloat16_data": T.BFLOAT16}.items():
        add(name, build(initializers=weights(data_type, raw=False), data_type=data_type))
    add("trans_b_0", build(nodes(transB=0), weights(transposed=False)))
    add("alpha_beta", build(nodes(alpha=0.5, beta=-1.5)))
    add("scalar_bias", build(initializers=weights()[:1] + [tensor("b1", 0.25)] + weights()[2:3] +
                             [tensor("b2", [0.5])]))
    add("row_bias", build(initializers=weights()[:1] + [tensor("b1", B1.reshape(1, 5))] +
                          weights()[2:]))
    chain = nodes()
    chain[0].input[2] = ""
    del chain[2].input[2]
    add("no_bias", build(chain))
    # As PyTorch 0.4 wrote: opset 6, weights among the inputs, the attribute broadcast, batch 1.
    add("opset6", build(nodes(alpha=1.0, beta=1.0, broadcast=1), opset=6, ir_version=3,
                        shape=(1, N_INPUTS),
                        inputs=[helper.make_tensor_value_info("x", T.FLOAT, (1, N_INPUTS))] +
                        [helper.make_tensor_value_info(t.name, T.FLOAT, list(t.dims))
                         for t in weights()],
                        outputs=[helper.make_tensor_value_info("y", T.FLOAT, (1, N_CLASSES))]))
    add("add_reversed", build([
        node("MatMul", "x w1", "a"), node("Add", "b1 a", "b"), node("Relu", "b", "c"),
        node("MatMul", "c w2", "d"), node("Add", "d b2", "y")], weights(transposed=False)))
    add("arithmetic", build([
        node("Sub", "half x", "a"), node("Mul", "a six", "b"), node("Div", "b three", "c"),
        node("Gemm", "c w1 b1", "d", transB=1), node("Sub", "d b1", "e"), node("Mul", "three e", "f"),
        node("Elu", "f", "g"), node("Add", "g half", "h"), node("Sub", "five h", "i"),
        node("Gemm", "i w2 b2", "y", transB=1)],
        weights() + [tensor("half", 0.5), tensor("three", [3]),
                     tensor("six", np.arange(1, 7)), tensor("five", np.arange(5))]))
    add("image_arithmetic", build([
        node("Sub", "x mean", "a"), node("Flatten", "a", "b"), node("Gemm", "b w1 b1", "c", transB=1),
        node("Tanh", "c", "d"), node("Gemm", "d w2 b2", "y", transB=1)],
        weights() + [tensor("mean", np.arange(6).reshape(1, 2, 3) / 6)], shape=("N", 1, 2, 3)))
    add("constant_nodes", build([
        node("Constant", "", "b1", value_floats=B1.tolist()),
        node("Constant", "", "w1", value=tensor("", W1)),
        node("Gemm", "x w1 b1", "a", transB=1), node("Constant", "", "one", value_float=1.0),
        node("Add", "a one", "b"), node("Sigmoid", "b", "c"),
        node("Gemm", "c w2 b2", "d", transB=1), node("Softmax", "d", "y")], weights()[2:]))
    add("constants_in_steps", build([
        node("Cast", "w1", "w1_float", to=T.FLOAT), node("Transpose", "w1_float", "w1_turned"),
        node("Identity", "w1_turned", "w1_named"), node("Transpose", "w2", "w2_turned", perm=[1, 0]),
        node("Gemm", "x w1_named b1", "a"), node("Relu", "a", "b"), node("MatMul", "b w2_turned", "c"),
        node("Add", "c b2", "y")],
        [tensor("w1", W1, T.DOUBLE)] + weights()[1:]))
    add("shapes", build([
        node("Squeeze", "x one", "a"), node("Unsqueeze", "a one", "b"), node("Reshape", "b shape", "c"),
        node("Identity", "c", "d"), node("Cast", "d", "e", to=T.FLOAT),
        node("Gemm", "e w1 b1", "f", transB=1), node("Relu", "f", "g"), node("Dropout", "g", "h"),
        node("Gemm", "h w2 b2", "i", transB=1), node("Softmax", "i", "j", axis=-1),
        node("Reshape", "j end", "y")],
        weights() + [numpy_helper.from_array(np.array([1]), "one"),
                     numpy_helper.from_array(np.array([-1, 6]), "shape"),
                     numpy_helper.from_array(np.array([0, 10]), "end")], shape=("N", 1, 6)))
    # What is computed of constants is a constant; what is computed of one layer is one activation.
    add("computed_constants", build([
        node("Mul", "w1 half", "w"), node("Add", "b1 half", "b"), node("Gemm", "x w b", "c", transB=1),
        node("Relu", "c", "d"), node("Gemm", "d w2 b2", "e", transB=1), node("Softmax", "e", "y")],
        weights() + [tensor("half", 0.5)]))
    add("activation_in_parts", build([
        node("Gemm", "x w1 b1", "a", transB=1), node("Relu", "a", "b"), node("Add", "b a", "c"),
        node("Gemm", "c w2 b2", "y", transB=1)]))
    # A unit that normalization has switched off says nothing of how the others are scaled.
    add("norm_dead_units", build([
        node("Gemm", "x w1 b1", "a", transB=1), node("BatchNormalization", "a g b1 b1 v", "b"),
        node("Elu", "b", "c"), node("Gemm", "c w2 b2", "y", transB=1)],
        weights() + [tensor("g", [0, 2, 0, -1.5, 1]), tensor("v", np.arange(1, 6))]))
    add("dead_node", build(nodes() + [node("Sin", "x", "nothing")]))
    add("order", build(list(reversed(nodes()))))
    add("sigmoid_last", build(nodes()[:3] + [node("Sigmoid", "h3", "y")]))
    add("tanh_then_softmax", build(nodes()[:3] + [node("Tanh", "h3", "h4"),
                                                  node("Softmax", "h4", "y")]))
    add("labels", build(metadata={"emnist.labels": "".join(f"{i} {97 + i}\n" for i in range(10)),
                                  "emnist.preprocess": "auto"}))


# --------------------------------------------------------------- their answers

def softmax(values):
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def run(model, inputs):
    """The outputs of one batch, and who computed them."""
    name = model.graph.input[0].name
    elem = model.graph.input[0].type.tensor_type.elem_type
    feed = {name: inputs.astype(helper.tensor_dtype_to_np_dtype(elem))}
    try:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        return session.run(None, feed)[0], "onnxruntime"
    except Exception:
        return ReferenceEvaluator(model).run(None, feed)[0], "onnx.reference"


def answer(model, rows):
    dims = model.graph.input[0].type.tensor_type.shape.dim
    shape = [d.dim_value for d in dims[1:]]
    batch = dims[0].dim_value or len(rows)
    outputs = []
    for i in range(0, len(rows), batch):
        values, oracle = run(model, rows[i:i + batch].reshape([-1] + shape))
        outputs.append(values.astype(np.float64).reshape(-1, N_CLASSES))
    outputs = np.concatenate(outputs)
    last = next(n for n in model.graph.node if model.graph.output[0].name in n.output)
    if last.op_type == "LogSoftmax":
        outputs = np.exp(outputs)
    elif last.op_type != "Sigmoid" and abs(outputs.sum(axis=1) - 1).max() > 1e-2:
        outputs = softmax(outputs)
    return outputs, oracle


def write_answers():
    rows = random.uniform(size=(N_ROWS, N_INPUTS)).astype(np.float16).astype(np.float32)
    with open(os.path.join(FOLDER, "outputs.tsv"), "w", encoding="ascii") as table:
        print("model\toracle\tinputs\tprobabilities", file=table)
        for name, model in models.items():
            # Of a graph whose nodes are out of order, the same in order.
            model = models["plain"] if name == "order" else model
            outputs, oracle = answer(model, rows)
            for row, output in zip(rows, outputs):
                print(name, oracle, " ".join(f"{v:.9g}" for v in row),
                      " ".join(f"{v:.9g}" for v in output), sep="\t", file=table)


# ------------------------------------------------------------------- malformed

def edited(change, model=None):
    model = build() if model is None else model
    change(model)
    return model


def set_dims(dims):
    def change(model):
        del model.graph.initializer[0].dims[:]
        model.graph.initializer[0].dims.extend(dims)
    return change


def set_raw(position, nbytes):
    def change(model):
        model.graph.initializer[position].raw_data = bytes(nbytes)
    return change


def set_first(**attributes):
    """The first Gemm with other attributes."""
    return build(nodes()[:0] + [helper.make_node("Gemm", ["x", "w1", "b1"], ["h1"], "first",
                                                 **{"transB": 1, **attributes})] + nodes()[1:])


def with_weight(value):
    values = W1.astype(np.float32).copy()
    values[2, 3] = value
    return build(initializers=[tensor("w1", values)] + weights()[1:])


def external(model):
    model.graph.initializer[0].ClearField("raw_data")
    model.graph.initializer[0].data_location = T.EXTERNAL
    model.graph.initializer[0].external_data.add(key="location", value="/etc/passwd")


def second_input(model):
    model.graph.input.append(helper.make_tensor_value_info("z", T.FLOAT, ("N", 6)))


def second_output(model):
    model.graph.output.append(helper.make_tensor_value_info("h3", T.FLOAT, ("N", 10)))


def circle(model):
    model.graph.node[0].input[0] = "h2"


def custom_domain(model):
    model.graph.node[0].domain = "com.microsoft"
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def make_malformed():
    """name: (model or bytes, status, message)"""
    plain = build().SerializeToString()
    gemm = nodes()
    conv = [node("Conv", "x kernel", "c"), node("Flatten", "c", "f"),
            node("Gemm", "f w1 b1", "y", transB=1)]
    input_of = lambda shape, t=T.FLOAT: build(
        inputs=[helper.make_tensor_value_info("x", t, shape)])
    corrupt, unsupported, limit, form = "CORRUPT", "UNSUPPORTED", "LIMIT", "FORMAT"
    refused = "operator %s is not supported: %s"
    return {
        "empty": (b"", form, "not a model: the file is empty"),
        "text": (b"0 48\n1 49\n2 50\n", form, "not a model: neither ONNX, TensorFlow nor safetensors"),
        "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", form, "not a model: neither ONNX, TensorFlow nor safetensors"),
        "no_graph": (edited(lambda m: m.ClearField("graph")), form,
                     "not an ONNX model: it has no graph"),
        "cut_short": (plain[:len(plain) // 2], corrupt,
                      "the ONNX file is damaged or cut short at byte 8"),
        "cut_at_field": (plain[:9], corrupt,
                         "the ONNX file is damaged or cut short at byte 8"),
        "broken_graph": (plain.replace(b"\x08softmax", b"\x7fsoftmax").replace(
            b"first", b"fi\xff\xff\xff").replace(b"\x0a\x01x\x0a\x02w1", b"\x0a\x7fx\x0a\x02w1", 1),
            corrupt, "the ONNX file is damaged"),
        "bad_wire_type": (plain + b"\x0f", corrupt,
                          f"the ONNX file is damaged or cut short at byte {len(plain)}"),
        "old_opset": (build(opset=4), unsupported,
                      "operator set 4 is older than 6, the oldest supported"),
        "no_opset": (edited(lambda m: m.ClearField("opset_import")), corrupt,
                     "the model lists no operator set"),
        "convolution": (build(conv, weights()[:2] + [tensor("kernel", np.ones((1, 1, 1, 1)))],
                              shape=("N", 1, 2, 3)), unsupported,
                        refused % ("Conv (node 'Conv_c')", "only multilayer perceptrons are supported")),
        "unnamed_node": (edited(lambda m: (m.graph.node[1].ClearField("name"),
                                           setattr(m.graph.node[1], "op_type", "Gelu"))),
                         unsupported, refused % ("Gelu (node 'h2')",
                                                 "only multilayer perceptrons are supported")),
        "clip": (build([node("Clip", "x", "c")] + [node("Gemm", "c w1 b1", "y", transB=1)]),
                 unsupported, refused % ("Clip (node 'Clip_c')",
                                         "only multilayer perceptrons are supported")),
        "custom_domain": (edited(custom_domain), unsupported,
                          refused % ("com.microsoft.Gemm (node 'first')",
                                     "only multilayer perceptrons are supported")),
        "control_characters": (edited(lambda m: setattr(m.graph.node[1], "op_type", "R\n\x1b[2J")),
                               unsupported, refused % ("R??[2J (node 'active')",
                                                       "only multilayer perceptrons are supported")),
        "residual": (build([node("Gemm", "x w1 b1", "a", transB=1), node("Relu", "a", "b"),
                            node("Gemm", "b w2 b2", "c", transB=1), node("Add", "c b", "y")],
                           weights()[:2] + [tensor("w2", W2[:5]), tensor("b2", B2[:5])]),
                     unsupported, refused % ("Add (node 'Add_y')",
                                             "it combines two computed values")),
        "computed_weights": (build([node("Flatten", "x", "w"), node("Gemm", "x w b1", "y", transB=1)]),
                             unsupported,
                             refused % ("Gemm (node 'Gemm_y')",
                                        "an operand that should be a constant is computed")),
        "computed_bias": (build([node("Flatten", "x", "b"), node("Gemm", "x w1 b", "y", transB=1)]),
                          unsupported,
                          refused % ("Gemm (node 'Gemm_y')",
                                     "an operand that should be a constant is computed")),
        "weights_first": (build([node("MatMul", "w1 x", "y")]), unsupported,
                          refused % ("MatMul (node 'MatMul_y')",
                                     "an operand that should be a constant is computed")),
        "divides_constant": (build([node("Div", "one x", "a"), node("Gemm", "a w1 b1", "y", transB=1)],
                                   weights() + [tensor("one", 1.0)]), unsupported,
                             refused % ("Div (node 'Div_a')",
                                        "no fully connected layer precedes it")),
        "trans_a": (set_first(transA=1), unsupported,
                    refused % ("Gemm (node 'first')", "its attribute transA is set")),
        "softmax_axis_0": (build(gemm[:3] + [node("Softmax", "h3", "y", axis=0)]), unsupported,
                           refused % ("Softmax (node 'Softmax_y')",
                                      "its axis is 0 of 2 dimensions, not that of the classes")),
        "after_softmax": (build(gemm[:2] + [node("Softmax", "h2", "s"),
                                            node("Gemm", "s w2 b2", "y", transB=1)]), unsupported,
                          refused % ("Gemm (node 'Gemm_y')", "it follows the softmax")),
        "two_activations": (build(gemm[:2] + [node("Tanh", "h2", "t"),
                                              node("Gemm", "t w2 b2", "y", transB=1)]), unsupported,
                            refused % ("Tanh (node 'Tanh_t')",
                                       "it is not a supported activation")),
        "activation_first": (build([node("Relu", "x", "r"), node("Gemm", "r w1 b1", "y", transB=1)]),
                             unsupported, refused % ("Relu (node 'Relu_r')",
                                                     "no fully connected layer precedes it")),
        "shift_last": (build(gemm[:2] + [node("Add", "h2 b1", "y")]), unsupported,
                       refused % ("Add (node 'Add_y')", "no fully connected layer can take in what comes after "
                                                "the last activation")),
        "norm_training": (build([node("BatchNormalization", "x s s s s", "n", training_mode=1),
                                 node("Gemm", "n w1 b1", "y", transB=1)],
                                weights() + [tensor("s", np.ones(6))]), unsupported,
                          refused % ("BatchNormalization (node 'BatchNormalization_n')",
                                     "it is in training mode")),
        "norm_lacks_input": (build([node("BatchNormalization", "x s s s", "n"),
                                    node("Gemm", "n w1 b1", "y", transB=1)],
                                   weights() + [tensor("s", np.ones(6))]), corrupt,
                             "operator BatchNormalization (node 'BatchNormalization_n') lacks its input 5"),
        "norm_negative_variance": (build([node("BatchNormalization", "x s s s v", "n"),
                                          node("Gemm", "n w1 b1", "y", transB=1)],
                                         weights() + [tensor("s", np.ones(6)),
                                                      tensor("v", -np.ones(6))]), corrupt,
                                   "operator BatchNormalization (node 'BatchNormalization_n') "
                                   "takes values that are infinite or NaN"),
        "dropout_training": (build(gemm[:2] + [node("Dropout", "h2 ratio on", "d"),
                                               node("Gemm", "d w2 b2", "y", transB=1)],
                                   weights() + [tensor("ratio", 0.5), numpy_helper.from_array(
                                       np.array(True), "on")]), unsupported,
                             refused % ("Dropout (node 'Dropout_d')", "it is in training mode")),
        "cast_to_int": (build([node("Cast", "x", "i", to=T.INT64),
                               node("Gemm", "i w1 b1", "y", transB=1)]), unsupported,
                        refused % ("Cast (node 'Cast_i')", "it casts to int64")),
        "reshape_mixes_rows": (build([node("Reshape", "x shape", "r"),
                                      node("Gemm", "r w1 b1", "y", transB=1)],
                                     weights() + [numpy_helper.from_array(np.array([-1, 3]), "shape")]),
                               unsupported, refused % ("Reshape (node 'Reshape_r')",
                                                       "it makes rows of 3 values from rows of 6")),
        "width_mismatch": (input_of(("N", 7)), unsupported,
                           refused % ("Gemm (node 'first')", "it takes 6 values, but gets 7")),
        "layer_mismatch": (build(nodes()[:1] + [node("Gemm", "h1 w1 b1", "y", transB=1)]), unsupported,
                           refused % ("Gemm (node 'Gemm_y')", "it takes 6 values, but gets 5")),
        "bias_mismatch": (build(initializers=weights()[:1] + [tensor("b1", B2)] + weights()[2:]),
                          unsupported, refused % ("Gemm (node 'first')",
                                                  "the shape of its constant does not match rows of 5")),
        "bias_is_column": (build(initializers=weights()[:1] + [tensor("b1", B1.reshape(5, 1))] +
                                 weights()[2:]), unsupported,
                           refused % ("Gemm (node 'first')", "the shape of its constant does not match rows of 5")),
        "weights_rank_3": (build(initializers=[tensor("w1", W1.reshape(5, 6, 1))] + weights()[1:]),
                           unsupported, refused % ("Gemm (node 'first')",
                                                   "its weights have 3 dimensions")),
        "gemm_lacks_weights": (build([node("Gemm", "x", "y")]), corrupt,
                               "operator Gemm (node 'Gemm_y') lacks its input 2"),
        "negative_dim": (edited(set_dims([-5, 6])), corrupt, "tensor 'w1' has a dimension of -5"),
        "zero_dim": (edited(set_dims([0, 6])), corrupt, "tensor 'w1' has a dimension of 0"),
        "huge_dims": (edited(set_dims([2 ** 62, 2 ** 62])), corrupt,
                      "tensor 'w1' has dimensions that do not fit in memory"),
        "large_dims": (edited(set_dims([65536, 32768])), corrupt,
                       "tensor 'w1' should have 2147483648 values, but has 30"),
        "many_dims": (edited(set_dims([5, 6] + [1] * 7)), limit,
                      "tensor 'w1' has 9 dimensions: the limit is 8"),
        "short_data": (edited(set_raw(0, 116)), corrupt,
                       "tensor 'w1' should have 30 values, but has 29"),
        "long_data": (edited(set_raw(0, 124)), corrupt,
                      "tensor 'w1' should have 30 values, but has 31"),
        "odd_data": (edited(set_raw(0, 122)), corrupt,
                     "tensor 'w1' has data that are not a whole number of values"),
        "no_data": (edited(lambda m: m.graph.initializer[0].ClearField("raw_data")), corrupt,
                    "tensor 'w1' should have 30 values, but has 0"),
        "string_data": (edited(lambda m: setattr(m.graph.initializer[0], "data_type", T.STRING)),
                        unsupported, "tensor 'w1' has the unsupported type string"),
        "external_data": (edited(external), unsupported,
                          "tensor 'w1' keeps its data in another file: save the model as one file"),
        "nan_weight": (with_weight(np.nan), corrupt,
                       "layer 1 has weights that are infinite or NaN"),
        "infinite_weight": (with_weight(-np.inf), corrupt,
                            "layer 1 has weights that are infinite or NaN"),
        "two_inputs": (edited(second_input), unsupported,
                       "the model has 2 inputs; only one is supported"),
        "two_outputs": (edited(second_output), unsupported,
                        "the model has 2 outputs; only one is supported"),
        "no_input": (edited(lambda m: m.graph.ClearField("input")), unsupported,
                     "the model has 0 inputs; only one is supported"),
        "input_without_shape": (edited(lambda m: m.graph.input[0].type.tensor_type.ClearField("shape")),
                                unsupported, "input 'x' has no shape"),
        "input_of_any_size": (input_of(("N", "M")), unsupported,
                              "input 'x' has no fixed size in dimension 2"),
        "input_of_bytes": (input_of(("N", 6), T.UINT8), unsupported,
                           refused % ("Gemm (node 'first')", "it computes with whole numbers: a Cast to floats "
                                     "must come first")),
        "input_too_wide": (input_of(("N", 257, 256)), limit, "input 'x' has more than 65536 values"),
        "made_twice": (edited(lambda m: m.graph.node[1].output.__setitem__(0, "h1")), corrupt,
                       "tensor 'h1' is computed twice"),
        "made_never": (edited(lambda m: m.graph.node[2].input.__setitem__(0, "gone")), corrupt,
                       "tensor 'gone' is not computed by any operator"),
        "circle": (edited(circle), corrupt, "operators form a cycle"),
        "constant_output": (edited(lambda m: setattr(m.graph.output[0], "name", "w1")), unsupported,
                            "the output does not depend on the input"),
        "constant_chain": (build([node("Add", "b1 b1", "y")]), unsupported,
                           "the output does not depend on the input"),
        "second_output_used": (build(gemm[:2] + [
            helper.make_node("Dropout", ["h2"], ["d", "mask"], "drop"),
            node("Gemm", "mask w2 b2", "y", transB=1)]), unsupported,
            refused % ("Dropout (node 'drop')", "an output other than its first is used")),
        "no_layer": (build([node("Softmax", "x", "y")]), unsupported,
                     refused % ("Softmax (node 'Softmax_y')",
                                "no fully connected layer precedes it")),
        "only_shapes": (build([node("Flatten", "x", "y")]), unsupported,
                        "the model has no fully connected layer"),
        "no_labels": (build([node("Gemm", "x w1 b1", "y", transB=1)]), "ARGUMENT",
                      "the model has 5 outputs without labels: a mapping file is needed"),
        "too_few_labels": (build(metadata={"emnist.labels": "0 48\n1 49\n"}), corrupt,
                           "2 labels for a model of 10 outputs"),
        "shared_weights": (build([node("Gemm", "x w " + "b", "h0", transB=1)] +
                                 [node("Gemm", f"h{i} w b", f"h{i + 1}", transB=1) for i in range(30)]
                                 + [node("Softmax", "h30", "y")],
                                 [tensor("w", np.ones((60, 60))), tensor("b", np.ones(60))],
                                 shape=("N", 60)), limit,
                           "layers share weights, and have more than the file holds"),
        "too_many_layers": (build([node("MatMul", "x w", "h0")] +
                                  [node("MatMul", f"h{i} w", f"h{i + 1}") for i in range(255)] +
                                  [node("MatMul", "h255 w", "y")], [tensor("w", np.ones((1, 1)))],
                                  shape=("N", 1)), limit, "more than 256 layers are not supported"),
    }


def write_malformed():
    folder = os.path.join(FOLDER, "malformed")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "expected.tsv"), "w", encoding="ascii") as table:
        print("model\tstatus\tmessage", file=table)
        for name, (model, status, message) in make_malformed().items():
            data = model if isinstance(model, bytes) else model.SerializeToString()
            with open(os.path.join(folder, name + ".onnx"), "wb") as file:
                file.write(data)
            print(name, status, message, sep="\t", file=table)


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    make_exported()
    make_by_hand()
    write_answers()
    write_malformed()
