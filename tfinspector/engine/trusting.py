"""What a source would do if it were loaded, from its bytes alone: nothing of it is executed."""

from collections.abc import Callable
from dataclasses import replace

from tfinspector.contents.saved_models import SavedModel
from tfinspector.contents.sources import SourceKind
from tfinspector.contents.trust import GraphCensus, KnownOperations, TrustReport
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.known_operations import shipped_operations
from tfinspector.engine.open_source import OpenSource


def trust(
    opened: OpenSource, ticket: Ticket | None = None, known: KnownOperations | None = None
) -> TrustReport:
    """The judgement of a SavedModel, a graph or a Keras file; a checkpoint only holds values.

    `known` is what the worker's TensorFlow has registered; without it the shipped list counts.
    Raises `Unreadable`, `Cancelled`.
    """
    source = opened.source
    if source.saved_model is not None:
        return _of_graphs(source.kind, source.saved_model, ticket or Ticket(), known)
    checkpoint = source.checkpoint
    if checkpoint is not None and checkpoint.keras is not None:
        from tfinspector.diagnosis.trust import judge_keras

        return judge_keras(source.path, checkpoint.keras)
    return TrustReport(source.path, executes=False)


def _of_graphs(
    kind: SourceKind, saved_model: SavedModel, ticket: Ticket, known: KnownOperations | None
) -> TrustReport:
    # Imported here: protobuf takes 50 ms, which other sources do not need.
    from tfinspector.diagnosis.saved_models import find_foreign_index
    from tfinspector.diagnosis.trust import judge_graphs
    from tfinspector.formats.saved_models.fingerprint import index_fingerprint

    def tick(position: int) -> None:
        ticket.report(position, saved_model.proto_nbytes, "Counting operations")
        ticket.check()

    tick(0)
    censuses = _count(kind, saved_model, tick)
    report = judge_graphs(saved_model.path, censuses, known or shipped_operations())
    found = index_fingerprint(saved_model)
    findings = (*find_foreign_index(saved_model, found), *report.findings)
    return replace(report, findings=findings)


def _count(
    kind: SourceKind, model: SavedModel, tick: Callable[[int], None]
) -> tuple[GraphCensus, ...]:
    if kind is SourceKind.GRAPH_DEF:
        from tfinspector.formats.graphs.graph_census import take_graph_census

        return (take_graph_census(model, tick),)
    if kind is SourceKind.META_GRAPH:
        from tfinspector.formats.graphs.graph_census import take_meta_census

        return (take_meta_census(model, tick),)
    from tfinspector.formats.saved_models.census import take_census

    return take_census(model, tick)
