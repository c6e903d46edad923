"""Files that are written: to the given path complete, or not at all, and never over a model's.

The content goes to a file beside the target, which takes the target's place when all is written.
"""

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, overload

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.variables import Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.spans import blocks_of_span, spans_of
from tfinspector.engine.written_here import check_here
from tfinspector.formats.reading import TensorReader

_OF_A_MODEL = re.compile(
    r"checkpoint|.*\.(index|meta|pb|pbtxt|h5|hdf5|keras|tflite|data-\d+-of-\d+)", re.IGNORECASE
)


@contextmanager
def new_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A binary file that appears at `path` when the block ends without an error.

    Raises `Unreadable` where it can't be written, or would replace a file of a model.
    """
    check_here(os.fspath(path))
    target = Path(os.path.expanduser(path))
    if target.exists() and _OF_A_MODEL.fullmatch(target.resolve().name):
        raise _unwritable(target, "it is a file of a model, and those are never changed", "")
    draft = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with open(draft, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    except OSError as error:
        raise _unwritable(target, error.strerror or str(error), draft) from error
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def write_csv(
    path: str | os.PathLike[str], header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """A CSV file (RFC 4180, UTF-8): the header, then the rows as they come."""
    with new_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow(header)
        writer.writerows(rows)
        text.detach()


@overload
def write_npy(path: str | os.PathLike[str], values: NDArray[Any]) -> None: ...


@overload
def write_npy(
    path: str | os.PathLike[str],
    values: TensorReader,
    variable: Variable,
    ticket: Ticket | None = None,
) -> None: ...


def write_npy(
    path: str | os.PathLike[str],
    values: NDArray[Any] | TensorReader,
    variable: Variable | None = None,
    ticket: Ticket | None = None,
) -> None:
    """An `.npy` file that `numpy.load` reads without pickle: of an array, or of a whole variable.

    A variable is read and written block by block, whatever its size, with progress in bytes.
    Types that NumPy itself lacks become the next wider one it has, value for value: bfloat16 and
    the 8 and 4-bit floats float32, the 4 and 2-bit integers int8 or uint8. Strings become fixed
    length bytes. Raises `Unreadable` and `Cancelled`.
    """
    if isinstance(values, np.ndarray):
        array = np.asarray(_portable(values, path), order="C")
        with new_file(path) as file:
            _write_header(file, array.dtype, array.shape)
            file.write(array.reshape(-1).view(np.uint8).data if array.size else b"")
        return
    assert variable is not None
    if not variable.dtype.is_numeric:
        write_npy(path, values.read(variable.key))
        return
    _refuse_own_files(path, values, variable)
    with new_file(path) as file:
        _write_blocks(file, values, variable, ticket or Ticket())


def _write_blocks(file: BinaryIO, reader: TensorReader, variable: Variable, ticket: Ticket) -> None:
    start = _portable(reader.read(variable.key, tuple(slice(0, 0) for _ in variable.shape)), "")
    _write_header(file, start.dtype, variable.shape)
    done = 0
    for span in spans_of(variable, 1):
        for block in blocks_of_span(reader, variable, span):
            ticket.report(done, variable.nbytes, variable.name)
            values = np.ascontiguousarray(_portable(block, ""))
            file.write(values.reshape(-1).view(np.uint8).data)
            done += block.nbytes
    ticket.report(done, variable.nbytes, variable.name)


def _write_header(file: BinaryIO, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    header = {
        "descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape,
    }  # fmt: skip
    np.lib.format.write_array_header_1_0(file, header)


def _portable(values: NDArray[Any], path: str | os.PathLike[str]) -> NDArray[Any]:
    """The values in a type that NumPy reads anywhere."""
    dtype = values.dtype
    if dtype.kind in "biufc" and dtype.isbuiltin == 1:
        return values
    if dtype.hasobject:
        return _fixed_length(values, path)
    if "int" in dtype.name:
        return values.astype(np.uint8 if dtype.name.startswith("u") else np.int8)
    return values.astype(np.float32)


def _fixed_length(values: NDArray[Any], path: str | os.PathLike[str]) -> NDArray[Any]:
    texts = values.reshape(-1).tolist()
    if not all(isinstance(text, bytes) and not text.endswith(b"\0") for text in texts):
        why = "an .npy file can't keep these elements (strings that end with a zero byte, variants)"
        raise _unwritable(Path(path), why, "")
    longest = max((len(text) for text in texts), default=0)
    return np.array(texts, f"S{max(longest, 1)}").reshape(values.shape)


def _refuse_own_files(
    path: str | os.PathLike[str], reader: TensorReader, variable: Variable
) -> None:
    """Whatever they are called, the files that are being read are not written."""
    target = Path(os.path.expanduser(path))
    for piece in reader.locate(variable.key).pieces:
        if target.exists() and os.path.exists(piece.file) and target.samefile(piece.file):
            raise _unwritable(target, "the variable is being read from it", "")


def _unwritable(target: Path, why: str, draft: Path | str) -> Unreadable:
    evidence = {"path": str(target), "reason": why}
    if draft:
        evidence["draft"] = str(draft)
    return Unreadable(
        Finding(
            "V03",
            Severity.ERROR,
            f"{target.name} can't be written: {why}.",
            where=str(target),
            evidence=evidence,
            fix=Fix("Choose another file, in a directory you may write to and with room for it."),
        )
    )
