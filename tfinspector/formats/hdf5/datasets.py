"""What a dataset is: its elements, its shape, and how its bytes are laid out.

HDF5 File Format Specification, IV.A.2.f (fill value), IV.A.2.i (layout) and IV.A.2.l (filters).
"""

from collections.abc import Sequence
from enum import Enum
from math import prod
from typing import NamedTuple

from tfinspector.formats.hdf5.datatypes import ElementType, read_element_type, read_extent
from tfinspector.formats.hdf5.file_bytes import Broken, Fields, FileBytes
from tfinspector.formats.hdf5.headers import (
    DATASPACE,
    DATATYPE,
    EXTERNAL_FILES,
    FILL_VALUE,
    FILTERS,
    LAYOUT,
    Message,
    resolved,
)

_MOST_UNCHECKED = 1 << 32  # Keras refuses beyond this what is 1000 times larger than stored
_MOST_TEXTS = 1 << 26  # the same of strings, all of which are read to find any
_MOST_EXPANSION = 1000
_MOST_ELEMENT = 1 << 26
_FIRST_NAMED_FILTER = 256
_COMPACT, _CONTIGUOUS, _CHUNKED, _VIRTUAL = 0, 1, 2, 3
_SINGLE_CHUNK, _IMPLICIT, _FIXED_ARRAY, _GROWING_ARRAY, _TREE_OF_2 = 1, 2, 3, 4, 5
_SETTINGS_NBYTES = {_FIXED_ARRAY: 1, _GROWING_ARRAY: 5, _TREE_OF_2: 6}  # the lists repeat them
_EDGES_AS_THEY_ARE = 1


class ChunkIndex(Enum):
    """How a dataset's chunks are found."""

    TREE = "tree"
    SINGLE = "single"
    IN_ORDER = "in order"
    FIXED_ARRAY = "fixed array"
    GROWING_ARRAY = "extensible array"
    TREE_OF_2 = "version 2 tree"


class Filter(NamedTuple):
    """One step that chunks went through when they were written: its number and its settings."""

    id: int
    settings: tuple[int, ...]
    optional: bool


_NEWER_LISTS = {
    _FIXED_ARRAY: ChunkIndex.FIXED_ARRAY,
    _GROWING_ARRAY: ChunkIndex.GROWING_ARRAY,
    _TREE_OF_2: ChunkIndex.TREE_OF_2,
}


class Chunks(NamedTuple):
    """Chunks of `shape`, found through the index at `address` (None: none was written).

    limits        the largest shape of the dataset, None for an axis without end
    edges_packed  whether chunks that reach over an edge went through the filters too
    """

    address: int | None
    shape: tuple[int, ...]
    kept_as: ChunkIndex
    filters: tuple[Filter, ...]
    limits: tuple[int | None, ...] = ()
    nbytes: int = 0  # stored size of a single filtered chunk
    mask: int = 0
    edges_packed: bool = True


class Dataset(NamedTuple):
    """One dataset.

    address   of its bytes where they lie in one run; None where they were never written
    compact   its bytes where they lie in the header itself
    fill      one element, for whatever was never written; b"" where that is zero
    stored    bytes in the file, as far as the header tells
    problem   why it can't be read; completes "NAME ..."
    """

    element: ElementType
    shape: tuple[int, ...]
    address: int | None = None
    compact: bytes | None = None
    chunks: Chunks | None = None
    fill: bytes = b""
    stored: int = 0
    problem: str = ""

    @property
    def nbytes(self) -> int:
        """Bytes of all elements, unpacked."""
        return prod(self.shape) * self.element.nbytes


def is_named_type(messages: Sequence[Message]) -> bool:
    """Whether an object with these messages is a type with a name of its own: it has no values."""
    types = {message.type for message in messages}
    return DATATYPE in types and not types & {DATASPACE, LAYOUT}


def read_dataset(messages: Sequence[Message], bytes_of: FileBytes) -> Dataset:
    """The dataset with these messages. Raises `Broken`; what is merely refused is a `problem`."""
    by_type = {message.type: resolved(message, bytes_of) for message in messages}
    if not {DATATYPE, DATASPACE, LAYOUT} <= by_type.keys():
        raise Broken("an object in it is neither a group nor a dataset")
    element = read_element_type(by_type[DATATYPE].data, bytes_of)
    extent = read_extent(by_type[DATASPACE].data, bytes_of)
    if extent is None:
        return Dataset(element, (0,))
    filters = _filters(by_type[FILTERS].data, bytes_of) if FILTERS in by_type else ()
    dataset = Dataset(element, extent.shape)
    if element.nbytes > _MOST_ELEMENT:
        problem = f"would have elements of {element.nbytes:,} bytes each"
        return dataset._replace(problem=problem)
    dataset = _with_layout(dataset, by_type[LAYOUT].data, filters, bytes_of)
    if dataset.chunks is not None:
        chunks = dataset.chunks._replace(limits=extent.limits)
        dataset = dataset._replace(chunks=chunks)
    fill = _fill_value(by_type[FILL_VALUE].data, bytes_of) if FILL_VALUE in by_type else b""
    if EXTERNAL_FILES in by_type:
        dataset = dataset._replace(problem="has its values in another file, which is not opened")
    return dataset._replace(fill=fill if len(fill) == element.nbytes else b"")


