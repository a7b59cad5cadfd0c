#!/usr/bin/env python3
"""Makes models with Keras, TensorFlow, scikit-learn and PyTorch, as many of them as are installed,
and holds what libemnist reads of each file against what its own runtime says: probabilities to 1e-5.

    python3 lib/test/peers_read.py [--library build/libemnist.so] [--record DIRECTORY]

With --record the files and the probabilities (outputs.tsv) go to DIRECTORY: that is how
testdata/models/peers was made. Prints TAP; what is not installed is skipped.
"""
import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from peers_onnx import Model, load_library

TOLERANCE = 1e-5
SIDE, N_INPUTS, N_CLASSES, N_ROWS = 4, 16, 10, 5
BYTES = 255  # what a model's input is times ours, where it takes pixels of 0..255
random = np.random.default_rng(1)
VECTORS = random.uniform(size=(N_ROWS, N_INPUTS)).astype(np.float32)

MAKERS = []


def maker(name, scale=1):
    """A function that writes a model to path and returns its runtime: rows -> probabilities."""
    def register(function):
        MAKERS.append((name, function, scale))
        return function
    return register


def randomise(variables):
    """Weights that are not what a fresh model has: biases of 0 and variances of 1 hide mistakes."""
    for v in variables:
        value = random.normal(size=v.shape, scale=0.5).astype(np.float32)
        if "variance" in v.name:
            value = np.abs(value) + 0.1
        if value.dtype == v.dtype or "float32" in str(v.dtype):
            v.assign(value)


# ---------------------------------------------------------------------- Keras

def keras_image(keras):
    layers = keras.layers
    model = keras.Sequential([
        keras.Input((SIDE, SIDE, 1)), layers.Rescaling(1 / 255), layers.Permute((2, 1, 3)),
        layers.Flatten(), layers.Dense(8, activation="elu"), layers.BatchNormalization(),
        layers.Dropout(0.2), layers.Dense(7), layers.LeakyReLU(), layers.Dense(6, activation="selu"),
        layers.Dense(N_CLASSES, activation="softmax")])
    randomise(model.weights)
    return model


def keras_small(keras):
    layers = keras.layers
    model = keras.Sequential([keras.Input((N_INPUTS,)), layers.Dense(8, activation="relu"),
                              layers.Dense(N_CLASSES, activation="softmax")])
    randomise(model.weights)
    return model


def keras_vector(keras):
    layers = keras.layers
    model = keras.Sequential([
        keras.Input((N_INPUTS,)),
        layers.Normalization(mean=random.uniform(0, 1, N_INPUTS),
                             variance=random.uniform(0.01, 0.2, N_INPUTS)),
        layers.Dense(8), layers.BatchNormalization(), layers.Activation("relu"),
        layers.Dense(7, activation="tanh"), layers.Dense(6, activation="sigmoid"),
        layers.Dense(N_CLASSES), layers.Softmax()])
    randomise([w for w in model.weights if "normalization/" not in w.path or "batch" in w.path])
    return model


def keras_runtime(model, shape):
    return lambda rows: np.asarray(model.predict(rows.reshape(shape), verbose=0))


def freeze(function, shape):
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import \
        convert_variables_to_constants_v2
    concrete = tf.function(function).get_concrete_function(tf.TensorSpec(shape, tf.float32))
    return convert_variables_to_constants_v2(concrete).graph.as_graph_def().SerializeToString()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


IMAGE, ROW = (-1, SIDE, SIDE, 1), (-1, N_INPUTS)


@maker("keras_image_frozen.pb", BYTES)
def keras_image_frozen(path):
    import keras
    model = keras_image(keras)
    write(path, freeze(lambda x: model(x, training=False), (None, SIDE, SIDE, 1)))
    return keras_runtime(model, IMAGE)


@maker("keras_vector_frozen.pb")
def keras_vector_frozen(path):
    import keras
    model = keras_vector(keras)
    write(path, freeze(lambda x: model(x, training=False), (None, N_INPUTS)))
    return keras_runtime(model, ROW)


@maker("keras_image_exported", BYTES)
def keras_image_exported(path):
    import keras
    model = keras_image(keras)
    model.export(path, verbose=False)
    return keras_runtime(model, IMAGE)


