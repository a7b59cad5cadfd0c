#!/usr/bin/env python3
"""The Python package beside what it wraps and what it is used with: pixels give the answers of a PNG file
of them, to the bit, whoever holds them (NumPy, Pillow); records are those of `emnist classify`; structures
are those of the C compiler; the examples of README.md.

    python3 lib/test/peers_python.py [PYTEST-OPTION]...

Uses build/libemnist.so, or EMNIST_LIBRARY. Skipped without numpy and pytest.
"""
import ctypes.util
import doctest
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import threading
import weakref
import zlib
from concurrent.futures import ThreadPoolExecutor

try:
    import numpy as np
    import pytest
except ImportError as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit(0)

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("BUILD", "build")
os.environ.setdefault("EMNIST_LIBRARY", str(BUILD / "libemnist.so"))
sys.path.insert(0, str(ROOT / "lib/python"))
import emnist  # noqa: E402
from emnist import _library  # noqa: E402

SCAN = "testdata/samples/digit-2-scan.png"
CHALK = "testdata/samples/capital-a-chalk.jpg"
CUT = "testdata/malformed/png-cut-in-idat.png"
TEST_SET = "testdata/idx/strokes-byclass-test"


@pytest.fixture(autouse=True)
def at_the_top(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="module")
def model():
    return emnist.Model.default()


def png_of(array):
    """A PNG file, as the specification has it, of (height, width, channels)."""
    height, width, channels = array.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    samples = array.astype(array.dtype.newbyteorder(">")).reshape(height, -1)
    rows = b"".join(b"\0" + row.tobytes() for row in samples)

    def chunk(name, data):
        crc = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, 8 * array.itemsize, kind, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) +
            chunk(b"IEND", b""))


