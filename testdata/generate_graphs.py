#!/usr/bin/env python3
"""Makes testdata/models/graphs: more small ONNX models than generate_models.py makes, without PyTorch:
scikit-learn's classifiers as skl2onnx writes them, inputs of whole numbers, shapes of all sorts.

    python3 testdata/generate_graphs.py

needs onnx, onnxruntime, scikit-learn and skl2onnx; testdata/README.md names the versions. outputs.tsv
has for each model that is read its labels, inputs, and what ONNX Runtime answers; refused.tsv the
status and the message of each that is refused; outside.tsv what is answered to inputs that were scaled
before they came to the graph.
"""
import os
import warnings

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto as T
from onnx import helper, numpy_helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, Int64TensorType
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "models", "graphs")
N_INPUTS, N_ROWS = 6, 3
BYCLASS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MERGED = "CIJKLMOPSUVWXYZ"
BALANCED = [c + c.lower() if c in MERGED else c for c in BYCLASS[:36]] + list("abdefghnqrt")

warnings.filterwarnings("ignore")
random = np.random.default_rng(3)
read, refused, outside = [], [], []


# --------------------------------------------------------- from scikit-learn

def fitted(labels, *scaler, top=1, activation="relu"):
    """A classifier of these labels, of pixels from 0 to top."""
    n = 4 * len(labels)
    pixels = np.round(random.uniform(size=(n, N_INPUTS)) * 255) / 255 * top
    truth = np.array([labels[i % len(labels)] for i in range(n)])
    net = MLPClassifier((5,), activation, max_iter=20, random_state=1)
    return make_pipeline(*scaler, net).fit(pixels.astype(np.float32), truth)


def convert(model, opset=17, kind=FloatTensorType, zipmap=False, **options):
    return to_onnx(model, initial_types=[("x", kind([None, N_INPUTS]))], target_opset=opset,
                   options={id(model.steps[-1][1]): {"zipmap": zipmap, **options}})


def make_classifiers():
    words = list("ACbé5")
    for name, zipmap in (("tensor", False), ("map", True), ("columns", "columns")):
        accept(f"sklearn_text_{name}", convert(fitted(words), zipmap=zipmap), sorted(words))
        accept(f"sklearn_number_{name}", convert(fitted([3, 5, 8]), zipmap=zipmap), "358")
        accept(f"sklearn_two_{name}", convert(fitted(["Q", "O"]), zipmap=zipmap), "OQ")
    for opset in (10, 12, 13):
        accept(f"sklearn_opset{opset}", convert(fitted(words), opset, zipmap=True), sorted(words))
        accept(f"sklearn_two_opset{opset}", convert(fitted([0, 1]), opset), "01")
    for activation in ("identity", "logistic", "tanh"):
        accept(f"sklearn_{activation}", convert(fitted(words, activation=activation)),
               sorted(words))
    accept("sklearn_nocl", convert(fitted(list(range(10))), nocl=True), "0123456789")
    # What numbers may mean.
    both = [c + c.lower() for c in BYCLASS[10:36]]
    for name, numbers, labels in (
            ("digits", range(10), "0123456789"), ("letters_from_0", range(26), both),
            ("letters_from_1", range(1, 27), both), ("balanced", range(47), BALANCED),
            ("byclass", range(62), BYCLASS), ("alphanumeric", range(36), BYCLASS[:36]),
            ("capitals", range(10, 36), BYCLASS[10:36]), ("small", range(36, 62), BYCLASS[36:]),
            ("codes", range(65, 70), "ABCDE"), ("codes_of_digits", range(48, 58), "0123456789")):
        accept(f"numbers_{name}", convert(fitted(list(numbers)), zipmap=name[0] < "c"), labels)
    # As OpenML's copies of EMNIST have them, in the order of texts.
    for name, meanings in (("balanced", BALANCED), ("letters", both), ("codes", "ABCDEFGHIJKLMNOP")):
        first = {"balanced": 0, "letters": 1, "codes": 65}[name]
        texts = sorted(str(first + i) for i in range(len(meanings)))
        accept(f"text_numbers_{name}", convert(fitted(texts)),
               [meanings[int(t) - first] for t in texts])
    accept("text_both_cases", convert(fitted(["Aa", "Bb", "3"])), ["3", "Aa", "Bb"])
    accept("text_hexadecimal", convert(fitted(["41", "6a", "30"])), "0Aj")
    accept("text_balanced", convert(fitted([c[0] for c in BALANCED])),
           sorted(BALANCED, key=lambda c: c[0]))
    needed = "a mapping file is needed"
    refuse("numbers_of_nothing", convert(fitted([100, 200, 300])), "ARGUMENT",
           "the model calls its 3 classes by numbers, such as 300, which say no characters: " +
           needed)
    refuse("numbers_of_some_letters", convert(fitted([11, 12, 13]), zipmap=True), "ARGUMENT",
           "the model calls its 3 classes by numbers, such as 13, which say no characters: " +
           needed)
    refuse("text_of_words", convert(fitted(["cat", "dog"])), "ARGUMENT",
           "the model calls its classes by names that are no characters, such as 'cat': " + needed)


