"""Recognize single characters in images.

    import emnist

    for record in emnist.classify(["scan.png", "photo.jpg"], top=3, classes="digits"):
        print(record.label, record.probability, record.top)

Images are files by name, the bytes of files, Pillow images, or NumPy arrays; see `classify`. The
model is built in; `Model.load` reads others. Everything may be used from several threads, and the
interpreter lock is released while the C library runs.
"""

from __future__ import annotations

import ctypes
import enum
import functools
import os
import struct
import weakref
from dataclasses import dataclass
from itertools import accumulate, groupby, islice
from typing import Any, Callable, Iterable, Iterator, NamedTuple, Optional, Sequence, Union

import numpy as np

from . import _library as c
from ._library import lib

__all__ = ["Dataset", "EmnistError", "Evaluation", "Model", "Record", "Status", "classify",
           "evaluate", "__version__"]
__version__: str = lib.version().decode()

PathLike = Union[str, "os.PathLike[str]"]

# Images that are read at once, as the library does: all of them need not be in memory.
_CHUNK = 128
_SMALL = 1 << 20  # bytes: files that are copied to be passed on
_PREPROCESS = ("auto", "raw", "normalize")
_TRANSPOSE = {None: 0, True: 1, False: 2}
_INPUT, _PIXELS = np.dtype(c.Input), np.dtype(c.Pixels)

# ------------------------------------------------------------------------------------- errors


class Status(enum.IntEnum):
    """The kind of an error."""
    ARGUMENT = 1
    """An argument is out of range."""
    MEMORY = 2
    """Out of memory."""
    IO = 3
    """A file cannot be opened or read: see `EmnistError.errno`."""
    FORMAT = 4
    """Unknown format."""
    CORRUPT = 5
    """Damaged or cut short."""
    UNSUPPORTED = 6
    """A feature, or a known image format, that is not supported."""
    LIMIT = 7
    """Too large."""
    STOPPED = 8
    """A callback asked to stop."""
    ARCHIVE = 9
    """An archive of images instead of an image."""
    PAGES = 10
    """An image file of several images."""


class EmnistError(Exception):
    """What libemnist reports."""

    code: Status
    """The kind of the error."""
    offset: Optional[int]
    """The byte of the file at which it was found, where that is known."""
    errno: Optional[int]
    """With `Status.IO`: why the system refused."""
    image: Optional[int]
    """The number of the image among those that were given, from 0."""

    def __init__(self, message: str, code: Status, offset: Optional[int] = None,
                 errno: Optional[int] = None, image: Optional[int] = None) -> None:
        super().__init__(message, code, offset, errno, image)
        self.code, self.offset, self.errno, self.image = code, offset, errno, image

    def __str__(self) -> str:
        return str(self.args[0])


def _error(error: c.Error, what: str = "", image: Optional[int] = None) -> EmnistError:
    return EmnistError(what + error.message.decode(errors="replace"), Status(error.code),
                       None if error.offset == c.NO_OFFSET else error.offset,
                       error.sys_errno or None, image)


def _image_error(error: c.Error, image: Any, number: int) -> EmnistError:
    name = f" {os.fspath(image)!r}" if isinstance(image, (str, os.PathLike)) else ""
    return _error(error, f"image {number}{name}: ", number)


def _check(function: Callable[..., int], *arguments: Any, what: str = "") -> None:
    error = c.Error()
    if function(*arguments, ctypes.byref(error)):
        raise _error(error, what)


class _Object:
    """An object of the library, which is freed with this one; what it refers to lives as long."""

    def __init__(self, free: Callable[[Any], None], create: Callable[..., int], *arguments: Any,
                 owner: Optional[_Object] = None, path: Optional[PathLike] = None) -> None:
        pointer = ctypes.c_void_p()
        _check(create, *arguments, ctypes.byref(pointer),
               what="" if path is None else f"{os.fspath(path)!r}: ")
        self._as_parameter_ = pointer
        weakref.finalize(self, lambda owner: free(pointer), owner).atexit = False


def _texts(labels: Any) -> tuple[str, ...]:
    return tuple(lib.labels_text(labels, i).decode()
                 for i in range(lib.labels_count(labels)))


def _encoded_path(path: PathLike) -> bytes:
    encoded = os.fsencode(path)
    if b"\0" in encoded:
        raise ValueError(f"a zero byte in a path: {encoded!r}")
    return encoded


def _encoded(text: Optional[str]) -> Optional[bytes]:
    return None if text is None else text.encode()


