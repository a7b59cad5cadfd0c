"""libemnist as ctypes sees it: its structures and functions, as the C headers declare them."""

from __future__ import annotations

import ctypes
import os
import struct
from ctypes import POINTER, Structure, c_bool, c_char, c_char_p, c_double, c_float, c_int
from ctypes import c_size_t, c_ssize_t, c_uint, c_uint8, c_uint32, c_uint64, c_void_p
from typing import Any

NO_OFFSET = 2**64 - 1
MAX_BATCH = 65536
VECTOR_LENGTH = 784
SIDE = 28


class Error(Structure):
    _fields_ = [("code", c_int), ("sys_errno", c_int), ("offset", c_uint64),
                ("message", c_char * 256), ("limit", c_int)]


class Limits(Structure):
    _fields_ = [("file_nbytes", c_uint64), ("width", c_uint32), ("height", c_uint32),
                ("n_pixels", c_uint64)]


class ReaderOptions(Structure):
    _fields_ = [("limits", Limits), ("preprocess", c_int), ("model", c_void_p)]


# Pointers that NumPy fills in are numbers here.
class Pixels(Structure):
    _fields_ = [("samples", c_size_t), ("width", c_uint32), ("height", c_uint32),
                ("channels", c_uint), ("depth", c_uint), ("stride", c_ssize_t)]


class Input(Structure):
    _fields_ = [("path", c_size_t), ("pixels", c_size_t), ("bytes", c_size_t),
                ("nbytes", c_size_t)]


# An input of its bytes and nbytes.
pack_bytes = struct.Struct(f"{Input.bytes.offset}xPN").pack


class Record(Structure):
    _fields_ = [("best", c_uint32), ("probability", c_float), ("is_blank", c_bool),
                ("n_characters", c_size_t), ("warning", c_size_t), ("error", Error)]


# The fields of records before the rest of their errors, up to its code.
_RECORD_START = "If?NPi"
unpack_records = struct.Struct(f"{_RECORD_START}"
                               f"{ctypes.sizeof(Record) - struct.calcsize(_RECORD_START)}x").iter_unpack


class SessionOptions(Structure):
    _fields_ = [("engine", c_int)]


class ViewOptions(Structure):
    _fields_ = [("set", c_char_p), ("merge_case", c_bool)]


class ClassifierOptions(Structure):
    _fields_ = [("reader", POINTER(ReaderOptions)), ("session", SessionOptions),
                ("view", ViewOptions)]


class ModelOptions(Structure):
    _fields_ = [("labels", c_void_p), ("file_nbytes", c_uint64), ("activation", c_int),
                ("hash_files", c_bool), ("input_scale", c_double), ("input_mean", c_double),
                ("input_std", c_double)]


class DatasetOptions(Structure):
    _fields_ = [("labels_path", c_char_p), ("mapping_path", c_char_p), ("transpose", c_int),
                ("label_column", c_char_p), ("indices", c_void_p), ("n_indices", c_size_t),
                ("split", c_char_p), ("donors", c_char_p), ("without_donors", c_char_p),
                ("preprocess", c_int), ("limits", Limits), ("n_threads", c_uint),
                ("bad_image", c_void_p), ("context", c_void_p)]


class EvalOptions(Structure):
    _fields_ = [("n_threads", c_uint), ("n_rows", c_size_t), ("view", c_void_p),
                ("answers", c_bool), ("answered", c_void_p), ("progress", c_void_p),
                ("context", c_void_p), ("answer_blank", c_bool), ("engine", c_int)]


class Bin(Structure):
    _fields_ = [("n_images", c_uint64), ("n_correct", c_uint64), ("confidence", c_double)]


class Evaluation(Structure):
    _fields_ = [("n_images", c_uint64), ("n_left_out", c_uint64), ("n_not_in_model", c_uint64),
                ("n_correct", c_uint64), ("n_top3", c_uint64), ("n_case_insensitive", c_uint64),
                ("n_within", c_uint64 * 10), ("nll", c_double), ("ece", c_double),
                ("bins", Bin * 15), ("n_true", c_size_t), ("n_predicted", c_size_t),
                ("confusion", POINTER(c_uint64)), ("true_labels", c_void_p),
                ("predicted_labels", c_void_p), ("confidence", c_void_p), ("answers", c_void_p),
                ("n_blank", c_uint64)]