def make_scaled():
    words = list("ABC")
    for scaler in (StandardScaler(), MinMaxScaler(), MaxAbsScaler(), RobustScaler()):
        name = type(scaler).__name__.lower()
        accept(f"bytes_{name}", convert(fitted(words, scaler, top=255)), words, top=255)
        accept(f"unit_{name}", convert(fitted(words, scaler)), words)
        accept(f"int64_{name}", convert(fitted(words, scaler, top=255), kind=Int64TensorType), words,
               top=255)
    accept("double_standardscaler",
           convert(fitted(words, StandardScaler(), top=255), kind=DoubleTensorType), words, top=255)
    accept("int64_plain", convert(fitted(words, top=255), kind=Int64TensorType), words, top=255)


# -------------------------------------------------------------- by the hand

W1, B1 = random.normal(size=(6, 5)), random.normal(size=5)
W2, B2 = random.normal(size=(5, 10)), random.normal(size=10)


def tensor(name, values, dtype=np.float32):
    return numpy_helper.from_array(np.asarray(values, dtype), name)


def node(op, inputs, output, **attributes):
    return helper.make_node(op, inputs.split(), [output], f"{op}_{output}", **attributes)


def network(shape=("N", 6), before=(), between=(), after=(), first="x", last="y", more=(), opset=17,
            elem=T.FLOAT, softmax=None, out=("N", 10), out_rank=True):
    """x, what is before, MatMul, Relu, what is between, MatMul, Softmax, what is after, y"""
    nodes = [*before, node("MatMul", first + " w1", "h1"), node("Add", "h1 b1", "h2"),
             node("Relu", "h2", "h3"), *between,
             node("MatMul", ("h4" if between else "h3") + " w2", "h5"), node("Add", "h5 b2", "h6"),
             node("Softmax", "h6", "s" if after else "y", **(softmax or {})), *after]
    output = helper.make_tensor_value_info("y", T.FLOAT, out if out_rank else None)
    graph = helper.make_graph(
        nodes, "net", [helper.make_tensor_value_info("x", elem, shape)], [output],
        [tensor("w1", W1), tensor("b1", B1), tensor("w2", W2), tensor("b2", B2), *more])
    return helper.make_model(graph, producer_name="hand", ir_version=8,
                             opset_imports=[helper.make_opsetid("", opset)])


def ints(name, *values):
    return tensor(name, values, np.int64)


