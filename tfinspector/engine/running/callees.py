"""What of a SavedModel is called: the graph, the signature or function in it, and its inputs."""

import os
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
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
from tfinspector.engine.loading import no_saved_model
from tfinspector.engine.opening import OpenSource

DEFAULT = "serving_default"


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


def callee_of(
    saved_model: SavedModel, graph: MetaGraph, signature: str | None, function: str | None
) -> Callee:
    """The signature or the function of that name; with neither, the usual or only signature.

    Raises Unreadable (S05) with the names that there are.
    """
    if function is not None:
        return _function_named(saved_model, graph, function)
    known = {each.name: each for each in graph.signatures}
    if signature is None:
        signature = DEFAULT if DEFAULT in known or len(known) != 1 else next(iter(known))
    if signature not in known:
        raise Unreadable(_no_such(saved_model, graph, signature, "signature", list(known)))
    return callee_for_signature(known[signature])


def callee_for_signature(signature: Signature) -> Callee:
    """A signature as something to call."""
    return Callee(signature.name, True, signature.inputs, signature.defaults)


def callee_for_function(function: Function, form: CallForm | None = None) -> Callee:
    """A function as something to call in `form`, its first one by default.

    Raises Unreadable (S05) if there is no form, or an argument that nobody can make.
    """
    form = form or (function.forms[0] if function.forms else None)
    if form is None:
        raise Unreadable(
            Finding(
                "S05", Severity.ERROR,
                f"{function.path} was saved without one traced form, so TensorFlow can't call it.",
                fix=Fix("Call it once before it is saved, or call a signature."),
            )
        )  # fmt: skip
    leaves: list[TensorSpec] = []
    arguments = {
        "positional": [
            _told(name or f"argument_{place}", each, leaves)
            for place, (name, each) in enumerate(form.positional)
        ],
        "keywords": {name: _told(name, each, leaves) for name, each in form.keywords},
    }
    return Callee(function.path, False, tuple(leaves), (), arguments)


def _function_named(saved_model: SavedModel, graph: MetaGraph, name: str) -> Callee:
    wanted = name.removeprefix("loaded.").replace(".", "/")
    for function in graph.functions:
        if name in (function.path, function.access) or function.path == wanted:
            return callee_for_function(function)
    names = [function.path for function in graph.functions]
    raise Unreadable(_no_such(saved_model, graph, name, "function", names))


def _no_such(
    saved_model: SavedModel, graph: MetaGraph, asked: str, kind: str, names: list[str]
) -> Finding:
    near = get_close_matches(asked, names, 1, 0.5)
    there = ", ".join(names) or "none"
    meant = f"Did you mean {near[0]}? " if near else ""
    other = ""
    if not names and kind == "signature" and graph.functions:
        other = f" Call a function instead, with --function {graph.functions[0].path}."
    return Finding(
        "S05", Severity.ERROR,
        f"{os.path.basename(saved_model.path)} has no {kind} {asked}.",
        f"Its {kind}s are: {there}.", saved_model.path,
        {"asked": asked, f"{kind}s": names, "near": near},
        Fix(f"{meant}There is: {there}.{other}",
            f"tfinspector run {saved_model.path!r} --{kind} {(near or names)[0]}"
            if names else ""),
    )  # fmt: skip


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
    return {"ragged": [name, spec.ragged_rank]}


def _unmakeable(name: str, text: str) -> Unreadable:
    return Unreadable(
        Finding(
            "S06", Severity.ERROR,
            f"{name} takes {text}, which can't be made from outside the model's own program.",
            fix=Fix("Call a signature instead: it takes plain tensors only."),
        )
    )  # fmt: skip