STRUCTURES = {
    "error": Error, "limits": Limits, "reader_options": ReaderOptions, "pixels": Pixels,
    "input": Input, "record": Record, "session_options": SessionOptions,
    "view_options": ViewOptions, "classifier_options": ClassifierOptions,
    "model_options": ModelOptions, "dataset_options": DatasetOptions,
    "eval_options": EvalOptions, "bin": Bin, "evaluation": Evaluation,
}

# What a function returns, and what it takes. An object is a c_void_p, and so is an array.
_TO_OBJECT, _TO_ERROR, _LABELS = POINTER(c_void_p), POINTER(Error), c_void_p
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "version": (c_char_p, []),
    "struct_nbytes": (c_size_t, [c_char_p]),
    "labels_read": (c_int, [c_char_p, _TO_OBJECT, _TO_ERROR]),
    "labels_free": (None, [_LABELS]),
    "labels_count": (c_size_t, [_LABELS]),
    "labels_text": (c_char_p, [_LABELS, c_size_t]),
    "model_default": (c_int, [_TO_OBJECT, _TO_ERROR]),
    "model_parse": (c_int, [c_char_p, c_size_t, POINTER(ModelOptions), _TO_OBJECT, _TO_ERROR]),
    "model_read": (c_int, [c_char_p, POINTER(ModelOptions), _TO_OBJECT, _TO_ERROR]),
    "model_free": (None, [c_void_p]),
    "model_n_inputs": (c_size_t, [c_void_p]),
    "model_labels": (_LABELS, [c_void_p]),
    "model_preprocess": (c_int, [c_void_p]),
    "session_create": (c_int, [c_void_p, c_size_t, _TO_OBJECT, _TO_ERROR]),
    "session_run": (c_int, [c_void_p, c_void_p, c_size_t, c_void_p, _TO_ERROR]),
    "session_free": (None, [c_void_p]),
    "view_create": (c_int, [_LABELS, POINTER(ViewOptions), _TO_OBJECT, _TO_ERROR]),
    "view_free": (None, [c_void_p]),
    "classifier_create": (c_int, [c_void_p, POINTER(ClassifierOptions), _TO_OBJECT, _TO_ERROR]),
    "classifier_labels": (_LABELS, [c_void_p]),
    "classifier_free": (None, [c_void_p]),
    "classify": (c_int, [c_void_p, c_void_p, c_size_t, c_void_p, c_void_p, _TO_ERROR]),
    "top_k_rows": (None, [c_void_p, c_size_t, c_size_t, c_size_t, c_void_p]),
    "dataset_open": (c_int, [c_char_p, POINTER(DatasetOptions), _TO_OBJECT, _TO_ERROR]),
    "dataset_free": (None, [c_void_p]),
    "dataset_describe": (c_char_p, [c_void_p]),
    "dataset_count": (c_uint64, [c_void_p]),
    "dataset_labels": (_LABELS, [c_void_p]),
    "dataset_read": (c_int, [c_void_p, c_size_t, c_void_p, c_void_p, POINTER(c_size_t),
                             _TO_ERROR]),
    "evaluate": (c_int, [c_void_p, c_void_p, POINTER(EvalOptions), POINTER(Evaluation),
                         _TO_ERROR]),
    "evaluation_clear": (None, [POINTER(Evaluation)]),
}


def _path() -> str:
    chosen = os.environ.get("EMNIST_LIBRARY")
    packed = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libemnist.so")
    return chosen or (packed if os.path.exists(packed) else "libemnist.so")


class Library:
    """The functions of libemnist without their prefix: `lib.version()`. They release the
    interpreter lock while they run."""

    def __init__(self, path: str) -> None:
        try:
            functions = ctypes.CDLL(path)
            for name, (result, arguments) in _FUNCTIONS.items():
                function = getattr(functions, f"emnist_{name}")
                function.restype, function.argtypes = result, arguments
                setattr(self, name, function)
        except (OSError, AttributeError) as error:
            raise ImportError(f"cannot load libemnist: {error}; set EMNIST_LIBRARY to the path "
                              "of a libemnist.so that fits this package") from error
        for name, structure in STRUCTURES.items():
            if self.struct_nbytes(name.encode()) != ctypes.sizeof(structure):
                raise ImportError(f"{path} has another struct emnist_{name}: it is not the "
                                  "libemnist that this package was made for")

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


lib = Library(_path())
