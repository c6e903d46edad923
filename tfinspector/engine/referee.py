"""TensorFlow as the referee of our own readers: does it see what we see?"""

import hashlib
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.findings import Finding, Severity, Unreadable
from tfinspector.contents.reports import (
    ListedVariable,
    LoadedVariable,
    LoadReport,
    TensorFlowReport,
)
from tfinspector.contents.saved_models import MetaGraph, VariableSpec
from tfinspector.contents.sources import SourceKind
from tfinspector.diagnosis import disagreement
from tfinspector.diagnosis.disagreement import Disagreement
from tfinspector.diagnosis.worker import explain_versions
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.loading import load_opened
from tfinspector.engine.opening import OpenSource
from tfinspector.engine.tensorflow_places import why_not_read_by_tensorflow
from tfinspector.engine.worker.client import MethodFailed, WorkerClient, WorkerFailed
from tfinspector.formats.checkpoints.variables import OBJECT_GRAPH_KEY
from tfinspector.formats.reading import TensorReader

_LISTED_KINDS = frozenset(
    {SourceKind.CHECKPOINT, SourceKind.CHECKPOINT_V1, SourceKind.RUN, SourceKind.SAVED_MODEL}
)
_GRAPHS = frozenset({SourceKind.GRAPH_DEF, SourceKind.META_GRAPH})
_LOW_BITS = {"int4": 15, "uint4": 15, "float4_e2m1fn": 15, "int2": 3, "uint2": 3}


def ask_tensorflow(
    opened: OpenSource,
    client: WorkerClient,
    ticket: Ticket | None = None,
    *,
    snapshot: str | None = None,
    load: bool = False,
    timeout: float | None = None,
) -> TensorFlowReport:
    """Compare our listing of a snapshot (None: the newest) with `tf.train.list_variables`.

    A SavedModel is loaded only if `load`, which runs its code: then its signatures, its variables
    and their values are compared as well; of several graphs, the one to serve is loaded.
    TensorFlow is asked even about a file that may make it abort: it does so in its own process.
    Raises WorkerFailed for that (its finding tells what our own reading says about the file),
    and Unreadable and Cancelled.
    """
    ticket = ticket or Ticket()
    about = client.wait(ticket)
    theirs: tuple[ListedVariable, ...] = ()
    found: list[Disagreement] = []
    asked = False
    if _is_listed(opened, snapshot):
        theirs, found = _compare_checkpoint(opened.checkpoint(snapshot), client, ticket, timeout)
        asked = True
    report = None
    if load and _is_loaded(opened):
        tags = _tags_to_load(opened)
        report = load_opened(opened, client, tags, None, ticket, timeout, hashes=True)
        found += _compare_loaded(opened, report, ticket)
        asked = True
    findings = [each.finding for each in found] + explain_versions(about)
    if report is not None and not report.loaded:
        findings.insert(0, report.findings[0])
    return TensorFlowReport(
        version=about.tensorflow or "",
        variables=theirs,
        signatures=report.signatures if report else (),
        agrees=_verdict(asked, found, report),
        differences=tuple(sentence for each in found for sentence in each.sentences),
        findings=tuple(findings) if asked else (_not_asked(opened),),
        load=report,
        interpreter=about,
    )


def hash_stored(reader: TensorReader, key: str, ticket: Ticket | None = None) -> str:
    """The hash of a tensor in the file, made as `worker/hashing.py` makes it of a value.

    Reads in blocks, except strings and partitioned tensors. Raises Unreadable.
    """
    digest = hashlib.sha256()
    tensor = reader.locate(key)
    if tensor.dtype.kind is DTypeKind.STRING:
        for text in reader.read(key).ravel().tolist():
            digest.update(len(text).to_bytes(8, "little"))
            digest.update(text)
        return digest.hexdigest()
    blocks: Iterable[Any] = [reader.read(key)] if tensor.is_partitioned else reader.blocks(key)
    for block in blocks:
        if ticket is not None:
            ticket.check()
        flat = np.ascontiguousarray(block).reshape(-1)
        octets: Any = (flat.byteswap() if sys.byteorder == "big" else flat).view(np.uint8)
        bits = _LOW_BITS.get(tensor.dtype.name)
        digest.update(octets & bits if bits else octets)
    return digest.hexdigest()


def _compare_checkpoint(
    checkpoint: Checkpoint, client: WorkerClient, ticket: Ticket, timeout: float | None
) -> tuple[tuple[ListedVariable, ...], list[Disagreement]]:
    prefix = checkpoint.prefix
    doing = f"listing {os.path.basename(prefix)}"
    try:
        told = client.exchange(
            "list_variables", {"prefix": prefix}, (), ticket, timeout, doing
        ).result
    except MethodFailed as failed:
        return (), [disagreement.refused(failed.error, prefix)]
    except WorkerFailed as failed:
        raise WorkerFailed(_with_our_word(failed.finding, checkpoint)) from failed
    theirs = tuple(
        ListedVariable(key, dtype, tuple(shape))
        for key, shape, dtype in told["variables"]
        if key != OBJECT_GRAPH_KEY
    )
    ours = [ListedVariable(each.key, each.dtype.name, each.shape) for each in checkpoint.variables]
    found = disagreement.compare_listings(ours, theirs, prefix)
    if told["no_dtypes"]:
        found.append(disagreement.unknown_type(told["no_dtypes"], told["version"], prefix))
    return theirs, found


