"""A GraphDef by its path, in binary or in text form: its constants, inputs and outputs.

A frozen graph (`freeze_graph`, `convert_variables_to_constants_v2`) has its weights as constants.
"""

import os
from math import prod
from typing import TYPE_CHECKING

from tfinspector.contents.checkpoints import Checkpoint, Dialect, Shard
from tfinspector.contents.dtypes import DTypeKind, dtype_of_code
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.saved_models import MetaGraph, SavedModel, Signature
from tfinspector.contents.variables import Role, Variable
from tfinspector.formats import faults, wire
from tfinspector.formats.bundles.bundle_index import Stamp
from tfinspector.formats.bundles.data_file import DataFile
from tfinspector.formats.bundles.entries import decode_shape
from tfinspector.formats.graphs.constant_reader import ConstantReader, InMemory
from tfinspector.formats.graphs.graph_walk import Constant, GraphContents, walk_graph
from tfinspector.formats.places.files import status_at
from tfinspector.formats.tensor_protos.elements import Bytes
from tfinspector.formats.tensor_protos.proto_reader import ProtoPiece, ProtoTensor
from tfinspector.formats.wire_in_file import Malformed, Span, windowed

if TYPE_CHECKING:
    from tfinspector.formats.places.files import Status

_TEXT = ".pbtxt"
_MOST_AXES = 254
_MOST_REPEATED = 1 << 30  # bytes that one written value may stand for
_WEIGHTS = (DTypeKind.FLOAT, DTypeKind.COMPLEX)


def read_graph(path: str) -> tuple[SavedModel, Checkpoint, ConstantReader]:
    """What the GraphDef at `path` says, its constants as variables, and a reader for them.

    Inputs and outputs are the one signature of the one graph. Raises `Unreadable` (F07 damaged,
    F12 another message than a graph).
    """
    try:
        status = status_at(path)
    except OSError as error:
        raise faults.cannot_open(path, error) from error
    stamp = Stamp(status.st_size, status.st_mtime_ns)
    with DataFile(path, stamp) as file:
        text = None
        try:
            if path.endswith(_TEXT):
                # Imported here: only graphs in text form need protobuf.
                from tfinspector.formats.graphs.graph_text import message_of_text

                message = message_of_text(file.read(0, stamp.nbytes))
                text = InMemory(message)
            nbytes = len(message) if text else stamp.nbytes
            contents = _walk(text or file, nbytes)
        except (Malformed, wire.Malformed) as error:
            raise _damaged(path, stamp.nbytes, error) from None
    if not contents.operations:
        raise _no_graph(path, stamp.nbytes)
    tensors = {each.name: _tensor(each) for each in contents.constants}
    checkpoint = Checkpoint(
        prefix=path,
        variables=tuple([_variable(name, tensor) for name, tensor in tensors.items()]),
        graph=None,
        dialect=Dialect.TF1,
        shards=(Shard(path, stamp.nbytes, stamp.nbytes),),
        index_nbytes=0,
        mtime=status.st_mtime,
        producer=contents.producer,
    )
    saved_model = _model(path, status, contents)
    return saved_model, checkpoint, ConstantReader(path, stamp, tensors, text)


def _walk(source: Bytes, nbytes: int) -> GraphContents:
    def read(offset: int, count: int) -> bytes:
        return source.read(offset, max(0, min(count, nbytes - offset)))

    return walk_graph(windowed(read), Span(0, nbytes))


def _tensor(constant: Constant) -> ProtoTensor:
    message = constant.message
    dtype = dtype_of_code(message.dtype)
    try:
        shape = decode_shape(message.shape)
    except wire.Malformed as error:
        problem = f"has a shape that can't be decoded: {error.finding.title}"
        return ProtoTensor(dtype, (), (), True, problem)
    if shape is None or len(shape) > _MOST_AXES or min(shape, default=0) < 0:
        return ProtoTensor(dtype, (), (), True, "has a shape that no constant can have")
    values = message.values_of(dtype)
    problem = ""
    if not dtype.is_numeric and dtype.kind is not DTypeKind.STRING:
        problem = f"is of the type {dtype.name}, which is not decoded here"
    elif prod(shape) * max(1, dtype.itemsize) > _MOST_REPEATED + values.nbytes * 8:
        problem = f"claims {prod(shape):,} elements and has {values.nbytes:,} bytes of values"
    pieces = (ProtoPiece((0,) * len(shape), shape, values),)
    return ProtoTensor(dtype, shape, () if problem else pieces, True, problem)


def _variable(name: str, tensor: ProtoTensor) -> Variable:
    """Small integers and the like are parts of the computation, not weights."""
    size = prod(tensor.shape)
    is_weight = tensor.dtype.kind in _WEIGHTS and len(tensor.shape) > 0
    nbytes = size * tensor.dtype.itemsize
    if not tensor.dtype.is_numeric or tensor.problem:
        nbytes = sum(piece.place.nbytes for piece in tensor.pieces)
    role = Role.WEIGHT if is_weight else Role.OTHER
    return Variable(
        name, name, (), tensor.dtype, tensor.shape, nbytes, role, False, problem=tensor.problem
    )


def _model(path: str, status: "Status", contents: GraphContents) -> SavedModel:
    signature = Signature("graph", tuple(contents.inputs), tuple(contents.outputs))
    graph = MetaGraph(
        tags=(),
        tensorflow_version="",
        git_version="",
        signatures=(signature,),
        functions=(),
        variables=(),
        assets=(),
        graph_nbytes=status.st_size,
        object_count=0,
        callable_root=False,
    )
    return SavedModel(
        path=path,
        proto=path,
        proto_nbytes=status.st_size,
        schema_version=0,
        meta_graphs=(graph,),
        fingerprint=None,
        variables_prefix=path,
        keras_metadata=False,
        mtime=status.st_mtime,
    )


def _damaged(path: str, nbytes: int, error: Malformed | wire.Malformed) -> Unreadable:
    reason = error.finding.title if isinstance(error, wire.Malformed) else str(error)
    return faults.unreadable(
        "F07",
        f"{os.path.basename(path)} is no graph, or a damaged one: {reason}",
        path,
        "Copy or download it again and compare the sizes; if it is another kind of message, open "
        "it with the program that wrote it.",
        evidence={"size": nbytes},
    )


def _no_graph(path: str, nbytes: int) -> Unreadable:
    return faults.unreadable(
        "F12",
        f"{os.path.basename(path)} is a protobuf message without a single node: it is no graph",
        path,
        "Open it with the program that wrote it; a frozen graph is what `freeze_graph` or "
        "`convert_variables_to_constants_v2` writes.",
        evidence={"size": nbytes},
    )
