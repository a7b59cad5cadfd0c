#!/usr/bin/env python3
"""Holds what `emnist model convert` writes against those who read it: the onnx checker and ONNX Runtime
(each operator set, any batch and a fixed one), TensorFlow (tf.saved_model.load, the loader of TensorFlow 1,
saved_model_cli, a frozen graph), PyTorch (safetensors), OpenCV (ONNX and the frozen graph): the same labels,
and scores that are libemnist's to 1e-5; and what `emnist model show` prints of ONNX files against Python's
onnx. What has no module here is skipped.

    python3 lib/test/peers_write.py [--build build]

The images are the first 1,000 of the test split in $EMNIST_DATA, else drawn at random. Needs numpy; prints
TAP.
"""
import argparse
import ctypes
import glob
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit(0)

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

TOLERANCE = 1e-5
N_IMAGES = 1000
OPSETS = range(7, 26)
ACTIVATIONS = ("relu", "elu", "leaky_relu", "selu", "sigmoid", "tanh")


class Emnist:
    """The program, and the library's answers."""

    def __init__(self, build):
        self.program = os.path.join(build, "emnist")
        self.library = ctypes.CDLL(os.path.join(build, "libemnist.so"))
        for name in ("emnist_model_n_inputs", "emnist_model_n_outputs"):
            getattr(self.library, name).restype = ctypes.c_size_t

    def convert(self, *arguments):
        subprocess.run([self.program, "model", "convert", *arguments], check=True)

    def show(self, *arguments):
        return json.loads(subprocess.check_output([self.program, "model", "show", "-f", "json",
                                                   *arguments]))

    def scores(self, path, vectors):
        """Of the model at path, None being the built-in one."""
        model, session = ctypes.c_void_p(), ctypes.c_void_p()
        pointer = lambda array: array.ctypes.data_as(ctypes.c_void_p)
        n = ctypes.c_size_t(len(vectors))
        if path:
            status = self.library.emnist_model_read(path.encode(), None, ctypes.byref(model), None)
        else:
            status = self.library.emnist_model_default(ctypes.byref(model), None)
        assert status == 0, f"reading the model gives {status}"
        outputs = np.empty((len(vectors), self.library.emnist_model_n_outputs(model)), np.float32)
        status = self.library.emnist_session_create(model, n, ctypes.byref(session), None)
        assert status == 0, f"emnist_session_create gives {status}"
        status = self.library.emnist_session_run(session, pointer(vectors), n, pointer(outputs), None)
        assert status == 0, f"emnist_session_run gives {status}"
        return outputs


def read_images():
    folder = os.environ.get("EMNIST_DATA", "")
    for path in glob.glob(os.path.join(folder, "emnist", "**", "*test-images-idx3-ubyte*"),
                          recursive=True) if folder else ():
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
            data = file.read(16 + N_IMAGES * 784)
        images = np.frombuffer(data, np.uint8, offset=16).reshape(-1, 28, 28)
        return (images.transpose(0, 2, 1).reshape(-1, 784) / 255).astype(np.float32)
    return np.random.default_rng(1).uniform(size=(N_IMAGES, 784)).astype(np.float32)


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


class Peers:
    def __init__(self, emnist, folder):
        self.emnist, self.folder = emnist, folder
        self.n_tests = self.n_failed = 0
        self.images = read_images()
        self.wanted = emnist.scores(None, self.images)
        self.models = [(f"testdata/models/dynamo_{name}.onnx", name) for name in ACTIVATIONS]
        self.vectors = np.random.default_rng(2).normal(size=(64, 6)).astype(np.float32)

    def path(self, name):
        return os.path.join(self.folder, name)

    def test(self, name, function):
        self.n_tests += 1
        try:
            difference = function()
            shown = "" if difference is None else f" ({difference:.1g})"
            print(f"ok {self.n_tests} - {name}{shown}", flush=True)
        except Exception as error:
            self.n_failed += 1
            text = str(error).replace("\n", " ")[:300]
            print(f"not ok {self.n_tests} - {name}: {type(error).__name__}: {text}", flush=True)

    def skip(self, name, reason):
        self.n_tests += 1
        print(f"ok {self.n_tests} - {name} # SKIP {reason}", flush=True)

    def compare(self, got, wanted=None):
        wanted = self.wanted if wanted is None else wanted
        assert got.shape == wanted.shape, f"of shape {got.shape}, not {wanted.shape}"
        assert (got.argmax(axis=1) == wanted.argmax(axis=1)).all(), "other labels"
        difference = float(np.abs(got - wanted).max())
        assert difference <= TOLERANCE, f"scores differ by {difference:g}"
        return difference