def make_whole_numbers():
    for elem in (T.UINT8, T.UINT16, T.INT16, T.INT32, T.UINT32, T.INT64, T.UINT64):
        name = helper.tensor_dtype_to_np_dtype(elem).name
        accept(f"{name}_over_255", network(
            before=[node("Cast", "x", "a", to=T.FLOAT), node("Div", "a c", "b")], first="b",
            more=[tensor("c", 255)], elem=elem), "0123456789", top=255)
    accept("uint8_as_it_is", network(before=[node("Cast", "x", "a", to=T.FLOAT)], first="a",
                                     elem=T.UINT8), "0123456789", top=255)
    accept("uint8_image", network(
        (("N"), 1, 2, 3), [node("Transpose", "x", "t", perm=[0, 1, 3, 2]),
                           node("Cast", "t", "i", to=T.INT32), node("Flatten", "i", "f"),
                           node("Cast", "f", "a", to=T.FLOAT), node("Sub", "a m", "b"),
                           node("Div", "b c", "d")], first="d",
        more=[tensor("m", 33.3), tensor("c", 78.6)], elem=T.UINT8), "0123456789", top=255)
    says = "operator %s is not supported: %s"
    refuse("uint8_divided", network(
        before=[node("Div", "x c", "b"), node("Cast", "b", "a", to=T.FLOAT)], first="a",
        more=[tensor("c", 255, np.uint8)], elem=T.UINT8), "UNSUPPORTED",
        says % ("Div (node 'Div_b')",
                "it computes with integers: a Cast to float must come first"))
    refuse("uint8_to_int8", network(
        before=[node("Cast", "x", "i", to=T.INT8), node("Cast", "i", "a", to=T.FLOAT)], first="a",
        elem=T.UINT8), "UNSUPPORTED", says % ("Cast (node 'Cast_i')", "it casts to int8"))
    for elem in (T.INT8, T.BOOL, T.STRING, T.COMPLEX64):
        name = "string" if elem == T.STRING else helper.tensor_dtype_to_np_dtype(elem).name
        refuse(f"input_of_{name}", network(before=[node("Cast", "x", "a", to=T.FLOAT)], first="a",
                                           elem=elem), "UNSUPPORTED",
               f"input 'x' has the unsupported type {name}")


