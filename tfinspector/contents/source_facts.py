"""The facts of a source, as rows of (label, text, exactly): who wrote it, when, what lies there."""

from __future__ import annotations

import os
import time

from tfinspector.contents import numbers
from tfinspector.contents.checkpoints import Checkpoint, Dialect, Snapshot
from tfinspector.contents.keras_files import KerasFile
from tfinspector.contents.saved_models import Asset, Fingerprint, MetaGraph, SavedModel
from tfinspector.contents.sources import Source, SourceKind
from tfinspector.contents.written_by import backend_name, keras_moment

Fact = tuple[str, str, str]

KIND_WORDS = {
    SourceKind.CHECKPOINT: "Checkpoint",
    SourceKind.CHECKPOINT_V1: "Checkpoint in the first format (V1)",
    SourceKind.RUN: "Run of snapshots",
    SourceKind.SAVED_MODEL: "SavedModel",
    SourceKind.KERAS: "Keras model file",
    SourceKind.KERAS_WEIGHTS: "Keras weights file",
    SourceKind.KERAS_HDF5: "Keras HDF5 file",
    SourceKind.GRAPH_DEF: "Frozen graph (GraphDef)",
    SourceKind.META_GRAPH: "Graph of a TensorFlow 1 checkpoint",
}
_DIALECT_WORDS = {
    Dialect.KERAS3: "Keras 3",
    Dialect.KERAS2: "Keras 2",
    Dialect.TF1: "TensorFlow 1 names, no object graph",
    Dialect.OBJECT: "tf.train.Checkpoint or tf.Module",
}


def heading(source: Source) -> str:
    """What it was taken for, as a sentence that starts with a capital.

    Just the kind where that sentence only repeats the name, which stands above it.
    """
    name = os.path.basename(source.path)
    words = source.taken_for
    if not words or (words.startswith("the ") and words.endswith(f" {name}")):
        words = KIND_WORDS[source.kind]
    return words[:1].upper() + words[1:]


def facts(source: Source, checkpoint: Checkpoint | None, snapshot: str | None) -> list[Fact]:
    """All rows that there is something to say in."""
    rows = [("Kind", KIND_WORDS[source.kind], ""), ("Path", source.path, source.path)]
    if source.saved_model:
        rows += _saved_model_facts(source.saved_model)
    if checkpoint:
        rows += _checkpoint_facts(checkpoint)
    rows += _snapshot_facts(source.snapshots, snapshot)
    return rows


def _checkpoint_facts(checkpoint: Checkpoint) -> list[Fact]:
    rows = [("Written by", _DIALECT_WORDS[checkpoint.dialect], "")]
    if checkpoint.keras:
        rows = _keras_facts(checkpoint.keras) or rows
    if checkpoint.graph:
        rows.append(("Object graph", numbers.counted(checkpoint.graph.node_count, "object"), ""))
    there = [shard for shard in checkpoint.shards if shard.size >= 0]
    total = sum(shard.size for shard in there)
    missing = len(checkpoint.shards) - len(there)
    words = f"{len(checkpoint.shards)} with {numbers.size(total)}"
    words += f", {missing} missing" if missing else ""
    rows.append(("Shards", words, "\n".join(shard.path for shard in checkpoint.shards)))
    rows.append(("Saved", *_when(checkpoint.mtime)))
    if checkpoint.big_endian:
        rows.append(("Byte order", "big endian", ""))
    if checkpoint.unlinked:
        words = f"{numbers.whole(len(checkpoint.unlinked))} not in the object graph"
        rows.append(("Unlinked keys", words, "\n".join(checkpoint.unlinked[:20])))
    return rows


def _keras_facts(keras: KerasFile) -> list[Fact]:
    rows: list[Fact] = []
    if keras.keras_version:
        backend = f" on {backend_name(keras.backend)}" if keras.backend else ""
        saved = f"saved {keras_moment(keras.saved)}" if keras.saved else ""
        rows.append(("Written by", f"Keras {keras.keras_version}{backend}", saved))
    if keras.model_class:
        name = f" {keras.model_name}" if keras.model_name else ""
        rows.append(("Model", f"{keras.model_class}{name}", ""))
    if keras.layers:
        told = "\n".join(f"{layer.path}: {layer.class_name}" for layer in keras.layers[:40])
        rows.append(("Layers", numbers.whole(len(keras.layers)), told))
    if keras.model_class:
        rows.append(("Compiled", "yes" if keras.compiled else "no", ""))
    if keras.assets:
        rows.append(("Assets", numbers.whole(len(keras.assets)), "\n".join(keras.assets[:20])))
    return rows