def batches(vectors, n):
    return [vectors[i:i + n] for i in range(0, len(vectors) - len(vectors) % n, n)]


# ------------------------------------------------------------------------- ONNX

def check_onnx(peers, opset, batch):
    import onnx
    import onnxruntime
    path = peers.path(f"opset{opset}-{batch}.onnx")
    peers.emnist.convert(path, "--opset", str(opset), "--batch", batch)
    proto = onnx.load(path)
    onnx.checker.check_model(proto, full_check=True)
    assert [o.version for o in proto.opset_import] == [opset]
    first = proto.graph.input[0].type.tensor_type.shape.dim[0]
    assert (first.dim_param or str(first.dim_value)) == ("N" if batch == "dynamic" else batch)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options)
    assert [i.name for i in session.get_inputs()] == ["images"]
    if batch == "dynamic":
        return peers.compare(session.run(["probabilities"], {"images": peers.images})[0])
    got = [session.run(["probabilities"], {"images": part})[0]
           for part in batches(peers.images, int(batch))]
    return peers.compare(np.concatenate(got), peers.wanted[:len(got) * int(batch)])


def check_logits(peers):
    import onnxruntime
    path = peers.path("logits.onnx")
    peers.emnist.convert(path, "--logits", "--input-name", "x", "--output-name", "y")
    session = onnxruntime.InferenceSession(path)
    return peers.compare(softmax(session.run(["y"], {"x": peers.images})[0]))


def check_activation_in_onnx(peers, model, opset):
    import onnxruntime
    path = peers.path("activation.onnx")
    peers.emnist.convert(model, path, "--opset", str(opset), "--force")
    session = onnxruntime.InferenceSession(path)
    return peers.compare(session.run(None, {"images": peers.vectors})[0],
                         peers.emnist.scores(model, peers.vectors))


def check_show(peers, path):
    import onnx
    proto = onnx.load(path)
    shown = peers.emnist.show(path)
    types = {onnx.TensorProto.FLOAT: "float32", onnx.TensorProto.FLOAT16: "float16",
             onnx.TensorProto.DOUBLE: "float64", onnx.TensorProto.BFLOAT16: "bfloat16"}
    initializers = {tensor.name for tensor in proto.graph.initializer}
    tensor = lambda value: {
        "name": value.name, "type": types[value.type.tensor_type.elem_type],
        "shape": [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]}
    assert shown["inputs"] == [tensor(i) for i in proto.graph.input if i.name not in initializers]
    assert shown["outputs"] == [tensor(o) for o in proto.graph.output]
    origin = shown["origin"]
    assert origin["ir_version"] == proto.ir_version
    assert origin["operators"] == len(proto.graph.node)
    assert origin.get("producer", "") == proto.producer_name
    assert origin.get("producer_version", "") == proto.producer_version
    assert origin["opset"] == [o.version for o in proto.opset_import if o.domain in ("", "ai.onnx")][0]
    with open(path, "rb") as file:
        data = file.read()
    assert shown["files"] == [{"name": None, "bytes": len(data),
                               "sha256": hashlib.sha256(data).hexdigest()}]


