#!/usr/bin/env python3
"""Asks `emnist serve` as clients of TensorFlow Serving do: curl with the commands of its documentation,
requests, ovmsclient and kserve, which are clients of its REST API by others. What they get must be
what the library gives, bit for bit.

    python3 lib/test/peers_tfs.py [--build build]

Prints TAP; what is missing of numpy, requests, ovmsclient, kserve and curl is skipped.
"""
import argparse
import asyncio
import base64
import ctypes
import gzip
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile


def module(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


np = module("numpy")
requests = module("requests")
ovmsclient = module("ovmsclient")
kserve = module("kserve")
if not np:
    print("1..0 # SKIP no numpy")
    sys.exit(0)

SAMPLES = sorted("testdata/samples/" + name for name in os.listdir("testdata/samples")
                 if name.endswith((".png", ".jpg")))
failures = 0
n_tests = 0


def is_true(name, condition):
    global failures, n_tests
    n_tests += 1
    failures += not condition
    print(f"{'ok' if condition else 'not ok'} {n_tests} - {name}")


def skip(name, reason):
    global n_tests
    n_tests += 1
    print(f"ok {n_tests} - {name} # SKIP {reason}")


class Library:
    """What the answers must be."""

    def __init__(self, path):
        self.lib = ctypes.CDLL(path)
        self.model, self.reader = ctypes.c_void_p(), ctypes.c_void_p()
        assert self.lib.emnist_model_default(ctypes.byref(self.model), None) == 0
        assert self.lib.emnist_reader_create(None, ctypes.byref(self.reader), None) == 0

    def read(self, path):
        vector = np.zeros(784, np.float32)
        assert self.lib.emnist_read_file(self.reader, path.encode(),
                                         vector.ctypes.data_as(ctypes.c_void_p), None) == 0
        return vector

    def run(self, vectors):
        vectors = np.ascontiguousarray(vectors, np.float32)
        n = ctypes.c_size_t(len(vectors))
        session = ctypes.c_void_p()
        probabilities = np.zeros((len(vectors), 62), np.float32)
        assert self.lib.emnist_session_create(self.model, n, ctypes.byref(session), None) == 0
        assert self.lib.emnist_session_run(
            session, vectors.ctypes.data_as(ctypes.c_void_p), n,
            probabilities.ctypes.data_as(ctypes.c_void_p), None) == 0
        self.lib.emnist_session_free(session)
        return probabilities


def equal(answer, wanted):
    return np.array_equal(np.asarray(answer, np.float64).astype(np.float32), wanted)


def b64(path):
    with open(path, "rb") as file:
        return {"b64": base64.b64encode(file.read()).decode()}


def vectors_of_dataset():
    """Of EMNIST where it is, else random ones."""
    path = os.environ.get("EMNIST_DATA", "") + "/emnist/emnist-byclass-test-images-idx3-ubyte.gz"
    if not os.path.exists(path):
        return np.random.default_rng(1).random((300, 784)).astype(np.float32)
    with gzip.open(path) as file:
        pixels = np.frombuffer(file.read(16 + 1000 * 784)[16:], np.uint8)
    return (pixels.reshape(-1, 28, 28).transpose(0, 2, 1).reshape(-1, 784) /
            np.float32(255)).astype(np.float32)


def with_requests(url, library, vectors):
    wanted = library.run(vectors)
    session = requests.Session()
    predict = url + "/v1/models/emnist:predict"

    answer = session.post(predict, json={"instances": vectors.tolist()})
    is_true("requests: rows", equal(answer.json()["predictions"], wanted))
    is_true("requests: the type of the answer",
            answer.headers["Content-Type"] == "application/json")
    answer = session.post(predict, json={"inputs": {"images": vectors.tolist()}})
    is_true("requests: a column", equal(answer.json()["outputs"], wanted))
    answer = session.post(predict, json={"instances": [{"images": v.reshape(28, 28, 1).tolist()}
                                                       for v in vectors[:10]]})
    is_true("requests: named rows of pixels", equal(answer.json()["predictions"], wanted[:10]))
    body = gzip.compress(json.dumps({"instances": vectors.tolist()}).encode())
    answer = session.post(predict, data=body, headers={"Content-Encoding": "gzip"})
    is_true("requests: gzip", equal(answer.json()["predictions"], wanted))

    wanted = library.run([library.read(path) for path in SAMPLES])
    answer = session.post(predict, json={"instances": [b64(path) for path in SAMPLES]})
    is_true("requests: image files", equal(answer.json()["predictions"], wanted))
    mixed = [b64(path) for path in SAMPLES]
    mixed[1:1] = vectors[:3].tolist()
    answer = session.post(predict, json={"instances": mixed})
    wanted = np.vstack((wanted[:1], library.run(vectors[:3]), wanted[1:]))
    is_true("requests: image files among rows", equal(answer.json()["predictions"], wanted))

    labels = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    answer = session.post(url + "/v1/models/emnist:classify", json={
        "examples": [{"image/encoded": b64(path)} for path in SAMPLES]}).json()["results"]
    wanted = library.run([library.read(path) for path in SAMPLES])
    is_true("requests: classify", all(
        {label: np.float32(score) for label, score in pairs} == dict(zip(labels, row)) and
        pairs == sorted(pairs, key=lambda pair: -pair[1])
        for pairs, row in zip(answer, wanted)) and len(answer) == len(wanted))


def with_curl(url, library):
    def curl(*arguments):
        return json.loads(subprocess.run(["curl", "-s", *arguments], capture_output=True,
                                         check=True).stdout)

    row = library.read(SAMPLES[0])
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"instances": [row.tolist()]}, file)
        file.flush()
        answer = curl("-d", "@" + file.name, "-X", "POST", url + "/v1/models/emnist:predict")
        is_true("curl -d -X POST :predict",
                equal(answer["predictions"], library.run([row])))
        answer = curl("--data-binary", "@" + file.name, "-H", "Expect: 100-continue",
                      url + "/v1/models/emnist/versions/1:predict")
        is_true("curl with Expect: 100-continue",
                equal(answer["predictions"], library.run([row])))
    answer = curl(url + "/v1/models/emnist")
    is_true("curl status", answer["model_version_status"][0] == {
        "version": "1", "state": "AVAILABLE",
        "status": {"error_code": "OK", "error_message": ""}})
    answer = curl(url + "/v1/models/emnist/metadata")
    signature = answer["metadata"]["signature_def"]["signature_def"]["serving_default"]
    is_true("curl metadata", [d["size"] for d in
                              signature["inputs"]["images"]["tensor_shape"]["dim"]] ==
            ["-1", "784"])