@maker("keras_vector_exported")
def keras_vector_exported(path):
    import keras
    model = keras_vector(keras)
    model.export(path, verbose=False)
    return keras_runtime(model, ROW)


@maker("keras_vector_saved")
def keras_vector_saved(path):
    import keras
    import tensorflow as tf
    model = keras_vector(keras)
    tf.saved_model.save(model, path)
    return keras_runtime(model, ROW)


@maker("keras_small_exported")
def keras_small_exported(path):
    import keras
    model = keras_small(keras)
    model.export(path, verbose=False)
    return keras_runtime(model, ROW)


@maker("keras_small_saved")
def keras_small_saved(path):
    import keras
    import tensorflow as tf
    model = keras_small(keras)
    tf.saved_model.save(model, path)
    return keras_runtime(model, ROW)


@maker("keras2_vector_saved")
def keras2_vector_saved(path):
    import tf_keras
    layers = tf_keras.layers
    model = tf_keras.Sequential([
        layers.Dense(8, activation="relu", input_shape=(N_INPUTS,)), layers.BatchNormalization(),
        layers.Dense(N_CLASSES, activation="softmax")])
    randomise(model.weights)
    model.save(path, save_format="tf")
    return keras_runtime(model, ROW)


@maker("keras_image_tf2onnx.onnx", BYTES)
def keras_image_tf2onnx(path):
    import keras
    import tensorflow as tf
    import tf2onnx
    model = keras_image(keras)
    function = tf.function(lambda x: model(x, training=False))
    proto, _ = tf2onnx.convert.from_function(
        function, input_signature=[tf.TensorSpec((None, SIDE, SIDE, 1), tf.float32)], opset=17)
    write(path, proto.SerializeToString())
    return keras_runtime(model, IMAGE)


@maker("keras_small_exported.onnx")
def keras_small_exported_onnx(path):
    import keras
    model = keras_small(keras)
    model(VECTORS)
    model.export(path, format="onnx", verbose=False)
    return keras_runtime(model, ROW)


# ----------------------------------------------------------------- TensorFlow

def weights_of(*widths):
    return [(random.normal(size=(a, b), scale=0.5).astype(np.float32),
             random.normal(size=b, scale=0.5).astype(np.float32))
            for a, b in zip(widths, widths[1:])]


def tensorflow_frozen(path, activation, shape=(None, N_INPUTS)):
    import tensorflow as tf
    layers = [(tf.constant(w), tf.constant(b)) for w, b in weights_of(N_INPUTS, 8, 7, N_CLASSES)]

    def network(x):
        x = tf.reshape(x, [tf.shape(x)[0], -1])
        for i, (w, b) in enumerate(layers):
            x = tf.matmul(x, w) + b
            x = activation(tf, x) if i + 1 < len(layers) else tf.nn.softmax(x)
        return x
    write(path, freeze(network, shape))
    return lambda rows: network(tf.reshape(rows, [-1] + list(shape[1:]))).numpy()


@maker("tensorflow_elu_of_parts.pb")
def tensorflow_elu_of_parts(path):
    def elu(tf, x):
        return (tf.cast(x < 0, tf.float32) * 0.7 * (tf.exp(x) - 1) +
                tf.cast(x >= 0, tf.float32) * x)
    return tensorflow_frozen(path, elu, (None, SIDE, SIDE))


@maker("tensorflow_elu_where.pb")
def tensorflow_elu_where(path):
    return tensorflow_frozen(path, lambda tf, x: tf.where(x > 0.0, x, tf.math.expm1(x)))


@maker("tensorflow_leaky_maximum.pb")
def tensorflow_leaky_maximum(path):
    return tensorflow_frozen(path, lambda tf, x: tf.maximum(0.125 * x, x))


@maker("tensorflow_sigmoid_of_parts.pb")
def tensorflow_sigmoid_of_parts(path):
    return tensorflow_frozen(path, lambda tf, x: 3.0 / (1.0 + tf.exp(-x)) - 1.0)