def test_onnx(peers):
    try:
        import onnx
        import onnxruntime
    except ImportError as error:
        return peers.skip("ONNX", str(error))
    for opset in OPSETS:
        for batch in ("dynamic", "8"):
            peers.test(f"ONNX Runtime {onnxruntime.__version__}, opset {opset}, batch {batch}",
                       lambda: check_onnx(peers, opset, batch))
    peers.test("ONNX without a softmax, by other names", lambda: check_logits(peers))
    for model, name in peers.models:
        for opset in (OPSETS[0], 17, OPSETS[-1]):
            peers.test(f"ONNX Runtime, {name}, opset {opset}",
                       lambda: check_activation_in_onnx(peers, model, opset))
    for path in sorted(glob.glob("testdata/models/*.onnx")):
        peers.test(f"onnx {onnx.__version__} says the same of {path}", lambda: check_show(peers, path))


# ------------------------------------------------------------------- TensorFlow

def saved_model(peers, *arguments):
    path = peers.path("saved_model")
    peers.emnist.convert(path, "--force", *arguments)
    return path


def check_saved_model(peers, tf, batch):
    model = tf.saved_model.load(saved_model(peers, "--batch", str(batch or "dynamic")))
    assert sorted(model.signatures) == ["predict_images", "serving_default"]
    difference = 0
    for signature in model.signatures.values():
        got = [signature(images=tf.constant(part))["scores"].numpy()
               for part in batches(peers.images, batch or len(peers.images))]
        got = np.concatenate(got)
        difference = max(difference, peers.compare(got, peers.wanted[:len(got)]))
    return difference


def check_loader_of_1(peers, tf):
    path = saved_model(peers)
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        meta = tf.compat.v1.saved_model.load(session, ["serve"], path)
        signature = meta.signature_def["predict_images"]
        assert signature.method_name == "tensorflow/serving/predict"
        got = session.run(signature.outputs["scores"].name,
                          {signature.inputs["images"].name: peers.images})
        labels = session.run("emnist_labels:0").decode()
        assert len(labels.splitlines()) == peers.wanted.shape[1]
        assert session.run("emnist_preprocess:0") == b"auto"
    return peers.compare(got)


def run_frozen(tf, path, vectors):
    graph = tf.compat.v1.GraphDef()
    with open(path, "rb") as file:
        graph.ParseFromString(file.read())
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.import_graph_def(graph, name="")
        return session.run("scores:0", {"images:0": vectors})


def check_frozen(peers, tf, model=None):
    path = peers.path("frozen.pb")
    peers.emnist.convert(*([model] if model else []), path, "--force")
    if model is None:
        return peers.compare(run_frozen(tf, path, peers.images))
    return peers.compare(run_frozen(tf, path, peers.vectors),
                         peers.emnist.scores(model, peers.vectors))


def check_own_parameters(peers, tf, activation, parameters):
    """What TensorFlow's operators have no parameters for."""
    import onnx
    model = onnx.load(f"testdata/models/dynamo_{activation}.onnx")
    for node in model.graph.node:
        if node.op_type.lower() == activation:
            del node.attribute[:]
            node.attribute.extend(onnx.helper.make_attribute(*item) for item in parameters.items())
    path = peers.path("parameters.onnx")
    onnx.save(model, path)
    return check_frozen(peers, tf, path)


def check_signatures(peers, tf):
    """Of the message that saved_model_cli prints."""
    from tensorflow.core.protobuf import saved_model_pb2
    path = saved_model(peers)
    saved = saved_model_pb2.SavedModel()
    with open(os.path.join(path, "saved_model.pb"), "rb") as file:
        saved.ParseFromString(file.read())
    tensors = lambda side: [
        {"key": key, "name": side[key].name,
         "type": tf.dtypes.as_dtype(side[key].dtype).name,
         "shape": [dim.size for dim in side[key].tensor_shape.dim]} for key in sorted(side)]
    wanted = [{"name": name, "method": signature.method_name, "inputs": tensors(signature.inputs),
               "outputs": tensors(signature.outputs)}
              for name, signature in sorted(saved.meta_graphs[0].signature_def.items())]
    assert peers.emnist.show(path)["signatures"] == wanted