def make_shapes():
    digits = "0123456789"
    for opset in (11, 12, 13, 17):
        three = dict(shape=("N", 1, 6), opset=opset, out=("N", 1, 10))
        for axis in (-1, 2):
            accept(f"softmax_opset{opset}_axis_{axis}", network(softmax={"axis": axis}, **three),
                   digits)
        accept(f"softmax_opset{opset}_default", network(**three), digits)
        wrong = network(softmax={"axis": 1}, **three)
        if opset < 13:
            accept(f"softmax_opset{opset}_axis_1", wrong, digits)
        else:
            refuse(f"softmax_opset{opset}_axis_1", wrong, "UNSUPPORTED",
                   "operator Softmax (node 'Softmax_y') is not supported: its axis is 1 of 3 "
                   "dimensions, not that of the classes")
    unknown = dict(before=[node("Shape", "x", "n"), node("Slice", "n b e", "k"),
                           node("Concat", "k w", "shape", axis=0), node("Reshape", "x shape", "r")],
                   first="r", shape=("N", 1, 6), more=[ints("b", 0), ints("e", 1), ints("w", -1)])
    accept("softmax_unknown_rank", network(softmax={"axis": 1}, **unknown), digits)
    refuse("softmax_no_rank", network(softmax={"axis": 1}, out_rank=False, **unknown),
           "UNSUPPORTED", "operator Softmax (node 'Softmax_y') is not supported: its axis is 1, of "
           "an unknown number of dimensions")
    says = "operator %s is not supported: %s"

    def flat(name, axis, shape, message=None):
        model = network(shape, [node("Flatten", "x", "f", axis=axis)], first="f")
        if message is None:
            accept(f"flatten_{name}", model, digits)
        else:
            refuse(f"flatten_{name}", model, "UNSUPPORTED",
                   says % ("Flatten (node 'Flatten_f')", message))
    flat("axis_1", 1, ("N", 1, 2, 3))
    flat("axis_2", 2, ("N", 1, 2, 3))
    flat("axis_-2", -2, ("N", 1, 2, 3))
    flat("batch_of_1", 0, (1, 2, 3))
    flat("axis_0", 0, ("N", 2, 3), "its axis is 0, which does not keep rows of 6")
    flat("axis_3", 3, ("N", 1, 2, 3), "its axis is 3, which does not keep rows of 6")
    flat("axis_far", -2 ** 40, ("N", 2, 3), "its axis is -1099511627776 of 3 dimensions")
    flat("axis_beyond", 4, ("N", 2, 3), "its axis is 4 of 3 dimensions")

    def shaped(name, op, shape, numbers, message=None, **attributes):
        model = network(shape, [node(op, "x n" if numbers else "x", "r", **attributes)], first="r",
                        more=[ints("n", *numbers)] if numbers else [])
        if message is None:
            accept(name, model, digits)
        else:
            refuse(name, model, "UNSUPPORTED", says % (f"{op} (node '{op}_r')", message))
    image = ("N", 1, 2, 3)
    shaped("reshape_left_over", "Reshape", image, [-1, 6])
    shaped("reshape_copies", "Reshape", image, [0, -1])
    shaped("reshape_row_left_over", "Reshape", (1, 1, 2, 3), [1, -1])
    shaped("reshape_two_left_over", "Reshape", image, [-1, -1],
           "two dimensions of its shape are unknown")
    shaped("reshape_two_of_row", "Reshape", image, [0, -1, -1],
           "two dimensions of its shape are unknown")
    shaped("reshape_negative", "Reshape", image, [-1, -6], "dimension 2 of its shape is -6")
    shaped("reshape_negative_batch", "Reshape", image, [-2, 6], "dimension 1 of its shape is -2")
    shaped("reshape_zero", "Reshape", image, [-1, 0, 6], None)
    shaped("reshape_real_zero", "Reshape", image, [-1, 0, 6], "dimension 2 of its shape is 0",
           allowzero=1)
    shaped("reshape_mixes", "Reshape", (2, 1, 2, 3), [1, 6], "it makes 1 rows from 2")
    for name, ints_, message in (
            ("", [-1, 6], None), ("_two_left_over", [-1, -1],
                                  "two dimensions of its shape are unknown")):
        model = network(image, [node("Constant", "", "n", value_ints=ints_),
                                node("Reshape", "x n", "r")], first="r")
        if message is None:
            accept(f"reshape_of_constant{name}", model, digits)
        else:
            refuse(f"reshape_of_constant{name}", model, "UNSUPPORTED",
                   says % ("Reshape (node 'Reshape_r')", message))
    shaped("reshape_long", "Reshape", image, [-1] + [1] * 8,
           "it has a shape of 9 numbers: the limit is 8")
    shaped("squeeze", "Squeeze", ("N", 1, 6), [1])
    shaped("squeeze_all", "Squeeze", ("N", 1, 6, 1), [])
    shaped("squeeze_last", "Squeeze", ("N", 6, 1), [-1])
    shaped("squeeze_wrong", "Squeeze", ("N", 1, 6), [2],
           "it drops dimension 3, which has 6 values")
    shaped("squeeze_batch", "Squeeze", ("N", 6), [0], "its axis is that of the batch")
    shaped("squeeze_far", "Squeeze", ("N", 1, 6), [7], "its axis is 7 of 3 dimensions")
    shaped("squeeze_twice", "Squeeze", ("N", 1, 6), [1, -2], "its axis 1 is listed twice")
    shaped("unsqueeze", "Unsqueeze", ("N", 6), [1])
    shaped("unsqueeze_batch", "Unsqueeze", ("N", 6), [0], "its axis is that of the batch")
    shaped("unsqueeze_twice", "Unsqueeze", ("N", 6), [1, 1], "its axis 1 is listed twice")
    shaped("unsqueeze_many", "Unsqueeze", ("N", 6), list(range(1, 8)),
           "it makes 9 dimensions: the limit is 8")
    shaped("unsqueeze_1000", "Unsqueeze", ("N", 6), [1] * 1000,
           "it has axes of 1000 numbers: the limit is 8")
    old = network(("N", 6), [node("Unsqueeze", "x", "r", axes=[1] * 1000)], first="r", opset=12)
    refuse("unsqueeze_1000_of_old", old, "UNSUPPORTED",
           says % ("Unsqueeze (node 'Unsqueeze_r')", "it has axes of 1000 numbers: the limit is 8"))
    refuse("matmul_of_image", network(("N", 1, 2, 3)), "UNSUPPORTED",
           says % ("MatMul (node 'MatMul_h1')", "it takes 6 values, but gets 3"))
    gemm = network(("N", 1, 6))
    gemm.graph.node[0].op_type = "Gemm"
    refuse("gemm_of_3_dimensions", gemm, "UNSUPPORTED",
           says % ("Gemm (node 'MatMul_h1')", "it takes 2 dimensions, but gets 3"))
    refuse("add_moves_batch", network(before=[node("Add", "x c", "r")], first="r",
                                      more=[tensor("c", np.ones((1, 1, 6)))]), "UNSUPPORTED",
           says % ("Add (node 'Add_r')",
                   "the shape of its constant does not match rows of 6"))
    refuse("add_of_image", network(before=[node("Add", "x c", "r")], first="r",
                                   more=[tensor("c", np.ones((2, 3)))]), "UNSUPPORTED",
           says % ("Add (node 'Add_r')",
                   "the shape of its constant does not match rows of 6"))
    accept("add_image", network(("N", 1, 2, 3), [node("Add", "x c", "r"), node("Flatten", "r", "f")],
                                first="f", more=[tensor("c", np.arange(6).reshape(2, 3) / 6)]),
           digits)
    refuse("norm_of_rows", network(
        ("N", 1, 6), [node("BatchNormalization", "x s s s s", "r")], first="r",
        more=[tensor("s", np.ones(6))]), "UNSUPPORTED",
        says % ("BatchNormalization (node 'BatchNormalization_r')",
                "it has 6 parameters for 1 channels"))
    for name, version, message in (("far", 2 ** 62, "newer than 28, the newest"),
                                   ("next", 29, "newer than 28, the newest"),
                                   ("negative", -1, "older than 6, the oldest")):
        refuse(f"opset_{name}", network(opset=version), "UNSUPPORTED",
               f"operator set {version} is {message} that is read")
    ml = convert(fitted(list("AB")), zipmap=True)
    for entry in ml.opset_import:
        entry.version = 2 ** 62 if entry.domain else entry.version
    refuse("opset_far_ml", ml, "UNSUPPORTED",
           f"operator set {2 ** 62} is newer than 5, the newest supported")
    for version in (0, 15, 2 ** 62):
        ir = network()
        ir.ir_version = version
        refuse(f"ir_{version}", ir, "UNSUPPORTED",
               f"IR version {version} is not supported, only 1 to 14")
    two = network()
    two.opset_import.append(helper.make_opsetid("ai.onnx", 12))
    refuse("opset_two", two, "CORRUPT", "the model lists two operator sets")