def _preprocess(name: str) -> int:
    if name not in _PREPROCESS:
        raise ValueError(f"preprocess is {name!r} instead of one of {', '.join(_PREPROCESS)}")
    return _PREPROCESS.index(name)


# ------------------------------------------------------------------------------------- images


def _pillow_pixels(image: Any) -> Any:
    """A Pillow image in a mode whose array says all."""
    if image.mode in ("L", "LA", "RGB", "RGBA", "I;16"):
        return np.asarray(image)
    if image.mode == "1":
        return np.asarray(image.convert("L"))
    transparent = image.mode in ("PA", "La", "RGBa") or "transparency" in image.info
    return np.asarray(image.convert("RGBA" if transparent else "RGB"))


def _stack(array: Any) -> Any:
    """The array as images (n, height, width, channels) of uint8 or uint16, without gaps in rows."""
    array = np.asarray(array, array.dtype.newbyteorder("="))
    if array.dtype == bool:
        array = array.astype(np.uint8) * np.uint8(255)
    if array.dtype not in (np.uint8, np.uint16):
        raise TypeError(f"pixels are uint8, uint16 or bool, not {array.dtype}")
    if array.ndim == 2 or (array.ndim == 3 and array.shape[-1] <= 4):
        array = array[np.newaxis]
    if array.ndim == 3:
        array = array[..., np.newaxis]
    if array.ndim != 4:
        raise ValueError("an array of images has the shape (height, width), (height, width, "
                         f"channels), or one of these after the number of images, not {array.shape}")
    n_channels, itemsize = array.shape[3], array.itemsize
    if array.strides[2:] != (n_channels * itemsize, itemsize) or array.strides[1] == 0:
        array = np.ascontiguousarray(array)
    return array


def _put_stack(stack: Any, inputs: Any) -> Any:
    """Lets inputs refer to the images of a stack. Returns what must stay alive."""
    pixels = np.zeros(len(stack), _PIXELS)
    step = np.arange(len(stack), dtype=np.intp) * stack.strides[0]
    pixels["samples"] = stack.ctypes.data + step
    _, pixels["height"], pixels["width"], pixels["channels"] = stack.shape
    pixels["depth"] = 8 * stack.itemsize
    pixels["stride"] = stack.strides[1]
    inputs["pixels"] = pixels.ctypes.data + np.arange(len(stack)) * _PIXELS.itemsize
    return stack, pixels


def _put_bytes(field: str, values: Sequence[bytes], inputs: Any) -> Any:
    pointers: Any = (ctypes.c_char_p * len(values))()
    pointers[:] = values
    inputs[field] = np.frombuffer(memoryview(pointers), np.uintp)
    inputs["nbytes"] = np.fromiter(map(len, values), np.uintp, len(values))
    return values, pointers


def _packed(files: Sequence[bytes], lengths: list[int]) -> tuple[bytes, Any]:
    """Inputs that are the bytes of small files, and what must stay alive: all in one object, as a pointer
    to each costs ctypes more than the copy."""
    joined = b"".join(files)
    start, = struct.unpack("P", ctypes.c_char_p(joined))
    return b"".join(map(c.pack_bytes, accumulate(lengths, initial=start), lengths)), joined


def _put(images: Sequence[Any], inputs: Any) -> Any:
    """Lets inputs, all zero, refer to images of one kind. Returns what must stay alive."""
    first = images[0]
    if isinstance(first, bytes):
        return _put_bytes("bytes", images, inputs)
    if isinstance(first, (bytearray, memoryview)):
        return _put_bytes("bytes", [bytes(image) for image in images], inputs)
    if isinstance(first, (str, os.PathLike)):
        return _put_bytes("path", [_encoded_path(image) for image in images], inputs)
    kept = []
    for i, image in enumerate(images):
        stack = _stack(_pillow_pixels(image) if hasattr(image, "convert") else np.asarray(image))
        if len(stack) != 1:
            raise ValueError(f"several images in an array of shape {np.shape(image)} in a list")
        kept.append(_put_stack(stack, inputs[i:i + 1]))
    return kept


def _inputs(images: Any) -> tuple[Any, Any]:
    """Images as the library takes them, and what must stay alive meanwhile."""
    if not isinstance(images, np.ndarray) and set(map(type, images)) == {bytes}:
        lengths = list(map(len, images))
        if sum(lengths) < _SMALL:
            return _packed(images, lengths)
    inputs: Any = (c.Input * len(images))()
    fields = np.frombuffer(inputs, _INPUT)
    if isinstance(images, np.ndarray):
        return inputs, _put_stack(images, fields)
    kept, at = [], 0
    for _, group in groupby(images, type):
        alike = list(group)
        kept.append(_put(alike, fields[at:at + len(alike)]))
        at += len(alike)
    return inputs, kept


