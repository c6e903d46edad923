"""A V1 checkpoint by its path or prefix: its variables, and a reader for their values.

Source: `core/util/tensor_slice_writer.h`, `tensor_slice_reader.cc`. Each file is a table: under
the empty key the list of the file's tensors and slices, under the ordered-code key of each slice
a message with its values. `nbytes` of a variable is what its elements take in memory, because
most are written as numbers of varying length; of strings it is what lies in the file.
"""

import os
from math import prod
from typing import NamedTuple

from tfinspector.contents.checkpoints import Checkpoint, LostBlock, Shard
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.formats import faults
from tfinspector.formats.bundles.bundle_index import Stamp
from tfinspector.formats.bundles.data_file import DataFile
from tfinspector.formats.bundles.entries import Entry
from tfinspector.formats.bundles.ordered_code import decode_slice_key
from tfinspector.formats.bundles.partitions import assemble
from tfinspector.formats.bundles.survey import Description
from tfinspector.formats.bundles.table import FOOTER_NBYTES, MAGIC, read_block
from tfinspector.formats.checkpoints.variables import describe_variables
from tfinspector.formats.tensor_protos.proto_reader import ProtoPiece, ProtoTensor
from tfinspector.formats.v1.slice_meta import SliceMeta, TensorMeta, decode_slice_meta
from tfinspector.formats.v1.table_index import Value, index_table
from tfinspector.formats.v1.v1_files import v1_files, v1_prefix
from tfinspector.formats.v1.v1_reader import Place, V1Reader, clipped
from tfinspector.formats.wire import Malformed, text

_SNIFF_NBYTES = 512
_MOST_AXES = 254
_MOST_ELEMENTS = (1 << 63) - 1
_MOST_CHECKED = 16 << 20  # bytes of the block with the list; a large tensor may be in it too


class _Keyed(NamedTuple):
    keys: list[str]
    descriptions: list[Description]


class _Files:
    """What all files of the set hold together."""

    def __init__(self) -> None:
        self.meta = SliceMeta()
        self.places: dict[bytes, Place] = {}
        self.lost: list[LostBlock] = []

    def add(self, path: str, stamp: Stamp) -> None:
        """Reads the index and the list of one file. Raises `Unreadable`."""
        with DataFile(path, stamp) as file:
            tail = min(FOOTER_NBYTES, stamp.nbytes)
            if not file.read(stamp.nbytes - tail, tail).endswith(MAGIC):
                start = file.read(0, min(_SNIFF_NBYTES, stamp.nbytes))
                raise faults.not_a_table(path, start, stamp.nbytes)
            try:
                index = index_table(clipped(file, stamp.nbytes), stamp.nbytes)
                listed = index.values.pop(b"", None)
                if listed is None:
                    raise Malformed("the list of its tensors is lost")
                self.meta.add(decode_slice_meta(_bytes_of(listed, file, stamp)))
            except Malformed as error:
                raise faults.damaged_index(path, stamp.nbytes, error.finding.title) from None
        self.lost += index.lost
        for key, value in index.values.items():
            self.places.setdefault(key, Place(path, stamp, value))


def read_v1(path: str) -> tuple[Checkpoint, V1Reader]:
    """What the V1 checkpoint at `path` holds (a file, one of its shards, or their prefix).

    Raises `Unreadable`. A tensor that can't be read is a row with its `problem`, a shard that is
    missing is told in `Checkpoint.problems`.
    """
    prefix = v1_prefix(path)
    stamps = v1_files(prefix)
    if not stamps:
        raise faults.no_index(prefix, [])
    files = _Files()
    for shard, stamp in stamps.items():
        if stamp is not None:
            files.add(shard, stamp)
    tensors = {
        text(name): _assemble(meta, files.places) for name, meta in files.meta.tensors.items()
    }
    keys = sorted(tensors)
    described = describe_variables(_Keyed(keys, [_describe(tensors[key]) for key in keys]), None)
    checkpoint = Checkpoint(
        prefix=prefix,
        variables=described.variables,
        graph=None,
        dialect=described.dialect,
        shards=tuple(
            Shard(shard, stamp.nbytes, stamp.nbytes) for shard, stamp in stamps.items() if stamp
        ),
        index_nbytes=0,
        mtime=max(stamp.mtime_ns for stamp in stamps.values() if stamp) / 1e9,
        producer=files.meta.producer,
        min_consumer=files.meta.min_consumer,
        lost_blocks=tuple(files.lost),
        problems=tuple(_missing(stamps)),
    )
    return checkpoint, V1Reader(prefix, tensors)


def _bytes_of(value: Value, file: DataFile, stamp: Stamp) -> bytes:
    """A value that is wanted whole, from a block whose checksum is right."""
    start, stop = value.span
    if value.compressed or value.block.size <= _MOST_CHECKED:
        contents = read_block(file.read, value.block, stamp.nbytes)
        at = start if value.compressed else start - value.block.offset
        return contents[at : at + stop - start]
    return file.read(start, stop - start)


def _missing(stamps: dict[str, Stamp | None]) -> list[str]:
    names = [os.path.basename(path) for path, stamp in stamps.items() if stamp is None]
    if not names:
        return []
    shown = ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
    return [f"{len(names)} of its {len(stamps)} files are missing ({shown}): what tensors lie "
            "in them is not known."]  # fmt: skip


def _assemble(meta: TensorMeta, places: dict[bytes, Place]) -> ProtoTensor:
    """The pieces of a tensor, and what keeps it from being read."""
    problem = meta.problem or _problem_of(meta)
    if problem:
        return ProtoTensor(meta.dtype, meta.shape, (), problem=problem)
    found: dict[tuple[int, ...], Place] = {}

    def find(key: bytes) -> Entry | None:
        place = places.get(key)
        if place is None:
            return None
        extents = decode_slice_key(key).extents
        sizes = zip(extents, meta.shape, strict=True)
        shape = tuple([size if length < 0 else length for (_, length), size in sizes])
        found[tuple([start for start, _ in extents])] = place
        return Entry(meta.dtype, shape, offset=place.value.span.start)

    slices = tuple(meta.slices) or (((0, -1),) * len(meta.shape),)
    parts = assemble(meta.name, Entry(meta.dtype, meta.shape, slices=slices), find)
    pieces = tuple([ProtoPiece(at, entry.shape, found[at]) for at, entry in parts.pieces])
    return ProtoTensor(meta.dtype, meta.shape, pieces, problem=parts.problem)


def _problem_of(meta: TensorMeta) -> str:
    shape = list(meta.shape)
    if len(shape) > _MOST_AXES or min(shape, default=0) < 0 or prod(shape) > _MOST_ELEMENTS:
        return f"has a shape that no tensor can have: {shape[:8]}"
    if not meta.dtype.is_numeric and meta.dtype.kind is not DTypeKind.STRING:
        return f"is of the type {meta.dtype.name}, which this format can't hold"
    return ""


def _describe(tensor: ProtoTensor) -> Description:
    if tensor.dtype.is_numeric and not tensor.problem:
        nbytes = prod(tensor.shape) * tensor.dtype.itemsize
    else:
        spans = [piece.place.value.span for piece in tensor.pieces]
        nbytes = sum(span.stop - span.start for span in spans)
    return Description(tensor.dtype, tensor.shape, nbytes, tensor.problem)
