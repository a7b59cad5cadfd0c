#!/usr/bin/env python3
"""Calls `emnist serve` with clients of the Open Inference Protocol as they are: tritonclient, and KServe's
InferenceRESTClient, which also speaks the protocol of TensorFlow Serving.

    python3 lib/test/peers_v2.py [--program build/emnist]

Prints TAP; a client that is not installed is skipped.
"""
import argparse
import asyncio
import base64
import sys

from serving import Tap, classify, serve

try:
    import numpy as np
except ImportError as error:
    print(f"1..0 # SKIP {error}")
    sys.exit(0)

MODEL = "emnist"
# The first looks like EMNIST, so that its pixels are what the model sees; those are in ROW.
ROW = "lib/fuzz/corpus/oip/raw-row"
PATHS = ["testdata/samples/capital-g-emnist.png", "testdata/samples/digit-3-photo.jpg"]


class Images:
    def __init__(self, program):
        answers = classify(program, *PATHS)
        self.labels = [label for label, _ in answers]
        self.probabilities = np.array([probabilities for _, probabilities in answers])
        self.files = [open(path, "rb").read() for path in PATHS]
        with open(ROW, "rb") as file:
            self.rows = np.frombuffer(file.read()[2:], np.float32).reshape(1, 784)
        self.pixels = np.rint(self.rows * 255).astype(np.uint8)


# ----------------------------------------------------------------- tritonclient

def triton(tap, url, images):
    try:
        import tritonclient.http as http
    except ImportError as error:
        tap.skip("tritonclient", error)
        return
    client = http.InferenceServerClient(url.removeprefix("http://"))
    output = http.InferRequestedOutput

    def infer(data, datatype, binary=True, outputs=None, **options):
        tensor = http.InferInput("images", list(data.shape), datatype)
        tensor.set_data_from_numpy(data, binary_data=binary)
        result = client.infer(MODEL, [tensor], outputs=outputs, request_id="id 7", **options)
        assert result.get_response()["id"] == "id 7"
        return result.as_numpy("probabilities")

    def same(name, got, wanted, tolerance=1e-6):
        got = np.array(got)
        tap.ok(f"tritonclient: {name}", got.shape == np.array(wanted).shape and
               np.abs(got - wanted).max() < tolerance, got)

    def objects(values):
        return np.array(values, dtype=object)

    tap.ok("tritonclient: live, ready", client.is_server_live() and client.is_server_ready())
    tap.ok("tritonclient: the model is ready",
           client.is_model_ready(MODEL) and client.is_model_ready(MODEL, "1") and
           not client.is_model_ready("other") and not client.is_model_ready(MODEL, "2"))
    tap.equal("tritonclient: metadata", client.get_model_metadata(MODEL)["inputs"],
              [{"name": "images", "datatype": "FP32", "shape": [-1, 784]}])
    tap.ok("tritonclient: the server's", client.get_server_metadata()["name"] == "emnist")

    first = images.probabilities[:1]
    text = [output("probabilities", binary_data=False)]
    same("floats in binary", infer(images.rows, "FP32"), first)
    same("floats in JSON", infer(images.rows, "FP32", False, text), first)
    same("doubles", infer(images.rows.astype(float), "FP64"), first)
    same("pixels", infer(images.pixels.reshape(1, 28, 28), "UINT8"), first)
    same("with a channel", infer(images.rows.reshape(1, 1, 28, 28), "FP32"), first)
    same("with one at the end", infer(images.rows.reshape(1, 28, 28, 1), "FP32"), first)
    same("128 rows", infer(np.repeat(images.rows, 128, 0), "FP32"), np.repeat(first, 128, 0))
    for algorithm in ("gzip", "deflate"):
        same(algorithm, infer(images.rows, "FP32", request_compression_algorithm=algorithm,
                              response_compression_algorithm=algorithm), first)
    same("image files", infer(objects(images.files), "BYTES"), images.probabilities)
    encoded = [base64.b64encode(file) for file in images.files]
    same("image files in base64", infer(objects(encoded), "BYTES", False, text),
         images.probabilities)
    same("one in each row", infer(objects([[file] for file in encoded]), "BYTES", False),
         images.probabilities)

    classes = infer(objects(images.files), "BYTES",
                    outputs=[output("probabilities", class_count=3)])
    tap.equal("tritonclient: class_count gives labels", classes.shape, (2, 3))
    tap.equal("tritonclient: the right ones",
              [row[0].decode().split(":", 2)[2] for row in classes], images.labels)
    classes = infer(images.rows, "FP32",
                    outputs=[output("probabilities", binary_data=False, class_count=2)])
    value, position, label = classes[0][0].split(":", 2)
    tap.ok("tritonclient: in JSON, too", label == images.labels[0] and
           abs(float(value) - first.max()) < 2e-6 and int(position) == first.argmax(), classes)

    tap.refuses("tritonclient: another width is refused",
                lambda: infer(images.rows[:, :5], "FP32"), "[400] unexpected shape")
    tap.refuses("tritonclient: another type",
                lambda: infer(images.pixels.astype(np.int64), "INT64"), "[400] input 'images'")
    tap.refuses("tritonclient: another output",
                lambda: infer(images.rows, "FP32", outputs=[output("labels")]),
                "[400] unexpected inference output 'labels'")
    tap.refuses("tritonclient: what is no image",
                lambda: infer(objects([b"text"]), "BYTES"), "[400] image 0: unknown format")
    tap.refuses("tritonclient: Triton's own paths", client.get_model_repository_index, "[404]")
    client.close()


