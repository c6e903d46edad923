"""Decodes the values of a bundle's index: the header, and one entry per tensor or slice.

Source: `core/protobuf/tensor_bundle.proto`, `core/framework/{tensor_shape,tensor_slice}.proto`.
A wrong description is told in `Entry.problem`, in words that complete "this tensor ...".
"""

from math import prod
from typing import NamedTuple

from tfinspector.contents.dtypes import DType, DTypeKind, dtype_of_code
from tfinspector.formats.wire import Malformed, signed, varints_of, walk

Extents = tuple[tuple[int, int], ...]
"""A rectangle as the file writes it: (start, length) per axis, length -1 for the whole axis."""

_MAX_AXES = 254  # TensorShape::MaxDimensions
_MAX_ELEMENTS = (1 << 63) - 1


class Header(NamedTuple):
    """The bundle's header. `problems` are sentences."""

    num_shards: int = 1
    big_endian: bool = False
    producer: int = 1
    min_consumer: int = 0
    problems: tuple[str, ...] = ()


class Entry(NamedTuple):
    """One entry as written; `slices` are those of a partitioned tensor's full entry."""

    dtype: DType
    shape: tuple[int, ...] = ()
    shard: int = 0
    offset: int = 0
    nbytes: int = 0
    checksum: int = 0
    slices: tuple[Extents, ...] = ()
    problem: str = ""


def decode_header(value: bytes) -> Header:
    """The header; raises `Malformed` if the bytes are no message."""
    num_shards, endianness, producer, min_consumer = 0, 0, 0, 0
    bad_consumers: list[int] = []
    for field, _, content in walk(value):
        if field == 1 and isinstance(content, int):
            num_shards = signed(content)
        elif field == 2 and isinstance(content, int):
            endianness = content
        elif field == 3 and isinstance(content, bytes):
            for part, _, number in walk(content):
                if part == 1 and isinstance(number, int):
                    producer = number
                elif part == 2 and isinstance(number, int):
                    min_consumer = signed(number)
                elif part == 3:
                    bad_consumers += varints_of(number)
    problems = []
    if num_shards < 1:
        problems.append(f"The header says that there are {num_shards} data files.")
    if endianness > 1:
        problems.append(f"The header names the unknown byte order {endianness}.")
    if min_consumer > 1 or 1 in bad_consumers:
        problems.append("The header forbids today's readers: TensorFlow refuses to open this file.")
    return Header(num_shards, endianness == 1, producer, min_consumer, tuple(problems))


def decode_entry(value: bytes) -> Entry:
    """One entry; what is wrong with it is in its `problem`, and nothing is raised."""
    numbers = {1: 0, 3: 0, 4: 0, 5: 0, 6: 0}
    shape: list[int] = []
    slices: list[Extents] = []
    damage = ""
    try:
        for field, _, content in walk(value):
            if field in numbers and isinstance(content, int):
                numbers[field] = signed(content)
            elif field == 2 and isinstance(content, bytes):
                shape += decode_shape(content) or ()
            elif field == 7 and isinstance(content, bytes):
                slices.append(decode_slice(content))
    except Malformed as error:
        damage = f"has an entry in the index that can't be decoded: {error.finding.title}"
    code, shard, offset, nbytes, checksum = numbers.values()
    entry = Entry(
        dtype_of_code(code), tuple(shape), shard, offset, nbytes, checksum, tuple(slices), damage
    )
    return entry if damage else entry._replace(problem=_problem(entry))


def decode_shape(message: bytes) -> tuple[int, ...] | None:
    """A TensorShapeProto: its axes as written (perhaps negative), None for an unknown rank."""
    axes = []
    known = True
    for field, _, content in walk(message):
        if field == 2 and isinstance(content, bytes):
            size = 0
            for part, _, number in walk(content):
                if part == 1 and isinstance(number, int):
                    size = signed(number)
            axes.append(size)
        elif field == 3:
            known = not content
    return tuple(axes) if known else None


def decode_slice(message: bytes) -> Extents:
    """A TensorSliceProto: one (start, length) per axis, length -1 where none is written."""
    extents = []
    for field, _, content in walk(message):
        if field == 1 and isinstance(content, bytes):
            start, length = 0, -1
            for part, _, number in walk(content):
                if part == 1 and isinstance(number, int):
                    start = signed(number)
                elif part == 2 and isinstance(number, int):
                    length = signed(number)
            extents.append((start, length))
    return tuple(extents)


def _problem(entry: Entry) -> str:
    """What is wrong with a description that could be decoded; "" if nothing is."""
    shape = list(entry.shape)
    if len(shape) > _MAX_AXES:
        return f"has {len(shape)} axes, more than the {_MAX_AXES} that TensorFlow allows"
    if min(shape, default=0) < 0:
        return f"has a negative axis in its shape {shape}"
    count = prod(shape)
    if count > _MAX_ELEMENTS:
        return f"claims a shape of more elements than can exist: {shape}"
    if entry.slices:
        return ""
    if entry.shard < 0 or entry.offset < 0 or entry.nbytes < 0:
        return "is placed at a negative position in its data file"
    kind = entry.dtype.kind
    if entry.dtype.itemsize:
        if entry.nbytes != count * entry.dtype.itemsize:
            return (
                f"has {entry.nbytes:,} bytes in the file where {entry.dtype.name} of shape {shape} "
                f"takes {count * entry.dtype.itemsize:,}"
            )
    elif kind is DTypeKind.STRING and entry.nbytes < count + 4:
        return f"has {entry.nbytes:,} bytes in the file, too few for {count:,} strings"
    elif kind is DTypeKind.VARIANT and entry.nbytes < 5 * count:
        return f"has {entry.nbytes:,} bytes in the file, too few for {count:,} variants"
    elif kind is DTypeKind.RESOURCE:
        return "is a resource handle, which no file can hold"
    elif kind is DTypeKind.UNKNOWN:
        return f"is of the type number {entry.dtype.code}, which is not known here"
    return ""
