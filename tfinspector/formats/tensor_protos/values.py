"""Where the values of a TensorProto lie, found without reading them.

Source: `core/framework/tensor.proto`, `Tensor::FromProto` and `Tensor::AsProtoTensorContent` in
`core/framework/tensor.cc`. A tensor has either all its bytes in `tensor_content`, or its elements
in the field of its type; a V1 checkpoint always has the latter, a graph mostly the former.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from tfinspector.contents.dtypes import DType, DTypeKind
from tfinspector.formats import wire
from tfinspector.formats.wire_in_file import ByteSource, Field, Span, fields_of

_DTYPE, _SHAPE, _CONTENT = 1, 2, 4
_FIRST_FIELD, _LAST_FIELD = 5, 18
_ONE_BYTE_TAG = 16  # from this field number on a tag takes two bytes

_STRING_FIELD = 8
_RAW_FIELDS = {"float32": 5, "float64": 6, "complex64": 9, "complex128": 12}
_VARINT_FIELDS = {
    "int64": 10, "bool": 11, "float16": 13, "bfloat16": 13, "uint32": 16, "uint64": 17,
}  # fmt: skip
_INT_FIELD = 7  # all narrower integers, and the quantised ones
_FLOAT8_FIELD = 18


class Layout(Enum):
    """How elements are written."""

    RAW = "little-endian elements in a row"
    VARINTS = "base-128 numbers in a row"
    STRINGS = "one field per string"
    LISTED_STRINGS = "the lengths of all strings, then all strings"


class Values(NamedTuple):
    """The elements of a tensor: the runs of bytes they lie in, and how they are written."""

    layout: Layout
    runs: tuple[Span, ...]

    @property
    def nbytes(self) -> int:
        """Bytes in the file."""
        return sum(run.stop - run.start for run in self.runs)


class TensorMessage(NamedTuple):
    """A TensorProto without its values: type, shape message, and where each field's runs lie.

    `content` is the run of `tensor_content`, None where it is not there or empty.
    """

    dtype: int
    shape: bytes
    content: Span | None
    runs: Mapping[int, tuple[Span, ...]]

    def values_of(self, dtype: DType) -> Values:
        """The values as elements of `dtype`; no runs where there are none."""
        if self.content is not None:
            is_text = dtype.kind is DTypeKind.STRING
            return Values(Layout.LISTED_STRINGS if is_text else Layout.RAW, (self.content,))
        number, layout = _field_of(dtype)
        return Values(layout, self.runs.get(number, ()))


def _field_of(dtype: DType) -> tuple[int, Layout]:
    if dtype.kind is DTypeKind.STRING:
        return _STRING_FIELD, Layout.STRINGS
    if dtype.name in _RAW_FIELDS:
        return _RAW_FIELDS[dtype.name], Layout.RAW
    if dtype.kind is DTypeKind.FLOAT and dtype.itemsize == 1:
        return _FLOAT8_FIELD, Layout.RAW
    return _VARINT_FIELDS.get(dtype.name, _INT_FIELD), Layout.VARINTS


def find_tensor(read: ByteSource, span: Span) -> TensorMessage:
    """The TensorProto in `span`. Raises `wire_in_file.Malformed`."""
    dtype, shape, content = 0, b"", None
    runs: dict[int, list[Span]] = {}
    for field in fields_of(read, span):
        if _FIRST_FIELD <= field.number <= _LAST_FIELD:
            runs.setdefault(field.number, []).append(_payload(field))
        elif field.number == _DTYPE and field.wire_type == wire.VARINT:
            dtype = field.value
        elif field.number == _SHAPE and field.wire_type == wire.BYTES:
            shape += read(field.content.start, field.content.stop - field.content.start)
        elif field.number == _CONTENT and field.wire_type == wire.BYTES:
            content = field.content if field.content.stop > field.content.start else None
    return TensorMessage(
        dtype, shape, content, {number: tuple(found) for number, found in runs.items()}
    )


def _payload(field: Field) -> Span:
    """The bytes of a value without tag and length: packed and single ones then look alike."""
    if field.wire_type == wire.VARINT:
        tag = 1 if field.number < _ONE_BYTE_TAG else 2
        return Span(field.start + tag, field.content.start)
    return field.content