def _chunks(images: Any) -> Iterator[Any]:
    """Images, however they were given, as stacks or as lists."""
    if isinstance(images, (str, bytes, bytearray, memoryview, os.PathLike)) or \
            hasattr(images, "convert"):
        yield [images]
        return
    if hasattr(images, "__array__") and np.asarray(images).dtype.kind not in "OSU":
        images = _stack(np.asarray(images))
        yield from (images[i:i + _CHUNK] for i in range(0, len(images), _CHUNK))
        return
    rest = iter(images)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


# ------------------------------------------------------------------------------------- models


class Record(NamedTuple):
    """The answer for one image."""
    label: Optional[str]
    """The most probable character: "A", or "Cc" where a class has several. None for a blank image
    and for one that cannot be read."""
    probability: float
    """Of the label, in [0,1]; 0 without one."""
    top: tuple[tuple[str, float], ...]
    """The most probable labels with their probabilities, the best first."""
    blank: bool
    """Whether the image shows no ink."""
    n_characters: int
    """Characters side by side in the image: with several, the answer is unlikely to be right."""
    warning: Optional[str]
    """A doubt about the image."""
    error: Optional[EmnistError]
    """Why the image cannot be read, with `errors="return"`."""


class _Classifier(_Object):
    """Used by one thread at a time."""

    def __init__(self, model: _Object, classes: Optional[str], merge_case: bool,
                 preprocess: Optional[str]) -> None:
        options = c.ClassifierOptions(view=c.ViewOptions(_encoded(classes), merge_case))
        if preprocess is not None:
            options.reader = ctypes.pointer(c.ReaderOptions(preprocess=_preprocess(preprocess)))
        super().__init__(lib.classifier_free, lib.classifier_create, model,
                         ctypes.byref(options), owner=model)
        self.labels = _texts(lib.classifier_labels(self))
        self._records: Any = ()  # of the last images, to be written again

    def run(self, images: Any) -> tuple[Any, Any]:
        """(n) records, until the next images are read, and (n x classes) probabilities, as the library
        writes them."""
        inputs, kept = _inputs(images)
        # To pass these on takes ctypes less time than the address of an array of NumPy, and to make
        # an array of them takes NumPy time that most answers can do without.
        n = len(images)
        if len(self._records) != n:
            self._records = (c.Record * n)()
        records = self._records
        probabilities: Any = (ctypes.c_float * (n * len(self.labels)))()
        _check(lib.classify, self, inputs, n, records, probabilities)
        del kept
        return records, probabilities

    def rows(self, probabilities: Any) -> Any:
        """(n, classes)"""
        return np.frombuffer(probabilities, np.float32).reshape(-1, len(self.labels))

    def answer(self, images: Any, top: int, first: int, raises: bool) -> list[Record]:
        """The records of images, which are numbered from `first`."""
        records, probabilities = self.run(images)
        # Record._make() without its check.
        labels, make = self.labels, tuple.__new__
        answers: list[Any] = [
            None if blank or warning or code else
            make(Record, (labels[best], share, ((labels[best], share),), False, n_characters, None, None))
            for best, share, blank, n_characters, warning, code in c.unpack_records(records)]
        if not all(answers):
            for i, answer in enumerate(answers):
                answers[i] = answer or _special_record(records[i], labels, images[i], first + i, raises)
        if top > 1:
            answers = [make(Record, answer[:2] + (shares if answer.top else (),) + answer[3:])
                       for answer, shares in zip(answers, self.tops(self.rows(probabilities), top))]
        return answers

    def tops(self, probabilities: Any, top: int) -> Iterator[tuple[tuple[str, float], ...]]:
        """For each row, the `top` best labels and their probabilities."""
        n, n_classes = probabilities.shape
        order = np.empty((n, top), np.uint32)
        lib.top_k_rows(probabilities.ctypes.data, n, n_classes, top, order.ctypes.data)
        values = np.take_along_axis(probabilities, order.astype(np.intp), 1)
        pairs = zip([self.labels[i] for i in order.ravel().tolist()], values.ravel().tolist())
        return zip(*[pairs] * top)  # each row takes `top` of the same pairs