# ----------------------------------------------------------------------- KServe

async def kserve_calls(tap, url, images):
    from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
    client = InferenceRESTClient(RESTConfig(protocol="v2"))

    def request(data, datatype, binary):
        tensor = InferInput("images", list(data.shape), datatype)
        tensor.set_data_from_numpy(data, binary_data=binary)
        return InferRequest(model_name=MODEL, infer_inputs=[tensor], request_id="7")

    async def infer(name, data, datatype, binary, wanted):
        response = await client.infer(url, request(data, datatype, binary), MODEL)
        got = response.outputs[0].as_numpy()
        tap.ok(f"kserve: {name}", response.id == "7" and np.abs(got - wanted).max() < 1e-6, got)

    first = images.probabilities[:1]
    tap.equal("kserve: live", await client.is_server_live(url), True)
    tap.equal("kserve: ready", await client.is_server_ready(url), True)
    tap.equal("kserve: the model", await client.is_model_ready(url, MODEL), True)
    tap.equal("kserve: not another", await client.is_model_ready(url, "other"), False)
    await infer("floats in JSON", images.rows, "FP32", False, first)
    await infer("floats in binary", images.rows, "FP32", True, first)
    await infer("image files", np.array(images.files, dtype=object), "BYTES", True,
                images.probabilities)
    try:
        await client.infer(url, request(images.rows[:, :5], "FP32", False), MODEL)
        tap.ok("kserve: another width is refused", False)
    except Exception as error:
        tap.ok("kserve: another width is refused", "unexpected shape" in str(error), error)
    await client.close()

    client = InferenceRESTClient(RESTConfig(protocol="v1"))
    answer = await client.infer(url, {"instances": images.rows.tolist()}, MODEL)
    tap.ok("kserve: its first protocol, which is TensorFlow Serving's",
           np.abs(np.array(answer["predictions"]) - first).max() < 1e-6, answer)
    await client.close()


def kserve(tap, url, images):
    try:
        import kserve as _
    except ImportError as error:
        tap.skip("kserve", error)
        return
    asyncio.run(kserve_calls(tap, url, images))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="build/emnist")
    program = parser.parse_args().program
    tap = Tap()
    images = Images(program)
    with serve(program) as url:
        triton(tap, url, images)
        kserve(tap, url, images)
    return tap.finish()


sys.exit(main())
