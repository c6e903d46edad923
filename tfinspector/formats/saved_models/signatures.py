"""Signatures of one meta graph: `SignatureDef` messages to `Signature`.

Format: `tensorflow/core/protobuf/meta_graph.proto`. Inputs made of several tensors are flattened
under the names by which TensorFlow 2 takes them when it loads the signature
(`saved_model/load_v1_in_v2.py`): `x_indices`, `x_values`, `x_dense_shape` of a sparse tensor,
`x_component_0`, ... of any other.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tfinspector.contents.dtypes import DTYPE_BY_NAME, dtype_of_code
from tfinspector.contents.saved_models import Signature, TensorSpec
from tfinspector.formats.saved_models.structured_values import shape_of

INIT_OP = "__saved_model_init_op"
TRAIN_OP = "__saved_model_train_op"


def build_signatures(signature_def: Mapping[str, Any]) -> tuple[Signature, ...]:
    """All signatures sorted by name, without the init and train ops that look like ones."""
    return tuple(
        _build_signature(name, signature_def[name])
        for name in sorted(signature_def)
        if name not in (INIT_OP, TRAIN_OP)
    )


def _build_signature(name: str, message: Any) -> Signature:
    return Signature(
        name,
        inputs=tuple(_flatten_all(message.inputs)),
        outputs=tuple(_flatten_all(message.outputs)),
        method=message.method_name,
        defaults=tuple(sorted(message.defaults)),
    )


def _flatten_all(infos: Mapping[str, Any]) -> Iterator[TensorSpec]:
    for name in sorted(infos):
        yield from _flatten(name, infos[name])


def _flatten(name: str, info: Any) -> Iterator[TensorSpec]:
    encoding = info.WhichOneof("encoding")
    if encoding == "coo_sparse":
        yield from _sparse_parts(name, info)
    elif encoding == "composite_tensor":
        for index, component in enumerate(info.composite_tensor.components):
            yield from _flatten(f"{name}_component_{index}", component)
    else:
        yield TensorSpec(name, dtype_of_code(info.dtype), shape_of(info.tensor_shape), info.name)


def _sparse_parts(name: str, info: Any) -> Iterator[TensorSpec]:
    """The three tensors of a COO sparse tensor of which only the dense shape is declared."""
    dense = shape_of(info.tensor_shape)
    rank = None if dense is None else len(dense)
    int64, sparse = DTYPE_BY_NAME["int64"], info.coo_sparse
    yield TensorSpec(f"{name}_indices", int64, (None, rank), sparse.indices_tensor_name)
    yield TensorSpec(
        f"{name}_values", dtype_of_code(info.dtype), (None,), sparse.values_tensor_name
    )
    yield TensorSpec(f"{name}_dense_shape", int64, (rank,), sparse.dense_shape_tensor_name, dense)
