"""What functions take and return: `StructuredValue` messages to plain data, and that to text.

Format: `tensorflow/core/protobuf/struct.proto`. Arguments of a traced function are kept as
`canonicalized_input_signature`, a pair (positional, keywords) in which Python values stand as
they are; their names come from the function's `fullargspec`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from tfinspector.contents.dtypes import DType, dtype_of_code
from tfinspector.contents.saved_models import (
    CompositeSpec,
    NamedFields,
    Opaque,
    Shape,
    Structure,
    TensorSpec,
)

_SPEC_CLASSES = {
    1: "SparseTensorSpec", 2: "IndexedSlicesSpec", 3: "RaggedTensorSpec", 4: "TensorArraySpec",
    5: "DatasetSpec", 6: "IteratorSpec", 7: "OptionalSpec", 8: "PerReplicaSpec",
    9: "VariableSpec", 10: "RowPartitionSpec",
}  # fmt: skip
_PLAIN = ("float64_value", "int64_value", "string_value", "bool_value")


def shape_of(message: Any) -> Shape:
    """A `TensorShapeProto` as dimensions, None for those that are not known."""
    if message.unknown_rank:
        return None
    return tuple(None if dim.size < 0 else dim.size for dim in message.dim)


def structure_of(value: Any) -> Structure:
    """A `StructuredValue` as plain data; protobuf bounds its depth to 100."""
    kind = value.WhichOneof("kind")
    if kind in (None, "none_value"):
        return None
    content = getattr(value, kind)
    if kind in _PLAIN:
        return content  # type: ignore[no-any-return]
    if kind in ("list_value", "tuple_value"):
        items = [structure_of(item) for item in content.values]
        return items if kind == "list_value" else tuple(items)
    if kind == "dict_value":
        return {key: structure_of(content.fields[key]) for key in sorted(content.fields)}
    if kind == "named_tuple_value":
        fields = tuple((pair.key, structure_of(pair.value)) for pair in content.values)
        return NamedFields(content.name, fields)
    return _leaf_of(kind, content)


def _leaf_of(kind: str, content: Any) -> Structure:
    if kind in ("tensor_spec_value", "bounded_tensor_spec_value"):
        return TensorSpec(content.name, dtype_of_code(content.dtype), shape_of(content.shape))
    if kind == "type_spec_value":
        return _composite_of(content)
    if kind == "tensor_dtype_value":
        return dtype_of_code(content)
    if kind == "tensor_shape_value":
        return Opaque(f"shape {shape_text(shape_of(content))}")
    spec = TensorSpec("", dtype_of_code(content.dtype), shape_of(content.tensor_shape))
    return Opaque(f"constant {spec_text(spec)}")


def _composite_of(message: Any) -> CompositeSpec:
    """The class, and the first type and shape in the state: its order is each class's own."""
    fallback = _SPEC_CLASSES.get(message.type_spec_class, "TypeSpec")
    class_name = message.type_spec_class_name.rpartition(".")[2] or fallback
    dtype: DType | None = None
    shape: Shape = None
    ragged_rank = 0
    splits: DType | None = None
    for item in _leaves(message.type_state):
        kind = item.WhichOneof("kind")
        if kind == "tensor_dtype_value" and dtype is None:
            dtype = dtype_of_code(item.tensor_dtype_value)
        elif kind == "tensor_dtype_value" and class_name == "RaggedTensorSpec":
            splits = dtype_of_code(item.tensor_dtype_value)
        elif kind == "tensor_shape_value" and shape is None:
            shape = shape_of(item.tensor_shape_value)
        elif kind == "int64_value" and class_name == "RaggedTensorSpec":
            ragged_rank = item.int64_value
    return CompositeSpec("", class_name, dtype, shape, ragged_rank, splits)


def _leaves(value: Any) -> Iterator[Any]:
    kind = value.WhichOneof("kind")
    if kind in ("list_value", "tuple_value"):
        for item in getattr(value, kind).values:
            yield from _leaves(item)
    else:
        yield value


def tensors_in(structure: Structure) -> Iterator[TensorSpec]:
    """The tensors of a structure in TensorFlow's order: dictionaries by key."""
    if isinstance(structure, TensorSpec):
        yield structure
    elif isinstance(structure, dict):
        for key in sorted(structure):
            yield from tensors_in(structure[key])
    elif isinstance(structure, list | tuple):
        for item in structure:
            yield from tensors_in(item)
    elif isinstance(structure, NamedFields):
        for _, item in structure.fields:
            yield from tensors_in(item)


def shape_text(shape: Shape) -> str:
    """ "[?, 4]"; "[]" for a scalar, "[...]" for an unknown rank."""
    if shape is None:
        return "[...]"
    return "[" + ", ".join("?" if size is None else str(size) for size in shape) + "]"


def spec_text(spec: TensorSpec) -> str:
    """ "float32[?, 4]"."""
    return spec.dtype.name + shape_text(spec.shape)


def structure_text(structure: Structure) -> str:
    """A structure as a person reads it: "{logits: float32[?, 3], state: (int32[], int32[])}"."""
    if isinstance(structure, TensorSpec):
        return spec_text(structure)
    if isinstance(structure, CompositeSpec):
        dtype = structure.dtype.name if structure.dtype else ""
        return f"{structure.class_name}({dtype}{shape_text(structure.shape)})"
    if isinstance(structure, DType):
        return f"tf.{structure.name}"
    if isinstance(structure, Opaque):
        return structure.text
    if isinstance(structure, NamedFields):
        return f"{structure.class_name}({arguments_text(structure.fields)})"
    if isinstance(structure, dict):
        items = (f"{key}: {structure_text(value)}" for key, value in structure.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(structure, list):
        return "[" + ", ".join(map(structure_text, structure)) + "]"
    if isinstance(structure, tuple):
        inner = ", ".join(map(structure_text, structure))
        return f"({inner},)" if len(structure) == 1 else f"({inner})"
    return repr(structure)


def arguments_text(arguments: Sequence[tuple[str, Structure]]) -> str:
    """ "x: float32[?, 4], training=False"."""
    return ", ".join(_argument_text(name, value) for name, value in arguments)


def _argument_text(name: str, value: Structure) -> str:
    if not name:
        return structure_text(value)
    plain = value is None or isinstance(value, bool | int | float | str | DType | Opaque)
    return f"{name}{'=' if plain else ': '}{structure_text(value)}"