def _with_our_word(finding: Finding, checkpoint: Checkpoint) -> Finding:
    """TensorFlow died of this file: what our own reading says about it is the likely cause."""
    ours = [*checkpoint.problems]
    ours += [f"{each.name}: {each.problem}" for each in checkpoint.variables if each.problem]
    if not ours or finding.id != "W02":
        return replace(finding, where=checkpoint.prefix)
    return replace(
        finding,
        where=checkpoint.prefix,
        detail=f"Our own reading finds this wrong in the file: {ours[0]}\n{finding.detail}",
        evidence={**finding.evidence, "wrong_in_the_file": ours[:20]},
    )


def _compare_loaded(opened: OpenSource, report: LoadReport, ticket: Ticket) -> list[Disagreement]:
    """Signatures, variables and values of a loaded SavedModel against graph and file."""
    saved_model = opened.source.saved_model
    if not report.loaded or saved_model is None:
        return []
    graph = next((one for one in saved_model.meta_graphs if one.tags == report.tags), None)
    if graph is None:
        return []
    pairs = pair_variables(graph, report.variables)
    hashes = {}
    if opened.source.snapshots:  # none where the values are missing
        hashes = _stored_hashes(opened.reader(), [spec for spec, _ in pairs if spec], ticket)
    return [
        *disagreement.compare_signatures(graph.signatures, report.signatures, report.path),
        *disagreement.compare_variables(pairs, hashes, report.path),
    ]


def _tags_to_load(opened: OpenSource) -> tuple[str, ...] | None:
    """None where there is one graph; else "serve" alone, or the first."""
    graphs = opened.source.saved_model.meta_graphs if opened.source.saved_model else ()
    if len(graphs) < 2:
        return None
    return next((graph.tags for graph in graphs if graph.tags == ("serve",)), graphs[0].tags)


def pair_variables(
    graph: MetaGraph, loaded: Iterable[LoadedVariable]
) -> list[tuple[VariableSpec | None, LoadedVariable | None]]:
    """What the graph declares beside what was loaded, by path; by name where there are no objects.

    Of a TF1 graph TensorFlow keeps no variable of the old kind, and each part of a partitioned one
    is a variable to it: only what has the same name on both sides can be compared.
    """
    if graph.object_count == 0:
        by_name = {spec.name: spec for spec in graph.variables}
        return [(by_name[one.name], one) for one in loaded if one.name in by_name]
    by_path = {path: spec for spec in graph.variables for path in spec.paths}
    pairs: list[tuple[VariableSpec | None, LoadedVariable | None]] = []
    met = set()
    for variable in loaded:
        spec = next((by_path[path] for path in variable.paths if path in by_path), None)
        if spec is not None:
            met.add(id(spec))
        pairs.append((spec, variable))
    return pairs + [(spec, None) for spec in graph.variables if id(spec) not in met]


def _stored_hashes(
    reader: TensorReader, specs: Iterable[VariableSpec], ticket: Ticket
) -> dict[str, str]:
    """What can't be read has no hash: that is told where the file is checked."""
    keys = sorted({spec.key for spec in specs if spec.key})
    hashes = {}
    for number, key in enumerate(keys):
        ticket.report(number, len(keys), "comparing values")
        try:
            hashes[key] = hash_stored(reader, key, ticket)
        except Unreadable:
            continue
    return hashes


def _verdict(asked: bool, found: list[Disagreement], report: LoadReport | None) -> bool | None:
    if not asked or (report is not None and not report.loaded and not found):
        return None
    return not found


def _is_listed(opened: OpenSource, snapshot: str | None) -> bool:
    """Whether TensorFlow lists what is in a snapshot: those of Keras it leaves to Keras."""
    if opened.source.kind not in _LISTED_KINDS or not (snapshot or opened.source.snapshots):
        return False
    if why_not_read_by_tensorflow(opened.source.path):
        return False
    return opened.checkpoint(snapshot).keras is None


def _is_loaded(opened: OpenSource) -> bool:
    source = opened.source
    return source.kind is SourceKind.SAVED_MODEL and not why_not_read_by_tensorflow(source.path)


def _not_asked(opened: OpenSource) -> Finding:
    """Why TensorFlow was not asked about this source."""
    source = opened.source
    title = why_not_read_by_tensorflow(source.path)
    if not title and source.kind is SourceKind.SAVED_MODEL:
        title = (
            "TensorFlow has nothing to say about this SavedModel without loading it: it holds no "
            "variables."
        )
    elif not title and source.kind in _GRAPHS:
        title = (
            "TensorFlow lists the variables of checkpoints; of a graph it lists nothing, so it was "
            "not asked."
        )
    return Finding(
        id="X00",
        severity=Severity.INFO,
        title=title or "TensorFlow has nothing to say about this file.",
        where=source.path,
    )