def with_ovmsclient(url, library, vectors):
    client = ovmsclient.make_http_client(url.removeprefix("http://"))
    status = client.get_model_status("emnist", 1)
    is_true("ovmsclient: status", status == {
        1: {"state": "AVAILABLE", "error_code": 0, "error_message": ""}})
    metadata = client.get_model_metadata("emnist", 1)
    # It takes apart that of its own server, and hands on that of TensorFlow Serving.
    is_true("ovmsclient: metadata",
            metadata["model_spec"] == {"name": "emnist", "signature_name": "", "version": "1"} and
            "serving_default" in metadata["metadata"]["signature_def"]["signature_def"])
    answer = client.predict({"images": vectors[:50]}, "emnist", 1)
    is_true("ovmsclient: predict", equal(answer, library.run(vectors[:50])))
    for name, call, error in (
            ("unknown model", lambda: client.predict({"images": vectors[:1]}, "none", 1),
             ovmsclient.tfs_compat.base.errors.ModelNotFoundError),
            ("unknown version", lambda: client.get_model_status("emnist", 7),
             ovmsclient.tfs_compat.base.errors.ModelNotFoundError),
            ("wrong width", lambda: client.predict({"images": vectors[:1, :10]}, "emnist", 1),
             ovmsclient.tfs_compat.base.errors.InvalidInputError)):
        try:
            call()
            is_true("ovmsclient: " + name, False)
        except error:
            is_true("ovmsclient: " + name, True)


async def with_kserve(url, library, vectors):
    client = kserve.InferenceRESTClient(kserve.RESTConfig(protocol="v1"))
    answer = await client.infer(url, {"instances": vectors[:20].tolist()}, model_name="emnist")
    is_true("kserve, version 1", equal(answer["predictions"], library.run(vectors[:20])))
    await client.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=os.environ.get("BUILD", "build"))
    build = parser.parse_args().build
    library = Library(os.path.abspath(build + "/libemnist.so"))
    vectors = vectors_of_dataset()
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(folder + "/emnist")
        subprocess.run([build + "/emnist", "model", "convert", folder + "/emnist/1/"], check=True)
        server = subprocess.Popen([build + "/emnist", "serve", "--listen", "127.0.0.1:0",
                                   folder + "/emnist"], stderr=subprocess.PIPE, text=True)
        for line in server.stderr:
            if "listening on" in line:
                url = line.split()[-1]
                break
        try:
            if requests:
                with_requests(url, library, vectors)
            else:
                skip("requests", "no requests")
            if shutil.which("curl"):
                with_curl(url, library)
            else:
                skip("curl", "no curl")
            if ovmsclient:
                with_ovmsclient(url, library, vectors)
            else:
                skip("ovmsclient", "no ovmsclient")
            if kserve:
                asyncio.run(with_kserve(url, library, vectors))
            else:
                skip("kserve", "no kserve")
        finally:
            server.send_signal(signal.SIGTERM)
            is_true("the server ends", server.wait() == 0)
    print(f"1..{n_tests}")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
