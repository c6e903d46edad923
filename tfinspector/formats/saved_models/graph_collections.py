"""What a TensorFlow 1 graph tells in its collections: variables, assets, init op.

Format: `CollectionDef` of `tensorflow/core/protobuf/meta_graph.proto`, `VariableDef` of
`tensorflow/core/framework/variable.proto`. A VariableDef has no type and no shape: those stand in
the variable's node of the graph, which is looked for without decoding the other nodes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tfinspector.contents.dtypes import dtype_of_code
from tfinspector.contents.saved_models import VariableSpec
from tfinspector.formats import wire
from tfinspector.formats.saved_models.schema import parse_message
from tfinspector.formats.saved_models.structured_values import shape_of
from tfinspector.formats.wire_in_file import ByteSource, Span, fields_of

_VARIABLES, _TRAINABLE = "variables", "trainable_variables"
_ASSETS = "saved_model_assets"
_INIT_OPS = ("saved_model_main_op", "legacy_init_op")
VARIABLE_OPS = (b"VarHandleOp", b"VariableV2", b"Variable", b"AutoReloadVariable")
_NODE, _OP = 1, 2  # GraphDef.node, NodeDef.op


def init_op_of(collections: Mapping[str, Any]) -> str:
    """The operation that initialises tables and local variables, "" where there is none."""
    for name in _INIT_OPS:
        if name in collections and (found := collections[name].node_list.value):
            return str(found[0])
    return ""


def assets_of(collections: Mapping[str, Any]) -> list[Any]:
    """The `AssetFileDef` messages that writers before TensorFlow 1.13 kept in a collection only.

    Raises `DecodeError` for a broken one.
    """
    if _ASSETS not in collections:
        return []
    return [
        parse_message("AssetFileDef", item.value) for item in collections[_ASSETS].any_list.value
    ]


def variables_of(
    collections: Mapping[str, Any], find_nodes: Callable[[], Mapping[str, Any]]
) -> tuple[VariableSpec, ...]:
    """The variables by name; the parts of a partitioned one are one variable, as in the file.

    `find_nodes` gives the graph's variable nodes by name; type and shape stay unknown where the
    node is not among them. Raises `DecodeError` for a broken VariableDef.
    """
    definitions = list(_definitions(collections, _VARIABLES))
    nodes = find_nodes() if definitions else {}
    trainable = {definition.variable_name for definition in _definitions(collections, _TRAINABLE)}
    found: dict[str, VariableSpec] = {}
    for definition in definitions:
        name = definition.variable_name.partition(":")[0]  # "w" of "w:0", its first output
        whole = definition.save_slice_info_def
        node = nodes.get(name)
        shape = shape_of(node.attr["shape"].shape) if node else None
        spec = VariableSpec(
            name=whole.full_name or name,
            paths=(),
            dtype=dtype_of_code(node.attr["dtype"].type if node else 0),
            shape=tuple(whole.full_shape) if whole.full_name else shape,
            trainable=definition.variable_name in trainable if _TRAINABLE in collections else None,
            device=node.device if node else "",
        )
        found.setdefault(spec.name, spec)
    return tuple(found[name] for name in sorted(found))


def variable_nodes(read: ByteSource, graph: Sequence[Span]) -> dict[str, Any]:
    """The graph's variable nodes (`NodeDef` messages) by name. Raises `Malformed`."""
    nodes = {}
    for span in graph:
        for field in fields_of(read, span):
            if field.number != _NODE or field.wire_type != wire.BYTES:
                continue
            if _op_of(read, field.content) in VARIABLE_OPS:
                start, stop = field.content
                node = parse_message("NodeDef", read(start, stop - start))
                nodes[node.name] = node
    return nodes


def _op_of(read: ByteSource, node: Span) -> bytes:
    for field in fields_of(read, node):
        if field.number == _OP:
            return read(field.content.start, field.content.stop - field.content.start)
    return b""


def _definitions(collections: Mapping[str, Any], name: str) -> Iterator[Any]:
    """The VariableDefs of a collection."""
    if name in collections:
        for data in collections[name].bytes_list.value:
            yield parse_message("VariableDef", data)