def _with_layout(
    dataset: Dataset, data: bytes, filters: tuple[Filter, ...], bytes_of: FileBytes
) -> Dataset:
    fields = Fields(data, bytes_of)
    version = fields.byte()
    if version in (1, 2):
        return _old_layout(dataset, fields, filters, bytes_of)
    if version not in (3, 4, 5):
        raise Broken(f"a dataset in it has a layout of version {version}")
    kind = fields.byte()
    if kind == _COMPACT:
        return _checked(dataset._replace(compact=fields.raw(fields.integer(2))), bytes_of)
    if kind == _CONTIGUOUS:
        address, nbytes = fields.offset(), fields.length()
        return _checked(dataset._replace(address=address, stored=nbytes), bytes_of)
    if kind == _VIRTUAL:
        return dataset._replace(problem="is put together from other files, which are not opened")
    if kind != _CHUNKED:
        raise Broken(f"a dataset in it has a layout of kind {kind}")
    if version == 3:
        axes = fields.byte()
        address = fields.offset()
        shape = tuple([fields.integer(4) for _ in range(axes)])
        return _chunked(dataset, Chunks(address, shape[:-1], ChunkIndex.TREE, filters))
    return _new_chunks(dataset, fields, filters)


def _new_chunks(dataset: Dataset, fields: Fields, filters: tuple[Filter, ...]) -> Dataset:
    flags, axes, width = fields.byte(), fields.byte(), fields.byte()
    shape = tuple([fields.integer(width) for _ in range(axes)])[:-1]
    index = fields.byte()
    if index == _SINGLE_CHUNK:
        nbytes, mask = (fields.length(), fields.integer(4)) if flags & 2 else (0, 0)
        address = fields.offset()
        single = Chunks(address, shape, ChunkIndex.SINGLE, filters, nbytes=nbytes, mask=mask)
        return _chunked(dataset, single)
    if index == _IMPLICIT:
        return _chunked(dataset, Chunks(fields.offset(), shape, ChunkIndex.IN_ORDER, ()))
    if index not in _NEWER_LISTS:
        raise Broken(f"the chunks of a dataset in it are listed in way {index}, which is unknown")
    fields.skip(_SETTINGS_NBYTES[index])
    listed = Chunks(fields.offset(), shape, _NEWER_LISTS[index], filters)
    return _chunked(dataset, listed._replace(edges_packed=not flags & _EDGES_AS_THEY_ARE))


def _old_layout(
    dataset: Dataset, fields: Fields, filters: tuple[Filter, ...], bytes_of: FileBytes
) -> Dataset:
    axes, kind = fields.byte(), fields.byte()
    fields.skip(5)
    address = fields.offset() if kind != _COMPACT else None
    shape = tuple([fields.integer(4) for _ in range(axes)])
    if kind == _COMPACT:
        return _checked(dataset._replace(compact=fields.raw(fields.integer(4))), bytes_of)
    if kind == _CONTIGUOUS:
        return _checked(dataset._replace(address=address, stored=dataset.nbytes), bytes_of)
    return _chunked(dataset, Chunks(address, shape[:-1], ChunkIndex.TREE, filters))


def _chunked(dataset: Dataset, chunks: Chunks) -> Dataset:
    if len(chunks.shape) != len(dataset.shape) or not all(chunks.shape):
        raise Broken("the chunks of a dataset in it do not have its axes")
    return dataset._replace(chunks=chunks)


def _checked(dataset: Dataset, bytes_of: FileBytes) -> Dataset:
    """With what is wrong about where its bytes should lie."""
    if dataset.compact is not None:
        short = len(dataset.compact) < dataset.nbytes
        return dataset._replace(problem="is cut off") if short else dataset
    if dataset.address is None:
        return bounded(dataset, 0)
    if dataset.stored < dataset.nbytes:
        return dataset._replace(problem=f"has {dataset.stored:,} of {dataset.nbytes:,} bytes")
    if dataset.address + dataset.nbytes > bytes_of.nbytes:
        return dataset._replace(problem="lies beyond the end of the file, which is cut off")
    return dataset


def bounded(dataset: Dataset, stored: int) -> Dataset:
    """With a problem where far more is declared than stored, as Keras refuses it too."""
    most = _MOST_UNCHECKED if dataset.element.dtype.is_numeric else _MOST_TEXTS
    if dataset.nbytes > max(most, _MOST_EXPANSION * stored):
        return dataset._replace(
            problem=f"declares {dataset.nbytes:,} bytes, but only {stored:,} are stored: reading "
            "it would fill the memory with nothing"
        )
    return dataset


def _fill_value(data: bytes, bytes_of: FileBytes) -> bytes:
    fields = Fields(data, bytes_of)
    if fields.byte() < 3:
        fields.skip(2)
        defined = bool(fields.byte())
    else:
        defined = bool(fields.byte() & 32)
    return fields.raw(fields.integer(4)) if defined and fields.position < len(data) else b""


def _filters(data: bytes, bytes_of: FileBytes) -> tuple[Filter, ...]:
    fields = Fields(data, bytes_of)
    version, count = fields.byte(), fields.byte()
    fields.skip(6 if version == 1 else 0)
    found = []
    for _ in range(count):
        id_ = fields.integer(2)
        named = version == 1 or id_ >= _FIRST_NAMED_FILTER
        name = fields.integer(2) if named else 0
        flags, settings = fields.integer(2), fields.integer(2)
        fields.raw(-(-name // 8) * 8 if version == 1 else name)
        values = tuple([fields.integer(4) for _ in range(settings)])
        fields.skip(4 if version == 1 and settings % 2 else 0)
        found.append(Filter(id_, values, bool(flags & 1)))
    return tuple(found)