def test_tensorflow(peers):
    try:
        import tensorflow as tf
    except ImportError as error:
        return peers.skip("TensorFlow", str(error))
    version = f"TensorFlow {tf.__version__}"
    peers.test(f"{version} loads the SavedModel", lambda: check_saved_model(peers, tf, None))
    peers.test(f"{version} loads one of batch 8", lambda: check_saved_model(peers, tf, 8))
    peers.test(f"{version} loads it as 1.x did", lambda: check_loader_of_1(peers, tf))
    peers.test(f"{version} reads the same signatures", lambda: check_signatures(peers, tf))
    peers.test(f"{version} imports the frozen graph", lambda: check_frozen(peers, tf))
    for model, name in peers.models:
        peers.test(f"{version}, {name}", lambda: check_frozen(peers, tf, model))
    for activation, parameters in (("elu", {"alpha": 0.37}), ("elu", {"alpha": 2.5}),
                                   ("selu", {"alpha": 1.25, "gamma": 0.75})):
        peers.test(f"{version}, {activation} of {parameters}",
                   lambda: check_own_parameters(peers, tf, activation, parameters))


# ------------------------------------------------------------ PyTorch and OpenCV

def check_safetensors(peers, model=None):
    import torch
    from safetensors import safe_open
    modules = {"relu": torch.nn.ReLU, "elu": torch.nn.ELU, "leaky_relu": torch.nn.LeakyReLU,
               "selu": torch.nn.SELU, "sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh}
    path = peers.path("weights.safetensors")
    peers.emnist.convert(*([model] if model else []), path, "--force")
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
        state = {key: file.get_tensor(key) for key in file.keys()}
    layers = []
    for name, alpha in re.findall(r"([a-z_]+)(?:\(([^,)]*)[^)]*\))?", metadata["emnist.activations"]):
        n_outputs, n_inputs = state[f"{len(layers)}.weight"].shape
        layers.append(torch.nn.Linear(n_inputs, n_outputs))
        if name in ("elu", "leaky_relu"):  # SELU's constants cannot be given in PyTorch
            layers.append(modules[name](float(alpha)))
        elif name != "identity":
            layers.append(modules[name]())
    if metadata["emnist.softmax"] == "true":
        layers.append(torch.nn.Softmax(dim=1))
    network = torch.nn.Sequential(*layers)
    network.load_state_dict(state)
    assert metadata["format"] == "pt" and "emnist.labels" in metadata
    vectors = peers.vectors if model else peers.images
    with torch.no_grad():
        got = network(torch.from_numpy(vectors)).numpy()
    return peers.compare(got, peers.emnist.scores(model, vectors) if model else None)


def test_torch(peers):
    try:
        import safetensors
        import torch
    except ImportError as error:
        return peers.skip("PyTorch", str(error))
    peers.test(f"PyTorch {torch.__version__} loads the safetensors", lambda: check_safetensors(peers))
    for model, name in peers.models:
        peers.test(f"PyTorch {torch.__version__}, {name}", lambda: check_safetensors(peers, model))


def check_opencv(peers, cv2, path, read, *arguments):
    peers.emnist.convert(peers.path(path), *arguments)
    network = read(peers.path(path))
    network.setInput(peers.images)
    return peers.compare(network.forward())


def test_opencv(peers):
    try:
        import cv2
    except ImportError as error:
        return peers.skip("OpenCV", str(error))
    version = f"OpenCV {cv2.__version__}"
    for opset in (9, 11, 13, 17):
        peers.test(f"{version} reads ONNX, opset {opset}",
                   lambda: check_opencv(peers, cv2, f"cv{opset}.onnx", cv2.dnn.readNetFromONNX, "--opset",
                                        str(opset)))
    if hasattr(cv2.dnn, "readNetFromTensorflow"):
        peers.test(f"{version} reads the frozen graph",
                   lambda: check_opencv(peers, cv2, "cv.pb", cv2.dnn.readNetFromTensorflow))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        peers = Peers(Emnist(arguments.build), folder)
        for test in (test_onnx, test_tensorflow, test_torch, test_opencv):
            test(peers)
        print(f"1..{peers.n_tests}")
    return peers.n_failed > 0


if __name__ == "__main__":
    sys.exit(main())