# ------------------------------------------------------- scaled outside of them

def make_scaled_outside():
    """What ONNX Runtime answers to (scale v - mean) / std; 0 in place of scale: as the graph shows."""
    models = {"unit": network(), "bytes": convert(fitted(list("ABC"), StandardScaler(), top=255))}
    for name, model in models.items():
        save(f"outside_{name}", model)
        session = onnxruntime.InferenceSession(model.SerializeToString())
        for scale, mean, std in ((255, 0, 1), (1, 0.1307, 0.3081), (255, 127.5, 127.5), (-1, -1, 1),
                                 (0, 33.3, 78.6), (1, 0, 1)):
            shown = scale or (255 if name == "bytes" else 1)
            for row in np.round(random.uniform(size=(N_ROWS, N_INPUTS)) * 255) / 255:
                x = ((shown * row - mean) / std).astype(np.float32).reshape(1, -1)
                values = session.run(None, {"x": x})[-1].reshape(-1)
                outside.append((f"outside_{name}", scale, mean, std,
                                " ".join(f"{v:.9g}" for v in row),
                                " ".join(f"{v:.9g}" for v in values)))


# ----------------------------------------------------------- labels of encoders

def labeled(names, *nodes, ml=2):
    """A network of three classes, and a label that is made from the number of the largest, n."""
    model = network(out=("N", 3))
    for weights in model.graph.initializer:
        if weights.name in ("w2", "b2"):
            values = numpy_helper.to_array(weights)[..., :3]
            weights.CopyFrom(tensor(weights.name, values))
    model.graph.node.extend([node("ArgMax", "y", "n", axis=1, keepdims=0), *nodes])
    kind = T.STRING if isinstance(names[0], str) else T.INT64
    model.graph.output.insert(0, helper.make_tensor_value_info("label", kind, ("N",)))
    model.opset_import.append(helper.make_opsetid("ai.onnx.ml", ml))
    return model


def encoder(inputs="n", **attributes):
    return helper.make_node("LabelEncoder", [inputs], ["label"], domain="ai.onnx.ml", **attributes)