def _special_record(record: Any, labels: Any, image: Any, number: int, raises: bool) -> Record:
    """The answer for an image that is blank, doubtful, or cannot be read."""
    error = _image_error(record.error, image, number) if record.error.code else None
    if error and raises:
        raise error
    label, share = labels[record.best], record.probability
    best = ((label, share),)
    if error or record.is_blank:
        label, share, best = None, 0.0, ()
    warning = ctypes.string_at(record.warning).decode() if record.warning else None
    return Record(label, share, best, record.is_blank, record.n_characters, warning, error)


class Model:
    """A network with its labels and its preprocessing. Never changes; any number of threads may
    share it."""

    def __init__(self, model: _Object) -> None:
        """Use `Model.default` or `Model.load`."""
        self._model = model
        # Idle classifiers, by their arguments, and sessions: each thread takes one, and returns it.
        self._idle: dict[Any, list[Any]] = {}
        self.labels = _texts(lib.model_labels(model))
        """The characters of each class."""
        self.preprocess = _PREPROCESS[lib.model_preprocess(model)]
        """How images become vectors: "auto", "raw" or "normalize"."""
        self.n_inputs: int = lib.model_n_inputs(model)
        """The length of a vector: 784."""

    @classmethod
    def default(cls) -> Model:
        """The built-in model."""
        return cls(_Object(lib.model_free, lib.model_default))

    @classmethod
    def load(cls, source: Union[PathLike, bytes], *, labels: Optional[PathLike] = None,
             input_scale: float = 0, input_mean: float = 0, input_std: float = 0) -> Model:
        """The model in a file or in its bytes: ONNX, a TensorFlow SavedModel (the folder) or frozen
        graph, or safetensors.

        labels: a mapping file in EMNIST's format, for a model without labels. input_scale and the
        others: for pixels that were scaled outside the file; 0 as it says.
        """
        options = c.ModelOptions(input_scale=input_scale, input_mean=input_mean,
                                 input_std=input_std)
        if labels is not None:
            mapping = _Object(lib.labels_free, lib.labels_read, _encoded_path(labels),
                              path=labels)
            options.labels = mapping._as_parameter_
        if isinstance(source, bytes):
            return cls(_Object(lib.model_free, lib.model_parse, source, len(source),
                               ctypes.byref(options)))
        return cls(_Object(lib.model_free, lib.model_read, _encoded_path(source),
                           ctypes.byref(options), path=source))

    def __repr__(self) -> str:
        return f"<emnist.Model: {self.n_inputs} inputs, {len(self.labels)} classes>"

    def _use(self, make: Callable[..., Any], *arguments: Any) -> _Use:
        return _Use(self._idle.setdefault((make, arguments), []),
                    functools.partial(make, self._model, *arguments))

    def classify(self, images: Any, top: int = 1, classes: Optional[str] = None, *,
                 merge_case: bool = False, preprocess: Optional[str] = None,
                 errors: str = "raise") -> list[Record]:
        """The characters in images, one record per image: see `emnist.classify`."""
        if top < 1:
            raise ValueError(f"top is {top} instead of at least 1")
        if errors not in ("raise", "return"):
            raise ValueError(f"errors is {errors!r} instead of 'raise' or 'return'")
        answers: list[Record] = []
        with self._use(_Classifier, classes, merge_case, preprocess) as classifier:
            for chunk in _chunks(images):
                answers += classifier.answer(chunk, min(top, len(classifier.labels)),
                                             len(answers), errors == "raise")
        return answers

    def predict(self, images: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
        """The probabilities (n, classes) for images as `classify` takes them.

        An array of floats, (n, 784) or (784), has vectors instead, as the network takes them: rows
        from the top, 0 for the background, 1 for ink.
        """
        if hasattr(images, "__array__") and not hasattr(images, "convert") and \
                np.asarray(images).dtype.kind == "f":
            return self._predict_vectors(np.asarray(images))
        rows = [np.empty((0, len(self.labels)), np.float32)]
        n = 0
        with self._use(_Classifier, None, False, None) as classifier:
            for chunk in _chunks(images):
                records, probabilities = classifier.run(chunk)
                for i, (*_, code) in enumerate(c.unpack_records(records)):
                    if code:
                        record = records[i]
                        raise _image_error(record.error, chunk[i], n + i)
                rows.append(classifier.rows(probabilities))
                n += len(chunk)
        return np.concatenate(rows)

    def _predict_vectors(self, vectors: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
        if vectors.ndim not in (1, 2) or vectors.shape[-1] != self.n_inputs:
            raise ValueError(f"vectors have the shape (n, {self.n_inputs}), not {vectors.shape}")
        vectors = np.ascontiguousarray(np.atleast_2d(vectors), np.float32)
        if not np.isfinite(vectors).all():
            raise ValueError("vectors are finite numbers")
        probabilities = np.empty((len(vectors), len(self.labels)), np.float32)
        with self._use(_session) as session:
            for i in range(0, len(vectors), c.MAX_BATCH):
                part = vectors[i:i + c.MAX_BATCH]
                _check(lib.session_run, session, part.ctypes.data, len(part),
                       probabilities[i:].ctypes.data)
        return probabilities

    def evaluate(self, dataset: Union[Dataset, PathLike], *, classes: Optional[str] = None,
                 merge_case: bool = False, threads: int = 1) -> Evaluation:
        """How accurate the model is on a dataset: see `emnist.evaluate`."""
        if not isinstance(dataset, Dataset):
            dataset = Dataset(dataset, preprocess=self.preprocess)
        options = c.EvalOptions(n_threads=threads)
        if classes is not None or merge_case:
            view = _Object(lib.view_free, lib.view_create,
                           lib.model_labels(self._model),
                           ctypes.byref(c.ViewOptions(_encoded(classes), merge_case)))
            options.view = view._as_parameter_
        found = c.Evaluation()
        _check(lib.evaluate, self._model, dataset._open(), ctypes.byref(options),
               ctypes.byref(found), what=f"{dataset.path!r}: ")
        try:
            return _evaluation(found)
        finally:
            lib.evaluation_clear(ctypes.byref(found))


def _session(model: _Object) -> _Object:
    return _Object(lib.session_free, lib.session_create, model, c.MAX_BATCH,
                   owner=model)


class _Use:
    """Takes one of the idle objects, or makes one, for the time of a `with`."""

    def __init__(self, idle: list[Any], make: Callable[[], Any]) -> None:
        self._idle, self._make = idle, make

    def __enter__(self) -> Any:
        try:
            self._taken = self._idle.pop()
        except IndexError:
            self._taken = self._make()
        return self._taken

    def __exit__(self, *_: Any) -> None:
        self._idle.append(self._taken)


# ----------------------------------------------------------------------------------- datasets


class Dataset:
    """Labeled images of 28x28 in a file or a folder: EMNIST's idx files, CSV, MATLAB, NumPy, a
    folder per class, lists, archives of these. The format is detected from the content.

    split: which of several datasets: "test". labels, mapping: files of an idx dataset that are not
    beside it. label_column: of CSV and lists. transpose: whether images are stored as EMNIST's are;
    None finds out. indices: read only these images, in this order. preprocess: of image files.
    """

    def __init__(self, path: PathLike, *, split: Optional[str] = None, labels: Optional[PathLike] = None,
                 mapping: Optional[PathLike] = None, label_column: Optional[str] = None,
                 transpose: Optional[bool] = None, indices: Optional[Sequence[int]] = None,
                 preprocess: str = "auto", threads: int = 1) -> None:
        self.path = os.fspath(path)
        self._indices = None if indices is None else np.array(indices, np.uint32)
        self._options = c.DatasetOptions(
            labels_path=None if labels is None else _encoded_path(labels),
            mapping_path=None if mapping is None else _encoded_path(mapping),
            transpose=_TRANSPOSE[transpose], label_column=_encoded(label_column),
            split=_encoded(split), preprocess=_preprocess(preprocess), n_threads=threads)
        if self._indices is not None:
            self._options.indices = self._indices.ctypes.data
            self._options.n_indices = len(self._indices)
        dataset = self._open()
        self._n: int = lib.dataset_count(dataset)
        self.labels = _texts(lib.dataset_labels(dataset))
        """The characters of each class."""
        self.format: str = lib.dataset_describe(dataset).decode()
        """What the files are."""

    def _open(self) -> _Object:
        return _Object(lib.dataset_free, lib.dataset_open, _encoded_path(self.path),
                       ctypes.byref(self._options), path=self.path)

    def __len__(self) -> int:
        return self._n

    def __repr__(self) -> str:
        return f"<emnist.Dataset: {self.path}, {self._n} images, {len(self.labels)} classes>"

    def batches(self, n: int = 1024) -> Iterator[tuple[Any, Any]]:
        """Reads the images from the first to the last: up to n of them, (k, 28, 28) uint8, upright,
        0 for the background, and (k) uint16, their positions in `labels`."""
        if n < 1:
            raise ValueError(f"n is {n} instead of at least 1")
        dataset, n_read = self._open(), ctypes.c_size_t()
        while True:
            pixels, classes = np.empty((n, c.SIDE, c.SIDE), np.uint8), np.empty(n, np.uint16)
            _check(lib.dataset_read, dataset, n, pixels.ctypes.data, classes.ctypes.data,
                   ctypes.byref(n_read), what=f"{self.path!r}: ")
            if n_read.value == 0:
                return
            yield pixels[:n_read.value], classes[:n_read.value]

    def read(self) -> tuple[Any, Any]:
        """All images and their classes, as `batches` gives them."""
        for batch in self.batches(max(self._n, 1)):
            return batch
        return np.empty((0, c.SIDE, c.SIDE), np.uint8), np.empty(0, np.uint16)


@dataclass(frozen=True)
class Evaluation:
    """How accurate a model is. Shares are 0..1."""
    images: int
    """Images that were answered."""
    correct: int
    """Those of them that were answered rightly."""
    accuracy: float
    """correct / images."""
    top3: float
    """The share of images whose class is among the three most probable."""
    case_insensitive: float
    """The accuracy if upper and lower case are treated as equal."""
    nll: float
    """The mean negative log-likelihood."""
    ece: float
    """The expected calibration error."""
    blank: int
    """Images that were left out because they show no ink."""
    left_out: int
    """Images that were left out because `classes` has none of their characters."""
    not_in_model: int
    """Images of classes that the model does not have."""
    confusion: np.ndarray[Any, np.dtype[np.uint64]]
    """(true classes, predicted classes) counts."""
    true_labels: tuple[str, ...]
    predicted_labels: tuple[str, ...]


def _evaluation(found: c.Evaluation) -> Evaluation:
    n = max(found.n_images, 1)
    shape = (found.n_true, found.n_predicted)
    return Evaluation(
        images=found.n_images, correct=found.n_correct, accuracy=found.n_correct / n,
        top3=found.n_top3 / n, case_insensitive=found.n_case_insensitive / n, nll=found.nll,
        ece=found.ece, blank=found.n_blank, left_out=found.n_left_out,
        not_in_model=found.n_not_in_model,
        confusion=np.ctypeslib.as_array(found.confusion, shape).copy(),
        true_labels=_texts(found.true_labels), predicted_labels=_texts(found.predicted_labels))


# ---------------------------------------------------------------------------------- functions


@functools.lru_cache(maxsize=None)
def _default_model() -> Model:
    return Model.default()


def _model(model: Union[Model, PathLike, None]) -> Model:
    if model is None:
        return _default_model()
    return model if isinstance(model, Model) else Model.load(model)


def classify(images: Any, top: int = 1, classes: Optional[str] = None, *,
             model: Union[Model, PathLike, None] = None, merge_case: bool = False,
             preprocess: Optional[str] = None, errors: str = "raise") -> list[Record]:
    """The characters in images, one record per image, in order.

    images: one image, or any iterable of them. An image is
      - the path of a file: PNG, JPEG, TIFF, WebP, BMP, PNM, GIF or TGA;
      - the bytes of such a file;
      - an array of uint8, uint16 or bool, (height, width) or (height, width, channels) with 1 to 4
        channels: grey, grey and alpha, RGB, RGB and alpha;
      - a Pillow image.
    An array of one more dimension has several images: (n, height, width), if the width is above 4,
    or (n, height, width, channels). The answer for an array is that for a PNG file of it.

    top: how many labels `Record.top` has.
    classes: the characters to answer with: "digits", "upper", "lower", "letters", "0-9A-F".
    model: the model, or the path of its file; default: the built-in one.
    merge_case: treat c and C as one.
    preprocess: "auto", "raw" or "normalize"; default: the model's own.
    errors: "raise" an EmnistError for the first image that cannot be read, or "return" it in the
      image's record, and answer the others.
    """
    return _model(model).classify(images, top, classes, merge_case=merge_case,
                                  preprocess=preprocess, errors=errors)


def evaluate(dataset: Union[Dataset, PathLike], model: Union[Model, PathLike, None] = None, *,
             classes: Optional[str] = None, merge_case: bool = False,
             threads: int = 1) -> Evaluation:
    """How accurate a model is on a dataset, as `emnist eval` measures it.

    dataset: a Dataset, or its path. classes and merge_case: as for `classify`; images without a
    character of `classes` are left out. threads: how many compute.
    """
    return _model(model).evaluate(dataset, classes=classes, merge_case=merge_case, threads=threads)
