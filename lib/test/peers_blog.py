#!/usr/bin/env python3
"""Runs the two functions that the blog series measured its deployments with, unchanged, against the
three protocols of `emnist serve`: its Flask application's, TensorFlow Serving's and GraphPipe's. With its
model, each has to find the 776 of its 1,000 images that it published.

    python3 lib/test/peers_blog.py [--program build/emnist] [--utils FILE] [--seconds N]

FILE is src/emnist_dl2prod/utils.py of github.com/mkurovski/emnist_dl2prod at d90818c, default
$EMNIST_DATA/seed/utils.py. Only how it loads EMNIST is replaced, and the libraries that it draws and loads
with. Needs numpy and requests; GraphPipe's part, what peers_graphpipe.py needs. Prints TAP; what is
missing is skipped.
"""
import argparse
import contextlib
import gzip
import importlib.util
import io
import os
import sys
import types
import urllib.error
import urllib.request

from serving import Tap, serve

try:
    import numpy as np
    import requests as _
except ImportError as error:
    print(f"1..0 # SKIP {error}")
    sys.exit(0)

DATA = os.environ.get("EMNIST_DATA", "")
N_RIGHT = "Accuracy on 1000 test images: 77.60%\n"


def read_idx(path):
    with gzip.open(path) as file:
        data = file.read()
    shape = np.frombuffer(data, ">i4", data[3], 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def load_emnist(_folder):
    """As the blog's: upright images as float32, labels in a column; no training images."""
    base = os.path.join(DATA, "emnist", "emnist-byclass-test-")
    images = read_idx(base + "images-idx3-ubyte.gz").transpose(0, 2, 1).astype(np.float32)
    labels = read_idx(base + "labels-idx1-ubyte.gz").reshape(-1, 1)
    return images[:0], labels[:0], np.ascontiguousarray(images), labels, None


def load_graphpipe():
    try:
        from graphpipe import convert, remote as _remote
        convert.serialize_infer_request(convert.InferReq(None, [np.zeros(1)]))
        return None
    except Exception as error:
        sys.modules["graphpipe"] = types.SimpleNamespace(remote=None)
        return f"no graphpipe that works: {error}"


def load_functions(path):
    """The blog's file as a module."""
    plots, matlab = types.ModuleType("matplotlib.pyplot"), types.ModuleType("scipy.io")
    matlab.loadmat = None
    sys.modules.update({"matplotlib": types.ModuleType("matplotlib"), "matplotlib.pyplot": plots,
                        "scipy": types.ModuleType("scipy"), "scipy.io": matlab})
    sys.modules["matplotlib"].pyplot = plots
    spec = importlib.util.spec_from_file_location("blog", path)
    blog = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(blog)
    loaded = load_emnist(None)
    blog.load_emnist = lambda folder: loaded
    return blog


def is_there(url):
    """Whether anything answers POST at this path."""
    try:
        urllib.request.urlopen(urllib.request.Request(url, data=b"{}"))
    except urllib.error.HTTPError as error:
        return error.code not in (404, 405)
    return True


def test(tap, blog, name, url, use_graphpipe, seconds):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        durations = blog.eval_serving_performance(1000, 0, url, use_graphpipe=use_graphpipe)
    tap.equal(f"{name}: 776 of 1,000", printed.getvalue(), N_RIGHT)
    print(f"# {name}: {np.mean(durations):.2f} ms a request")
    for batch in (1, 128):
        n, _rate = blog.eval_throughput(seconds, url, batch, use_graphpipe=use_graphpipe)
        tap.ok(f"{name}: requests of {batch}", n > 0)
        print(f"# {name}: {n / seconds:,.0f} images a second, {batch} in a request")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="build/emnist")
    parser.add_argument("--utils", default=os.path.join(DATA, "seed", "utils.py"))
    parser.add_argument("--seconds", type=float, default=1)
    arguments = parser.parse_args()
    model = os.path.join(DATA, "seed", "app", "dnn_model_pt.onnx")
    if not DATA or not os.path.exists(arguments.utils) or not os.path.exists(model):
        print("1..0 # SKIP no utils.py of the blog, or no EMNIST_DATA")
        return 0
    reason = load_graphpipe()
    blog = load_functions(arguments.utils)
    blog.logging.disable(blog.logging.INFO)
    tap = Tap()
    with serve(arguments.program, "--name", "tf_emnist", model) as url:
        for name, path in (("Flask", "/"), ("TensorFlow Serving", "/v1/models/tf_emnist:predict")):
            if is_there(url + path):
                test(tap, blog, name, url + path, False, arguments.seconds)
            else:
                tap.skip(name, "not served")
        if reason:
            tap.skip("GraphPipe", reason)
        else:
            test(tap, blog, "GraphPipe", url, True, arguments.seconds)
    return tap.finish()


sys.exit(main())
