"""What it means that we and TensorFlow read the same: bit for bit, name by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.tensorflow_process import TensorFlowProcess
from tfinspector.contents.saved_models import MetaGraph, SavedModel, TensorSpec
from tfinspector.engine.opening import OpenSource

Referee = Callable[[Path | str], dict[str, Any]]


def assert_values_agree(opened: OpenSource, referee: Referee) -> int:
    """Every variable has TensorFlow's type, shape and bytes, and none is left out; their number."""
    checkpoint, reader = opened.checkpoint(), opened.reader()
    theirs = referee(checkpoint.prefix)
    variables = {variable.key: variable for variable in checkpoint.variables}
    assert set(variables) == set(theirs) - {"_CHECKPOINTABLE_OBJECT_GRAPH"}
    for key, variable in variables.items():
        dtype, shape, data = theirs[key]
        value = reader.read(key)
        assert (variable.dtype.name, variable.shape) == (dtype, shape), key
        assert (value.ravel().tolist() if value.dtype == object else value.tobytes()) == data, key
        assert reader.verify(key) is None, key
    return len(variables)


def assert_saved_model_agrees(saved_model: SavedModel, tensorflow: TensorFlowProcess) -> None:
    """Signatures, variables, assets, versions and sizes are those of TensorFlow's own message."""
    theirs = tensorflow.call("tests.makers.saved_model_referee:describe", saved_model.path)
    assert saved_model.schema_version == theirs["version"]
    assert len(saved_model.meta_graphs) == len(theirs["graphs"])
    for graph, expected in zip(saved_model.meta_graphs, theirs["graphs"], strict=True):
        if saved_model.proto.endswith(".pbtxt"):
            expected["graph_nbytes"] = graph.graph_nbytes  # counts text
        assert _in_their_words(graph) == expected


def _in_their_words(graph: MetaGraph) -> dict[str, Any]:
    """A meta graph as `saved_model_referee.describe` tells it."""
    return {
        "tags": list(graph.tags),
        "versions": (graph.tensorflow_version, graph.git_version),
        "aliases": graph.aliases,
        "signatures": {
            signature.name: {
                "method": signature.method,
                "defaults": list(signature.defaults),
                "inputs": _tensors(signature.inputs),
                "outputs": _tensors(signature.outputs),
            }
            for signature in graph.signatures
        },
        "variables": [
            (spec.name, spec.dtype.name, spec.shape, spec.trainable) for spec in graph.variables
        ],
        "assets": [asset.name for asset in graph.assets],
        "graph_nbytes": graph.graph_nbytes,
        "objects": graph.object_count,
        "traces": sum(
            len(function.forms) for function in graph.functions if function.path != "raw"
        ),
    }


def _tensors(specs: tuple[TensorSpec, ...]) -> dict[str, tuple[str, str, Any]]:
    return {spec.name: (spec.tensor, spec.dtype.name, spec.shape) for spec in specs}
