"""Python that loads a SavedModel and calls one signature or function of it.

It is the fix for "how do I call this?": complete, with an example for each input. Dimensions that
are not known are 1, values are zeros.
"""

import keyword
from collections.abc import Iterable, Sequence

from tfinspector.contents.dtypes import DType, DTypeKind
from tfinspector.contents.saved_models import (
    CallForm,
    CompositeSpec,
    Function,
    MetaGraph,
    NamedFields,
    Opaque,
    SavedModel,
    Shape,
    Signature,
    Structure,
    TensorSpec,
)
from tfinspector.diagnosis.graph_files import code_for_graph

_LINE = 88
_OUTSIDE_TF = ("float8", "float4", "int4", "uint4", "int2", "uint2", "dtype ")


def code_for_signature(saved_model: SavedModel, meta_graph: MetaGraph, signature: Signature) -> str:
    """Loads the model, calls the signature by name and prints its outputs."""
    if saved_model.proto == saved_model.path:  # a graph by itself, not a directory
        return code_for_graph(saved_model, meta_graph)
    arguments = [(spec.name, example_code(spec)) for spec in signature.inputs]
    return _script(
        load_code(saved_model, meta_graph),
        f"call = loaded.signatures[{quoted(signature.name)}]",
        f"outputs = {_call('call', _keyword_items(arguments))}",
        "for name, value in outputs.items():",
        "    print(name, value.dtype.name, value.shape)",
    )


def code_for_function(
    saved_model: SavedModel, meta_graph: MetaGraph, function: Function, form: CallForm | None = None
) -> str:
    """Loads the model, calls the function in `form` (its usual one by default), prints the result.

    A function without any form can't be called by anyone; the code then says so.
    """
    form = form or function.usual_form
    load = load_code(saved_model, meta_graph)
    if form is None:
        reason = "was saved without one traced form, so TensorFlow can't call it."
        return _script(load, f"# {function.access} {reason}")
    items = [
        *_positional_items(form.positional),
        *_keyword_items([(name, example_code(value)) for name, value in form.keywords]),
    ]
    return _script(load, f"outputs = {_call(function.access, items)}", "print(outputs)")


def _script(*lines: str) -> str:
    """The lines, below the imports that they need."""
    body = "\n".join(lines)
    imports = ["import collections\n\n"] if "collections.namedtuple(" in body else []
    imports += ["import numpy as np\n"] if "np.zeros(" in body else []
    return "".join(imports) + f"import tensorflow as tf\n\n{body}\n"


def load_code(saved_model: SavedModel, meta_graph: MetaGraph) -> str:
    """The line that makes `loaded`; tags are only needed where there are several graphs."""
    arguments = quoted(saved_model.path)
    if len(saved_model.meta_graphs) > 1:
        arguments += f", tags=[{', '.join(map(quoted, meta_graph.tags))}]"
    return f"loaded = tf.saved_model.load({arguments})"


def example_code(structure: Structure) -> str:
    """An expression that makes a value for the argument; `...` where nobody can."""
    if isinstance(structure, TensorSpec):
        if structure.sizes_of is not None:
            return f"tf.constant({_sizes(structure.sizes_of)}, {_dtype_code(structure.dtype)})"
        return _zeros(structure.dtype, structure.shape)
    if isinstance(structure, CompositeSpec):
        return _composite(structure)
    if isinstance(structure, DType):
        return _dtype_code(structure)
    if isinstance(structure, Opaque):
        return "..."
    if isinstance(structure, NamedFields):
        names = ", ".join(quoted(name) for name, _ in structure.fields)
        values = ", ".join(example_code(value) for _, value in structure.fields)
        return f"collections.namedtuple({quoted(structure.class_name)}, [{names}])({values})"
    if isinstance(structure, dict):
        items = (f"{quoted(name)}: {example_code(value)}" for name, value in structure.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(structure, list | tuple):
        inner = ", ".join(map(example_code, structure))
        if isinstance(structure, list):
            return f"[{inner}]"
        return f"({inner},)" if len(structure) == 1 else f"({inner})"
    return quoted(structure) if isinstance(structure, str) else repr(structure)


def quoted(text: str) -> str:
    """A Python literal in double quotes where that needs no escapes."""
    literal = repr(text)
    return literal if literal[0] == '"' or '"' in literal else f'"{literal[1:-1]}"'


def _zeros(dtype: DType, shape: Shape) -> str:
    if dtype.kind in (DTypeKind.RESOURCE, DTypeKind.VARIANT):
        return "..."
    sizes = _sizes(shape)
    if dtype.name.startswith("q"):
        plain = dtype.name.removeprefix("q")
        return f"tf.bitcast(tf.zeros({sizes}, tf.{plain}), {_dtype_code(dtype)})"
    if dtype.name.startswith(_OUTSIDE_TF):
        return f"tf.constant(np.zeros({sizes}, {_dtype_code(dtype)}.as_numpy_dtype))"
    return f"tf.zeros({sizes}, {_dtype_code(dtype)})"


def _composite(spec: CompositeSpec) -> str:
    if spec.dtype is not None and spec.class_name == "SparseTensorSpec":
        return f"tf.sparse.from_dense({_zeros(spec.dtype, spec.shape)})"
    if spec.dtype is not None and spec.class_name == "RaggedTensorSpec":
        dense = _zeros(spec.dtype, spec.shape)
        splits = ""
        if spec.splits is not None and spec.splits.name != "int64":
            splits = f", row_splits_dtype={_dtype_code(spec.splits)}"
        return f"tf.RaggedTensor.from_tensor({dense}, ragged_rank={spec.ragged_rank}{splits})"
    return "..."


def _sizes(shape: Shape) -> list[int]:
    return [1] if shape is None else [1 if size is None else size for size in shape]


def _dtype_code(dtype: DType) -> str:
    if dtype.name.startswith(_OUTSIDE_TF):
        return f"tf.as_dtype({quoted(dtype.name)})"
    return f"tf.{dtype.name}"


def _positional_items(arguments: Sequence[tuple[str, Structure]]) -> Iterable[str]:
    """Tensors by position; from the first plain value on by name, if all have one."""
    by_name = False
    all_named = all(name.isidentifier() for name, _ in arguments)
    for name, value in arguments:
        by_name = by_name or (all_named and not _holds_tensors(value))
        yield f"{name}={example_code(value)}" if by_name else example_code(value)


def _holds_tensors(structure: Structure) -> bool:
    return not (structure is None or isinstance(structure, bool | int | float | str | DType))


def _keyword_items(arguments: Sequence[tuple[str, str]]) -> Iterable[str]:
    """`name=code`; names that Python can't take that way go together into a dictionary."""
    odd = []
    for name, code in arguments:
        if name.isidentifier() and not keyword.iskeyword(name):
            yield f"{name}={code}"
        else:
            odd.append(f"{quoted(name)}: {code}")
    if odd:
        yield "**{" + ", ".join(odd) + "}"


def _call(function: str, arguments: Iterable[str]) -> str:
    """One line if it fits, else one argument a line; what can't be made is marked."""
    items = list(arguments)
    line = f"{function}({', '.join(items)})"
    if len(line) <= _LINE and "..." not in line:
        return line
    rows = (f"    {item},{_mark(item)}\n" for item in items)
    return f"{function}(\n{''.join(rows)})"


def _mark(item: str) -> str:
    return "  # put a value of your own for ..." if "..." in item else ""