def drawing(height, width, channels=1, dtype=np.uint8, light_on_dark=False, seed=1):
    """A thick diagonal stroke on paper with some noise, and a hole in it where alpha is last."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    stroke = ((abs(x * height - y * width) < height * width // 8) & (y > height // 5) &
              (y < height - height // 5))
    values = np.where(stroke, 40, 220)[..., None] + random.integers(0, 9, (height, width, channels))
    if channels in (2, 4):
        values[..., -1] = np.where(x % 7 == 3, 128, 255)
    if light_on_dark:
        values = np.where(stroke[..., None], 255 - values, 0)
    scale = 257 if dtype == np.uint16 else 1
    return (values * scale).astype(dtype)


def probabilities_of(image, preprocess):
    with emnist.Model.default()._use(emnist._Classifier, None, False, preprocess) as classifier:
        return classifier.rows(classifier.run([image])[1])


# --------------------------------------------------------------------------- pixels, PNG, Pillow


@pytest.mark.parametrize("preprocess", ["auto", "raw", "normalize"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("shape", [(28, 28), (61, 43), (300, 411)])
def test_array_is_png(shape, channels, dtype, preprocess):
    array = drawing(*shape, channels, dtype)
    expected = probabilities_of(png_of(array), preprocess)
    assert (probabilities_of(array, preprocess) == expected).all()
    if channels == 1:
        assert (probabilities_of(array[..., 0], preprocess) == expected).all()


def test_emnists_own_is_used_as_it_is(model):
    array = drawing(28, 28, light_on_dark=True)
    array[:2] = array[-2:] = array[:, :2] = array[:, -2:] = 0
    array[14, 14] = 255
    vector = array.reshape(1, -1).astype(np.float32) / np.float32(255)
    assert (model.predict(array) == model.predict(vector)).all()
    assert (model.predict(png_of(array)) == model.predict(vector)).all()


@pytest.mark.parametrize("view", [
    lambda a: a[10:90, 20:90], lambda a: a[::-1], lambda a: a[:, ::-1], lambda a: a[::2, ::3],
    lambda a: a.swapaxes(0, 1), lambda a: np.asfortranarray(a), lambda a: a[..., :3],
    lambda a: a[..., ::-1], lambda a: a[..., 1], lambda a: np.broadcast_to(a[40], a.shape),
])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, ">u2", "<u2"])
def test_any_layout(model, view, dtype):
    seen = view(drawing(100, 120, 3).astype(dtype))
    copy = np.ascontiguousarray(seen, np.uint8 if dtype == np.uint8 else np.uint16)
    assert (model.predict(seen) == model.predict(copy)).all()


def test_bool_is_black_and_white(model):
    mask = drawing(50, 40)[..., 0] > 128
    assert (model.predict(mask) == model.predict(np.where(mask, 255, 0).astype(np.uint8))).all()


def test_stacks(model):
    for channels in (1, 3):
        stack = np.stack([drawing(30, 40, channels, seed=i) for i in range(5)])
        expected = np.concatenate([model.predict(png_of(image)) for image in stack])
        assert (model.predict(stack) == expected).all()
        assert (model.predict(stack[::-1])[::-1] == expected).all()
        assert (model.predict(list(stack)) == expected).all()
        if channels == 1:
            assert (model.predict(stack[..., 0]) == expected).all()
    assert model.predict(stack[:0]).shape == (0, 62)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "P", "PA", "CMYK", "YCbCr", "I;16",
                                  "transparent P"])
def test_pillow(model, mode, tmp_path):
    image_of = pytest.importorskip("PIL.Image")
    file = tmp_path / "image.png"
    if mode == "I;16":
        image = image_of.fromarray(drawing(50, 60, dtype=np.uint16)[..., 0])
    else:
        image = image_of.fromarray(drawing(50, 60, 3)).convert(mode.split()[-1])
    if mode == "transparent P":
        image.info["transparency"] = 0
    as_png = image.convert("RGBA" if mode == "PA" else "RGB") if mode in ("CMYK", "YCbCr", "PA") else image
    as_png.save(file)
    assert (model.predict(image) == model.predict(file)).all()
    assert (model.predict([image, image])[1] == model.predict(file)).all()


@pytest.mark.parametrize("images, what", [
    (np.zeros((2, 2, 2, 2, 2), np.uint8), ValueError), (np.zeros(784, np.uint8), ValueError),
    (np.zeros((28, 28, 5), np.float32), ValueError), (np.zeros((28, 28), np.int32), TypeError),
    ([np.zeros((3, 28, 28), np.uint8)], ValueError), ([None], TypeError), (7, TypeError),
    ("a\0b", ValueError), (np.full((1, 784), np.nan, np.float32), ValueError),
    (np.zeros((9, 9, 9, 5), np.uint8), emnist.EmnistError),
    (np.zeros((0, 9), np.uint8), emnist.EmnistError),
])
def test_what_is_no_image(model, images, what):
    with pytest.raises(what):
        model.predict(images)


# ------------------------------------------------------------------------------------ records


def test_kinds_of_images():
    data = pathlib.Path(SCAN).read_bytes()
    array = drawing(40, 30)
    kinds = [SCAN, pathlib.Path(SCAN), data, bytearray(data), memoryview(data), CHALK, array, data]
    labels = [emnist.classify(kind)[0].label for kind in kinds]
    assert labels[:6] == ["2"] * 5 + ["A"]
    assert [record.label for record in emnist.classify(kinds)] == labels
    assert [record.label for record in emnist.classify(iter(kinds))] == labels
    assert emnist.classify([]) == []


def test_more_than_a_chunk():
    n = 2 * emnist._CHUNK + 5
    assert [r.label for r in emnist.classify([SCAN, CHALK] * n)] == ["2", "A"] * n
    with pytest.raises(emnist.EmnistError) as caught:
        emnist.classify([SCAN] * n + [CUT])
    assert caught.value.image == n


@pytest.mark.parametrize("top", [1, 3, 10])
@pytest.mark.parametrize("options", [{}, {"classes": "digits"}, {"classes": "A-Fa-f0-9", "merge_case": True},
                                     {"preprocess": "raw"}])
def test_records_are_those_of_the_program(top, options):
    paths = sorted(map(str, pathlib.Path("testdata/samples").glob("*.[jpb]*")))
    flags = [f"--{name.replace('_', '-')}" + ("" if value is True else f"={value}")
             for name, value in options.items()]
    lines = subprocess.run([BUILD / "emnist", "classify", "-f", "jsonl", f"--top={top}", *flags, *paths],
                           capture_output=True, check=True, text=True).stdout.splitlines()
    assert len(lines) == len(paths) > 10
    for line, record in zip(map(json.loads, lines), emnist.classify(paths, top, **options)):
        expected = line["top"] if top > 1 else [line]
        assert [label for label, _ in record.top] == [each["label"] for each in expected]
        assert [share for _, share in record.top] == \
            pytest.approx([each["probability"] for each in expected], abs=6e-7)
        assert (record.label, record.probability) == record.top[0]
        assert record.error is None and record.warning is None and not record.blank


def test_blank_and_doubtful():
    blank, doubtful = emnist.classify([np.full((9, 9), 255, np.uint8),
                                       "testdata/uncommon/rgba8-transparent.png"])
    assert (blank.blank, blank.label, blank.probability, blank.top) == (True, None, 0, ())
    assert "transparent" in doubtful.warning and doubtful.label
    several = emnist.classify([np.full((9, 9), 255, np.uint8), "testdata/uncommon/rgba8-transparent.png", CUT,
                               SCAN], top=3, errors="return")
    assert [len(record.top) for record in several] == [0, 3, 0, 3]
    assert several[1].top[0] == (doubtful.label, doubtful.probability) and several[1].warning
    assert several[2].error and several[2].label is None and several[3] == emnist.classify(SCAN, top=3)[0]


def test_errors():
    with pytest.raises(emnist.EmnistError, match=f"^image 1 '{CUT}': not a valid PNG: ") as caught:
        emnist.classify([SCAN, CUT])
    error = caught.value
    assert (error.code, error.offset, error.image) == \
        (emnist.Status.CORRUPT, os.path.getsize(CUT), 1)
    with pytest.raises(emnist.EmnistError) as caught:
        emnist.Model.default().predict([SCAN, "no-such-file"])
    assert (caught.value.code, caught.value.errno, caught.value.offset) == (emnist.Status.IO, 2, None)
    for open_one in (emnist.Model.load, emnist.Dataset):
        with pytest.raises(emnist.EmnistError, match="^'no-such-file': "):
            open_one("no-such-file")
    for options in ({"top": 0}, {"errors": "ignore"}, {"preprocess": "none"}):
        with pytest.raises(ValueError):
            emnist.classify(SCAN, **options)
    with pytest.raises(emnist.EmnistError):
        emnist.classify(SCAN, classes="A-")


def test_errors_in_records():
    good, bad, last = emnist.classify([SCAN, CUT, CHALK], top=2, errors="return")
    assert (good.label, last.label) == ("2", "A")
    assert (bad.label, bad.top, bad.error.code) == (None, (), emnist.Status.CORRUPT)


# --------------------------------------------------------------------------- models, datasets


def test_predict(model):
    rows = model.predict([SCAN, CHALK])
    assert rows.shape == (2, 62) and rows.dtype == np.float32
    assert rows.sum(1) == pytest.approx([1, 1])
    records = model.classify([SCAN, CHALK])
    assert [model.labels[i] for i in rows.argmax(1)] == [record.label for record in records]
    assert rows.max(1).tolist() == [record.probability for record in records]
    vectors = np.random.default_rng(2).random((300, 784), np.float32)
    assert (model.predict(vectors)[7:8] == model.predict(vectors[7])).all()
    assert (model.predict(vectors.astype(np.float64)) == model.predict(vectors)).all()


def test_a_model_has_its_preprocessing(model, tmp_path):
    file = tmp_path / "raw.safetensors"
    subprocess.run([BUILD / "emnist", "model", "convert", "lib/builtin/default.onnx", file],
                   check=True)
    data = file.read_bytes()
    assert data.count(b'"emnist.preprocess":"auto"') == 1
    raw = emnist.Model.load(data.replace(b'"emnist.preprocess":"auto"', b'"emnist.preprocess":"raw" '))
    assert (model.preprocess, raw.preprocess) == ("auto", "raw")
    assert raw.classify(SCAN) == model.classify(SCAN, preprocess="raw") != model.classify(SCAN)
    assert raw.classify(SCAN, preprocess="auto") == model.classify(SCAN)
    assert emnist.classify(SCAN, model=file) == model.classify(SCAN)


def test_labels_of_a_model(tmp_path):
    mapping = tmp_path / "mapping.txt"
    mapping.write_text("".join(f"{i} {ord(c)}\n" for i, c in enumerate("ABCDEFGHIJ")))
    narrow = emnist.Model.load("testdata/models/plain.onnx", labels=mapping)
    assert narrow.labels == tuple("ABCDEFGHIJ") and narrow.n_inputs == 6
    with pytest.raises(emnist.EmnistError, match="vectors of 6 values"):
        narrow.classify(SCAN)
    assert narrow.predict(np.zeros((2, 6), np.float32)).shape == (2, 10)


def test_dataset():
    dataset = emnist.Dataset(TEST_SET)
    images, classes = dataset.read()
    assert len(dataset) == 40 == len(images) and images.shape == (40, 28, 28)
    assert (images.dtype, classes.dtype, dataset.format) == (np.uint8, np.uint16, "idx")
    parts = list(dataset.batches(7))
    assert [len(part) for part, _ in parts] == [7] * 5 + [5]
    assert (np.concatenate([part for part, _ in parts]) == images).all()
    assert (np.concatenate([part for _, part in parts]) == classes).all()
    chosen, _ = emnist.Dataset(TEST_SET, indices=[3, 39, 3]).read()
    assert (chosen == images[[3, 39, 3]]).all()
    turned, _ = emnist.Dataset(TEST_SET, transpose=False).read()
    assert (turned == images.swapaxes(1, 2)).all()


@pytest.mark.parametrize("options", [{}, {"classes": "letters", "merge_case": True}])
def test_evaluation_is_that_of_the_program(options):
    flags = ["--classes=letters", "--merge-case"] if options else []
    expected = json.loads(subprocess.run([BUILD / "emnist", "eval", "-q", "-f", "json", *flags, TEST_SET],
                                         capture_output=True, check=True).stdout)
    found = emnist.evaluate(TEST_SET, threads=2, **options)
    for name in ("images", "correct"):
        assert getattr(found, name) == expected[name]
    for name in ("accuracy", "top3", "case_insensitive", "ece", "nll"):
        assert getattr(found, name) == pytest.approx(expected[name], abs=1e-6)
    assert found.confusion.sum() == found.images
    assert found.confusion.shape == (len(found.true_labels), len(found.predicted_labels))


# ------------------------------------------------------------------------- threads, structures


def test_threads_share_a_model(model):
    images = [SCAN, CHALK, drawing(50, 60)] * 40
    expected = model.classify(images)
    with ThreadPoolExecutor(4) as pool:
        assert all(found == expected for found in pool.map(model.classify, [images] * 16))
    assert sum(map(len, model._idle.values())) <= 8


def test_the_interpreter_runs_on(model):
    """While the library works, the lock is free: the other thread counts during a single call."""
    counts, done = [0], threading.Event()

    def count():
        while not done.is_set():
            counts[0] += 1

    vectors = np.random.default_rng(3).random((60000, 784), np.float32)
    with model._use(emnist._session) as session:
        probabilities = np.empty((len(vectors), 62), np.float32)
        thread = threading.Thread(target=count)
        thread.start()
        before = counts[0]
        _library.lib.session_run(session, vectors.ctypes.data, len(vectors),
                                     probabilities.ctypes.data, None)
        after = counts[0]
        done.set()
        thread.join()
    assert after - before > 10000


def test_a_classifier_keeps_its_model():
    own = emnist.Model.default()
    alive = weakref.ref(own._model)
    classifier = emnist._Classifier(own._model, None, False, None)
    del own
    assert alive() and classifier.answer([SCAN], 1, 0, True)[0].label == "2"
    del classifier
    assert not alive()


def test_structures_are_those_of_the_headers(tmp_path):
    compiler = shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler")
    lines = ["#include <stdio.h>", "#include <emnist_classify.h>", "#include <emnist_eval.h>",
             "int main(void) {"]
    expected = []
    for name, structure in _library.STRUCTURES.items():
        for field, *_ in structure._fields_:
            place = getattr(structure, field)
            expected.append([place.offset, place.size])
            lines.append(f'printf("%zu %zu\\n", offsetof(struct emnist_{name}, {field}), '
                         f"sizeof(((struct emnist_{name} *)0)->{field}));")
    (tmp_path / "offsets.c").write_text("\n".join(lines + ["}"]))
    subprocess.run([compiler, "-Ilib", "-o", tmp_path / "offsets", tmp_path / "offsets.c"], check=True)
    printed = subprocess.run([tmp_path / "offsets"], capture_output=True, check=True, text=True).stdout
    assert [list(map(int, line.split())) for line in printed.splitlines()] == expected


def test_another_library_is_refused(monkeypatch):
    monkeypatch.setitem(_library.STRUCTURES, "error", _library.Bin)
    with pytest.raises(ImportError, match="another struct emnist_error"):
        _library.Library(os.environ["EMNIST_LIBRARY"])
    with pytest.raises(ImportError, match="set EMNIST_LIBRARY"):
        _library.Library(ctypes.util.find_library("c"))


def test_readme():
    text = pathlib.Path("README.md").read_text(encoding="utf-8")
    examples = text.split("\n```python\n")[1:]
    assert examples
    for example in examples:
        test = doctest.DocTestParser().get_doctest(example.split("\n```\n")[0], {}, "README.md", None, 0)
        assert doctest.DocTestRunner().run(test).failed == 0


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__, *sys.argv[1:]]))