def _snapshot_facts(snapshots: tuple[Snapshot, ...], current: str | None) -> list[Fact]:
    rows: list[Fact] = []
    shown = next((s for s in snapshots if s.path == current), None)
    if shown and shown.step is not None:
        rows.append(("Step", numbers.whole(shown.step), f"{shown.step}, from {shown.step_from}"))
    if shown and shown.metric:
        rows.append(("Metric", shown.metric, f"{shown.metric}, from the file name"))
    if len(snapshots) < 2:
        return rows
    steps = [s.step for s in snapshots if s.step is not None]
    words = numbers.whole(len(snapshots))
    if steps:
        words += f", steps {numbers.whole(min(steps))} to {numbers.whole(max(steps))}"
    cut = sum(not s.complete for s in snapshots)
    words += f", {cut} not complete" if cut else ""
    rows.append(("Snapshots", words, "\n".join(s.path for s in snapshots)))
    nbytes = sum(s.nbytes for s in snapshots)
    rows.append(("All snapshots", numbers.size(nbytes), f"{numbers.whole(nbytes)} bytes"))
    return rows


def _saved_model_facts(saved_model: SavedModel) -> list[Fact]:
    rows: list[Fact] = []
    for graph in saved_model.meta_graphs:
        several = len(saved_model.meta_graphs) > 1
        tags = ", ".join(graph.tags) or "no tags"
        rows += _graph_facts(graph, f" ({tags})" if several else "")
    if saved_model.fingerprint:
        rows.append(_fingerprint_fact(saved_model.fingerprint))
    rows.append(("Graph file", f"{os.path.basename(saved_model.proto)}, "
                 f"{numbers.size(saved_model.proto_nbytes)}", saved_model.proto))  # fmt: skip
    if not saved_model.variables_prefix:
        rows.append(("Variables", "none: there is no variables directory", ""))
    return rows


def _graph_facts(graph: MetaGraph, about: str) -> list[Fact]:
    version = graph.tensorflow_version or "not told"
    rows: list[Fact] = [
        (f"Written by{about}", f"TensorFlow {version}", graph.git_version),
        (f"Tags{about}", ", ".join(graph.tags) or "none", ""),
        (f"Callable{about}", _callable_words(graph), graph.root_identifier),
    ]
    if graph.functions:
        rows.append((f"Functions{about}", numbers.whole(len(graph.functions)),
                     "\n".join(function.path for function in graph.functions[:40])))  # fmt: skip
    if graph.assets:
        rows.append((f"Assets{about}", _asset_words(graph.assets),
                     "\n".join(asset.path for asset in graph.assets)))  # fmt: skip
    return rows


def _callable_words(graph: MetaGraph) -> str:
    if graph.callable_root:
        return "loaded(x) works"
    if graph.signatures:
        return "only through its signatures"
    return "no: it has neither signatures nor a call"


def _asset_words(assets: tuple[Asset, ...]) -> str:
    missing = sum(asset.size < 0 for asset in assets)
    words = ", ".join(asset.name for asset in assets[:3]) + (", …" if len(assets) > 3 else "")
    return words + (f"; {missing} missing" if missing else "")


def _fingerprint_fact(fingerprint: Fingerprint) -> Fact:
    shown = f"{fingerprint.saved_model_checksum:016x}"
    exactly = "\n".join(
        f"{name} {getattr(fingerprint, name)}"
        for name in ("saved_model_checksum", "graph_def_program_hash", "signature_def_hash",
                     "saved_object_graph_hash", "checkpoint_hash", "uuid", "producer")
    )  # fmt: skip
    return ("Fingerprint", shown, exactly)


def _when(mtime: float) -> tuple[str, str]:
    return numbers.ago(mtime, time.time()), numbers.moment(mtime)
