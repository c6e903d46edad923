"""Decodes the elements of a TensorProto in blocks, whatever field they are written in.

A constant of a graph may be written with fewer values than it has elements: the last one then
stands for all that follow, and none at all for zeros (`core/framework/tensor.proto`).
"""

from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DType
from tfinspector.formats.bundles.regions import Box
from tfinspector.formats.bundles.tensor_bytes import word_dtype
from tfinspector.formats.tensor_protos.values import Layout, Values
from tfinspector.formats.varints import decode_packed
from tfinspector.formats.wire import Malformed
from tfinspector.formats.wire_in_file import Span

_LONGEST_VARINT = 10
_READ_NBYTES = 1 << 18  # of varints at a time, which may be ten times the size of their elements


class Bytes(Protocol):
    """Something to read from: a file, or a block that was decompressed."""

    def read(self, offset: int, nbytes: int) -> bytes:
        """The bytes at `offset`, exactly as many as asked for."""
        ...

    def read_into(self, target: NDArray[Any], offset: int) -> None:
        """Fills a C-contiguous array with the bytes at `offset`."""
        ...


class Elements(NamedTuple):
    """What decodes a tensor: its values, its type, and how many elements it has (`size`).

    `repeats` tells whether the last value stands for all that are not written.
    """

    values: Values
    dtype: DType
    size: int
    repeats: bool

    def blocks(self, file: Bytes, most: int) -> Iterator[NDArray[Any]]:
        """All elements as words of the type's size, at most `most` at a time.

        Raises `Malformed` where there are more or fewer than there should be.
        """
        raw = self.values.layout is Layout.RAW
        written = self._raw(file, most) if raw else self._numbers(file, most)
        done, last = 0, None
        for block in written:
            done += len(block)
            if done > self.size:
                raise Malformed(f"has more values in the file than its {self.size:,} elements")
            last = block[-1].copy()
            yield block
        if done == self.size:
            return
        if not self.repeats:
            raise Malformed(f"has {done:,} values in the file for its {self.size:,} elements")
        fill = np.full(min(most, self.size - done), 0 if last is None else last, self._word)
        while done < self.size:
            yield fill[: self.size - done].copy()
            done += len(fill)

    def rectangle(self, file: Bytes, shape: tuple[int, ...], box: Box) -> NDArray[Any]:
        """The words of a rectangle of the tensor; reads no further than its last element."""
        strides = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
        if not prod(box.shape):
            return np.empty(box.shape, self._word)
        first = sum(map(int.__mul__, box.start, strides))
        reach = sum((n - 1) * stride for n, stride in zip(box.shape, strides, strict=True)) + 1
        flat = np.empty(reach, self._word)
        at = 0
        for block in self.blocks(file, _READ_NBYTES):
            low, high = max(first, at), min(first + reach, at + len(block))
            if low < high:
                flat[low - first : high - first] = block[low - at : high - at]
            at += len(block)
            if at >= first + reach:
                break
        steps = tuple(stride * flat.itemsize for stride in strides)
        return np.ndarray(box.shape, flat.dtype, flat.data, strides=steps).copy()

    def strings(self, file: Bytes) -> list[bytes]:
        """All strings of a string tensor."""
        if self.values.layout is Layout.LISTED_STRINGS:
            found = _listed(file, self.values.runs[0], self.size)
        else:
            found = [file.read(run.start, run.stop - run.start) for run in self.values.runs]
        if len(found) > self.size or (len(found) < self.size and not self.repeats):
            raise Malformed(f"has {len(found):,} strings in the file for its {self.size:,}")
        return found + [found[-1] if found else b""] * (self.size - len(found))

    @property
    def _word(self) -> np.dtype[Any]:
        return word_dtype(self.dtype.itemsize)

    def _raw(self, file: Bytes, most: int) -> Iterator[NDArray[Any]]:
        word = self._word
        for run in self.values.runs:
            nbytes = run.stop - run.start
            if nbytes % word.itemsize:
                raise Malformed(f"has {nbytes:,} bytes that are no whole number of elements")
            buffer = np.empty(min(most, nbytes // word.itemsize), word)
            for start in range(run.start, run.stop, max(1, buffer.nbytes)):
                block = buffer[: (run.stop - start) // word.itemsize]
                file.read_into(block, start)
                yield block

    def _numbers(self, file: Bytes, most: int) -> Iterator[NDArray[Any]]:
        word = self._word
        at_once = max(_LONGEST_VARINT, min(most, _READ_NBYTES))
        for run in self.values.runs:
            position = run.start
            while position < run.stop:
                octets = np.empty(min(at_once, run.stop - position), np.uint8)
                file.read_into(octets, position)
                numbers, used = decode_packed(octets, most)
                if not used:
                    raise Malformed("has a value that is cut off")
                position += used
                yield numbers.astype(word)


def _listed(file: Bytes, run: Span, count: int) -> list[bytes]:
    """Strings of `tensor_content`: `port::EncodeStringList`."""
    octets = np.frombuffer(file.read(run.start, run.stop - run.start), np.uint8)
    lengths, used = decode_packed(octets, count)
    rest = octets[used:].tobytes()
    if len(lengths) < count or (lengths > len(rest)).any() or int(lengths.sum()) != len(rest):
        raise Malformed("has lengths of strings that do not add up to its bytes")
    ends = np.cumsum(lengths).tolist()
    return [rest[end - size : end] for end, size in zip(ends, lengths.tolist(), strict=True)]
