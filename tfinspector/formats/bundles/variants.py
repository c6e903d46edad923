"""Variant tensors: tensor lists, optionals, iterator states, each a length-prefixed message.

Source: `WriteVariantTensor` in `core/util/tensor_bundle/tensor_bundle.cc`, and
`VariantTensorDataProto` in `core/framework/tensor.proto`. Each element is a varint length, the
message and 4 bytes of masked CRC32C that runs on through the whole tensor, over the lengths as
8-byte integers, the messages and the checksums themselves. Inner tensors are described, not
decoded: what they mean is known only to the C++ class that wrote them.
"""

from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DType, dtype_of_code
from tfinspector.contents.tensors import Piece, VariantElement
from tfinspector.formats.bundles.data_file import DataFile
from tfinspector.formats.bundles.entries import decode_shape
from tfinspector.formats.wire import Malformed, read_varint, text, walk

_LONGEST_VARINT = 10
CHECKSUM_NBYTES = 4


class Span(NamedTuple):
    """Where the message of one element lies in the data file; its checksum comes right after."""

    offset: int
    nbytes: int


def spans(file: DataFile, piece: Piece, count: int) -> Iterator[Span]:
    """The elements of a piece in order, without reading their messages.

    Raises `Malformed` where an element does not fit into the tensor, or bytes are left over.
    """
    position, end = piece.offset, piece.offset + piece.nbytes
    for index in range(count):
        head = file.read(position, min(_LONGEST_VARINT, end - position))
        nbytes, used = read_varint(head, 0)
        position += used
        if position + nbytes + CHECKSUM_NBYTES > end:
            raise Malformed(f"its element {index} runs past the end of the tensor")
        yield Span(position, nbytes)
        position += nbytes + CHECKSUM_NBYTES
    if position != end:
        raise Malformed(f"{end - position} bytes are left over after its last element")


def read_variants(
    file: DataFile, piece: Piece, wanted: NDArray[np.int64], out: NDArray[Any]
) -> None:
    """Fills the object array `out` with the elements at the flat positions `wanted`."""
    places = {position: place for place, position in enumerate(wanted.reshape(-1).tolist())}
    elements = np.empty(len(places), object)
    for position, (offset, nbytes) in enumerate(spans(file, piece, prod(piece.shape))):
        if position in places:
            elements[places[position]] = decode_variant(file.read(offset, nbytes))
    out[...] = elements.reshape(out.shape)


def decode_variant(message: bytes) -> VariantElement:
    """One VariantTensorDataProto."""
    type_name, metadata = "", b""
    tensors: list[tuple[DType, tuple[int, ...] | None]] = []
    for field, _, content in walk(memoryview(message)):
        if isinstance(content, int):
            continue
        if field == 1:
            type_name = text(content)
        elif field == 2:
            metadata = bytes(content)
        elif field == 3:
            tensors.append(_describe(content))
    return VariantElement(type_name, metadata, tuple(tensors))


def _describe(message: memoryview) -> tuple[DType, tuple[int, ...] | None]:
    """dtype and shape of a TensorProto; a shape of unknown rank is None."""
    code = 0
    shape: tuple[int, ...] | None = ()
    for field, _, content in walk(message):
        if field == 1 and isinstance(content, int):
            code = content
        elif field == 2 and not isinstance(content, int):
            shape = decode_shape(bytes(content))
    return dtype_of_code(code), shape
