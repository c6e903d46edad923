"""What of a SavedModel is called: the graph, and a signature or function as something to call."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

from tfinspector.contents.calls import Callee
from tfinspector.contents.dtypes import DType
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.saved_models import (
    CallForm,
    CompositeSpec,
    Function,
    MetaGraph,
    NamedFields,
    Opaque,
    SavedModel,
    Signature,
    Structure,
    TensorSpec,
)
from tfinspector.contents.sources import SourceKind
from tfinspector.diagnosis.callables import never_traced
from tfinspector.engine.loading import no_saved_model
from tfinspector.engine.opening import OpenSource


def saved_model_of(opened: OpenSource) -> SavedModel:
    """The SavedModel that was opened. Raises Unreadable (S01) if it is something else."""
    source = opened.source
    if source.kind is not SourceKind.SAVED_MODEL or source.saved_model is None:
        raise Unreadable(no_saved_model(source.path, source.taken_for))
    return source.saved_model


def graph_of(saved_model: SavedModel, tags: Sequence[str] | None) -> MetaGraph:
    """The graph with exactly these tags, the only one if not asked. Raises Unreadable (S02)."""
    graphs = saved_model.meta_graphs
    if tags is None and len(graphs) == 1:
        return graphs[0]
    found = [graph for graph in graphs if tags is not None and set(graph.tags) == set(tags)]
    if found:
        return found[0]
    sets = [",".join(graph.tags) for graph in graphs]
    asked = "no tags were given" if tags is None else f"it has none with {','.join(tags)!r}"
    raise Unreadable(
        Finding(
            "S02", Severity.ERROR,
            f"{os.path.basename(saved_model.path)} has {len(graphs)} graphs, and {asked}.",
            f"Its tags are {' or '.join(sets) or 'none'}.",
            saved_model.path, {"tags": sets},
            Fix("Say which one by its tags.", f"--tags {sets[0]}" if sets else ""),
        )
    )  # fmt: skip


def callee_for_signature(signature: Signature) -> Callee:
    """A signature as something to call."""
    return Callee(signature.name, True, signature.inputs, signature.defaults)


def callee_for_function(function: Function, form: CallForm | None = None) -> Callee:
    """A function as something to call in `form`, its usual one by default.

    Raises Unreadable (S05) if there is no form, or an argument that nobody can make.
    """
    form = form or function.usual_form
    if form is None:
        raise never_traced(function)
    leaves: list[TensorSpec] = []
    arguments = {
        "positional": [
            _told(name or f"argument_{place}", each, leaves)
            for place, (name, each) in enumerate(form.positional)
        ],
        "keywords": {name: _told(name, each, leaves) for name, each in form.keywords},
    }
    return Callee(
        function.path, False, tuple(leaves), (), arguments, form, function.forms.index(form) + 1
    )


def _told(name: str, structure: Structure, leaves: list[TensorSpec]) -> dict[str, Any]:
    """The structure as the worker's `_made` reads it; its tensors are added to `leaves`."""
    match structure:
        case TensorSpec():
            leaves.append(TensorSpec(name, structure.dtype, structure.shape))
            return {"input": name}
        case CompositeSpec():
            return _composite(name, structure, leaves)
        case DType():
            return {"dtype": structure.name}
        case dict():
            return {"dict": [[key, _told(f"{name}/{key}", each, leaves)]
                             for key, each in structure.items()]}  # fmt: skip
        case NamedFields():
            fields = [[key, _told(f"{name}/{key}", each, leaves)] for key, each in structure.fields]
            return {"named": [structure.class_name, fields]}
        case list() | tuple():
            kind = "list" if isinstance(structure, list) else "tuple"
            return {kind: list(_items(name, structure, leaves))}
        case Opaque():
            raise _unmakeable(name, structure.text)
    return {"value": structure}


def _items(
    name: str, items: Sequence[Structure], leaves: list[TensorSpec]
) -> Iterator[dict[str, Any]]:
    for place, each in enumerate(items):
        yield _told(f"{name}/{place}", each, leaves)


def _composite(name: str, spec: CompositeSpec, leaves: list[TensorSpec]) -> dict[str, Any]:
    """Sparse and ragged tensors are made of a dense one."""
    if spec.dtype is None or spec.class_name not in ("SparseTensorSpec", "RaggedTensorSpec"):
        raise _unmakeable(name, spec.class_name)
    leaves.append(TensorSpec(name, spec.dtype, spec.shape))
    if spec.class_name == "SparseTensorSpec":
        return {"sparse": name}
    return {"ragged": [name, spec.ragged_rank, spec.splits.name if spec.splits else "int64"]}


def _unmakeable(name: str, text: str) -> Unreadable:
    return Unreadable(
        Finding(
            "S06", Severity.ERROR,
            f"{name} takes {text}, which can't be made from outside the model's own program.",
            fix=Fix("Call a signature instead: it takes plain tensors only."),
        )
    )  # fmt: skip
