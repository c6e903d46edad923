"""Reads inputs from files: arrays (.npy, .npz, .csv) and lines of text. Nothing is unpickled.

What is typed or pasted is read like such a file of text.
"""

import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.saved_models import TensorSpec
from tfinspector.diagnosis import inputs as faults
from tfinspector.engine.running.number_types import numpy_type


def read_array(path: Path, spec: TensorSpec) -> NDArray[Any]:
    """The array in the file, native-endian; strings as `bytes` objects. Raises Unreadable.

    Of an .npz file the array that is called as the input is, or the only one. Numbers in a .csv
    file get the input's own type, for text has none.
    """
    try:
        if path.suffix.lower() in (".csv", ".txt"):
            is_text = spec.dtype.kind is DTypeKind.STRING
            return read_lines(path, spec) if is_text else _numbers(path, spec)
        with open(path, "rb") as file:
            found = np.load(file, allow_pickle=False)
            if isinstance(found, np.lib.npyio.NpzFile):
                found = found[_member(path, found.files, spec)]
    except OSError as error:
        raise faults.unreadable_file(path, spec, error.strerror or str(error)) from error
    except (ValueError, EOFError, zipfile.BadZipFile, KeyError) as error:
        raise faults.unreadable_file(path, spec, _reason(error)) from error
    return _plain(path, found, spec)


def read_lines(path: Path, spec: TensorSpec) -> NDArray[Any]:
    """The lines of a text file, in the rank of the input: [n] or [n, 1]; one only for a scalar."""
    if spec.dtype.kind is not DTypeKind.STRING:
        raise faults.no_text(spec)
    return _lines(bytes_of(path, spec), spec)


def read_typed(text: str, spec: TensorSpec) -> NDArray[Any]:
    """What was typed or pasted; ";" ends a row too. Raises Unreadable."""
    if spec.dtype.kind is DTypeKind.STRING:
        return _lines(text.encode(), spec)
    try:
        return _numbers(StringIO(text.replace(";", "\n")), spec)
    except ValueError as error:
        raise faults.no_values(spec, text, _reason(error)) from error


def _lines(data: bytes, spec: TensorSpec) -> NDArray[Any]:
    lines = data.splitlines()
    values = np.empty(len(lines), object)
    values[:] = lines
    rank = 1 if spec.shape is None else len(spec.shape)
    if rank == 0 and len(lines) == 1:
        return values.reshape(())
    return values.reshape((len(lines),) + (1,) * max(rank - 1, 0))


def bytes_of(path: Path, spec: TensorSpec | None = None) -> bytes:
    """All of a file. Raises Unreadable."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise faults.unreadable_file(path, spec, error.strerror or str(error)) from error


def _numbers(text: Path | StringIO, spec: TensorSpec) -> NDArray[Any]:
    """Comma-separated numbers, a row a line; text has no shape, so they get that of the input."""
    wide = np.loadtxt(text, np.float64, delimiter=",", ndmin=2)
    if spec.dtype.kind is DTypeKind.INTEGER and not np.array_equal(wide, np.round(wide)):
        raise ValueError(f"not all of its numbers are whole, as {spec.dtype.name} needs")
    return _in_shape(wide.astype(numpy_type(spec.dtype)), spec)


def _in_shape(values: NDArray[Any], spec: TensorSpec) -> NDArray[Any]:
    """In the input's shape, where it says all sizes but one; else in rows as they were written."""
    if spec.shape is not None and len(spec.shape) == 1:
        return values.reshape(-1)
    if spec.shape is None or len(spec.shape) == 2 or spec.shape.count(None) > 1:
        return values
    try:
        return values.reshape([-1 if size is None else size for size in spec.shape])
    except ValueError:  # the call tells what does not fit
        return values


def _member(path: Path, names: list[str], spec: TensorSpec) -> str:
    if spec.name in names:
        return spec.name
    if len(names) == 1:
        return names[0]
    raise ValueError(f"it holds {', '.join(names) or 'nothing'}, and none is called {spec.name}")


def _plain(path: Path, values: NDArray[Any], spec: TensorSpec) -> NDArray[Any]:
    if values.dtype.kind in "SU":
        texts = np.empty(values.shape, object)
        texts.ravel()[:] = [
            each.encode() if isinstance(each, str) else each for each in values.ravel().tolist()
        ]
        return texts
    if values.dtype.kind == "V" and values.dtype.itemsize == spec.dtype.itemsize:
        like = numpy_type(spec.dtype)  # NumPy itself writes bfloat16 and its like as bare bytes
        if like is not None and like.isbuiltin == 2:
            return values.view(like)
    if values.dtype.kind not in "biufc":
        raise faults.unreadable_file(path, spec, f"it holds {values.dtype}, which is no number")
    return np.ascontiguousarray(values.astype(values.dtype.newbyteorder("=")))


def _reason(error: Exception) -> str:
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if "pickle" in text:
        return "it is no plain array: it would have to be unpickled, which runs what it holds"
    return text
