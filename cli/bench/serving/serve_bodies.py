"""Requests of each protocol as bytes, and the labels in their answers.

A request is (headers, body). A vector is a list of 784 numbers in [0,1], as NumPy's value / 255 gives
them to a client: JSON shows them with up to 17 digits.
"""
import array
import gzip
import json
import struct
import zlib

LABELS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SIDE = 28
N_PIXELS = SIDE * SIDE
JSON = {"Content-Type": "application/json"}
BYTES = {"Content-Type": "application/octet-stream"}


def read_vectors(path, n):
    """The first n images of an EMNIST file, upright."""
    with gzip.open(path) as file:
        file.read(16)
        pixels = file.read(n * N_PIXELS)
    upright = [column * SIDE + row for row in range(SIDE) for column in range(SIDE)]
    return [[pixels[start + i] / 255 for i in upright] for start in range(0, n * N_PIXELS, N_PIXELS)]


def best(scores):
    """The labels of images whose scores are in one list, one after the other."""
    n = len(LABELS)
    rows = (scores[i : i + n] for i in range(0, len(scores), n))
    return [LABELS[max(range(n), key=row.__getitem__)] for row in rows]


def float32(vectors):
    return array.array("f", (value for vector in vectors for value in vector)).tobytes()


# {"instances": ...}: TensorFlow Serving's row format, which the blog's Flask app has as well


def instances(vectors):
    return JSON, json.dumps({"instances": vectors}).encode()


def instances_labels(headers, body):
    return [best(scores)[0] for scores in json.loads(body)["predictions"]]


# Open Inference Protocol v2, and its binary extension


def v2_input(vectors, **more):
    return {"name": "images", "shape": [len(vectors), N_PIXELS], "datatype": "FP32", **more}


def v2_json(vectors):
    flat = [value for vector in vectors for value in vector]
    return JSON, json.dumps({"inputs": [v2_input(vectors, data=flat)]}).encode()


def v2_json_labels(headers, body):
    return best(json.loads(body)["outputs"][0]["data"])


def v2_binary(vectors):
    raw = float32(vectors)
    tensor = v2_input(vectors, parameters={"binary_data_size": len(raw)})
    head = json.dumps({"inputs": [tensor], "parameters": {"binary_data_output": True}}).encode()
    return {**BYTES, "Inference-Header-Content-Length": str(len(head))}, head + raw


def v2_binary_labels(headers, body):
    return best(array.array("f", body[int(headers["Inference-Header-Content-Length"]) :]))


# GraphPipe, in flatbuffers: an offset counts from where it stands; that of a table to its vtable, which
# says where the table's fields are, counts backwards


def graphpipe(vectors):
    raw = float32(vectors)
    request = struct.pack("<I 4H iIB3x", 12, 8, 12, 8, 4, 8, 20, 1)
    infer_request = struct.pack("<5H2x iI II", 10, 8, 0, 0, 4, 12, 4, 1, 16)
    tensor = struct.pack("<5H2x iIIB3x", 10, 16, 12, 4, 8, 12, 16, 32, 10)
    data = struct.pack("<4xI 2q I", 2, len(vectors), N_PIXELS, len(raw))
    return BYTES, request + infer_request + tensor + data + raw


def graphpipe_labels(headers, body):
    def follow(at):
        return at + struct.unpack_from("<I", body, at)[0]

    def field(table, slot):
        vtable = table - struct.unpack_from("<i", body, table)[0]
        return follow(table + struct.unpack_from("<H", body, vtable + 4 + 2 * slot)[0])

    tensor = follow(field(follow(0), 0) + 4)
    data = field(tensor, 2)
    return best(array.array("f", body[data + 4 : follow(data) + 4]))


# an image file, of which emnist makes a vector itself


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def image(vectors):
    pixels = bytes(round(value * 255) for value in vectors[0])
    rows = b"".join(b"\0" + pixels[i : i + SIDE] for i in range(0, N_PIXELS, SIDE))
    header = chunk(b"IHDR", struct.pack(">2I5B", SIDE, SIDE, 8, 0, 0, 0, 0))
    return {"Content-Type": "image/png"}, b"".join(
        [b"\x89PNG\r\n\x1a\n", header, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    )


def image_labels(headers, body):
    return [json.loads(body)["label"]]


PROTOCOLS = {
    # name: makes a request of vectors, reads the labels of the answer
    "instances": (instances, instances_labels),
    "v2": (v2_json, v2_json_labels),
    "v2-binary": (v2_binary, v2_binary_labels),
    "graphpipe": (graphpipe, graphpipe_labels),
    "image": (image, image_labels),
}
ONE_IMAGE = {"image"}  # a request
