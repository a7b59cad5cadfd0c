#!/usr/bin/env python3
"""Calls `emnist serve` with graphpipe 1.0.4, the Python client of GraphPipe, as it is.

    python3 lib/test/peers_graphpipe.py [--program build/emnist]

It needs a library of its time:
    pip install --no-deps graphpipe==1.0.4 && pip install flatbuffers==1.12 requests numpy
Prints TAP; without these, all is skipped.
"""
import argparse
import sys

from serving import Tap, classify, serve

try:
    import numpy as np
    from graphpipe import convert, remote
    convert.serialize_metadata_request()
    convert.serialize_infer_request(convert.InferReq(None, [np.zeros(1)]))
except Exception as error:
    print(f"1..0 # SKIP no graphpipe that works: {error}")
    sys.exit(0)

# What the model sees of an image: see lib/fuzz/fuzz_oip.c.
ROW, IMAGE = "lib/fuzz/corpus/oip/raw-row", "testdata/samples/capital-g-emnist.png"


def test(tap, url, row, wanted):
    pixels = np.rint(row * 255).astype(np.uint8)

    def same(name, data, **names):
        got = remote.execute(url, data, **names)
        tap.ok(name, got.dtype == np.float32 and got.shape == (len(data), 62) and
               np.abs(got - wanted).max() < 1e-6, got)

    same("floats", row)
    same("doubles", row.astype(float))
    same("pixels", pixels.reshape(1, 28, 28))
    same("two rows in three dimensions", np.repeat(row.reshape(1, 1, 784), 2, 0))
    same("128 rows", np.repeat(row, 128, 0))
    same("not contiguous", np.repeat(row, 6, 0)[::2])
    same("by name", row, input_name="images", output_name="probabilities")
    tap.equal("no rows", remote.execute(url, row.reshape(1, 1, 784)[:0]).shape, (0, 62))
    tap.equal("its metadata", [remote.metadata(url).Name(), remote.metadata(url).Version()],
              [b"emnist", b"1"])
    tap.equal("its input", (remote.get_input_names(url), remote.get_input_shapes(url),
                            remote.get_input_types(url)), (["images"], [[None, 784]], [row.dtype]))
    tap.equal("its output", (remote.get_output_names(url), remote.get_output_shapes(url),
                             remote.get_output_types(url)),
              (["probabilities"], [[None, 62]], [row.dtype]))
    for name, data in (("another width", row[:, :5]), ("another type", pixels.astype(np.int64)),
                       ("texts", np.array(["text"]))):
        tap.refuses(f"{name} is refused", lambda: remote.execute(url, data), "400 Client Error")
    tap.refuses("another name, too", lambda: remote.execute(url, row, "pictures"), "400 Client")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="build/emnist")
    program = parser.parse_args().program
    tap = Tap()
    with open(ROW, "rb") as file:
        row = np.frombuffer(file.read()[2:], np.float32).reshape(1, 784)
    wanted = np.array(classify(program, IMAGE)[0][1])
    with serve(program) as url:
        for path in ("", "/graphpipe", "/any/path"):
            test(tap, url + path, row, wanted)
    return tap.finish()


sys.exit(main())