@maker("tensorflow1_saved")
def tensorflow1_saved(path):
    import tensorflow as tf
    v1 = tf.compat.v1
    layers = weights_of(N_INPUTS, 8, N_CLASSES)
    with tf.Graph().as_default(), v1.Session() as session:
        x = start = v1.placeholder(tf.float32, (None, N_INPUTS), name="x")
        for i, (w, b) in enumerate(layers):
            x = tf.matmul(x, v1.Variable(w, use_resource=i == 0)) + v1.Variable(b)
            x = tf.nn.relu(x) if i == 0 else tf.nn.softmax(x, name="scores")
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, path, {"images": start}, {"scores": x})
        expected = session.run(x, {start: VECTORS})
    return lambda rows: expected


# --------------------------------------------------------------- scikit-learn

def sklearn_onnx(path, scaler, activation, options, scale=1):
    import onnxruntime
    from skl2onnx import to_onnx
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    rows = random.uniform(size=(200, N_INPUTS)).astype(np.float32) * np.float32(scale)
    rows[:, 3] = 0  # a pixel that is always the same
    mlp = MLPClassifier((8, 7), activation=activation, max_iter=30, random_state=1)
    model = make_pipeline(scaler, mlp) if scaler else mlp
    model.fit(rows, np.arange(200) % N_CLASSES)
    proto = to_onnx(model, rows[:1], options={id(mlp): options} if not scaler else
                    {id(model): options}, target_opset={"": 18, "ai.onnx.ml": 3})
    write(path, proto.SerializeToString())
    return lambda x: model.predict_proba(x).astype(np.float32)


@maker("sklearn_zipmap.onnx")
def sklearn_zipmap(path):
    return sklearn_onnx(path, None, "relu", {"zipmap": True})


@maker("sklearn_plain.onnx")
def sklearn_plain(path):
    return sklearn_onnx(path, None, "logistic", {"zipmap": False})


@maker("sklearn_standard_scaler.onnx", BYTES)
def sklearn_standard_scaler(path):
    from sklearn.preprocessing import StandardScaler
    return sklearn_onnx(path, StandardScaler(), "tanh", {"zipmap": False}, BYTES)


@maker("sklearn_min_max_scaler.onnx", BYTES)
def sklearn_min_max_scaler(path):
    from sklearn.preprocessing import MinMaxScaler
    return sklearn_onnx(path, MinMaxScaler(), "relu", {"zipmap": True}, BYTES)


# -------------------------------------------------------------------- PyTorch

def torch_model(torch, activation):
    nn = torch.nn
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(N_INPUTS, 8), activation, nn.Linear(8, 7), activation,
                         nn.Linear(7, N_CLASSES))


def torch_runtime(torch, model):
    model.eval()

    def run(rows):
        with torch.no_grad():
            return torch.softmax(model(torch.from_numpy(rows)), 1).numpy()
    return run


@maker("torch_state.safetensors")
def torch_state(path):
    import torch
    from safetensors.torch import save_file
    model = torch_model(torch, torch.nn.ReLU())
    save_file(model.state_dict(), path)
    return torch_runtime(torch, model)


@maker("torch_state_bfloat16.safetensors")
def torch_state_bfloat16(path):
    import torch
    from safetensors.torch import save_file
    model = torch_model(torch, torch.nn.ReLU()).bfloat16()
    save_file(model.state_dict(), path)
    return torch_runtime(torch, model.float())


@maker("torch_state_by_size.safetensors")
def torch_state_by_size(path):
    """Modules whose names are in another order than they are run in."""
    import torch
    from safetensors.torch import save_file
    model = torch_model(torch, torch.nn.ReLU())
    names = {"0": "net.third", "2": "net.second", "4": "net.first"}
    save_file({names[k.split(".")[0]] + "." + k.split(".")[1]: v
               for k, v in model.state_dict().items()}, path)
    return torch_runtime(torch, model)


@maker("torch_external.onnx")
def torch_external(path):
    import onnx
    import torch
    model = torch_model(torch, torch.nn.ELU())
    torch.onnx.export(model, (torch.zeros(1, N_INPUTS),), path, dynamo=True, verbose=False,
                      external_data=False)
    proto = onnx.load(path)
    onnx.save(proto, path, save_as_external_data=True, location=os.path.basename(path) + ".data",
              size_threshold=0)
    return torch_runtime(torch, model)


