#!/usr/bin/env python3
"""Holds what libemnist writes against its peers: every model is read by libemnist and written anew;
the onnx checker must accept what was written, ONNX Runtime must run it, and its probabilities must be
libemnist's to 1e-5.

    python3 lib/test/peers_onnx.py [--library build/libemnist.so] [MODEL.onnx]...

The default is all of testdata/models, and those of testdata/models/graphs that are read. Skipped without
numpy, onnx and onnxruntime; prints TAP.
"""
import argparse
import ctypes
import glob
import sys

try:
    import numpy as np
    import onnx
    import onnxruntime
except ImportError as error:
    print(f"1..0 # SKIP {error}")
    sys.exit(0)

TOLERANCE = 1e-5
N_ROWS = 37


def load_library(path):
    library = ctypes.CDLL(path)
    for name in ("emnist_model_n_inputs", "emnist_model_n_outputs"):
        getattr(library, name).restype = ctypes.c_size_t
    for name in ("emnist_model_free", "emnist_session_free"):
        getattr(library, name).restype = None
    return library


class Model:
    def __init__(self, library, path):
        self.library, self.handle = library, ctypes.c_void_p()
        status = library.emnist_model_read(path.encode(), None, ctypes.byref(self.handle), None)
        assert status == 0, f"emnist_model_read gives {status}"
        self.n_inputs = library.emnist_model_n_inputs(self.handle)
        self.n_outputs = library.emnist_model_n_outputs(self.handle)

    def encode(self):
        data, nbytes = ctypes.c_void_p(), ctypes.c_size_t()
        status = self.library.emnist_model_export(self.handle, None, ctypes.byref(data),
                                                  ctypes.byref(nbytes), None)
        assert status == 0, f"emnist_model_export gives {status}"
        copy = ctypes.string_at(data, nbytes.value)
        ctypes.CDLL(None).free(data)
        return copy

    def run(self, vectors):
        session = ctypes.c_void_p()
        outputs = np.empty((len(vectors), self.n_outputs), np.float32)
        pointer = lambda array: array.ctypes.data_as(ctypes.c_void_p)
        status = self.library.emnist_session_create(self.handle, ctypes.c_size_t(len(vectors)),
                                                    ctypes.byref(session), None)
        assert status == 0, f"emnist_session_create gives {status}"
        status = self.library.emnist_session_run(session, pointer(vectors),
                                                 ctypes.c_size_t(len(vectors)), pointer(outputs),
                                                 None)
        assert status == 0, f"emnist_session_run gives {status}"
        self.library.emnist_session_free(session)
        return outputs


def check(library, path, random):
    model = Model(library, path)
    written = model.encode()
    onnx.checker.check_model(written, full_check=True)
    proto = onnx.load_from_string(written)
    assert [o.version for o in proto.opset_import] == [17]
    assert ({p.key for p in proto.metadata_props} - {"emnist.input_scaling"} ==
            {"emnist.labels", "emnist.preprocess"})
    runtime = onnxruntime.InferenceSession(written)
    assert runtime.get_inputs()[0].shape == ["N", model.n_inputs]
    vectors = random.uniform(size=(N_ROWS, model.n_inputs)).astype(np.float32)
    theirs = runtime.run(["probabilities"], {"images": vectors})[0]
    difference = float(np.abs(theirs - model.run(vectors)).max())
    model.library.emnist_model_free(model.handle)
    assert difference <= TOLERANCE, f"the outputs differ by {difference:g}"
    return difference


def graphs():
    with open("testdata/models/graphs/outputs.tsv", encoding="utf-8") as table:
        names = {line.split("\t")[0] for line in list(table)[1:]}
    return [f"testdata/models/graphs/{name}.onnx" for name in sorted(names)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", default="build/libemnist.so")
    parser.add_argument("models", nargs="*")
    arguments = parser.parse_args()
    library = load_library(arguments.library)
    models = arguments.models or sorted(glob.glob("testdata/models/*.onnx")) + graphs()
    random = np.random.default_rng(1)
    n_failed = 0
    print(f"1..{len(models)}")
    for i, path in enumerate(models, 1):
        try:
            print(f"ok {i} - {path} ({check(library, path, random):.1g})")
        except Exception as error:
            n_failed += 1
            print(f"not ok {i} - {path}: {error}")
    return n_failed > 0 or not models


if __name__ == "__main__":
    sys.exit(main())
