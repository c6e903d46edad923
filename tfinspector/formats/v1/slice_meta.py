"""The list of tensors at the beginning of a V1 checkpoint: names, types, shapes, slices.

Source: `core/util/saved_tensor_slice.proto`. The value under the empty key is a SavedTensorSlices
whose `meta` (field 1) names every tensor of the file and the slices of it that the file holds.
"""

from dataclasses import dataclass, field

from tfinspector.contents.dtypes import DType, dtype_of_code
from tfinspector.formats.bundles.entries import Extents, decode_shape, decode_slice
from tfinspector.formats.wire import Malformed, signed, walk

_META, _TENSOR, _VERSIONS = 1, 1, 2
_NAME, _SHAPE, _TYPE, _SLICE = 1, 2, 3, 4


@dataclass
class TensorMeta:
    """One tensor, with its slices in all files of the set; `problem` completes "this tensor"."""

    name: bytes
    dtype: DType
    shape: tuple[int, ...]
    slices: list[Extents] = field(default_factory=list)
    problem: str = ""


@dataclass
class SliceMeta:
    """The tensors of a file or of several, and the format version their writer states."""

    tensors: dict[bytes, TensorMeta] = field(default_factory=dict)
    producer: int = 0
    min_consumer: int = 0

    def add(self, other: "SliceMeta") -> None:
        """Takes over what another file of the set holds."""
        for name, tensor in other.tensors.items():
            mine = self.tensors.setdefault(name, tensor)
            if mine is tensor:
                continue
            if (mine.dtype, mine.shape) != (tensor.dtype, tensor.shape):
                mine.problem = "is described differently by two files of the checkpoint"
            mine.slices += [one for one in tensor.slices if one not in mine.slices]
        self.producer = max(self.producer, other.producer)
        self.min_consumer = max(self.min_consumer, other.min_consumer)


def decode_slice_meta(message: bytes) -> SliceMeta:
    """The list in a SavedTensorSlices. Raises `Malformed`."""
    found = SliceMeta()
    for number, _, content in walk(message):
        if number == _META and isinstance(content, bytes):
            _decode_meta(content, found)
    return found


def _decode_meta(message: bytes, found: SliceMeta) -> None:
    for number, _, content in walk(message):
        if number == _TENSOR and isinstance(content, bytes):
            tensor = _decode_tensor(content)
            found.add(SliceMeta({tensor.name: tensor}))
        elif number == _VERSIONS and isinstance(content, bytes):
            for part, _, value in walk(content):
                if part == 1 and isinstance(value, int):
                    found.producer = signed(value)
                elif part == 2 and isinstance(value, int):
                    found.min_consumer = signed(value)


def _decode_tensor(message: bytes) -> TensorMeta:
    name, code, shape, problem = b"", 0, (), ""
    slices: list[Extents] = []
    for number, _, content in walk(message):
        if number == _TYPE and isinstance(content, int):
            code = content
        elif not isinstance(content, bytes):
            continue
        elif number == _NAME:
            name = content
        elif number == _SHAPE:
            try:
                shape = decode_shape(content) or ()  # type: ignore[assignment]
            except Malformed as error:
                problem = f"has a shape that can't be decoded: {error.finding.title}"
        elif number == _SLICE:
            slices.append(decode_slice(content))
    return TensorMeta(name, dtype_of_code(code), shape, slices, problem)