@maker("torch_transposed.onnx", BYTES)
def torch_transposed(path):
    """Images that are turned by the model itself, as EMNIST's are transposed."""
    import torch

    class Turned(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = torch_model(torch, torch.nn.SELU())

        def forward(self, x):
            return self.layers((x / 255).transpose(1, 2).flatten(1))
    model = Turned().eval()
    torch.onnx.export(model, (torch.zeros(2, SIDE, SIDE),), path, dynamo=False, verbose=False)
    return lambda rows: torch_runtime(torch, model)(rows.reshape(-1, SIDE, SIDE))


# ------------------------------------------------------------------- comparing

def numbers(values):
    return " ".join(f"{v:.9g}" for v in values)


def check(library, name, make, scale, folder, record):
    path = os.path.join(folder, name)
    runtime = make(path)
    theirs = np.asarray(runtime(VECTORS * np.float32(scale)))
    model = Model(library, path)
    assert model.n_inputs == N_INPUTS and model.n_outputs == N_CLASSES
    difference = float(np.abs(theirs - model.run(VECTORS)).max())
    if record is not None:
        for vector, probabilities in zip(VECTORS, theirs):
            record.append("\t".join((name, numbers(vector), numbers(probabilities))))
    assert difference <= TOLERANCE, f"the outputs differ by {difference:g}"
    return difference


def try_all(arguments, folder, makers, first, queue):
    """Makers of one library, in a process of their own: not all of them bear each other."""
    library = load_library(arguments.library)
    record, n_failed = [] if arguments.record else None, 0
    for i, (name, make, scale) in enumerate(makers, first):
        try:
            difference = check(library, name, make, scale, folder, record)
            print(f"ok {i} - {name} ({difference:.1g})", flush=True)
        except ImportError as missing:
            print(f"ok {i} - {name} # SKIP {missing.name} is not installed", flush=True)
        except Exception as error:
            n_failed += 1
            print(f"not ok {i} - {name}: {str(error).splitlines()[0]}", flush=True)
    queue.put((n_failed, record))


# A recorded model's largest file: others are made and compared, but not kept.
MAX_RECORDED_NBYTES = 60000


def nbytes_of(path):
    files = [path] + [os.path.join(root, file) for root, _, names in os.walk(path)
                      for file in names if file not in LEFT_OUT]
    return max(os.path.getsize(file) for file in files)


def drop_large(folder, rows):
    for name in {row.split("\t")[0] for row in rows[1:]}:
        path = os.path.join(folder, name)
        if nbytes_of(path) > MAX_RECORDED_NBYTES:
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
            rows = [row for row in rows if not row.startswith(name + "\t")]
    return rows


# What TensorFlow does not need to load a SavedModel, nor we.
LEFT_OUT = ("fingerprint.pb", "keras_metadata.pb")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", default="build/libemnist.so")
    parser.add_argument("--record", metavar="DIRECTORY")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    folder = arguments.record or tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    makers = [m for m in MAKERS if not arguments.names or m[0] in arguments.names]
    rows, n_failed, first = ["model\tinputs\tprobabilities"], 0, 1
    print(f"1..{len(makers)}", flush=True)
    for kind in ("keras", "tensorflow", "sklearn", "torch"):
        own = [m for m in makers if m[0].rstrip("0123456789").startswith(kind)]
        queue = multiprocessing.Queue()
        process = multiprocessing.Process(target=try_all,
                                          args=(arguments, folder, own, first, queue))
        process.start()
        failed, record = queue.get()
        process.join()
        n_failed, first, rows = n_failed + failed, first + len(own), rows + (record or [])
    if arguments.record:
        rows = drop_large(folder, rows)
        for root, _, files in os.walk(folder):
            for file in set(files) & set(LEFT_OUT):
                os.remove(os.path.join(root, file))
        write(os.path.join(folder, "outputs.tsv"), ("\n".join(rows) + "\n").encode())
    else:
        shutil.rmtree(folder)
    return n_failed > 0


if __name__ == "__main__":
    sys.exit(main())
