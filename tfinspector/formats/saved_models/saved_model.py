"""A SavedModel directory, read without TensorFlow and without loading its graph.

Layout: `tensorflow/cc/saved_model/constants.h`. TensorFlow takes `saved_model.pb` before
`saved_model.pbtxt`. What is in `variables/` is a checkpoint of its own, see `join_variables`.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from tfinspector.contents.saved_models import (
    Asset,
    Fingerprint,
    MetaGraph,
    SavedModel,
)
from tfinspector.formats.places.files import is_file, open_buffered, open_for_parts, status_at
from tfinspector.formats.saved_models import faults as faults
from tfinspector.formats.saved_models.binary import RawMetaGraph, read_meta_graphs
from tfinspector.formats.saved_models.graph_collections import (
    assets_of,
    init_op_of,
    variable_nodes,
    variables_of,
)
from tfinspector.formats.saved_models.objects import read_saved_objects
from tfinspector.formats.saved_models.schema import parse_message
from tfinspector.formats.saved_models.signatures import INIT_OP, build_signatures
from tfinspector.formats.saved_models.text import read_meta_graphs_of_text, variable_nodes_of_text
from tfinspector.formats.saved_models.variables import join_variables
from tfinspector.formats.wire_in_file import ByteSource, Malformed, Span, windowed

if TYPE_CHECKING:
    from tfinspector.formats.places.files import Status

__all__ = ["join_variables", "read_saved_model"]

BINARY, TEXT, CHUNKED = "saved_model.pb", "saved_model.pbtxt", "saved_model.cpb"
START_NBYTES = 256
FindNodes = Callable[[Sequence[Span]], dict[str, Any]]


def read_saved_model(directory: str | os.PathLike[str]) -> SavedModel:
    """What the SavedModel in `directory` says about itself.

    The variables' keys are not joined yet, see `join_variables`. Raises `Unreadable` (S01 no
    SavedModel here, S04 empty, cut off, damaged or in a form TensorFlow can't load, F13).
    """
    path = os.fspath(directory)
    proto = _find_proto(path)
    try:
        with open_for_parts(proto) as (read, status):
            return _read_open(path, proto, read, status)
    except OSError as error:
        raise faults.cannot_open(proto, error) from error


def _find_proto(directory: str) -> str:
    for name in (BINARY, TEXT, CHUNKED):
        proto = os.path.join(directory, name)
        if is_file(proto):
            return proto
    raise faults.no_saved_model(directory)


def _read_open(directory: str, proto: str, read: ByteSource, status: "Status") -> SavedModel:
    start = read(0, START_NBYTES)
    if proto.endswith(CHUNKED):
        raise faults.chunked(proto, start)
    try:
        if proto.endswith(TEXT):
            text = read_all(read, status.st_size)
            find_nodes: FindNodes = partial(variable_nodes_of_text, text)
            version, raw = read_meta_graphs_of_text(text)
        else:
            find_nodes = partial(variable_nodes, windowed(read))
            version, raw = read_meta_graphs(read, status.st_size)
        meta_graphs = [build_meta_graph(directory, meta_graph, find_nodes) for meta_graph in raw]
    except (Malformed, DecodeError) as error:
        raise faults.damaged(proto, start, status.st_size, str(error)) from error
    if not meta_graphs and not version:
        raise faults.damaged(proto, start, status.st_size, "there is no graph in it")
    fingerprint, problems = _read_fingerprint(directory)
    prefix = os.path.join(directory, "variables", "variables")
    return SavedModel(
        path=directory,
        proto=proto,
        proto_nbytes=status.st_size,
        schema_version=version,
        meta_graphs=tuple(meta_graph for meta_graph, _ in meta_graphs),
        fingerprint=fingerprint,
        variables_prefix=prefix if is_file(f"{prefix}.index") else "",
        keras_metadata=is_file(os.path.join(directory, "keras_metadata.pb")),
        mtime=status.st_mtime,
        problems=(*(problem for _, found in meta_graphs for problem in found), *problems),
    )


def read_all(read: ByteSource, nbytes: int) -> bytes:
    """The whole file; `pread` gives at most 2 GiB at a time."""
    parts = bytearray()
    while len(parts) < nbytes and (part := read(len(parts), nbytes - len(parts))):
        parts += part
    return bytes(parts)


def build_meta_graph(
    directory: str, raw: RawMetaGraph, find_nodes: FindNodes
) -> tuple[MetaGraph, tuple[str, ...]]:
    """The meta graph, and what is wrong with its objects.

    `find_nodes` gives the variable nodes of a graph by name. Raises `DecodeError`, `Malformed`.
    """
    message = raw.message
    info = message.meta_info_def
    objects = read_saved_objects(message.object_graph_def)
    variables = objects.variables
    init_op = init_op_of(message.collection_def)
    if not message.object_graph_def.nodes:
        variables = variables_of(message.collection_def, partial(find_nodes, raw.graph))
    elif not init_op and INIT_OP in message.signature_def:
        init_op = next(
            (output.name for output in message.signature_def[INIT_OP].outputs.values()), ""
        )
    meta_graph = MetaGraph(
        tags=tuple(sorted(info.tags)),
        tensorflow_version=info.tensorflow_version,
        git_version=info.tensorflow_git_version,
        signatures=build_signatures(message.signature_def),
        functions=objects.functions,
        variables=variables,
        assets=_assets(directory, [*message.asset_file_def, *assets_of(message.collection_def)]),
        graph_nbytes=raw.graph_nbytes,
        object_count=len(message.object_graph_def.nodes),
        callable_root=objects.callable_root,
        root_identifier=objects.root_identifier,
        root_children=objects.root_children,
        aliases=dict(sorted(info.function_aliases.items())),
        init_op=init_op,
    )
    return meta_graph, objects.problems


def _assets(directory: str, definitions: Iterable[Any]) -> tuple[Asset, ...]:
    """The files named by the graph, each once, with the size of what lies there."""
    names = dict.fromkeys(definition.filename for definition in definitions)
    return tuple(_asset(name, os.path.join(directory, "assets", name)) for name in names)


def _asset(name: str, path: str) -> Asset:
    try:
        return Asset(name, path, status_at(path).st_size)
    except (OSError, ValueError):  # ValueError: a zero byte in the name
        return Asset(name, path, -1)


def _read_fingerprint(directory: str) -> tuple[Fingerprint | None, tuple[str, ...]]:
    path = os.path.join(directory, "fingerprint.pb")
    try:
        with open_buffered(path) as file:
            message = parse_message("FingerprintDef", file.read(1 << 16))
    except FileNotFoundError:
        return None, ()
    except (OSError, DecodeError) as error:
        return None, (f"fingerprint.pb can't be read: {error}",)
    return (
        Fingerprint(
            saved_model_checksum=message.saved_model_checksum,
            graph_def_program_hash=message.graph_def_program_hash,
            signature_def_hash=message.signature_def_hash,
            saved_object_graph_hash=message.saved_object_graph_hash,
            checkpoint_hash=message.checkpoint_hash,
            uuid=message.uuid,
            producer=message.version.producer,
        ),
        (),
    )