def make_encoded():
    words = ["b", "Q", "7"]
    accept("encoder_text", labeled(words, encoder(keys_int64s=[0, 1, 2], values_strings=words)), words)
    accept("encoder_order", labeled(
        words, node("Cast", "n", "i", to=T.INT64),
        encoder("i", keys_int64s=[2, 0, 1], values_strings=["7", "b", "Q"])), words)
    accept("encoder_numbers", labeled(
        [81], encoder(keys_int64s=[1, 0, 2], values_int64s=[81, 98, 55])), words)
    accept("encoder_floats", labeled(
        words, node("Cast", "n", "f", to=T.FLOAT),
        encoder("f", keys_floats=[0.0, 2.0, 1.0], values_strings=["b", "7", "Q"])), words)
    accept("encoder_tensors", labeled(words, encoder(
        keys_tensor=helper.make_tensor("k", T.INT64, (3,), [1, 2, 0]),
        values_tensor=helper.make_tensor("v", T.STRING, (3,), [b"Q", b"7", b"b"]),
        default_tensor=helper.make_tensor("d", T.STRING, (1,), [b"_"])), ml=4), words)
    accept("encoder_first", labeled(words, encoder(classes_strings=words), ml=1), words)
    accept("constant_text", labeled(
        words, node("Constant", "", "c", value_strings=[w.encode() for w in words]),
        helper.make_node("ArrayFeatureExtractor", ["c", "n"], ["label"], domain="ai.onnx.ml")), words)
    accept("constant_numbers", labeled(
        [98], node("Constant", "", "c", value_ints=[98, 81, 55]), node("Gather", "c n", "label")),
        words)
    needed = "the keys of the LabelEncoder for the classes are not 0 to 2: a mapping file is needed"
    refuse("encoder_keys", labeled(
        words, encoder(keys_int64s=[1, 2, 3], values_strings=words)), "UNSUPPORTED", needed)
    refuse("encoder_key_twice", labeled(
        words, encoder(keys_int64s=[1, 2, 1], values_strings=words)), "UNSUPPORTED", needed)
    refuse("encoder_few", labeled(
        words, encoder(keys_int64s=[0, 1], values_strings=words[:2])), "CORRUPT",
        "the model has 2 class labels for 3 classes")


# --------------------------------------------------------------- their answers

def accept(name, model, labels, top=1):
    rows = np.round(random.uniform(size=(N_ROWS, N_INPUTS)) * 255)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    elem = model.graph.input[0].type.tensor_type.elem_type
    shape = [d.dim_value or 1 for d in model.graph.input[0].type.tensor_type.shape.dim]
    for row in rows:
        x = row if top == 255 else (row / 255)
        x = x.astype(helper.tensor_dtype_to_np_dtype(elem)).reshape(shape)
        outputs = session.run(None, {"x": x})
        names = [o.name for o in session.get_outputs()]
        if len(outputs) > 2:  # a column for each class
            values = np.concatenate([o.reshape(1) for o in outputs[1:]])
        elif isinstance(outputs[-1], list):  # a map
            values = np.array(list(outputs[-1][0].values()))
        else:
            values = outputs[-1].reshape(-1)
        assert len(values) == len(labels), (name, names, len(values), len(labels))
        read.append((name, " ".join(labels), " ".join(f"{v:.9g}" for v in row / 255),
                     " ".join(f"{v:.9g}" for v in values)))
    save(name, model)


def refuse(name, model, status, message):
    refused.append((name, status, message))
    save(name, model)


def save(name, model):
    for node_ in model.graph.node:  # skl2onnx has them in the order of Python's hashes
        attributes = sorted(node_.attribute, key=lambda a: a.name)
        del node_.attribute[:]
        node_.attribute.extend(attributes)
    with open(os.path.join(FOLDER, name + ".onnx"), "wb") as file:
        file.write(model.SerializeToString(deterministic=True))


def write(name, heading, lines):
    with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as table:
        for line in [heading, *lines]:
            print(*line, sep="\t", file=table)


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    make_classifiers()
    make_scaled()
    make_whole_numbers()
    make_shapes()
    make_scaled_outside()
    make_encoded()
    write("outside.tsv", ("model", "scale", "mean", "std", "inputs", "probabilities"), outside)
    write("outputs.tsv", ("model", "labels", "inputs", "probabilities"), read)
    write("refused.tsv", ("model", "status", "message"), refused)
